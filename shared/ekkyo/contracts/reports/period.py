"""The period a report is about: whole days in the community's time zone."""

import re
from calendar import monthrange
from datetime import UTC, date, datetime, time, timedelta
from typing import Final, Literal, Self
from zoneinfo import ZoneInfo

from pydantic import model_validator

from ekkyo.contracts.base import Instant, Model

PeriodKind = Literal["month", "quarter", "year", "days"]
"""A calendar month, quarter or year, or the days from one to another."""
LENGTHS: Final[dict[PeriodKind, int]] = {"month": 1, "quarter": 3, "year": 12}
"""Months."""
_WRITTEN: Final = re.compile(
    r"(?P<year>\d{4})(?:-(?P<month>\d{2})|-Q(?P<quarter>[1-4]))?"
    r"|(?P<first>\d{4}-\d{2}-\d{2})\.\.(?P<last>\d{4}-\d{2}-\d{2})"
)


class Period(Model):
    """From the beginning of one day to the end of another."""

    kind: PeriodKind
    starts_on: date
    ends_on: date
    """The last day."""

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.ends_on < self.starts_on:
            raise ValueError("a period ends on the day it starts, or later")
        if self.starts_on.year < 1900 or self.ends_on.year > 2999:
            raise ValueError("a period is between the years 1900 and 2999")
        return self

    @classmethod
    def month(cls, day: date) -> Self:
        """The calendar month of a day."""
        return cls(kind="month", starts_on=day.replace(day=1), ends_on=_month_end(day))

    @classmethod
    def quarter(cls, day: date) -> Self:
        """The calendar quarter of a day."""
        first = day.replace(month=(day.month - 1) // 3 * 3 + 1, day=1)
        return cls(kind="quarter", starts_on=first, ends_on=_month_end(_months_later(first, 2)))

    @classmethod
    def year(cls, day: date) -> Self:
        """The calendar year of a day."""
        return cls(kind="year", starts_on=date(day.year, 1, 1), ends_on=date(day.year, 12, 31))

    @classmethod
    def days(cls, first: date, last: date) -> Self:
        """From one day to another, both included. Raises ValueError when they are the wrong way round."""
        return cls(kind="days", starts_on=first, ends_on=last)

    @classmethod
    def read(cls, text: str) -> Self:
        """From `2026-11`, `2026-Q3`, `2026` or `2026-09-01..2026-12-31`. Raises ValueError for anything else."""
        found = _WRITTEN.fullmatch(text.strip())
        if found is None:
            raise ValueError("a period is written 2026-11, 2026-Q3, 2026 or 2026-09-01..2026-12-31")
        if found["first"]:
            return cls.days(date.fromisoformat(found["first"]), date.fromisoformat(found["last"]))
        year = int(found["year"])
        if found["month"]:
            return cls.month(date(year, int(found["month"]), 1))
        if found["quarter"]:
            return cls.quarter(date(year, int(found["quarter"]) * 3, 1))
        return cls.year(date(year, 1, 1))

    def __str__(self) -> str:
        """As `read` reads it."""
        match self.kind:
            case "month":
                return f"{self.starts_on:%Y-%m}"
            case "quarter":
                return f"{self.starts_on.year}-Q{(self.starts_on.month + 2) // 3}"
            case "year":
                return f"{self.starts_on.year}"
            case "days":
                return f"{self.starts_on}..{self.ends_on}"

    def before(self) -> "Period":
        """The one before: as many months, where this one is whole months, else as many days.

        It may begin before the year 1900, where nothing was ever held: nobody can ask for it by itself.
        """
        last = self.starts_on - timedelta(days=1)
        length = LENGTHS.get(self.kind) or self._whole_months()
        first = _months_later(self.starts_on, -length) if length else last - (self.ends_on - self.starts_on)
        return Period.model_construct(kind=self.kind, starts_on=first, ends_on=last)

    def since(self, zone: str) -> Instant:
        """The moment it begins, in a time zone."""
        return _midnight(self.starts_on, zone)

    def until(self, zone: str) -> Instant:
        """The moment after it, in a time zone."""
        return _midnight(self.ends_on + timedelta(days=1), zone)

    def holds(self, at: datetime, zone: str) -> bool:
        """Whether a moment is in it."""
        return self.since(zone) <= at < self.until(zone)

    def _whole_months(self) -> int:
        """How many months it is, from the first day of one to the last day of another; else 0."""
        if self.starts_on.day != 1 or self.ends_on != _month_end(self.ends_on):
            return 0
        return (self.ends_on.year - self.starts_on.year) * 12 + self.ends_on.month - self.starts_on.month + 1


def _month_end(day: date) -> date:
    return day.replace(day=monthrange(day.year, day.month)[1])


def _months_later(first: date, months: int) -> date:
    """The first day of the month so many months later than that of another first day."""
    count = first.year * 12 + first.month - 1 + months
    return date(count // 12, count % 12 + 1, 1)


def _midnight(day: date, zone: str) -> datetime:
    return datetime.combine(day, time(), ZoneInfo(zone)).astimezone(UTC)
