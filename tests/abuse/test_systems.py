"""Other systems on a real server: each can do what it is meant to, and nothing else."""

import json
from contextlib import suppress
from typing import Any

import pytest
from ekkyo.installation.systems import OWNERS, System
from ekkyo.testing import eventually, settled
from nats.errors import Error
from nats.js.api import AckPolicy, ConsumerConfig
from nats.js.errors import APIError, NotFoundError

from tests.abuse.walls import ERASED, FACT, HR, PERSONAL, Walls, answer_to, heard


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
    [fact] = await (await theirs.pull_subscribe_bind("same", "FACTS")).fetch(1, timeout=2)
    await hr.publish(fact.reply, b"+TERM")
    await settled(hr)
    assert (await theirs.consumer_info("FACTS", "same")).num_ack_pending == 1
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


OTHERS = ("TIMERS", "DEAD", "AGAIN", "KV_SURVEY_KEYS")
SAID = (
    *(f"$JS.API.STREAM.{act}.FACTS" for act in ("UPDATE", "PURGE", "DELETE", "MSG.DELETE", "SNAPSHOT")),
    *(f"$JS.API.STREAM.{act}.FACTS" for act in ("LEADER.STEPDOWN", "PEER.REMOVE")),
    *(f"$JS.API.STREAM.{act}.MINE" for act in ("CREATE", "RESTORE")),
    *(f"$JS.API.{act}.{stream}" for act in ("STREAM.MSG.GET", "DIRECT.GET") for stream in OTHERS),
    *(f"$JS.API.{act}" for act in ("META.LEADER.STEPDOWN", "SERVER.REMOVE", "ACCOUNT.INFO", "ACCOUNT.PURGE.EKKYO")),
    "$JS.API.ACCOUNT.STREAM.MOVE.EKKYO.FACTS",
    *(f"$JS.hub.API.{act}" for act in ("INFO", "STREAM.PURGE.FACTS")),
    "$KV.SURVEY_KEYS.s1",
    *(f"ekkyo.{kind}.x.y" for kind in ("dead", "again", "timer", "due")),
    "ekkyo.fact.events.published.x",
    *(f"ekkyo.{to}.system-seats{act}" for to, act in (("system", ".STREAM.INFO.FACTS"), ("mirror", ""))),
    *(f"ekkyo.origin.CONSUMER.RESET.FACTS.system-{name}" for name in ("hr", "seats")),
    "$JS.FC.FACTS.system-hr.x",
    *(f"{prefix}.x.y" for prefix in ("_INBOX", "_R_", "_GR_", "$SRV.PING", "$JS.EVENT.ADVISORY", "$NRG", "$JSC.R")),
    *(f"$SYS.REQ.{act}" for act in ("SERVER.PING", "ACCOUNT.PING.CONNZ", "ACCOUNT.EKKYO.INFO")),
    "$SYS.ACCOUNT.EKKYO.CONNECT",
)
"""What no system may say: streams, others' data, replies, and what belongs to the server."""
HEARD = (
    *("$JS.EVENT.>", "$JS.EVENT.ADVISORY.>", "$JS.API.>", "$JS.ACK.>", "$JS.FC.>", "$SYS.>", "$SRV.>", "$KV.>"),
    *("_R_.>", "_GR_.>", "ekkyo.>", "ekkyo.fact.>", "ekkyo.mirror.*", "ekkyo.mirror.system-seats", "*.>", ">"),
)


async def test_a_system_makes_no_stream_no_mirror_and_no_source_and_changes_none(walls: Walls) -> None:
    before, refused = await walls.state(), set()

    async def note(error: Exception) -> None:
        refused.add(str(error).lower())

    nc = await walls.nats.connect("hr", error_cb=note)
    mirror = (await nc.jetstream().stream_info("FACTS")).created
    for subject in SAID:
        await nc.publish(subject, b"{}")
    for subject in HEARD:
        await nc.subscribe(subject)
    await settled(nc)
    wanted = {("publish", subject) for subject in SAID} | {("subscription", subject) for subject in HEARD}
    assert {
        (kind, subject)
        for kind, subject in wanted
        if f'nats: permissions violation for {kind} to "{subject.lower()}"' not in refused
    } == set()
    for stream in OTHERS:  # in one's own account, where there is none
        with pytest.raises(NotFoundError):
            await nc.jetstream().add_consumer(stream, ConsumerConfig(name="x", ack_policy=AckPolicy.NONE))
    now = await nc.jetstream().stream_info("FACTS")
    assert (now.state.messages, now.created) == (3, mirror)
    about = json.loads((await nc.request("$SYS.REQ.USER.INFO")).data)["data"]
    assert (about["user"], about["account"]) == ("hr", HR.account), "the server tells it of itself"
    await nc.close()
    assert await walls.state() == before


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
