"""Taking back that somebody came."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Literal

from ekkyo.contracts.base import Caller, Refused
from ekkyo.contracts.events import CheckInUndone, EventState, UndoCheckIn
from ekkyo.decision import Decision, Entries, EntriesInMemory

from ekkyo_events.model.arranged.counting import recounted
from ekkyo_events.model.documents import Event, Seat, must_be_published, registration, state
from ekkyo_events.model.hosts import runs
from ekkyo_events.model.line import place
from ekkyo_events.model.people import People
from ekkyo_events.model.promoting import Promotion, promote, without_place
from ekkyo_events.model.registrations import HAS_A_PLACE, Answer, may_act_for


def undo_check_in(
    event: Event, seats: Entries[Seat], cmd: UndoCheckIn, *, people: People, who: Caller, now: datetime
) -> Answer:
    """Give a member the place back that they had before they came; who did not come keeps theirs."""
    seat = seats.get(cmd.member_id)
    by_host = runs(event, who, people, now=now)
    if not by_host:
        may_act_for(event, cmd.member_id, who, seat)
    if not seat or seat.only_invited:
        raise Refused("registration_not_found", "This member is not registered for the event.")
    if seat.status != "attended":
        return Decision(event, registration(event, seat, _place(seat, seats)))
    if not (event.status == "concluded" and by_host):
        must_be_published(event, "have a check-in undone")
    after, (back,) = not_there(event, [seat], people)
    back = back.model_copy(update={"undone_at": now})
    promotion = refilled(after, seats, [back], people).at(now)
    told = state(promotion.event, after=event)
    fact = undone(event, told, back, seats.all(status="waitlisted"), because="asked")
    changed = {changed.key: changed for changed in [back, *promotion.entries]}
    place_now = changed[back.key]
    return Decision(
        promotion.event,
        registration(promotion.event, place_now, _place(place_now, seats)),
        entries=list(changed.values()),
        facts=[fact, *promotion.facts(told)],
    )


def not_there(event: Event, came: Sequence[Seat], people: People) -> tuple[Event, list[Seat]]:
    """The event and these seats as they were before their members came. Raises NotLookedUp."""
    if not came:
        return event, []
    over = event.status == "concluded"
    gone = set() if over else people.barred(event, [seat.key for seat in came])
    drawn = event.drawing is not None and not event.is_to_be_drawn
    back = [_as_before(seat, may_stay=seat.key not in gone, over=over, drawn=drawn) for seat in came]
    counts = {"attended": event.attended - len(came), "walk_ins": event.walk_ins - sum(s.walk_in for s in came)}
    for status in HAS_A_PLACE:
        counts[status] = getattr(event, status) + sum(seat.status == status for seat in back)
    return recounted(event.model_copy(update=counts), came, back), back


def refilled(event: Event, seats: Entries[Seat], changed: Sequence[Seat], people: People) -> Promotion:
    """Give free seats to those who wait longest, unless the event is over. changed: seats as they are from now on."""
    if event.status != "published":
        return Promotion(event, "withdrawal")
    return promote(event, With(seats, changed), people, "withdrawal")


def undone(
    event: Event, told: EventState, back: Seat, waiting: Iterable[Seat], *, because: Literal["asked", "report"]
) -> CheckInUndone:
    """The fact that a member did not come after all. back: their seat as it is again; waiting: all who wait."""
    return CheckInUndone(
        event_id=event.id,
        event=told,
        member_id=back.key,
        registration_id=back.registration_id,
        status=back.status,
        position=place(back, waiting) if back.status == "waitlisted" else None,
        because=because,
    )


def _as_before(seat: Seat, *, may_stay: bool, over: bool, drawn: bool) -> Seat:
    """The seat as it was before its member came. Seats from before this was kept say it by whether they walked in.

    over: the event is concluded, so that who had a seat is a no-show. drawn: places were drawn since; who had applied
    was no part of that.
    """
    was = seat.came_from or ("withdrawn" if seat.walk_in else "confirmed")
    undecided: dict[str, object] = {}
    if over and was == "confirmed":
        was = "no_show"
    elif over and was == "applied" and not drawn:
        was, undecided = "declined", {"declined_because": "not_decided"}
    nothing = {"walk_in": False, "minutes": 0, "checked_in_at": None, "came_from": None, "ticket": None}
    table = seat.table if was in ("confirmed", "no_show") else None
    back = seat.model_copy(update={**nothing, **undecided, "status": was, "position": seat.ticket, "table": table})
    unknown = (seat.came_from is None and was == "withdrawn") or (was == "applied" and drawn)
    return without_place(back) if unknown or (was in HAS_A_PLACE and not may_stay) else back


def _place(seat: Seat, seats: Entries[Seat]) -> int | None:
    return place(seat, seats.all(status="waitlisted")) if seat.status == "waitlisted" else None


class With:
    """The seats of an event with some of them as they are from now on."""

    def __init__(self, seats: Entries[Seat], changed: Sequence[Seat]) -> None:
        self._seats, self._changed = seats, {seat.key: seat for seat in changed}

    def get(self, key: str) -> Seat | None:
        return self._changed.get(key) or self._seats.get(key)

    def first(self, count: int, *, order: str, **equal: object) -> Sequence[Seat]:
        found = self._seats.first(count + len(self._changed), order=order, **equal)
        return self._merged(found).first(count, order=order, **equal)

    def all(self, **equal: object) -> Sequence[Seat]:
        return self._merged(self._seats.all(**equal)).all(**equal)

    def _merged(self, found: Sequence[Seat]) -> EntriesInMemory[Seat]:
        return EntriesInMemory.of([*found, *self._changed.values()])
