"""When the mail server or the chat misbehaves, and when notify dies at the worst moment."""

import asyncio
import subprocess
import sys
import time
from contextlib import AsyncExitStack

import pytest
from ekkyo.contracts.events import EventPublished, EventReminderDue, RegistrationConfirmed
from ekkyo.contracts.notify import ConnectChannel, Delivered, DeliveryFailed
from ekkyo.installation.embedded import start_mongo
from ekkyo.testing import eventually
from ekkyo_notify import model
from ekkyo_notify.app import service

from tests.notify.servers import MailServer
from tests.notify.world import World, address, soon

TEN = [f"m{n}" for n in range(10)]


def reminder(members=TEN) -> EventReminderDue:
    return EventReminderDue(event_id="e1", event=soon(), confirmed=members)


async def facts(world: World, *kinds) -> list:
    async with world.clients("boss", "steward", user="ops") as ekkyo:
        return [fact async for fact in ekkyo.facts(*kinds, since=1, follow=False)]


async def test_with_the_mail_server_down_notify_serves_and_catches_up_once_it_is_back(stopped: World):
    world = stopped
    await world.mail.stop()
    await world.start()
    await world.found()
    for member in TEN:
        await world.join(member)
    await world.tell(reminder(), times=2)
    deliveries = world.it.context.get("deliveries")
    await eventually(lambda: deliveries.count({"reason": "smtp_unreachable"}), 10)
    assert (await world.status()).deliveries["mail"]["sent"] == 0
    await world.send(ConnectChannel(community_id="c1", url=world.chat.url()))
    await world.mail.start()
    await world.done(10, within=20)
    await world.quiet()
    assert sorted(world.mail.recipients) == sorted(address(m) for m in TEN)


async def test_one_refused_recipient_of_ten_leaves_nine_sent_and_one_failed(world: World):
    world.mail.refuse[address("m4")] = "550 5.1.1 <m4@example.co.jp> is unknown here"
    for member in TEN:
        await world.join(member)
    await world.tell(reminder(), times=2)
    done = await world.done(10)
    [failed] = [d for d in done if d.status == "failed"]
    assert (failed.member_id, failed.reason) == ("m4", "smtp 550 5.1.1")
    assert len([d for d in done if d.status == "sent"]) == len(world.mail.mails) == 9
    await world.quiet()

    async def announced() -> bool:
        told = await facts(world, Delivered, DeliveryFailed)
        assert len([f for f in told if isinstance(f, Delivered)]) == 9
        [no] = [f for f in told if isinstance(f, DeliveryFailed)]
        assert no.delivery.member_id == "m4"
        assert "@" not in no.model_dump_json().replace(str(no.delivery.message_id), "")
        return True

    await eventually(announced)
    assert await world.dead() == 0


async def test_a_refused_message_fails_for_good(world: World):
    world.mail.answer = "554 5.7.1 looks like spam"
    await world.join("m1")
    await world.tell(reminder(["m1"]))
    [delivery] = await world.done(1)
    assert (delivery.status, delivery.reason, delivery.attempts) == ("failed", "smtp 554 5.7.1", 1)


async def test_a_recipient_who_is_put_off_is_tried_again_and_the_others_are_not(world: World):
    world.mail.refuse[address("m4")] = "450 4.2.0 greylisted, try again"
    for member in TEN:
        await world.join(member)
    await world.tell(reminder())
    await eventually(lambda: len(world.mail.mails) == 9)
    waiting = await world.deliveries(member_id="m4")
    assert [(d.status, d.reason) for d in waiting] == [("planned", "smtp 450 4.2.0")]
    world.mail.refuse.clear()
    done = await world.done(10)
    assert len(world.mail.mails) == 10
    assert {d.attempts for d in done if d.member_id != "m4"} == {1}
    assert {d.attempts > 1 for d in done if d.member_id == "m4"} == {True}


async def test_what_was_put_off_for_somebody_who_changed_since_ends_with_a_reason(world: World):
    changed = {"m1": "channel_not_selected", "m2": "member_left", "m3": "not_a_member"}
    for member in changed:
        world.mail.refuse[address(member)] = "450 4.2.0 greylisted, try again"
        await world.join(member)
    await world.tell(EventPublished(event_id="e1", event=soon()))
    await eventually(lambda: _put_off(world, *changed))
    await world.join("m1", channels=["chat"])
    await world.join("m2", active=False)
    await world.leave("m3")
    contacts = world.it.context.get("contacts")
    await eventually(lambda: _changed(contacts, *changed))
    world.mail.refuse.clear()
    ended = [d for d in await world.done(4) if d.channel == "mail"]  # and the one to the chat that m1 chose
    assert {d.member_id: (d.status, d.reason) for d in ended} == {m: ("dropped", why) for m, why in changed.items()}
    assert not world.mail.mails


async def _put_off(world: World, *members: str) -> bool:
    waiting = await world.deliveries()
    return {d.member_id for d in waiting if d.reason == "smtp 450 4.2.0"} == set(members)


