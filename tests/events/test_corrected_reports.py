"""A corrected attendance report replaces those before it: who gains, who loses, and who was checked in all the same."""

from datetime import timedelta
from typing import Any

import pytest
from ekkyo.contracts.base import Refused
from ekkyo.contracts.events import (
    Attendee,
    CheckIn,
    CheckInUndone,
    ImportAttendance,
    MemberAttended,
    RegistrationPromoted,
)
from ekkyo.decision import EntriesInMemory
from ekkyo_events import model
from ekkyo_events.model import Event, Seat
from hypothesis import given
from hypothesis import strategies as st

from tests.events.people import EVERYBODY, gone
from tests.events.test_model import LEADER, START, event, seat

NOW = START + timedelta(minutes=50)
MEMBERS = ("m1", "m2", "m3", "m4")


class Reports:
    """An event to which reports come, one after another."""

    def __init__(self, *seats: Seat, people: Any = EVERYBODY, **fields: Any) -> None:
        waits = sum(one.status == "waitlisted" for one in seats)
        confirmed = sum(one.status == "confirmed" for one in seats)
        self.event: Event = event(**{"capacity": 9, "confirmed": confirmed, "waitlisted": waits, **fields})
        self.seats = {one.key: one for one in seats}
        self.people = people
        self.facts: list[Any] = []

    def take(self, decision: Any) -> Any:
        self.event = decision.document
        self.seats |= {one.key: one for one in decision.entries}
        self.facts = list(decision.facts)
        return decision.answer

    def says(self, stays: dict[str, int], *loses: str, replaces: bool = True) -> Any:
        attendees = [Attendee(member_id=m, minutes=minutes) for m, minutes in stays.items()]
        cmd = ImportAttendance(event_id="e1", attendees=attendees, replaces=replaces, loses=list(loses))
        seats = EntriesInMemory.of(list(self.seats.values()))
        return self.take(model.import_attendance(self.event, seats, cmd, people=self.people, who=LEADER, now=NOW))

    def checks_in(self, member: str) -> None:
        seats = EntriesInMemory.of(list(self.seats.values()))
        cmd = CheckIn(event_id="e1", member_id=member)
        self.take(model.check_in(self.event, seats, cmd, people=EVERYBODY, who=LEADER, now=NOW))

    @property
    def came(self) -> set[str]:
        return {one.key for one in self.seats.values() if one.status == "attended"}

    def told(self) -> list[tuple[str, str]]:
        return [(type(fact).__name__, fact.member_id) for fact in self.facts]


def four(**status: str) -> list[Seat]:
    return [seat(m, status.get(m, "confirmed")) for m in MEMBERS]


def test_who_stood_in_the_earlier_report_alone_loses_and_whom_the_desk_checked_in_stays() -> None:
    it = Reports(*four())
    it.says({"m1": 40, "m2": 50, "m3": 5}, replaces=False)
    it.checks_in("m2")
    answer = it.says({"m1": 30, "m4": 20}, "m3")
    assert (answer.attended, answer.already, answer.lost) == (1, 1, ["m3"])
    assert it.told() == [("CheckInUndone", "m3"), ("MemberAttended", "m4")]
    assert it.facts[0].because == "report"
    assert it.came == {"m1", "m2", "m4"}
    assert {m: it.seats[m].minutes for m in it.came} == {"m1": 30, "m2": 0, "m4": 20}
    assert (it.event.attended, it.event.confirmed) == (3, 1)
    again = it.says({"m1": 30, "m4": 20}, "m3")
    assert (again.attended, again.already, again.lost, it.facts) == (0, 2, [], [])


def test_a_report_that_would_take_more_than_was_previewed_takes_nothing() -> None:
    it = Reports(*four())
    it.says({"m1": 40, "m2": 50}, replaces=False)
    with pytest.raises(Refused, match="attendance_changed"):
        it.says({"m1": 40})
    with pytest.raises(Refused, match="attendance_changed"):
        it.says({"m3": 1}, "m1")
    assert it.came == {"m1", "m2"}
    assert it.says({"m3": 1}, "m1", "m2", "m4").lost == ["m1", "m2"], "others may be named"


