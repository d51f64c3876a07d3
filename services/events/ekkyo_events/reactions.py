"""What the events service does when a timer is due, and when a member leaves."""

from ekkyo.broker import Router, due, told
from ekkyo.contracts.members import MemberDeactivated, MemberErased
from ekkyo.decision.clock import utcnow

from ekkyo_events import model
from ekkyo_events.store import Departures, Events

router = Router()


@router.subscriber(**due(model.ReminderTimer))
async def remind(timer: model.ReminderTimer, events: Events) -> None:
    """Remind those who have a seat, a day before the event."""
    await events.change(timer.id, lambda e, seats: model.remind(e, seats, timer, now=utcnow()))


@router.subscriber(**due(model.EndTimer))
async def end(timer: model.EndTimer, events: Events) -> None:
    """Conclude an event that nobody concluded by its end."""
    await events.change(timer.id, lambda e, seats: model.end(e, seats, timer))


@router.subscriber(**told(MemberDeactivated, MemberErased, by="events", name="gone", start="beginning"))
async def give_places_back(fact: MemberDeactivated | MemberErased, events: Events, departures: Departures) -> None:
    """Give the places of somebody who left or was erased, at events to come, to those who wait longest."""
    if model.is_news(await departures.get(fact.member_id), fact):
        for seat in await events.find_entries({"key": fact.member_id, "status": {"$in": model.HAS_A_PLACE}}, limit=0):
            await events.change(
                seat.document_id,
                lambda e, seats: model.withdraw_who_left(e, seats, fact.member_id, now=utcnow()),
                entries=[fact.member_id],
            )
    await departures.create(fact.member_id, lambda d: model.departed(d, fact))