async def _changed(contacts, wants_chat: str, left: str, out: str) -> bool:
    one, two, three = [await contacts.get(member) for member in (wants_chat, left, out)]
    return one.channels == ["chat"] and not two.active and not three.communities


async def test_a_connection_lost_after_the_message_was_taken_gives_at_most_one_copy_with_the_same_id(world: World):
    world.mail.hang_up_after_data = 1
    for member in TEN:
        await world.join(member)
    await world.tell(reminder())
    await world.done(10)
    assert len(world.mail.mails) == 11
    assert len({m["Message-ID"] for m in world.mail.mails}) == 10


async def test_a_silent_mail_server_is_given_up_on_and_asked_again(world: World):
    post = world.it.context.get("post")
    post.sending.transports["mail"].pool._timeout = 0.3
    world.mail.silent = True
    await world.join("m1")
    await world.tell(reminder(["m1"]))
    deliveries = world.it.context.get("deliveries")
    await eventually(lambda: deliveries.count({"reason": "smtp_timeout"}))
    world.mail.silent = False
    await world.done(1)
    assert len(world.mail.mails) == 1


async def test_a_chat_that_is_down_does_not_keep_mail_back_and_is_told_once_it_is_up(world: World):
    await world.join("m1")
    await world.send(ConnectChannel(community_id="c1", url=world.chat.url()))
    world.chat.statuses = [500, 503]
    await world.tell(EventPublished(event_id="e1", event=soon()))
    done = await world.done(2)
    assert {(d.channel, d.status, d.attempts) for d in done} == {("mail", "sent", 1), ("chat", "sent", 3)}
    assert (len(world.mail.mails), len(world.chat.posts)) == (1, 1)


async def test_a_chat_that_asks_to_wait_is_left_alone_for_as_long(world: World):
    await world.send(ConnectChannel(community_id="c1", url=world.chat.url()))
    world.chat.statuses, world.chat.headers = [429], {"Retry-After": "3"}
    began = time.monotonic()
    await world.tell(EventPublished(event_id="e1", event=soon()))
    [delivery] = await world.done(1)
    assert delivery.status == "sent"
    assert time.monotonic() - began >= 3
    assert world.chat.asked == 2


async def test_a_webhook_that_is_gone_fails_for_good(world: World):
    await world.send(ConnectChannel(community_id="c1", url=world.chat.url()))
    world.chat.statuses = [410]
    await world.tell(EventPublished(event_id="e1", event=soon()))
    [delivery] = await world.done(1)
    assert (delivery.status, delivery.reason, world.chat.asked) == ("failed", "chat_refused", 1)


async def test_a_member_who_is_never_heard_of_leaves_a_dead_letter(stopped: World, monkeypatch):
    from ekkyo.broker import Retries

    world = stopped
    await world.start()
    await world.found()
    monkeypatch.setattr(world.it.broker.guard, "retries", Retries(tries=3, first=0.05, not_yet=0.05))
    await world.tell(RegistrationConfirmed(event_id="e1", event=soon(), member_id="ghost"))
    await eventually(world.dead)
    assert world.mail.mails == []


async def test_two_instances_share_the_work_and_nobody_is_told_twice(world: World, running):
    for n in range(40):
        await world.join(f"m{n}")
    async with AsyncExitStack() as second:
        settings = {"smtp_url": world.mail.url, "mail_from": "no-reply@ekkyo.example.com"}
        await second.enter_async_context(running(service, **settings))
        await world.tell(reminder([f"m{n}" for n in range(40)]), times=4)
        await world.done(40)
        await world.quiet()
    assert len(world.mail.mails) == 40


async def test_a_database_that_goes_away_for_a_while_loses_nothing_and_doubles_nothing(stopped: World, tmp_path):
    world = stopped
    database = start_mongo(tmp_path / "mongo")
    try:
        await world.start(mongo_url=database.url)
        await world.found()
        for member in TEN:
            await world.join(member)
        await world.quiet()
        database.kill()
        await world.tell(reminder(), times=2)
        await asyncio.sleep(1)  # long enough that a reaction meets the closed door
        database.start()
        await world.done(10, within=40)
        await world.quiet()
    finally:
        database.stop()
    assert sorted(world.mail.recipients) == sorted(address(m) for m in TEN)
    assert await world.dead() == 0


async def test_nats_restarted_in_the_middle_of_a_fan_out_sends_everything_once(world: World):
    members = [f"m{n}" for n in range(60)]
    for member in members:
        await world.join(member)
    await world.quiet()
    await world.tell(reminder(members))
    await eventually(lambda: len(world.mail.contents) >= 5)
    world.nats.server.kill()
    world.nats.server.start()
    await eventually(lambda: len(world.mail.contents) >= 60, 30)
    await eventually(lambda: world.done(60), 30)
    assert sorted(world.mail.recipients) == sorted(address(m) for m in members)


