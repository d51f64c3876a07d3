"""What the events service does when a timer is due."""

from ekkyo.broker import Router, due
from ekkyo.clock import utcnow

from ekkyo_events import model
from ekkyo_events.store import Events

router = Router()


@router.subscriber(**due(model.ReminderTimer))
async def remind(timer: model.ReminderTimer, events: Events) -> None:
    """Remind those who have a seat, a day before the event."""
    await events.change(timer.id, lambda e, seats: model.remind(e, seats, timer, now=utcnow()))


@router.subscriber(**due(model.EndTimer))
async def end(timer: model.EndTimer, events: Events) -> None:
    """Conclude an event that nobody concluded by its end."""
    await events.change(timer.id, lambda e, seats: model.end(e, seats, timer))
