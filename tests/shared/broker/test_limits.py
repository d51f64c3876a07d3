"""What an instance takes on at once, altogether and from one caller: beyond it, everyone is told so at once."""

import asyncio
from typing import Any

import pytest
from ekkyo.broker import Broker, Limits
from ekkyo.contracts.base import Refused
from ekkyo.contracts.events import WithdrawFromEvent
from ekkyo.testing.nats import Nats

from .answering import BODY, SUBJECT, answering, problem


async def test_a_message_that_is_too_large_is_refused(serve: Any, ask: Any) -> None:
    await serve(answering(), limits=Limits(request_size=1000))
    assert problem(await ask(SUBJECT, b" " * 1001)) == ("400", "too_large")


async def test_requests_are_handled_at_once_and_those_beyond_the_limit_refused(serve: Any, ask: Any) -> None:
    inside, go = asyncio.Semaphore(0), asyncio.Event()

    async def work(cmd: WithdrawFromEvent) -> None:
        inside.release()
        await go.wait()

    await serve(answering(work), limits=Limits(requests=20))
    waiting = [asyncio.create_task(ask(SUBJECT, BODY)) for _ in range(20)]
    for _ in range(20):  # all are inside at the same time
        await asyncio.wait_for(inside.acquire(), 5)
    assert problem(await ask(SUBJECT, BODY)) == ("429", "too_many_requests")
    go.set()
    assert all("Nats-Service-Error" not in r.headers for r in await asyncio.gather(*waiting))
    assert "Nats-Service-Error" not in (await ask(SUBJECT, BODY)).headers


async def test_one_caller_cannot_shut_out_the_others(serve: Any, ask: Any, token: Any) -> None:
    inside, go = asyncio.Semaphore(0), asyncio.Event()

    async def work(cmd: WithdrawFromEvent) -> None:
        inside.release()
        await go.wait()

    await serve(answering(work), limits=Limits(per_caller=2))
    waiting = [asyncio.create_task(ask(SUBJECT, BODY)) for _ in range(2)]
    for _ in range(2):
        await asyncio.wait_for(inside.acquire(), 5)
    assert problem(await ask(SUBJECT, BODY)) == ("429", "too_many_requests")
    other = {"Authorization": f"Bearer {token('m-9', 'steward')}"}
    waiting.append(asyncio.create_task(ask(SUBJECT, BODY, headers=other)))
    await asyncio.wait_for(inside.acquire(), 5)
    go.set()
    assert all("Nats-Service-Error" not in r.headers for r in await asyncio.gather(*waiting))


async def test_one_callers_large_requests_cannot_shut_out_the_others(serve: Any, ask: Any, token: Any) -> None:
    inside, go = asyncio.Semaphore(0), asyncio.Event()

    async def work(cmd: WithdrawFromEvent) -> None:
        inside.release()
        await go.wait()

    await serve(answering(work), limits=Limits(size_per_caller=2_000))
    large = BODY.ljust(1_500)
    waiting = [asyncio.create_task(ask(SUBJECT, large))]
    await asyncio.wait_for(inside.acquire(), 5)
    assert problem(await ask(SUBJECT, large)) == ("429", "too_many_requests")
    other = {"Authorization": f"Bearer {token('m-9', 'steward')}"}
    waiting.append(asyncio.create_task(ask(SUBJECT, large, headers=other)))
    await asyncio.wait_for(inside.acquire(), 5)
    go.set()
    assert all("Nats-Service-Error" not in r.headers for r in await asyncio.gather(*waiting))


@pytest.mark.parametrize(
    ("error", "status"), [(RuntimeError, "500"), (asyncio.CancelledError, "503"), (Refused, "409")]
)
async def test_whatever_comes_of_a_request_its_room_is_free_again(
    serve: Any, ask: Any, error: type[BaseException], status: str
) -> None:
    failing = True

    async def work(cmd: WithdrawFromEvent) -> None:
        if failing:
            raise error("event_concluded") if error is Refused else error

    broker: Broker = await serve(answering(work), limits=Limits(per_caller=1, size_per_caller=1_000))
    for _ in range(3):
        assert problem(await ask(SUBJECT, BODY.ljust(900)))[0] == status
    for bad in (b"{", b" " * 1_000):
        assert problem(await ask(SUBJECT, bad)) == ("400", "malformed")
    failing = False
    assert "Nats-Service-Error" not in (await ask(SUBJECT, BODY.ljust(900))).headers
    await asyncio.wait_for(broker.stop(), 5)


async def test_what_comes_faster_than_it_can_be_refused_is_refused_all_the_same(
    serve: Any, nats: Nats, token: Any
) -> None:
    """NATS's client keeps so many bytes for a subscription and drops what comes beyond."""
    await serve(answering(), limits=Limits(size=3_000))
    headers = {"Authorization": f"Bearer {token('m-1', 'steward')}"}
    async with await nats.connect("outside") as nc:
        asking = (nc.request(SUBJECT, BODY.ljust(1_000), headers=headers, timeout=5) for _ in range(200))
        replies = await asyncio.gather(*asking)
    assert {(r.headers or {}).get("Nats-Service-Error-Code", "200") for r in replies} == {"200", "429"}
