"""Commands and questions through a real server: everyone gets an answer, and nobody gets more than that."""

import asyncio
import json
import logging
from typing import Any

import pytest
from ekkyo.broker import Broker, Router, asked
from ekkyo.contracts.base import Refused
from ekkyo.contracts.events import Registration, WithdrawFromEvent
from ekkyo.testing import Nats, eventually, settled
from ekkyo.testing.waiting import run_out
from ekkyo.wire import context
from nats.errors import NoRespondersError
from prometheus_client import CollectorRegistry, generate_latest

from .answering import BODY, SUBJECT, answering, problem


async def test_a_command_is_answered_and_knows_who_asked(serve: Any, ask: Any) -> None:
    await serve(answering())
    reply = await ask(SUBJECT, BODY)
    assert Registration.model_validate_json(reply.data).member_id == "m-1"


async def test_a_request_right_after_the_start_finds_somebody(
    serve: Any, make: Any, ask: Any, provisioned: Any
) -> None:
    for _ in range(10):
        broker = make(answering())
        await broker.start()
        assert (await ask(SUBJECT, BODY)).headers == {"Content-Type": "application/json"}
        await broker.stop()


async def test_without_a_valid_token_nothing_is_done(serve: Any, ask: Any, token: Any) -> None:
    done: list[str] = []

    async def work(cmd: WithdrawFromEvent) -> None:
        done.append(cmd.event_id)

    await serve(answering(work))
    expired = token("m-1", "steward", ttl=-60)
    assert problem(await ask(SUBJECT, BODY, headers={})) == ("401", "token_missing")
    assert problem(await ask(SUBJECT, BODY, headers={"Authorization": "Bearer x.y.z"})) == ("401", "token_invalid")
    assert problem(await ask(SUBJECT, BODY, headers={"Authorization": f"Bearer {expired}"})) == ("401", "token_expired")
    assert problem(await ask(SUBJECT, b"{", headers={})) == ("401", "token_missing")
    assert not done


async def test_the_wrong_role_is_refused_and_the_member_herself_is_not(serve: Any, ask: Any) -> None:
    await serve(answering())
    assert problem(await ask(SUBJECT, BODY, roles=("member",))) == ("403", "not_allowed")
    own = json.dumps({"event_id": "e-1", "member_id": "m-1"}).encode()
    assert "Nats-Service-Error" not in (await ask(SUBJECT, own, roles=())).headers


async def test_a_header_is_found_whatever_its_case(serve: Any, ask: Any, token: Any) -> None:
    await serve(answering())
    reply = await ask(SUBJECT, BODY, headers={"authorization": f"bearer {token('m-1', 'steward')}"})
    assert "Nats-Service-Error" not in reply.headers


async def test_a_malformed_command_is_told_each_field_and_not_what_it_sent(serve: Any, ask: Any) -> None:
    await serve(answering())
    reply = await ask(SUBJECT, json.dumps({"event_id": "山田 太郎", "nmae": 1, "taro@example.com": 2}).encode())
    assert problem(reply) == ("400", "malformed")
    errors = {e["field"]: e["code"] for e in json.loads(reply.data)["errors"]}
    assert errors == {
        "event_id": "string_pattern_mismatch",
        "member_id": "missing",
        "nmae": "extra_forbidden",
        "?": "extra_forbidden",
    }
    assert "taro" not in reply.data.decode()
    assert "山田" not in reply.data.decode()
    assert problem(await ask(SUBJECT, b"{")) == ("400", "malformed")


async def test_a_refusal_is_an_answer(serve: Any, ask: Any) -> None:
    async def work(cmd: WithdrawFromEvent) -> None:
        raise Refused("event_concluded", "会は終わりました。\r\nX: 1")

    await serve(answering(work))
    reply = await ask(SUBJECT, BODY)
    assert problem(reply) == ("409", "event_concluded")
    assert "X" not in reply.headers
    assert json.loads(reply.data)["detail"].startswith("会は終わりました。")


async def test_a_bug_answers_500_at_once_with_a_reference_and_nothing_of_the_message(
    serve: Any, ask: Any, caplog: pytest.LogCaptureFixture
) -> None:
    async def work(cmd: WithdrawFromEvent) -> None:
        raise RuntimeError(f"secret of {cmd.member_id}")

    await serve(answering(work))
    with caplog.at_level(logging.DEBUG), run_out() as waited:
        reply = await ask(SUBJECT, BODY)
    assert waited == []
    assert problem(reply) == ("500", "unexpected")
    reference = json.loads(reply.data)["reference"]
    (line,) = [r for r in caplog.records if getattr(r, "reference", None) == reference]
    assert any("test_requests" in place for place in line.__dict__["where"])
    assert "secret" not in caplog.text
    assert "secret" not in reply.data.decode()


async def test_a_reply_goes_to_an_inbox_and_nowhere_else(serve: Any, ask: Any, nats: Nats, token: Any) -> None:
    """Otherwise a caller could have the service publish its answer as a fact of its own."""
    done = asyncio.Event()

    async def work(cmd: WithdrawFromEvent) -> None:
        done.set()

    broker: Broker = await serve(answering(work))
    headers = {"Authorization": f"Bearer {token('m-1', 'steward')}"}
    for user in ("ops", "outside"):  # of another account's request, the server rewrites the reply
        done.clear()
        async with await nats.connect(user) as caller:
            await caller.publish(SUBJECT, BODY, reply="ekkyo.fact.events.published.e-1", headers=headers)
            await asyncio.wait_for(done.wait(), 5)
    await ask(SUBJECT, BODY)
    await settled(broker.connection)
    async with await nats.connect() as ops:
        assert (await ops.jetstream().stream_info("FACTS")).state.messages == 0


