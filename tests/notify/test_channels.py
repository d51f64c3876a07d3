"""A chat channel is looked at, tried and disconnected by those whose it is, and its address is told to nobody."""

from datetime import timedelta
from typing import Any

import pytest
from ekkyo.contracts.base import Caller, Refused, new_id
from ekkyo.contracts.events import EventPublished, EventRevised
from ekkyo.contracts.members import MemberErased, MemberMerged, MemberState, MergeUndone
from ekkyo.contracts.notify import ConnectChannel, DisconnectChannel, GetChannel, TryChannel
from ekkyo.testing import eventually
from ekkyo_notify import model
from ekkyo_notify.store import own_chat

from tests.notify.making import CHAT, NOON, notice
from tests.notify.world import World, soon

STEWARD = Caller("boss", frozenset({"steward"}))
HOSTS = model.ChatHosts.parse("chat.example.com")
CONNECT = ConnectChannel(community_id="c1", url="https://chat.example.com/s3cret")


async def test_a_channel_is_told_by_its_host_and_disconnecting_it_twice_ends_posts_until_it_is_connected_again(
    world: World,
):
    of_c1 = {"community_id": "c1"}
    assert (await world.ask(GetChannel(**of_c1))).model_dump() == {"connected": False, "host": None, "since": None}
    await world.send(ConnectChannel(**of_c1, url=world.chat.url("/s3cret")))
    state = await world.ask(GetChannel(**of_c1), "l1", "leader:c1")
    assert (state.connected, state.host) == (True, "127.0.0.1")
    assert state.since
    assert "s3cret" not in state.model_dump_json()
    deliveries = world.it.context.get("deliveries")
    waiting = model.plan(notice("event_published"), CHAT, "chat", NOON)
    await deliveries.create(waiting.id, lambda d: model.claim(d, waiting, useless=None, by="dead", now=NOON))
    for _ in range(2):
        assert not (await world.send(DisconnectChannel(**of_c1), "l1", "leader:c1")).connected
    kept = await world.it.context.get("connections").get("community-c1")
    assert (kept.url, kept.revision) == (None, 2)
    assert (await deliveries.get(waiting.id)).reason == "channel_not_connected"
    assert (await world.status()).channels == 0
    await world.tell(EventPublished(event_id="e1", event=soon()))
    await world.quiet()
    assert world.chat.posts == []
    await world.send(ConnectChannel(**of_c1, url=world.chat.url("/new")))
    await world.tell(EventPublished(event_id="e2", event=soon(event_id="e2")))
    await world.done(1, entity_id="e2")
    assert [path for path, _ in world.chat.posts] == ["/new"]


async def test_a_post_that_was_put_off_while_its_channel_was_disconnected_ends_with_a_reason(world: World):
    """The post was under way when the channel was disconnected, and was put off afterwards."""
    post, deliveries = world.it.context.get("post"), world.it.context.get("deliveries")
    post.sending.now = lambda: NOON - timedelta(days=1)
    await world.send(ConnectChannel(community_id="c1", url=world.chat.url("/s3cret")))
    await world.send(DisconnectChannel(community_id="c1"))
    put_off = notice("event_published")
    waiting = model.plan(put_off, CHAT, "chat", NOON)
    await deliveries.create(waiting.id, lambda d: model.claim(d, waiting, useless=None, by="me", now=NOON))
    await deliveries.change(waiting.id, lambda d: model.released(d, by="me", reason="chat_busy"))
    for _ in range(2):
        await post.tell(put_off, [CHAT])
    ended = await deliveries.get(waiting.id)
    assert (ended.status, ended.reason) == ("dropped", "channel_not_connected")
    assert world.chat.posts == []


async def test_a_test_message_is_posted_once_however_often_it_is_told_and_says_why_it_was_not_taken(world: World):
    await world.found(name="越境の会")
    await world.quiet()
    with pytest.raises(Refused, match="channel_not_connected"):
        await world.send(TryChannel(community_id="c1", try_id="t0"))
    await world.send(ConnectChannel(community_id="c1", url=world.chat.url("/it")))
    for _ in range(3):
        done = await world.send(TryChannel(community_id="c1", try_id="t1"), "l1", "leader:c1")
        assert (done.taken, done.reason) == (True, None)
    [(path, posted)] = world.chat.posts
    assert path == "/it"
    assert "越境の会" in str(posted)
    world.chat.statuses = [404]
    for _ in range(2):
        refused = await world.send(TryChannel(community_id="c1", try_id="t2"))
        assert (refused.taken, refused.reason) == (False, "chat_refused")
    await world.chat.stop()
    assert (await world.send(TryChannel(community_id="c1", try_id="t3"))).reason == "chat_unreachable"
    async with world.clients("boss", "steward") as steward:
        with pytest.raises(Refused, match="too_many_tries"):
            await steward.send(TryChannel(community_id="c1", try_id="t4"), within=0.5)
    assert world.chat.asked == 2
    assert await world.deliveries() == []


