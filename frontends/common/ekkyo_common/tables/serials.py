"""Days and times as machines keep them: days since 1899-12-30 and parts of a day, or seconds since 1970."""

import re
from datetime import UTC, datetime, timedelta

_EPOCH = datetime(1899, 12, 30)  # noqa: DTZ001  spreadsheets name no zone
"""ECMA-376 part 1, 18.17.4.1: serial number 1 is 1900-01-01, and 1900 has a 29 February there."""
_DAY = re.compile(r"[1-7]\d{4}(?:[.,]\d+)?")
"""From 1927 to 2119; nobody writes a year or a compact date in five digits."""
_SECONDS = re.compile(r"(1[5-8]\d{8})(?:\.\d+|\d{3})?")
"""From 2017 to 2030, with or without milliseconds."""
_PART = re.compile(r"0?[.,]\d+")


def from_serial(text: str) -> str | None:
    """A day, a day with a time, or a time, as people write it; None: this is no such number."""
    if seconds := _SECONDS.fullmatch(text):
        return datetime.fromtimestamp(int(seconds[1]), UTC).strftime("%Y-%m-%d %H:%M:%SZ")
    day = bool(_DAY.fullmatch(text))
    if not day and not _PART.fullmatch(text):
        return None
    at = _EPOCH + timedelta(seconds=round(float(text.replace(",", ".")) * 86400))
    if day and text.isdigit():
        return at.strftime("%Y-%m-%d")
    return at.strftime("%Y-%m-%d %H:%M:%S" if day else "%H:%M:%S")
