"""Dates as personnel systems write them, Japanese eras included."""

import re
from datetime import date, time
from functools import lru_cache

from ekkyo_common.tables.eras import ERAS, NotADateError
from ekkyo_common.tables.moments import Order, Written, day_of, written
from ekkyo_common.tables.serials import from_serial

EXPECTED = "a date such as 2004/4/1, 2004-04-01, 20040401, 2004年4月1日, 平成16年4月1日 or H16.4.1"

_NONE = re.compile(
    r"0|(?:0{2}|0{4})[-/.年]?0{1,2}[-/.月]?0{1,4}日?(?: 0{1,2}:00(?::00)?)?|1900[-/.]0?1[-/.]0{1,2}|1899-12-30.*"
)

__all__ = ["ERAS", "EXPECTED", "NotADateError", "no_date", "parse", "told"]


def no_date(text: str) -> bool:
    """Whether these are the zeros that systems write where there is no date: 0000-00-00, 00.00.0000, day 0 of 1900."""
    return bool(_NONE.fullmatch(text.strip()))


@lru_cache(maxsize=20_000)  # people are hired on the same days
def told(text: str) -> Written:
    """What a cell tells of a day. Raises NotADateError: it is none, has a time, or a year without its century."""
    if (day := from_serial(text)) and "-" in day:
        raise NotADateError(
            f"not written as a date; if it is a spreadsheet's number for {day}, give the column a date format"
        )
    found = written(text)
    if found.clock not in (None, time()) or found.later:
        raise NotADateError("not written as a date")
    if found.numbers is None and found.day is None:
        raise NotADateError("not written as a date")
    if found.numbers is not None and not any(len(number) == 4 for number in found.numbers):
        raise NotADateError("has a year without a century")
    return found


def parse(text: str, order: Order | None = None) -> tuple[date, str | None]:
    """The date, and a remark when it had to be understood rather than read. Raises NotADateError.

    order: of day, month and year in this file, where its dates tell it; without it a date is not guessed.
    """
    found = told(text)
    return day_of(found, order), found.remark
