"""Seats and the waitlist: who has one, who waits, and who is next."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from ekkyo.contracts.base import Caller, Refused
from ekkyo.contracts.events import (
    EventState,
    RegisterForEvent,
    Registration,
    RegistrationConfirmed,
    RegistrationPromoted,
    RegistrationWaitlisted,
    RegistrationWithdrawn,
    WithdrawFromEvent,
)
from ekkyo.decision import Decision, Entries

from ekkyo_events.model.arranged import attends, next_in_line, placed
from ekkyo_events.model.arranged.counting import arrangement, arranges, recounted
from ekkyo_events.model.asking import accepted, check
from ekkyo_events.model.documents import (
    Event,
    Seat,
    leads,
    must_be_published,
    not_found,
    registration,
    state,
    told_each,
    unanswered,
)
from ekkyo_events.model.entering import enter, takes_entrants
from ekkyo_events.model.late import given_back_late, with_time_to_decide
from ekkyo_events.model.line import place
from ekkyo_events.model.people import People
from ekkyo_events.model.tables import given_tables
from ekkyo_events.model.windows import must_be_open

Answer = Decision[Event, Registration]
Because = Literal["withdrawal", "more_capacity"]

PROMOTED_AT_ONCE = 2_000
"""All who are promoted together are saved in one write: more would not fit."""
HAS_A_PLACE = ("confirmed", "waitlisted", "applied")
"""What can be given back; each is counted in the event's field of this name."""
REMEMBERED = 100
"""How many withdrawn registrations a seat remembers."""


def register(
    event: Event, seats: Entries[Seat], cmd: RegisterForEvent, *, people: People, who: Caller, now: datetime
) -> Answer:
    """Give a seat while there is one, else a ticket for the waitlist. Who has either keeps it."""
    may_act_for(event, cmd.member_id, who)
    seat = seats.get(cmd.member_id)
    if seat and seat.status != "withdrawn":
        waiting = seats.all(status="waitlisted") if seat.status == "waitlisted" else []
        if cmd.answers and cmd.registration_id != seat.registration_id:
            _must_be_kept(event, seat, cmd)
        return Decision(event, registration(event, seat, place(seat, waiting)))
    if seat and cmd.registration_id in seat.withdrawn:
        return Decision(event, _withdrawn(event, seat, cmd.registration_id))
    must_be_published(event, "be registered for")
    if event.starts_at <= now:
        raise Refused("registration_closed", "Registration closed when the event started.")
    if event.terms:
        must_be_open(event, who, now=now)
    if no := people.refusal(event, cmd.member_id):
        raise no
    seat = seat or Seat(document_id=event.id, key=cmd.member_id, status="withdrawn")
    if event.questions or cmd.answers:
        complete = who.sub == cmd.member_id or not leads(who, event)
        answers = accepted(event.questions, cmd.answers, complete=complete)
        seat = seat.model_copy(update={"answers": answers})
    if event.drawing and takes_entrants(event, now):
        return enter(event, seat, cmd.registration_id)
    if arranges(event) or cmd.attend:
        attend = attends(event, cmd.attend)
        seat = seat.model_copy(update={"registration_id": cmd.registration_id, "attend": attend})
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
            unanswered=unanswered(after, seat),
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
    )
    return Decision(after, registration(after, seat, after.waitlisted), entries=[seat], facts=[waitlisted])


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
    may_act_for(event, cmd.member_id, who)
    seat = seats.get(cmd.member_id)
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


