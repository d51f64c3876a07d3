"""How other systems use Ekkyo: ask, send, and hear facts, in the contracts' types. Needs the extra `client` alone."""

import asyncio
import logging
import os
import random
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import suppress
from datetime import datetime
from typing import Any, Self, TypeVar

import nats
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.errors import Error as NatsError
from nats.errors import NoRespondersError
from nats.errors import TimeoutError as NatsTimeout
from nats.js import JetStreamContext
from nats.js.api import AckPolicy, ConsumerConfig, DeliverPolicy
from nats.js.errors import APIError, NotFoundError
from pydantic import BaseModel

from ekkyo import trace, wire
from ekkyo.contracts.base import Command, Fact, Question, Refused

A = TypeVar("A", bound=BaseModel)
logger = logging.getLogger("ekkyo.client")
ATTEMPT = 5.0
"""Seconds after which a request without an answer is said again: the instance that had it may be gone."""
UNANSWERED = 5.0
"""Seconds that nobody may be there to answer, while a service restarts, before it is told as unavailable."""


class Ekkyo:
    """A connection to Ekkyo on behalf of one caller.

    ```python
    async with Ekkyo.connect() as ekkyo:
        event = await ekkyo.ask(GetEvent(event_id=id))
        await ekkyo.send(RegisterForEvent(event_id=id, member_id=who, registration_id=new_id()))
        async for fact in ekkyo.facts(RegistrationConfirmed, durable="seating-plan"):
            ...
    ```
    """

    nc: Client

    def __init__(self, options: dict[str, Any], token: str | Callable[[], str] | None) -> None:
        self._options, self._token = options, token

    @classmethod
    def connect(
        cls,
        url: str | None = None,
        *,
        user: str | None = None,
        password: str | None = None,
        token: str | Callable[[], str] | None = None,
        inbox_prefix: str | None = None,
        environment: Mapping[str, str] = os.environ,
    ) -> Self:
        """For `async with`. What is not given is taken from the environment: EKKYO_NATS_URL, EKKYO_NATS_USER,
        EKKYO_NATS_PASSWORD, EKKYO_TOKEN, EKKYO_INBOX_PREFIX.

        token: the bearer token, or a function that gives a fresh one. inbox_prefix: where the NATS user may receive
        replies, `_INBOX.<user>` by default.
        """
        user = user or environment.get("EKKYO_NATS_USER") or None
        prefix = inbox_prefix or environment.get("EKKYO_INBOX_PREFIX") or (f"_INBOX.{user}" if user else "_INBOX")
        options: dict[str, Any] = {
            "servers": (url or environment.get("EKKYO_NATS_URL", "nats://127.0.0.1:4222")).split(","),
            "inbox_prefix": prefix,
            "name": "ekkyo-client",
            "max_reconnect_attempts": -1,
            "reconnect_time_wait": 0.5,
            "ping_interval": 10,
            "error_cb": _told_of,
        }
        if user:
            options |= {"user": user, "password": password or environment.get("EKKYO_NATS_PASSWORD", "")}
        return cls(options, token or environment.get("EKKYO_TOKEN"))

    def with_token(self, token: str | Callable[[], str]) -> Self:
        """The same connection, speaking for somebody else. Only the one that was connected closes it."""
        other = type(self)(self._options, token)
        other.nc = self.nc
        return other

    async def __aenter__(self) -> Self:
        self.nc = await nats.connect(**self._options)
        return self

    async def __aexit__(self, *failed: object) -> None:
        with suppress(NatsError):
            await self.nc.drain()

    @property
    def js(self) -> JetStreamContext:
        """JetStream, for the tools of those who run Ekkyo."""
        return self.nc.jetstream()

    async def ask(self, question: Question[A], *, within: float = 15.0) -> A:
        """The answer to a question. Raises Refused; `unavailable` or `no_answer` (503) when nobody did."""
        return await self._request(question, within)

    async def send(self, command: Command[A], *, within: float = 15.0) -> A:
        """Have something done; gives what came of it. Raises Refused.

        `within` is in seconds. It is said again, with the ids it has, when no answer comes or when it was too much at
        once, which has no second effect; after `no_answer` (503) it may have been done, so say it again.
        """
        return await self._request(command, within)

    async def _request(self, message: Command[A] | Question[A], within: float) -> A:
        body, deadline = message.model_dump_json().encode(), time.monotonic() + within
        headers = {wire.TRACE: trace.new()}
        nobody = time.monotonic() + min(within, UNANSWERED)
        pause, patience = 0.1, ATTEMPT if within < 60 else within / 4  # minutes are given to what takes long
        while True:
            if token := self._token() if callable(self._token) else self._token:
                headers[wire.AUTHORIZATION] = f"Bearer {token}"
            left = deadline - time.monotonic()
            no: Refused
            try:
                reply = await self.nc.request(
                    message.subject, body, timeout=max(0.01, min(patience, left)), headers=headers
                )
                return wire.read_reply(message.answer_type(), reply.headers, reply.data)  # type: ignore[return-value]
            except NoRespondersError:
                no = Refused("unavailable", "Nobody is there to answer. Ask again later.", 503)
                if time.monotonic() + pause > nobody:
                    raise no from None
            except NatsTimeout:
                no = Refused("no_answer", "No answer came in time. It may have been done: say it again.", 503)
                patience *= 2  # it may be at it still: saying it again and again would only add to its work
            except Refused as refused:
                if refused.status != 429:
                    raise
                no = refused
            if time.monotonic() + pause >= deadline:
                raise no from None
            await asyncio.sleep(pause * random.uniform(0.5, 1.5))  # noqa: S311
            pause = min(2 * pause, 2.0)

    # Facts

    async def facts(
        self,
        *facts: type[Fact],
        entity: str | None = None,
        since: datetime | int | None = None,
        durable: str | None = None,
        follow: bool = True,
    ) -> AsyncIterator[Fact]:
        """Facts as they happened, each with its envelope in `.meta`. None named: all of them.

        A class without a subject of its own stands for the facts that derive from it. entity: only those about this
        id. since: from this time or position in the stream; None: what is new, or, when not following, everything.
        follow: wait for more; otherwise it ends with what is there. durable: a name under which the server keeps the
        position, which moves when the next fact is asked for; `since` then counts the first time only. A fact that
        cannot be read is logged and passed over.
        """
        reading = _Reading(self, subjects(*facts, entity=entity), since, durable, follow)
        try:
            async for msg in reading.messages():
                meta = msg.metadata
                try:
                    fact = wire.read_fact(msg.subject, msg.headers, msg.data, meta.sequence.stream)
                except wire.Malformed as unreadable:
                    logger.warning("passed over %s at %d: %s", msg.subject, meta.sequence.stream, unreadable.code)
                    continue
                yield fact
        finally:
            await reading.close()


