"""Publishing: confirmed, in order, and stored once however often it is said."""

import asyncio
from typing import Any, ClassVar

import pytest
from ekkyo.broker import JetStreamOutbox, Router
from ekkyo.decision import Cancel, Set, Timer
from ekkyo.decision.clock import utcnow
from ekkyo.publishing import NotPublished
from ekkyo.testing import Nats, settled
from ekkyo.wire import OutMessage, timer_message
from nats.js.api import AckPolicy, ConsumerConfig
from nats.js.errors import NotFoundError


class Later(Timer):
    subject: ClassVar[str] = "ekkyo.timer.events.later"


async def stored(nats: Nats, stream: str = "FACTS") -> list[str]:
    async with await nats.connect() as ops:
        js = ops.jetstream()
        state = (await js.stream_info(stream)).state
        found = [await js.get_msg(stream, n) for n in range(state.first_seq, state.last_seq + 1) if state.messages]
        return [(m.headers or {}).get("Nats-Msg-Id", "") for m in found]


async def test_facts_are_stored_in_the_order_they_were_said_in(serve: Any, nats: Nats, published: Any) -> None:
    broker = await serve(Router())
    await JetStreamOutbox(broker)([published(revision=n) for n in range(1, 201)])
    assert await stored(nats) == [f"events/e-1/{n}/0" for n in range(1, 201)]


async def test_said_again_a_fact_is_stored_once(serve: Any, nats: Nats, published: Any) -> None:
    outbox = JetStreamOutbox(await serve(Router()))
    await outbox([published()])
    await outbox([published(), published(revision=2)])
    assert await stored(nats) == ["events/e-1/1/0", "events/e-1/2/0"]


async def test_what_was_not_confirmed_in_time_is_said_again_with_the_same_id(
    serve: Any, nats: Nats, published: Any
) -> None:
    broker = await serve(Router())
    said: list[str] = []
    publish = broker.connection.publish

    async def counted(subject: str, *args: Any, **kwargs: Any) -> None:
        said.append(subject)
        await publish(subject, *args, **kwargs)

    broker.connection.publish = counted
    nats.server.freeze()
    saying = asyncio.create_task(JetStreamOutbox(broker, attempt=0.2)([published()]))
    await asyncio.sleep(1)
    assert not saying.done()
    nats.server.thaw()
    await saying
    assert said.count("ekkyo.fact.events.published.e-1") > 1
    assert await stored(nats) == ["events/e-1/1/0"]


async def test_what_is_said_while_the_server_is_away_is_stored_when_it_is_back(
    serve: Any, nats: Nats, published: Any
) -> None:
    broker = await serve(Router())
    nats.server.kill()
    saying = asyncio.create_task(JetStreamOutbox(broker, attempt=0.3)([published()]))
    await asyncio.sleep(0.5)
    nats.server.start()
    await saying
    assert await stored(nats) == ["events/e-1/1/0"]


async def test_without_a_confirmation_in_the_end_it_says_so(serve: Any, nats: Nats) -> None:
    broker = await serve(Router())
    nobody = OutMessage("ekkyo.fact.events.published.e-1", {"Nats-Msg-Id": "x", "Nats-Expected-Stream": "OTHER"})
    with pytest.raises(NotPublished, match="10060"):
        await JetStreamOutbox(broker, within=0.5, attempt=0.2)([nobody])


async def test_of_several_messages_for_one_timer_the_last_counts(serve: Any, nats: Nats) -> None:
    outbox = JetStreamOutbox(await serve(Router()))
    later = utcnow().replace(year=utcnow().year + 1)
    a, b = Later(id="a").at(later), Later(id="b").at(later)
    cancel_a, cancel_b = Later.cancel("a"), Later.cancel("b")
    changes: list[Set | Cancel] = [a, cancel_a, b, cancel_b, b]
    await outbox([timer_message(change, id=str(n)) for n, change in enumerate(changes)])
    assert await stored(nats, "TIMERS") == ["4"]
    await outbox([timer_message(cancel_b, id="5")])
    async with await nats.connect() as ops:
        assert (await ops.jetstream().stream_info("TIMERS")).state.messages == 0


async def test_nothing_to_say_says_nothing(serve: Any) -> None:
    await JetStreamOutbox(await serve(Router()))([])


