"""Tables at an event: made, changed by hand, kept true as seats come and go, and remembered at the next one."""

from typing import Any

import pytest
from ekkyo.contracts.base import Caller, Refused, new_id
from ekkyo.contracts.events import (
    CheckIn,
    ConcludeEvent,
    EventReminderDue,
    GetEvent,
    GetRoster,
    GetTables,
    MoveSeat,
    MyRegistration,
    MyTable,
    RegistrationPromoted,
    SeatTables,
    TablesSeated,
    WithdrawFromEvent,
)
from ekkyo.decision import EntriesInMemory
from ekkyo_events import model
from ekkyo_events.model import NotLookedUp, People, Person, Seat

from tests.events.people import EVERYBODY, Known
from tests.events.test_model import START, event, seat

LEADER = Caller("leader-1", frozenset({"leader:c1"}))


def pairs(tables: list[list[str]]) -> set[tuple[str, str]]:
    return {(a, b) for table in tables for a in table for b in table if a < b}


async def test_tables_are_made_changed_and_remembered(scene: Any) -> None:
    """The whole way on real servers: who sat together and came is kept apart at the next lunch."""
    lunch = await scene.published(starts_in=1800, capacity=4)
    for member in ("m1", "m2", "m3", "m4", "m5"):
        await scene.register(lunch, member)
    seated = await scene.twice(SeatTables(event_id=lunch.event_id, seating_id="t1", size=2))
    assert sorted(len(table) for table in seated.tables) == [2, 2]
    (fact,) = await scene.heard.until(TablesSeated, lunch.event_id)
    assert (fact.tables, fact.moved, fact.event.table_count) == (seated.tables, [], 2)

    await (await scene.as_("m4")).send(WithdrawFromEvent(event_id=lunch.event_id, member_id="m4"))
    freed = next(n for n, table in enumerate(seated.tables, start=1) if "m4" in table)
    (promoted,) = await scene.heard.until(RegistrationPromoted, lunch.event_id)
    assert (promoted.member_id, promoted.table) == ("m5", freed), "nobody comes without a table"

    asked = await (await scene.leader()).ask(GetTables(event_id=lunch.event_id))
    a, b = asked.tables[0][0], asked.tables[1][0]
    swap = MoveSeat(event_id=lunch.event_id, member_id=a, table=2, swap_with=b)
    now = await scene.twice(swap)
    assert b in now.tables[0]
    assert a in now.tables[1]
    own = await (await scene.as_(a)).ask(MyTable(event_id=lunch.event_id, member_id=a))
    assert own.table == 2
    assert own.companions == [member for member in now.tables[1] if member != a]
    place = await (await scene.as_(a)).ask(MyRegistration(event_id=lunch.event_id, member_id=a))
    assert place.registration.table == 2

    for member in ("m1", "m2", "m3", "m5"):
        await scene.leads(CheckIn(event_id=lunch.event_id, member_id=member))
    walked_in = await scene.leads(CheckIn(event_id=lunch.event_id, member_id="m9"))
    assert walked_in.table in (1, 2)
    sat = (await (await scene.leader()).ask(GetTables(event_id=lunch.event_id))).tables
    await scene.begins(lunch)
    await scene.once_begun(ConcludeEvent(event_id=lunch.event_id))
    roster = await (await scene.leader()).ask(GetRoster(event_id=lunch.event_id))
    assert {r.member_id: r.table for r in roster.registrations}["m9"] == walked_in.table

    next_lunch = await scene.published(starts_in=1800, capacity=4)
    for member in ("m1", "m2", "m3", "m5"):
        await scene.register(next_lunch, member)
    again = await scene.leads(SeatTables(event_id=next_lunch.event_id, seating_id=new_id(), size=2))
    assert not pairs(again.tables) & pairs(sat)
    plain = await scene.published()
    assert (await (await scene.leader()).ask(GetTables(event_id=plain.event_id))).tables == []
    assert "table_count" not in (await (await scene.leader()).ask(GetEvent(event_id=plain.event_id))).model_dump()


def seats(*members: str, **fields: Any) -> EntriesInMemory[Seat]:
    return EntriesInMemory.of([seat(member, "confirmed", **fields) for member in members])


