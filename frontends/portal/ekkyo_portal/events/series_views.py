"""What the page of a series shows, made from answers. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from ekkyo.contracts.events import EventState, SeriesAnswer, SeriesState
from ekkyo.contracts.events.recurring import Recurrence, read_rule
from ekkyo.words.numbers import count
from ekkyo.words.text import one_line, several_lines
from ekkyo.words.times import differ

from ekkyo_portal.events.attending import as_attended
from ekkyo_portal.events.places import state
from ekkyo_portal.events.terms import is_late
from ekkyo_portal.events.views import Card, card
from ekkyo_portal.look.reader import Reader
from ekkyo_portal.look.words.refusals import refusal
from ekkyo_portal.web.visitor import Visitor


@dataclass(frozen=True)
class Date:
    """One date of a series: its event, and what the visitor has there."""

    card: Card
    seat: str
    waits: bool


@dataclass(frozen=True)
class SeriesView:
    """The page of a series. goes_on: events are added to it as time goes by."""

    series: SeriesState
    title: str
    description: str
    rule: str
    clock: str
    dates: Sequence[Date]
    registered: bool
    registration_id: str
    late: str
    """On which dates it is too late to withdraw without being late; empty: on none."""
    may_register: bool
    register_hint: str
    goes_on: bool
    leads: bool
    may_change: bool
    under_way: bool
    left: Sequence[tuple[str, str, str]]
    """Dates that did not take the last change: the event's id, its day and the reason."""


@dataclass(frozen=True)
class PartView:
    """What the page of an event says of its series. next: coming dates beside this one."""

    series_id: str
    rule: str
    next: Sequence[tuple[str, str]]
    registered: bool
    may_register: bool
    register_hint: str
    goes_on: bool


def series(reader: Reader, visitor: Visitor, answer: SeriesAnswer) -> SeriesView:
    """A series with its dates."""
    it = answer.series
    places = {one.event_id: one for one in answer.registrations}
    dates = []
    for event in answer.events:
        held = places.get(event.event_id)
        shown = held is not None and held.status != "withdrawn" and event.status == "published"
        seat = state(reader, event, held.status) if held and shown else ""
        waits = shown and held is not None and held.status in ("waitlisted", "applied", "declined")
        dates.append(Date(card(reader, as_attended(event, held.attend if held else None)), seat, waits))
    days = {event.event_id: reader.day(event.starts_at, _zone(reader, event)) for event in answer.events}
    registered = answer.mine is not None and answer.mine.status == "registered"
    return SeriesView(
        series=it,
        title=one_line(it.title),
        description=several_lines(it.description),
        rule=rule(reader, it),
        clock=_clock(reader, answer.events),
        dates=dates,
        registered=registered,
        registration_id=answer.mine.registration_id if answer.mine else "",
        late=_late(reader, answer),
        may_register=bool(coming(reader, answer)) and not registered,
        register_hint=count(reader.words.series.register_hint, len(coming(reader, answer))),
        goes_on=goes_on(it),
        leads=visitor.may_lead(it.community_id),
        may_change=bool(coming(reader, answer)),
        under_way=answer.under_way,
        left=[
            (one.event_id, days[one.event_id], refusal(reader.locale, one.code, one.code))
            for one in answer.left_as_they_were
            if one.event_id in days
        ],
    )


def _late(reader: Reader, answer: SeriesAnswer) -> str:
    places = {one.event_id: one for one in answer.registrations}
    days = [
        reader.day(event.starts_at, _zone(reader, event))
        for event in coming(reader, answer)
        if event.event_id in places and is_late(event, places[event.event_id], reader.now)
    ]
    return str(reader.words.series.withdraw_late.format(days=reader.words.series.between.join(days))) if days else ""


def part(reader: Reader, event: EventState, answer: SeriesAnswer) -> PartView:
    """What the page of an event says of its series."""
    others = [one for one in coming(reader, answer) if one.event_id != event.event_id]
    registered = answer.mine is not None and answer.mine.status == "registered"
    return PartView(
        series_id=answer.series.series_id,
        rule=rule(reader, answer.series),
        next=[(one.event_id, reader.day(one.starts_at, _zone(reader, one))) for one in others[:3]],
        registered=registered,
        may_register=bool(coming(reader, answer)) and not registered,
        register_hint=count(reader.words.series.register_hint, len(coming(reader, answer))),
        goes_on=goes_on(answer.series),
    )


def coming(reader: Reader, answer: SeriesAnswer) -> list[EventState]:
    """The events that one can still register for."""
    return [one for one in answer.events if one.status == "published" and one.starts_at > reader.now]


def goes_on(it: SeriesState) -> bool:
    """Whether time adds events to a series."""
    return it.status == "planned" and it.ends_before is None and read_rule(it.rule).endless


def rule(reader: Reader, it: SeriesState) -> str:
    """How a series recurs, in words; a rule that has none stands as it is."""
    words, recurs = reader.words.series, read_rule(it.rule)
    first = datetime.fromisoformat(it.starts)
    names = reader.words.events.weekdays.split()
    n = recurs.interval
    match recurs.frequency:
        case "DAILY" if not recurs.by_day and not recurs.by_month_day:
            return words.daily if n == 1 else str(words.every_n_days.format(n=n))
        case "WEEKLY":
            days = sorted(day for day, _ in recurs.by_day) or [first.weekday()]
            listed = words.between.join(names[day] for day in days)
            return str((words.weekly if n == 1 else words.every_n_weeks).format(n=n, days=listed))
        case "MONTHLY" if not recurs.by_set_position and (what := _in_month(reader, recurs, first, names)):
            return str((words.monthly if n == 1 else words.every_n_months).format(n=n, what=what))
        case "YEARLY" if n == 1 and not recurs.by_day and not recurs.by_month_day:
            return str(words.yearly)
    return it.rule


def _in_month(reader: Reader, recurs: Recurrence, first: datetime, names: list[str]) -> str | None:
    """On which days of a month; None where there are no words for it."""
    words = reader.words.series
    if recurs.by_day:
        if any(nth not in (-1, 1, 2, 3, 4, 5) for _, nth in recurs.by_day) or recurs.by_month_day:
            return None
        said = [
            words.last_of.format(day=names[day])
            if nth == -1
            else words.nth.format(n=words.nths.split()[nth - 1], day=names[day])
            for day, nth in recurs.by_day
        ]
        return str(words.between.join(said))
    days = recurs.by_month_day or (first.day,)
    if any(day < -1 for day in days):
        return None
    return str(words.between.join(words.last_day if day == -1 else words.nth_day.format(n=day) for day in days))


def _clock(reader: Reader, events: Sequence[EventState]) -> str:
    """The time of day, where all of them have the same by the clock that counts."""
    shown = {reader.clocks(one.starts_at, one.ends_at, _zone(reader, one)) for one in events}
    return shown.pop() if len(shown) == 1 else ""


def _zone(reader: Reader, event: EventState) -> str:
    """Whose clock counts: that of the place, or the reader's of an event that is online."""
    if event.format == "online":
        return reader.zone
    return event.timezone if differ(reader.zone, event.timezone, event.starts_at) else reader.zone
