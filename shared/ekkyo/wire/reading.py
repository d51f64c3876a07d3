"""Reading the stream of facts for a client: where it begins, goes on after a loss, and ends."""

import asyncio
import logging
import os
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime

from nats.aio.msg import Msg
from nats.errors import ConnectionReconnectingError
from nats.errors import Error as NatsError
from nats.js import JetStreamContext
from nats.js.api import AckPolicy, ConsumerConfig, DeliverPolicy
from nats.js.errors import APIError, NotFoundError

from ekkyo import wire
from ekkyo.contracts.base import Fact

logger = logging.getLogger("ekkyo.client")
QUIET = 5.0
"""Seconds after which a reader that got nothing asks again."""


def subjects(*facts: type[Fact], entity: str | None = None) -> list[str]:
    """What these facts, about this entity, are told on."""
    if not facts:
        return [f"ekkyo.fact.*.*.{entity}" if entity else "ekkyo.fact.>"]
    known = {f.subject for f in wire.facts_by_type().values() if issubclass(f, facts)}
    return [f"{subject}.{entity or '*'}" for subject in sorted(known)]


class Reading:
    """One reading of the stream. Without a durable it goes on where it was after the server lost its consumer."""

    def __init__(
        self,
        js: JetStreamContext,
        inbox_prefix: str,
        subjects: list[str],
        since: datetime | int | None,
        durable: str | None,
        follow: bool,
        *,
        at_once: int = 500,
        connections: Callable[[], int] = lambda: 0,
    ) -> None:
        """at_once: messages that are taken before the first of them is given. connections: how often the client has
        connected: what was under way to a connection that broke is gone, so the place is taken up again."""
        self._at_once, self._connections, self._connected = at_once, connections, 0
        self._js, self._subjects, self._since, self._durable, self._follow = js, subjects, since, durable, follow
        self._prefix = f"{inbox_prefix}.".encode()
        self._pulled: JetStreamContext.PullSubscription | None = None
        self._last = 0
        self._unsettled: Msg | None = None

    async def messages(self) -> AsyncIterator[Msg]:
        while True:
            try:
                with keeps_cancellation():
                    pending = await self._open()
                while self._follow or pending:
                    with keeps_cancellation():
                        found = await self._fetch()
                    if not self._durable and self._connections() != self._connected:
                        raise ConnectionReconnectingError
                    for msg in found:
                        pending = msg.metadata.num_pending
                        if not self._durable and msg.metadata.sequence.stream <= self._last:
                            continue
                        self._unsettled = msg
                        beating = asyncio.create_task(_beat(msg)) if self._durable else None
                        try:
                            yield msg
                        finally:
                            if beating:
                                beating.cancel()
                        self._last = msg.metadata.sequence.stream
                        await self._settle(msg)
                return
            except (NotFoundError, NatsError, APIError) as lost:  # the server restarted, or forgot the consumer
                if self._durable and isinstance(lost, NotFoundError):
                    raise
                logger.info("reading interrupted by %s: continuing after sequence %d", type(lost).__name__, self._last)
                await self.close()
                await asyncio.sleep(0.5)

    async def close(self) -> None:
        """Stop. Messages that were not acknowledged are delivered to the next reader at once."""
        with suppress(NatsError):
            if self._durable and self._unsettled:
                await self._unsettled.nak()
            self._unsettled = None
            if self._pulled:
                await self._pulled.unsubscribe()
        self._pulled = None

    async def _settle(self, msg: Msg) -> None:
        if self._durable:
            await msg.ack()
        self._unsettled = None

    async def _fetch(self) -> list[Msg]:
        assert self._pulled  # its fetch raises NATS's own TimeoutError, or asyncio's, which that derives from
        if self._durable:  # one at a time: the order is kept even when a reader dies over one
            with suppress(TimeoutError):
                return await self._pulled.fetch(1, timeout=5)
            return []
        found: list[Msg] = []
        with suppress(TimeoutError):
            found = await self._pulled.fetch(1, timeout=QUIET)
        if self._at_once > 1 and found and found[0].metadata.num_pending:
            with suppress(TimeoutError):
                found += await self._pulled.fetch(min(self._at_once - 1, found[0].metadata.num_pending), timeout=0.5)
        return found

    async def _open(self) -> int:
        """Bind to the consumer, made if it is not there; tells how many messages wait in it."""
        self._connected = self._connections()
        name = self._durable or f"reader-{os.urandom(8).hex()}"
        info = None
        if self._durable:
            with suppress(NotFoundError):
                info = await self._js.consumer_info("FACTS", name)
                if set(info.config.filter_subjects or [info.config.filter_subject]) != set(self._subjects):
                    info = None  # it is to hear other facts from now on; its position stays
        if info is None:
            info = await self._js.add_consumer("FACTS", await self._config(name))
        self._pulled = await self._js.pull_subscribe_bind(durable=name, stream="FACTS", inbox_prefix=self._prefix)
        return (info.num_pending or 0) + (info.num_ack_pending or 0)

    async def _config(self, name: str) -> ConsumerConfig:
        config = ConsumerConfig(name=name, filter_subjects=self._subjects)
        if self._durable:
            config.durable_name, config.ack_policy = name, AckPolicy.EXPLICIT
            config.ack_wait, config.max_ack_pending = 30, 1
            with suppress(NotFoundError):
                kept = (await self._js.consumer_info("FACTS", name)).config
                config.deliver_policy, config.opt_start_seq = kept.deliver_policy, kept.opt_start_seq
                config.opt_start_time = kept.opt_start_time
                return config
        else:
            config.ack_policy, config.inactive_threshold, config.mem_storage = AckPolicy.NONE, 60, True
        if self._last:
            config.deliver_policy, config.opt_start_seq = DeliverPolicy.BY_START_SEQUENCE, self._last + 1
        elif isinstance(self._since, datetime):
            config.deliver_policy, config.opt_start_time = DeliverPolicy.BY_START_TIME, self._since
        elif self._since is not None:
            config.deliver_policy, config.opt_start_seq = DeliverPolicy.BY_START_SEQUENCE, max(1, self._since)
        else:
            config.deliver_policy = DeliverPolicy.NEW if self._follow else DeliverPolicy.ALL
        return config


async def _beat(msg: Msg) -> None:
    """Tell the server that this one is still being worked on."""
    while True:
        await asyncio.sleep(10)
        await msg.in_progress()


@contextmanager
def keeps_cancellation() -> Iterator[None]:
    """A cancellation that comes while this waits ends it. `asyncio.wait_for`, on which the NATS client stands, forgets
    one that comes together with the result, until Python 3.12; who reads facts would then read on for ever."""
    task = asyncio.current_task()
    before = task.cancelling() if task else 0
    try:
        yield
    finally:
        if task and task.cancelling() > before:
            raise asyncio.CancelledError
