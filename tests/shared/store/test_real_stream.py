"""From a document's change to the stream, through a real nats-server that stops and comes back."""

import asyncio
from collections.abc import Sequence
from functools import partial

from ekkyo.publishing import publish
from ekkyo.testing.nats import Nats
from ekkyo.testing.waiting import eventually
from ekkyo.wire import OutMessage
from nats.js import JetStreamContext

from .conftest import Opened
from .halls import building, halls, taking


async def stored(js: JetStreamContext) -> list[str]:
    """The ids of all facts, in the stream's order."""
    info = await js.stream_info("FACTS")
    messages = [await js.get_msg("FACTS", seq=n) for n in range(1, info.state.messages + 1)]
    return [(m.headers or {})["ce-id"] for m in messages]


async def test_facts_are_stored_once_and_in_order_whatever_happens_to_the_server(nats: Nats, opened: Opened) -> None:
    nc = await nats.connect("events", allow_reconnect=True, max_reconnect_attempts=-1, reconnect_time_wait=0.05)
    ops = await nats.connect(allow_reconnect=True, max_reconnect_attempts=-1, reconnect_time_wait=0.05)

    async def outbox(messages: Sequence[OutMessage]) -> None:
        await publish(nc.jetstream(), messages, within=1, attempt=0.3)

    store = await opened(outbox=outbox)
    live = store.live(halls)
    await live.create("red", building("red", 1000))

    async def come(n: int) -> str:
        await asyncio.sleep(0.01 * n)
        return await live.change("red", taking(f"m{n:03}"))

    async def fall() -> None:
        await asyncio.sleep(0.3)
        nats.server.freeze()
        await asyncio.sleep(0.5)
        nats.server.thaw()
        await asyncio.sleep(0.3)
        await asyncio.to_thread(nats.server.kill)
        await asyncio.sleep(0.3)
        await asyncio.to_thread(nats.server.start)

    *answers, _ = await asyncio.gather(*(come(n) for n in range(150)), fall())
    assert set(answers) == {"confirmed"}
    await eventually(lambda: store.stats().messages == 0, 30)
    assert await eventually(partial(stored, ops.jetstream()), 10) == [f"events/red/{n}/0" for n in range(2, 152)]
    await nc.close()
    await ops.close()
