"""The streams and durables, as `provision` makes them. Services never declare or alter them while they run."""

import asyncio
from collections.abc import Iterable
from dataclasses import replace

from nats.js import JetStreamContext
from nats.js.api import (
    AckPolicy,
    ConsumerConfig,
    DeliverPolicy,
    DiscardPolicy,
    RetentionPolicy,
    StorageType,
    StreamConfig,
)
from nats.js.errors import NotFoundError

from ekkyo.broker.routes import Reaction, Router

ACK_WAIT = 30.0
"""Seconds without a sign of life after which a message is given to another instance. Work in progress says so."""

STREAMS: tuple[StreamConfig, ...] = (
    StreamConfig(
        name="FACTS",
        description="What happened, for ever",
        subjects=["ekkyo.fact.>"],
        storage=StorageType.FILE,
        duplicate_window=600,
        allow_direct=True,
    ),
    StreamConfig(
        name="TIMERS",
        description="What is due later, and what has come due",
        subjects=["ekkyo.timer.>", "ekkyo.due.>"],
        storage=StorageType.FILE,
        duplicate_window=600,
        max_msgs_per_subject=1,  # set again, a timer is moved; due twice, it is the same timer
        allow_msg_schedules=True,
        allow_msg_ttl=True,
        allow_direct=True,
    ),
    StreamConfig(
        name="DEAD",
        description="What a reaction gave up on, until it is replayed or dropped",
        subjects=["ekkyo.dead.>"],
        max_age=180 * 24 * 3600.0,
        max_bytes=1024**3,  # some million letters
        discard=DiscardPolicy.NEW,  # full, it takes no more: what is given up then is tried again instead
        storage=StorageType.FILE,
        duplicate_window=600,
        allow_direct=True,
    ),
    StreamConfig(
        name="AGAIN",
        description="Dead letters on their way back to the one reaction that they are for",
        subjects=["ekkyo.again.>"],
        retention=RetentionPolicy.WORK_QUEUE,
        discard=DiscardPolicy.OLD,
        storage=StorageType.FILE,
        duplicate_window=600,
        max_age=30 * 24 * 3600.0,
    ),
)

SURVEY_KEYS = StreamConfig(
    name="KV_SURVEY_KEYS",
    description="The key of each anonymous survey that is open; in no backup",
    subjects=["$KV.SURVEY_KEYS.>"],
    storage=StorageType.FILE,
    max_msgs_per_subject=1,
    discard=DiscardPolicy.NEW,
    deny_delete=False,  # a key that is destroyed is deleted: that overwrites it on the disk
    deny_purge=True,  # a purge would leave it there
)
"""A key-value bucket of one value each. It is none of `STREAMS`: whoever copies those must not have the keys too."""


def consumer_configs(routers: Iterable[Router]) -> list[tuple[str, ConsumerConfig]]:
    """The durables these routers need, each with its stream: one per reaction, and one for what is replayed to it."""
    made: dict[tuple[str, str], ConsumerConfig] = {}
    for reaction in (reaction for router in routers for reaction in router.reactions):
        key = (reaction.stream, reaction.durable)
        assert key not in made, f"two reactions are called {reaction.durable}"
        made[key] = durable_of(reaction)
        made["AGAIN", reaction.durable] = again_of(reaction)
    return [(stream, config) for (stream, _), config in made.items()]


def durable_of(reaction: Reaction) -> ConsumerConfig:
    return ConsumerConfig(
        name=reaction.durable,
        durable_name=reaction.durable,
        description=f"{reaction.service}: {reaction.name.replace('_', ' ')}",
        deliver_policy=DeliverPolicy.ALL if reaction.start == "beginning" else DeliverPolicy.NEW,
        ack_policy=AckPolicy.EXPLICIT,
        ack_wait=ACK_WAIT,
        max_deliver=-1,  # the broker counts the tries and keeps a dead letter; the server would only fall silent
        max_ack_pending=20_000,  # those that wait to be tried again count too and must not hold up the others
        filter_subjects=list(reaction.subjects),
    )


def again_of(reaction: Reaction) -> ConsumerConfig:
    config = durable_of(reaction)
    return replace(config, deliver_policy=DeliverPolicy.ALL, filter_subjects=[reaction.again_subject])


async def missing(js: JetStreamContext, routers: Iterable[Router]) -> list[str]:
    """Durables that are not there, or listen to other subjects than these routers want."""

    async def check(stream: str, wanted: ConsumerConfig) -> str | None:
        name = str(wanted.durable_name)
        try:
            found = (await js.consumer_info(stream, name)).config
        except NotFoundError:
            return f"{stream}/{name}"
        hears = set(found.filter_subjects or [found.filter_subject])
        return None if hears == set(wanted.filter_subjects or ()) else f"{stream}/{name} (hears other subjects)"

    checked = await asyncio.gather(*(check(*each) for each in consumer_configs(routers)))
    return [name for name in checked if name]
