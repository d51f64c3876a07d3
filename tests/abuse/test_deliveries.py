"""Where a system has the server deliver to, on a real server: facts and replies alike stay in its own account."""

from contextlib import suppress
from typing import Any

from ekkyo.testing import eventually, settled
from nats.js.api import AckPolicy, ConsumerConfig
from nats.js.errors import APIError, NotFoundError

from tests.abuse.walls import ADVISORY, DURABLE, HR, Walls

DIRECTED = (
    *(f"ekkyo.{kind}.x.y" for kind in ("dead", "again", "timer", "due")),
    "ekkyo.fact.events.cancelled.e1",
    "ekkyo.cmd.members.erase",
    f"$JS.API.CONSUMER.MSG.NEXT.FACTS.{DURABLE}",
    f"$JS.API.CONSUMER.DELETE.FACTS.{DURABLE}",
    f"$JS.API.CONSUMER.PAUSE.FACTS.{DURABLE}",
    f"$JS.API.CONSUMER.RESET.FACTS.{DURABLE}",
    f"$JS.ACK.FACTS.{DURABLE}.1.1.1.1.0",
    "$JS.API.STREAM.PURGE.FACTS",
    "$JS.API.STREAM.MSG.DELETE.FACTS",
    "$JS.API.STREAM.CREATE.MINE",
    "$JS.API.STREAM.RESTORE.MINE",
    "$JS.API.META.LEADER.STEPDOWN",
    "$KV.SURVEY_KEYS.s1",
    ADVISORY,
    "$JS.FC.FACTS.system-seats.x",
    "ekkyo.mirror.system-seats",
    "ekkyo.system.system-seats.STREAM.DELETE.FACTS",
    "ekkyo.origin.CONSUMER.RESET.FACTS.system-hr",
    "ekkyo.origin.CONSUMER.RESET.FACTS.system-seats",
    "_INBOX.members.x",
    "_INBOX.ops.x",
    "_INBOX.portal.x",
    "_INBOX.seats.x",
    "_R_.x.y",
    "_GR_.x.y",
    "$SRV.PING",
    "$SYS.REQ.SERVER.PING",
    "$JS.API.STREAM.DELETE.FACTS",  # last: it takes one's own mirror away
)
"""Where a server is told to deliver a fact, past what the one who asks for it may say."""


async def test_wherever_a_pull_has_facts_delivered_to_nothing_but_ones_own_mirror_can_be_touched(walls: Walls) -> None:
    before, overheard = await walls.state(), await walls.overheard()
    hr, js = await walls.client("hr"), await walls.js("hr")
    for reply in DIRECTED:
        await js.add_consumer("FACTS", ConsumerConfig(durable_name=DURABLE, ack_policy=AckPolicy.EXPLICIT))
        await hr.publish(f"$JS.API.CONSUMER.MSG.NEXT.FACTS.{DURABLE}", b'{"batch": 5, "no_wait": true}', reply=reply)
        await hr.publish("$JS.API.STREAM.MSG.GET.FACTS", b'{"seq": 2}', reply=reply)
        await hr.publish("$JS.API.DIRECT.GET.FACTS", b'{"seq": 2}', reply=reply)
        await hr.publish(reply, b"+TERM")  # without a detour: refused, or within one's own account
        await settled(hr)
        with suppress(NotFoundError):  # it was deleted without a detour
            await js.delete_consumer("FACTS", DURABLE)
    await walls.listened()
    assert (await walls.state(), overheard) == (before, [])


async def test_wherever_a_push_has_facts_delivered_to_nothing_but_ones_own_mirror_can_be_touched(walls: Walls) -> None:
    """Facts have a body. Heartbeats have none, as requests that delete or empty something."""
    before, overheard, js = await walls.state(), await walls.overheard(), await walls.js("hr")
    beats = await (await walls.client("hr")).subscribe("_INBOX.beats")
    for at in range(0, len(DIRECTED), HR.consumers - 1):
        made = []
        for n, subject in enumerate((*DIRECTED[at : at + HR.consumers - 1], "_INBOX.beats")):
            config = ConsumerConfig(
                name=f"p{n}",
                deliver_subject=subject,
                ack_policy=AckPolicy.EXPLICIT,
                flow_control=True,
                idle_heartbeat=0.1,
            )
            with suppress(APIError):  # none delivers into what it reads
                made.append(await js.add_consumer("FACTS", config))
        while not (await beats.next_msg(3)).headers.get("Status"):
            pass
        for consumer in made:
            with suppress(NotFoundError):  # as above
                await js.delete_consumer("FACTS", consumer.name)
    await walls.listened()
    assert (await walls.state(), overheard) == (before, [])


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
