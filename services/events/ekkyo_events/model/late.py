"""Late cancellations: seats that were given back after the deadline that the event's terms set.

Nobody is late who could not have been in time: who got a seat from the waitlist, was registered by somebody else, or
whose event was moved, has a day.
"""

from datetime import datetime, timedelta
from typing import Final, TypeVar

from ekkyo.contracts.events import Terms
from ekkyo.decision import Entries

from ekkyo_events.model.documents import Event, Seat
from ekkyo_events.model.windows import is_late

T = TypeVar("T", bound=Terms | None)
TIME_TO_DECIDE: Final = timedelta(hours=24)


def given_back_late(event: Event, seat: Seat, *, now: datetime) -> bool:
    """Whether giving this place back now is a late cancellation. Whoever waits can always stop."""
    if seat.status != "confirmed" or not is_late(event, now=now):
        return False
    return seat.withdraw_by is None or now > seat.withdraw_by


def with_time_to_decide(event: Event, seat: Seat, *, now: datetime) -> Seat:
    """The seat of somebody who gets it now without having asked for it now: with a deadline of their own."""
    if event.terms is None or event.terms.withdraw_by is None:
        return seat
    own = min(now + TIME_TO_DECIDE, event.starts_at)
    return seat.model_copy(update={"withdraw_by": own if own > event.terms.withdraw_by else None})


def after_move(terms: T, starts_at: datetime, *, now: datetime) -> T:
    """The terms of an event that was just moved to this time: who cannot come then has time to say so."""
    if terms is None or terms.withdraw_by is None:
        return terms
    earliest = min(now + TIME_TO_DECIDE, starts_at)
    return terms.model_copy(update={"withdraw_by": max(terms.withdraw_by, earliest)})


def unfilled(event: Event, seats: Entries[Seat]) -> int | None:
    """How many seats that were given back late nobody took, at an event that ends now. None: there were no such seats,
    or it is not known whether they were in the room or online.

    While somebody waits, no seat stays free: so they are among those that are free now.
    """
    if event.terms is None or event.terms.withdraw_by is None or event.terms.online_capacity is not None:
        return None
    late = sum(seat.late for seat in seats.all(status="withdrawn"))
    return min(late, max(0, event.capacity - event.seats_in_use)) or None