KILLED = """
import asyncio, os, sys
from ekkyo.service import run
from ekkyo_notify.app import service
from ekkyo_notify.channels.mail import Mail
from ekkyo_notify.channels.mail.smtp import SmtpPool
Mail.at_once = 1
send = SmtpPool.send

async def send_and_die(self, *args):
    await send(self, *args)
    if args[1] == "m4@example.co.jp":
        os.kill(os.getpid(), 9)

SmtpPool.send = send_and_die
run(service, ["serve"])
"""


async def test_killed_between_sending_and_recording_at_most_that_message_is_sent_twice(
    stopped: World, environment, monkeypatch
):
    world = stopped
    await world.start()
    await world.stop()  # provisioned, and down
    await world.found()
    for member in TEN:
        await world.join(member)
    await world.tell(reminder())
    settings = environment("notify", smtp_url=world.mail.url, mail_from="no-reply@ekkyo.example.com")
    import os

    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", KILLED, env={**os.environ, **settings}, stderr=subprocess.DEVNULL
    )
    assert await asyncio.wait_for(process.wait(), 30) == -9
    sent = len(world.mail.to(address("m4")))
    assert sent == 1
    await world.start()
    async with await world.nats.connect("ops") as nc:  # when the server would tell it again by itself
        wait = (await nc.jetstream().consumer_info("FACTS", "notify-tell_reminder")).config.ack_wait
    await world.done(10, within=model.LEASE.total_seconds() + wait + 35)
    copies = {m: [mail["Message-ID"] for mail in world.mail.to(address(m))] for m in TEN}
    assert {m for m, ids in copies.items() if len(ids) > 1} == {"m4"}
    assert len(copies["m4"]) == 2
    assert all(len(set(ids)) == 1 for ids in copies.values())


async def test_an_impatient_stop_lets_what_is_being_sent_be_recorded(stopped: World):
    world = stopped
    members = [f"m{n}" for n in range(200)]
    await world.start(stop_seconds=2)
    await world.found()
    for member in members:
        await world.join(member)
    await world.quiet()
    world.mail.slow = 0.6
    await world.tell(reminder(members))
    await eventually(lambda: len(world.mail.contents) >= 10)
    await world.stop()
    assert 0 < len(world.mail.contents) < 200
    world.mail.slow = 0
    await world.start()
    await world.done(200, within=60)
    assert sorted(world.mail.recipients) == sorted(address(m) for m in members)


async def test_twelve_hundred_members_are_told_within_seconds_over_few_connections(world: World):
    members = [f"m{n:04}" for n in range(1200)]
    await asyncio.gather(*(world.join(m) for m in members[:1]))
    for n in range(1, 1200, 100):
        await asyncio.gather(*(world.join(m) for m in members[n : n + 100]))
    await eventually(lambda: contacts(world), 30)
    began = time.monotonic()
    await world.tell(EventPublished(event_id="e1", event=soon()), times=2)
    await eventually(lambda: len(world.mail.contents) >= 1200, 240)
    took = time.monotonic() - began
    await world.quiet()
    assert len(world.mail.contents) == len(set(world.mail.recipients)) == 1200
    assert world.mail.most <= 16
    assert world.mail.connections <= 40
    assert (await world.status()).deliveries["mail"]["sent"] == 1200
    print(f"1,200 mails in {took:.1f} s over {world.mail.connections} connections")
    assert took < 240  # a few seconds where nothing else runs; this is for machines with much else to do


async def contacts(world: World) -> bool:
    return (await world.status()).contacts == 1200


@pytest.mark.parametrize(
    ("url", "problem"),
    [
        ("http://mail.example.com", "EKKYO_SMTP_URL"),
        ("smtp://", "EKKYO_SMTP_URL"),
        ("smtp://user:pw-secret@host:port", "EKKYO_SMTP_URL"),
    ],
)
def test_a_wrong_mail_server_is_told_at_start_without_its_password(environment_of_notify, url, problem):
    from ekkyo.service import WrongSettings

    with pytest.raises(WrongSettings) as wrong:
        service.settings.load("notify", environment_of_notify | {"EKKYO_SMTP_URL": url, "EKKYO_MAIL_FROM": "nobody"})
    assert problem in str(wrong.value)
    assert "EKKYO_MAIL_FROM" in str(wrong.value)
    assert "pw-secret" not in str(wrong.value)


@pytest.fixture
def environment_of_notify(keys) -> dict[str, str]:
    return {
        "EKKYO_NATS_URL": "nats://127.0.0.1:1",
        "EKKYO_NATS_PASSWORD": "p",
        "EKKYO_MONGO_URL": "mongodb://127.0.0.1:1",
        "EKKYO_JWKS_FILE": str(keys.jwks_file),
    }


async def test_idle_connections_that_the_server_closed_are_not_trusted(world: World):
    await world.join("m1")
    await world.tell(reminder(["m1"]))
    await world.done(1)
    port = world.mail.port
    await world.mail.stop()
    again = await MailServer(port=port).start()
    try:
        await world.tell(reminder(["m1"]))
        await world.done(2)
        assert len(again.mails) == 1
    finally:
        await again.stop()
