"""A service as its `app.py` declares it. Other modules run, repair and examine it."""

import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Any

from faststream import ContextRepo

from ekkyo.broker import Router, consumer_configs
from ekkyo.process.console import about
from ekkyo.process.doctor import Check
from ekkyo.process.metrics import Figure
from ekkyo.service.settings import Settings
from ekkyo.store import Declaration, Store

Hook = Callable[[ContextRepo], Awaitable[None]]


class Service:
    """What a service is made of. Nothing is connected until it is started.

    startup: called with the context once NATS and the database answered, to set what handlers need besides the
    collections. shutdown: called when no handler runs any more, before the last facts are published.
    figures: histograms of the service's own, which handlers are given by name as `figures`.
    checks: what its doctor looks at besides what every service needs.
    """

    def __init__(
        self,
        name: str,
        *,
        routers: Sequence[Router],
        collections: Sequence[Declaration[Any]] = (),
        settings: type[Settings] = Settings,
        startup: Hook | None = None,
        shutdown: Hook | None = None,
        figures: Sequence[Figure] = (),
        checks: Sequence[Check] = (),
    ) -> None:
        self.name, self.routers, self.collections = name, tuple(routers), tuple(collections)
        self.settings, self.startup, self.shutdown = settings, startup, shutdown
        self.figures, self.checks = tuple(figures), tuple(checks)
        self.version, self.description = about(f"ekkyo-{name}")

    def durables(self) -> dict[str, tuple[str, ...]]:
        """Its durable consumers by stream, as the table of permissions has them."""
        found: dict[str, tuple[str, ...]] = {"FACTS": (), "TIMERS": ()}
        for stream, config in consumer_configs(self.routers):
            if stream in found:
                found[stream] = tuple(sorted((*found[stream], str(config.durable_name))))
        return found

    def store(self, settings: Settings) -> AbstractAsyncContextManager[Store]:
        """Its collections, for a command that changes no document and announces nothing."""
        return looked_into(settings, self.name, self.collections)


@contextlib.asynccontextmanager
async def looked_into(settings: Settings, owner: str, collections: Sequence[Declaration[Any]]) -> AsyncIterator[Store]:
    """Collections of a service, for who changes no document and announces nothing."""
    opened = await Store.open(
        settings.mongo_url.get_secret_value(),
        settings.mongo_database,
        outbox=_unused,
        owner=owner,
        declarations=collections,
        driver=settings.mongo_driver,
        settling=False,
    )
    try:
        yield opened
    finally:
        await opened.close()


async def _unused(_messages: Any) -> None:
    raise AssertionError("this command announces nothing")
