"""Places of two records of one person: what becomes of them when the records become one, or two again."""

from collections.abc import Sequence
from datetime import datetime

from ekkyo.contracts.base import Fact
from ekkyo.contracts.events import RegistrationMoved
from ekkyo.decision import Decision, Entries

from ekkyo_events.model.arranged import room_of
from ekkyo_events.model.arranged.counting import arranges, recounted
from ekkyo_events.model.arranged.units import Unit
from ekkyo_events.model.documents import Event, Seat, state
from ekkyo_events.model.entering import must_not_be_drawn
from ekkyo_events.model.parts import Moved
from ekkyo_events.model.people import People
from ekkyo_events.model.promoting import REMEMBERED, without_place
from ekkyo_events.model.undoing import refilled

PLACES = ("confirmed", "waitlisted", "applied")
_SAID = {"answers", "note", "wrong_words", "quotas"}
"""What is not kept a second time: of a place that is given up it is gone, as it always is."""
_BETTER = ("attended", "confirmed", "waitlisted", "applied", "no_show", "declined", "withdrawn")
"""Which of two places stays: the first of these."""


def move(
    event: Event, seats: Entries[Seat], absorbed_id: str, kept_id: str, merge_id: str, *, people: People, now: datetime
) -> Decision[Event, None]:
    """The place of a record that became part of another one is that one's. Of two places the better one stays."""
    theirs, mine = seats.get(absorbed_id), seats.get(kept_id)
    if theirs is None or theirs.moved:
        return Decision(event, None)
    must_not_be_drawn(event)
    before = mine if mine and not mine.moved else None
    is_theirs = before is None or _rank(theirs) < _rank(before)
    stays, goes = (theirs, before) if is_theirs else (before or theirs, theirs)
    gone = Seat(
        document_id=event.id,
        key=absorbed_id,
        status="withdrawn",
        withdrawn=_withdrawn(theirs),
        moved=Moved(
            merge_id=merge_id,
            to=kept_id,
            theirs=is_theirs,
            registration_id=stays.registration_id,
            was=theirs.model_dump(mode="json", exclude=_SAID),
            kept=before.model_dump(mode="json", exclude=_SAID) if before else None,
        ),
    )
    one = stays.model_copy(
        update={
            "key": kept_id,
            "withdrawn": [*stays.withdrawn, *(_withdrawn(goes) if goes else ())][-REMEMBERED:],
            "invited": stays.invited or bool(goes and goes.invited),
        }
    )
    after = counted(event, [seat for seat in (theirs, before) if seat], [one])
    return _told(event, after, seats, one, gone, left=None, people=people, now=now)


def move_back(
    event: Event, seats: Entries[Seat], absorbed_id: str, *, people: People, now: datetime
) -> Decision[Event, None]:
    """Both records have places of their own again, with what came of them since.

    What was given up because both had a place is returned where a seat is free; else it is the first of those who wait.
    """
    gone = seats.get(absorbed_id)
    if gone is None or gone.moved is None:
        return Decision(event, None)
    must_not_be_drawn(event)
    said = gone.moved
    at = seats.get(said.to)
    kept = Seat.model_validate(said.kept) if said.kept else None
    was = Seat.model_validate(said.was)
    same = at is not None and not at.moved and at.registration_id == said.registration_id
    freed = counted(event, [at] if at and same and said.theirs else [], [])
    if said.theirs:
        back = at.model_copy(update={"key": absorbed_id, "withdrawn": was.withdrawn}) if at and same else _lost(was)
        other = _returned(freed, seats, kept, [back], people, now) if kept else _nothing(event, said.to)
        stays = other if same else at or other
    else:
        back = _returned(freed, seats, was, [], people, now)
        stays = (at or _nothing(event, said.to)).model_copy(update={"invited": bool(kept and kept.invited)})
    changed = [back, stays]
    after = counted(event, [seat for seat in (at,) if seat], changed)
    left = None if _is_nothing(stays) else stays
    return _told(event, after, seats, back, stays, left=left, people=people, now=now)


