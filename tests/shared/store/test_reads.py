"""Many who read at once share what they read, and nobody is given what was there before they asked."""

import asyncio
from typing import Any

import pytest
from ekkyo.store.driver import Row, Unavailable
from ekkyo.store.reads import LARGEST, Reads


class Shelves:
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
def shelves() -> Shelves:
    return Shelves(a=1, b=1)


@pytest.fixture
def reads(shelves: Shelves) -> Reads:
    return Reads(shelves, "things")  # type: ignore[arg-type]


async def test_what_everybody_asks_for_at_once_is_read_once(shelves: Shelves, reads: Reads) -> None:
    asking = [asyncio.create_task(reads.row(id)) for id in ["a", "b", "c"] * 100]
    await asyncio.sleep(0)
    shelves.open.set()
    assert [row and row["_id"] for row in await asyncio.gather(*asking)] == ["a", "b", None] * 100
    assert shelves.reads == [["a", "b", "c"]]


async def test_who_asks_after_a_change_reads_it(shelves: Shelves, reads: Reads) -> None:
    before = asyncio.create_task(reads.row("a"))
    await shelves.begun.wait()
    shelves.rows["a"]["revision"] = 2
    after = [asyncio.create_task(reads.row("a")) for _ in range(10)]
    await asyncio.sleep(0)
    shelves.open.set()
    assert (await before or {})["revision"] in (1, 2)
    assert {(row or {})["revision"] for row in await asyncio.gather(*after)} == {2}
    assert len(shelves.reads) == 2


async def test_a_failure_is_told_to_those_who_waited_for_it_alone(shelves: Shelves, reads: Reads) -> None:
    shelves.open.set()
    shelves.fails = True
    failed = await asyncio.gather(*(reads.row("a") for _ in range(3)), return_exceptions=True)
    assert [type(f) for f in failed] == [Unavailable] * 3
    shelves.fails = False
    assert await reads.row("a") == {"_id": "a", "revision": 1}


async def test_who_goes_away_leaves_the_others_their_answer(shelves: Shelves, reads: Reads) -> None:
    first, second = (asyncio.create_task(reads.row("a")) for _ in range(2))
    await asyncio.sleep(0)
    first.cancel()
    shelves.open.set()
    assert (await second or {})["_id"] == "a"
    assert await reads.row("b")


async def test_more_than_are_read_together_are_all_read(shelves: Shelves, reads: Reads) -> None:
    shelves.open.set()
    shelves.rows = {str(n): {"_id": str(n), "revision": 1} for n in range(3 * LARGEST)}
    rows = await asyncio.gather(*(reads.row(id) for id in shelves.rows))
    assert rows == list(shelves.rows.values())
    assert max(map(len, shelves.reads)) == LARGEST
