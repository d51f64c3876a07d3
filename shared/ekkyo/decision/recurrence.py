"""The dates of a rule (RFC 5545, 3.3.10), day by day between two days: so that no rule keeps anybody waiting."""

import calendar
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from ekkyo.contracts.events.recurring import Recurrence

Changed = Literal["skipped", "twice"]


def days(rule: Recurrence, first: datetime, last: date, zone: str) -> list[date]:
    """The days of a rule from the day of `first` to `last`. first: when it first starts, by the clock of the zone."""
    found = []
    for day in _days(rule, first.date(), last):
        if rule.until is not None and _after(rule.until, day, first.time(), zone):
            break
        found.append(day)
        if rule.count is not None and len(found) == rule.count:
            break
    return found


def ends(rule: Recurrence, first: datetime, last: date, zone: str) -> bool:
    """Whether a rule has no dates after this day."""
    if rule.endless:
        return False
    if rule.count is not None:
        return len(days(rule, first, last, zone)) == rule.count
    assert rule.until is not None
    return _after(rule.until, last + timedelta(days=1), first.time(), zone)


def instant(day: date, clock: time, zone: str) -> tuple[datetime, Changed | None]:
    """When a clock of this zone shows this time on this day, and whether the clock is changed over it (3.3.5).

    A time that the clock skips is read with the offset from before the change. Of one that it shows twice, the first
    counts.
    """
    there = ZoneInfo(zone)
    local = datetime.combine(day, clock.replace(fold=0), there)
    at = local.astimezone(UTC)
    if at.astimezone(there).replace(tzinfo=None) != local.replace(tzinfo=None):
        return at, "skipped"
    return at, "twice" if local.replace(fold=1).utcoffset() != local.utcoffset() else None


def _after(until: date | datetime, day: date, clock: time, zone: str) -> bool:
    return instant(day, clock, zone)[0] > until if isinstance(until, datetime) else day > until


def _days(rule: Recurrence, first: date, last: date) -> Iterator[date]:
    for period in _periods(rule, first, last):
        fit = [day for day in period if _fits(rule, day, first)]
        for day in _chosen(fit, rule.by_set_position):
            if first <= day <= last:
                yield day


def _periods(rule: Recurrence, first: date, last: date) -> Iterator[Sequence[date]]:
    """The days, weeks, months or years that a rule looks at, as many as begin by the last day."""
    step = rule.interval
    match rule.frequency:
        case "DAILY":
            yield from ([first + timedelta(days=n)] for n in range(0, (last - first).days + 1, step))
        case "WEEKLY":
            monday = first - timedelta(days=first.weekday())
            for n in range(0, (last - monday).days + 1, 7 * step):
                yield [monday + timedelta(days=n + one) for one in range(7)]
        case "MONTHLY":
            month = first.year * 12 + first.month - 1
            for n in range(month, last.year * 12 + last.month, step):
                yield _month(n // 12, n % 12 + 1)
        case "YEARLY":
            for year in range(first.year, last.year + 1, step):
                yield [day for month in range(1, 13) for day in _month(year, month)]


def _month(year: int, month: int) -> list[date]:
    return [date(year, month, day) for day in range(1, calendar.monthrange(year, month)[1] + 1)]


def _fits(rule: Recurrence, day: date, first: date) -> bool:
    if rule.by_month_day and not _day_of_month(rule.by_month_day, day):
        return False
    if rule.by_day:
        return any(day.weekday() == weekday and _nth(rule, day, nth) for weekday, nth in rule.by_day)
    if rule.by_month_day:
        return True
    match rule.frequency:  # a rule that says no more means the day that it begins on
        case "DAILY":
            return True
        case "WEEKLY":
            return day.weekday() == first.weekday()
        case "MONTHLY":
            return day.day == first.day
        case "YEARLY":
            return (day.month, day.day) == (first.month, first.day)


def _day_of_month(wanted: Iterable[int], day: date) -> bool:
    length = calendar.monthrange(day.year, day.month)[1]
    return any(day.day == (n if n > 0 else length + 1 + n) for n in wanted)


def _nth(rule: Recurrence, day: date, nth: int) -> bool:
    """Whether a day is the nth of its weekday in its month or year, from the end where nth is negative. 0: any is."""
    if nth == 0:
        return True
    if rule.frequency == "MONTHLY":
        place, length = day.day, calendar.monthrange(day.year, day.month)[1]
    else:
        place, length = day.timetuple().tm_yday, 366 if calendar.isleap(day.year) else 365
    return nth == ((place - 1) // 7 + 1 if nth > 0 else -((length - place) // 7 + 1))


def _chosen(fit: list[date], positions: tuple[int, ...]) -> list[date]:
    """Those of the days of a period that a rule counts off, from its beginning or its end."""
    if not positions:
        return fit
    places = {n - 1 if n > 0 else len(fit) + n for n in positions}
    return [day for place, day in enumerate(fit) if place in places]
