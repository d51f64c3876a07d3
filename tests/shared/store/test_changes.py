import asyncio
import gc
import weakref

import pytest
from ekkyo.contracts.base import Caller, Refused
from ekkyo.decision import Decision, Entries
from ekkyo.store import Driver
from ekkyo.store.driver import Replacement
from ekkyo.testing.waiting import eventually
from ekkyo.wire import context

from .conftest import Opened, Published
from .halls import (
    SOON,
    Badge,
    Hall,
    OpeningTimer,
    Seat,
    SeatTaken,
    badge,
    badges,
    building,
    halls,
    taking,
)


async def test_a_document_is_read_back_as_it_was_saved(opened: Opened) -> None:
    live = (await opened()).live(halls)
    await live.create("red", building("red"))
    assert await live.get("red") == Hall(id="red", revision=1)
    assert (await live.get("red") or Hall(id="")).opens_at == SOON
    assert await live.get("blue") is None


async def test_what_is_not_there_cannot_be_changed(opened: Opened) -> None:
    live = (await opened()).live(halls)
    with pytest.raises(Refused) as refused:
        await live.change("red", taking("aya"))
    assert (refused.value.code, refused.value.status) == ("hall_not_found", 404)


async def test_told_twice_done_once(opened: Opened, published: Published) -> None:
    live = (await opened()).live(halls)
    await live.create("red", building("red"))
    said = [
        await live.change("red", taking("aya")),
        await live.change("red", taking("aya"), entries=["aya"]),
        *await asyncio.gather(*(live.change("red", taking("aya")) for _ in range(20))),
    ]
    assert set(said) == {"confirmed"}
    hall, seat = await live.entry("red", "aya")
    assert hall
    assert (hall.taken, hall.revision) == (1, 2)
    assert seat == Seat(document_id="red", key="aya", status="confirmed", position=1)
    await eventually(lambda: published.numbers("red") == [(2, 0)])


async def test_500_who_come_at_once_each_get_one_seat(opened: Opened, published: Published) -> None:
    live = (await opened()).live(halls)
    await live.create("red", building("red", 200))
    answers = await asyncio.gather(*(live.change("red", taking(f"m{n:03}"), entries=[f"m{n:03}"]) for n in range(500)))
    assert answers == ["confirmed"] * 200 + ["waitlisted"] * 300  # first come, first served
    seats = await live.entries("red")
    assert [(s.key, s.position) for s in seats] == [(f"m{n:03}", n + 1) for n in range(500)]
    hall = await live.get("red")
    assert hall
    assert (hall.taken, hall.revision) == (200, 501)
    await eventually(lambda: published.numbers("red") == [(n + 2, 0) for n in range(500)])


async def test_changes_spread_over_many_documents(opened: Opened, published: Published) -> None:
    live = (await opened()).live(halls)
    ids = [f"hall-{n}" for n in range(60)]
    await asyncio.gather(*(live.create(id, building(id)) for id in ids))
    await asyncio.gather(*(live.change(id, taking(f"m{n}"), entries=[f"m{n}"]) for n in range(5) for id in ids))
    found = await live.find({}, limit=0)
    assert {(h.taken, h.tickets, h.revision) for h in found} == {(3, 5, 6)}
    assert len(found) == 60
    for id in ids:
        await eventually(lambda id=id: published.numbers(id) == [(n, 0) for n in range(2, 7)])  # type: ignore[misc, arg-type]


async def test_of_many_who_create_the_same_one_does(opened: Opened) -> None:
    one, two = (await opened()).live(badges), (await opened()).live(badges)
    numbers = await asyncio.gather(
        *(live.create("aya", badge("aya", f"number-{n}")) for n in range(10) for live in (one, two))
    )
    assert len(set(numbers)) == 1
    assert await one.get("aya") == Badge(id="aya", revision=1, number=numbers[0])


async def test_a_decision_that_raises_hurts_its_caller_alone(opened: Opened) -> None:
    live = (await opened()).live(halls)
    await live.create("red", building("red", 100))

    def broken(hall: Hall, seats: Entries[Seat]) -> Decision[Hall, str]:
        raise ZeroDivisionError

    def full(hall: Hall, seats: Entries[Seat]) -> Decision[Hall, str]:
        raise Refused("hall_full")

    def stranger(hall: Hall, seats: Entries[Seat]) -> Decision[Hall, str]:
        return Decision(hall, "", facts=[SeatTaken(hall_id="blue", member_id="aya", revision=0)])

    decisions = [broken, full, stranger, *([taking(f"m{n}") for n in range(9)])]
    answers = await asyncio.gather(*(live.change("red", d) for d in decisions), return_exceptions=True)
    assert [type(a) for a in answers[:3]] == [ZeroDivisionError, Refused, ValueError]
    assert answers[3:] == ["confirmed"] * 9
    assert len(await live.entries("red")) == 9


async def test_a_value_that_is_taken_refuses_only_who_wants_it(opened: Opened) -> None:
    live = (await opened()).live(badges)
    await live.create("aya", badge("aya", "1"))

    def rename(badge: Badge | None) -> Decision[Badge, str]:
        assert badge
        return Decision(badge.model_copy(update={"number": "1"}), "renamed")

    answers = await asyncio.gather(
        live.create("ben", badge("ben", "2")),
        live.create("chi", badge("chi", "1")),
        live.create("dan", badge("dan", "3")),
        live.create("ben", rename),
        live.create("dan", badge("dan", "3")),
        live.create("eri", badge("eri", "4")),
        return_exceptions=True,
    )
    told = [a.code if isinstance(a, Refused) else a for a in answers]
    assert told == ["2", "number_taken", "3", "number_taken", "3", "4"]
    assert [b.number for b in await live.find(sort="number")] == ["1", "2", "3", "4"]


