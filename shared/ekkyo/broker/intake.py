"""How messages come in: each as a task of its own at once, up to a limit, and none lost when the service stops.

FastStream's own intakes handle requests one at a time or through a queue, and a lone fact of a batch up to its
time-out later; the subscribers stay FastStream's, only what feeds them is here.
"""

import asyncio
import json
import logging
import time
from collections.abc import Callable, Coroutine, Iterable
from contextlib import suppress
from typing import Any, Protocol

from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.aio.subscription import Subscription
from nats.errors import Error as NatsError

from ekkyo.broker.defence import Limits

Consume = Callable[[Msg], Coroutine[Any, Any, Any]]
logger = logging.getLogger("ekkyo.broker")
TURN = 0.02
"""Seconds for which requests of one subject are let in or refused before others have their turn. With much less, those
who wait behind a flood wait for a turn of everything else again and again."""


class Tasks:
    """What is being done now."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[Any]] = set()

    def __len__(self) -> int:
        return len(self._tasks)

    def start(self, work: Coroutine[Any, Any, Any], then: Callable[[], None] | None = None) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)

        def done(task: asyncio.Task[Any]) -> None:
            self._tasks.discard(task)
            if not task.cancelled() and (error := task.exception()):
                logger.error(
                    "handling a message failed unexpectedly: a stream delivers it again, a request has no reply",
                    extra={"error": type(error).__name__},
                )
            if then:
                then()

        task.add_done_callback(done)

    async def ended(self, within: float) -> None:
        """Wait until all is done; what is not after `within` seconds is cancelled."""
        if self._tasks:
            _, late = await asyncio.wait(self._tasks, timeout=within)
            for task in late:
                task.cancel()
            if late:
                logger.warning("stopping: cancelled the handling of %d messages that took too long", len(late))
                await asyncio.wait(late, timeout=1)


class Door(Protocol):
    """Lets a request in, and gives what lets it out; or turns it away, saying why."""

    limits: Limits

    def admit(self, raw: Msg, /) -> Callable[[], None]: ...
    async def turn_away(self, raw: Msg, error: Exception, /) -> None: ...
    def misdirected(self, raw: Msg, operation: str, /) -> None: ...


class Requests:
    """Commands and questions, from a queue group: all that are let in at once, the others refused at once."""

    def __init__(self, subject: str, queue: str, consume: Consume, door: Door, tasks: Tasks) -> None:
        self.subject, self.queue = subject, queue
        self._consume, self._door, self._tasks = consume, door, tasks
        self._began = 0.0
        self._subscription: Subscription | None = None

    async def start(self, nc: Client) -> None:
        if not self._subscription:
            waiting = self._door.limits.size  # what comes beyond is refused by `overflow`
            self._subscription = await nc.subscribe(
                self.subject, self.queue, cb=self._take, pending_bytes_limit=waiting
            )

    async def _take(self, msg: Msg) -> None:
        if msg.subject != self.subject:  # not asked: a consumer of another system was told to deliver facts here
            self._door.misdirected(msg, self.subject)
            return
        try:
            leave = self._door.admit(msg)
        except Exception as error:
            await self._door.turn_away(msg, error)
        else:
            self._tasks.start(self._consume(msg), leave)
        if time.monotonic() - self._began > TURN:  # nothing above waits: a flood would be all that happens
            await asyncio.sleep(0)
            self._began = time.monotonic()

    def leave(self) -> Subscription | None:
        """See `leave`."""
        subscription, self._subscription = self._subscription, None
        return subscription


class Pull:
    """A durable's messages, asked for as there are places free for them (ADR-13, pull with idle heartbeats).

    One request is open at a time. It ends when it is filled, when it expires, or when the server is silent for two
    heartbeats: it was restarted or the connection was lost, and the request with it.
    """

    EXPIRES = 30.0
    SILENCE = 5.0

    def __init__(
        self, stream: str, durable: str, inbox_prefix: str, consume: Consume, tasks: Tasks, limit: int
    ) -> None:
        self.stream, self.durable = stream, durable
        self._prefix, self._consume, self._tasks, self._limit = inbox_prefix, consume, tasks, limit
        self._busy = self._open = self._number = 0
        self._heard = 0.0
        self._changed = asyncio.Event()
        self._inbox = ""
        self._subscription: Subscription | None = None
        self._loop: asyncio.Task[None] | None = None

    async def start(self, nc: Client) -> None:
        if self._subscription:
            return
        self._inbox = f"{self._prefix}.{nc._nuid.next().decode()}"
        self._subscription = await nc.subscribe(f"{self._inbox}.*", cb=self._take)
        self._loop = asyncio.create_task(self._ask(nc))

    def leave(self) -> Subscription | None:
        """Ask for no more. See `leave`."""
        if self._loop:
            self._loop.cancel()
        subscription, self._subscription = self._subscription, None
        return subscription

    def again(self) -> None:
        """The connection is another one: what was asked for is forgotten."""
        self._open = 0
        self._changed.set()

    async def _take(self, msg: Msg) -> None:
        self._heard = time.monotonic()
        if msg.subject.startswith(self._inbox):  # not a message of the stream but word of the request
            status = (msg.headers or {}).get("Status", "")
            if status != "100" and msg.subject == f"{self._inbox}.{self._number}":
                if status == "409":  # the durable is gone, or the server about to be
                    logger.warning(
                        "NATS ended a request for messages of %s: asking again (if it repeats, run provision)",
                        self.durable,
                    )
                if status in ("409", "503"):  # 503: it is gone still. Do not ask again at full speed
                    await asyncio.sleep(0.5)
                self.again()
            return
        self._open -= 1
        self._busy += 1
        self._tasks.start(self._consume(msg), self._done)

    def _done(self) -> None:
        self._busy -= 1
        self._changed.set()

    async def _ask(self, nc: Client) -> None:
        while True:
            free = self._limit - self._busy
            if self._open <= 0 and free >= max(1, self._limit // 2):
                await self._request(nc, free)
            self._changed.clear()
            with suppress(TimeoutError):
                await asyncio.wait_for(self._changed.wait(), self.SILENCE)
            if self._open > 0 and time.monotonic() - self._heard > 2 * self.SILENCE + 1:
                self._open = 0

    async def _request(self, nc: Client, batch: int) -> None:
        self._number += 1
        self._open, self._heard = batch, time.monotonic()
        wish = {"batch": batch, "expires": int(self.EXPIRES * 1e9), "idle_heartbeat": int(self.SILENCE * 1e9)}
        subject = f"$JS.API.CONSUMER.MSG.NEXT.{self.stream}.{self.durable}"
        try:
            await nc.publish(subject, json.dumps(wish).encode(), reply=f"{self._inbox}.{self._number}")
        except NatsError:  # not connected and nothing more fits in the buffer
            self._open = 0


async def leave(nc: Client, intakes: Iterable[Requests | Pull]) -> None:
    """Let these take no more. What has arrived is still begun, what has not goes to another instance.

    The server is told of all of them, and then answers once for all: a service has a hundred; `drain` asks for each.
    """
    left = [subscription for intake in intakes if (subscription := intake.leave())]
    with suppress(NatsError, TimeoutError):
        for subscription in left:
            await nc._send_unsubscribe(subscription._id)
        for _ in range(2):  # nats-py pings ahead of what waits to be sent: the second one comes after all of it
            await nc.flush()
    for subscription in left:
        await subscription._pending_queue.join()
        with suppress(NatsError):
            await subscription.unsubscribe()
