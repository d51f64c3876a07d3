"""Entries as decisions and readers see them: what is pending laid over what is in the database."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from ekkyo.contracts.base import Refused
from ekkyo.decision import Decision, EntriesInMemory
from ekkyo.store import Kept
from ekkyo.store.matching import row_matches
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from .conftest import Opened, Published
from .halls import Hall, Seat, always, clear, halls, leave, leaving, marking, take

MEMBERS = [f"m{n}" for n in range(7)]
DOINGS = st.one_of(
    st.tuples(st.sampled_from(["take", "take", "leave"]), st.sampled_from(MEMBERS)),
    st.tuples(st.just("clear"), st.just("")),
)
GROUPS = st.lists(
    st.tuples(
        st.lists(DOINGS, min_size=1, max_size=12),
        st.sampled_from(["settled", "pending", "crashed", "other"]),
    ),
    max_size=6,
)


def decide(hall: Hall, seats: Any, doing: tuple[str, str]) -> Decision[Hall, Any]:
    if doing[0] == "clear":
        return clear(hall, seats)
    return (take if doing[0] == "take" else leave)(hall, seats, doing[1])


def deciding(doing: tuple[str, str]) -> Callable[[Hall, Any], Decision[Hall, Any]]:
    return lambda hall, seats: decide(hall, seats, doing)


class InMemory:
    """The same decisions on a plain dictionary."""

    def __init__(self, id: str) -> None:
        self.hall = Hall(id=id, capacity=3, revision=1)
        self.seats: EntriesInMemory[Seat] = EntriesInMemory()

    def do(self, doing: tuple[str, str]) -> Any:
        try:
            decision = decide(self.hall, self.seats, doing)
        except Refused as refused:
            return refused.code
        if decision.document != self.hall or decision.entries:
            self.hall = decision.document.model_copy(update={"revision": self.hall.revision + 1})
        self.seats.items.update({e.key: e for e in decision.entries})  # type: ignore[misc]
        return decision.answer


@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(groups=GROUPS)
async def test_decisions_and_readers_see_what_a_plain_dictionary_would_hold(
    opened: Opened, published: Published, groups: list[tuple[list[tuple[str, str]], str]]
) -> None:
    id = uuid4().hex
    published.open.set()
    stores = [await opened(), await opened()]
    model, kept = InMemory(id), Kept[Seat]()
    await stores[0].live(halls).create(id, lambda _, __: Decision(Hall(id=id, capacity=3), None))
    for doings, then in groups:
        live = stores[0].live(halls)
        answers = await asyncio.gather(
            *(live.change(id, deciding(doing), kept=kept) for doing in doings), return_exceptions=True
        )
        told = [a.code if isinstance(a, Refused) else a for a in answers]
        assert told == [model.do(doing) for doing in doings]
        for store in stores:
            live = store.live(halls)
            assert await live.get(id) == model.hall
            expected = list(model.seats.all())
            assert await live.entries(id) == expected
            waiting = [e for e in expected if e.status == "waitlisted"]
            assert await live.entries(id, {"status": "waitlisted"}) == waiting
            places = [(e.key, e.position) for e in waiting]
            assert await live.fields(id, ["key", "position"], {"status": "waitlisted"}) == places
            assert (
                await live.entries(id, {"status": "waitlisted"}, after="m2", limit=2)
                == [e for e in waiting if e.key > "m2"][:2]
            )
            assert await live.find_entries({"document_id": id, "status": {"$in": ["left", "confirmed"]}}) == [
                e for e in expected if e.status != "waitlisted"
            ]
        if then == "settled":
            published.open.set()
        elif then == "pending":
            published.open.clear()
        elif then == "other":
            stores.reverse()
        else:
            await stores[0].abandon()
            stores[0] = await opened()
    published.open.set()
    for store in stores:
        await store.abandon()


async def test_the_first_of_many_are_right_although_not_all_are_read(opened: Opened) -> None:
    live = (await opened()).live(halls)
    seats = [
        Seat(document_id="red", key=f"m{n:04}", status="waitlisted", position=None if n == 700 else 2000 - n)
        for n in range(1000)
    ]
    await live.create("red", lambda _, __: Decision(Hall(id="red", capacity=0, taken=0), None, entries=seats))
    asked = [
        live.change(
            "red", lambda h, s: Decision(h, [e.key for e in s.first(3, order="position", status="waitlisted")])
        ),
        live.change("red", marking("left", *(f"m{n:04}" for n in (700, 999, 998)))),
        live.change(
            "red", lambda h, s: Decision(h, [e.key for e in s.first(2, order="position", status="waitlisted")])
        ),
        live.change(
            "red",
            lambda h, s: Decision(
                h, len(s.first(200, order="position", status=["waitlisted"])) + len(s.all(status="left"))
            ),
        ),
    ]
    answers: list[Any] = list(await asyncio.gather(*asked))
    assert answers == [["m0700", "m0999", "m0998"], None, ["m0997", "m0996"], 203]


async def test_the_first_are_asked_for_in_many_documents_at_once(opened: Opened) -> None:
    live = (await opened()).live(halls)
    ids = [f"hall-{n:02}" for n in range(40)]
    for id in ids:
        count = 300 if id == "hall-07" else 3
        seats = [Seat(document_id=id, key=f"m{n}", status="waitlisted", position=n) for n in range(count)]
        host = Seat(document_id=id, key="host", status="confirmed", position=0)
        full: Decision[Hall, None] = Decision(Hall(id=id, taken=1), None, entries=[*seats, host])
        await live.create(id, always(full))
    promoted = await asyncio.gather(*(live.change(id, leaving("host")) for id in ids))
    assert promoted == ["m0"] * 40


async def test_a_decision_that_reads_one_after_another_comes_to_an_end(opened: Opened) -> None:
    live = (await opened()).live(halls)
    seats = [Seat(document_id="red", key=f"m{n:03}", status="confirmed", position=n) for n in range(200)]
    await live.create("red", lambda _, __: Decision(Hall(id="red"), None, entries=seats))
    made = 0

    def count(hall: Hall, seats: Any) -> Decision[Hall, int]:
        nonlocal made
        made += 1
        return Decision(hall, sum(seats.get(f"m{n:03}") is not None for n in range(250)))

    assert await live.change("red", count) == 200
    assert made < 10


def test_conditions_mean_in_memory_what_they_mean_in_the_database() -> None:
    row = {"a": 5, "none": None, "many": ["x", "y"], "text": "event-7", "at": datetime(2026, 5, 1, tzinfo=UTC)}
    conditions: list[tuple[dict[str, Any], bool]] = [
        ({"a": 5}, True),
        ({"a": {"$gt": 4, "$lt": 6}}, True),
        ({"a": {"$gte": 6}}, False),
        ({"none": None}, True),
        ({"missing": None}, True),
        ({"none": {"$lt": 3}}, False),
        ({"missing": {"$exists": False}, "none": {"$exists": True}}, True),
        ({"many": "x"}, True),
        ({"many": {"$in": ["z", "y"]}}, True),
        ({"text": {"$regex": "^event"}}, True),
        ({"text": {"$gt": 3}}, False),
        ({"$or": [{"a": 1}, {"text": "event-7"}]}, True),
        ({"at": {"$gt": datetime(2026, 4, 30, tzinfo=UTC)}}, True),
    ]
    for where, met in conditions:
        assert row_matches(row, where) is met, where
