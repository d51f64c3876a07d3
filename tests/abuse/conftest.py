"""How far the abuse goes: EKKYO_FUZZ examples of each command and question; `make fuzz` takes a thousand. And the walls
between systems that are tried.
"""

import os
from collections.abc import AsyncIterator, Iterator

import pytest
import pytest_asyncio
from ekkyo.installation.embedded import MongoServer
from ekkyo.testing import Nats, eventually, settled
from ekkyo.testing.keys import Keys
from hypothesis import HealthCheck, settings
from nats.js.api import AckPolicy, ConsumerConfig

from tests.abuse.playing import play
from tests.abuse.walls import DURABLE, ERASED, FACT, HR, PERSONAL, SEATS, Walls, closed, connected_as, has
from tests.abuse.world import World, a_world

EXAMPLES = int(os.environ.get("EKKYO_FUZZ", "15"))
settings.register_profile(
    "abuse", max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck), print_blob=True
)
"""A request may wait for the machine, so an example has no deadline."""


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory, mongo_server: MongoServer, keys: Keys) -> Iterator[World]:
    """All four services, in which each command was done once."""
    with a_world(tmp_path_factory.mktemp("abuse"), mongo_server, keys) as it:
        play(it)
        yield it


@pytest_asyncio.fixture
async def walls(nats: Nats) -> AsyncIterator[Walls]:
    made = Walls(nats)
    for system in (HR, SEATS):
        await nats.add(system)
    async with connected_as(nats) as made.ops, connected_as(nats, "events") as events:
        for user, subject in (("events", FACT), ("members", PERSONAL), ("members", ERASED)):
            async with await nats.connect(user) as nc:
                await nc.jetstream().publish(subject, b'{"secret": 1}', headers={"ce-id": subject})
        await made.ops.jetstream().add_consumer(
            "FACTS", ConsumerConfig(durable_name=DURABLE, ack_policy=AckPolicy.EXPLICIT, max_deliver=-1)
        )
        await settled(events)
        for name, facts in (("hr", 3), ("seats", 2)):
            await eventually(lambda name=name, facts=facts: has(made, name, facts))
        yield made
        for nc in made.clients.values():
            await closed(nc)
