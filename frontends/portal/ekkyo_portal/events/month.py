"""A month as a calendar: weeks of seven days, each with its events. Pure."""

import calendar
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from ekkyo.contracts.events import EventState
from ekkyo.words.text import one_line

from ekkyo_portal.look.reader import Reader


@dataclass(frozen=True)
class Entry:
    """An event on a day."""

    event_id: str
    title: str
    time: str
    cancelled: bool
    held: tuple[str, str] | None = None
    """What the visitor has there: in words, and the tone of that."""


@dataclass(frozen=True)
class Day:
    """A day of the calendar; `outside`: it belongs to the month before or after."""

    number: int
    name: str
    outside: bool
    today: bool
    entries: Sequence[Entry]


@dataclass(frozen=True)
class Month:
    """A month. here, before and after: the addresses' parts of it and of its neighbours, as in 2026-12."""

    title: str
    weekdays: Sequence[str]
    weeks: Sequence[Sequence[Day]]
    here: str
    before: str
    after: str


def asked(text: str | None, reader: Reader) -> date:
    """The first day of the month that an address asks for; of this month where it asks for none."""
    today = reader.now.astimezone(ZoneInfo(reader.zone)).date()
    try:
        year, month = (int(part) for part in (text or "").split("-"))
        return date(year, month, 1) if 2000 <= year <= 2199 else today.replace(day=1)
    except ValueError:
        return today.replace(day=1)


def reach(first: date, zone: str) -> tuple[datetime, datetime]:
    """From when until when the calendar's weeks reach, which begin on Monday."""
    weeks = calendar.Calendar().monthdatescalendar(first.year, first.month)
    start, end = weeks[0][0], weeks[-1][-1] + timedelta(days=1)
    own = ZoneInfo(zone)
    return (
        datetime(start.year, start.month, start.day, tzinfo=own).astimezone(UTC),
        datetime(end.year, end.month, end.day, tzinfo=own).astimezone(UTC),
    )


def month(
    reader: Reader, first: date, events: Iterable[EventState], held: Mapping[str, tuple[str, str]] | None = None
) -> Month:
    """The calendar of a month by the reader's clock. held: what the visitor has, by event."""
    own = ZoneInfo(reader.zone)
    days: dict[date, list[Entry]] = {}
    for event in sorted(events, key=lambda one: one.starts_at):
        entry = Entry(
            event.event_id,
            one_line(event.title),
            reader.clock(event.starts_at),
            cancelled=event.status == "cancelled",
            held=(held or {}).get(event.event_id),
        )
        days.setdefault(event.starts_at.astimezone(own).date(), []).append(entry)
    today = reader.now.astimezone(own).date()
    words = reader.words.events
    weeks = calendar.Calendar().monthdatescalendar(first.year, first.month)
    noon = {day: datetime(day.year, day.month, day.day, 12, tzinfo=own) for week in weeks for day in week}
    return Month(
        title=words.month_title.format(year=first.year, month=words.months.split()[first.month - 1]),
        weekdays=words.weekdays.split(),
        weeks=[
            [
                Day(day.day, reader.day(noon[day]), day.month != first.month, day == today, days.get(day, []))
                for day in week
            ]
            for week in weeks
        ],
        here=f"{first:%Y-%m}",
        before=(first - timedelta(days=1)).strftime("%Y-%m"),
        after=(first + timedelta(days=31)).strftime("%Y-%m"),
    )
