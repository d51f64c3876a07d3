"""The release of seats that quotas kept: from then on they are for whoever waits longest."""

from datetime import datetime

from ekkyo.contracts.base import Fact
from ekkyo.contracts.events import SeatsReleased
from ekkyo.decision import Decision, Entries

from ekkyo_events.model.arranged.quotas import keeps, released
from ekkyo_events.model.documents import Event, Seat, state
from ekkyo_events.model.people import People
from ekkyo_events.model.promoting import Promotion, promote
from ekkyo_events.model.timers import ReleaseTimer


def release(
    event: Event, seats: Entries[Seat], timer: ReleaseTimer, *, people: People, now: datetime
) -> Decision[Event, None]:
    """Give the seats that are still kept to those who wait longest, unless the release was moved or called off.

    Places that are still to be drawn are released with the draw, for which quotas count whenever it is held.
    """
    quotas = event.terms.quotas if event.terms else None
    if event.status != "published" or quotas is None or not keeps(event) or event.is_to_be_drawn:
        return Decision(event, None)
    if quotas.released_at != timer.released_at:
        return Decision(event, None)
    promotion = promote(released(event), seats, people, "seats_released").at(now)
    return Decision(promotion.event, None, entries=promotion.entries, facts=told(event, promotion))


def is_due(event: Event, now: datetime) -> bool:
    """Whether seats are kept though the time of their release has come."""
    quotas = event.terms.quotas if event.terms else None
    return quotas is not None and keeps(event) and quotas.released_at <= now


def told(before: Event, promotion: Promotion) -> list[Fact]:
    """The facts of a release and of who got seats by it."""
    after = state(promotion.event, after=before)
    fact = SeatsReleased(
        event_id=before.id, event=after, released=before.kept or 0, promoted=[seat.key for seat in promotion.seats]
    )
    return [fact, *promotion.facts(after)]
