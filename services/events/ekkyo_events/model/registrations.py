"""Seats and the waitlist: who has one, who waits, and who is next."""

from datetime import datetime
from typing import Literal

from ekkyo.contracts.base import Caller, Refused
from ekkyo.contracts.events import (
    RegisterForEvent,
    Registration,
    RegistrationConfirmed,
    RegistrationWaitlisted,
    RegistrationWithdrawn,
    WithdrawFromEvent,
)
from ekkyo.decision import Decision, Entries

from ekkyo_events.model.approving import applied_already, apply, must_apply
from ekkyo_events.model.arranged import attends, placed
from ekkyo_events.model.arranged.counting import arrangement, arranges, recounted
from ekkyo_events.model.arranged.quotas import counting, keeps
from ekkyo_events.model.asking import accepted, check
from ekkyo_events.model.documents import (
    Event,
    Seat,
    leads,
    must_be_published,
    not_found,
    registration,
    state,
    unanswered,
)
from ekkyo_events.model.entering import enter, takes_entrants
from ekkyo_events.model.late import given_back_late, with_time_to_decide
from ekkyo_events.model.line import place
from ekkyo_events.model.people import People
from ekkyo_events.model.promoting import promote, without_place
from ekkyo_events.model.tables import given_tables
from ekkyo_events.model.visibility import seen
from ekkyo_events.model.windows import must_be_open

Answer = Decision[Event, Registration]

HAS_A_PLACE = ("confirmed", "waitlisted", "applied")
"""What can be given back; each is counted in the event's field of this name."""


def register(
    event: Event, seats: Entries[Seat], cmd: RegisterForEvent, *, people: People, who: Caller, now: datetime
) -> Answer:
    """Give a seat while there is one, else a ticket for the waitlist. Who has either, or has applied, keeps it."""
    seat = seats.get(cmd.member_id)
    may_act_for(event, cmd.member_id, who, seat)
    if seat and seat.status != "withdrawn":
        applied_already(event, seat, cmd.registration_id)
        waiting = seats.all(status="waitlisted") if seat.status == "waitlisted" else []
        if cmd.answers and cmd.registration_id != seat.registration_id:
            _must_be_kept(event, seat, cmd)
        return Decision(event, registration(event, seat, place(seat, waiting)))
    if seat and cmd.registration_id in seat.withdrawn:
        return Decision(event, _withdrawn(event, seat, cmd.registration_id))
    if not seen(event, who, seat):
        raise not_found()
    must_take_registrations(event, who, now=now)
    if no := people.refusal(event, cmd.member_id):
        raise no
    seat = seat or Seat(document_id=event.id, key=cmd.member_id, status="withdrawn")
    if event.terms and who.sub != cmd.member_id:
        seat = with_time_to_decide(event, seat, now=now)
    if event.questions or cmd.answers:
        complete = who.sub == cmd.member_id or not leads(who, event)
        answers = accepted(event.questions, cmd.answers, complete=complete)
        seat = seat.model_copy(update={"answers": answers})
    if arranges(event) or cmd.attend:
        seat = seat.model_copy(update={"attend": attends(event, cmd.attend)})
        if keeps(event):
            [seat] = counting(event, [seat], people)
    if event.drawing and takes_entrants(event, now):
        seat = seat.model_copy(update={"registration_id": cmd.registration_id})
        after, [seat], facts = enter(event, [seat])
        return Decision(after, registration(after, seat), entries=[seat], facts=facts)
    if event.terms and must_apply(event, who):
        return apply(event, seat, cmd.registration_id)
    if arranges(event):
        seat = seat.model_copy(update={"registration_id": cmd.registration_id})
        new = placed(event, seats, [seat], people)
        return Decision(new.event, registration(new.event, new.seats[0], new.place), entries=new.seats, facts=new.facts)
    if event.seats_in_use < event.capacity and not event.is_to_be_drawn:
        after = event.model_copy(update={"confirmed": event.confirmed + 1})
        has = {"status": "confirmed", "registration_id": cmd.registration_id, "late": False}
        seat = seat.model_copy(update=has)
        [seat] = given_tables(after, seats, [seat], people)
        confirmed = RegistrationConfirmed(
            event_id=event.id,
            event=state(after, after=event),
            member_id=seat.key,
            registration_id=seat.registration_id,
            table=seat.table,
            withdraw_by=seat.withdraw_by,
            unanswered=unanswered(after, seat),
            group=[],  # pydantic would copy the default deeply
        )
        return Decision(after, registration(after, seat), entries=[seat], facts=[confirmed])
    ticket = max(event.tickets, event.in_draw) + 1
    after = event.model_copy(update={"waitlisted": event.waitlisted + 1, "tickets": ticket})
    waits = {"status": "waitlisted", "position": ticket, "was_waitlisted": True, "late": False}
    seat = seat.model_copy(update={**waits, "registration_id": cmd.registration_id})
    waitlisted = RegistrationWaitlisted(
        event_id=event.id,
        event=state(after, after=event),
        member_id=seat.key,
        registration_id=seat.registration_id,
        position=after.waitlisted + after.in_draw,
        unanswered=unanswered(after, seat),
        group=[],
    )
    return Decision(after, registration(after, seat, after.waitlisted), entries=[seat], facts=[waitlisted])


