"""The spans that the measures of a charter are counted in: months, and periods up to the end of each month. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from ekkyo.contracts.base import Span
from ekkyo.contracts.members import Community, Measure

MOST: Final = 24
"""Points of one measure."""
MONTHLY: Final = 13
"""Points of a monthly measure: a year, and the month a year before."""
QUARTERS: Final = 4


@dataclass(frozen=True)
class Window:
    """The days that one figure is of: from `since`, or from the beginning, up to but not including `until`."""

    month: date
    """The month at whose end, or before whose end, it ends: its first day."""
    since: date | None
    until: date
    full: bool = True

    def span(self, zone: str) -> Span:
        """These days in a time zone."""
        return Span(since=_start(self.since, zone) if self.since else None, until=_start(self.until, zone))


def windows(measure: Measure, community: Community, at: datetime) -> list[Window]:
    """What the points of a measure are of, oldest first; the last one is the month of `at`, unless a season is over.

    At midnight that is the month that just ended, and it is a full one.
    What Ekkyo counts begins with the month in which the community was founded.
    """
    today, began = last_day(at, community.timezone), day_of(community.founded_at, community.timezone)
    this, runs = first_of(today), first_of(day_of(at, community.timezone))
    earliest = date.min if measure.counted == "reported" else min(first_of(began), this)
    if measure.period == "month":
        return [Window(m, m, after(m), m < runs) for m in _back(this, MONTHLY) if m >= earliest]
    if measure.period == "quarter":
        opening = back(_quarter(this), 3 * (QUARTERS - 1))
        return [Window(m, _quarter(m), after(m), m < runs) for m in _between(opening, this) if m >= earliest]
    if measure.period == "season":
        if measure.starts_on is None or measure.until is None or measure.starts_on > today:
            return []
        end = measure.until + timedelta(days=1)
        months = _between(first_of(measure.starts_on), min(this, first_of(measure.until)))[-MOST:]
        return [Window(m, measure.starts_on, min(after(m), end), m < runs or end <= today) for m in months]
    months = _between(first_of(min(began, today)), this)[-MOST:]
    return [Window(m, None, after(m), m < runs) for m in months]


def full_months(community: Community, at: datetime, most: int, *, since: date | None = None) -> list[Window]:
    """The last months that are over and in which the community existed all the time, oldest first."""
    this, began = first_of(day_of(at, community.timezone)), day_of(community.founded_at, community.timezone)
    earliest = max(began, since) if since else began
    return [Window(m, m, after(m)) for m in _back(back(this, 1), most) if m >= earliest]


def spans_of(community: Community, at: datetime, pace_months: int) -> list[Span]:
    """All spans that the measures of this community need, each once."""
    if not community.charter.measures:
        return []
    found = full_months(community, at, pace_months)
    for measure in community.charter.measures:
        found += windows(measure, community, at)
    return list(dict.fromkeys(window.span(community.timezone) for window in found))


def quarter_ends(day: date) -> date:
    """The last day of the quarter of this day."""
    return back(_quarter(first_of(day)), -3) - timedelta(days=1)


def day_of(at: datetime, zone: str) -> date:
    """The day that it is then, there."""
    return at.astimezone(ZoneInfo(zone)).date()


def last_day(at: datetime, zone: str) -> date:
    """The last day that began before this time, there: at midnight the day that just ended."""
    return day_of(at - timedelta(microseconds=1), zone)


def first_of(day: date) -> date:
    """The first day of its month."""
    return day.replace(day=1)


def after(month: date) -> date:
    """The first day of the next month."""
    return back(month, -1)


def back(month: date, months: int) -> date:
    """The first day of the month that many months before."""
    number = month.year * 12 + month.month - 1 - months
    return date(number // 12, number % 12 + 1, 1)


def _quarter(month: date) -> date:
    return back(month, (month.month - 1) % 3)


def _back(last: date, most: int) -> list[date]:
    return [back(last, n) for n in reversed(range(most))]


def _between(first: date, last: date) -> Sequence[date]:
    months = (last.year - first.year) * 12 + last.month - first.month
    return _back(last, months + 1) if months >= 0 else []


def _start(day: date, zone: str) -> datetime:
    return datetime.combine(day, time(), ZoneInfo(zone))
