"""What is told of a series: of a change when it was carried out in every event, and to who asks."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from ekkyo.contracts.base import Caller, Refused
from ekkyo.contracts.events import (
    Concerned,
    LeftAsItWas,
    Occurrence,
    SeatAtOccurrence,
    SeriesAnswer,
    SeriesCancelled,
    SeriesExtended,
    SeriesFact,
    SeriesPlanned,
    SeriesRegistered,
    SeriesRescheduled,
    SeriesRevised,
    SeriesRuleChanged,
    SeriesWithdrawn,
)
from ekkyo.decision import Decision

from ekkyo_events.model.documents import Event, Seat, registration
from ekkyo_events.model.line import place
from ekkyo_events.model.series.changes import without_step
from ekkyo_events.model.series.documents import Regular, Series, Step, series_registration, series_state
from ekkyo_events.model.series.occurrences import Outcome
from ekkyo_events.model.telling import of_seen, told_to


def carried_out(series: Series, step: Step, outcomes: Sequence[Outcome], *, now: datetime) -> Decision[Series, None]:
    """A change was carried out in every event: tell it, once."""
    if step.number not in {one.number for one in series.steps}:
        return Decision(series, None)
    left = [LeftAsItWas(event_id=one.event.id, code=one.left) for one in outcomes if one.left]
    after, timers = without_step(series, step, left, now=now)
    facts = _facts(series, after, step, outcomes)
    return Decision(after, None, facts=facts, timers=timers)


def tell_series(
    series: Series | None,
    events: Sequence[Event],
    regular: Regular | None,
    seats: Iterable[Seat],
    waiting: Iterable[Seat],
    who: Caller,
) -> SeriesAnswer:
    """A series with its events that are not over, as this caller sees it."""
    if series is None:
        raise Refused("series_not_found", "There is no series with this id.")
    places = list(seats)
    events = of_seen(events, places, who)
    own = {seat.document_id: seat for seat in places if not seat.only_invited}
    lines: dict[str, list[Seat]] = {}
    for seat in waiting:
        lines.setdefault(seat.document_id, []).append(seat)
    leads = who.leads_all or series.community_id in who.led
    told = series_state(series)
    return SeriesAnswer(
        series=told if leads else told.model_copy(update={"url": None}),
        events=[told_to(event, who, own.get(event.id)) for event in events],
        mine=series_registration(regular) if regular else None,
        registrations=[
            registration(event, own[event.id], place(own[event.id], lines.get(event.id, [])))
            for event in events
            if event.id in own
        ],
        under_way=bool(series.steps),
        left_as_they_were=series.left_as_they_were if leads else [],
    )


def not_over(series: Series, now: datetime) -> dict[str, Any]:
    """Which events of a series are told: those that are not over."""
    ids = [one.event_id for one in series.occurrences]
    return {"id": {"$in": ids}, "status": {"$in": ["published", "cancelled"]}, "ends_at": {"$gt": now}}


def _facts(series: Series, after: Series, step: Step, outcomes: Sequence[Outcome]) -> list[SeriesFact]:
    taken = sorted((one for one in outcomes if one.taken), key=lambda one: one.event.starts_at)
    told = series_state(after, after=series)
    about: dict[str, Any] = {"series_id": series.id, "series": told, "change_id": step.change_id}
    them = [_occurrence(one) for one in taken]
    match step.kind:
        case "planned":
            return [SeriesPlanned(**about, occurrences=them)]
        case "extended":
            return [SeriesExtended(**about, occurrences=them)]
        case "registered":
            seats = [
                SeatAtOccurrence(**dict(one), seat=it.registration.status, position=it.registration.position)
                for one, it in zip(them, taken, strict=True)
                if it.registration
            ]
            who = {"member_id": step.member_id, "registration_id": step.change_id, "because": step.because}
            return [SeriesRegistered(**about, **who, occurrences=seats)] if seats else []
        case "withdrawn":
            who = {"member_id": step.member_id, "registration_id": step.change_id}
            late = [number for number, one in enumerate(taken) if one.registration and one.registration.late]
            return [SeriesWithdrawn(**about, **who, occurrences=them, late=late)]
    if not taken:
        return []
    changed: dict[str, Any] = {**about, "occurrences": them, "people": _people(taken)}
    match step.kind:
        case "revised":
            return [SeriesRevised(**changed, changed=sorted(step.details))]
        case "asked":
            return [SeriesRevised(**changed, changed=["questions"])]
        case "repeated":
            made = [number for number, one in enumerate(taken) if one.event.id in step.made]
            return [SeriesRuleChanged(**changed, made=made)]
        case "rescheduled":
            return [SeriesRescheduled(**changed)]
        case _:
            return [SeriesCancelled(**changed, reason=step.reason)]


def _people(taken: Sequence[Outcome]) -> list[Concerned]:
    """Everybody with a place at one of these events, and at which."""
    found: dict[str, dict[str, list[int]]] = {}
    for number, one in enumerate(taken):
        for name, members in (("confirmed", one.confirmed), ("waitlisted", one.waitlisted), ("applied", one.applied)):
            for member in members:
                found.setdefault(member, {}).setdefault(name, []).append(number)
    return [Concerned.model_validate({"member_id": member, **found[member]}) for member in sorted(found)]


def _occurrence(one: Outcome) -> Occurrence:
    event = one.event
    assert event.recurrence_id
    return Occurrence(
        event_id=event.id,
        recurrence_id=event.recurrence_id,
        starts_at=event.starts_at,
        ends_at=event.ends_at,
        status="cancelled" if event.status == "cancelled" else "published",
        revision=one.revision,
    )
