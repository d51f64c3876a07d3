"""The entries of small documents, kept with them: what is known is not looked for, and nothing stale is answered."""

from collections import Counter
from typing import Any

import pytest
from ekkyo.decision import Decision
from ekkyo.store.cache import FEW, Few
from ekkyo.store.entries import AtHand
from hypothesis import given
from hypothesis import strategies as st

from .conftest import Opened
from .halls import Hall, Seat, Vote, building, halls, leaving, polls, taking, voting


async def test_the_entries_of_a_small_document_are_not_looked_for(opened: Opened, looked: Counter[str]) -> None:
    live = (await opened()).live(halls)
    await live.create("red", building("red", 2))
    for member in ("ann", "bob", "cid"):
        await live.change("red", taking(member), entries=[member])
    assert await live.change("red", taking("cid"), entries=["cid"]) == "waitlisted"
    assert await live.change("red", leaving("ann"), entries=["ann"]) == "cid"
    assert not looked["halls_entries"]
    assert {s.key: s.status for s in await live.entries("red")} == {
        "ann": "left",
        "bob": "confirmed",
        "cid": "confirmed",
    }


async def test_of_many_entries_only_the_named_are_read(opened: Opened, looked: Counter[str]) -> None:
    live = (await opened()).live(halls)
    await live.create("red", building("red", 100))
    for n in range(FEW + 1):
        await live.change("red", taking(f"m{n}"), entries=[f"m{n}"])
    assert not looked["halls_entries"]
    await live.change("red", taking("one more"), entries=["one more"])
    assert looked["halls_entries"]
    assert await live.change("red", taking("m0"), entries=["m0"]) == "confirmed"
    hall = await live.get("red")
    assert hall
    assert (hall.taken, hall.tickets) == (FEW + 2, FEW + 2)


async def test_what_another_instance_changed_is_read_again(opened: Opened) -> None:
    one, two = (await opened()).live(halls), (await opened()).live(halls)
    await one.create("red", building("red", 1))
    assert await one.change("red", taking("ann"), entries=["ann"]) == "confirmed"
    assert await two.change("red", taking("bob"), entries=["bob"]) == "waitlisted"
    assert await one.change("red", taking("bob"), entries=["bob"]) == "waitlisted"
    assert await two.change("red", leaving("ann"), entries=["ann"]) == "bob"
    assert await one.change("red", leaving("ann"), entries=["ann"]) is None
    assert await one.change("red", leaving("bob"), entries=["bob"]) is None
    hall = await two.get("red")
    assert hall
    assert (hall.taken, hall.tickets) == (0, 2)


async def test_an_answer_without_a_change_is_not_given_from_stale_entries(opened: Opened) -> None:
    one, two = (await opened()).live(halls), (await opened()).live(halls)
    await one.create("red", building("red", 1))
    await one.change("red", taking("ann"), entries=["ann"])
    await two.change("red", leaving("ann"), entries=["ann"])
    assert await one.change("red", taking("ann"), entries=["ann"]) == "confirmed"
    hall = await two.get("red")
    assert hall
    assert (hall.taken, hall.tickets) == (1, 2), "ann left, so she took a second seat"


async def test_what_a_decision_that_failed_had_in_mind_is_forgotten(opened: Opened) -> None:
    live = (await opened()).live(halls)
    await live.create("red", building("red"))

    def refuses(hall: Hall, seats: Any) -> Decision[Hall, None]:
        seats.put(Seat(document_id="red", key="ann", status="confirmed"))
        raise LookupError

    with pytest.raises(LookupError):
        await live.change("red", refuses)
    assert await live.change("red", leaving_if_there("ann"), entries=["ann"]) == "not there"


def leaving_if_there(member: str) -> Any:
    return lambda hall, seats: Decision(hall, "there" if seats.get(member) else "not there")


async def test_entries_that_nobody_may_link_are_not_kept_together(opened: Opened, looked: Counter[str]) -> None:
    live = (await opened()).live(polls)
    parts = [Vote(document_id="poll", key="ann"), Vote(document_id="poll", key="box")]
    await live.create("poll", lambda _, __: Decision(Hall(id="poll"), None, entries=parts))
    await live.change("poll", voting("ann", "box", "yes"), entries=["ann", "box"])
    await live.change("poll", voting("ann", "box", "yes"), entries=["ann", "box", "other"])
    assert looked["polls_entries"]


# What is kept


def entries(count: int, *, everything: bool = True) -> AtHand[Seat]:
    at_hand: AtHand[Seat] = AtHand(everything=everything)
    for n in range(count):
        at_hand.put(Seat(document_id="d", key=str(n), status="confirmed"))
    return at_hand


def test_they_are_those_of_one_revision_and_all_there_are() -> None:
    few: Few[Seat] = Few()
    few.put("red", 3, entries(2))
    assert few.get("red", 4) is None
    found = few.get("red", 3)
    assert found
    found.put(Seat(document_id="red", key="more", status="left"))
    again = few.get("red", 3)
    assert again
    assert again.everything
    assert set(again.known) == {"0", "1"}, "who reads them changes none"
    few.put("red", 4, entries(1, everything=False))
    few.put("blue", 1, entries(FEW + 1))
    assert few.get("red", 3) is few.get("red", 4) is few.get("blue", 1) is None


@given(st.lists(st.tuples(st.sampled_from("abcdefgh"), st.integers(0, 12), st.booleans())))
def test_they_never_become_more_than_so_many(puts: list[tuple[str, int, bool]]) -> None:
    few: Few[Seat] = Few(in_all=30)
    for revision, (id, count, everything) in enumerate(puts):
        few.put(id, revision, entries(count, everything=everything))
        kept = [len(at_hand.known) + 1 for _, at_hand in few._kept.values()]
        assert few._count == sum(kept) <= 30
        assert (few.get(id, revision) is not None) == everything
