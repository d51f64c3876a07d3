"""Reactions to facts through a real server: none is lost, none goes on for ever, and dead letters come back."""

import asyncio
import time
from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest
from ekkyo.broker import Broker, JetStreamOutbox, Limits, NotProvisioned, NotYet, Retries, told
from ekkyo.broker.intake import Pull
from ekkyo.broker.routes import Reaction
from ekkyo.broker.streams import durable_of
from ekkyo.contracts.events import EventFact, EventPublished
from ekkyo.contracts.members import MemberFact
from ekkyo.testing import Nats, settled
from ekkyo.testing.waiting import eventually, run_out
from ekkyo.wire import OutMessage, context, facts_by_type

from .hearing import QUICK, hearing, is_zero, letters, pending


async def test_a_fact_is_heard_with_its_envelope_at_once(
    serve: Any, published: Any, nats: Nats, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It waits for no clock: for no others to be heard with, no next request for messages, and no second try."""
    monkeypatch.setattr(Pull, "EXPIRES", 600.0)
    monkeypatch.setattr(Pull, "SILENCE", 120.0)
    heard: asyncio.Queue[EventPublished] = asyncio.Queue()
    broker = await serve(hearing(heard.put))
    for revision in (1, 2):
        with run_out() as waited:
            await JetStreamOutbox(broker)([published(revision=revision)])
            fact = await asyncio.wait_for(heard.get(), 30)
        assert waited == []
        assert (fact.meta.id, fact.meta.actor, fact.meta.sequence) == (f"events/e-1/{revision}/0", "m-1", revision)
        assert fact.event.title == "もくもく会"
        await asyncio.sleep(0.05)
    async with await nats.connect() as ops:
        assert (await ops.jetstream().consumer_info("FACTS", "events-listen")).num_redelivered == 0


async def test_a_reaction_that_fails_is_told_again_after_growing_pauses_until_it_succeeds(
    serve: Any, published: Any, nats: Nats
) -> None:
    tried: list[float] = []

    async def work(fact: EventPublished) -> None:
        tried.append(time.monotonic())
        if len(tried) < 4:
            raise RuntimeError("down")

    broker = await serve(hearing(work), retries=replace(QUICK, first=0.1, longest=5))
    await JetStreamOutbox(broker)([published()])
    await eventually(lambda: len(tried) == 4)
    pauses = [b - a for a, b in pairwise(tried)]
    assert 0.08 <= pauses[0] < pauses[1] < pauses[2]
    await eventually(lambda: is_zero(pending(nats)))
    assert await letters(nats) == []


def test_the_pauses_grow_from_one_second_to_five_minutes() -> None:
    first = [Retries().pause(n) for n in range(1, 8)]
    assert 0.8 <= first[0] <= 1.2
    assert first == sorted(first)
    assert 240 <= Retries().pause(7) <= 360
    assert len({Retries().pause(3) for _ in range(5)}) > 1, "jittered: those that failed together come back apart"


async def test_who_has_not_heard_enough_yet_is_told_again_shortly(serve: Any, published: Any, nats: Nats) -> None:
    tried: list[str] = []

    async def work(fact: EventPublished) -> None:
        tried.append(fact.event_id)
        if len(tried) < 3:
            raise NotYet("contact unknown")

    errors_wait_for_minutes = Retries(first=600, longest=600, not_yet=0.02)
    broker = await serve(hearing(work), retries=errors_wait_for_minutes)
    await JetStreamOutbox(broker)([published()])
    await eventually(lambda: len(tried) == 3)


async def test_a_long_reaction_is_not_handed_out_a_second_time(
    make: Any, published: Any, nats: Nats, provisioned: Any
) -> None:
    tried: list[str] = []

    async def work(fact: EventPublished) -> None:
        tried.append(fact.event_id)
        await asyncio.sleep(2.5)

    router = hearing(work)
    await provisioned(router)
    async with await nats.connect() as ops:
        await ops.jetstream().add_consumer("FACTS", replace(durable_of(router.reactions[0]), ack_wait=1.0))
        broker = make(router, limits=Limits(heartbeat=0.4))
        await broker.start()
        await JetStreamOutbox(broker)([published()])
        await eventually(lambda: is_zero(pending(nats)))
    assert len(tried) == 1


async def test_a_service_does_not_make_what_provisioning_forgot(make: Any, nats: Nats) -> None:
    async def work(fact: EventPublished) -> None: ...

    await nats.allow("events", {"FACTS": ("events-listen",)})
    with pytest.raises(NotProvisioned, match="FACTS/events-listen"):
        await make(hearing(work)).start()
    async with await nats.connect() as ops:
        assert [c.name for c in await ops.jetstream().consumers_info("FACTS")] == ["system-outside"]


async def test_a_durable_that_hears_other_subjects_is_told_at_the_start(
    make: Any, nats: Nats, provisioned: Any
) -> None:
    async def work(fact: EventPublished) -> None: ...

    router = hearing(work)
    await provisioned(router)
    async with await nats.connect() as ops:
        narrow = replace(durable_of(router.reactions[0]), filter_subjects=["ekkyo.fact.events.published.*"])
        await ops.jetstream().add_consumer("FACTS", narrow)
    with pytest.raises(NotProvisioned, match="hears other subjects"):
        await make(router).start()


async def test_two_instances_share_a_reaction_and_each_fact_is_heard_once(serve: Any, published: Any) -> None:
    heard: list[int] = []

    async def work(fact: EventPublished) -> None:
        heard.append(fact.meta.revision)
        await asyncio.sleep(0.001)

    router = hearing(work)
    first, _ = await serve(router), await serve(router)
    await JetStreamOutbox(first)([published(revision=n) for n in range(1, 501)])
    await eventually(lambda: len(heard) >= 500)
    await asyncio.sleep(0.2)
    assert sorted(heard) == list(range(1, 501))


async def test_reactions_go_on_after_the_server_was_killed(serve: Any, published: Any, nats: Nats) -> None:
    heard: list[int] = []

    async def work(fact: EventPublished) -> None:
        heard.append(fact.meta.revision)

    broker = await serve(hearing(work))
    nats.server.kill()
    await asyncio.sleep(0.3)
    nats.server.start()
    await JetStreamOutbox(broker)([published()])
    await eventually(lambda: heard == [1], 5)


async def test_a_durable_that_is_gone_is_asked_for_now_and_then_and_heard_once_it_is_made_anew(
    serve: Any, published: Any, nats: Nats
) -> None:
    heard: list[int] = []

    async def work(fact: EventPublished) -> None:
        heard.append(fact.meta.revision)

    router = hearing(work)
    broker: Broker = await serve(router)
    await JetStreamOutbox(broker)([published()])
    await eventually(lambda: heard == [1], 5)
    async with await nats.connect() as ops:
        await ops.jetstream().delete_consumer("FACTS", "events-listen")
        said = broker.connection.stats["out_msgs"]
        await asyncio.sleep(2)  # in which it must not do much
        assert broker.connection.stats["out_msgs"] - said < 20
        await ops.jetstream().add_consumer("FACTS", durable_of(router.reactions[0]))
    await eventually(lambda: heard == [1, 1], 5)


async def test_what_has_begun_ends_before_the_service_leaves(serve: Any, published: Any, nats: Nats) -> None:
    inside, go, ended = asyncio.Event(), asyncio.Event(), asyncio.Event()

    async def work(fact: EventPublished) -> None:
        inside.set()
        await go.wait()
        ended.set()

    broker: Broker = await serve(hearing(work))
    await JetStreamOutbox(broker)([published()])
    await asyncio.wait_for(inside.wait(), 5)
    finishing = asyncio.create_task(broker.finish())
    await asyncio.sleep(0.05)
    assert not finishing.done()
    go.set()
    await finishing
    await broker.stop()
    assert ended.is_set()
    assert await pending(nats) == 0, "and it was acknowledged"


async def test_the_trace_goes_on_from_the_fact_and_nobody_is_the_caller(serve: Any, published: Any) -> None:
    seen: list[Any] = []

    async def work(fact: EventPublished) -> None:
        seen.append((context.traceparent.get(), context.caller.get(), context.actor("events")))

    broker = await serve(hearing(work))
    await JetStreamOutbox(broker)([published(traceparent=f"00-{'ab' * 16}-{'cd' * 8}-00")])
    await eventually(lambda: seen)
    ((trace, caller, actor),) = seen
    assert trace.startswith(f"00-{'ab' * 16}-")
    assert "cd" * 8 not in trace
    assert (caller, actor) == (None, "events")


async def test_a_message_sent_straight_to_a_services_inbox_is_no_fact(serve: Any, published: Any, nats: Nats) -> None:
    heard: list[Any] = []

    async def work(fact: EventPublished) -> None:
        heard.append(fact)

    broker: Broker = await serve(hearing(work))
    inbox = next(i._inbox for i in broker._intakes if hasattr(i, "_inbox"))
    async with await nats.connect("members") as other:  # services may publish to inboxes: they answer
        good: OutMessage = published()
        await other.publish(
            f"{inbox}.1", good.body, headers=good.headers, reply="$JS.ACK.FACTS.events-listen.1.1.1.1.0"
        )
        await settled(other)
    await asyncio.sleep(0.1)
    assert heard == []


def test_a_base_class_stands_for_all_the_facts_that_derive_from_it() -> None:
    reaction = told(MemberFact, by="notify", name="contacts", start="beginning")["to"]
    assert isinstance(reaction, Reaction)
    members = {f"{f.subject}.*" for f in facts_by_type().values() if issubclass(f, MemberFact)}
    assert len(members) > 3
    assert set(reaction.subjects) == members
    everything = told(EventFact, by="x", name="y", start="new")["to"]
    assert isinstance(everything, Reaction)
    assert "ekkyo.fact.events.concluded.*" in everything.subjects
