"""A time zone's rules around one event, as calendars want them (RFC 5545, 3.6.5)."""

from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from icalendar import Timezone, TimezoneDaylight, TimezoneStandard

_AROUND = timedelta(days=400)
"""So far before and after an event its zone's changes of clocks are listed: each as it is, whatever its rule."""


@lru_cache(256)
def _changes(zone: str, first: datetime, last: datetime) -> tuple[datetime, ...]:
    """The instants between two at which the offset of a zone changes."""
    info, found = ZoneInfo(zone), []
    at = first
    while at < last:
        after = min(at + timedelta(days=7), last)  # no zone changes twice within a week and back
        if at.astimezone(info).utcoffset() != after.astimezone(info).utcoffset():
            low, high = at, after
            while high - low > timedelta(seconds=1):
                middle = low + (high - low) // 2
                middle = middle.replace(microsecond=0)
                same = middle.astimezone(info).utcoffset() == low.astimezone(info).utcoffset()
                low, high = (middle, high) if same else (low, middle)
            found.append(high)
        at = after
    return tuple(found)


def vtimezone(zone: str, starts_at: datetime, ends_at: datetime) -> Timezone:
    """The rules of a zone that hold for an event: its clock before, and each change around it."""
    day = starts_at.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    first, last = day - _AROUND, ends_at.astimezone(UTC).replace(microsecond=0) + _AROUND
    info = ZoneInfo(zone)
    rules = Timezone()
    rules.add("tzid", zone)
    rules.add_component(_observance(info, first, first))
    for at in _changes(zone, first, last):
        rules.add_component(_observance(info, at - timedelta(seconds=1), at))
    return rules


def _observance(info: ZoneInfo, before: datetime, at: datetime) -> TimezoneStandard | TimezoneDaylight:
    """What the clock shows from an instant on. Its beginning is told by the clock that went before it."""
    local, was = at.astimezone(info), before.astimezone(info)
    observance = TimezoneDaylight() if local.dst() else TimezoneStandard()
    observance.add("dtstart", (at + (was.utcoffset() or timedelta())).replace(tzinfo=None))
    observance.add("tzoffsetfrom", was.utcoffset())
    observance.add("tzoffsetto", local.utcoffset())
    observance.add("tzname", local.tzname() or str(info))
    return observance