async def test_what_the_database_cannot_keep_hurts_its_caller_alone(opened: Opened) -> None:
    live = (await opened()).live(badges)
    answers = await asyncio.gather(
        *(live.create(f"b{n}", badge(f"b{n}", str(n), 2**70 if n == 3 else n)) for n in range(6)),
        return_exceptions=True,
    )
    assert [isinstance(a, Exception) for a in answers] == [False, False, False, True, False, False]
    assert sorted(b.id for b in await live.find()) == ["b0", "b1", "b2", "b4", "b5"]


async def test_nobody_is_refused_on_what_another_instance_has_changed_since(opened: Opened) -> None:
    one, two = (await opened()).live(halls), (await opened()).live(halls)
    await one.create("red", building("red", 0))
    await two.change("red", lambda h, s: Decision(h.model_copy(update={"capacity": 5}), None))

    def only_when_open(hall: Hall, seats: Entries[Seat]) -> Decision[Hall, int]:
        if not hall.capacity:
            raise Refused("hall_closed")
        return Decision(hall, hall.capacity)

    assert await one.change("red", only_when_open) == 5
    assert await one.change("red", taking("aya")) == "confirmed"


async def test_who_goes_away_keeps_nobody_waiting(opened: Opened) -> None:
    live = (await opened()).live(halls)
    await live.create("red", building("red", 100))
    tasks = [asyncio.create_task(live.change("red", taking(f"m{n}"))) for n in range(30)]
    await asyncio.sleep(0)
    for task in tasks[::2]:
        task.cancel()
    answers = await asyncio.gather(*tasks, return_exceptions=True)
    assert answers[1::2] == ["confirmed"] * 15
    assert await live.change("red", taking("last")) == "confirmed"


async def test_a_fact_tells_who_caused_it_and_on_what_trace(opened: Opened, published: Published) -> None:
    live = (await opened()).live(halls)
    await live.create("red", building("red"))

    async def asked_by(member: str) -> None:
        context.caller.set(Caller(member))
        context.traceparent.set(f"00-{member}")
        await live.change("red", taking(member))

    await asyncio.gather(asyncio.create_task(asked_by("aya")), asyncio.create_task(asked_by("ben")))
    await live.change("red", taking("chi"))
    await eventually(lambda: len(published.messages) == 3)
    told = [(m.headers["ce-id"], m.headers["ce-actor"], m.headers.get("traceparent")) for m in published.messages]
    assert told == [
        ("events/red/2/0", "aya", "00-aya"),
        ("events/red/3/0", "ben", "00-ben"),
        ("events/red/4/0", "events", None),
    ]
    assert published.messages[0].headers["ce-revision"] == "2"


async def test_timers_leave_with_the_document(opened: Opened, published: Published) -> None:
    live = (await opened()).live(halls)
    await live.create("red", lambda _, __: Decision(Hall(id="red"), None, timers=[OpeningTimer(id="red").at(SOON)]))
    await live.change("red", lambda h, s: Decision(h, None, timers=[OpeningTimer.cancel("red")]))
    await eventually(lambda: len(published.messages) == 2)
    assert [(m.subject, m.purge) for m in published.messages] == [
        ("ekkyo.timer.events.opening.red", False),
        ("ekkyo.timer.events.opening.red", True),
    ]
    assert published.messages[0].headers["Nats-Msg-Id"] == "events/red/1/0"


async def test_indexes_are_provisioned_again_without_harm(opened: Opened) -> None:
    store = await opened()
    await store.provision()
    await store.provision()
    await store.ping()


async def test_the_setting_picks_the_driver(opened: Opened, driver: Driver) -> None:
    store = await opened()
    client = type(store._database._client).__module__
    assert client.startswith({"motor": "motor.", "pymongo": "pymongo."}[driver])


async def test_a_document_read_again_is_what_stands_there_now(opened: Opened) -> None:
    ours, theirs = (await opened()).live(halls), (await opened()).live(halls)
    await ours.create("red", building("red"))
    first = await theirs.get("red")
    assert await theirs.get("red") is first
    assert await theirs.find({"id": "red"}) == [first]
    await ours.change("red", taking("aya"))
    then = await theirs.get("red")
    assert then
    assert (then.revision, then.taken) == (2, 1)
    row = {"_id": "red", "revision": 2, "capacity": 7, "_stamps": ["of another database"]}
    await ours._database.replace("halls", [Replacement({"_id": "red"}, row)])
    assert await theirs.get("red") == Hall(id="red", revision=2, capacity=7)


async def test_what_was_replaced_here_is_not_kept_as_it_was_read(opened: Opened) -> None:
    ours = (await opened()).live(halls)
    await ours.create("red", building("red"))
    [found] = await ours.find({"id": "red"})
    seen = weakref.ref(found)
    assert await ours.get("red") is found
    del found
    gc.collect()
    assert seen() is not None
    await ours.change("red", taking("aya"))
    gc.collect()
    assert seen() is None