async def test_facts_are_purged_after_what_was_said_before_and_before_what_is_said_after(
    serve: Any, nats: Nats, published: Any
) -> None:
    """Only members may: nobody else takes a fact out of the stream."""
    outbox = JetStreamOutbox(await serve(Router(), "members"))
    person, other = "ekkyo.fact.members.registered.m1", "ekkyo.fact.members.registered.m2"

    def fact(subject: str, n: int) -> OutMessage:
        return OutMessage(subject, {"Nats-Msg-Id": f"{subject}/{n}"}, f"secret: {subject}".encode())

    said = [fact(person, n) for n in range(30)]
    await outbox([*said, fact(other, 0), OutMessage(person, purge=True), fact("ekkyo.fact.members.purged.m1", 0)])
    assert await in_order(nats) == ["ekkyo.fact.members.registered.m2/0", "ekkyo.fact.members.purged.m1/0"]
    await outbox([OutMessage(person, purge=True)])
    assert len(await in_order(nats)) == 2
    async with await nats.connect("outside") as outside:
        mirror = (await outside.jetstream().stream_info("FACTS", subjects_filter=">")).state
    assert person not in (mirror.subjects or {})
    on_disk = b"".join(f.read_bytes() for f in nats.folder.rglob("*.blk"))
    assert f"secret: {other}".encode() in on_disk
    assert f"secret: {person}".encode() not in on_disk, "what is purged is overwritten, not merely forgotten"


async def test_a_purge_looks_in_every_stream_and_says_where_it_found_what_does_not_belong(
    serve: Any, nats: Nats, caplog: pytest.LogCaptureFixture
) -> None:
    """Whoever runs Ekkyo can have the server deliver a fact into another stream: it keeps its subject there."""
    person = "ekkyo.fact.members.registered.m1"
    outbox = JetStreamOutbox(await serve(Router(), "members"))
    await outbox([OutMessage(person, {"Nats-Msg-Id": "1"}, b"secret")])
    async with await nats.connect() as ops:
        js = ops.jetstream()
        await js.add_consumer("FACTS", ConsumerConfig(durable_name="copying", ack_policy=AckPolicy.EXPLICIT))
        for stream, subject in (("DEAD", "dead"), ("AGAIN", "again"), ("TIMERS", "timer")):
            await ops.publish("$JS.API.STREAM.MSG.GET.FACTS", b'{"seq": 1}', reply=f"ekkyo.{subject}.x.y")
            await ops.publish("$JS.API.CONSUMER.MSG.NEXT.FACTS.copying", b"1", reply=f"ekkyo.{subject}.x.z")
            await settled(ops)
            again = await js.consumer_info("FACTS", "copying")
            await js.delete_consumer("FACTS", "copying")
            await js.add_consumer("FACTS", again.config)
            copies = (await js.stream_info(stream, subjects_filter=person)).state.subjects or {}
            assert copies == {person: 1}, stream
        with caplog.at_level("INFO"):
            await outbox([OutMessage(person, purge=True)])
        for stream in ("FACTS", "DEAD", "AGAIN", "TIMERS"):
            assert not (await js.stream_info(stream, subjects_filter=person)).state.subjects
    [line] = [line for line in caplog.records if line.name == "ekkyo.publishing"]
    assert sorted(line.where_none_belong) == ["AGAIN", "DEAD", "TIMERS"]  # type: ignore[attr-defined]
    assert "m1" not in caplog.text


async def test_a_service_that_may_not_purge_says_so_in_the_end(serve: Any, nats: Nats, published: Any) -> None:
    outbox = JetStreamOutbox(await serve(Router()), within=0.5, attempt=0.2)
    await outbox([published()])
    with pytest.raises(NotPublished):
        await outbox([OutMessage("ekkyo.fact.events.published.e-1", purge=True)])
    assert await stored(nats) == ["events/e-1/1/0"]


async def in_order(nats: Nats) -> list[str]:
    """The ids of what lies in FACTS, where some of it was taken out."""
    found, last = list[str](), 0
    async with await nats.connect() as ops:
        while True:
            try:
                message = await ops.jetstream().get_msg("FACTS", last + 1, subject=">", next=True)
            except NotFoundError:
                return found
            last = message.seq or 0
            found.append((message.headers or {})["Nats-Msg-Id"])
