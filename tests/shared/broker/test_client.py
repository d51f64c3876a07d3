"""The client that other systems use, as the limited user that they get."""

import asyncio
from contextlib import aclosing
from datetime import timedelta
from typing import Any

import pytest
from ekkyo.broker import JetStreamOutbox, Limits, Router, asked
from ekkyo.client import Ekkyo
from ekkyo.contracts.base import Refused
from ekkyo.contracts.events import (
    EventConcluded,
    EventFact,
    EventPublished,
    EventState,
    GetEvent,
    Registration,
    WithdrawFromEvent,
)
from ekkyo.decision.clock import utcnow
from ekkyo.testing import Nats, eventually, settled
from ekkyo.wire import OutMessage, reading

COMMAND = WithdrawFromEvent(event_id="e-1", member_id="m-1")


def answering(work: Any) -> Router:
    router = Router()

    @router.subscriber(**asked(WithdrawFromEvent))
    async def withdraw(cmd: WithdrawFromEvent) -> Registration:
        await work(cmd)
        return Registration(event_id=cmd.event_id, member_id=cmd.member_id, status="withdrawn")

    return router


async def nothing(cmd: WithdrawFromEvent) -> None: ...


async def test_a_command_gives_what_came_of_it_in_its_type(serve: Any, client_as: Any) -> None:
    await serve(answering(nothing))
    async with client_as("m-1", "member") as ekkyo:
        registration = await ekkyo.send(COMMAND)
    assert registration == Registration(event_id="e-1", member_id="m-1", status="withdrawn")


async def test_a_refusal_is_raised_as_it_was_at_the_other_end(serve: Any, client_as: Any) -> None:
    async def work(cmd: WithdrawFromEvent) -> None:
        raise Refused("event_concluded", "会は終わりました。")

    await serve(answering(work))
    async with client_as("m-1", "member") as ekkyo:
        with pytest.raises(Refused) as refused:
            await ekkyo.send(COMMAND)
    assert (refused.value.code, refused.value.detail, refused.value.status) == (
        "event_concluded",
        "会は終わりました。",
        409,
    )


async def test_nobody_there_is_told_as_unavailable(client_as: Any) -> None:
    async with client_as("m-1", "member") as ekkyo:
        with pytest.raises(Refused) as refused:
            await asyncio.wait_for(ekkyo.ask(GetEvent(event_id="e-1"), within=1), 30)
    assert (refused.value.code, refused.value.status) == ("unavailable", 503)


async def test_a_service_that_restarts_is_waited_for(serve: Any, client_as: Any, make: Any) -> None:
    async with client_as("m-1", "member") as ekkyo:
        sending = asyncio.create_task(ekkyo.send(COMMAND))
        await asyncio.sleep(0.3)
        await make(answering(nothing)).start()
        assert (await sending).status == "withdrawn"


async def test_what_was_too_much_at_once_is_said_again(serve: Any, client_as: Any) -> None:
    async def work(cmd: WithdrawFromEvent) -> None:
        await asyncio.sleep(0.02)

    await serve(answering(work), limits=Limits(requests=2))
    async with client_as("m-1", "member") as ekkyo:
        answers = await asyncio.gather(*(ekkyo.send(COMMAND) for _ in range(10)))
    assert len(answers) == 10