@dataclass(frozen=True)
class Promotion:
    """The event after those who waited longest got the free seats."""

    event: Event
    because: Because
    seats: Sequence[Seat] = ()
    passed_over: Sequence[Seat] = ()
    """Of those who may have no seat any more: they do not wait from now on."""

    def at(self, now: datetime) -> "Promotion":
        """The same, where it is decided now: close to a deadline, those who got a seat have time to decide."""
        if self.event.terms is None:
            return self
        return replace(self, seats=[with_time_to_decide(self.event, seat, now=now) for seat in self.seats])

    @property
    def entries(self) -> list[Seat]:
        return [*self.passed_over, *self.seats]

    def facts(self, told: EventState) -> list[RegistrationWithdrawn | RegistrationPromoted]:
        """One for each of them, in the order in which they waited; first of those who were passed over."""
        each = told_each(told, len(self.entries))
        about = [
            {"event_id": self.event.id, "event": event, "member_id": seat.key, "registration_id": seat.registration_id}
            for seat, event in zip(self.entries, each, strict=False)
        ]
        gone = len(self.passed_over)
        return [
            *(RegistrationWithdrawn(was="waitlisted", because="left", **fields) for fields in about[:gone]),
            *(
                RegistrationPromoted(
                    because=self.because,
                    table=seat.table,
                    withdraw_by=seat.withdraw_by,
                    unanswered=unanswered(self.event, seat),
                    **arrangement(seat),
                    **fields,
                )
                for seat, fields in zip(self.seats, about[gone:], strict=True)
            ),
        ]


def promote(
    event: Event, seats: Entries[Seat], people: People, because: Because, *, but: str | None = None
) -> Promotion:
    """Give the free seats to those who wait longest. but: a member who leaves the waitlist in the same decision."""
    if event.is_to_be_drawn:
        return Promotion(event, because)
    if arranges(event):
        chosen, gone = next_in_line(event, seats, people, but)
        _must_not_be_too_many(len(chosen) + len(gone))
    else:
        free = min(event.capacity - event.seats_in_use, event.waitlisted)
        if free <= 0:
            return Promotion(event, because)
        _must_not_be_too_many(free)
        chosen, gone = _next(event, seats, people, free, but)
    promoted = [
        seat.model_copy(update={"status": "confirmed", "position": None, "was_promoted": True}) for seat in chosen
    ]
    promoted = given_tables(event, seats, promoted, people, but=but)
    counts = {"confirmed": event.confirmed + len(chosen), "waitlisted": event.waitlisted - len(chosen) - len(gone)}
    after = recounted(event.model_copy(update=counts), chosen, promoted)
    return Promotion(after, because, promoted, [without_place(seat) for seat in gone])


def _must_not_be_too_many(promoted: int) -> None:
    if promoted > PROMOTED_AT_ONCE:
        raise Refused(
            "too_many_promotions",
            f"At most {PROMOTED_AT_ONCE} members can be promoted at once. Raise the capacity in steps.",
        )


def _next(
    event: Event, seats: Entries[Seat], people: People, free: int, but: str | None
) -> tuple[list[Seat], list[Seat]]:
    """Those who wait longest of those who may have a seat, and those beside them who may not."""
    beside = 1 if but else 0
    look = free + beside
    while True:
        waiting = seats.first(look, order="position", status="waitlisted")
        line = [seat for seat in waiting if seat.key != but]
        barred = people.barred(event, [seat.key for seat in line])
        able = [seat for seat in line if seat.key not in barred][:free]
        if len(able) == free or len(waiting) < look:
            return able, [seat for seat in line if seat.key in barred]
        look = free + beside + len(barred)


def without_place(seat: Seat) -> Seat:
    """The seat of a member who gave it back. It remembers the registration, which cannot be made again."""
    given_back = [*seat.withdrawn, *([seat.registration_id] if seat.registration_id else [])][-REMEMBERED:]
    nothing: dict[str, object] = {"position": None, "table": None, "attend": None, "group_id": None, "quotas": []}
    return seat.model_copy(update={**nothing, "status": "withdrawn", "answers": {}, "withdrawn": given_back})


def _withdrawn(event: Event, seat: Seat, registration_id: str | None) -> Registration:
    """The answer about a registration that was given back, whatever became of its member since."""
    late = seat.late and seat.withdrawn[-1:] == [registration_id]
    named = {"member_id": seat.key, "registration_id": registration_id}
    return Registration(event_id=event.id, **named, status="withdrawn", late=late)


def may_act_for(event: Event, member_id: str, who: Caller) -> None:
    """Members act for themselves, leaders for everyone; a draft is nobody's business but the leaders'."""
    if event.status == "draft" and not leads(who, event):
        raise not_found()
    who.must_lead(event.community_id, or_is=member_id)
