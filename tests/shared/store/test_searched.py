"""Conditions as they are asked of the database: each finds the same rows in every form, and finds them by an index."""

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Annotated, Any, Literal

import pytest
import pytest_asyncio
from ekkyo.decision import Decision, Document
from ekkyo.store import Collection, Index, Store
from ekkyo.store.driver import Driver
from ekkyo.store.encoding import model_row
from ekkyo.store.matching import row_matches, searched, where_row
from ekkyo.testing.plugin import Mongo
from pydantic import Field, computed_field

from tests.shared.store.conftest import Published

NOON = datetime(2026, 4, 1, 12, tzinfo=UTC)


class Colour(StrEnum):
    RED = "red"
    BLUE = "blue"


class Tool(Document):
    name: str
    size: Annotated[int, Field(ge=0)] | None = None
    colour: Colour | None = None
    state: Literal["new", "used"] = "new"
    sharp: bool = False
    bought: date | None = None
    lent: datetime | None = None
    owners: list[str] = []
    came_from: str | list[str] | None = None
    marks: dict[str, int] = {}

    @computed_field  # type: ignore[prop-decorator]
    @property
    def owner(self) -> str | None:
        return self.owners[0] if self.owners else None

    @computed_field  # type: ignore[prop-decorator]
    @property
    def others(self) -> list[str]:
        return self.owners[1:]


TOOLS = [
    Tool(id="t1", name="saw", size=2, sharp=True, owners=["m1", "m2"], came_from="m1"),
    Tool(id="t2", name="axe", size=2, colour=Colour.RED, owners=["m2"], came_from=["m1", "m3"], bought=NOON.date()),
    Tool(id="t3", name="m1", state="used", lent=NOON, marks={"size": 2}),
    Tool(id="t4", name="saw", state="used", sharp=True, colour=Colour.BLUE, owners=["m3", "m1"]),
]
SINGLE = ("name", "size", "colour", "state", "sharp", "bought", "lent", "owner")
tools = Collection.of(Tool, "tools", indexes=[*(Index(one) for one in SINGLE), Index("state", "name", name="by_state")])
VALUES: dict[str, list[Any]] = {
    "name": ["saw", "m1", "hoe"],
    "size": [2, 3, None],
    "colour": [Colour.RED, "blue", None],
    "state": ["used"],
    "sharp": [True, False],
    "bought": [NOON.date()],
    "lent": [NOON],
    "owners": ["m1", "m3"],
    "came_from": ["m1", "m3"],
    "owner": ["m2", "m3"],
    "others": ["m1"],
}


@pytest_asyncio.fixture
async def store(mongo: Mongo, driver: Driver, published: Published) -> AsyncIterator[Store]:
    store = await Store.open(
        mongo.url, mongo.database("test"), driver=driver, outbox=published, owner="tools", declarations=[tools]
    )
    await store.provision()
    yield store
    await store.abandon()


async def test_each_form_of_a_condition_finds_what_it_means(store: Store) -> None:
    all_of_them = store.live(tools)
    for tool in TOOLS:
        await all_of_them.create(tool.id, lambda _, tool=tool: Decision(tool, None))  # type: ignore[misc]
    rows = [model_row(tool.id, 1, tool) for tool in TOOLS]
    for name, values in VALUES.items():
        for value in values:
            conditions = [{name: value}, {name: {"$in": [value]}}, {name: {"$in": [value, "none"]}}]
            for where in [*conditions, {"$or": [{name: value}, {"name": "axe"}]}, {name: value, "state": "used"}]:
                meant = [row["_id"] for row in rows if row_matches(row, where_row(where))]
                assert [tool.id for tool in await all_of_them.find(where, limit=0)] == meant, where
                assert await all_of_them.count(where) == len(meant), where


@pytest.mark.parametrize(
    ("where", "asked"),
    [
        ({"name": "saw"}, {"name": {"$eq": "saw"}}),
        ({"name": {"$in": ["saw"], "$gt": "a"}}, {"name": {"$gt": "a", "$eq": "saw"}}),
        ({"name": {"$in": ["saw", "axe"]}}, {"name": {"$in": ["saw", "axe"]}}),
        ({"sharp": False, "state": "new"}, {"sharp": {"$eq": False}, "state": {"$eq": "new"}}),
        ({"owner": "m1"}, {"owner": {"$eq": "m1"}}),
        ({"$or": [{"name": "saw"}, {"size": 2}]}, {"$or": [{"name": {"$eq": "saw"}}, {"size": {"$eq": 2}}]}),
        ({"size": None, "came_from": None}, {"size": {"$eq": None}, "came_from": None}),
        *(({name: "m1"}, {name: "m1"}) for name in ("owners", "others", "came_from", "marks.size", "_forgotten")),
    ],
)
def test_what_is_no_list_is_asked_for_by_its_index(where: dict[str, Any], asked: dict[str, Any]) -> None:
    assert searched(where, Tool) == asked


async def test_a_count_of_lately_knows_what_was_saved_here_and_in_time_what_others_saved(
    mongo: Mongo, driver: Driver, published: Published
) -> None:
    opened = [
        await Store.open(
            mongo.url, mongo.database("test"), driver=driver, outbox=published, owner="tools", declarations=[tools]
        )
        for _ in range(2)
    ]
    await opened[0].provision()
    ours, theirs = (store.live(tools) for store in opened)
    made = iter(TOOLS)

    async def make(where: Collection[Tool]) -> None:
        tool = next(made)
        await where.create(tool.id, lambda _: Decision(tool, None))

    lately = 3600.0
    assert await ours.count_lately({}, lately) == 0
    await make(ours)
    assert await ours.count_lately({}, lately) == 1
    await make(theirs)
    assert await ours.count_lately({}, lately) == 1
    assert await ours.count_lately({"name": "axe"}, lately) == 1
    assert await ours.count_lately({}, 0.0) == 2
    for store in opened:
        await store.abandon()
