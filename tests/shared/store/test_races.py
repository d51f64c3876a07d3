import asyncio
from collections import Counter

from ekkyo.testing.waiting import eventually

from .conftest import Opened, Published
from .halls import building, halls, leaving, taking


async def test_two_instances_on_one_document_lose_no_change(opened: Opened, published: Published) -> None:
    one, two = (await opened()).live(halls), (await opened()).live(halls)
    await one.create("red", building("red", 60))

    async def come(n: int) -> str:
        await asyncio.sleep(0.002 * (n // 10))
        return await (one, two)[n % 2].change("red", taking(f"m{n:03}"), entries=[f"m{n:03}"])

    answers = await asyncio.gather(*(come(n) for n in range(200)))
    assert Counter(answers) == {"confirmed": 60, "waitlisted": 140}
    hall = await two.get("red")
    assert hall
    assert (hall.taken, hall.tickets, hall.revision) == (60, 200, 201)
    for live in (one, two):
        seats = await live.entries("red")
        assert sorted(s.position or 0 for s in seats) == list(range(1, 201))
    await eventually(lambda: len(published.ids()) == 200)
    assert published.numbers("red") == [(n, 0) for n in range(2, 202)]  # each first told in its place


async def test_two_instances_promote_each_who_waits_once(opened: Opened) -> None:
    one, two = (await opened()).live(halls), (await opened()).live(halls)
    await one.create("red", building("red", 40))
    for n in range(80):
        await one.change("red", taking(f"m{n:03}"))
    promoted = await asyncio.gather(*((one, two)[n % 2].change("red", leaving(f"m{n:03}")) for n in range(40)))
    assert sorted(p or "" for p in promoted) == [f"m{n:03}" for n in range(40, 80)]
    seats = await two.entries("red", {"status": "confirmed"})
    assert [s.key for s in seats] == [f"m{n:03}" for n in range(40, 80)]


async def test_a_contended_document_does_not_grow(opened: Opened, published: Published) -> None:
    one, two = (await opened()).live(halls), (await opened()).live(halls)
    await one.create("red", building("red", 1000))
    for n in range(60):
        await asyncio.gather(
            one.change("red", taking(f"a{n}")),
            two.change("red", taking(f"b{n}")),
        )
    await eventually(lambda: len(published.ids()) == 120)
    assert len(published.messages) < 120 * 6  # an instance carries along what it does not know to be settled, no more
