"""Applications at events whose leaders approve: who applies, who is approved or declined, and what is never decided.

Applying takes a ticket of the waitlist. So whoever applied first is before the others on the waitlist, in whatever
order leaders approve.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from ekkyo.contracts.base import Caller, FieldError, Refused
from ekkyo.contracts.events import (
    Application,
    ApproveApplications,
    DecidedApplications,
    DeclineApplications,
    DeclinedBecause,
    Registration,
    RegistrationApplied,
    RegistrationConfirmed,
    RegistrationDeclined,
    RegistrationWaitlisted,
    Terms,
)
from ekkyo.decision import Decision, Entries, Set

from ekkyo_events.model.arranged import Room, fill, room_of, units
from ekkyo_events.model.arranged.counting import arrangement, arranges, recounted
from ekkyo_events.model.documents import (
    Event,
    Seat,
    must_be_published,
    registration,
    state,
    told_each,
    unanswered,
)
from ekkyo_events.model.late import with_time_to_decide
from ekkyo_events.model.line import place
from ekkyo_events.model.people import People
from ekkyo_events.model.tables import given_tables
from ekkyo_events.model.timers import ApplicationsTimer
from ekkyo_events.model.windows import by_leader

EXPIRED_AT_ONCE = 500
"""Applications that are declined in one write when the event starts."""


def must_fit_approval(terms: Terms) -> None:
    """Refuse what cannot be approved one by one: places that are drawn, and groups."""
    for other in ("lottery", "group_size"):
        if terms.approval and getattr(terms, other):
            both = [
                FieldError(field=f"terms.{name}", code="terms_conflict", detail="leave one of the two out")
                for name in ("approval", other)
            ]
            raise Refused(
                "terms_conflict", "Leaders approve members one by one, without a draw or groups.", errors=both
            )


def must_keep_approval(event: Event, terms: Terms | None) -> None:
    """Refuse to switch approval off while somebody waits for it."""
    was, wanted = event.terms is not None and event.terms.approval, terms is not None and terms.approval
    if was and not wanted and event.applied:
        waiting = FieldError(field="terms.approval", code="applications_waiting", detail="cannot be switched off yet")
        raise Refused(
            "applications_waiting", f"Decide on the applications first: {event.applied} wait.", errors=[waiting]
        )


def applications_timer(event: Event) -> list[Set]:
    """What ends applications when the event starts, where its leaders approve."""
    if event.terms is None or not event.terms.approval:
        return []
    return [ApplicationsTimer(id=event.id, starts_at=event.starts_at).at(event.starts_at)]


def must_apply(event: Event, who: Caller) -> bool:
    """Whether a registration by this caller is an application."""
    return event.terms is not None and event.terms.approval and not by_leader(event, who)


def apply(event: Event, seat: Seat, registration_id: str) -> Decision[Event, Registration]:
    """Keep the application of a member who has nothing at the event."""
    ticket = event.tickets + 1
    after = event.model_copy(update={"applied": event.applied + 1, "tickets": ticket})
    has = {"status": "applied", "position": ticket, "registration_id": registration_id, "late": False}
    seat = seat.model_copy(update=has)
    fact = RegistrationApplied(
        event_id=event.id,
        event=state(after, after=event),
        member_id=seat.key,
        registration_id=registration_id,
        unanswered=unanswered(after, seat),
    )
    return Decision(after, registration(after, seat), entries=[seat], facts=[fact])


def applied_already(event: Event, seat: Seat, registration_id: str) -> None:
    """Refuse another application of a member who was declined; the same one is answered as it was decided."""
    if seat.status == "declined" and seat.registration_id != registration_id:
        raise Refused(
            "application_declined",
            "This member's application was declined. A leader can still approve it.",
        )


def approve(
    event: Event, seats: Entries[Seat], cmd: ApproveApplications, *, people: People, who: Caller, now: datetime
) -> Decision[Event, DecidedApplications]:
    """Give seats while there are any, else places on the waitlist, by who applied first."""
    who.must_lead(event.community_id)
    named = _named(seats, cmd.applications)
    asked = [seat for seat in named.values() if seat.status in ("applied", "declined")]
    if asked:
        _must_be_open(event, now)
    barred = people.barred(event, [seat.key for seat in asked])
    line = [seat for seat in asked if seat.key not in barred]
    free = room_of(event) if arranges(event) else Room(onsite=event.capacity - event.seats_in_use)
    filled = fill(units(line), free)
    has = {"declined_because": None, "note": "", "status": "confirmed", "position": None}
    seated = [seat.model_copy(update=has) for unit in filled.taken for seat in unit.seats]
    waits = {"declined_because": None, "note": "", "status": "waitlisted", "was_waitlisted": True}
    waiting = [seat.model_copy(update=waits) for unit in filled.passed for seat in unit.seats]
    if not line:
        return Decision(event, _answer(event, seats, cmd.applications, named, barred))
    counts = {
        "applied": event.applied - sum(seat.status == "applied" for seat in line),
        "confirmed": event.confirmed + len(seated),
        "waitlisted": event.waitlisted + len(waiting),
    }
    after = recounted(event.model_copy(update=counts), [], seated)
    seated = [with_time_to_decide(after, seat, now=now) for seat in given_tables(after, seats, seated, people)]
    changed = [*seated, *waiting]
    queue = [*seats.all(status="waitlisted"), *waiting]
    about = _about(event, after, changed)
    facts = [
        *(
            RegistrationConfirmed(table=seat.table, withdraw_by=seat.withdraw_by, **it)
            for seat, it in zip(seated, about, strict=False)
        ),
        *(
            RegistrationWaitlisted(position=place(seat, queue), **it)
            for seat, it in zip(waiting, about[len(seated) :], strict=True)
        ),
    ]
    now_named = named | {seat.key: seat for seat in changed}
    answer = _answer(after, seats, cmd.applications, now_named, barred, queue)
    return Decision(after, answer, entries=changed, facts=facts)


def decline_applications(
    event: Event, seats: Entries[Seat], cmd: DeclineApplications, *, who: Caller, now: datetime
) -> Decision[Event, DecidedApplications]:
    """Decline those of these that wait for a decision."""
    who.must_lead(event.community_id)
    named = _named(seats, cmd.applications)
    asked = [seat for seat in named.values() if seat.status == "applied"]
    if not asked:
        return Decision(event, _answer(event, seats, cmd.applications, named))
    _must_be_open(event, now)
    after, declined, facts = _declined(event, asked, cmd.reason, cmd.note)
    now_named = named | {seat.key: seat for seat in declined}
    answer = _answer(after, seats, cmd.applications, now_named)
    return Decision(after, answer, entries=declined, facts=facts)


def expire(event: Event, seats: Entries[Seat], timer: ApplicationsTimer) -> Decision[Event, bool]:
    """Decline what nobody had decided when the event started. The answer: whether more is left."""
    if event.status not in ("published", "concluded") or event.starts_at != timer.starts_at or not event.applied:
        return Decision(event, False)
    undecided = seats.first(EXPIRED_AT_ONCE, order="position", status="applied")
    if not undecided:
        return Decision(event, False)
    after, declined, facts = _declined(event, undecided, "not_decided")
    return Decision(after, len(undecided) == EXPIRED_AT_ONCE, entries=declined, facts=facts)


def _declined(
    event: Event, seats: Sequence[Seat], because: DeclinedBecause, note: str = ""
) -> tuple[Event, list[Seat], list[RegistrationDeclined]]:
    after = event.model_copy(update={"applied": event.applied - len(seats)})
    has: dict[str, object] = {"status": "declined", "declined_because": because, "note": note, "answers": {}}
    declined = [seat.model_copy(update=has) for seat in seats]
    facts = [RegistrationDeclined(because=because, **it) for it in _about(event, after, declined)]
    return after, declined, facts


def _about(event: Event, after: Event, seats: Sequence[Seat]) -> list[dict[str, Any]]:
    """What each of the facts about these seats carries."""
    each = told_each(state(after, after=event), len(seats))
    return [
        {
            "event_id": event.id,
            "event": told,
            "member_id": seat.key,
            "registration_id": seat.registration_id,
            "unanswered": unanswered(after, seat),
            **arrangement(seat),
        }
        for seat, told in zip(seats, each, strict=True)
    ]


def _must_be_open(event: Event, now: datetime) -> None:
    must_be_published(event, "have applications decided")
    if event.starts_at <= now:
        raise Refused("applications_closed", "Applications can be decided until the event starts.")


def _named(seats: Entries[Seat], applications: Sequence[Application]) -> dict[str, Seat]:
    """The seats of these applications, without those that were withdrawn since. Raises Refused for what never was."""
    found: dict[str, Seat] = {}
    unknown = []
    for number, one in enumerate(applications):
        seat = seats.get(one.member_id)
        if seat and one.registration_id == seat.registration_id and seat.status != "withdrawn":
            found[seat.key] = seat
        elif not seat or one.registration_id not in seat.withdrawn:
            detail = "is not an application of this member for this event"
            field = f"applications.{number}.registration_id"
            unknown.append(FieldError(field=field, code="registration_not_found", detail=detail))
    if unknown:
        raise Refused(
            "registration_not_found", "Some of these members have no such application for the event.", errors=unknown
        )
    return found


def _answer(
    event: Event,
    seats: Entries[Seat],
    applications: Sequence[Application],
    named: dict[str, Seat],
    barred: set[str] | None = None,
    queue: Sequence[Seat] | None = None,
) -> DecidedApplications:
    if queue is None:
        queue = seats.all(status="waitlisted") if any(seat.status == "waitlisted" for seat in named.values()) else []
    told = []
    for one in applications:
        seat = named.get(one.member_id)
        if seat and seat.registration_id == one.registration_id:
            told.append(registration(event, seat, place(seat, queue)))
        else:
            told.append(Registration(event_id=event.id, status="withdrawn", **one.model_dump()))
    return DecidedApplications(event_id=event.id, registrations=told, passed_over=sorted(barred or ()))