@pytest.mark.parametrize("kind", [GetChannel, TryChannel, DisconnectChannel])
async def test_a_members_own_chat_is_theirs_and_a_communitys_its_leaders(world: World, kind: type):
    more = {"try_id": new_id()} if kind is TryChannel else {}
    ask = world.ask if kind is GetChannel else world.send
    await world.send(ConnectChannel(member_id="m1", url=world.chat.url("/mine")), "m1", "member")
    for who in (("m2", "member"), ("l1", "leader:c1"), ("p", "portal")):
        with pytest.raises(Refused, match="not_allowed"):
            await ask(kind(member_id="m1", **more), *who)
    for who in (("m1", "member"), ("l2", "leader:c2"), ("p", "portal")):
        with pytest.raises(Refused, match="not_allowed"):
            await ask(kind(community_id="c1", **more), *who)
    assert world.chat.posts == []
    await ask(kind(member_id="m1", **more), "m1", "member")
    assert [path for path, _ in world.chat.posts] == (["/mine"] if kind is TryChannel else [])


async def test_whose_chat_was_disconnected_can_still_be_erased_and_then_connects_none(world: World):
    await world.join("m1", channels=["chat"])
    await world.send(ConnectChannel(member_id="m1", url=world.chat.url("/mine")), "m1", "member")
    await world.send(DisconnectChannel(member_id="m1"), "m1", "member")
    await world.tell(MemberErased(member_id="m1"), times=2)
    await world.quiet()
    for kind in (DisconnectChannel, GetChannel):
        ask = world.ask if kind is GetChannel else world.send
        assert not (await ask(kind(member_id="m1"))).connected
    with pytest.raises(Refused, match="member_erased"):
        await world.send(ConnectChannel(member_id="m1", url=world.chat.url("/new")), "m1", "member")


async def test_the_chat_of_a_record_is_the_persons_after_a_merge_and_its_own_again_once_that_is_undone(world: World):
    for member in ("m1", "m2"):
        await world.join(member, channels=["chat"])
    await world.send(ConnectChannel(member_id="m2", url=world.chat.url("/mine")), "m2", "member")
    state = MemberState(
        member_id="m2", number="2", name="m2", email="m2@example.co.jp", department="d", channels=["chat"], locale="ja",
        timezone="Asia/Tokyo", active=False,
    )  # fmt: skip
    merge = {"member_id": "m2", "merge_id": "g1", "kept_id": "m1"}
    await world.tell(MemberMerged(member=state, **merge), revision=50)
    await world.quiet()
    assert (await world.ask(GetChannel(member_id="m1"), "m1", "member")).connected
    assert (await world.send(TryChannel(member_id="m1", try_id=new_id()), "m1", "member")).taken
    await world.tell(EventRevised(event_id="e1", event=soon(revision=4), confirmed=["m1"], waitlisted=[]))
    await eventually(lambda: [path for path, _ in world.chat.posts] == ["/mine", "/mine"])
    await world.tell(MergeUndone(member=state.model_copy(update={"active": True}), crossings=[], **merge), revision=51)
    await world.quiet()
    asked = [(await world.ask(GetChannel(member_id=one), one, "member")).connected for one in ("m1", "m2")]
    assert asked == [False, True]
    await world.tell(MemberMerged(member=state, **merge), revision=52)
    await world.quiet()
    await world.send(DisconnectChannel(member_id="m1"), "m1", "member")
    assert not (await world.ask(GetChannel(member_id="m1"), "m1", "member")).connected


async def test_two_records_that_seem_to_be_part_of_each_other_have_no_chat():
    class Contacts:
        async def find(self, where: dict[str, str], limit: int) -> list[model.Contact]:
            part = {"m1": "m2", "m2": "m1"}[where["merged_into"]]
            return [model.Contact.model_construct(id=part)]

    class Connections:
        async def get(self, _: str) -> None:
            return None

    connections: Any = Connections()
    contacts: Any = Contacts()
    assert await own_chat("m1", connections, contacts) is None


# The decision


def test_a_try_that_a_crash_cut_off_is_made_again_by_the_same_name_and_counts_once():
    connection = model.connect(None, CONNECT, who=STEWARD, hosts=HOSTS, now=NOON).document
    begun, ours = model.begin_try(connection, TryChannel(community_id="c1", try_id="t1"), NOON).answer
    assert ours
    under_way = model.begin_try(begun, TryChannel(community_id="c1", try_id="t1"), NOON + timedelta(seconds=9))
    assert not under_way.answer[1]
    assert model.tried(under_way.document, TryChannel(community_id="c1", try_id="t1")).taken is None
    again, ours = model.begin_try(
        begun, TryChannel(community_id="c1", try_id="t1"), NOON + timedelta(seconds=30)
    ).answer
    assert ours
    assert len(again.tries) == 1


def test_after_ten_minutes_there_may_be_more_tries_and_another_address_gives_none():
    connection = model.connect(None, CONNECT, who=STEWARD, hosts=HOSTS, now=NOON).document
    for n in range(3):
        connection = model.begin_try(connection, TryChannel(community_id="c1", try_id=f"t{n}"), NOON).document
    other = CONNECT.model_copy(update={"url": ConnectChannel(community_id="c1", url="https://chat.example.com/2").url})
    connection = model.connect(connection, other, who=STEWARD, hosts=HOSTS, now=NOON).document
    gone = DisconnectChannel(community_id="c1")
    connection = model.disconnect(connection, gone, who=STEWARD, now=NOON).document
    connection = model.connect(connection, CONNECT, who=STEWARD, hosts=HOSTS, now=NOON).document
    fourth = TryChannel(community_id="c1", try_id="t4")
    with pytest.raises(Refused, match="too_many_tries"):
        model.begin_try(connection, fourth, NOON + timedelta(minutes=9))
    assert model.begin_try(connection, fourth, NOON + timedelta(minutes=10)).answer[1]
