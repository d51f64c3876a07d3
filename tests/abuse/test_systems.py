"""Other systems on a real server: each can do what it is meant to, and attacks from one come to nothing."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import suppress
from typing import Any

import pytest
import pytest_asyncio
from ekkyo.installation import mirrors
from ekkyo.installation.systems import OWNERS, System
from ekkyo.testing import Nats, eventually, settled
from nats.errors import Error
from nats.js.api import AckPolicy, ConsumerConfig, StreamConfig, StreamSource
from nats.js.errors import APIError, NotFoundError

from tests.abuse.walls import (
    DURABLE,
    ERASED,
    FACT,
    HR,
    PERSONAL,
    SEATS,
    Walls,
    answer_to,
    closed,
    connected_as,
    has,
    heard,
    refused,
)


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


# What a system does


async def test_a_system_reads_facts_with_every_kind_of_consumer_and_asks_what_it_may(walls: Walls) -> None:
    js = await walls.js("hr")
    durable = await js.pull_subscribe("ekkyo.fact.>", durable="mine", stream="FACTS")
    first, *_ = facts = await durable.fetch(3, timeout=3)
    assert [fact.subject for fact in facts] == [FACT, PERSONAL, ERASED]
    assert first.headers == {"ce-id": FACT}
    assert first.metadata.sequence.stream == 1, "its places are those of FACTS"
    for fact in facts:
        await fact.ack_sync()
    ordered = await js.subscribe("ekkyo.fact.>", stream="FACTS", ordered_consumer=True)
    assert [(await ordered.next_msg(3)).subject for _ in range(3)] == [FACT, PERSONAL, ERASED]
    pushed = await js.subscribe("ekkyo.fact.events.>", stream="FACTS", durable="pushed")
    assert (await pushed.next_msg(3)).subject == FACT
    assert await heard(js, name="chosen", filter_subjects=[FACT, ERASED]) == [FACT, ERASED]
    assert (await js.get_last_msg("FACTS", FACT, direct=True)).seq == 1
    async with await walls.nats.connect("members") as service:

        async def answer(msg: Any) -> None:
            await service.publish(msg.reply, b"done")

        await service.subscribe("ekkyo.cmd.members.>", cb=answer)
        await settled(service)
        hr = await walls.client("hr")
        assert await answer_to(hr, "ekkyo.cmd.members.register") == b"done"


async def test_an_ordered_consumer_with_filters_is_made_as_other_languages_make_it(walls: Walls) -> None:
    """nats.js names none in the subject; the body says which facts it is for."""
    config = {"ack_policy": "none", "deliver_policy": "all", "filter_subjects": [FACT, ERASED], "mem_storage": True}
    body = json.dumps({"stream_name": "FACTS", "config": config}).encode()
    made = await (await walls.client("hr")).request("$JS.API.CONSUMER.CREATE.FACTS", body, timeout=2)
    assert json.loads(made.data)["config"]["filter_subjects"] == [FACT, ERASED]


async def test_facts_about_members_are_heard_by_systems_that_are_named_for_them_alone(walls: Walls) -> None:
    js = await walls.js("seats")
    assert await heard(js) == [FACT, ERASED]
    assert await heard(js, filter_subject=PERSONAL) == []
    with pytest.raises(NotFoundError):
        await js.get_msg("FACTS", 2)
    with pytest.raises(NotFoundError):
        await js.get_last_msg("FACTS", PERSONAL, direct=True)
    assert PERSONAL in await heard(await walls.js("hr"))


async def test_a_system_asks_what_it_may_and_nothing_else(walls: Walls) -> None:
    async with await walls.nats.connect("events") as events, await walls.nats.connect("members") as members:
        asked = []
        for service, nc in (("events", events), ("members", members)):
            asked += [await nc.subscribe(f"ekkyo.{kind}.{service}.>") for kind in ("cmd", "ask")]
        await settled(events, members)
        for user in ("hr", "seats"):
            nc = await walls.client(user)
            for subject in (
                "ekkyo.cmd.members.erase",
                "ekkyo.ask.members.get",
                "ekkyo.ask.events.list",
                "ekkyo.cmd.events.cancel",
            ):
                await nc.publish(subject, user.encode())
            await settled(nc)
        await settled(events, members)
        got = {
            (msg.subject, msg.data.decode())
            for one in asked
            for msg in [await one.next_msg(1) for _ in range(one.pending_msgs)]
        }
    assert got == {
        ("ekkyo.cmd.members.erase", "hr"),
        ("ekkyo.ask.members.get", "hr"),
        ("ekkyo.ask.events.list", "seats"),
    }


# What an attacker tries in it

DIRECTED = (
    *(f"ekkyo.{kind}.x.y" for kind in ("dead", "again", "timer", "due")),
    "ekkyo.fact.events.cancelled.e1",
    "ekkyo.cmd.members.erase",
    f"$JS.API.CONSUMER.MSG.NEXT.FACTS.{DURABLE}",
    f"$JS.API.CONSUMER.DELETE.FACTS.{DURABLE}",
    f"$JS.ACK.FACTS.{DURABLE}.1.1.1.1.0",
    "$JS.API.STREAM.PURGE.FACTS",
    "$JS.API.STREAM.DELETE.FACTS",
    "$JS.API.STREAM.MSG.DELETE.FACTS",
    "$JS.API.STREAM.CREATE.MINE",
    "$JS.FC.FACTS.system-seats.x",
    "ekkyo.mirror.system-seats",
    "ekkyo.system.system-seats.STREAM.DELETE.FACTS",
    "ekkyo.origin.CONSUMER.RESET.FACTS.system-hr",
    "ekkyo.origin.CONSUMER.RESET.FACTS.system-seats",
    "_INBOX.members.x",
    "_INBOX.ops.x",
    "_INBOX.seats.x",
    "_R_.x.y",
    "$SRV.PING",
)
"""Where a server is told to deliver a fact, past what the one who asks for it may say."""


async def test_wherever_a_pull_has_facts_delivered_to_nothing_but_ones_own_mirror_can_be_touched(walls: Walls) -> None:
    before, others = await walls.state(), await (await walls.js("seats")).stream_info("FACTS")
    hr, js = await walls.client("hr"), await walls.js("hr")
    with suppress(NotFoundError):
        for reply in DIRECTED:
            await js.add_consumer("FACTS", ConsumerConfig(durable_name=DURABLE, ack_policy=AckPolicy.EXPLICIT))
            await hr.publish(
                f"$JS.API.CONSUMER.MSG.NEXT.FACTS.{DURABLE}", b'{"batch": 5, "no_wait": true}', reply=reply
            )
            await hr.publish("$JS.API.STREAM.MSG.GET.FACTS", b'{"seq": 2}', reply=reply)
            await hr.publish("$JS.API.DIRECT.GET.FACTS", b'{"seq": 2}', reply=reply)
            if reply.startswith(("$JS.ACK.", "$JS.FC.")):  # said without a detour: of one's own account alone
                await hr.publish(reply, b"+TERM")
            await settled(hr)
            await js.delete_consumer("FACTS", DURABLE)
    await settled(walls.ops)
    assert await walls.state() == before
    now = await (await walls.js("seats")).stream_info("FACTS")
    assert (now.state.messages, now.state.last_seq, now.created) == (
        others.state.messages,
        others.state.last_seq,
        others.created,
    )


async def test_wherever_a_push_has_facts_delivered_to_nothing_but_ones_own_mirror_can_be_touched(walls: Walls) -> None:
    before, js = await walls.state(), await walls.js("hr")
    for subject in DIRECTED:
        with suppress(APIError, Error):
            config = ConsumerConfig(
                name="p", deliver_subject=subject, ack_policy=AckPolicy.EXPLICIT, flow_control=True, idle_heartbeat=0.2
            )
            await js.add_consumer("FACTS", config)
            await asyncio.sleep(0.05)
            await js.delete_consumer("FACTS", "p")
    await settled(walls.ops)
    assert await walls.state() == before


async def test_facts_that_are_delivered_to_a_command_are_no_question_and_no_reaction(
    walls: Walls, running: Any
) -> None:
    """A consumer called like a service's own, told to deliver to a command, would have that service react again."""
    from ekkyo_notify.app import service

    async with running(service, smtp_url="smtp://127.0.0.1:9", mail_from="x@example.com") as it:
        nc, outside = await walls.client("outside"), await walls.js("outside")
        await eventually(walls.settled)
        before = await walls.state()
        taken = [name for name in before["names"] if not name.startswith("system-")]
        for name in taken:
            await outside.add_consumer("FACTS", ConsumerConfig(durable_name=name, ack_policy=AckPolicy.EXPLICIT))
            told = {"reply": "ekkyo.cmd.notify.connect_channel"}
            await nc.publish(f"$JS.API.CONSUMER.MSG.NEXT.FACTS.{name}", b'{"batch": 1, "no_wait": true}', **told)
        dropped = it.broker.guard.metrics.forged._value
        await eventually(lambda: dropped.get() == len(taken))
        assert await walls.state() == before


