"""Places at events of two records of one person that become one, and two again."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

import pytest
from ekkyo import wire
from ekkyo.contracts.base import Fact, Refused
from ekkyo.contracts.events import (
    AttachOutput,
    Board,
    CheckIn,
    GetEvent,
    GetOutput,
    MyEvents,
    NameHost,
    OutputDetails,
    RegisterForEvent,
    RegistrationMoved,
    RegistrationPromoted,
    RemoveOutput,
)
from ekkyo.contracts.members import MemberMerged, Membership, MemberState, MergeUndone
from ekkyo.decision import Decision, EntriesInMemory
from ekkyo.decision.clock import utcnow
from ekkyo.testing import Nats
from ekkyo_events import model
from ekkyo_events.model import Event, People, Person, Seat
from ekkyo_events.store import parts_of, whole_records
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.events.people import EVERYBODY, Known

NOW = utcnow()
KEPT, ABSORBED = "m1", "m2"


def an_event(**fields: Any) -> Event:
    known = {
        "id": "e1", "community_id": "c1", "title": "x", "format": "online", "context": "IT", "capacity": 2,
        "timezone": "Asia/Tokyo", "starts_at": NOW + timedelta(days=1), "ends_at": NOW + timedelta(days=2),
        "status": "published",
    }  # fmt: skip
    return Event(**known | fields)


def a_seat(member: str, status: str = "confirmed", position: int | None = None, **more: Any) -> Seat:
    known = {"status": status, "position": position, "registration_id": f"r-{member}"}
    return Seat(document_id="e1", key=member, **known | more)


class EventAndPlaces:
    """An event and the places at it, as decisions change them."""

    def __init__(self, event: Event, *seats: Seat) -> None:
        counts = {name: sum(s.status == name for s in seats) for name in (*model.HAS_A_PLACE, "attended")}
        self.event = event.model_copy(update={**counts, "tickets": 9})
        self.seats = EntriesInMemory.of(seats)
        self.facts: list[Fact] = []

    def take(self, decision: Decision[Event, None]) -> "EventAndPlaces":
        self.event = decision.document.model_copy(update={"revision": self.event.revision + 1})
        self.seats.items |= {seat.key: seat for seat in decision.entries}  # type: ignore[misc]
        self.facts += decision.facts
        return self

    def move(self, people: People = EVERYBODY) -> "EventAndPlaces":
        return self.take(model.move(self.event, self.seats, ABSORBED, KEPT, "merge-1", people=people, now=NOW))

    def move_back(self, people: People = EVERYBODY, now: Any = NOW) -> "EventAndPlaces":
        return self.take(model.move_back(self.event, self.seats, ABSORBED, people=people, now=now))

    @property
    def has(self) -> dict[str, str]:
        return {key: seat.status for key, seat in self.seats.items.items() if not seat.moved}

    def counts_right(self) -> None:
        there = list(self.has.values())
        for status in (*model.HAS_A_PLACE, "attended"):
            assert getattr(self.event, status) == there.count(status)
        assert self.event.seats_in_use <= self.event.capacity


def test_a_place_moves_to_the_kept_record_and_back():
    it = EventAndPlaces(an_event(), a_seat(ABSORBED, table=None, answers={"q": "soup"}))
    it.move()
    assert it.has == {KEPT: "confirmed"}
    assert it.seats.items[KEPT].answers == {"q": "soup"}
    assert "soup" not in it.seats.items[ABSORBED].model_dump_json()  # so that erasing the kept one erases it
    [fact] = it.facts
    assert isinstance(fact, RegistrationMoved)
    assert (fact.member_id, fact.from_member_id, fact.status, fact.left) == (KEPT, ABSORBED, "confirmed", None)
    assert it.move().facts == [fact]  # told twice, done once
    it.move_back()
    assert {key: status for key, status in it.has.items() if key == ABSORBED} == {ABSORBED: "confirmed"}
    assert it.seats.items[KEPT].registration_id is None
    it.counts_right()


def test_of_two_seats_one_is_freed_for_who_waits():
    it = EventAndPlaces(an_event(), a_seat(KEPT), a_seat(ABSORBED), a_seat("m3", "waitlisted", 1))
    it.move()
    assert it.has == {KEPT: "confirmed", "m3": "confirmed"}
    assert [type(fact) for fact in it.facts] == [RegistrationMoved, RegistrationPromoted]
    it.counts_right()
    it.move_back()  # no seat is free any more: first of those who wait
    assert it.has == {KEPT: "confirmed", "m3": "confirmed", ABSORBED: "waitlisted"}
    it.counts_right()


def test_a_seat_is_better_than_a_place_on_the_waitlist():
    it = EventAndPlaces(
        an_event(), a_seat(KEPT, "waitlisted", 4), a_seat(ABSORBED), a_seat("m3"), a_seat("m4", "waitlisted", 5)
    )
    it.move()
    assert it.has == {KEPT: "confirmed", "m3": "confirmed", "m4": "waitlisted"}
    assert it.event.waitlisted == 1
    it.move_back()
    assert it.has == {KEPT: "waitlisted", "m3": "confirmed", "m4": "waitlisted", ABSORBED: "confirmed"}
    assert it.seats.items[KEPT].position == 4
    it.counts_right()


def test_who_came_twice_came_once():
    it = EventAndPlaces(an_event(status="concluded", seated=2), a_seat(KEPT, "attended"), a_seat(ABSORBED, "attended"))
    it.move()
    assert (it.event.attended, it.event.seated) == (1, 1)
    it.move_back()
    assert (it.event.attended, it.event.seated, it.has) == (2, 2, {KEPT: "attended", ABSORBED: "attended"})


def test_what_came_of_a_place_since_goes_back_with_it():
    it = EventAndPlaces(an_event(), a_seat(ABSORBED)).move()
    came = it.seats.items[KEPT].model_copy(update={"status": "attended"})
    it.seats.items[KEPT] = came
    it.event = it.event.model_copy(update={"attended": 1, "confirmed": 0})
    it.move_back()
    assert it.has[ABSORBED] == "attended"
    it.counts_right()


def test_places_do_not_move_while_they_are_drawn():
    drawing = {"id": "d", "seed": "s", "seed_sha256": "x", "stage": "held"}
    it = EventAndPlaces(an_event(drawing=drawing), a_seat(ABSORBED, "applied"))
    with pytest.raises(Refused, match="draw_running"):
        it.move()


def test_a_record_that_is_part_of_another_one_gets_no_place_and_loses_none():
    known = People(Known({ABSORBED: Person(id=ABSORBED, active=False, merged_into=KEPT)}))
    refused = known.refusal(an_event(), ABSORBED)
    assert refused is not None
    assert (refused.code, KEPT in refused.detail) == ("member_merged", True)
    assert known.barred(an_event(), [ABSORBED]) == set()
    assert known.barred(an_event(), [ABSORBED], held=False) == {ABSORBED}


STATUS = st.sampled_from(["confirmed", "waitlisted", "applied", "withdrawn", "attended", None])


@settings(max_examples=40)
@given(STATUS, STATUS, st.integers(0, 3), st.booleans())
def test_capacity_holds_whatever_both_had(kept, absorbed, waiting, full):
    seats = [a_seat(m, s, n) for n, (m, s) in enumerate(((KEPT, kept), (ABSORBED, absorbed)), 1) if s]
    others = [a_seat(f"w{n}", "waitlisted", 10 + n) for n in range(waiting)]
    taken = sum(seat.status in ("confirmed", "attended") for seat in seats)
    if full:
        others += [a_seat(f"s{n}") for n in range(taken, 2)]
    it = EventAndPlaces(an_event(), *seats, *others)
    before = {key: status for key, status in it.has.items() if status != "withdrawn"}
    it.move()
    it.counts_right()
    assert ABSORBED not in it.has or absorbed is None
    it.move_back()
    it.counts_right()
    after = {key: status for key, status in it.has.items() if status != "withdrawn"}
    assert after.keys() == before.keys()
    assert after == before or waiting or "waitlisted" in before.values()


def test_a_registration_for_a_series_moves_and_comes_back():
    series = model.Series.model_construct(id="s1", registered=2)
    regulars = EntriesInMemory.of(
        [
            model.Regular(document_id="s1", key=m, status="registered", registration_id=f"r-{m}")
            for m in (KEPT, ABSORBED)
        ]
    )
    moved = model.move_regular(series, regulars, ABSORBED, KEPT)
    assert (moved.document.registered, [r.key for r in moved.entries]) == (1, [ABSORBED])
    regulars.items |= {r.key: r for r in moved.entries}  # type: ignore[attr-defined]
    back = model.move_regular_back(moved.document, regulars, ABSORBED)
    assert (back.document.registered, back.entries[0].status) == (2, "registered")  # type: ignore[attr-defined]


# Through the door


async def say(nats: Nats, kind: Any, revision: int) -> None:
    places = [Membership(community_id="c1", joined_at=NOW)]
    state = MemberState(
        member_id=ABSORBED, number="2", name="x", email="x@example.com", department="d", channels=["mail"],
        locale="ja", timezone="Asia/Tokyo", communities=places if kind is MergeUndone else [],
        active=kind is MergeUndone,
    )  # fmt: skip
    fact = kind(member_id=ABSORBED, member=state, merge_id="merge-1", kept_id=KEPT)
    out = wire.fact_message(fact, owner="members", revision=revision, n=0, time=NOW, actor="steward", traceparent=None)
    async with await nats.connect("members") as nc:
        await nc.jetstream().publish(out.subject, out.body, headers=out.headers)


class Heard:
    """What was heard of records: which is part of which."""

    def __init__(self, **into: str) -> None:
        self.into = into

    async def read(self, ids: Iterable[str]) -> dict[str, Person]:
        return {one: Person(id=one, merged_into=self.into.get(one)) for one in ids}

    async def find(self, where: Any, limit: int) -> list[Person]:
        wanted = where["merged_into"]
        some = wanted["$in"] if isinstance(wanted, dict) else [wanted]
        return [Person(id=one, merged_into=kept) for one, kept in self.into.items() if kept in some]


async def test_records_are_found_over_others_and_also_while_two_seem_to_be_part_of_each_other():
    chain: Any = Heard(a="b", b="c", x="c")
    assert set(await parts_of("c", chain)) == {"a", "b", "x"}
    assert await whole_records({"a", "b", "c"}, chain) == {"a": "c", "b": "c"}
    late: Any = Heard(a="b", b="a", d="b")  # merged the other way round; that the first merge was undone comes late
    assert await parts_of("a", late) == ["b", "d"]
    assert await whole_records({"a", "b"}, late) == {"a": "b", "b": "a"}
    assert (await whole_records({"d"}, late)).keys() == {"d"}


async def test_places_follow_the_facts_in_whatever_order_they_come(scene: Any, nats: Nats):
    event_id = (await scene.published(capacity=1, starts_in=1800)).event_id
    absorbed, kept = await scene.as_(ABSORBED), await scene.as_(KEPT)
    await absorbed.send(RegisterForEvent(event_id=event_id, member_id=ABSORBED, registration_id="r1"))

    async def events_of(member: str) -> list[str]:
        system = await scene.as_("hr", "system")
        found = await system.ask(MyEvents(member_id=member))
        return [one.event.event_id for one in found.entries]

    await say(nats, MergeUndone, 3)  # so that it is known as a member
    leader = await scene.leader()
    await leader.send(NameHost(event_id=event_id, member_id=ABSORBED))

    async def hosts() -> list[str]:
        return list((await leader.ask(GetEvent(event_id=event_id))).hosts)

    await say(nats, MemberMerged, 5)
    [moved] = await scene.heard.until(RegistrationMoved, event_id)
    assert (moved.member_id, moved.status) == (KEPT, "confirmed")
    assert (await events_of(KEPT), await events_of(ABSORBED), await hosts()) == ([event_id], [], [KEPT])
    with pytest.raises(Refused, match="member_merged"):
        await absorbed.send(RegisterForEvent(event_id=event_id, member_id=ABSORBED, registration_id="r2"))
    details = OutputDetails(kind="slides", title="x", url="https://board.example/1", authors=[ABSORBED])
    made = AttachOutput(output_id="o1", community_id="c1", details=details)
    await leader.send(made)
    assert [one.authors for one in (await kept.ask(Board(author_id=KEPT))).outputs] == [[KEPT]]
    assert (await kept.ask(GetOutput(output_id="o1"))).authors == [KEPT]
    answer = await kept.send(RegisterForEvent(event_id=event_id, member_id=KEPT, registration_id="r3"))
    assert answer.registration_id == "r1"
    scanned = await (await scene.leader()).send(CheckIn(event_id=event_id, member_id=ABSORBED))
    assert (scanned.member_id, scanned.status) == (KEPT, "attended")  # an older code of a seat still opens the door
    await say(nats, MergeUndone, 7)
    await scene.heard.until(RegistrationMoved, event_id, 2)
    assert (await events_of(KEPT), await events_of(ABSORBED), await hosts()) == ([], [event_id], [ABSORBED])
    assert (await kept.ask(Board(author_id=KEPT))).outputs == []
    assert (await kept.ask(GetOutput(output_id="o1"))).authors == [ABSORBED]
    assert await scene.refusal(kept.send(RemoveOutput(output_id="o1", member_id=KEPT))) == ("not_allowed", 403)
    await say(nats, MemberMerged, 6)  # older than what was heard: nothing moves
    other = (await scene.published(capacity=1)).event_id
    await absorbed.send(RegisterForEvent(event_id=other, member_id=ABSORBED, registration_id="r9"))
    assert await events_of(KEPT) == []
