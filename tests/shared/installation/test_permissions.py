"""What comes of the permissions on a real nats-server; who may say and hear what is a table in tests/abuse."""

import os
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack

import pytest
from ekkyo.installation.permissions import DURABLES, OPS, OUTSIDE, SERVICES, USERS, permissions, server_config
from ekkyo.testing import Nats
from nats.aio.client import Client
from nats.js.api import AckPolicy, ConsumerConfig

ME = "events"


@pytest.fixture
async def connected(nats: Nats) -> AsyncIterator[Callable[[str], Awaitable[Client]]]:
    async with AsyncExitStack() as until_the_end:

        async def connect(user: str) -> Client:
            return await until_the_end.enter_async_context(await nats.connect(user))

        yield connect


async def test_an_outside_system_reads_facts_with_a_consumer_of_its_own(connected, nats):
    service = await connected(ME)
    await service.jetstream().publish("ekkyo.fact.events.published.e1", b"{}")
    outside = await connected(OUTSIDE)
    js = outside.jetstream()
    await js.add_consumer("FACTS", ConsumerConfig(durable_name="theirs", ack_policy=AckPolicy.EXPLICIT))
    reader = await js.pull_subscribe_bind("theirs", "FACTS")
    [fact] = await reader.fetch(1, timeout=5)
    await fact.ack_sync()
    assert fact.subject == "ekkyo.fact.events.published.e1"
    await js.delete_consumer("FACTS", "theirs")


async def test_a_fact_delivered_to_a_forged_reply_keeps_its_subject_and_content(connected, nats):
    """NATS lets a reader name any reply subject; all that comes of it is the same fact again, never another one."""
    service = await connected(ME)
    await service.jetstream().publish("ekkyo.fact.events.published.e1", b"true")
    outside = await connected(OUTSIDE)
    js = outside.jetstream()
    await js.add_consumer("FACTS", ConsumerConfig(durable_name="theirs", ack_policy=AckPolicy.EXPLICIT))
    forged = "ekkyo.fact.events.cancelled.e1"
    await outside.publish("$JS.API.CONSUMER.MSG.NEXT.FACTS.theirs", b'{"batch": 1}', reply=forged)
    await outside.flush()
    await outside.flush()
    ops = await connected(OPS)
    state = (await ops.jetstream().stream_info("FACTS", subjects_filter=">")).state
    assert set(state.subjects or ()) == {"ekkyo.fact.events.published.e1"}


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