async def test_a_reply_cannot_be_directed(walls: Walls) -> None:
    before, replies = await walls.state(), []
    async with await walls.nats.connect("members") as service:
        asked = await service.subscribe("ekkyo.cmd.members.>")
        await settled(service)
        hr = await walls.client("hr")
        for subject in DIRECTED:
            await hr.publish("ekkyo.cmd.members.register", b"{}", reply=subject)
        await hr.publish("ekkyo.cmd.members.register", b"the last", reply="_INBOX.x")
        await settled(hr)
        said = b""
        while said != b"the last":
            msg = await asked.next_msg(3)
            said = msg.data
            replies.append(msg.reply)
            await service.publish(msg.reply, b'{"forged": true}')
        await settled(service)
    assert all(reply.startswith("_R_.") for reply in replies)
    assert not set(replies) & set(DIRECTED)
    assert await walls.state() == before


async def test_a_system_neither_sees_nor_touches_anothers_consumers_answers_or_mirror(walls: Walls) -> None:
    theirs = await walls.js("seats")
    await theirs.add_consumer("FACTS", ConsumerConfig(durable_name="same", ack_policy=AckPolicy.EXPLICIT))
    mine, hr = await walls.js("hr"), await walls.client("hr")
    with pytest.raises(NotFoundError):
        await mine.consumer_info("FACTS", "same")
    with pytest.raises(NotFoundError):
        await mine.delete_consumer("FACTS", "same")
    await mine.add_consumer("FACTS", ConsumerConfig(durable_name="same", ack_policy=AckPolicy.EXPLICIT))
    await (await mine.pull_subscribe_bind("same", "FACTS")).fetch(1, timeout=2)
    assert (await theirs.consumer_info("FACTS", "same")).delivered.consumer_seq == 0
    listening = await hr.subscribe("_INBOX.>")
    async with await walls.nats.connect("events") as service:

        async def answer(msg: Any) -> None:
            await service.publish(msg.reply, b"personal")

        await service.subscribe("ekkyo.ask.events.>", cb=answer)
        await settled(service)
        seats = await walls.client("seats")
        assert await answer_to(seats, "ekkyo.ask.events.list") == b"personal"
    await settled(hr)
    assert b"personal" not in [(await listening.next_msg(1)).data for _ in range(listening.pending_msgs)]