async def test_a_reply_repeats_no_header_of_the_request(serve: Any, ask: Any, token: Any) -> None:
    await serve(answering())
    headers = {"Authorization": f"Bearer {token('m-1', 'steward')}", "X-Mine": "1", "correlation_id": "2"}
    assert (await ask(SUBJECT, BODY, headers=headers)).headers == {"Content-Type": "application/json"}


async def test_what_has_begun_and_what_has_arrived_is_answered_before_the_service_leaves(serve: Any, ask: Any) -> None:
    inside, go = asyncio.Semaphore(0), asyncio.Event()

    async def work(cmd: WithdrawFromEvent) -> None:
        inside.release()
        await go.wait()

    broker: Broker = await serve(answering(work))
    waiting = [asyncio.create_task(ask(SUBJECT, BODY)) for _ in range(50)]
    await ask.arrived(50)
    await asyncio.wait_for(inside.acquire(), 5)
    finishing = asyncio.create_task(broker.finish())
    await asyncio.sleep(0.05)
    assert not finishing.done()
    go.set()
    await finishing
    assert all("Nats-Service-Error" not in r.headers for r in await asyncio.gather(*waiting))


async def test_nobody_waits_in_vain_while_a_service_leaves(serve: Any, ask: Any) -> None:
    async def work(cmd: WithdrawFromEvent) -> None:
        await asyncio.sleep(0.05)

    broker: Broker = await serve(answering(work))
    asking: list[asyncio.Task[Any]] = []
    for n in range(400):
        asking.append(asyncio.create_task(ask(SUBJECT, BODY)))
        if n == 200:
            stopping = asyncio.create_task(broker.stop())
        await asyncio.sleep(0.001)
    await stopping
    answers = await asyncio.gather(*asking, return_exceptions=True)
    assert all("Nats-Service-Error" not in a.headers for a in answers if not isinstance(a, BaseException))
    assert {type(a) for a in answers if isinstance(a, BaseException)} <= {NoRespondersError}


async def test_the_trace_goes_on_inside_and_the_next_request_has_none_of_it(serve: Any, ask: Any, token: Any) -> None:
    seen: list[str | None] = []

    async def work(cmd: WithdrawFromEvent) -> None:
        seen.append(context.traceparent.get())

    await serve(answering(work))
    headers = {"Authorization": f"Bearer {token('m-1', 'steward')}"}
    sent = f"00-{'ab' * 16}-{'cd' * 8}-00"
    await ask(SUBJECT, BODY, headers=headers | {"traceparent": sent})
    await ask(SUBJECT, BODY, headers=headers | {"traceparent": "nonsense\tx"})
    first, second = seen
    assert first is not None
    assert second is not None
    assert first[:36] == sent[:36]
    assert first[36:52] != sent[36:52]
    assert second[:36] != first[:36]
    assert context.caller.get() is None


async def test_two_instances_in_one_process_share_the_requests(serve: Any, ask: Any) -> None:
    router = answering()
    first, second = await serve(router), await serve(router)
    await asyncio.gather(*(ask(SUBJECT, BODY) for _ in range(50)))
    counts = [
        b.guard.metrics._children[("ekkyo_request_seconds", "events.withdraw", "done")]._sum.get() > 0
        for b in (first, second)
    ]
    assert counts == [True, True]


async def test_figures_are_kept_by_operation_and_outcome_and_hold_no_ids(serve: Any, ask: Any) -> None:
    registry = CollectorRegistry()
    await serve(answering(), registry=registry)
    await ask(SUBJECT, BODY)
    await ask(SUBJECT, BODY, headers={})
    text = generate_latest(registry).decode()
    assert 'ekkyo_request_seconds_count{operation="events.withdraw",outcome="done"} 1.0' in text
    assert 'ekkyo_request_seconds_count{operation="events.withdraw",outcome="denied"} 1.0' in text
    assert "e-1" not in text
    assert "m-1" not in text


async def test_an_answer_that_is_too_large_is_told_as_such(serve: Any, ask: Any) -> None:
    router = Router()

    @router.subscriber(**asked(WithdrawFromEvent))
    async def withdraw(cmd: WithdrawFromEvent) -> Registration:
        return Registration.model_construct(event_id="x" * 9_000_000, member_id="m", status="withdrawn")

    await serve(router)
    assert problem(await ask(SUBJECT, BODY)) == ("500", "answer_too_large")


async def test_a_handler_that_wants_what_nobody_gives_is_told_at_the_start(make: Any) -> None:
    from typing import Annotated

    from faststream import Context

    router = Router()

    @router.subscriber(**asked(WithdrawFromEvent))
    async def withdraw(cmd: WithdrawFromEvent, events: Annotated[Any, Context("events")]) -> Registration:
        raise AssertionError

    with pytest.raises(RuntimeError, match="'events'"):
        await make(router).start()


async def test_requests_are_answered_again_after_the_server_was_killed(serve: Any, ask: Any, nats: Nats) -> None:
    await serve(answering(), reconnect_wait=0.01)
    nats.server.kill()
    await asyncio.sleep(1.5)  # longer than sixty tries: nats-py would have given up
    nats.server.start()

    async def answered() -> bool:
        try:
            return "Nats-Service-Error" not in (await ask(SUBJECT, BODY)).headers
        except Exception:
            return False

    await eventually(answered, 15)