async def test_without_an_answer_the_same_is_said_again(
    serve: Any, client_as: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[WithdrawFromEvent] = []

    async def work(cmd: WithdrawFromEvent) -> None:
        said.append(cmd)
        if len(said) == 1:
            await asyncio.sleep(2)

    monkeypatch.setattr("ekkyo.client.ATTEMPT", 0.2)
    await serve(answering(work))
    async with client_as("m-1", "member") as ekkyo:
        assert (await ekkyo.send(COMMAND)).status == "withdrawn"
        assert said == [COMMAND, COMMAND]
        said.clear()
        with pytest.raises(Refused) as refused:
            await ekkyo.send(COMMAND, within=0.15)
        assert (refused.value.code, refused.value.status) == ("no_answer", 503)


async def test_everything_is_taken_from_the_environment(serve: Any, nats: Nats, token: Any) -> None:
    await serve(answering(nothing))
    environment = {
        "EKKYO_NATS_URL": nats.url,
        "EKKYO_NATS_USER": "outside",
        "EKKYO_NATS_PASSWORD": nats.passwords["outside"],
        "EKKYO_TOKEN": token("m-1", "member"),
    }
    async with Ekkyo.connect(environment=environment) as ekkyo:
        assert (await ekkyo.send(COMMAND)).status == "withdrawn"


# Facts


@pytest.fixture
async def tell(serve: Any, nats: Nats) -> Any:
    """`await tell(messages)`: returns when the mirror that another system reads has them too."""
    outbox = JetStreamOutbox(await serve(Router()))

    async def say(messages: list[OutMessage]) -> None:
        await outbox(messages)
        async with await nats.connect() as ops, await nats.connect("outside") as outside:

            async def there() -> bool:
                facts, mirror = [await nc.jetstream().stream_info("FACTS") for nc in (ops, outside)]
                return facts.state.last_seq == mirror.state.last_seq

            await eventually(there)

    return say


async def read(facts: Any, count: int | None = None) -> list[tuple[str, int]]:
    found: list[tuple[str, int]] = []
    async with aclosing(facts):
        async for fact in facts:
            found.append((fact.entity_id, fact.meta.revision))
            if len(found) == count:
                break
    return found


async def test_facts_are_read_from_the_beginning_to_what_is_there(tell: Any, client_as: Any, published: Any) -> None:
    await tell([published(revision=n) for n in range(1, 701)])
    async with client_as("reader") as ekkyo:
        assert await read(ekkyo.facts(EventPublished, follow=False)) == [("e-1", n) for n in range(1, 701)]
        assert await read(ekkyo.facts(EventFact, follow=False)) == [("e-1", n) for n in range(1, 701)]
        assert await read(ekkyo.facts(EventConcluded, follow=False)) == []


async def test_facts_are_replayed_from_a_position_and_from_a_time(tell: Any, client_as: Any, published: Any) -> None:
    await tell([published(revision=1), published(revision=2)])
    await asyncio.sleep(0.3)
    between = utcnow() - timedelta(seconds=0.15)
    await tell([published(revision=3), published(revision=4)])
    async with client_as("reader") as ekkyo:
        assert await read(ekkyo.facts(since=2), 3) == [("e-1", 2), ("e-1", 3), ("e-1", 4)]
        assert await read(ekkyo.facts(since=between), 2) == [("e-1", 3), ("e-1", 4)]
        assert await read(ekkyo.facts(since=4, follow=False)) == [("e-1", 4)]


async def test_facts_about_one_entity_are_picked_out(tell: Any, client_as: Any, published: Any) -> None:
    await tell([published("e-1"), published("e-2"), published("e-3"), published("e-2", 2)])
    async with client_as("reader") as ekkyo:
        assert await read(ekkyo.facts(entity="e-2", follow=False)) == [("e-2", 1), ("e-2", 2)]
        assert await read(ekkyo.facts(EventPublished, entity="e-3", follow=False)) == [("e-3", 1)]


async def test_who_follows_hears_what_is_new_at_once(
    tell: Any, client_as: Any, published: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "QUIET", 600.0)  # so it does not hear by asking again
    await tell([published(revision=1)])
    async with client_as("reader") as ekkyo:
        listening = asyncio.create_task(read(ekkyo.facts(EventPublished), 3))

        async def open_readers() -> bool:
            return bool(await ekkyo.js.stream_info("FACTS")) and (
                (await ekkyo.js.stream_info("FACTS")).state.consumer_count > 0
            )

        await eventually(open_readers)
        for n in (2, 3, 4):
            await tell([published(revision=n)])
        assert await asyncio.wait_for(listening, 30) == [("e-1", 2), ("e-1", 3), ("e-1", 4)]


async def test_a_durable_goes_on_where_it_was_when_the_next_was_asked_for(
    tell: Any, client_as: Any, published: Any
) -> None:
    await tell([published(revision=n) for n in range(1, 8)])
    async with client_as("reader") as ekkyo:
        first = await read(ekkyo.facts(EventPublished, durable="plan", since=1), 3)
    async with client_as("reader") as ekkyo:
        second = await read(ekkyo.facts(EventPublished, durable="plan"), 3)
        third = await read(ekkyo.facts(EventPublished, durable="plan", follow=False))
    assert [n for _, n in first] == [1, 2, 3]
    assert [n for _, n in second] == [3, 4, 5], "the third was not done: nobody asked for the fourth"
    assert [n for _, n in third] == [5, 6, 7]


async def test_reading_goes_on_after_the_server_was_killed(
    tell: Any, client_as: Any, published: Any, nats: Nats
) -> None:
    await tell([published(revision=1)])
    async with client_as("reader") as ekkyo:
        heard: list[int] = []

        async def listen() -> None:
            async for fact in ekkyo.facts(EventPublished, since=1):
                heard.append(fact.meta.revision)

        listening = asyncio.create_task(listen())
        await eventually(lambda: heard == [1])
        nats.server.kill()
        await asyncio.sleep(0.2)
        nats.server.start()
        await tell([published(revision=2)])
        await eventually(lambda: heard == [1, 2], 20)
        listening.cancel()


async def test_a_fact_that_cannot_be_read_is_passed_over(tell: Any, client_as: Any, published: Any) -> None:
    good: OutMessage = published()
    await tell([OutMessage(good.subject, good.headers | {"Nats-Msg-Id": "x"}, b"{}"), published(revision=2)])
    async with client_as("reader") as ekkyo:
        assert await read(ekkyo.facts(follow=False)) == [("e-1", 2)]


async def test_the_outside_user_tells_no_facts(nats: Nats, client_as: Any, published: Any) -> None:
    good: OutMessage = published()
    async with client_as("reader") as ekkyo:
        await ekkyo.nc.publish(good.subject, good.body, headers=good.headers)
        await settled(ekkyo.nc)
        assert (await ekkyo.js.stream_info("FACTS")).state.messages == 0


def test_a_state_reads_as_it_was_written(published: Any) -> None:
    assert EventState.model_validate_json(EventPublished.model_validate_json(published().body).event.model_dump_json())