async def test_a_system_makes_no_stream_no_mirror_and_no_source_and_changes_none(walls: Walls) -> None:
    js = await walls.js("hr")
    for config in (
        StreamConfig("MINE", subjects=["hr.>"]),
        StreamConfig("MINE", mirror=StreamSource("FACTS")),
        StreamConfig("MINE", sources=[StreamSource("FACTS")]),
    ):
        with pytest.raises((APIError, Error)):
            await js.add_stream(config)
    with pytest.raises((APIError, Error)):
        await js.update_stream((await js.stream_info("FACTS")).config.evolve(description="mine"))
    for act in (js.delete_stream("FACTS"), js.purge_stream("FACTS"), js.delete_msg("FACTS", 1)):
        with pytest.raises((APIError, Error)):
            await act
    assert (await js.stream_info("FACTS")).state.messages == 3
    for subject in ("$JS.EVENT.ADVISORY.>", "$SYS.>", "ekkyo.>", "ekkyo.mirror.*", ">", "$SRV.>", "_R_.>"):
        refused = asyncio.Event()
        nc = await walls.nats.connect("seats", error_cb=_set(refused))
        await nc.subscribe(subject)
        await asyncio.wait_for(refused.wait(), 3)
        await nc.close()


def _set(refused: asyncio.Event) -> Any:
    async def note(error: Exception) -> None:
        if "permissions violation" in str(error).lower():
            refused.set()

    return note


