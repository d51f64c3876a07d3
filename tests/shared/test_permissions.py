"""Who may say and hear what, on a real nats-server."""

import os
from collections.abc import AsyncIterator, Callable

import pytest
from ekkyo.permissions import DURABLES, OPS, OUTSIDE, SERVICES, USERS, permissions, server_config
from ekkyo.testing import Nats
from nats.aio.client import Client
from nats.js.api import AckPolicy, ConsumerConfig

ME = "events"
OTHER = "members"


class Person:
    """A connection that notes what the server refuses."""

    def __init__(self) -> None:
        self.nc: Client
        self.refused: list[str] = []

    @classmethod
    async def connect(cls, nats: Nats, user: str) -> "Person":
        person = cls()

        async def note(error: Exception) -> None:
            person.refused.append(str(error).lower())

        person.nc = await nats.connect(user, error_cb=note)
        return person

    async def may_publish(self, subject: str) -> bool:
        return await self._may(lambda: self.nc.publish(subject, b"{}"))

    async def may_subscribe(self, subject: str) -> bool:
        return await self._may(lambda: self.nc.subscribe(subject))

    async def _may(self, do: Callable[[], object]) -> bool:
        self.refused.clear()
        await do()  # type: ignore[misc]
        await self.nc.flush(2)  # nats-py sends the ping ahead of what waits to be sent
        await self.nc.flush(2)
        return not any("permissions violation" in text for text in self.refused)


@pytest.fixture
async def connected(nats: Nats) -> AsyncIterator[Callable[[str], object]]:
    await nats.allow(ME, {"FACTS": (f"{ME}-reads",), "TIMERS": (f"{ME}-due-x",)})
    people: list[Person] = []

    async def connect(user: str) -> Person:
        people.append(await Person.connect(nats, user))
        return people[-1]

    yield connect
    for person in people:
        await person.nc.close()


@pytest.mark.parametrize(
    "subject",
    [
        "ekkyo.fact.events.published.e1",
        "ekkyo.timer.events.reminder.e1",
        "ekkyo.dead.events.reads",
        "$JS.API.CONSUMER.MSG.NEXT.AGAIN.events-reads",
        "_INBOX.outside.abc",
        "$JS.API.STREAM.INFO.FACTS",
        "$JS.API.STREAM.PURGE.TIMERS",
        "$JS.API.CONSUMER.INFO.FACTS.events-reads",
        "$JS.API.CONSUMER.MSG.NEXT.FACTS.events-reads",
        "$JS.API.CONSUMER.MSG.NEXT.TIMERS.events-due-x",
        "$JS.ACK.FACTS.events-reads.1.1.1.1.1",
    ],
)
async def test_a_service_may_say_what_is_its_own(connected, subject):
    assert await (await connected(ME)).may_publish(subject)


@pytest.mark.parametrize(
    "subject",
    [
        "ekkyo.fact.members.registered.m1",
        "ekkyo.timer.members.digest.m1",
        "ekkyo.due.events.reminder.e1",
        "ekkyo.dead.members.reads",
        "ekkyo.again.events.reads",
        "ekkyo.cmd.events.register",
        "ekkyo.cmd.members.erase",
        "$JS.API.STREAM.CREATE.MINE",
        "$JS.API.STREAM.UPDATE.FACTS",
        "$JS.API.STREAM.DELETE.FACTS",
        "$JS.API.STREAM.PURGE.FACTS",
        "$JS.API.STREAM.MSG.DELETE.FACTS",
        "$JS.API.CONSUMER.CREATE.FACTS.mine",
        "$JS.API.CONSUMER.DURABLE.CREATE.FACTS.mine",
        "$JS.API.CONSUMER.DELETE.FACTS.events-reads",
        "$JS.API.CONSUMER.MSG.NEXT.FACTS.members-reads",
        "$JS.ACK.FACTS.members-reads.1.1.1.1.1",
        "$SYS.REQ.SERVER.PING",
    ],
)
async def test_a_service_may_not_say_what_is_not_its_own(connected, subject):
    assert not await (await connected(ME)).may_publish(subject)


@pytest.mark.parametrize("subject", ["ekkyo.cmd.events.>", "ekkyo.ask.events.>", "$SRV.>", "_INBOX.events.>"])
async def test_a_service_hears_what_it_is_asked(connected, subject):
    assert await (await connected(ME)).may_subscribe(subject)


@pytest.mark.parametrize(
    "subject",
    [
        "ekkyo.cmd.members.>",
        "ekkyo.cmd.>",
        "ekkyo.ask.members.get",
        "_INBOX.members.>",
        "_INBOX.>",
        "ekkyo.fact.>",
        ">",
    ],
)
async def test_a_service_does_not_hear_what_others_are_asked_or_answered(connected, subject):
    assert not await (await connected(ME)).may_subscribe(subject)


@pytest.mark.parametrize("kind", ["fact", "timer", "due", "dead", "again"])
async def test_an_outside_system_tells_nothing_in_a_services_name(connected, kind):
    assert not await (await connected(OUTSIDE)).may_publish(f"ekkyo.{kind}.events.published.e1")


