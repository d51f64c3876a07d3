"""What leaders decide about a series, and what time does: it is planned, changed, cancelled, extended."""

import hashlib
from collections.abc import Sequence
from datetime import datetime, time
from zoneinfo import ZoneInfo

from ekkyo.contracts.base import Caller, FieldError, Refused
from ekkyo.contracts.events import CancelSeries, LeftAsItWas, PlanSeries, RescheduleSeries, ReviseSeries
from ekkyo.decision import Decision, Entries, Set

from ekkyo_events.model.events import must_say_where
from ekkyo_events.model.hosting import NOBODY, Host, must_have_accepted
from ekkyo_events.model.series.dates import by_rule, first_dates, moved, planned
from ekkyo_events.model.series.documents import (
    AHEAD,
    EXTENDED_BEFORE,
    REMEMBERED,
    Answer,
    Planned,
    Regular,
    Series,
    Step,
    day_of,
    series_state,
    timers,
    with_step,
)


def plan_series(series: Series | None, cmd: PlanSeries, host: Host = NOBODY, *, now: datetime) -> Answer:
    """Plan a series. The same command again finds it; another one with its id is refused."""
    digest = hashlib.sha256(cmd.model_dump_json().encode()).hexdigest()
    if series:
        if series.planned_as != digest:
            raise Refused("series_taken", "Another series already has this id.")
        return Decision(series, series_state(series))
    days, until = first_dates(cmd, now)
    new = Series(
        id=cmd.series_id,
        made_until=until,
        planned_as=digest,
        **cmd.model_dump(include={"community_id", "starts", "minutes", "timezone", "rule", "except_on", "also_on"}),
        **cmd.details.model_dump(),
    )
    must_have_accepted(new, host)
    must_say_where(new)
    new = new.model_copy(update={"occurrences": planned(new, days)})
    after = with_step(new, "planned", cmd.series_id, first=0)
    return Decision(after, series_state(after, after=new), timers=timers(after, now))


def revise_series(series: Series, cmd: ReviseSeries, host: Host = NOBODY, *, who: Caller, now: datetime) -> Answer:
    """Change what the events to come are; each takes what differs from what the series was."""
    who.must_lead(series.community_id)
    if cmd.change_id in series.changes:
        return Decision(series, series_state(series))
    must_have_accepted(series, host)
    first = first_to_come(series, now, number_of(series, cmd.from_event))
    changed = {name: to for name, to in cmd.details.model_dump().items() if to != getattr(series, name)}
    revised = series.model_copy(update=changed)
    must_say_where(revised)
    if not changed:
        after = asked(series, cmd.change_id)
        return Decision(after, series_state(after, after=series))
    after = with_step(asked(revised, cmd.change_id), "revised", cmd.change_id, first=first, details=changed)
    return Decision(after, series_state(after, after=series), timers=timers(after, now))


def reschedule_series(series: Series, cmd: RescheduleSeries, *, who: Caller, now: datetime) -> Answer:
    """Move the events to come to another time of day. Each keeps its place in the series."""
    who.must_lead(series.community_id)
    if cmd.change_id in series.changes:
        return Decision(series, series_state(series))
    first = first_to_come(series, now, number_of(series, cmd.from_event))
    clock = time.fromisoformat(cmd.clock)
    kept, them = series.occurrences[:first], series.occurrences[first:]
    moved_to = [moved(series, one, clock, cmd.minutes) for one in them]
    starts = f"{series.starts[:11]}{cmd.clock}"
    if moved_to == them and (starts, cmd.minutes) == (series.starts, series.minutes):
        after = asked(series, cmd.change_id)
        return Decision(after, series_state(after, after=series))
    if moved_to[0].starts_at <= now:
        raise Refused("event_in_the_past", "An event cannot be moved into the past.")
    update = {"occurrences": [*kept, *moved_to], "starts": starts, "minutes": cmd.minutes}
    was = [(one.starts_at, one.ends_at) for one in them]
    moved_all = asked(series.model_copy(update=update), cmd.change_id)
    after = with_step(moved_all, "rescheduled", cmd.change_id, first=first, was=was)
    return Decision(after, series_state(after, after=series), timers=timers(after, now))


