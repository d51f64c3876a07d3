"""Who left is told nothing any more; who was erased is not known any more, and nothing waits for them."""

from typing import Any

import pytest
from ekkyo.broker import dead
from ekkyo.contracts.base import Refused, new_id
from ekkyo.contracts.events import EventPublished, EventRevised, RegistrationWithdrawn
from ekkyo.contracts.members import MemberErased, MemberMerged, MemberRegistered, MemberState
from ekkyo.contracts.notify import BeginSignIn, ConnectChannel, NotifyForgotMember
from ekkyo.testing import eventually
from ekkyo_notify import model

from tests.notify.making import NOON, notice
from tests.notify.world import World, address, soon


async def receipts(world: World) -> list[str]:
    async with world.clients("reader", "system", user="ops") as ekkyo:
        return [f.member_id async for f in ekkyo.facts(NotifyForgotMember, since=1, follow=False)]


async def kept(world: World) -> str:
    """Everything in the service's database, as text, once nothing is pending."""

    async def at_rest() -> str:
        database = world.it.store._database
        names = [name for d in world.it.service.collections for name in d.indexes]
        found = [await database.find(name, {}) for name in names]
        assert not any("_pending" in row for rows in found for row in rows)
        return str(found)

    return await eventually(at_rest)


async def test_who_left_is_told_nothing_until_they_are_back(world: World) -> None:
    await world.join("m1", active=False)
    await world.join("m2")
    await world.quiet()
    await world.tell(EventPublished(event_id="e1", event=soon()))
    assert [d.member_id for d in await world.done(1)] == ["m2"]
    await world.join("m1")
    await world.quiet()
    await world.tell(EventRevised(event_id="e1", event=soon(revision=4), confirmed=["m1"], waitlisted=[]))
    assert [d.member_id for d in await world.done(1, member_id="m1")] == ["m1"]


async def test_nobody_is_told_that_their_seat_was_given_back_because_they_left(world: World) -> None:
    await world.join("m1")
    await world.quiet()
    gone = RegistrationWithdrawn(
        event_id="e1", event=soon(), member_id="m1", registration_id="r1", was="confirmed", because="left"
    )
    await world.tell(gone)
    [dropped] = await world.done(1)
    assert (dropped.status, dropped.reason) == ("dropped", "member_left")
    assert world.mail.mails == []


async def test_who_was_erased_is_forgotten_with_their_channel_and_what_waited_for_them(world: World) -> None:
    await world.join("m1", channels=["mail", "chat"])
    await world.join("m2")
    await world.send(ConnectChannel(member_id="m1", url=world.chat.url("/secret-hook")), "m1", "member")
    await world.quiet()
    await world.tell(EventPublished(event_id="e1", event=soon()))
    await world.done(3)
    deliveries = world.it.context.get("deliveries")
    waiting = model.plan(notice("survey_opened"), model.Recipient(member_id="m1"), "mail", NOON)
    await deliveries.create(waiting.id, lambda d: model.claim(d, waiting, useless=None, by="dead", now=NOON))
    assert address("m1") in await kept(world)
    await world.tell(MemberErased(member_id="m1"), times=3)
    await world.quiet()
    assert await receipts(world) == ["m1"]
    now = await kept(world)
    assert not [word for word in (address("m1"), "m1 太郎", "secret-hook") if word in now]
    assert address("m2") in now
    counted = {d.delivery_id: (d.status, d.reason) for d in await world.deliveries(member_id="m1")}
    assert counted[waiting.id] == ("dropped", "member_erased")
    assert [status for status, _ in counted.values()].count("sent") == 2
    assert ((await world.status()).contacts, (await world.status()).channels) == (1, 0)
    with pytest.raises(Refused, match="member_erased"):
        await world.send(ConnectChannel(member_id="m1", url=world.chat.url("/new")), "m1", "member")


