"""What must stay true when the terms or the details of an event change: no place that somebody has is taken away."""

from ekkyo.contracts.base import FieldError, Refused
from ekkyo.contracts.events import Terms
from ekkyo.decision import Entries

from ekkyo_events.model.arranged.counting import counts_online
from ekkyo_events.model.arranged.quotas import must_fit_seats
from ekkyo_events.model.documents import Event, Seat


def must_fit_places(event: Event) -> None:
    """Refuse a capacity of its own online where an event is not hybrid, more kept seats than there are, and groups that
    could never get places."""
    if event.terms and event.terms.online_capacity is not None and event.format != "hybrid":
        wrong = FieldError(field="terms.online_capacity", code="not_hybrid", detail="only for hybrid events")
        raise Refused("terms_conflict", "Only a hybrid event has a capacity of its own online.", errors=[wrong])

    must_fit_seats(event)
    terms = event.terms
    if terms is None or terms.group_size is None:
        return
    if terms.group_size > event.capacity:
        wrong = FieldError(field="terms.group_size", code="above_capacity", detail="must not exceed the capacity")
        raise Refused("terms_conflict", "A group could never get places: it is larger than the event.", errors=[wrong])


def must_keep_places(event: Event, seats: Entries[Seat], terms: Terms | None) -> None:
    """Refuse terms that have fewer seats online than are taken, or none while somebody waits for one."""
    if not counts_online(event):
        return
    taken, capacity = event.online_taken or 0, terms.online_capacity if terms else None
    if capacity is None:
        waits = any(seat.attend == "online" for seat in seats.all(status="waitlisted"))
        if taken or waits:
            raise Refused("online_in_use", "Members are registered online, so online keeps a capacity of its own.")
    elif capacity < taken:
        wrong = FieldError(field="terms.online_capacity", code="below_confirmed", detail=f"must be at least {taken}")
        raise Refused("capacity_below_confirmed", f"{taken} seats online are already taken.", errors=[wrong])