def make(**fields: Any) -> SeatTables:
    return SeatTables.model_validate({"event_id": "e1", "seating_id": "t1", "size": 2, **fields})


def test_departments_are_mixed_and_what_is_not_known_is_looked_up() -> None:
    known = {f"m{n}": Person(id=f"m{n}", department="IT" if n < 2 else "Sales") for n in range(4)}
    there = seats(*known)
    with pytest.raises(NotLookedUp) as need:
        model.seat_tables(event(capacity=4), there, make(), people=People({}), who=LEADER)
    assert (need.value.members, need.value.tables_of) == (sorted(known), "c1")
    people = People(Known(known), sat_at={})
    made = model.seat_tables(event(capacity=4), there, make(), people=people, who=LEADER)
    assert not pairs(made.answer.tables) & {("m0", "m1"), ("m2", "m3")}
    apart = People(Known(known), sat_at=dict.fromkeys(("m0", "m2"), frozenset({"e0/1"})))
    assert ("m0", "m2") not in pairs(
        model.seat_tables(event(capacity=4), there, make(), people=apart, who=LEADER).answer.tables
    )


@pytest.mark.parametrize("status", ["draft", "cancelled", "concluded"])
def test_only_a_published_event_gets_tables(status: str) -> None:
    with pytest.raises(Refused) as no:
        model.seat_tables(event(status=status), seats("m1"), make(), people=EVERYBODY, who=LEADER)
    assert no.value.code in {"event_not_published", "event_cancelled", "event_concluded"}


def test_what_cannot_be_seated_or_moved_is_refused() -> None:
    refused = {}
    lunch = event(capacity=9, seating={"id": "t1", "size": 2, "seed": 0, "tables": 2})
    there = EntriesInMemory.of([seat("m1", "confirmed", table=1), seat("m2", "confirmed", table=1)])
    crowd = seats(*(f"m{n}" for n in range(501)))
    for name, decide in {
        "nobody": lambda: model.seat_tables(event(), seats(), make(), people=EVERYBODY, who=LEADER),
        "crowd": lambda: model.seat_tables(event(), crowd, make(), people=EVERYBODY, who=LEADER),
        "no table": lambda: model.move_seat(lunch, there, move("m1", 3), who=LEADER),
        "no tables": lambda: model.move_seat(event(), there, move("m1", 1), who=LEADER),
        "no seat": lambda: model.move_seat(lunch, there, move("m7", 1), who=LEADER),
        "elsewhere": lambda: model.move_seat(lunch, there, move("m1", 2, swap_with="m2"), who=LEADER),
    }.items():
        with pytest.raises(Refused) as no:
            decide()
        refused[name] = no.value.code
    assert refused == {
        "nobody": "nobody_to_seat",
        "crowd": "too_many_to_seat",
        "no table": "table_not_found",
        "no tables": "table_not_found",
        "no seat": "registration_not_found",
        "elsewhere": "not_at_table",
    }


def move(member: str, table: int, **fields: Any) -> MoveSeat:
    return MoveSeat.model_validate({"event_id": "e1", "member_id": member, "table": table, **fields})


def test_the_reminder_carries_the_tables_and_a_document_from_before_still_reads() -> None:
    lunch = event(seating={"id": "t1", "size": 2, "seed": 0, "tables": 1})
    there = EntriesInMemory.of([seat("m1", "confirmed", table=1)])
    timer = model.ReminderTimer(id="e1", starts_at=START)
    early = START.replace(year=START.year - 1)
    (fact,) = model.remind(lunch, there, timer, now=early).facts
    assert isinstance(fact, EventReminderDue)
    assert fact.tables == [["m1"]]
    (plain,) = model.remind(event(), seats("m1"), timer, now=early).facts
    assert "tables" not in plain.model_dump()
    assert "table" not in seat("m1", "confirmed").model_dump()
    old = Person.model_validate({"id": "m1", "active": True, "communities": ["c1"]})
    (guest,) = People({"m1": old}, sat_at={}).guests(event(), ["m1"])
    assert (guest.department, guest.site, guest.joined_at) == (None, None, None)