async def test_what_is_told_of_somebody_who_was_erased_ends_and_leaves_no_dead_letter(world: World) -> None:
    await world.tell(MemberErased(member_id="m1"), revision=5)
    world.revisions.clear()
    await world.join("m1")  # said before, heard later
    await world.quiet()
    gone = RegistrationWithdrawn(event_id="e1", event=soon(), member_id="m1", registration_id="r1", was="confirmed")
    await world.tell(gone)
    await world.quiet()
    assert await world.deliveries() == []
    assert await world.dead() == 0


async def test_an_erasure_told_while_notify_was_away_is_made_up_for(stopped: World) -> None:
    await stopped.start()
    await stopped.join("m1")
    await stopped.quiet()
    await stopped.stop()
    await stopped.tell(MemberErased(member_id="m1"))
    await stopped.start()

    async def told() -> bool:
        return await receipts(stopped) == ["m1"]

    await eventually(told)
    assert address("m1") not in await kept(stopped)


def test_a_delivery_that_was_sent_is_not_dropped() -> None:
    planned = model.plan(notice("survey_opened"), model.Recipient(member_id="m1"), "mail", NOON)
    sent = planned.model_copy(update={"status": "sent"})
    assert model.dropped(sent, reason="member_erased", now=NOON).document is sent
    assert model.dropped(planned, reason="member_erased", now=NOON).document.status == "dropped"


def test_a_channel_is_disconnected_once() -> None:
    first: Any = model.forget_chat(None, "m1").document
    assert (first.url, first.id) == (None, "member-m1")
    assert model.forget_chat(first, "m1").document is first


async def test_a_dead_letter_about_a_member_holds_nothing_personal_before_and_after(world: World) -> None:
    await world.join("m1")
    await world.quiet()
    headers = {"ce-id": "members/m1/9/0", "ce-type": "ekkyo.members.registered", "Nats-Msg-Id": "nonsense"}
    body = f'{{"name": "m1 太郎", "email": "{address("m1")}"}}'.encode()
    subject = f"{MemberRegistered.subject}.m1"
    stored = await world._connections["members"].publish(subject, body, headers=headers)
    await world.quiet()
    async with await world.nats.connect("ops") as nc:
        js = nc.jetstream()
        [letter] = [one async for one in dead.letters(js)]
        await dead.replay(js, letter.id)
        again = await eventually(lambda: _next_letter(js, letter.id))
        held = [await js.get_msg(stream, n) for stream, n in (("DEAD", again.id),)]
        assert not [m for m in held if address("m1").encode() in (m.data or b"") or address("m1") in str(m.headers)]
        assert (await dead.show(js, again.id))[1] == body
        await js.delete_msg("FACTS", stored.seq)
        assert (await dead.show(js, again.id))[1] is None
        await dead.replay(js, again.id)
        await world.quiet()
        assert (await js.stream_info("AGAIN")).state.messages == 0


async def _next_letter(js: Any, after: int) -> dead.DeadLetter | None:
    found = [one async for one in dead.letters(js) if one.id > after]
    return found[0] if found else None


async def test_what_is_told_to_a_part_of_another_record_reaches_the_person_once(world: World) -> None:
    for member in ("m1", "m2"):
        await world.join(member)
    await world.quiet()
    state = MemberState(
        member_id="m2", number="2", name="m2", email=address("m2"), department="d", channels=["mail"], locale="ja",
        timezone="Asia/Tokyo", active=False,
    )  # fmt: skip
    await world.tell(MemberMerged(member_id="m2", member=state, merge_id="g1", kept_id="m1"))
    await world.quiet()
    await world.tell(EventRevised(event_id="e1", event=soon(revision=4), confirmed=["m2"], waitlisted=[]))
    await eventually(lambda: len(world.mail.to(address("m1"))) == 1)
    await world.tell(EventRevised(event_id="e1", event=soon(revision=5), confirmed=["m1", "m2"], waitlisted=[]))
    await eventually(lambda: len(world.mail.to(address("m1"))) == 2)
    asked = BeginSignIn(attempt_id=new_id(), email=address("m2"), locale="ja")
    await world.send(asked, "portal", "portal")
    await eventually(lambda: len(world.mail.to(address("m1"))) == 3)
    assert world.mail.to(address("m2")) == []
