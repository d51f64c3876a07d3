"""Publishing what a document's change made known, so that it is stored once however often it is said."""

import asyncio
import logging
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING

from nats.errors import Error as NatsError
from nats.js import JetStreamContext
from nats.js.api import PubAck
from nats.js.errors import APIError

from ekkyo.wire import OutMessage

if TYPE_CHECKING:
    from ekkyo.broker.broker import Broker

logger = logging.getLogger("ekkyo.broker")
WITHIN = 20.0
"""How long publishing is tried, in seconds: a leader's election in a cluster of three took up to eight."""
ATTEMPT = 5.0


class NotPublished(Exception):
    """The server did not confirm in time. It may have stored the messages: say them again with the same ids."""


class JetStreamOutbox:
    """The store's outbox: returns when JetStream has confirmed every message, raises NotPublished otherwise."""

    def __init__(self, broker: "Broker", *, within: float = WITHIN, attempt: float = ATTEMPT) -> None:
        self._broker, self._within, self._attempt = broker, within, attempt

    async def __call__(self, messages: Sequence[OutMessage]) -> None:
        await publish(self._broker.jetstream, messages, within=self._within, attempt=self._attempt)


async def publish(
    js: JetStreamContext, messages: Sequence[OutMessage], *, within: float = WITHIN, attempt: float = ATTEMPT
) -> None:
    """Publish these in this order without waiting for each; what is not confirmed is said again with the same id.

    Of several messages for one timer only the last counts. Times in seconds. Raises NotPublished.
    """
    left = _last_of_each_timer(messages)
    deadline = time.monotonic() + within
    pause = 0.05
    while True:
        left, error = await _attempt(js, left, attempt)
        if not left:
            return
        if time.monotonic() + pause >= deadline:
            raise NotPublished(f"{len(left)} messages were not confirmed: {error}") from None
        logger.warning("publishing again what was not confirmed", extra={"messages": len(left), "error": error})
        await asyncio.sleep(pause)
        pause = min(2 * pause, 1.0)


async def _attempt(js: JetStreamContext, messages: Sequence[OutMessage], within: float) -> tuple[list[OutMessage], str]:
    """Those that were not confirmed, and why the last of them was not."""
    waiting: list[tuple[OutMessage, asyncio.Future[PubAck]]] = []
    left: list[OutMessage] = []
    error = ""
    try:
        async with asyncio.timeout(within):
            for n, message in enumerate(messages):
                try:
                    waiting.append((message, await _say(js, message)))
                except (NatsError, OSError) as e:
                    error, left = type(e).__name__, list(messages[n:])  # what comes after it must not overtake it
                    break
            await asyncio.wait([future for _, future in waiting]) if waiting else None
    except TimeoutError:
        error = "TimeoutError"
        left = list(messages[len(waiting) :])
    unconfirmed: list[OutMessage] = []
    for message, future in waiting:
        if not future.done():
            future.cancel()
            unconfirmed.append(message)
        elif future.cancelled() or (failure := future.exception()) is not None:
            error = type(failure).__name__ if not future.cancelled() else "cancelled"
            if isinstance(failure, APIError) and failure.err_code:
                error = f"{error} {failure.err_code}"
            unconfirmed.append(message)
    return unconfirmed + left, error


async def _say(js: JetStreamContext, message: OutMessage) -> asyncio.Future[PubAck]:
    if not message.purge:
        return await js.publish_async(message.subject, message.body, headers=dict(message.headers))
    return asyncio.ensure_future(_purge(js, message.subject))


async def _purge(js: JetStreamContext, subject: str) -> PubAck:
    await js.purge_stream("TIMERS", subject=subject)
    return PubAck("TIMERS", 0)


def _last_of_each_timer(messages: Sequence[OutMessage]) -> list[OutMessage]:
    """Setting and cancelling a timer must not overtake each other, and only the last is of use."""
    last = {m.subject: n for n, m in enumerate(messages)}
    return [m for n, m in enumerate(messages) if not m.subject.startswith("ekkyo.timer.") or last[m.subject] == n]
