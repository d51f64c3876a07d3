"""What a change of a series means for one of its events. Carried out twice, it changes nothing the second time."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from ekkyo.contracts.base import Caller, Refused
from ekkyo.contracts.events import (
    CancelEvent,
    EventCancelled,
    EventDetails,
    EventFact,
    EventPublished,
    EventRescheduled,
    EventRevised,
    QuestionsChanged,
    RegisterForEvent,
    Registration,
    RegistrationApplied,
    RegistrationConfirmed,
    RegistrationWaitlisted,
    RegistrationWithdrawn,
    RescheduleEvent,
    ReviseEvent,
    SetQuestions,
    WithdrawFromEvent,
)
from ekkyo.decision import Decision, Entries

from ekkyo_events.model.answering import set_questions
from ekkyo_events.model.documents import ASKED, Event, Seat, state, unanswered, who_hears
from ekkyo_events.model.events import cancel, event_timers, reschedule, revise
from ekkyo_events.model.people import People
from ekkyo_events.model.registrations import register, withdraw
from ekkyo_events.model.series.documents import Planned, Series, Step, series_details
from ekkyo_events.model.visibility import admitted, by_invitation

BY_ITSELF = Caller("events", frozenset({"system"}))
"""What was decided about the series was checked there."""
TOLD_BY_SERIES = (
    EventPublished,
    EventRevised,
    EventRescheduled,
    EventCancelled,
    QuestionsChanged,
    RegistrationApplied,
    RegistrationConfirmed,
    RegistrationWaitlisted,
    RegistrationWithdrawn,
)
TO_BE_MENDED = frozenset(
    {
        "capacity_below_confirmed",
        "too_many_promotions",
        "place_missing",
        "url_missing",
        "answers_too_large",
        "terms_conflict",
    }
)
"""Why an event did not take a change, where its leaders can do something about it."""


@dataclass(frozen=True)
class Outcome:
    """An event after a change of its series. taken: whether the change concerned it. left: why it did not take it.

    revision: the event's, when the change is saved.
    """

    event: Event
    revision: int
    taken: bool
    confirmed: Sequence[str] = ()
    waitlisted: Sequence[str] = ()
    applied: Sequence[str] = ()
    registration: Registration | None = None
    left: str | None = None


Taken = Decision[Event, Outcome]


def take(
    series: Series, step: Step, number: int, *, people: People, now: datetime
) -> Callable[[Any, Entries[Seat]], Taken]:
    """The decision of event `number` of a series on a step."""
    planned = series.occurrences[number]

    def decide(event: Event | None, seats: Entries[Seat]) -> Taken:
        if step.kind in ("planned", "extended") or planned.event_id in step.made:
            return _published(event, seats, series, planned, step, now)
        assert event, "events of a series are made by its first step"
        if event.series_step is not None and event.series_step >= step.number:
            told = event.series_step == step.number and not by_invitation(event)
            if step.kind == "asked" and told:
                return Decision(event, _asked(event, seats, event.revision))
            return Decision(event, _outcome(event, seats, taken=told))
        if event.status != "published" or event.starts_at <= now:
            return Decision(event, _outcome(event, seats, taken=False))
        try:
            made = _change(event, seats, series, planned, step, people, now)
        except Refused as no:
            left = no.code if no.code in TO_BE_MENDED else None
            return Decision(event, Outcome(event, event.revision, taken=False, left=left))
        if made.document == event:
            return Decision(event, _outcome(event, seats, taken=False))
        if by_invitation(event):
            return _alone(made, step)
        if step.kind == "asked":
            after = made.document.model_copy(update={"series_step": step.number})
            facts = [_part(fact, step) for fact in made.facts]
            return Decision(after, _asked(after, seats, after.revision + 1), facts=facts)
        return _as_part(made, seats, step)

    return decide


def seat_of(step: Step, *, people: People, now: datetime) -> Callable[[Event, Entries[Seat]], Taken]:
    """The decision of an event on a member who registers for, or withdraws from, all of its series."""
    assert step.member_id
    named_in, kind = {"member_id": step.member_id, "registration_id": step.change_id}, step.kind

    def decide(event: Event, seats: Entries[Seat]) -> Taken:
        if event.status != "published" or event.starts_at <= now:
            return Decision(event, Outcome(event, event.revision, taken=False))
        if kind == "registered" and not admitted(event, seats.get(named_in["member_id"])):
            return Decision(event, Outcome(event, event.revision, taken=False))
        named = {"event_id": event.id, **named_in}
        try:
            if kind == "registered":
                made = register(event, seats, RegisterForEvent(**named), people=people, who=BY_ITSELF, now=now)
            else:
                cmd = WithdrawFromEvent(**named)
                made = withdraw(event, seats, cmd, people=people, who=BY_ITSELF, now=now)
        except Refused:
            return Decision(event, Outcome(event, event.revision, taken=False))
        held = made.answer.status in ("confirmed", "waitlisted", "applied", "attended") or kind == "withdrawn"
        facts = [_part(fact, step) for fact in made.facts]
        revision = event.revision + bool(facts)
        answer = Outcome(made.document, revision, taken=held, registration=made.answer)
        return Decision(made.document, answer, entries=made.entries, facts=facts)

    return decide


def _published(
    event: Event | None, seats: Entries[Seat], series: Series, planned: Planned, step: Step, now: datetime
) -> Taken:
    """An event of a series begins its life published."""
    if event:
        return Decision(event, _outcome(event, seats, taken=event.series_id == series.id))
    new = Event(
        id=planned.event_id,
        community_id=series.community_id,
        starts_at=planned.starts_at,
        ends_at=planned.ends_at,
        timezone=series.timezone,
        status="published",
        series_id=series.id,
        recurrence_id=planned.recurrence_id,
        questions=series.questions,
        **series_details(series).model_dump(),
    )
    fact = EventPublished(event_id=new.id, event=state(new, after=new), series_change=step.change_id)
    return Decision(new, Outcome(new, 1, taken=True), facts=[fact], timers=event_timers(new, now))


def _change(
    event: Event, seats: Entries[Seat], series: Series, planned: Planned, step: Step, people: People, now: datetime
) -> Decision[Event, Any]:
    match step.kind:
        case "revised":
            before = {name: getattr(event, name) for name in EventDetails.model_fields}
            details = EventDetails.model_validate(before | step.details)
            cmd = ReviseEvent(event_id=event.id, details=details)
            return revise(event, seats, cmd, people=people, who=BY_ITSELF, now=now)
        case "asked":
            asks = SetQuestions.model_validate({"event_id": event.id, **step.details})
            return set_questions(event, seats, asks, who=BY_ITSELF, now=now)
        case "repeated" if planned.event_id in step.dropped:
            return cancel(event, seats, CancelEvent(event_id=event.id), who=BY_ITSELF)
        case "rescheduled" | "repeated":
            if planned.off:  # another rule left it out
                return Decision(event, None)
            was = step.was[series.occurrences.index(planned) - step.first]
            if (event.starts_at, event.ends_at) != was:  # it was moved alone
                return Decision(event, None)
            to = RescheduleEvent(event_id=event.id, starts_at=planned.starts_at, ends_at=planned.ends_at)
            return reschedule(event, seats, to, who=BY_ITSELF, now=now)
        case _:
            return cancel(event, seats, CancelEvent(event_id=event.id, reason=step.reason), who=BY_ITSELF)


def _alone(made: Decision[Event, Any], step: Step) -> Taken:
    """The same change of an event that not everybody may know of: its facts tell of it, those of the series do not."""
    after = made.document.model_copy(update={"series_step": step.number})
    return replace(made, document=after, answer=Outcome(after, after.revision + 1, taken=False))


def _as_part(made: Decision[Event, Any], seats: Entries[Seat], step: Step) -> Taken:
    after = made.document.model_copy(update={"series_step": step.number})
    facts = [_part(fact, step) for fact in made.facts]
    [changed] = [fact for fact in facts if isinstance(fact, EventRevised | EventRescheduled | EventCancelled)]
    own = set(changed.promoted) if isinstance(changed, EventRevised) else set()
    confirmed = [member for member in changed.confirmed if member not in own]
    answer = Outcome(
        after,
        after.revision + 1,
        taken=True,
        confirmed=confirmed,
        waitlisted=changed.waitlisted,
        applied=changed.applied,
    )
    return Decision(after, answer, entries=made.entries, facts=facts, timers=made.timers)


def _asked(event: Event, seats: Entries[Seat], revision: int) -> Outcome:
    """An event that asks other questions: it concerns those who have one to answer."""
    asked = [seat for seat in seats.all(status=ASKED) if unanswered(event, seat)]
    confirmed, waitlisted, applied = ([seat.key for seat in asked if seat.status == status] for status in ASKED)
    return Outcome(event, revision, taken=bool(asked), confirmed=confirmed, waitlisted=waitlisted, applied=applied)


def _part(fact: Any, step: Step) -> EventFact:
    """The fact as part of a change of the series; of who is promoted it is told as ever."""
    assert isinstance(fact, EventFact)
    return fact.model_copy(update={"series_change": step.change_id}) if isinstance(fact, TOLD_BY_SERIES) else fact


def _outcome(event: Event, seats: Entries[Seat], *, taken: bool) -> Outcome:
    hear = who_hears(seats) if taken else {"confirmed": [], "waitlisted": [], "applied": []}
    return Outcome(
        event,
        event.revision,
        taken=taken,
        confirmed=hear["confirmed"],
        waitlisted=hear["waitlisted"],
        applied=hear["applied"],
    )
