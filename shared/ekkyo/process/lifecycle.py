"""The life of a process: it answers probes from the start, opens piece by piece, is ready, and stops in order."""

import asyncio
import signal
from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Any, Final, Protocol

import structlog
from nats.errors import Error as NatsError
from prometheus_client import CollectorRegistry, ProcessCollector

from ekkyo.contracts.base import Refused
from ekkyo.process import metrics
from ekkyo.process.http import Check, Http, Look, nothing
from ekkyo.process.settings import ProcessSettings
from ekkyo.process.stopping import Step, stop_in_order

log = structlog.stdlib.get_logger("ekkyo.process")
LONGEST_PAUSE: Final = 5.0
"""Seconds between two tries to reach what is down."""


class NotThere(RuntimeError):
    """Something that a process needs and does not make itself is missing; the text says what, and who makes it."""


EXPECTED: Final = (NatsError, OSError, TimeoutError, Refused, NotThere)
"""What goes wrong while a part is down, or not provisioned yet. Anything else is a bug and ends the process."""


class Lifecycle:
    """What a running process is besides its work. `checks` are asked by /readyz, by name; `look` is awaited before
    /metrics answers."""

    def __init__(
        self,
        name: str,
        version: str,
        settings: ProcessSettings,
        *,
        checks: Mapping[str, Check],
        registry: CollectorRegistry,
        look: Look = nothing,
    ) -> None:
        self.name, self.version, self.settings, self.registry = name, version, settings, registry
        self.failed: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        """Why the process cannot go on, as soon as it cannot."""
        every = {"service": self._state, **checks}
        self.http = Http(settings.http_host, settings.http_port, checks=every, registry=registry, look=look)
        self._waiting_for = "its start"
        self._ready = asyncio.Event()
        self._opening: asyncio.Task[None] | None = None
        self._stopping: asyncio.Task[None] | None = None
        ProcessCollector(registry=registry)
        metrics.ABOUT.gauge(registry).labels(name, version).set(1)
        metrics.READY.gauge(registry).set_function(lambda: float(self._ready.is_set()))

    @property
    def url(self) -> str:
        """Where /livez, /readyz and /metrics are."""
        host = "127.0.0.1" if self.settings.http_host in ("0.0.0.0", "::") else self.settings.http_host  # noqa: S104
        return f"http://[{host}]:{self.http.port}" if ":" in host else f"http://{host}:{self.http.port}"

    async def start(self, open: Callable[[], Coroutine[Any, Any, None]]) -> None:
        """Answer probes, and begin to open everything else; returns at once. When `open` has ended, it is ready."""
        await self.http.start()
        log.info("started", version=self.version, http=self.url)
        self._opening = asyncio.create_task(self._open(open))
        self._opening.add_done_callback(self._opened)

    async def until(self, what: str, do: Callable[[], Awaitable[Any]]) -> None:
        """Try until it works, with growing pauses, and say why it does not."""
        self._waiting_for, pause, told = what, 0.1, ""
        while True:
            try:
                await do()
                return
            except EXPECTED as e:
                why = str(e) if isinstance(e, NotThere | Refused) else type(e).__name__
            if why != told:
                log.warning("not ready: trying again until it works", what=what, because=why)
                told = why
            await asyncio.sleep(pause)
            pause = min(2 * pause, LONGEST_PAUSE)

    async def until_ready(self, within: float) -> None:
        """Wait until everything is open; `within` in seconds. Raises TimeoutError, telling what is awaited still."""
        ready = asyncio.ensure_future(self._ready.wait())
        waits: list[asyncio.Future[Any]] = [ready, self.failed]
        try:
            await asyncio.wait(waits, timeout=within, return_when=asyncio.FIRST_COMPLETED)
        finally:
            ready.cancel()
        if self.failed.done():
            raise RuntimeError(self.failed.result())
        if not self._ready.is_set():
            raise TimeoutError(f"{self.name} waits for {self._waiting_for} after {within:g} s")

    def fail(self, why: str) -> None:
        """Say that it cannot go on: whoever serves it stops it, and exits with 1."""
        if not self.failed.done():
            self.failed.set_result(why)

    async def stop_in_order(self, steps: Sequence[Step]) -> None:
        """Take these steps, and then answer no more probes; within the settings' `stop_seconds` altogether."""
        if self._stopping is None:
            self._stopping = asyncio.create_task(self._stop(steps))
        await asyncio.shield(self._stopping)

    async def _stop(self, steps: Sequence[Step]) -> None:
        self._waiting_for = "nothing: it is stopping"
        self._ready.clear()
        if self._opening:
            self._opening.cancel()
            await asyncio.wait([self._opening])
        await stop_in_order([*steps, ("probes", self.http.stop)], self.settings.stop_seconds)

    async def _open(self, open: Callable[[], Awaitable[None]]) -> None:
        await open()
        self._waiting_for = ""
        self._ready.set()
        log.info("ready")

    def _opened(self, opening: asyncio.Task[None]) -> None:
        if not opening.cancelled() and (error := opening.exception()):
            log.error("could not start: the process stops and exits with 1", exc_info=error)
            self.fail(f"could not start: {type(error).__name__}")

    async def _state(self) -> str | None:
        return f"waits for {self._waiting_for}" if self._waiting_for else None


class Served(Protocol):
    """What can be served until it is told to stop, or cannot go on."""

    @property
    def failed(self) -> "asyncio.Future[str]": ...


async def serve(started: AbstractAsyncContextManager[Served]) -> int:
    """Run until SIGTERM or SIGINT, and give the exit code: 0, or 1 when it could not go on."""
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    async with started as running:
        stopping = asyncio.ensure_future(stop.wait())
        ends: list[asyncio.Future[Any]] = [stopping, running.failed]
        await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
        stopping.cancel()
        if running.failed.done():
            log.error("cannot continue: the process stops and exits with 1", because=running.failed.result())
            return 1
    return 0