def test_after_the_conclusion_who_had_a_seat_is_a_no_show_again_and_who_had_none_has_none() -> None:
    it = Reports(*four(m1="no_show", m2="no_show", m3="waitlisted"), status="concluded", confirmed=0)
    it.says({"m1": 9, "m3": 9, "m9": 9}, replaces=False)
    answer = it.says({"m2": 9}, "m1", "m3", "m9")
    assert answer.lost == ["m1", "m3", "m9"]
    assert {m: it.seats[m].status for m in ("m1", "m3", "m9")} == {
        "m1": "no_show",
        "m3": "waitlisted",
        "m9": "withdrawn",
    }
    assert (it.event.attended, it.event.confirmed, it.event.waitlisted, it.event.walk_ins) == (1, 0, 1, 0)
    assert [fact.status for fact in it.facts if isinstance(fact, CheckInUndone)] == [
        "no_show",
        "waitlisted",
        "withdrawn",
    ]


def test_a_seat_that_nobody_may_have_any_more_goes_to_who_waits() -> None:
    it = Reports(seat("m1", "confirmed"), seat("m2", "waitlisted", position=1), capacity=1)
    it.says({"m1": 9}, replaces=False)
    it.people = gone("m1")
    it.says({}, "m1")
    assert [type(fact) for fact in it.facts] == [CheckInUndone, RegistrationPromoted]
    assert {one.key: one.status for one in it.seats.values()} == {"m1": "withdrawn", "m2": "confirmed"}
    assert (it.event.confirmed, it.event.waitlisted, it.event.attended) == (1, 0, 0)


@given(
    st.lists(st.dictionaries(st.sampled_from([*MEMBERS, "m8", "m9"]), st.integers(0, 90)), min_size=1, max_size=4),
    st.sets(st.sampled_from(MEMBERS)),
    st.booleans(),
)
def test_after_a_replacement_those_came_whom_the_report_or_the_desk_says(
    reports: list[dict[str, int]], at_the_desk: set[str], over: bool
) -> None:
    it = Reports(*four(m4="withdrawn"))
    for member in sorted(at_the_desk):
        it.checks_in(member)
    if over:
        it.event = it.event.model_copy(update={"status": "concluded", "confirmed": 0})
        it.seats |= {
            m: s.model_copy(update={"status": "no_show"}) for m, s in it.seats.items() if s.status == "confirmed"
        }
    for stays in reports:
        before = it.came
        it.says(stays, *before)
        assert it.came == set(stays) | at_the_desk
        assert {m for kind, m in it.told() if kind == "CheckInUndone"} == before - it.came
        assert {m for kind, m in it.told() if kind == "MemberAttended"} == it.came - before
        assert {m: it.seats[m].minutes for m in it.came} == {m: stays.get(m, 0) for m in it.came}
        counted = [one for one in it.seats.values() if one.status == "attended"]
        assert (it.event.attended, it.event.walk_ins) == (len(counted), sum(one.walk_in for one in counted))
        assert it.event.confirmed == sum(one.status == "confirmed" for one in it.seats.values())


async def test_a_corrected_report_is_told_twice_and_heard_once(scene: Any) -> None:
    on = await scene.concluded(capacity=3, registered=["m1", "m2", "m3"], attended=["m1"])
    first = ImportAttendance(event_id=on.event_id, attendees=[Attendee(member_id="m2", minutes=9)])
    assert (await scene.leads(first)).attended == 1
    corrected = ImportAttendance(
        event_id=on.event_id, attendees=[Attendee(member_id="m3", minutes=9)], replaces=True, loses=["m2"]
    )
    await scene.twice(corrected)
    (undone,) = await scene.heard.until(CheckInUndone, on.event_id)
    assert (undone.member_id, undone.status, undone.because) == ("m2", "no_show", "report")
    came = await scene.heard.until(MemberAttended, on.event_id, 3)
    assert [fact.member_id for fact in came] == ["m1", "m2", "m3"]
