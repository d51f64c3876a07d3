"""Taking part in a hybrid event the other way."""

from datetime import datetime

from ekkyo.contracts.base import Caller, Refused
from ekkyo.contracts.events import ChangeAttend, RegistrationChanged, RegistrationPromoted
from ekkyo.decision import Decision, Entries

from ekkyo_events.model.arranged.counting import arrangement, recounted
from ekkyo_events.model.arranged.placing import attends, room_of
from ekkyo_events.model.arranged.units import Unit
from ekkyo_events.model.documents import Event, Seat, must_be_published, registration, state, unanswered
from ekkyo_events.model.entering import must_not_be_drawn
from ekkyo_events.model.late import with_time_to_decide
from ekkyo_events.model.line import place
from ekkyo_events.model.people import People
from ekkyo_events.model.registrations import Answer, may_act_for
from ekkyo_events.model.tables import given_tables
from ekkyo_events.model.undoing import refilled


def change_attend(
    event: Event, seats: Entries[Seat], cmd: ChangeAttend, *, people: People, who: Caller, now: datetime
) -> Answer:
    """Give a member a seat where they want to take part, if one is free there, and theirs to who waits for it."""
    seat = seats.get(cmd.member_id)
    may_act_for(event, cmd.member_id, who, seat)
    if not seat or seat.status not in ("confirmed", "waitlisted"):
        raise Refused("registration_not_found", "This member is not registered for the event.")
    attend = attends(event, cmd.attend)
    if (seat.attend or "onsite") == attend:
        waiting = seats.all(status="waitlisted") if seat.status == "waitlisted" else []
        return Decision(event, registration(event, seat, place(seat, waiting)))
    must_be_published(event, "be taken part in another way")
    must_not_be_drawn(event)
    if event.starts_at <= now:
        raise Refused("registration_closed", "Registration closed when the event started.")
    if no := people.refusal(event, cmd.member_id):
        raise no
    waited = seat.status == "waitlisted"
    alone = {"status": "confirmed", "attend": attend, "position": None, "group_id": None}
    moved = seat.model_copy(update={**alone, "was_promoted": seat.was_promoted or waited})
    if not room_of(event).fits(Unit((moved,))):
        raise Refused("no_seat_there", "No seat is free there. The member keeps what they have.")
    counts = {"confirmed": event.confirmed + waited, "waitlisted": event.waitlisted - waited}
    after = recounted(event.model_copy(update=counts), [seat], [moved])
    if waited:
        [moved] = given_tables(after, seats, [with_time_to_decide(after, moved, now=now)], people)
    promotion = refilled(after, seats, [moved], people).at(now)
    told = state(promotion.event, after=event)
    about = {"event_id": event.id, "event": told, "member_id": seat.key, "registration_id": seat.registration_id}
    where = {"table": moved.table, "unanswered": unanswered(event, moved), **arrangement(moved)}
    fact = (
        RegistrationPromoted(because="attend_changed", withdraw_by=moved.withdraw_by, **about, **where)
        if waited
        else RegistrationChanged(**about, **where)
    )
    return Decision(
        promotion.event,
        registration(promotion.event, moved),
        entries=[moved, *promotion.entries],
        facts=[fact, *promotion.facts(told)],
    )
