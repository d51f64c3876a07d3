"""The connection: what the service knows of its server, and what it does without one."""

import asyncio
import sys
from typing import Any

import pytest
from ekkyo.broker import Router, asked
from ekkyo.contracts.events import Registration, WithdrawFromEvent
from ekkyo.testing.nats import Nats
from ekkyo.testing.waiting import eventually


async def test_a_service_is_not_ready_while_its_server_is_frozen(serve: Any, nats: Nats) -> None:
    broker = await serve(Router())
    assert await broker.ready()
    nats.server.freeze()
    try:
        assert not await broker.ready(0.3)
        assert await broker.ping(0.3), "being connected tells nothing"
    finally:
        nats.server.thaw()
    await eventually(broker.ready)


async def test_the_start_is_over_when_the_server_knows_every_subscription(make: Any, nats: Nats) -> None:
    broker = make(Router())
    await broker.connect()
    nats.server.freeze()
    starting = asyncio.create_task(broker.start())
    await asyncio.sleep(0.3)
    assert not starting.done()
    nats.server.thaw()
    await asyncio.wait_for(starting, 5)


async def test_a_server_that_answers_late_is_heard_all_the_same(serve: Any, ask: Any, nats: Nats, token: Any) -> None:
    """nats-py's own flush stops reading for good when an answer comes after its time-out."""
    router = Router()

    @router.subscriber(**asked(WithdrawFromEvent))
    async def withdraw(cmd: WithdrawFromEvent) -> Registration:
        return Registration(event_id=cmd.event_id, member_id=cmd.member_id, status="withdrawn")

    broker = await serve(router)
    nats.server.freeze()
    for _ in range(2):
        assert not await broker.ready(0.1)
    nats.server.thaw()
    body = WithdrawFromEvent(event_id="e-1", member_id="m-1").model_dump_json().encode()
    for _ in range(3):
        assert "Nats-Service-Error" not in (await ask(WithdrawFromEvent.subject, body)).headers
    assert await broker.ready()


async def test_a_service_that_is_stopping_is_not_ready(serve: Any) -> None:
    broker = await serve(Router())
    await broker.finish()
    assert not await broker.ready()


async def test_it_tries_to_connect_again_without_end(serve: Any, nats: Nats) -> None:
    closed: list[bool] = []
    broker = await serve(Router(), reconnect_wait=0.01, on_closed=lambda: closed.append(True))
    nats.server.kill()
    await asyncio.sleep(1.5)  # nats-py by itself gives up after sixty tries
    assert not closed
    nats.server.start()
    await eventually(broker.ready)


async def test_a_connection_that_is_closed_for_good_is_told(serve: Any) -> None:
    closed: list[bool] = []
    broker = await serve(Router(), on_closed=lambda: closed.append(True))
    await broker.connection.close()
    assert closed == [True]


async def test_leaving_in_order_is_no_reason_to_end_the_process(serve: Any) -> None:
    closed: list[bool] = []
    broker = await serve(Router(), on_closed=lambda: closed.append(True))
    await broker.stop()
    assert closed == []


async def test_by_default_the_process_ends_when_the_connection_is_closed_for_good(nats: Nats) -> None:
    program = f"""
import asyncio
from ekkyo.broker import make_broker
async def main():
    broker = make_broker({nats.url!r}, "events", user="events", password={nats.passwords["events"]!r})
    await broker.start()
    await broker.connection.close()
    await asyncio.sleep(30)
asyncio.run(main())
"""
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", program)
    assert await asyncio.wait_for(process.wait(), 20) == 1


async def test_a_service_hears_no_other_services_replies(nats: Nats, serve: Any) -> None:
    """Its inbox prefix is the only one it may subscribe to, and everything works with it."""
    broker = await serve(Router())
    problems: list[str] = []

    async def note(error: Exception) -> None:
        problems.append(str(error).lower())

    async with await nats.connect("members", error_cb=note) as members:
        await members.subscribe("_INBOX.events.>")
        await eventually(lambda: any("permissions violation" in p for p in problems))
    assert broker.inbox_prefix == "_INBOX.events"
    assert broker.connection.new_inbox().startswith("_INBOX.events.")


async def test_a_reaction_works_with_the_services_own_inbox_alone(
    serve: Any, published: Any, caplog: pytest.LogCaptureFixture
) -> None:
    from ekkyo.broker import JetStreamOutbox, told
    from ekkyo.contracts.events import EventPublished

    heard = asyncio.Event()
    router = Router()

    @router.subscriber(**told(EventPublished, by="events", name="listen", start="new"))
    async def listen(fact: EventPublished) -> None:
        heard.set()

    broker = await serve(router)
    await JetStreamOutbox(broker)([published()])
    await asyncio.wait_for(heard.wait(), 5)
    assert "ermission" not in caplog.text