def cancel_series(series: Series, cmd: CancelSeries, *, who: Caller, now: datetime) -> Answer:
    """Cancel the events to come, all or from one on. The rule adds no more."""
    who.must_lead(series.community_id)
    if cmd.change_id in series.changes:
        return Decision(series, series_state(series))
    first = first_to_come(series, now, number_of(series, cmd.from_event))
    whole = first == next((n for n, one in enumerate(series.occurrences) if one.starts_at > now and not one.off), first)
    ends = day_of(series, series.occurrences[first].starts_at)
    update = {"status": "cancelled" if whole else series.status, "ends_before": ends}
    ended = asked(series.model_copy(update=update), cmd.change_id)
    after = with_step(ended, "cancelled", cmd.change_id, first=first, reason=cmd.reason)
    return Decision(after, series_state(after, after=series), timers=timers(after, now))


def extend_series(series: Series, regulars: Entries[Regular], *, now: datetime) -> Decision[Series, Series]:
    """Add events to an endless series when the time has come: who is registered for all of it gets seats in them."""
    today = now.astimezone(ZoneInfo(series.timezone)).date()
    if not series.endless or series.made_until - today > EXTENDED_BEFORE:
        return Decision(series, series, timers=timers(series, now) if series.steps == [] else ())
    until = today + AHEAD
    made = {day_of(series, one.starts_at) for one in series.occurrences if not one.off}
    days = [day for day in by_rule(series, until) if day > series.made_until and day not in made]
    first = len(series.occurrences)
    after = series.model_copy(
        update={"occurrences": [*series.occurrences, *planned(series, days)], "made_until": until}
    )
    if days:
        change = f"{series.id[:40]}-until-{until:%Y%m%d}"
        after = with_step(after, "extended", change, first=first)
        for regular in regulars.all(status="registered"):
            after = with_step(
                after, "registered", regular.registration_id, first=first, member_id=regular.key, because="extended"
            )
    return Decision(after, after, timers=timers(after, now))


def without_step(series: Series, step: Step, left: Sequence[LeftAsItWas], *, now: datetime) -> tuple[Series, list[Set]]:
    """The series when a step was carried out, and its timer. left: events that did not take it."""
    update: dict[str, object] = {"steps": [one for one in series.steps if one.number != step.number]}
    if step.kind in ("revised", "rescheduled", "cancelled", "repeated", "asked"):
        update["left_as_they_were"] = list(left)
    after = series.model_copy(update=update)
    return after, [] if after.steps else timers(after, now)  # who carries it out goes on with the next


def asked(series: Series, change_id: str) -> Series:
    """The series, remembering a change that leaders asked for."""
    return series.model_copy(update={"changes": [*series.changes, change_id][-REMEMBERED:]})


def first_to_come(series: Series, now: datetime, least: int = 0) -> int:
    """The number of the first event to come, of those from a number on. Raises Refused where none is."""
    if series.status == "cancelled":
        raise Refused("series_cancelled", "This series was cancelled.")
    for number, one in enumerate(series.occurrences):
        if number >= least and one.starts_at > now and not is_off(series, one):
            return number
    raise Refused("series_over", "This series has no upcoming events.")


def number_of(series: Series, event_id: str | None) -> int:
    """The number of an event that a change begins with; 0 where it names none."""
    for number, one in enumerate(series.occurrences):
        if event_id in (None, one.event_id):
            return number
    wrong = FieldError(field="from_event", code="not_in_series", detail="must be an event of this series")
    raise Refused("event_not_in_series", "This event is not part of the series.", errors=[wrong])


def is_off(series: Series, one: Planned) -> bool:
    """Whether an event was cancelled with the series, or left out by another rule."""
    return one.off or (series.ends_before is not None and day_of(series, one.starts_at) >= series.ends_before)
