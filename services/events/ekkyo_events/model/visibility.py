"""Who sees an event: everybody, or, where it is by invitation, who was invited, has a place or hosts it."""

from ekkyo.contracts.base import Caller
from ekkyo.decision import Entries

from ekkyo_events.model.documents import Event, Seat, leads

NO_PLACE: tuple[str, ...] = ("withdrawn", "declined")
"""What a seat is of whom nothing is expected: it was given back or refused, or never was one."""


def by_invitation(event: Event) -> bool:
    """Whether only invited members see an event."""
    return event.terms is not None and event.terms.invited_only


def has_place(seat: Seat | None) -> bool:
    """Whether a member has or had a place, as opposed to one they gave back."""
    return seat is not None and seat.status not in NO_PLACE


def not_registered(event: Event, seats: Entries[Seat]) -> list[str]:
    """Who is invited to an event and has not registered: who gave back a place, or was declined, has answered."""
    if not event.invited:
        return []
    return [seat.key for seat in seats.all(invited=True) if seat.only_invited and seat.moved is None]


def admitted(event: Event, seat: Seat | None) -> bool:
    """Whether the member whose seat this is may see the event and register. None: they have none."""
    return not by_invitation(event) or (seat is not None and seat.invited) or has_place(seat)


def seen(event: Event, who: Caller, seat: Seat | None) -> bool:
    """Whether the caller may see an event. seat: one of theirs or, which counts for nothing, of somebody else."""
    if (event.status != "draft" and not by_invitation(event)) or leads(who, event):
        return True
    if event.status != "draft" and who.sub in event.hosts:
        return True
    own = seat if seat is not None and seat.key == who.sub else None
    return event.status != "draft" and admitted(event, own)
