"""Publishing with retries: a message is stored once, however often it is sent."""

import asyncio
import json
import logging
import time
from collections.abc import Iterator, Sequence
from itertools import groupby
from weakref import WeakKeyDictionary

from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.errors import Error as NatsError
from nats.js import JetStreamContext

from ekkyo.publishing.erasing import erase
from ekkyo.wire import OutMessage

logger = logging.getLogger("ekkyo.broker")
WITHIN = 20.0
"""How long publishing is tried, in seconds: a leader's election in a cluster of three took up to eight."""
ATTEMPT = 5.0
AT_ONCE = 500
FACT = "ekkyo.fact."


class NotPublished(Exception):
    """The server did not confirm in time. It may have stored the messages: say them again with the same ids."""


async def publish(
    js: JetStreamContext, messages: Sequence[OutMessage], *, within: float = WITHIN, attempt: float = ATTEMPT
) -> None:
    """Publish these in this order without waiting for each; what is not confirmed is published again with the same id.

    Of several messages for one timer only the last counts. Facts are purged when all that comes before is confirmed,
    and what comes after is published when they are gone. Times in seconds. Raises NotPublished.
    """
    for some in _parts(_last_of_each_timer(messages)):
        for n in range(0, len(some), AT_ONCE):
            await _publish(js, some[n : n + AT_ONCE], within, attempt)


async def _publish(js: JetStreamContext, left: list[OutMessage], within: float, attempt: float) -> None:
    deadline = time.monotonic() + within
    pause = 0.05
    while True:
        left, error = await _attempt(js, left, attempt)
        if not left:
            return
        if time.monotonic() + pause >= deadline:
            raise NotPublished(f"{len(left)} messages were not confirmed: {error}") from None
        logger.warning(
            "NATS did not confirm all messages: publishing them again", extra={"messages": len(left), "error": error}
        )
        await asyncio.sleep(pause)
        pause = min(2 * pause, 1.0)


async def _attempt(js: JetStreamContext, messages: Sequence[OutMessage], within: float) -> tuple[list[OutMessage], str]:
    """Those that were not confirmed, and why the last of them was not."""
    waiting: list[asyncio.Future[None]] = []
    error = ""
    try:
        async with asyncio.timeout(within):
            confirmed = await _Confirmed.on(js._nc)
            for message in messages:
                waiting.append(await confirmed.say(js, message))
            if waiting:
                await asyncio.wait(waiting)
    except (TimeoutError, NatsError, OSError) as e:  # what comes after the one that failed must not overtake it
        error = type(e).__name__
    left = list(messages[len(waiting) :])
    for message, future in reversed(list(zip(messages, waiting, strict=False))):
        if future.done() and (failure := future.exception()) is None:
            continue
        error = str(failure) if future.done() else error
        future.cancel()
        left.insert(0, message)
    return left, error


class Unconfirmed(NatsError):
    """The server answered that it did not store a message."""


class _Confirmed:
    """Publishing without waiting for each confirmation in turn.

    nats-py has this too, but there a message that the server refuses is never heard of again.
    """

    _by_connection: WeakKeyDictionary[Client, "_Confirmed"] = WeakKeyDictionary()

    def __init__(self, nc: Client) -> None:
        self._inbox, self._said = nc.new_inbox(), 0
        self._waiting: dict[str, asyncio.Future[None]] = {}

    @classmethod
    async def on(cls, nc: Client) -> "_Confirmed":
        found = cls._by_connection.get(nc)
        if found is None:
            found = cls._by_connection[nc] = cls(nc)
            await nc.subscribe(f"{found._inbox}.*", cb=found._heard)
        return found

    async def say(self, js: JetStreamContext, message: OutMessage) -> asyncio.Future[None]:
        """Publish it; the future is done when it is confirmed, or fails with what the server says."""
        if message.purge:
            return asyncio.ensure_future(_purge(js, message.subject))
        self._said += 1
        token = str(self._said)
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting[token] = future
        future.add_done_callback(lambda _: self._waiting.pop(token, None))
        try:
            await js._nc.publish(
                message.subject, message.body, reply=f"{self._inbox}.{token}", headers=dict(message.headers)
            )
        except BaseException:
            future.cancel()
            raise
        return future

    async def _heard(self, msg: Msg) -> None:
        future = self._waiting.get(msg.subject.rpartition(".")[2])
        if future is None or future.done():
            return
        if (msg.headers or {}).get("Status") == "503":
            future.set_exception(Unconfirmed("no stream takes this subject"))
            return
        refused = json.loads(msg.data).get("error")
        if refused:
            future.set_exception(Unconfirmed(f"{refused.get('err_code')} {refused.get('description')}"))
        else:
            future.set_result(None)


async def _purge(js: JetStreamContext, subject: str) -> None:
    if subject.startswith(FACT):
        await erase(js, subject)
    else:
        await js.purge_stream("TIMERS", subject=subject)


def _parts(messages: Sequence[OutMessage]) -> Iterator[list[OutMessage]]:
    """The messages in order, with the purges of facts apart from what comes before and after them."""
    for _, some in groupby(messages, key=lambda m: m.purge and m.subject.startswith(FACT)):
        yield list(some)


def _last_of_each_timer(messages: Sequence[OutMessage]) -> list[OutMessage]:
    """Setting and cancelling a timer must not overtake each other, and only the last is of use."""
    last = {m.subject: n for n, m in enumerate(messages)}
    return [m for n, m in enumerate(messages) if not m.subject.startswith("ekkyo.timer.") or last[m.subject] == n]
