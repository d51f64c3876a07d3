"""A series under another rule: which events stay, move, are cancelled and are made."""

from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from ekkyo.contracts.base import Caller, FieldError, Refused
from ekkyo.contracts.events import (
    ChangeSeriesRule,
    PreviewSeries,
    PreviewSeriesRule,
    SeriesDate,
    SeriesMove,
    SeriesRulePreview,
)
from ekkyo.contracts.events.recurring import read_rule
from ekkyo.decision import Decision, Entries, recurrence

from ekkyo_events.model.documents import Event, Seat
from ekkyo_events.model.registrations import HAS_A_PLACE
from ekkyo_events.model.series.changes import asked, first_to_come, is_off, number_of
from ekkyo_events.model.series.dates import first_dates, planned, start_of
from ekkyo_events.model.series.documents import (
    Answer,
    Planned,
    Regular,
    Series,
    day_of,
    series_state,
    timers,
    with_step,
)

MOST_EVER = 1_000
"""Events of one series, with those that other rules left out."""


@dataclass(frozen=True)
class Repeated:
    """A series under another rule. touched: the ids of the events to come that it concerned before.

    until: the day until which the rule was followed.
    """

    series: Series
    touched: frozenset[str]
    made: frozenset[str]
    dropped: frozenset[str]


def change_rule(
    series: Series, regulars: Entries[Regular], cmd: ChangeSeriesRule, *, who: Caller, now: datetime
) -> Answer:
    """Give a series another rule. Its events take it in one step, and those who are registered get the new ones."""
    who.must_lead(series.community_id)
    if cmd.change_id in series.changes:
        return Decision(series, series_state(series))
    it = repeated(series, cmd, now)
    was = {one.event_id: (one.starts_at, one.ends_at) for one in series.occurrences}
    after = it.series.model_copy(update={"changes": asked(series, cmd.change_id).changes})
    concerned = [n for n, one in enumerate(after.occurrences) if one.event_id in it.touched | it.made]
    first = min(concerned)
    after = with_step(
        after,
        "repeated",
        cmd.change_id,
        first=first,
        was=[was.get(one.event_id, (one.starts_at, one.ends_at)) for one in after.occurrences[first:]],
        made=sorted(it.made),
        dropped=sorted(it.dropped),
        regulars=[(one.key, one.registration_id) for one in regulars.all(status="registered")] if it.made else [],
    )
    return Decision(after, series_state(after, after=series), timers=timers(after, now))


def repeated(series: Series, cmd: ChangeSeriesRule | PreviewSeriesRule, now: datetime) -> Repeated:
    """What a series is under another rule. Raises Refused."""
    first = first_to_come(series, now, number_of(series, cmd.from_event))
    if series.steps:  # they name events by their number
        raise Refused("series_under_way", "Another change of this series is being carried out. Try again in a moment.")
    recurring = cmd.model_dump(include={"starts", "minutes", "rule", "except_on", "also_on"})
    days, until = first_dates(PreviewSeries(timezone=series.timezone, **recurring), now)
    before, tail = series.occurrences[:first], series.occurrences[first:]
    coming = [one for one in tail if one.starts_at > now and not is_off(series, one)]
    staying = {day_of(series, one.starts_at) for one in before if not is_off(series, one)}
    free = [day for day in days if day not in staying]
    to = corresponding([day_of(series, one.starts_at) for one in coming], free, by_month=_by_month(cmd.rule))
    clock, length = start_of(cmd.starts).time(), timedelta(minutes=cmd.minutes)
    after: list[Planned] = []
    for one, day in zip(coming, to, strict=True):
        if day is None:
            after.append(one.model_copy(update={"off": True}))
        else:
            at, _ = recurrence.instant(day, clock, series.timezone)
            after.append(one.model_copy(update={"starts_at": at, "ends_at": at + length}))
    known = {one.event_id for one in coming}
    others = [
        one.model_copy(update={"off": is_off(series, one)}) for one in series.occurrences if one.event_id not in known
    ]
    changed = series.model_copy(
        update={**recurring, "rule": cmd.rule, "made_until": until, "ends_before": None, "status": "planned"}
    )
    made = planned(changed, [day for day in free if day not in set(to)])
    every = sorted([*others, *after, *made], key=lambda one: (one.starts_at, one.event_id))
    if len(every) > MOST_EVER:
        told = FieldError(field="rule", code="out_of_range", detail="must add fewer events")
        raise Refused("series_too_long", f"A series can have {MOST_EVER} events at most.", errors=[told])
    return Repeated(
        series=changed.model_copy(update={"occurrences": every}),
        touched=frozenset(known),
        made=frozenset(one.event_id for one in made),
        dropped=frozenset(one.event_id for one in after if one.off),
    )


def corresponding(old: Sequence[date], new: Sequence[date], *, by_month: bool) -> list[date | None]:
    """For each day the one that it becomes: itself, else one in the same week, else, by_month, in the same month.

    Both in their order; each new day is taken once. None: there is none.
    """
    found: list[date | None] = [day if day in set(new) else None for day in old]
    steps: list[Callable[[date], Hashable]] = [lambda day: day.isocalendar()[:2]]
    if by_month:
        steps.append(lambda day: (day.year, day.month))
    for period in steps:
        left: dict[Hashable, list[date]] = {}
        taken = set(found)
        for day in new:
            if day not in taken:
                left.setdefault(period(day), []).append(day)
        for n, day in enumerate(old):
            if found[n] is None and (free := left.get(period(day))):
                found[n] = free.pop(0)
    return found


def preview_rule(
    series: Series | None,
    events: Iterable[Event],
    seats: Iterable[Seat],
    ask: PreviewSeriesRule,
    *,
    who: Caller,
    now: datetime,
) -> SeriesRulePreview:
    """What becomes of the events of a series. events, seats: those to come, and who has a place at them."""
    if series is None:
        raise Refused("series_not_found", "There is no series with this id.")
    who.must_lead(series.community_id)
    it = repeated(series, ask, now)
    was = {one.event_id: one for one in series.occurrences}
    real = {event.id: event for event in events}
    kept, cancelled = [], []
    moved, made = [], []
    concerned: set[str] = set()
    for one in it.series.occurrences:
        event, before = real.get(one.event_id), was.get(one.event_id)
        if one.event_id in it.made:
            _, changed = recurrence.instant(day_of(series, one.starts_at), start_of(ask.starts).time(), series.timezone)
            made.append(SeriesDate(starts_at=one.starts_at, ends_at=one.ends_at, clock_changed=changed))
        elif one.event_id not in it.touched or before is None:
            continue
        elif event is None or event.status != "published" or event.starts_at <= now:
            continue  # it was cancelled alone, and stays so
        elif one.off:
            cancelled.append(event.starts_at)
            concerned.add(event.id)
        elif (one.starts_at, one.ends_at) == (before.starts_at, before.ends_at) or (
            (event.starts_at, event.ends_at) != (before.starts_at, before.ends_at)
        ):
            kept.append(event.starts_at)
        else:
            moved.append(
                SeriesMove(
                    event_id=event.id, was_starts_at=event.starts_at, starts_at=one.starts_at, ends_at=one.ends_at
                )
            )
            concerned.add(event.id)
    told = {seat.key for seat in seats if seat.document_id in concerned and seat.status in HAS_A_PLACE}
    return SeriesRulePreview(
        kept=sorted(kept),
        moved=moved,
        made=made,
        cancelled=sorted(cancelled),
        members=len(told),
        endless=read_rule(ask.rule).endless,
    )


def _by_month(rule: str) -> bool:
    return read_rule(rule).frequency in ("MONTHLY", "YEARLY")
