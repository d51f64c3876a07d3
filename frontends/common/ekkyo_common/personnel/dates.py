"""Dates as personnel systems write them, Japanese eras included."""

import re
from datetime import date
from unicodedata import normalize

EXPECTED = "a date such as 2004/4/1, 2004-04-01, 20040401, 2004年4月1日, 平成16年4月1日 or H16.4.1"

ERAS = {
    "明治": ("M", date(1868, 10, 23)),
    "大正": ("T", date(1912, 7, 30)),
    "昭和": ("S", date(1926, 12, 25)),
    "平成": ("H", date(1989, 1, 8)),
    "令和": ("R", date(2019, 5, 1)),
}
"""The modern eras: their letter and their first day. Source: Unicode CLDR, supplemental data, eras 232 to 236 of the
Japanese calendar, which agree with the ordinances that began them."""

_NAMES = {key: name for name, (letter, _) in ERAS.items() for key in (name, name[0], letter)}
_STARTS = [start for _, start in ERAS.values()]
_ENDS = dict(zip(ERAS, [*_STARTS[1:], date.max], strict=True))
_MIDNIGHT = re.compile(r"[ T]0?0:00(:00(\.0+)?)?$")
_WESTERN = re.compile(r"(\d{4})([-/.年])(\d{1,2})[-/.月](\d{1,2})日?")
_COMPACT = re.compile(r"(\d{4})()(\d\d)(\d\d)")
_ERA = re.compile(
    r"(明治|大正|昭和|平成|令和|[MTSHR明大昭平令])\.?(元|\d{1,2})[-/.年](\d{1,2})[-/.月](\d{1,2})日?", re.I
)
_ERA_COMPACT = re.compile(r"([MTSHR])(\d\d)(\d\d)(\d\d)", re.I)


class NotADateError(ValueError):
    """This is no date in any form that is known; `impossible`: it has the form of one, but there is no such day."""

    def __init__(self, text: str, *, impossible: bool = False) -> None:
        super().__init__(text)
        self.impossible = impossible


def parse(text: str) -> tuple[date, str | None]:
    """The date, and a remark when it had to be understood rather than read. Raises NotADateError.

    A day just outside an era is taken when its year touches the era: 平成1年1月1日, a week before the era began, can
    only be 1989-01-01, and exports that convert by the year alone are full of them. 昭和65年 was never.
    """
    text = _MIDNIGHT.sub("", normalize("NFKC", text).strip())
    text = re.sub(r"\s", "", text)
    if found := _WESTERN.fullmatch(text) or _COMPACT.fullmatch(text):
        year, month, day = int(found[1]), int(found[3]), int(found[4])
        if year < _STARTS[0].year:
            raise NotADateError("there was no such day", impossible=True)
        return _day(year, month, day), None
    if found := _ERA.fullmatch(text) or _ERA_COMPACT.fullmatch(text):
        return _in_era(_NAMES[found[1].upper()], found[2], int(found[3]), int(found[4]))
    raise NotADateError("not written as a date")


def _in_era(era: str, year: str, month: int, day: int) -> tuple[date, str | None]:
    start, end = ERAS[era][1], _ENDS[era]
    count = 1 if year == "元" else int(year)
    western = start.year + count - 1
    if count < 1 or western > end.year:
        raise NotADateError(f"{era} had no year {count}", impossible=True)
    found = _day(western, month, day)
    if start <= found < end:
        return found, None
    if found < start:
        return found, f"{era} began on {start}; taken as {found}"
    return found, f"{era} ended before {end}; taken as {found}"


def _day(year: int, month: int, day: int) -> date:
    try:
        return date(year, month, day)
    except ValueError:
        raise NotADateError("there is no such day", impossible=True) from None
