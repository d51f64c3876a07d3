import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import pytest_asyncio
from ekkyo.contracts.base import Model, Refused
from ekkyo.store import BeingDone, Driver, Effects, Index, Projection, Store
from ekkyo.testing.plugin import Mongo

from .conftest import Published

DAY = datetime(2026, 5, 1, tzinfo=UTC)


class Contact(Model):
    id: str = ""
    name: str
    community: str = "it"
    joined_at: datetime = DAY
    revision: int = 0


contacts = Projection.of(Contact, "contacts", indexes=[Index("community", "-joined_at")])
effects = Effects.of("effects")


@pytest_asyncio.fixture
async def store(mongo: Mongo, driver: Driver, published: Published) -> AsyncIterator[Store]:
    opened = await Store.open(
        mongo.url, mongo.database(), driver=driver, outbox=published, owner="notify", declarations=[contacts, effects]
    )
    await opened.provision()
    yield opened
    await opened.close()


async def test_what_is_older_is_ignored(store: Store) -> None:
    live = store.live(contacts)
    assert await live.put("aya", 3, Contact(name="Aya"))
    assert not await live.put("aya", 2, Contact(name="Older"))
    assert not await live.put("aya", 3, Contact(name="The same"))
    assert await live.put("aya", 5, Contact(name="Newer"))
    assert await live.get("aya") == Contact(id="aya", name="Newer", revision=5)
    assert await live.get("ben") is None


async def test_the_newest_wins_whoever_comes_first(store: Store) -> None:
    live = store.live(contacts)
    await asyncio.gather(*(live.put("aya", n, Contact(name=str(n))) for n in [*range(20, 0, -1), *range(1, 40)]))
    assert (await live.get("aya") or Contact(name="")).name == "39"


async def test_many_at_once_are_each_told_whether_they_were_news(store: Store) -> None:
    live = store.live(contacts)
    await live.put("m7", 9, Contact(name="Known"))
    kept = await asyncio.gather(*(live.put(f"m{n}", 5, Contact(name=str(n))) for n in range(700)))
    assert [n for n, news in enumerate(kept) if not news] == [7]
    assert await live.count() == 700
    assert (await live.get("m7") or Contact(name="")).name == "Known"


async def test_one_that_cannot_be_written_does_not_keep_the_others_from_it(store: Store) -> None:
    live = store.live(contacts)
    too_large = 2**64
    puts = [live.put(f"m{n}", too_large if n == 3 else 1, Contact(name="Aya")) for n in range(6)]
    failed = [isinstance(one, Exception) for one in await asyncio.gather(*puts, return_exceptions=True)]
    assert failed == [False, False, False, True, False, False]
    assert await live.count() == 5


async def test_what_is_forgotten_stays_forgotten(store: Store) -> None:
    live = store.live(contacts)
    await live.put("aya", 3, Contact(name="Aya"))
    assert await live.forget("aya", 4)
    assert not await live.put("aya", 3, Contact(name="Aya"))
    assert await live.get("aya") is None
    assert await live.find() == []
    assert await live.count() == 0


async def test_pages_follow_each_other_without_gaps(store: Store) -> None:
    live = store.live(contacts)
    for n in range(30):
        await live.put(
            f"m{n:02}",
            1,
            Contact(name=f"n{n % 7}", community="it" if n % 3 else "en", joined_at=DAY + timedelta(n % 5)),
        )
    wheres: list[dict[str, Any]] = [
        {},
        {"community": "it"},
        {"$or": [{"community": "en"}, {"name": "n1"}]},
        {"name": {"$gt": "n2"}, "joined_at": {"$gte": DAY + timedelta(1), "$lt": DAY + timedelta(4)}},
    ]
    for where in wheres:
        for sort in (None, "id", "-id", "joined_at", "-joined_at", "name", "-name"):
            everyone = await live.find(where, sort=sort, limit=0)
            paged: list[Contact] = []
            while page := await live.find(where, sort=sort, after=paged[-1].id if paged else None, limit=4):
                paged += page
            assert [c.id for c in paged] == [c.id for c in everyone], (where, sort)
            if sort and "id" not in sort:
                values = [getattr(c, sort.lstrip("-")) for c in everyone]
                assert values == sorted(values, reverse=sort.startswith("-"))
            assert len(everyone) == await live.count(where)
    assert [c.id for c in await live.find({}, sort="id", skip=2, limit=2)] == ["m02", "m03"]
    with pytest.raises(Refused):
        await live.find({}, sort="name", after="nobody")


async def test_an_effect_is_claimed_once(store: Store) -> None:
    live = store.live(effects)

    async def claim() -> bool | None:
        try:
            return await live.claim("fact-1/mail")
        except BeingDone:
            return None

    claims = await asyncio.gather(*(claim() for _ in range(20)))
    assert sorted(map(str, claims)) == ["None"] * 19 + ["True"]
    await live.done("fact-1/mail")
    assert not await live.claim("fact-1/mail")
    assert await live.claim("fact-2/mail")


async def test_an_effect_whose_holder_crashed_is_taken_over_by_one(store: Store) -> None:
    live = store.live(effects)
    assert await live.claim("fact-1/mail", timedelta(0))
    claims = await asyncio.gather(*(live.claim("fact-1/mail") for _ in range(10)), return_exceptions=True)
    assert sorted(str(c) if isinstance(c, bool) else type(c).__name__ for c in claims) == ["BeingDone"] * 9 + ["True"]


async def test_times_within_one_second_are_told_apart_in_conditions_and_from_page_to_page(store: Store) -> None:
    live = store.live(contacts)
    moments = [DAY + timedelta(milliseconds=n) for n in (0, 7, 120, 500, 999, 1000)]
    for n, moment in enumerate(moments):
        await live.put(f"m{9 - n}", 1, Contact(name=str(n), joined_at=moment))
    conditions: list[tuple[dict[str, Any], int]] = [({"$gte": moments[2]}, 4), ({"$lt": moments[2]}, 2)]
    conditions += [({"$gt": moments[4]}, 1), ({"$lte": moments[1]}, 2), ({"$in": moments[1:3]}, 2)]
    for condition, found in conditions:
        assert await live.count({"joined_at": condition}) == found, condition
    assert [c.joined_at for c in await live.find({"joined_at": moments[3]})] == [moments[3]]
    seen: list[datetime] = []
    after = None
    while page := await live.find(sort="joined_at", after=after, limit=2):
        seen += [c.joined_at for c in page]
        after = page[-1].id
    assert seen == moments
