"""How other systems use Ekkyo: ask, send, and hear facts, in the contracts' types. Needs the extra `client` alone."""

import asyncio
import logging
import os
import random
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from typing import Any, Self, TypeVar

import nats
from nats.aio.client import Client
from nats.errors import Error as NatsError
from nats.errors import NoRespondersError
from nats.errors import TimeoutError as NatsTimeout
from nats.js import JetStreamContext
from pydantic import BaseModel

from ekkyo import wire
from ekkyo.contracts.base import Command, Fact, Question, Refused
from ekkyo.installation.login import Login
from ekkyo.wire import trace
from ekkyo.wire.reading import Reading, keeps_cancellation, subjects

A = TypeVar("A", bound=BaseModel)
Read = Callable[[type[BaseModel], Mapping[str, str] | None, bytes], BaseModel]
"""Makes an answer of a reply: its type, the reply's headers, and its body. Raises Refused."""
logger = logging.getLogger("ekkyo.client")
ATTEMPT = 5.0
"""Seconds after which a request without an answer is retried: the instance that received it may be gone."""
UNANSWERED = 5.0
"""Seconds for which a service may have no instance, while it restarts, before `unavailable` is raised."""


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
        self._read: Read = wire.read_reply

    @classmethod
    def connect(
        cls,
        url: str | None = None,
        *,
        user: str | None = None,
        password: str | None = None,
        token: str | Callable[[], str] | None = None,
        inbox_prefix: str | None = None,
        login: Login | None = None,
        environment: Mapping[str, str] = os.environ,
    ) -> Self:
        """For `async with`. What is not given is taken from the environment: EKKYO_NATS_URL, EKKYO_NATS_USER,
        EKKYO_NATS_PASSWORD or EKKYO_NATS_NKEY_FILE, EKKYO_NATS_TLS_CA, _CERT and _KEY, EKKYO_TOKEN,
        EKKYO_INBOX_PREFIX.

        token: the bearer token, or a function that gives a fresh one. inbox_prefix: where the NATS user may receive
        replies, `_INBOX.<user>` by default. login: who it is, in place of user and password.
        """
        login = login or Login.from_environment(environment)
        if user or password:
            key = None if password else login.nkey_file
            login = replace(login, user=user or login.user, password=password or login.password, nkey_file=key)
        user = login.user
        prefix = inbox_prefix or environment.get("EKKYO_INBOX_PREFIX") or (f"_INBOX.{user}" if user else "_INBOX")
        options: dict[str, Any] = {
            "servers": (url or environment.get("EKKYO_NATS_URL", "nats://127.0.0.1:4222")).split(","),
            "inbox_prefix": prefix,
            "name": "ekkyo-client",
            "max_reconnect_attempts": -1,
            "reconnect_time_wait": 0.5,
            "ping_interval": 10,
            "error_cb": _told_of,
            **login.options(),
        }
        return cls(options, token or environment.get("EKKYO_TOKEN"))

    def with_token(self, token: str | Callable[[], str], *, read: Read | None = None) -> Self:
        """The same connection, speaking for somebody else. Only the one that was connected closes it.

        read: reads replies in place of `wire.read_reply`.
        """
        other = type(self)(self._options, token)
        other.nc, other._read = self.nc, read or self._read
        return other

    async def __aenter__(self) -> Self:
        try:
            with keeps_cancellation():
                self.nc = await nats.connect(**self._options)
        except asyncio.CancelledError:
            if hasattr(self, "nc"):
                await self.nc.close()
            raise
        return self

    async def __aexit__(self, *failed: object) -> None:
        with suppress(NatsError):
            await self.nc.drain()

    @property
    def js(self) -> JetStreamContext:
        """JetStream, for the tools of those who run Ekkyo."""
        return self.nc.jetstream()

    async def ask(self, question: Question[A], *, within: float = 15.0) -> A:
        """The answer to a question. Raises Refused; `unavailable` or `no_answer` (503) when no answer came."""
        return await self._request(question, within)

    async def send(self, command: Command[A], *, within: float = 15.0) -> A:
        """Have something done; gives what came of it. Raises Refused.

        `within` is in seconds. It is retried, with the same ids, when no answer comes or when it was too much at
        once, which has no second effect; after `no_answer` (503) it may have been done, so send it again.
        """
        return await self._request(command, within)

    async def _request(self, message: Command[A] | Question[A], within: float) -> A:
        body, deadline = message.model_dump_json().encode(), time.monotonic() + within
        headers = trace.outgoing()
        nobody = time.monotonic() + min(within, UNANSWERED)
        pause, patience = 0.1, ATTEMPT if within < 60 else within / 4  # minutes are given to what takes long
        while True:
            if token := self._token() if callable(self._token) else self._token:
                headers[wire.AUTHORIZATION] = f"Bearer {token}"
            left = deadline - time.monotonic()
            no: Refused
            try:
                with keeps_cancellation():
                    reply = await self.nc.request(
                        message.subject, body, timeout=max(0.01, min(patience, left)), headers=headers
                    )
                return self._read(message.answer_type(), reply.headers, reply.data)  # type: ignore[return-value]
            except NoRespondersError:
                no = Refused("unavailable", "No instance of the service is running. Try again later.", 503)
                if time.monotonic() + pause > nobody:
                    raise no from None
            except NatsTimeout:
                no = Refused("no_answer", "No answer came in time. It may have been done: say it again.", 503)
                patience *= 2  # it may be at it still: saying it again and again would only add to its work
            except Refused as refused:
                if refused.status != 429:
                    raise
                no = refused
            rest = pause * random.uniform(0.5, 1.5)  # noqa: S311
            if time.monotonic() + 2 * rest >= deadline:  # another try would have no time for its answer
                raise no from None
            await asyncio.sleep(rest)
            pause = min(2 * pause, 2.0)

    # Facts

    async def facts(
        self,
        *facts: type[Fact],
        entity: str | None = None,
        since: datetime | int | None = None,
        durable: str | None = None,
        follow: bool = True,
        at_once: int = 500,
    ) -> AsyncIterator[Fact]:
        """Facts as they happened, each with its envelope in `.meta`. None named: all of them.

        A class without a subject of its own stands for the facts that derive from it. entity: only those about this
        id. since: from this time or position in the stream; None: what is new, or, when not following, everything.
        follow: wait for more; otherwise it ends with what is there. durable: a name under which the server keeps the
        position, which moves when the next fact is asked for; `since` then counts the first time only. at_once: how
        many facts may be held here that nobody has asked for yet. A fact that cannot be read is logged and skipped.
        """
        prefix = self._options["inbox_prefix"]
        reading = Reading(
            self.js,
            prefix,
            subjects(*facts, entity=entity),
            since,
            durable,
            follow,
            at_once=at_once,
            connections=lambda: int(self.nc.stats["reconnects"]),
        )
        try:
            async for msg in reading.messages():
                meta = msg.metadata
                try:
                    fact = wire.read_fact(msg.subject, msg.headers, msg.data, meta.sequence.stream)
                except wire.Malformed as unreadable:
                    logger.warning(
                        "skipped a fact that cannot be read: %s, sequence %d, %s",
                        msg.subject,
                        meta.sequence.stream,
                        unreadable.code,
                    )
                    continue
                yield fact
        finally:
            await reading.close()


async def _told_of(error: Exception) -> None:
    logger.debug("the NATS client reports %s", type(error).__name__)
