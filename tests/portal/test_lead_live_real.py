"""The desk's stream before a real service: the portal's rights suffice, and a change is told at once."""

import asyncio
from datetime import timedelta
from typing import Any

from ekkyo.client import Ekkyo
from ekkyo.contracts.base import new_id
from ekkyo.contracts.events import DraftEvent, EventDetails, EventFact, GetRoster, PublishEvent, RegisterForEvent
from ekkyo.decision.clock import utcnow
from ekkyo.testing import Nats
from ekkyo_events.app import service
from ekkyo_portal.lead.live import Changes


async def test_whoever_looks_at_a_roster_hears_of_a_registration_with_the_revision_that_it_shows(
    nats: Nats, keys: Any, running: Any
) -> None:
    start, event_id = utcnow() + timedelta(days=7), new_id()
    details = EventDetails(title="もくもく会", format="online", url="https://meet.example.com/1", capacity=9)
    draft = DraftEvent(
        event_id=event_id,
        community_id="c1",
        details=details,
        starts_at=start,
        ends_at=start + timedelta(hours=1),
    )
    async with (
        running(service),
        Ekkyo.connect(nats.url, login=nats.login("portal"), environment={}) as ekkyo,
    ):
        leader = ekkyo.with_token(keys.token("leader-1", "leader:c1"))
        await leader.send(draft)
        changes = Changes(
            lambda event_id: ekkyo.facts(EventFact, entity=event_id, since=utcnow() - timedelta(seconds=10))
        )
        streams = [changes.of(event_id, ping=600) for _ in range(5)]
        first = [asyncio.create_task(anext(stream)) for stream in streams]
        await leader.send(PublishEvent(event_id=event_id))
        await asyncio.wait_for(asyncio.gather(*first), 15)

        waiting = [asyncio.create_task(anext(stream)) for stream in streams]
        member = ekkyo.with_token(keys.token("m1"))
        await member.send(RegisterForEvent(event_id=event_id, member_id="m1", registration_id=new_id()))
        told = await asyncio.wait_for(asyncio.gather(*waiting), 30)  # by the fact: nothing else wakes a stream

        roster = await leader.ask(GetRoster(event_id=event_id))
        assert set(told) == {roster.event.revision}
        assert changes.read == 1
        await changes.end()
        assert changes.read == 0
