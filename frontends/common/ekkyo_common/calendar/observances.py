"""Zones that a calendar file defines itself: which of their clocks holds at a time. RFC 5545, 3.6.5."""

import re
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Final

from ekkyo_common.calendar.lines import Block

_WEEKDAYS: Final = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
MOST: Final = 40
"""Clocks of one zone: some files tell those of a hundred years, which nobody needs."""
_RULE: Final = re.compile(r"(-?[1-5])?(MO|TU|WE|TH|FR|SA|SU)")


def offset_of(text: str) -> timedelta | None:
    """`+0900`: how far a clock is ahead of UTC."""
    found = re.fullmatch(r"([+-])([0-9]{2})([0-9]{2})([0-9]{2})?", text.strip())
    if not found or int(found[2]) > 14:
        return None
    length = timedelta(hours=int(found[2]), minutes=int(found[3]))
    return -length if found[1] == "-" else length


class Clocks:
    """The clocks of one zone that a file defines.

    Understood are clocks that are kept all the time, those that begin at one moment, and those that begin once a year
    on a day of a month.
    """

    def __init__(self, observances: Sequence[Block]) -> None:
        self._observances = observances[: MOST + 1]
        self._years: dict[int, list[tuple[datetime, timedelta]] | None] = {}
        offsets = {offset_of(each.text("TZOFFSETTO")) for each in self._observances}
        self._always = offsets.pop() if len(offsets) == 1 else None
        self._readable = len(observances) <= MOST and None not in offsets

    def ahead(self, local: datetime) -> timedelta | None:
        """How far the clock is ahead of UTC at a time of this zone; None: its rules are not read for certain."""
        if self._always is not None or not self._readable:
            return self._always if self._readable else None
        begun: list[tuple[datetime, timedelta]] = []
        for year in (local.year - 1, local.year):
            if year not in self._years:
                self._years[year] = self._begin_in(year)
            if (found := self._years[year]) is None:
                return None
            begun += found
        return max((one for one in begun if one[0] <= local), default=(local, None))[1]

    def _begin_in(self, year: int) -> list[tuple[datetime, timedelta]] | None:
        """When each clock begins in a year, those that began once among them; None: a rule is not understood."""
        found: list[tuple[datetime, timedelta]] = []
        for each in self._observances:
            offset = offset_of(each.text("TZOFFSETTO"))
            try:
                first = datetime.strptime(each.text("DTSTART")[:15], "%Y%m%dT%H%M%S")  # noqa: DTZ007  its own clock
            except ValueError:
                return None
            rules = each.properties.get("RRULE", [])
            if offset is None or each.first("RDATE") or len(rules) > 1:
                return None
            if not rules:
                found.append((first, offset))
                continue
            said = dict(part.partition("=")[::2] for part in rules[0].value.strip().upper().split(";") if part)
            if said.pop("FREQ", "") != "YEARLY" or said.pop("INTERVAL", "1") != "1":
                return None
            until = said.pop("UNTIL", "9999")
            said.pop("WKST", "")
            day = _day(said, first, year)
            if day is None:
                return None
            if year >= first.year and f"{day:%Y%m%d}" <= until[:8]:
                found.append((datetime.combine(day, first.time()), offset))
        return found


def _day(said: dict[str, str], first: datetime, year: int) -> date | None:
    """The day of a year on which a rule falls; None: it is not understood."""
    month = said.get("BYMONTH", str(first.month))
    if not re.fullmatch("[1-9]|0[1-9]|1[0-2]", month) or said.keys() - {"BYMONTH", "BYDAY", "BYMONTHDAY"}:
        return None
    span = [date(year, int(month), 1) + timedelta(days=n) for n in range(31)]
    days = [day for day in span if day.month == int(month)]
    if "BYMONTHDAY" in said:
        wanted = said["BYMONTHDAY"].split(",")
        days = [day for day in days if str(day.day) in wanted]
    if "BYDAY" not in said:
        return days[0] if "BYMONTHDAY" in said and days else _same_day(first, year)
    found = _RULE.fullmatch(said["BYDAY"])
    if not found:
        return None
    days = [day for day in days if _WEEKDAYS[day.weekday()] == found[2]]
    place = int(found[1] or 1)
    return days[place - 1 if place > 0 else place] if len(days) >= abs(place) else None


def _same_day(first: datetime, year: int) -> date | None:
    try:
        return date(year, first.month, first.day)
    except ValueError:
        return None
