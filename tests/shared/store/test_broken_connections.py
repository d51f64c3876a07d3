"""Every answered change is there exactly once, whatever happens to the connection or the database."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from ekkyo.contracts.base import Refused
from ekkyo.installation.embedded import start_mongo
from ekkyo.store import CollectionWithEntries, Driver, Store, Unavailable
from ekkyo.store import driver as driver_module
from ekkyo.testing.plugin import Mongo
from ekkyo.testing.waiting import eventually
from pymongo.errors import OperationFailure

from .conftest import Opened, Published
from .halls import Hall, Seat, building, halls, taking
from .proxy import Proxy


@pytest_asyncio.fixture
async def proxy(mongo: Mongo) -> AsyncIterator[Proxy]:
    started = Proxy(mongo.server.port)
    await started.start()
    yield started
    await started.stop()


async def everyone_is_seated_once(store: Store, published: Published, people: int) -> None:
    live = store.live(halls)
    hall = await live.get("red")
    assert hall
    assert (hall.taken, hall.revision) == (people, people + 1)
    seats = await live.entries("red")
    assert sorted(s.position or 0 for s in seats) == list(range(1, people + 1))
    await eventually(lambda: len(published.ids()) == people)
    assert published.numbers("red") == [(n + 2, 0) for n in range(people)]


async def one_is_seated(opened: Opened, proxy: Proxy) -> tuple[Store, CollectionWithEntries[Hall, Seat]]:
    """A store straight on the database, and the halls of another one behind the proxy: m0 has the first seat."""
    store = await opened()
    await store.live(halls).create("red", building("red", 1000))
    live = (await opened(url=f"mongodb://127.0.0.1:{proxy.port}/")).live(halls)
    await live.change("red", taking("m0"))
    return store, live


async def test_connections_that_are_cut_again_and_again(opened: Opened, published: Published, proxy: Proxy) -> None:
    store = await opened()
    await store.live(halls).create("red", building("red", 1000))
    live = (await opened(url=f"mongodb://127.0.0.1:{proxy.port}/")).live(halls)

    async def come(n: int) -> str:
        await asyncio.sleep(0.01 * (n % 50))
        return await live.change("red", taking(f"m{n:03}"))

    async def cut() -> None:
        for _ in range(10):
            await asyncio.sleep(0.05)
            proxy.cut()

    *answers, _ = await asyncio.gather(*(come(n) for n in range(300)), cut())
    assert set(answers) == {"confirmed"}
    await everyone_is_seated_once(store, published, 300)


async def test_a_count_is_tried_again_when_its_connection_was_cut(
    opened: Opened, published: Published, proxy: Proxy
) -> None:
    _, live = await one_is_seated(opened, proxy)
    assert [await live.count({"taken": 1}), await live.count({"taken": 2}), await live.count()] == [1, 0, 1]
    proxy.cut()
    assert await live.count({"taken": 1}) == 1


@pytest.mark.parametrize("answers", range(1, 9))
async def test_an_answer_of_the_database_that_never_arrives(
    opened: Opened, published: Published, proxy: Proxy, answers: int
) -> None:
    """What was asked was done, or half done; the one who asked does not know."""
    store, live = await one_is_seated(opened, proxy)
    proxy.swallow_after = answers
    for n in range(1, 8):
        assert await live.change("red", taking(f"m{n}")) == "confirmed"
    await everyone_is_seated_once(store, published, 8)


async def test_a_connection_that_freezes(
    opened: Opened, published: Published, proxy: Proxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(driver_module.TIMEOUTS, "socketTimeoutMS", 300)
    store, live = await one_is_seated(opened, proxy)
    proxy.freeze()
    changes = [asyncio.create_task(live.change("red", taking(f"m{n}"))) for n in range(1, 30)]
    await asyncio.sleep(1)
    assert not any(c.done() for c in changes)
    proxy.cut()  # what was frozen never arrives
    proxy.thaw()
    assert {await c for c in changes} == {"confirmed"}
    await everyone_is_seated_once(store, published, 30)


async def test_a_bulk_that_arrives_late_is_not_done_twice(
    opened: Opened, published: Published, proxy: Proxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(driver_module.TIMEOUTS, "socketTimeoutMS", 200)
    store, live = await one_is_seated(opened, proxy)
    proxy.freeze()
    changes = [asyncio.create_task(live.change("red", taking(f"m{n}"))) for n in range(1, 30)]
    await asyncio.sleep(0.8)
    proxy.thaw()  # everything that was sent meanwhile arrives now, in whatever order
    assert {await c for c in changes} == {"confirmed"}
    await everyone_is_seated_once(store, published, 30)


@pytest.mark.real
async def test_a_database_that_is_killed_under_load(tmp_path: Path, driver: Driver, published: Published) -> None:
    server = start_mongo(tmp_path)
    store = await Store.open(server.url, "test", driver=driver, outbox=published, owner="events", declarations=[halls])
    try:
        await store.provision()
        live = store.live(halls)
        await live.create("red", building("red", 1000))

        async def come(n: int) -> str:
            await asyncio.sleep(0.01 * (n % 60))
            return await live.change("red", taking(f"m{n:03}"))

        async def kill() -> None:
            for _ in range(2):
                await asyncio.sleep(0.25)
                await asyncio.to_thread(server.kill)
                await asyncio.to_thread(server.start)

        *answers, _ = await asyncio.gather(*(come(n) for n in range(300)), kill())
        assert set(answers) == {"confirmed"}
        await everyone_is_seated_once(store, published, 300)
        assert await store.close()
    finally:
        await store.abandon()
        server.stop()


async def test_a_database_that_is_away_is_told_and_comes_back(
    opened: Opened, proxy: Proxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ekkyo.store.collection.PATIENCE", 0.5)
    monkeypatch.setattr("ekkyo.store.group.PATIENCE", 0.5)
    monkeypatch.setitem(driver_module.TIMEOUTS, "serverSelectionTimeoutMS", 100)
    port = proxy.port
    await opened()
    store = await opened(url=f"mongodb://127.0.0.1:{port}/")
    live = store.live(halls)
    await live.create("red", building("red"))
    await proxy.stop()
    with pytest.raises(Refused) as refused:
        await live.change("red", taking("aya"))
    assert (refused.value.code, refused.value.status) == ("unavailable", 503)
    with pytest.raises(Unavailable):
        await live.get("red")
    with pytest.raises(Unavailable):
        await store.ping()
    await proxy.start()

    async def back() -> bool:
        try:
            return await live.change("red", taking("aya")) == "confirmed"
        except Unavailable:
            return False

    await eventually(back)


@pytest.mark.parametrize("code", [13, 18])
async def test_a_database_that_refuses_the_login_is_waited_for_like_one_that_is_down(code: int) -> None:
    """The embedded database knows no users, so this is what the driver would say."""

    async def refused() -> None:
        raise OperationFailure("Authentication failed.", code)

    with pytest.raises(Unavailable, match="refuses this user"):
        await driver_module._reaching(refused())
