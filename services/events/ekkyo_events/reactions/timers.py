"""What the events service does when a timer of an event is due."""

from ekkyo.broker import Router, due
from ekkyo.decision.clock import utcnow
from ekkyo.store import Kept

from ekkyo_events import model
from ekkyo_events.store import Events, KnownPeople, decided, missed_draws

router = Router()


@router.subscriber(**due(model.ReminderTimer))
async def remind(timer: model.ReminderTimer, events: Events) -> None:
    """Remind those who have a seat, a day before the event."""
    await events.change(timer.id, lambda e, seats: model.remind(e, seats, timer, now=utcnow()))


@router.subscriber(**due(model.EndTimer))
async def end(timer: model.EndTimer, events: Events) -> None:
    """Conclude an event that nobody concluded by its end."""
    await events.change(timer.id, lambda e, seats: model.end(e, seats, timer))


@router.subscriber(**due(model.DrawTimer))
async def draw(timer: model.DrawTimer, events: Events, people: KnownPeople) -> None:
    """Draw the places of an event by lot, step by step: each is saved before the next is decided."""
    event = await events.get(timer.id)
    missed = await missed_draws(event, events) if event and model.is_to_be_closed(event) else {}
    over, looked_up, kept = False, list[str](), Kept[model.Seat]()
    while not over:
        over = await decided(
            timer.id,
            (),
            people,
            events,
            lambda e, seats, known: model.draw(e, seats, timer, people=known, missed=missed, now=utcnow()),
            looked_up=looked_up,
            kept=kept,
        )


@router.subscriber(**due(model.ReleaseTimer))
async def release(timer: model.ReleaseTimer, events: Events, people: KnownPeople) -> None:
    """Give seats that were kept for some to those who wait longest."""
    await decided(
        timer.id,
        (),
        people,
        events,
        lambda e, seats, known: model.release(e, seats, timer, people=known, now=utcnow()),
    )


@router.subscriber(**due(model.ApplicationsTimer))
async def expire(timer: model.ApplicationsTimer, events: Events) -> None:
    """Decline the applications that nobody had decided when the event started."""
    kept = Kept[model.Seat]()
    while await events.change(timer.id, lambda e, seats: model.expire(e, seats, timer), kept=kept):
        pass
