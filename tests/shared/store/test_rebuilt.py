"""A projection held against what the facts say, row by row, while others write it."""

from collections.abc import AsyncIterator
from itertools import count
from typing import Any

import pytest
import pytest_asyncio
from ekkyo.contracts.base import Model, Refused
from ekkyo.store import Driver, Mended, Projection, Rebuilt, Store
from ekkyo.store.driver import Database, Replacement
from ekkyo.testing.plugin import Mongo

from .conftest import Published


class Contact(Model):
    id: str = ""
    name: str
    revision: int = 0


contacts = Projection.of(Contact, "contacts")


async def nobody() -> None:
    """Nothing is heard meanwhile."""


def untold(_rows: int, _of: int, _found: Mended) -> None:
    """Nobody is told how it goes on."""


@pytest_asyncio.fixture
async def store(mongo: Mongo, driver: Driver, published: Published) -> AsyncIterator[Store]:
    opened = await Store.open(
        mongo.url, mongo.database(), driver=driver, outbox=published, owner="notify", declarations=[contacts]
    )
    yield opened
    await opened.close()


@pytest.fixture
def database(store: Store) -> Database:
    return store._database


async def told(to: Projection[Contact] | Rebuilt, *ids: str, revision: int = 3) -> None:
    for id in ids:
        await to.put(id, revision, Contact(name=f"{id} of {revision}"))


async def rows(database: Database) -> dict[str, dict[str, Any]]:
    return {row["_id"]: row for row in await database.find("contacts", {})}


async def overwrite(database: Database, id: str, **fields: Any) -> None:
    """As a bug or a hand would, whatever the revision."""
    await database.replace("contacts", [Replacement({"_id": id}, {"_id": id, **fields}, upsert=True)])


async def test_whatever_was_wrong_with_the_rows_they_are_what_the_facts_say(store: Store, database: Database) -> None:
    live, rebuilt = store.live(contacts), store.rebuilt(contacts)
    everyone = ["well", "missing", "wrong", "older", "newer", "bare", "text"]
    await told(rebuilt, *everyone)
    await told(live, "well")
    await overwrite(database, "wrong", name="Somebody else", revision=3)
    await overwrite(database, "older", name="older of 2", revision=2)
    await overwrite(database, "newer", name="newer of 9", revision=9)
    await overwrite(database, "bare")
    await overwrite(database, "text", revision="3")
    await overwrite(database, "needless", name="Nobody", revision=1)
    lines: list[tuple[int, int, int]] = []
    found = await rebuilt.mend(nobody, lambda n, of, so_far: lines.append((n, of, so_far.differed)))
    assert found == Mended(before=7, after=7, missing=1, wrong=4, older=1, needless=1)
    assert await rows(database) == {id: {"_id": id, "name": f"{id} of 3", "revision": 3} for id in everyone}
    assert lines == [(8, 8, 7)]
    assert (await rebuilt.mend(nobody, untold)).differed == 0


async def test_who_was_forgotten_stays_so_whether_facts_about_them_are_left_or_not(
    store: Store, database: Database
) -> None:
    live, rebuilt = store.live(contacts), store.rebuilt(contacts)
    for id in ("purged", "still told", "erased since"):
        await live.forget(id, 4)
    await told(rebuilt, "still told", revision=3)
    await told(rebuilt, "erased since", revision=3)
    await rebuilt.forget("erased since", 4)
    before = await rows(database)
    assert (await rebuilt.mend(nobody, untold)).differed == 0
    assert await rows(database) == before
    await rebuilt.forget("never known", 7)
    assert (await rebuilt.mend(nobody, untold)).missing == 1
    assert not await live.put("never known", 6, Contact(name="Too late"))


async def test_what_is_heard_while_it_is_compared_wins(store: Store, database: Database) -> None:
    live, rebuilt = store.live(contacts), store.rebuilt(contacts)
    await told(rebuilt, "wrong", "missing", "erased")
    await overwrite(database, "wrong", name="Somebody else", revision=3)
    await overwrite(database, "needless", name="Nobody", revision=1)
    heard = False

    async def service_hears() -> None:
        nonlocal heard
        if heard:  # read from the stream only by the second look, which the rows that changed call for
            newest = await live.find({"id": {"$in": ["wrong", "missing"]}})
            assert [c.revision for c in newest] == [4, 4], "not even for a moment does an older one come back"
            await told(rebuilt, "wrong", "missing", "needless", revision=4)
            await rebuilt.forget("erased", 4)
            return
        heard = True
        await told(live, "wrong", "missing", "needless", revision=4)
        await live.forget("erased", 4)

    await rebuilt.mend(service_hears, untold)
    now = await rows(database)
    assert {id: row["revision"] for id, row in now.items()} == dict.fromkeys(now, 4)
    assert sorted(now) == ["erased", "missing", "needless", "wrong"]
    assert await live.get("erased") is None


async def test_what_the_service_ignored_because_of_a_row_that_was_too_new_is_made_up_for(store: Store) -> None:
    live, rebuilt = store.live(contacts), store.rebuilt(contacts)
    await told(rebuilt, "newer")
    await live.put("newer", 99, Contact(name="Wrong"))
    looks = 0

    async def a_fact_comes() -> None:
        nonlocal looks
        looks += 1
        if looks == 2:
            await told(rebuilt, "newer", revision=4)
        elif looks == 1:
            assert not await live.put("newer", 4, Contact(name="newer of 4")), "the service takes it for old"

    await rebuilt.mend(a_fact_comes, untold)
    assert await live.get("newer") == Contact(id="newer", name="newer of 4", revision=4)


async def test_rows_about_which_something_could_not_be_read_are_left_alone(store: Store, database: Database) -> None:
    rebuilt = store.rebuilt(contacts)
    await told(rebuilt, "riddle")
    await overwrite(database, "riddle", name="As it was", revision=2)
    await overwrite(database, "other riddle", name="As it was", revision=2)
    rebuilt.unread |= {"riddle", "other riddle"}
    before = await rows(database)
    assert (await rebuilt.mend(nobody, untold)).differed == 0
    assert await rows(database) == before


async def test_more_rows_than_are_looked_at_together(store: Store, database: Database) -> None:
    live, rebuilt = store.live(contacts), store.rebuilt(contacts)
    await told(rebuilt, *(f"m{n:04}" for n in range(1200)))
    await told(live, *(f"m{n:04}" for n in range(0, 1200, 2)))
    await told(live, *(f"x{n:04}" for n in range(700)))
    found = await rebuilt.mend(nobody, untold)
    assert (found.before, found.after, found.missing, found.needless) == (1300, 1200, 600, 700)
    assert len(await rows(database)) == 1200


async def test_rows_that_never_become_what_they_should_end_it(store: Store, database: Database) -> None:
    rebuilt, revisions = store.rebuilt(contacts), count(99)
    await told(rebuilt, "m1")

    async def somebody_else() -> None:
        await overwrite(database, "m1", name="Mine", revision=next(revisions))

    with pytest.raises(Refused, match="does something else write"):
        await rebuilt.mend(somebody_else, untold)