def subjects(*facts: type[Fact], entity: str | None = None) -> list[str]:
    """What these facts, about this entity, are told on."""
    if not facts:
        return [f"ekkyo.fact.*.*.{entity}" if entity else "ekkyo.fact.>"]
    known = {f.subject for f in wire.facts_by_type().values() if issubclass(f, facts)}
    return [f"{subject}.{entity or '*'}" for subject in sorted(known)]


class _Reading:
    """One reading of the stream. Without a durable it goes on where it was after the server lost its consumer."""

    def __init__(
        self, ekkyo: Ekkyo, subjects: list[str], since: datetime | int | None, durable: str | None, follow: bool
    ) -> None:
        self._js, self._subjects, self._since, self._durable, self._follow = ekkyo.js, subjects, since, durable, follow
        self._prefix = f"{ekkyo._options['inbox_prefix']}.".encode()
        self._pulled: JetStreamContext.PullSubscription | None = None
        self._last = 0
        self._unsettled: Msg | None = None

    async def messages(self) -> AsyncIterator[Msg]:
        while True:
            try:
                pending = await self._open()
                while self._follow or pending:
                    for msg in await self._fetch():
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
                logger.info("reading on after %d: %s", self._last, type(lost).__name__)
                await self.close()
                await asyncio.sleep(0.5)

    async def close(self) -> None:
        """Leave. What the durable was handed and has not been done is told to the next reader at once."""
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
            found = await self._pulled.fetch(1, timeout=5)
        if found and found[0].metadata.num_pending:
            with suppress(TimeoutError):
                found += await self._pulled.fetch(min(500, found[0].metadata.num_pending), timeout=0.5)
        return found

    async def _open(self) -> int:
        """Bind to the consumer, made if it is not there; tells how many messages wait in it."""
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


async def _told_of(error: Exception) -> None:
    logger.debug("NATS reports %s", type(error).__name__)
