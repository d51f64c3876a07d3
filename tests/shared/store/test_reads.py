"""Many who read at once share what they read, and nobody is given what was there before they asked."""

import asyncio
from typing import Any

import pytest
from ekkyo.store.driver import Database, Row, Unavailable
from ekkyo.store.reads import LARGEST, Reads


class FakeDatabase:
    """A database whose reads take until they are let go, and tell what was there when they began."""

    def __init__(self, **rows: int) -> None:
        self.rows = {id: {"_id": id, "revision": revision} for id, revision in rows.items()}
        self.reads: list[list[str]] = []
        self.begun, self.open = asyncio.Event(), asyncio.Event()
        self.fails = False

    async def find(self, _: str, where: Any, **__: Any) -> list[Row]:
        wanted = where["_id"]["$in"] if isinstance(where["_id"], dict) else [where["_id"]]
        self.reads.append(wanted)
        found = [dict(self.rows[id]) for id in wanted if id in self.rows]
        self.begun.set()
        await self.open.wait()
        if self.fails:
            raise Unavailable
        return found


@pytest.fixture
def database() -> FakeDatabase:
    return FakeDatabase(a=1, b=1)


@pytest.fixture
def reads(database: FakeDatabase) -> Reads:
    return Reads(database, "things")  # type: ignore[arg-type]


async def test_what_everybody_asks_for_at_once_is_read_once(database: FakeDatabase, reads: Reads) -> None:
    asking = [asyncio.create_task(reads.row(id)) for id in ["a", "b", "c"] * 100]
    await asyncio.sleep(0)
    database.open.set()
    assert [row and row["_id"] for row in await asyncio.gather(*asking)] == ["a", "b", None] * 100
    assert database.reads == [["a", "b", "c"]]


async def test_who_asks_after_a_change_reads_it(database: FakeDatabase, reads: Reads) -> None:
    before = asyncio.create_task(reads.row("a"))
    await database.begun.wait()
    database.rows["a"]["revision"] = 2
    after = [asyncio.create_task(reads.row("a")) for _ in range(10)]
    await asyncio.sleep(0)
    database.open.set()
    assert (await before or {})["revision"] in (1, 2)
    assert {(row or {})["revision"] for row in await asyncio.gather(*after)} == {2}
    assert len(database.reads) == 2


async def test_a_failure_is_told_to_those_who_waited_for_it_alone(database: FakeDatabase, reads: Reads) -> None:
    database.open.set()
    database.fails = True
    failed = await asyncio.gather(*(reads.row("a") for _ in range(3)), return_exceptions=True)
    assert [type(f) for f in failed] == [Unavailable] * 3
    database.fails = False
    assert await reads.row("a") == {"_id": "a", "revision": 1}


async def test_who_goes_away_leaves_the_others_their_answer(database: FakeDatabase, reads: Reads) -> None:
    first, second = (asyncio.create_task(reads.row("a")) for _ in range(2))
    await asyncio.sleep(0)
    first.cancel()
    database.open.set()
    assert (await second or {})["_id"] == "a"
    assert await reads.row("b")


async def test_more_than_are_read_together_are_all_read(database: FakeDatabase, reads: Reads) -> None:
    database.open.set()
    database.rows = {str(n): {"_id": str(n), "revision": 1} for n in range(3 * LARGEST)}
    rows = await asyncio.gather(*(reads.row(id) for id in database.rows))
    assert rows == list(database.rows.values())
    assert max(map(len, database.reads)) == LARGEST


async def test_what_must_be_one_of_nothing_is_not_asked_for() -> None:
    """The embedded database reads everything to find none; here there is none that could be asked."""
    away = Database.open("mongodb://127.0.0.1:1/?serverSelectionTimeoutMS=50", "things")
    for nobody in ({"_id": {"$in": []}}, {"active": True, "communities": {"$in": []}}):
        assert await away.find("people", nobody) == []
        assert await away.count("people", nobody) == 0
        with pytest.raises(Unavailable):
            await away.find("people", {**nobody, "_id": {"$in": ["a"]}, "communities": {"$in": ["c"]}})
    await away.close()