@pytest.mark.parametrize("subject", ["ekkyo.cmd.members.>", "ekkyo.fact.>", "_INBOX.events.>", "_INBOX.>", "$SRV.>"])
async def test_an_outside_system_hears_its_own_inbox_alone(connected, subject):
    outside = await connected(OUTSIDE)
    assert not await outside.may_subscribe(subject)
    assert await outside.may_subscribe("_INBOX.outside.>")


@pytest.mark.parametrize(
    "subject",
    [
        "$JS.API.CONSUMER.CREATE.FACTS.events-reads",
        "$JS.API.CONSUMER.CREATE.FACTS.events-reads.ekkyo.fact.>",
        "$JS.API.CONSUMER.DURABLE.CREATE.FACTS.events-reads",
        "$JS.API.CONSUMER.DELETE.FACTS.events-reads",
        "$JS.API.CONSUMER.MSG.NEXT.FACTS.events-reads",
        "$JS.ACK.FACTS.events-reads.1.1.1.1.1",
        "$JS.API.STREAM.DELETE.FACTS",
        "$JS.API.STREAM.PURGE.FACTS",
        "$JS.API.CONSUMER.CREATE.DEAD.mine",
        "$JS.API.CONSUMER.CREATE.TIMERS.mine",
    ],
)
async def test_an_outside_system_leaves_streams_and_the_services_consumers_alone(connected, subject):
    assert not await (await connected(OUTSIDE)).may_publish(subject)


async def test_an_outside_system_reads_facts_with_a_consumer_of_its_own(connected, nats):
    service = await connected(ME)
    await service.nc.jetstream().publish("ekkyo.fact.events.published.e1", b"{}")
    outside = await connected(OUTSIDE)
    js = outside.nc.jetstream()
    await js.add_consumer("FACTS", ConsumerConfig(durable_name="theirs", ack_policy=AckPolicy.EXPLICIT))
    reader = await js.pull_subscribe_bind("theirs", "FACTS")
    [fact] = await reader.fetch(1, timeout=5)
    await fact.ack_sync()
    assert fact.subject == "ekkyo.fact.events.published.e1"
    await js.delete_consumer("FACTS", "theirs")


async def test_a_fact_delivered_to_a_forged_reply_keeps_its_subject_and_content(connected, nats):
    """NATS lets a reader name any reply subject; all that comes of it is the same fact again, never another one."""
    service = await connected(ME)
    await service.nc.jetstream().publish("ekkyo.fact.events.published.e1", b"true")
    outside = await connected(OUTSIDE)
    js = outside.nc.jetstream()
    await js.add_consumer("FACTS", ConsumerConfig(durable_name="theirs", ack_policy=AckPolicy.EXPLICIT))
    forged = "ekkyo.fact.events.cancelled.e1"
    await outside.nc.publish("$JS.API.CONSUMER.MSG.NEXT.FACTS.theirs", b'{"batch": 1}', reply=forged)
    await outside.nc.flush()
    await outside.nc.flush()
    ops = await connected(OPS)
    state = (await ops.nc.jetstream().stream_info("FACTS", subjects_filter=">")).state
    assert set(state.subjects or ()) == {"ekkyo.fact.events.published.e1"}


@pytest.mark.parametrize("user", [OUTSIDE, *SERVICES])
async def test_members_alone_takes_facts_out_of_the_stream(connected, user):
    """Those about somebody who was erased; the whole stream not even they may purge."""
    person = await connected(user)
    assert await person.may_publish("$JS.API.STREAM.MSG.DELETE.FACTS") == (user == "members")
    assert not await person.may_publish("$JS.API.STREAM.PURGE.FACTS")


async def test_ops_run_streams_and_consumers_but_tell_no_facts(connected):
    ops = await connected(OPS)
    assert await ops.may_publish("$JS.API.STREAM.UPDATE.FACTS")
    assert await ops.may_publish("$SRV.PING")
    assert await ops.may_publish("ekkyo.again.events.reads")
    assert not await ops.may_publish("ekkyo.fact.events.published.e1")
    assert not await ops.may_subscribe("_INBOX.events.>")


async def test_a_stranger_does_not_come_in(nats):
    nats.passwords["nobody"] = "x"
    with pytest.raises(Exception, match=r"(?i)authorization"):
        await nats.connect("nobody")


def test_no_durable_has_two_owners_and_each_is_named_after_its_service():
    names = [(service, name) for service in SERVICES for names in DURABLES[service].values() for name in names]
    assert len({name for _, name in names}) == len(names)
    assert all(name.startswith(f"{service}-") for service, name in names)


def test_a_password_can_be_left_to_the_servers_environment(tmp_path):
    text = server_config({user: f"$NATS_{user.upper()}" for user in USERS}, store_dir=tmp_path)
    assert "password: $NATS_EVENTS," in text
    quoted = server_config({"events": 'a"b'}, store_dir=tmp_path)
    assert 'password: "a\\"b",' in quoted


def test_what_is_acknowledged_survives_a_power_failure(tmp_path):
    """By default nats-server writes to the disk every two minutes."""
    assert "sync_interval: always" in server_config({}, store_dir=tmp_path)


def test_nobody_may_use_everything():
    for user in USERS:
        may = permissions(user)
        assert ">" not in may.publish + may.subscribe
        assert "ekkyo.>" not in may.publish + may.subscribe


async def test_the_file_with_the_passwords_is_its_owners_alone(nats):
    assert os.stat(nats.folder / "nats.conf").st_mode & 0o077 == 0
