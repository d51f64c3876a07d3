import asyncio
from typing import Any

import pytest
from ekkyo.contracts.base import Refused
from ekkyo.decision import Decision
from ekkyo.store import Store, Unavailable
from ekkyo.store import collection as collection_module
from ekkyo.store import settle as settle_module
from ekkyo.testing.waiting import eventually

from .conftest import Opened, Published
from .halls import Vote, badge, badges, build, building, halls, marking, polls, taking, voting


async def rows(store: Store, collection: str = "halls") -> list[dict[str, Any]]:
    """What stands in the database, to the last byte."""
    return await store._database.find(collection, {}, sort=[("_id", 1)])


async def test_facts_wait_for_the_outbox_and_then_leave_in_order(opened: Opened, published: Published) -> None:
    published.refuses = True
    store = await opened()
    live = store.live(halls)
    await live.create("red", building("red", 100))
    for n in range(20):
        await live.change("red", taking(f"m{n:02}"))
    await eventually(lambda: published.calls > 1)
    assert store.stats().messages == 20
    assert store.stats().oldest_seconds > 0
    assert len(await live.entries("red")) == 20
    published.refuses = False
    await eventually(lambda: published.numbers("red") == [(n, 0) for n in range(2, 22)])
    await eventually(lambda: store.stats().messages == 0)


async def test_what_a_crash_left_is_laid_over_and_settled_by_the_next(opened: Opened, published: Published) -> None:
    published.open.clear()
    crashed = await opened()
    live = crashed.live(halls)
    await live.create("red", building("red", 2))
    answers = [await live.change("red", taking(f"m{n}")) for n in range(4)]
    await crashed.abandon()
    assert published.messages == []
    after = await opened()
    again = after.live(halls)
    assert [s.status for s in await again.entries("red")] == answers
    published.open.set()
    await eventually(lambda: published.numbers("red") == [(n, 0) for n in range(2, 6)])

    async def tidy() -> bool:
        return "_pending" not in (await rows(after))[0]

    await eventually(tidy)
    assert [s.status for s in await again.entries("red")] == answers
    assert await again.change("red", taking("m0")) == "confirmed"


async def test_a_crash_before_the_entries_were_written_loses_none(
    opened: Opened, published: Published, monkeypatch: pytest.MonkeyPatch
) -> None:
    crashed = await opened()
    replace = crashed._database.replace

    async def no_entries(collection: str, replacements: Any) -> Any:
        if collection == "halls_entries":
            await asyncio.Event().wait()
        return await replace(collection, replacements)

    monkeypatch.setattr(crashed._database, "replace", no_entries)
    live = crashed.live(halls)
    await live.create("red", building("red", 2))
    await asyncio.gather(*(live.change("red", taking(f"m{n}")) for n in range(4)))
    await crashed.abandon()

    after = await opened()
    assert await after.live(halls).change("red", taking("m3")) == "waitlisted"
    assert (await after.live(halls).entry("red", "m2"))[1] is not None
    assert len(await after.live(halls).find_entries({"status": "waitlisted"})) == 2

    async def written() -> bool:
        return len(await rows(after, "halls_entries")) == 4

    await eventually(written)
    await eventually(lambda: published.numbers("red") == [(n, 0) for n in range(2, 6)])


async def test_the_sweeper_settles_what_another_instance_left(
    opened: Opened, published: Published, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settle_module, "SWEEP", 0.1)
    await opened()
    stuck = Published()
    crashed = await opened(outbox=stuck)
    await crashed.live(halls).create("red", building("red", 2))
    await crashed.live(halls).change("red", taking("aya"))
    await eventually(lambda: stuck.calls)
    await crashed.abandon()
    assert stuck.messages == []
    await eventually(lambda: published.numbers("red") == [(2, 0)])


async def test_an_idle_document_is_tidied_up(opened: Opened, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settle_module, "IDLE", 0.05)
    store = await opened()
    await store.live(halls).create("red", building("red", 2))
    await store.live(halls).change("red", taking("aya"))

    async def tidy() -> bool:
        (row,) = await rows(store)
        return not {"_pending", "_unsettled"} & row.keys() and row["revision"] == 2

    await eventually(tidy)
    assert await store.live(halls).change("red", taking("ben")) == "confirmed"


async def test_an_older_settle_never_overwrites_a_newer_one(opened: Opened, monkeypatch: pytest.MonkeyPatch) -> None:
    slow, quick = await opened(), await opened()
    go, gone = asyncio.Event(), asyncio.Event()
    replace = slow._database.replace

    async def late(collection: str, replacements: Any) -> Any:
        if collection != "halls_entries":
            return await replace(collection, replacements)
        await go.wait()
        written = await replace(collection, replacements)
        gone.set()
        return written

    monkeypatch.setattr(slow._database, "replace", late)
    await slow.live(halls).create("red", building("red", 2))
    await slow.live(halls).change("red", taking("aya"))
    live = quick.live(halls)
    for title in ("left", "confirmed", "left"):
        await live.change("red", marking(title, "aya"))

    async def written() -> bool:
        return [row["revision"] for row in await rows(quick, "halls_entries")] == [4]

    await eventually(written)
    go.set()
    await asyncio.wait_for(gone.wait(), 5)
    assert [(row["status"], row["revision"]) for row in await rows(quick, "halls_entries")] == [("left", 4)]


