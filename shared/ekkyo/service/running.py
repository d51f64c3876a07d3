"""One running instance of a service: started piece by piece, ready when all of it is, stopped in order."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Coroutine
from typing import TYPE_CHECKING, Any

import structlog
from faststream import ContextRepo
from nats.errors import Error as NatsError
from prometheus_client import CollectorRegistry, ProcessCollector

from ekkyo.broker import JetStreamOutbox, Limits, NotProvisioned, make_broker
from ekkyo.contracts.base import Refused
from ekkyo.process import metrics
from ekkyo.process.http import Http
from ekkyo.process.settings import Settings
from ekkyo.service.discovery import Discovery, Endpoint
from ekkyo.service.watch import Watch
from ekkyo.store import Store
from ekkyo.wire.tokens import Verifier

if TYPE_CHECKING:
    from ekkyo.service.app import Service

log = structlog.stdlib.get_logger("ekkyo.service")
LONGEST_PAUSE = 5.0
"""Seconds between two tries to reach what is down."""
EXPECTED = (NatsError, OSError, TimeoutError, Refused, NotProvisioned)
"""What goes wrong while a part is down, or not provisioned yet. Anything else is a bug and ends the process."""


class Running:
    """A service with its servers and its collections. Made by `Service.started`."""

    def __init__(self, service: "Service", settings: Settings) -> None:
        self.service, self.settings = service, settings
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        self.figures = metrics.histograms(service.figures, self.registry)
        self.failed: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        self.broker = make_broker(
            settings.nats_url,
            service.name,
            verifier=Verifier(settings.jwks_file, settings.token_max_seconds),
            routers=service.routers,
            login=settings.nats_login,
            inbox_prefix=settings.inbox_prefix,
            registry=self.registry,
            limits=Limits(drain=0.6 * settings.stop_seconds),
            on_closed=lambda: self._fail("the connection to NATS is closed for good"),
        )
        self.store: Store | None = None
        checks = {"service": self._state, "nats": self._nats, "database": self._database}
        watch = Watch(service.name, self.broker, self.registry)
        self.http = Http(settings.http_host, settings.http_port, checks=checks, registry=self.registry, look=watch.look)
        asked = self.broker.guard.asked
        self.discovery = Discovery(
            name=service.name,
            version=service.version,
            description=service.description,
            endpoints=[Endpoint(s, to.queue, " ".join((to.message.__doc__ or "").split())) for s, to in asked.items()],
            registry=self.registry,
        )
        self._waiting_for = "its start"
        self._ready = asyncio.Event()
        self._opened_once = False
        self._stopping: asyncio.Task[None] | None = None
        self._opening: asyncio.Task[None] | None = None
        self._measure()

    @property
    def context(self) -> ContextRepo:
        """What handlers are given by name: the collections, settings, the broker, and what `startup` added."""
        context: ContextRepo = self.broker.context
        return context

    @property
    def url(self) -> str:
        """Where /livez, /readyz and /metrics are."""
        host = "127.0.0.1" if self.settings.http_host in ("0.0.0.0", "::") else self.settings.http_host  # noqa: S104
        return f"http://[{host}]:{self.http.port}" if ":" in host else f"http://{host}:{self.http.port}"

    def live(self, declaration: Any) -> Any:
        """The live collection of a declaration."""
        assert self.store, "the service is not open yet"
        return self.store.live(declaration)

    async def start(self) -> None:
        """Answer probes, and begin to open everything else; returns at once."""
        await self.http.start()
        log.info("started", version=self.service.version, http=self.url)
        self._opening = asyncio.create_task(self._open())
        self._opening.add_done_callback(self._opened)

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
            raise TimeoutError(f"{self.service.name} waits for {self._waiting_for} after {within:g} s")

    async def _open(self) -> None:
        settings = self.settings
        self.store = await Store.open(
            settings.mongo_url.get_secret_value(),
            settings.mongo_database,
            outbox=JetStreamOutbox(self.broker),
            owner=self.service.name,
            declarations=self.service.collections,
            driver=settings.mongo_driver,
        )
        given = {"settings": settings, "broker": self.broker, "figures": self.figures}
        for name, live in {**given, **self.store.all_live()}.items():
            self.context.set_global(name, live)
        await self._until("the database", self.store.ping)
        await self._until("NATS", self.broker.connect)
        if self.service.startup:
            await self.service.startup(self.context)
        self._opened_once = True
        await self._until("its streams and consumers", self.broker.start)
        nc = self.broker.connection
        await self._until("its discovery", lambda: self.discovery.start(nc))
        await self._until("NATS to know its subscriptions", self.broker.flush)
        self._waiting_for = ""
        self._ready.set()
        log.info("ready")

    async def _until(self, what: str, do: Callable[[], Awaitable[Any]]) -> None:
        """Try until it works, with growing pauses, and say why it does not."""
        self._waiting_for, pause, told = what, 0.1, ""
        while True:
            try:
                await do()
                return
            except EXPECTED as e:
                why = str(e) if isinstance(e, NotProvisioned | Refused) else type(e).__name__
            if why != told:
                log.warning("waiting", what=what, because=why)
                told = why
            await asyncio.sleep(pause)
            pause = min(2 * pause, LONGEST_PAUSE)

    def _opened(self, opening: asyncio.Task[None]) -> None:
        if not opening.cancelled() and (error := opening.exception()):
            log.error("could not start", exc_info=error)
            self._fail(f"could not start: {type(error).__name__}")

    def _fail(self, why: str) -> None:
        if not self.failed.done():
            self.failed.set_result(why)

    async def stop(self) -> None:
        """Take no more, end what has begun, settle it, leave; within the settings' `stop_seconds` altogether."""
        if self._stopping is None:
            self._stopping = asyncio.create_task(self._stop())
        await asyncio.shield(self._stopping)

    async def _stop(self) -> None:
        began = time.monotonic()
        self._waiting_for = "nothing: it is stopping"
        self._ready.clear()
        if self._opening:
            self._opening.cancel()
            await asyncio.wait([self._opening])
        bound = self.settings.stop_seconds
        steps: list[tuple[str, Callable[[], Coroutine[Any, Any, Any]]]] = [
            ("discovery", self.discovery.stop),
            ("requests and reactions", self.broker.finish),
            ("the service's own shutdown", self._shutdown),
            ("settling", self._settle),
            ("leaving NATS", self.broker.stop),
            ("probes", self.http.stop),
        ]
        for what, do in steps:
            step = asyncio.ensure_future(do())
            await asyncio.wait([step], timeout=max(0.5, began + bound - time.monotonic()))
            if not step.done():
                step.cancel()  # and no waiting for it: nats-py goes on for 10 s after it was cancelled
                log.warning("stopping was cut short", what=what)
            elif not step.cancelled() and (error := step.exception()):
                log.warning("stopping met an error", what=what, exc_info=error)
        log.info("stopped", seconds=round(time.monotonic() - began, 3))

    async def _shutdown(self) -> None:
        if self.service.shutdown and self._opened_once:
            await self.service.shutdown(self.context)

    async def _settle(self) -> None:
        if self.store and not await self.store.close(0.3 * self.settings.stop_seconds):
            log.warning("some facts are left for the next start to publish")

    # What /readyz asks

    async def _state(self) -> str | None:
        return f"waits for {self._waiting_for}" if self._waiting_for else None

    async def _nats(self) -> str | None:
        return None if await self.broker.ready(1.5) else "no answer"

    async def _database(self) -> str | None:
        if self.store is None:
            return "not open"
        await self.store.ping()
        return None

    def _measure(self) -> None:
        metrics.ABOUT.gauge(self.registry).labels(self.service.name, self.service.version).set(1)
        metrics.READY.gauge(self.registry).set_function(lambda: float(self._ready.is_set()))
        outbox, oldest = metrics.OUTBOX.gauge(self.registry), metrics.OUTBOX_AGE.gauge(self.registry)
        outbox.set_function(lambda: float(self.store.stats().messages) if self.store else 0.0)
        oldest.set_function(lambda: self.store.stats().oldest_seconds if self.store else 0.0)
