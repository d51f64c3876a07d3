"""Days and times as spreadsheets keep them: days since 1899-12-30, a time as a part of a day."""

import re
from datetime import datetime, timedelta

_EPOCH = datetime(1899, 12, 30)  # noqa: DTZ001  spreadsheets name no zone
"""ECMA-376 part 1, 18.17.4.1: serial number 1 is 1900-01-01, and 1900 has a 29 February there."""
_DAY = re.compile(r"[1-7]\d{4}(?:[.,]\d+)?")
"""From 1927 to 2119; nobody writes a year or a compact date in five digits."""
_PART = re.compile(r"0?[.,]\d+")


def from_serial(text: str) -> str | None:
    """A day, a day with a time, or a time, as people write it; None: this is no such number."""
    day = bool(_DAY.fullmatch(text))
    if not day and not _PART.fullmatch(text):
        return None
    at = _EPOCH + timedelta(seconds=round(float(text.replace(",", ".")) * 86400))
    if day and text.isdigit():
        return at.strftime("%Y-%m-%d")
    return at.strftime("%Y-%m-%d %H:%M:%S" if day else "%H:%M:%S")