async def test_a_message_that_cannot_be_published_holds_up_no_other_document(
    opened: Opened, published: Published
) -> None:
    published.poison = "mallory"
    live = (await opened()).live(halls)
    ids = [f"hall-{n}" for n in range(20)]
    await asyncio.gather(*(live.create(id, building(id)) for id in ids))
    people = {id: "mallory" if id == "hall-3" else "aya" for id in ids}
    await asyncio.gather(*(live.change(id, taking(m)) for id, m in people.items()))
    await eventually(lambda: len(published.ids()) == 19)
    published.poison = None
    await eventually(lambda: len(published.ids()) == 20)


async def test_a_slow_outbox_makes_changes_wait_and_loses_none(
    opened: Opened, published: Published, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settle_module, "MOST_UNSETTLED", 5_000)
    most = 0

    async def slow(messages: Any) -> None:
        nonlocal most
        most = max(most, len(messages))
        await asyncio.sleep(0.02)
        await published(messages)

    live = (await opened(outbox=slow)).live(halls)
    await live.create("red", building("red", 1000))
    gate = asyncio.Semaphore(8)

    async def come(n: int) -> str:
        async with gate:
            return await live.change("red", taking(f"m{n:03}"))

    assert set(await asyncio.gather(*(come(n) for n in range(200)))) == {"confirmed"}
    assert most <= 16
    await eventually(lambda: published.numbers("red") == [(n + 2, 0) for n in range(200)])


async def test_an_outbox_that_hangs_ends_in_an_answer(
    opened: Opened, published: Published, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settle_module, "MOST_UNSETTLED", 100)
    monkeypatch.setattr(collection_module, "PATIENCE", 0.3)
    published.open.clear()
    live = (await opened()).live(halls)
    await live.create("red", building("red", 1000))
    assert await live.change("red", taking("aya")) == "confirmed"
    with pytest.raises(Refused) as refused:
        await live.change("red", taking("ben"))
    assert (refused.value.code, refused.value.status) == ("unavailable", 503)
    published.open.set()
    await eventually(lambda: published.numbers("red") == [(2, 0)])
    assert await live.change("red", taking("ben")) == "confirmed"


async def test_closing_settles_what_is_pending_and_takes_nothing_more(opened: Opened, published: Published) -> None:
    store = await opened()
    live = store.live(halls)
    await live.create("red", building("red", 1000))
    changes = [asyncio.create_task(live.change("red", taking(f"m{n}"))) for n in range(50)]
    await asyncio.sleep(0)
    assert await store.close(5)
    assert {await c for c in changes} == {"confirmed"}
    assert len(published.ids()) == 50
    with pytest.raises(Unavailable):
        await live.change("red", taking("late"))
    after = await opened()
    (row,) = await rows(after)
    assert "_pending" not in row


async def test_closing_with_an_outbox_that_hangs_ends_in_time(opened: Opened, published: Published) -> None:
    published.open.clear()
    store = await opened()
    await store.live(halls).create("red", building("red"))
    await store.live(halls).change("red", taking("aya"))
    assert not await asyncio.wait_for(store.close(0.3), 30)
    published.open.set()
    await opened()
    await eventually(lambda: published.numbers("red") == [(2, 0)])


async def test_the_database_does_not_tell_who_put_which_paper_into_a_box(
    opened: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settle_module, "IDLE", 600.0)  # nor while it is idle: at once
    store = await opened()
    live = store.live(polls)
    people, boxes = [f"m{n}" for n in range(10)], [f"box-{n}" for n in range(3)]
    hall = build("poll").document
    await live.create(
        "poll",
        lambda _, __: Decision(hall, None, entries=[Vote(document_id="poll", key=k) for k in [*people, *boxes]]),
    )
    for n, member in enumerate(people):
        await live.change("poll", voting(member, f"box-{n % 3}", f"paper {9 - n}"))

        async def tidy() -> bool:
            return "_pending" not in (await rows(store, "polls"))[0]

        await eventually(tidy)
    (poll,) = await rows(store, "polls")
    assert "box-" not in str(poll)
    kept = {row["key"]: row for row in await rows(store, "polls_entries")}
    assert {k: row["revision"] for k, row in kept.items()} == {
        **dict.fromkeys(people, 2),  # once put there, once voted: nobody came first
        "box-0": 5,
        "box-1": 4,
        "box-2": 4,
    }
    assert {frozenset(row) for row in kept.values()} == {
        frozenset({"_id", "document_id", "key", "revision", "voted", "papers"})
    }


async def test_readers_see_nothing_of_the_stores_own_fields(opened: Opened) -> None:
    live = (await opened()).live(badges)
    await live.create("aya", badge("aya", "1"))
    (found,) = await live.find({"number": "1"})
    assert set(found.model_dump()) == {"id", "revision", "number", "name", "size"}
