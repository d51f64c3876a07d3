"""Whether an event arranges places, and what it counts and tells of that."""

from collections.abc import Iterable
from typing import Any

from ekkyo.decision import Entries

from ekkyo_events.model.documents import Event, Seat


def arranges(event: Event) -> bool:
    """Whether the terms of an event arrange places: then `model.arranged` gives them."""
    return event.terms is not None and event.terms.online_capacity is not None


def recounted(event: Event, was: Iterable[Seat], now: Iterable[Seat]) -> Event:
    """The event with its seats online counted again. was, now: the seats that change, where online is counted apart."""
    if not arranges(event):
        return event
    more = sum(map(_sits_online, now)) - sum(map(_sits_online, was))
    return event.model_copy(update={"online_taken": (event.online_taken or 0) + more}) if more else event


def _sits_online(seat: Seat) -> bool:
    return seat.attend == "online" and seat.status in ("confirmed", "attended") and not seat.walk_in


def arrangement(seat: Seat) -> dict[str, Any]:
    """What facts about a registration say of how its place is arranged; nothing at most events."""
    return {"attend": seat.attend} if seat.attend else {}


def who_is_online(event: Event, seats: Entries[Seat], more: Iterable[Seat] = ()) -> list[str] | None:
    """Who has a seat online or waits for one; None where online is not counted apart. more: seats as they are now."""
    if not arranges(event):
        return None
    there = {seat.key for seat in seats.all(status=["confirmed", "attended", "waitlisted"]) if seat.attend == "online"}
    return sorted(there | {seat.key for seat in more if seat.attend == "online"})