async def test_a_system_that_wants_too_much_is_refused(walls: Walls) -> None:
    js, made = await walls.js("hr"), 0
    with suppress(APIError):
        for made in range(300):
            await js.add_consumer("FACTS", ConsumerConfig(durable_name=f"d{made}", ack_policy=AckPolicy.EXPLICIT))
    assert made == HR.consumers
    await heard(await walls.js("seats"))
    open_, refused = [], False
    try:
        for _ in range(HR.connections + 1):
            open_.append(await walls.nats.connect("hr", max_reconnect_attempts=1))
    except (Error, OSError):
        refused = True
    for nc in open_:
        await nc.close()
    assert refused
    hr = await walls.client("hr")
    with suppress(Error, OSError):
        await hr.publish("ekkyo.cmd.members.import", b"x" * (HR.payload + 1))
    await eventually(lambda: hr.is_closed)


# Its mirror


async def test_a_mirror_goes_on_after_the_server_was_killed_and_keeps_up(walls: Walls) -> None:
    walls.nats.server.restart()
    async with await walls.nats.connect("events") as events:
        await events.jetstream().publish("ekkyo.fact.events.published.e2", b"{}")
    walls.clients.clear()
    await eventually(lambda: has(walls, "seats", 3), 20)


async def test_a_mirror_that_is_made_again_leaves_readers_where_they_were(walls: Walls) -> None:
    js = await walls.js("hr")
    reader = await js.pull_subscribe("ekkyo.fact.>", durable="mine", stream="FACTS")
    [fact] = await reader.fetch(1, timeout=3)
    await fact.ack_sync()
    narrower = HR.model_copy(update={"hears": ("events", "surveys")})
    await walls.nats.add(narrower)
    walls.clients.clear()
    await eventually(lambda: has(walls, "hr", 2))
    js = await walls.js("hr")
    again = await js.pull_subscribe_bind("mine", "FACTS")
    assert [msg.subject for msg in await again.fetch(5, timeout=1)] == [ERASED]


async def test_who_is_no_system_any_more_is_not_let_in_and_leaves_nothing(walls: Walls) -> None:
    assert {mirror.account for mirror in await mirrors.mirrors(walls.ops.jetstream())} == {
        "system-outside",
        "system-hr",
        "system-seats",
    }
    await mirrors.remove(walls.ops, HR.account)
    del walls.nats.systems["hr"]
    await mirrors.connect_mirrors(walls.nats._reload, walls.nats.connect, tuple(walls.nats.systems.values()))
    await eventually(lambda: refused(walls, "hr"))
    async with await walls.nats.connect() as ops:
        assert "system-hr" not in [info.name for info in await ops.jetstream().consumers_info("FACTS")]


def test_what_a_system_may_is_said_in_subjects() -> None:
    assert HR.asks() == ["ekkyo.cmd.members.*", "ekkyo.ask.members.*"]
    wide = System(name="x", may=("events.list", "events.*", "members.get"))
    assert wide.asks() == [f"ekkyo.{kind}.{one}" for kind in ("cmd", "ask") for one in ("events.*", "members.get")]
    assert System(name="x", may=("*", "events.*")).asks() == ["ekkyo.cmd.>", "ekkyo.ask.>"]
    for wrong in ("event.*", "ekkyo.>", "events", "members.get\n", ">", 'x"'):
        with pytest.raises(ValueError, match="give"):
            System(name="x", may=(wrong,))
    with pytest.raises(ValueError, match="pattern"):
        System(name="SYS")
    assert System(name="x", hears=OWNERS).filters() == [f"ekkyo.fact.{owner}.>" for owner in OWNERS]
