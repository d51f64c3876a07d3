"""How seats stand at an event, in the room and online where those are counted apart. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from ekkyo.contracts.events import Attend, EventState, Registration
from ekkyo.words.numbers import count

from ekkyo_portal.events import lottery, quotas
from ekkyo_portal.look.reader import Reader

WAYS: Final[tuple[Attend, ...]] = ("onsite", "online")


@dataclass(frozen=True)
class Way:
    """One way to take part, where members choose."""

    attend: Attend
    name: str
    seats: str
    """How many seats are left there, in words."""
    full: bool


def taken(event: EventState) -> int:
    """How many seats are taken: a seat stays taken when its holder has come."""
    return event.confirmed + event.attended


def left(event: EventState) -> dict[Attend, int]:
    """How many seats are left for each way to take part; where they are not counted apart, all count as onsite."""
    online, capacity = event.online_taken or 0, event.terms.online_capacity if event.terms else None
    seats: dict[Attend, int] = {"onsite": event.capacity - (taken(event) - online)}
    return seats if capacity is None else {**seats, "online": capacity - online}


def is_full(event: EventState) -> bool:
    """Whether no seat is left, whichever way."""
    return all(seats <= 0 for seats in left(event).values())


def capacity_for(event: EventState, own: Registration) -> int:
    """How many seats there are where somebody takes part."""
    online = event.terms.online_capacity if event.terms else None
    return online if own.attend == "online" and online is not None else event.capacity


def seats(reader: Reader, event: EventState) -> str:
    """How many seats are left, or that people wait."""
    words, each = reader.words.events, left(event)
    if lottery.is_to_be_drawn(event):
        return lottery.seats(reader, event)
    if len(each) > 1:
        return " · ".join(f"{way.name}: {way.seats}" for way in ways(reader, event))
    if each["onsite"] > 0:
        left_of_it = count(words.seats_left, each["onsite"])
        return left_of_it + reader.words.quotas.some_kept if each["onsite"] <= (event.kept or 0) else left_of_it
    return count(words.waiting, event.waitlisted) if event.waitlisted else words.full


def ways(reader: Reader, event: EventState) -> Sequence[Way]:
    """The ways to take part, where members choose; nothing at any other event."""
    words, each = reader.words.events, left(event)
    if len(each) == 1:
        return []
    return [
        Way(
            attend=attend,
            name=words.in_the_room if attend == "onsite" else words.online,
            seats=count(words.seats_left, each[attend]) if each[attend] > 0 else words.full,
            full=each[attend] <= 0,
        )
        for attend in WAYS
    ]


def other_way(reader: Reader, event: EventState, own: Registration | None) -> Way | None:
    """The way to which somebody can change now: there is a seat."""
    if own is None or own.status not in ("confirmed", "waitlisted") or reader.now >= event.starts_at:
        return None
    others = (way for way in ways(reader, event) if way.attend != (own.attend or "onsite"))
    return next((way for way in others if not way.full and event.status == "published"), None)


def group_size(event: EventState) -> int:
    """How many members can register together; 0: they register one by one."""
    return (event.terms.group_size or 0) if event.terms else 0


def as_attended(event: EventState, attend: Attend | None) -> EventState:
    """The event as it is for somebody who takes part in one way: in the room, or online. attend: None is either."""
    if attend is None:
        return event
    without = {"url": None, "url_follows": False} if attend == "onsite" else {"place": None}
    return event.model_copy(update={"format": attend, **without})


def together(reader: Reader, own: Registration | None) -> str:
    """With how many somebody registered; nothing for who did alone."""
    many = own.together if own else None
    return count(reader.words.groups.together, many) if many and many > 1 else ""


def waits(reader: Reader, it: EventState, own: Registration) -> str:
    """Why somebody waits, and what has to happen. Nothing where a draw was to decide that was not held."""
    if lottery.is_to_be_drawn(it):
        return str(reader.words.lottery.waits) if reader.now < it.starts_at else ""
    if own.together and own.together > 1:
        free = left(it).get(own.attend or "onsite", 0) - quotas.kept_from(it, own)
        so_far = count(reader.words.groups.free, free) if free > 0 else ""
        return str(so_far + reader.words.groups.waits.format(n=own.together))
    if quotas.kept_from(it, own):
        return quotas.waits(reader, it)
    return count(reader.words.events.waits, capacity_for(it, own))
