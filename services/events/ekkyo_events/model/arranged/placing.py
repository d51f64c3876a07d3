"""Places at an event whose terms arrange them: given to who registers, and to who waits. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from ekkyo.contracts.base import FieldError, Refused
from ekkyo.contracts.events import Attend, RegistrationConfirmed, RegistrationWaitlisted
from ekkyo.decision import Entries

from ekkyo_events.model.arranged.counting import arrangement, arranges, recounted
from ekkyo_events.model.arranged.room import Room, fill
from ekkyo_events.model.arranged.units import Unit, units
from ekkyo_events.model.documents import Event, Seat, state, told_each, unanswered
from ekkyo_events.model.people import People
from ekkyo_events.model.tables import given_tables


def room_of(event: Event) -> Room:
    """What is free at an event now, and what of it is kept."""
    return event.room


def attends(event: Event, asked: Attend | None) -> Attend | None:
    """How somebody takes part who asked for this. Raises Refused where it is not to be chosen."""
    if event.terms is not None and event.terms.online_capacity is not None:
        return asked or "onsite"
    if asked is not None:
        wrong = FieldError(field="attend", code="not_offered", detail="leave it out: the event has one capacity")
        raise Refused("attend_not_offered", "Onsite and online are not counted apart at this event.", errors=[wrong])
    return None


def _waiting_like(seat: Seat, seats: Entries[Seat]) -> int:
    """How many wait for a seat where this one is."""
    online = seat.attend == "online"
    return sum((other.attend == "online") == online for other in seats.all(status="waitlisted"))


@dataclass(frozen=True)
class Placed:
    """The event, the seats and the facts after somebody registered: all have seats, or all wait."""

    event: Event
    seats: list[Seat]
    facts: list[RegistrationConfirmed | RegistrationWaitlisted]
    place: int | None
    """Their place on the waitlist."""


def placed(event: Event, seats: Entries[Seat], newcomers: Sequence[Seat], people: People) -> Placed:
    """Give these, who register together, seats if all can have one, else one ticket for the waitlist.

    Nobody who waits would fit, else they had their places already: so who registers takes nothing from them.
    """
    if not event.is_to_be_drawn and room_of(event).fits(Unit(tuple(newcomers))):
        now = [one.model_copy(update={"status": "confirmed", "late": False}) for one in newcomers]
        after = recounted(event.model_copy(update={"confirmed": event.confirmed + len(now)}), newcomers, now)
        now = given_tables(after, seats, now, people)
        confirmed = [
            RegistrationConfirmed(table=seat.table, withdraw_by=seat.withdraw_by, **about)
            for seat, about in _told(event, after, now)
        ]
        return Placed(after, now, [*confirmed], None)
    ticket, place = max(event.tickets, event.in_draw) + 1, 1 + _waiting_like(newcomers[0], seats)
    after = event.model_copy(update={"waitlisted": event.waitlisted + len(newcomers), "tickets": ticket})
    waits = {"status": "waitlisted", "position": ticket, "was_waitlisted": True, "late": False}
    wait = [one.model_copy(update=waits) for one in newcomers]
    waitlisted = [
        RegistrationWaitlisted(position=place + after.in_draw, **about) for _, about in _told(event, after, wait)
    ]
    return Placed(after, wait, [*waitlisted], place)


def _told(event: Event, after: Event, seats: Sequence[Seat]) -> Iterator[tuple[Seat, dict[str, Any]]]:
    """Each of these seats, which are given together, with what all facts about a registration carry."""
    for seat, told in zip(seats, told_each(state(after, after=event), len(seats)), strict=False):
        about = {"event_id": event.id, "event": told, "member_id": seat.key, "registration_id": seat.registration_id}
        yield seat, {**about, "unanswered": unanswered(event, seat), **arrangement(seat, seats)}


def next_in_line(event: Event, seats: Entries[Seat], people: People, but: str | None) -> tuple[list[Seat], list[Seat]]:
    """Who gets seats that are free, of those who wait: each unit that fits whole, by its ticket.

    Then those beside them who may have no seat any more; a group goes on without them. but: who leaves in the same
    decision. Raises NotLookedUp.
    """
    room = room_of(event)
    if event.waitlisted <= 0 or (room.onsite <= 0 and room.online <= 0):
        return [], []
    waiting = {seat.key: seat for seat in seats.all(status="waitlisted") if seat.key != but}
    gone: list[Seat] = []
    while True:
        chosen = [seat for unit in fill(units(waiting.values()), room).taken for seat in unit.seats]
        barred = people.barred(event, [seat.key for seat in chosen])
        if not barred:
            return chosen, gone
        gone += [waiting.pop(key) for key in sorted(barred)]


__all__ = ["Placed", "arranges", "attends", "next_in_line", "placed", "room_of"]