def must_take_registrations(event: Event, who: Caller, *, now: datetime) -> None:
    """Refuse a registration for an event for which nobody can register now."""
    must_be_published(event, "be registered for")
    if event.starts_at <= now:
        raise Refused("registration_closed", "Registration closed when the event started.")
    if event.terms:
        must_be_open(event, who, now=now)


def _must_be_kept(event: Event, seat: Seat, cmd: RegisterForEvent) -> None:
    """Refuse other answers than those that were given with an earlier registration: they would be lost silently."""
    checked = check(event.questions, cmd.answers)
    if checked.wrong or checked.answers != seat.answers:
        raise Refused(
            "already_registered",
            "This member has a place already. Change the answers with answer_questions.",
        )


def withdraw(
    event: Event, seats: Entries[Seat], cmd: WithdrawFromEvent, *, people: People, who: Caller, now: datetime
) -> Answer:
    """Take a seat, a place on the waitlist or an application back, and give a freed seat to who waits longest."""
    seat = seats.get(cmd.member_id)
    may_act_for(event, cmd.member_id, who, seat)
    if not seat or not seat.registration_id:
        raise Refused("registration_not_found", "This member is not registered for the event.")
    if cmd.registration_id in seat.withdrawn:
        return Decision(event, _withdrawn(event, seat, cmd.registration_id))
    if cmd.registration_id not in (None, seat.registration_id):
        raise Refused("registration_not_found", "This member has no registration with this id for the event.")
    if seat.status in ("withdrawn", "declined"):
        return Decision(event, registration(event, seat))
    must_be_published(event, "be withdrawn from")
    if seat.status == "attended":
        raise Refused("already_attended", "A member who attended cannot withdraw.")
    late = given_back_late(event, seat, now=now)
    return _given_back(event, seats, seat, people, because="asked", late=late, now=now)


def withdraw_who_left(
    event: Event, seats: Entries[Seat], member_id: str, *, people: People, now: datetime
) -> Decision[Event, None]:
    """Take the place of somebody who may have none any more back, if the event is still to come."""
    seat = seats.get(member_id)
    if not seat or seat.status not in HAS_A_PLACE or event.status != "published" or event.starts_at <= now:
        return Decision(event, None)
    if not people.refusal(event, member_id):
        return Decision(event, None)
    given_back = _given_back(event, seats, seat, people, because="left", now=now)
    return Decision(given_back.document, None, entries=given_back.entries, facts=given_back.facts)


def _given_back(
    event: Event,
    seats: Entries[Seat],
    seat: Seat,
    people: People,
    *,
    because: Literal["asked", "left"],
    late: bool = False,
    now: datetime,
) -> Answer:
    was: Literal["confirmed", "waitlisted", "applied"] = "confirmed"
    if seat.status == "waitlisted" or seat.status == "applied":
        was = seat.status
    freed = event.model_copy(update={was: getattr(event, was) - 1})
    had, seat = seat, without_place(seat).model_copy(update={"late": late, "withdraw_by": None})
    promotion = promote(recounted(freed, [had], [seat]), seats, people, "withdrawal", but=seat.key).at(now)
    told = state(promotion.event, after=event)
    fact = RegistrationWithdrawn(
        event_id=event.id,
        event=told,
        member_id=seat.key,
        registration_id=seat.registration_id,
        was=was,
        because=because,
        late=late,
        **arrangement(had),
    )
    return Decision(
        promotion.event,
        registration(promotion.event, seat),
        entries=[seat, *promotion.entries],
        facts=[fact, *promotion.facts(told)],
    )


def _withdrawn(event: Event, seat: Seat, registration_id: str | None) -> Registration:
    """The answer about a registration that was given back, whatever became of its member since."""
    late = seat.late and seat.withdrawn[-1:] == [registration_id]
    named = {"member_id": seat.key, "registration_id": registration_id}
    return Registration(event_id=event.id, **named, status="withdrawn", late=late)


def may_act_for(event: Event, member_id: str, who: Caller, seat: Seat | None) -> None:
    """Members act for themselves at events that they see, leaders for everyone. seat: the member's.

    Who gave back a place at an event that they do not see any more is answered as before.
    """
    had_place = seat is not None and seat.key == who.sub and (seat.registration_id or seat.undone_at)
    if not seen(event, who, seat) and (event.status == "draft" or not had_place):
        raise not_found()
    who.must_lead(event.community_id, or_is=member_id)
