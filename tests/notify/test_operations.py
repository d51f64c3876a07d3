"""What notify can be asked, who may ask it, and that a channel's address is told to nobody."""

import json
import logging

import pytest
from ekkyo.contracts import notify as contract
from ekkyo.contracts.base import Command, Question, Refused, all_messages
from ekkyo.contracts.events import EventPublished, EventReminderDue
from ekkyo.contracts.notify import (
    BeginSignIn,
    ConnectChannel,
    DisconnectChannel,
    FinishSignIn,
    GetChannel,
    HeldByNotify,
    ListDeliveries,
    NotifyStatus,
    ResendDelivery,
    TryChannel,
)
from ekkyo.testing import eventually

from tests.abuse.asks import ONE_OF_EACH
from tests.notify.world import World, soon

SECRET = "s3cret-part-of-the-address"
STRANGER, MEMBER, OTHER = ("m9", "member"), ("m1", "member"), ("m2", "member")
LEADER, LEADER_OF_OTHERS, OF_NOTHING = ("l1", "leader:c1"), ("l2", "leader:c2"), ("l3", "leader", "self")
STEWARD, SYSTEM, PORTAL = ("s1", "steward"), ("hr", "system"), ("portal", "portal")
EVERYBODY = [STRANGER, MEMBER, OTHER, LEADER, LEADER_OF_OTHERS, OF_NOTHING, STEWARD, SYSTEM, PORTAL]


@pytest.mark.parametrize(
    ("message", "those"),
    [
        (ConnectChannel(community_id="c1", url="https://chat.example.com/a"), {LEADER, STEWARD, SYSTEM}),
        (ConnectChannel(member_id="m1", url="https://chat.example.com/a"), {MEMBER, STEWARD, SYSTEM}),
        (GetChannel(community_id="c1"), {LEADER, STEWARD, SYSTEM}),
        (GetChannel(member_id="m1"), {MEMBER, STEWARD, SYSTEM}),
        (DisconnectChannel(community_id="c1"), {LEADER, STEWARD, SYSTEM}),
        (DisconnectChannel(member_id="m1"), {MEMBER, STEWARD, SYSTEM}),
        (ListDeliveries(), {STEWARD, SYSTEM}),
        (ListDeliveries(member_id="m1"), {MEMBER, STEWARD, SYSTEM}),
        (ListDeliveries(entity_id="e1"), {STEWARD, SYSTEM}),
        (HeldByNotify(member_id="m1"), {MEMBER, STEWARD}),
        (NotifyStatus(), {STEWARD, SYSTEM}),
        (BeginSignIn(attempt_id="a" * 22, email="x@example.com", locale="ja"), {PORTAL}),
    ],
)
async def test_each_operation_answers_those_who_may_and_refuses_all_others(world: World, message, those):
    ask = world.send if isinstance(message, Command) else world.ask
    for who in EVERYBODY:
        if who in those:
            await ask(message, *who)
        else:
            with pytest.raises(Refused) as refused:
                await ask(message, *who)
            assert (refused.value.status, refused.value.code) == (403, "not_allowed"), who


async def test_without_a_token_nothing_is_answered(world: World):
    nc = await world.nats.connect("outside")
    every = (
        ConnectChannel(community_id="c1", url="https://x.example"),
        BeginSignIn(attempt_id="a" * 22, email="x@example.com", locale="ja"),
        FinishSignIn(attempt_id="a" * 22, finish_id="f", code="123456"),
        DisconnectChannel(community_id="c1"),
        GetChannel(community_id="c1"),
        TryChannel(community_id="c1", try_id="t"),
        ResendDelivery(delivery_id="d", resend_id="r"),
        ListDeliveries(),
        NotifyStatus(),
        HeldByNotify(member_id="m1"),
        *(ONE_OF_EACH[name] for name in ("notify.preview_report", "notify.releases", "notify.send_report")),
    )
    assert {type(message) for message in every} == {*all_messages(Command, contract), *all_messages(Question, contract)}
    try:
        for message in every:
            reply = await nc.request(type(message).subject, message.model_dump_json().encode(), timeout=5)
            assert reply.headers["Nats-Service-Error-Code"] == "401"
    finally:
        await nc.close()


async def test_connecting_again_replaces_the_address_and_said_twice_changes_nothing(world: World):
    await world.send(ConnectChannel(community_id="c1", url=world.chat.url("/old")))
    for _ in range(3):
        answer = await world.send(ConnectChannel(community_id="c1", url=world.chat.url("/new")))
        assert answer.model_dump() == {"connection_id": "community-c1", "kind": "chat"}
    stored = await world.it.context.get("connections").get("community-c1")
    assert stored.revision == 2
    await world.tell(EventPublished(event_id="e1", event=soon()))
    await world.done(1)
    assert [path for path, _ in world.chat.posts] == ["/new"]


