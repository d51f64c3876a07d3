"""What a time says of its zone: how far its clock is ahead of UTC."""

import re

_NAMED = {
    "z": 0, "utc": 0, "gmt": 0, "jst": 540, "kst": 540, "cet": 60, "cest": 120, "bst": 60, "est": -300, "edt": -240,
    "cdt": -300, "mst": -420, "mdt": -360, "pst": -480, "pdt": -420,
}  # fmt: skip
"""Minutes; not CST, which is a zone of America and of China."""
_ZONE = re.compile(
    r"\s*[(（]?(?:(?P<name>z|utc|gmt|jst|kst|cest|cet|bst|est|edt|cst|cdt|mst|mdt|pst|pdt)"
    r"(?:\s*(?P<sign>[+-])\s*(?P<hours>\d{1,2})(?::?(?P<minutes>\d\d))?)?"
    r"|(?P<sign2>[+-])(?P<hours2>\d\d):?(?P<minutes2>\d\d))[)）]?(?:\s*\([^()\d]{2,60}\))?$",
    re.I,
)


def without_zone(text: str) -> tuple[str, int | None]:
    """A time without the zone at its end, and how many minutes that is ahead of UTC, if it says so."""
    found = _ZONE.search(text)
    if not found:
        return text, None
    before = text[: found.start()]
    if found["name"] and not found["sign"]:
        return before, _NAMED.get(found["name"].casefold())
    sign, hours, minutes = (found[name] or found[f"{name}2"] or "0" for name in ("sign", "hours", "minutes"))
    ahead = int(hours) * 60 + int(minutes)
    return before, -ahead if sign == "-" else ahead
