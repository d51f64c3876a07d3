"""One running instance of a service: started piece by piece, ready when all of it is, stopped in order."""

import contextlib
from collections.abc import AsyncIterator
from typing import Any

import structlog
from faststream import ContextRepo
from prometheus_client import CollectorRegistry

from ekkyo.broker import JetStreamOutbox, Limits, make_broker
from ekkyo.process import metrics
from ekkyo.process.lifecycle import Lifecycle
from ekkyo.service.declaration import Service
from ekkyo.service.discovery import Discovery, Endpoint
from ekkyo.service.settings import Settings
from ekkyo.service.watch import Watch
from ekkyo.store import Store
from ekkyo.wire.tokens import Verifier

log = structlog.stdlib.get_logger("ekkyo.service")


class Running(Lifecycle):
    """A service with its servers and its collections. Made by `started`."""

    settings: Settings

    def __init__(self, service: Service, settings: Settings) -> None:
        self.service = service
        registry = CollectorRegistry()
        self.figures = metrics.histograms(service.figures, registry)
        self.broker = make_broker(
            settings.nats_url,
            service.name,
            verifier=Verifier(settings.jwks_file, settings.token_max_seconds),
            routers=service.routers,
            login=settings.nats_login,
            inbox_prefix=settings.inbox_prefix,
            registry=registry,
            limits=Limits(drain=0.6 * settings.stop_seconds),
            on_closed=lambda: self.fail("the connection to NATS is closed for good"),
        )
        self.store: Store | None = None
        checks = {"nats": self._nats, "database": self._database}
        watch = Watch(service.name, self.broker, registry)
        super().__init__(service.name, service.version, settings, checks=checks, registry=registry, look=watch.look)
        asked = self.broker.guard.asked
        self.discovery = Discovery(
            name=service.name,
            version=service.version,
            description=service.description,
            endpoints=[Endpoint(s, to.queue, " ".join((to.message.__doc__ or "").split())) for s, to in asked.items()],
            registry=registry,
        )
        self._opened_once = False
        self._measure()

    @property
    def context(self) -> ContextRepo:
        """What handlers are given by name: the collections, settings, the broker, and what `startup` added."""
        context: ContextRepo = self.broker.context
        return context

    def live(self, declaration: Any) -> Any:
        """The live collection of a declaration."""
        assert self.store, "the service is not open yet"
        return self.store.live(declaration)

    async def open(self) -> None:
        """Open everything, as soon as it answers."""
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
        await self.until("the database", self.store.ping)
        await self.until("NATS", self.broker.connect)
        if self.service.startup:
            await self.service.startup(self.context)
        self._opened_once = True
        await self.until("its streams and consumers", self.broker.start)
        nc = self.broker.connection
        await self.until("its discovery", lambda: self.discovery.start(nc))
        await self.until("NATS to know its subscriptions", self.broker.flush)

    async def stop(self) -> None:
        """Take no more, end what has begun, settle it, leave; within the settings' `stop_seconds` altogether."""
        await self.stop_in_order(
            [
                ("discovery", self.discovery.stop),
                ("requests and reactions", self.broker.finish),
                ("the service's own shutdown", self._shutdown),
                ("settling", self._settle),
                ("leaving NATS", self.broker.stop),
            ]
        )

    async def _shutdown(self) -> None:
        if self.service.shutdown and self._opened_once:
            await self.service.shutdown(self.context)

    async def _settle(self) -> None:
        if self.store and not await self.store.close(0.3 * self.settings.stop_seconds):
            log.warning("some saved facts are not published yet: another instance or the next start does it")

    # What /readyz asks

    async def _nats(self) -> str | None:
        return None if await self.broker.ready(1.5) else "no answer"

    async def _database(self) -> str | None:
        if self.store is None:
            return "not open"
        await self.store.ping()
        return None

    def _measure(self) -> None:
        outbox, oldest = metrics.OUTBOX.gauge(self.registry), metrics.OUTBOX_AGE.gauge(self.registry)
        outbox.set_function(lambda: float(self.store.stats().messages) if self.store else 0.0)
        oldest.set_function(lambda: self.store.stats().oldest_seconds if self.store else 0.0)


@contextlib.asynccontextmanager
async def started(service: Service, settings: Settings) -> AsyncIterator[Running]:
    """One instance, started, which gets ready by itself as soon as NATS and the database answer; then stopped."""
    running = Running(service, settings)
    try:
        await running.start(running.open)
        yield running
    finally:
        await running.stop()