@pytest.mark.parametrize(
    "body",
    [
        {"url": f"https://chat.example.com/{SECRET}"},
        {"community_id": "c1", "member_id": "m1", "url": f"https://chat.example.com/{SECRET}"},
        {"community_id": "c1", "url": f"ftp://chat.example.com/{SECRET}"},
        {"community_id": "c1", "url": f"https://chat.example.com/{SECRET}", "kind": SECRET},
        {"community_id": "c1", "url": f"https://chat.example.com/{SECRET}" + "x" * 500},
        {"community_id": f"c1 {SECRET}", "url": f"https://chat.example.com/{SECRET}"},
    ],
)
async def test_a_malformed_connection_is_refused_without_repeating_its_address(world: World, body, token, caplog):
    caplog.set_level(logging.DEBUG)
    async with await world.nats.connect("outside") as nc:
        headers = {"Authorization": f"Bearer {token('boss', 'steward')}"}
        reply = await nc.request(ConnectChannel.subject, json.dumps(body).encode(), timeout=5, headers=headers)
    assert reply.headers["Nats-Service-Error-Code"] == "400"
    assert SECRET not in reply.data.decode()
    assert SECRET not in str(reply.headers)
    assert SECRET not in caplog.text


@pytest.mark.parametrize("trouble", ["none", "down", "404", "500", "redirect"])
async def test_the_address_is_in_no_log_no_fact_no_answer_and_no_delivery(world: World, trouble, caplog, capfd):
    caplog.set_level(logging.DEBUG)
    logging.getLogger("pymongo").setLevel(logging.WARNING)  # as a service sets it, whatever its own level
    await world.join("m1")
    await world.send(ConnectChannel(community_id="c1", url=world.chat.url(f"/{SECRET}")))
    if trouble == "down":
        await world.chat.stop()
    elif trouble == "redirect":
        world.chat.statuses = [302]
        world.chat.headers = {"Location": world.chat.url("/elsewhere")}
    elif trouble != "none":
        world.chat.statuses = [int(trouble)] * 2
    await world.tell(EventPublished(event_id="e1", event=soon()))

    deliveries = world.it.context.get("deliveries")

    async def tried() -> bool:
        return bool([d for d in await deliveries.find({"channel": "chat"}) if d.done_at or d.reason])

    await eventually(tried, 15)
    [delivery] = await deliveries.find({"channel": "chat"})
    expected = {
        "none": ("sent", None),
        "down": ("planned", "chat_unreachable"),
        "404": ("failed", "chat_refused"),
        "redirect": ("failed", "chat_refused"),
    }
    if trouble in expected:
        assert (delivery.status, delivery.reason) == expected[trouble]
    answers = [await world.deliveries(), await world.status()]
    connection = await world.it.context.get("connections").get("community-c1")
    assert SECRET in connection.url.get_secret_value()
    async with await world.nats.connect("ops") as nc:
        stored = []
        js = nc.jetstream()
        for stream in ("FACTS", "DEAD"):
            last = (await js.stream_info(stream)).state.last_seq
            stored += [await js.get_msg(stream, seq) for seq in range(1, last + 1)]
    out, err = capfd.readouterr()
    for text in (caplog.text, out, err, repr(answers), repr(connection), str(connection), repr(stored)):
        assert SECRET not in text


async def test_deliveries_are_told_oldest_first_in_pages_and_by_what_is_asked_for(world: World):
    for n in range(7):
        await world.join(f"m{n}")
    await world.tell(EventReminderDue(event_id="e1", event=soon(), confirmed=[f"m{n}" for n in range(7)]))
    done = await world.done(7)
    seen, after = [], None
    while True:
        page = await world.ask(ListDeliveries(limit=3, after=after))
        seen += page.deliveries
        after = page.next
        if after is None:
            break
    assert [d.delivery_id for d in seen] == [d.delivery_id for d in done]
    assert [d.planned_at for d in seen] == sorted(d.planned_at for d in seen)
    assert [d.member_id for d in await world.deliveries(member_id="m3")] == ["m3"]
    assert len(await world.deliveries(entity_id="e1", topic="event_reminder", status="sent")) == 7
    assert await world.deliveries(status="failed") == []
    mine = await world.ask(ListDeliveries(member_id="m3"), "m3", "member")
    assert [d.member_id for d in mine.deliveries] == ["m3"]


async def test_the_status_counts_deliveries_by_channel_and_state(world: World):
    await world.join("m1")
    await world.join("m2", channels=["chat"])
    await world.join("m3", email="nobody")
    await world.send(ConnectChannel(community_id="c1", url=world.chat.url()))
    await world.tell(EventPublished(event_id="e1", event=soon()))
    await world.done(4)
    told = await world.status()
    assert told.deliveries == {
        "mail": {"planned": 0, "sent": 1, "failed": 1, "dropped": 0},
        "chat": {"planned": 0, "sent": 1, "failed": 0, "dropped": 1},
    }
    assert (told.contacts, told.channels) == (3, 1)
