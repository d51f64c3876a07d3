"""Whether an event arranges places, and what it counts and tells of that."""

from collections.abc import Iterable
from typing import Any

from ekkyo.decision import Entries

from ekkyo_events.model.arranged.quotas import held_more, keeps, sits
from ekkyo_events.model.documents import Event, Seat


def arranges(event: Event) -> bool:
    """Whether places at an event are arranged: then `model.arranged` gives them."""
    terms = event.terms
    if event.grouped or terms is None:
        return event.grouped
    return terms.online_capacity is not None or terms.group_size is not None or keeps(event)


def counts_online(event: Event) -> bool:
    """Whether the room and online have a capacity each."""
    return event.terms is not None and event.terms.online_capacity is not None


def recounted(event: Event, was: Iterable[Seat], now: Iterable[Seat]) -> Event:
    """The event with its seats online, and those that use up quotas, counted again. was, now: the seats that change."""
    if event.terms is None:
        return event
    if keeps(event):
        was, now = list(was), list(now)
        event = event.model_copy(update={"holders": held_more(event.holders, was, now)})
    if not counts_online(event):
        return event
    more = sum(map(_sits_online, now)) - sum(map(_sits_online, was))
    return event.model_copy(update={"online_taken": (event.online_taken or 0) + more}) if more else event


def _sits_online(seat: Seat) -> bool:
    return seat.attend == "online" and sits(seat)


def arrangement(seat: Seat, others: Iterable[Seat] = ()) -> dict[str, Any]:
    """What facts about a registration say of how its place is arranged; nothing at most events.

    others: those who got the same in the same decision.
    """
    said: dict[str, Any] = {"attend": seat.attend} if seat.attend else {}
    if seat.group_id is None:
        return said
    group = sorted(other.key for other in others if other.group_id == seat.group_id)
    return {**said, "group_id": seat.group_id, "group": group}


def together(seat: Seat, others: Iterable[Seat]) -> int | None:
    """How many of a member's group have what they have, with them; None where they registered alone."""
    if seat.group_id is None:
        return None
    return sum(other.group_id == seat.group_id and other.status == seat.status for other in others)


def who_is_online(event: Event, seats: Entries[Seat], more: Iterable[Seat] = ()) -> list[str] | None:
    """Who has a seat online or waits for one; None where online is not counted apart. more: seats as they are now."""
    if not counts_online(event):
        return None
    there = {seat.key for seat in seats.all(status=["confirmed", "attended", "waitlisted"]) if seat.attend == "online"}
    return sorted(there | {seat.key for seat in more if seat.attend == "online"})
