"""What hosts of events can ask."""

from ekkyo.broker import Router, Who, asked
from ekkyo.contracts.events import EventPage, ListHosted
from ekkyo.decision.clock import utcnow

from ekkyo_events import model
from ekkyo_events.store import Events, KnownPeople, heard_of

router = Router()


@router.subscriber(**asked(ListHosted))
async def hosted(ask: ListHosted, events: Events, who: Who) -> EventPage:
    """The events that a member hosts."""
    where = model.hosted(ask.member_id, now=utcnow())
    return model.hosted_page(ask, await events.find(where, sort="starts_at", after=ask.after, limit=ask.limit + 1), who)


async def run_by(event_id: str, events: Events, people: KnownPeople, who: Who) -> model.Event:
    """The event, if the caller leads its community or hosts it."""
    event = await events.get(event_id)
    asked_of = model.to_ask_of(event, who)
    return model.run_by(event, who, await heard_of(asked_of, people), now=utcnow())
