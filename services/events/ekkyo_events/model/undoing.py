"""Taking back that somebody came."""

from collections.abc import Sequence
from datetime import datetime

from ekkyo.contracts.base import Caller, Refused
from ekkyo.contracts.events import CheckInUndone, UndoCheckIn
from ekkyo.decision import Decision, Entries, EntriesInMemory

from ekkyo_events.model.documents import Event, Seat, must_be_published, place, registration, state
from ekkyo_events.model.people import People
from ekkyo_events.model.registrations import HAS_A_PLACE, Answer, may_act_for, promote, without_place


def undo_check_in(
    event: Event, seats: Entries[Seat], cmd: UndoCheckIn, *, people: People, who: Caller, now: datetime
) -> Answer:
    """Give a member the place back that they had before they came; who did not come keeps theirs."""
    may_act_for(event, cmd.member_id, who)
    seat = seats.get(cmd.member_id)
    if not seat:
        raise Refused("registration_not_found", "This member is not registered for the event.")
    if seat.status != "attended":
        return Decision(event, registration(event, seat, _place(seat, seats)))
    must_be_published(event, "have a check-in undone")
    back = _as_before(seat, may_stay=people.refusal(event, seat.key) is None).model_copy(update={"undone_at": now})
    counts = {"attended": event.attended - 1, "walk_ins": event.walk_ins - seat.walk_in}
    if back.status in HAS_A_PLACE:
        counts[back.status] = getattr(event, back.status) + 1
    after = event.model_copy(update=counts)
    promotion = promote(after, _With(seats, back), people, "withdrawal")
    told = state(promotion.event, after=event)
    undone = CheckInUndone(
        event_id=event.id,
        event=told,
        member_id=back.key,
        registration_id=back.registration_id,
        status=back.status,
        position=_place(back, seats),
    )
    changed = {changed.key: changed for changed in [back, *promotion.entries]}
    place_now = changed[back.key]
    return Decision(
        promotion.event,
        registration(promotion.event, place_now, _place(place_now, seats)),
        entries=list(changed.values()),
        facts=[undone, *promotion.facts(told)],
    )


def _as_before(seat: Seat, *, may_stay: bool) -> Seat:
    """The seat as it was before its member came. Seats from before this was kept say it by whether they walked in."""
    was = seat.came_from or ("withdrawn" if seat.walk_in else "confirmed")
    nothing = {"walk_in": False, "minutes": 0, "checked_in_at": None, "came_from": None, "ticket": None}
    back = seat.model_copy(update={**nothing, "status": was, "position": seat.ticket})
    unknown = seat.came_from is None and was == "withdrawn"
    return without_place(back) if unknown or (was in HAS_A_PLACE and not may_stay) else back


def _place(seat: Seat, seats: Entries[Seat]) -> int | None:
    return place(seat, seats.all(status="waitlisted")) if seat.status == "waitlisted" else None


class _With:
    """The seats of an event with one of them as it is from now on."""

    def __init__(self, seats: Entries[Seat], changed: Seat) -> None:
        self._seats, self._changed = seats, changed

    def get(self, key: str) -> Seat | None:
        return self._changed if key == self._changed.key else self._seats.get(key)

    def first(self, count: int, *, order: str, **equal: object) -> Sequence[Seat]:
        return self._merged(self._seats.first(count + 1, order=order, **equal)).first(count, order=order, **equal)

    def all(self, **equal: object) -> Sequence[Seat]:
        return self._merged(self._seats.all(**equal)).all(**equal)

    def _merged(self, found: Sequence[Seat]) -> EntriesInMemory[Seat]:
        return EntriesInMemory.of([*found, self._changed])
