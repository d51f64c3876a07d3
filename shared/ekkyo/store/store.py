"""Declarations bound to a database and an outbox."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ekkyo.store.collection import Collection, CollectionWithEntries
from ekkyo.store.declarations import Binding, Declaration, L, Projected
from ekkyo.store.driver import Database, Driver
from ekkyo.store.rebuilt import Rebuilt
from ekkyo.store.settle import Outbox


@dataclass(frozen=True)
class Stats:
    """What waits to be published, for the metrics."""

    messages: int
    oldest_seconds: float


class Store:
    """A service's collections, live."""

    def __init__(self, database: Database, declarations: Sequence[Declaration[Any]], to: Binding) -> None:
        self._database = database
        self._declarations = declarations
        self._live: dict[str, Any] = {d.name: d.live(to) for d in declarations}
        assert len(self._live) == len(declarations), "two collections have the same name"

    @classmethod
    async def open(
        cls,
        url: str,
        database: str,
        *,
        outbox: Outbox,
        owner: str,
        declarations: Sequence[Declaration[Any]],
        driver: Driver = "motor",
        settling: bool = True,
    ) -> "Store":
        """Bind these declarations. owner: the service that announces the facts. url: may hold a password.

        settling: False for tools that change nothing, such as `provision`. Nothing is awaited from the database, which
        may be down: `ping` tells.
        """
        connected = Database.open(url, database, driver)
        store = cls(connected, declarations, Binding(connected, outbox, owner))
        if settling:
            for documents in store._documents():
                documents.start()
        return store

    def live(self, declaration: Declaration[L]) -> L:
        """The live collection of a declaration."""
        found: L = self._live[declaration.name]
        return found

    def all_live(self) -> dict[str, Any]:
        """Every live collection by its declaration's name."""
        return dict(self._live)

    def rebuilt(self, declaration: Projected[Any]) -> Rebuilt:
        """An empty copy of a projection, to be filled from the facts and compared with the one that is there."""
        return Rebuilt(self._database, declaration.name)

    async def provision(self) -> None:
        """Create the indexes that are not there yet."""
        for declaration in self._declarations:
            for collection, indexes in declaration.indexes.items():
                await self._database.index(collection, indexes)

    async def ping(self) -> None:
        """Raises Unavailable when the database does not answer."""
        await self._database.ping()

    def stats(self) -> Stats:
        """How much waits to be published."""
        waiting = [documents.unsettled for documents in self._documents()]
        return Stats(sum(n for n, _ in waiting), max((age for _, age in waiting), default=0.0))

    async def close(self, within: float = 10.0) -> bool:
        """Answer and settle what there is, for at most so many seconds; whether nothing is left for a sweeper."""
        settled = await asyncio.gather(*(documents.close(within) for documents in self._documents()))
        await self._database.close()
        return all(settled)

    async def abandon(self) -> None:
        """Stop at once, as a crash would: for tests."""
        await asyncio.gather(*(documents.abandon() for documents in self._documents()))
        await self._database.close()

    async def drop(self) -> None:
        """Drop the whole database: for tests."""
        await self._database.drop()

    def _documents(self) -> list[Collection[Any] | CollectionWithEntries[Any, Any]]:
        return [c for c in self._live.values() if isinstance(c, Collection | CollectionWithEntries)]
