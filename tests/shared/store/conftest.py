"""A store on a database of the test's own, with either driver, and an outbox that records."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest
import pytest_asyncio
from ekkyo.store import Driver, Store
from ekkyo.store.driver import Database, Row
from ekkyo.testing.plugin import Mongo
from ekkyo.wire import OutMessage

from .halls import badges, halls, polls

Opened = Callable[..., Awaitable[Store]]


@dataclass
class Published:
    """An outbox that records, and can refuse or hang."""

    messages: list[OutMessage] = field(default_factory=list)
    refuses: bool = False
    poison: str | None = None
    """A text; a batch with a message whose body has it is refused."""
    open: asyncio.Event = field(default_factory=asyncio.Event)
    calls: int = 0

    async def __call__(self, messages: Sequence[OutMessage]) -> None:
        self.calls += 1
        await self.open.wait()
        if self.refuses:
            raise ConnectionError("no acknowledgement")
        if self.poison and any(self.poison in m.body.decode() for m in messages):
            raise ValueError("message too large")
        self.messages += messages

    def ids(self) -> list[str]:
        """Facts in the order they were first published: the stream drops those it has."""
        return list(dict.fromkeys(m.headers["ce-id"] for m in self.messages if "ce-id" in m.headers))

    def numbers(self, entity: str) -> list[tuple[int, int]]:
        """Revision and number of each fact about one entity."""
        parts = [id.split("/") for id in self.ids()]
        return [(int(r), int(n)) for _, e, r, n in parts if e == entity]


@pytest.fixture(params=["motor", "pymongo"])
def driver(request: pytest.FixtureRequest) -> Driver:
    found: Driver = request.param
    return found


@pytest.fixture
def published() -> Published:
    outbox = Published()
    outbox.open.set()
    return outbox


@pytest_asyncio.fixture
async def opened(mongo: Mongo, driver: Driver, published: Published) -> AsyncIterator[Opened]:
    """`await opened(url=…, outbox=…)`: a store on the test's database, as another instance each time."""
    stores: list[Store] = []

    async def open_store(url: str | None = None, outbox: Any = None, name: str = "test") -> Store:
        store = await Store.open(
            url or mongo.url,
            mongo.database(name),
            driver=driver,
            outbox=outbox or published,
            owner="events",
            declarations=[halls, badges, polls],
        )
        if not stores:
            await store.provision()
        stores.append(store)
        return store

    yield open_store
    published.open.set()
    for store in stores:
        await store.abandon()


@pytest.fixture
def looked(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """How often each collection was read."""
    counted: Counter[str] = Counter()
    find = Database.find

    async def counting(self: Database, collection: str, *args: Any, **how: Any) -> list[Row]:
        counted[collection] += 1
        return await find(self, collection, *args, **how)

    monkeypatch.setattr(Database, "find", counting)
    return counted
