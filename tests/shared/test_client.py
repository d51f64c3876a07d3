"""What the client does when it is told to stop, and when its connection breaks."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from types import SimpleNamespace

import pytest
from ekkyo import wire
from ekkyo.client import Ekkyo
from ekkyo.contracts import FACTS
from ekkyo.contracts.base import Fact
from ekkyo.contracts.events import GetEvent
from ekkyo.decision.clock import utcnow
from ekkyo.testing import Nats
from ekkyo.testing.waiting import eventually
from ekkyo.wire import ERROR, ERROR_CODE

from tests.real.proxies import Proxies


async def _forgetful(*_: object, **__: object) -> SimpleNamespace:
    """A request that forgets a cancellation which comes with the answer, as `asyncio.wait_for` does in Python 3.11."""
    task = asyncio.current_task()
    assert task
    task.cancel()
    with suppress(asyncio.CancelledError):
        await asyncio.sleep(0)
    return SimpleNamespace(headers={ERROR_CODE: "404", ERROR: "event_not_found"}, data=b"{}")


async def test_who_is_cancelled_while_the_answer_comes_is_cancelled() -> None:
    ekkyo = Ekkyo.connect(environment={})
    ekkyo.nc = SimpleNamespace(request=_forgetful)  # type: ignore[assignment]
    asking = asyncio.create_task(ekkyo.ask(GetEvent(event_id="e1")))
    await asyncio.wait([asking])
    assert asking.cancelled()


async def test_facts_that_were_under_way_when_the_connection_broke_are_heard_in_their_order(
    nats: Nats, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ekkyo.wire.reading.QUIET", 1.0)
    proxies = Proxies()
    url = f"nats://127.0.0.1:{await proxies.to(nats.server.port)}"
    forgotten = FACTS["ekkyo.fact.events.member_forgotten"]
    async with (
        await nats.connect("events") as nc,
        Ekkyo.connect(url, login=nats.login("portal"), environment={}) as ekkyo,
    ):

        async def tell(number: int) -> None:
            fact, now = forgotten(member_id=f"m{number}"), utcnow()
            said = wire.fact_message(fact, owner="events", revision=1, n=0, time=now, actor=None, traceparent=None)
            await nc.jetstream().publish(said.subject, said.body, headers=said.headers)

        async def heard(facts: AsyncIterator[Fact]) -> int:
            return (await asyncio.wait_for(anext(facts), 10)).meta.sequence

        facts = ekkyo.facts(forgotten, since=1)
        await tell(1)
        assert await heard(facts) == 1
        coming = asyncio.create_task(heard(facts))
        asked = proxies.pieces
        await eventually(lambda: proxies.pieces > asked)  # it waits for the next one
        proxies.after(1, lambda: None, before=True)  # which gets as far as the server's socket
        await tell(2)
        await eventually(lambda: ekkyo.nc.stats["reconnects"] == 1)
        await tell(3)
        assert [await coming, await heard(facts)] == [2, 3]
        await facts.aclose()  # type: ignore[attr-defined]
    await proxies.close()