def counted(event: Event, were: Sequence[Seat], are: Sequence[Seat]) -> Event:
    """The event with these places counted as they are, instead of as they were."""
    update: dict[str, int] = {}
    for status in (*PLACES, "attended"):
        more = sum(seat.status == status for seat in are) - sum(seat.status == status for seat in were)
        if more:
            update[status] = getattr(event, status) + more
    more = sum(map(_walked_in, are)) - sum(map(_walked_in, were))
    if more:
        update["walk_ins"] = event.walk_ins + more
    if more := sum(seat.invited for seat in are) - sum(seat.invited for seat in were):
        update["invited"] = event.invited + more
    if event.seated is not None and (more := sum(map(_had_a_seat, are)) - sum(map(_had_a_seat, were))):
        update["seated"] = event.seated + more
    return recounted(event.model_copy(update=update) if update else event, were, are)


def _told(
    event: Event,
    after: Event,
    seats: Entries[Seat],
    to: Seat,
    of: Seat,
    *,
    left: Seat | None,
    people: People,
    now: datetime,
) -> Decision[Event, None]:
    promotion = refilled(after, seats, [to, of], people).at(now)
    told = state(promotion.event, after=event)
    entries = {seat.key: seat for seat in [to, of, *promotion.entries]}
    fact = RegistrationMoved(
        event_id=event.id,
        event=told,
        member_id=to.key,
        from_member_id=of.key,
        registration_id=to.registration_id,
        status=to.status,
        walk_in=to.walk_in,
        table=to.table,
        left=left.status if left else None,
    )
    facts: list[Fact] = [fact, *promotion.facts(told)]
    return Decision(promotion.event, None, entries=list(entries.values()), facts=facts)


def _returned(
    event: Event, seats: Entries[Seat], seat: Seat, beside: Sequence[Seat], people: People, now: datetime
) -> Seat:
    """A place that was given up for another one of the same person. beside: who has a place again before it."""
    if seat.status not in (*PLACES, "attended") or event.status == "cancelled":
        return seat
    room = counted(event, [], beside)
    fits = room_of(room).fits(Unit((seat,))) if arranges(room) else room.seats_in_use < room.capacity
    if seat.status == "attended":  # who came has come; somebody else has the seat
        return seat if fits or event.status != "published" else seat.model_copy(update={"walk_in": True, "table": None})
    if event.status != "published" or event.starts_at <= now or people.refusal(event, seat.key):
        return _lost(seat)
    if seat.status != "confirmed" or (fits and not room.is_to_be_drawn):
        return seat
    first = seats.first(1, order="position", status="waitlisted")
    ticket = min((one.position for one in first if one.position is not None), default=event.tickets + 1) - 1
    waits = {"status": "waitlisted", "position": ticket, "was_waitlisted": True, "table": None}
    return seat.model_copy(update=waits)


def _lost(seat: Seat) -> Seat:
    """The place, which is none any more."""
    return without_place(seat) if seat.status in PLACES else seat


def _nothing(event: Event, member_id: str) -> Seat:
    """What somebody has who has nothing to do with the event."""
    return Seat(document_id=event.id, key=member_id, status="withdrawn")


def _is_nothing(seat: Seat) -> bool:
    return seat.status == "withdrawn" and seat.registration_id is None and not seat.invited


def _rank(seat: Seat) -> tuple[int, bool, int]:
    """The lowest is the better place: of two who wait, who waits longer; of what came to nothing, a registration."""
    return _BETTER.index(seat.status), seat.registration_id is None, seat.position or 0


def _withdrawn(seat: Seat) -> list[str]:
    return [*seat.withdrawn, *([seat.registration_id] if seat.registration_id else [])][-REMEMBERED:]


def _walked_in(seat: Seat) -> bool:
    return seat.walk_in and seat.status == "attended"


def _had_a_seat(seat: Seat) -> bool:
    return seat.status == "no_show" or (seat.status == "attended" and not seat.walk_in)
