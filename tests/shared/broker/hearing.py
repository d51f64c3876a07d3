"""A reaction to events for the broker's tests, and what became of what it was told."""

from collections.abc import Callable
from typing import Any

from ekkyo.broker import Retries, Router, dead, told
from ekkyo.contracts.events import EventConcluded, EventPublished
from ekkyo.testing.nats import Nats

QUICK = Retries(first=0.02, longest=0.3, not_yet=0.02)


def hearing(work: Callable[[EventPublished], Any], name: str = "listen") -> Router:
    router = Router()

    @router.subscriber(**told(EventPublished, EventConcluded, by="events", name=name, start="beginning"))
    async def listen(fact: EventPublished | EventConcluded) -> None:
        """Hear of events."""
        assert isinstance(fact, EventPublished)
        await work(fact)

    return router


async def pending(nats: Nats, stream: str = "FACTS", durable: str = "events-listen") -> int:
    async with await nats.connect() as ops:
        info = await ops.jetstream().consumer_info(stream, durable)
        return (info.num_pending or 0) + (info.num_ack_pending or 0)


async def is_zero(count: Any) -> bool:
    return bool(await count == 0)


async def letters(nats: Nats) -> list[dead.DeadLetter]:
    async with await nats.connect() as ops:
        return [letter async for letter in dead.letters(ops.jetstream())]
