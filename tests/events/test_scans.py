"""Scans that a desk tells later: the earliest counts, told twice they have one effect, an undo stays an undo."""

from datetime import timedelta
from typing import Any

import pytest
from ekkyo.contracts.base import Caller, Refused
from ekkyo.contracts.events import (
    CheckIn,
    CheckInCorrected,
    CheckInUndone,
    ConcludeEvent,
    GetRoster,
    MemberAttended,
    UndoCheckIn,
)
from ekkyo.decision import EntriesInMemory
from ekkyo.decision.clock import utcnow
from ekkyo_events import model
from ekkyo_events.model import Event, Seat
from hypothesis import given
from hypothesis import strategies as st

from tests.events.people import EVERYBODY
from tests.events.test_model import LEADER, START, event, seat

MINUTE = timedelta(minutes=1)
NOW = START + 30 * MINUTE


class Desk:
    """One event and its seats, and the facts that its decisions told."""

    def __init__(self, *seats: Seat, **fields: Any) -> None:
        self.event: Event = event(capacity=9, confirmed=len(seats), **fields)
        self.seats = {one.key: one for one in seats}
        self.facts: list[Any] = []

    def scan(self, at: int | None, *, scan: str | None = None, who: Caller = LEADER, now: Any = NOW) -> Any:
        """Tell that m1 was scanned, so many minutes after the start."""
        when = None if at is None else START + at * MINUTE
        command = CheckIn(event_id="e1", member_id="m1", scan_id=scan, at=when)
        return self.take(model.check_in(self.event, self.entries, command, people=EVERYBODY, who=who, now=now))

    def undo(self, at: int) -> Any:
        command = UndoCheckIn(event_id="e1", member_id="m1")
        now = START + at * MINUTE
        return self.take(model.undo_check_in(self.event, self.entries, command, people=EVERYBODY, who=LEADER, now=now))

    @property
    def entries(self) -> EntriesInMemory[Seat]:
        return EntriesInMemory.of(list(self.seats.values()))

    def take(self, decision: Any) -> Any:
        self.event = decision.document
        self.seats |= {one.key: one for one in decision.entries}
        self.facts += decision.facts
        return decision.answer

    @property
    def told(self) -> list[type]:
        return [type(fact) for fact in self.facts]


@given(st.lists(st.tuples(st.integers(-60, 30), st.sampled_from("abcd")), min_size=1, max_size=8))
def test_the_earliest_of_all_scans_counts_in_whatever_order_and_however_often_they_are_told(
    scans: list[tuple[int, str]],
) -> None:
    scans = [(at, f"{at}{name}") for at, name in scans]
    desk = Desk(seat("m1", "confirmed"))
    for at, name in scans + scans[::-1]:
        desk.scan(at, scan=name)
    earliest = START + min(at for at, _ in scans) * MINUTE
    assert desk.seats["m1"].checked_in_at == earliest
    assert (desk.event.attended, desk.event.confirmed) == (1, 0)
    assert desk.told[0] is MemberAttended
    assert set(desk.told[1:]) <= {CheckInCorrected}
    times = [fact.checked_in_at for fact in desk.facts]
    assert times == sorted(set(times), reverse=True)
    assert times[-1] == earliest
    assert [fact.was for fact in desk.facts[1:]] == times[:-1]


def test_a_scan_from_before_an_undo_brings_nobody_back_and_a_later_one_does() -> None:
    desk = Desk(seat("m1", "confirmed"))
    desk.scan(5, scan="s1")
    desk.undo(10)
    for at, scan in ((3, "s2"), (10, "s3"), (5, "s1"), (None, "s1")):
        with pytest.raises(Refused, match="check_in_undone"):
            desk.scan(at, scan=scan)
    assert desk.told == [MemberAttended, CheckInUndone]
    assert desk.scan(12, scan="s4").checked_in_at == START + 12 * MINUTE
    assert desk.scan(3, scan="s2").checked_in_at == START + 12 * MINUTE, "what was undone makes nothing earlier"
    desk.undo(20)
    with pytest.raises(Refused, match="check_in_undone"):
        desk.scan(None, scan="s4")
    assert desk.scan(None).status == "attended"


def test_the_first_telling_of_a_scan_had_no_time_and_the_second_changes_nothing() -> None:
    desk = Desk(seat("m1", "confirmed"))
    assert desk.scan(None, scan="s1").checked_in_at == NOW
    assert desk.scan(29, scan="s1").checked_in_at == NOW
    assert desk.told == [MemberAttended]


def test_who_stood_in_a_report_alone_has_a_time_once_a_desk_tells_it() -> None:
    desk = Desk(seat("m1", "attended", minutes=40), attended=1)
    assert desk.scan(1).checked_in_at == START + MINUTE
    assert [(fact.was, fact.checked_in_at) for fact in desk.facts] == [(None, START + MINUTE)]


@pytest.mark.parametrize(
    ("at", "code"),
    [(-61, "check_in_not_open"), (33, "scanned_in_the_future"), (30, None), (32, None)],
)
def test_nobody_is_scanned_before_the_doors_open_nor_in_the_future(at: int, code: str | None) -> None:
    desk = Desk(seat("m1", "confirmed"))
    if code:
        with pytest.raises(Refused, match=code):
            desk.scan(at)
        assert desk.facts == []
    else:
        assert desk.scan(at).checked_in_at == min(NOW, START + at * MINUTE)


def test_members_do_not_say_when_they_came() -> None:
    with pytest.raises(Refused) as no:
        Desk(seat("m1", "confirmed")).scan(0, who=Caller("m1"))
    assert (no.value.code, no.value.status) == ("not_allowed", 403)


def test_a_scan_from_before_the_end_counts_after_the_conclusion() -> None:
    desk = Desk(seat("m1", "no_show"), status="concluded")
    desk.event = desk.event.model_copy(update={"confirmed": 0})
    later = START + timedelta(hours=3)
    for at in (None, 61):
        with pytest.raises(Refused, match="event_concluded"):
            desk.scan(at, now=later)
    assert desk.scan(60, now=later).status == "attended"
    assert (desk.event.attended, desk.event.walk_ins, desk.facts[0].walk_in) == (1, 0, False)


async def test_two_desks_tell_what_they_scanned_and_everyone_hears_the_earliest(scene: Any) -> None:
    on = await scene.published(starts_in=1800)
    await scene.register(on, "m1")
    first, second = utcnow() - 20 * MINUTE, utcnow() - 10 * MINUTE
    for scan, at in (("s2", second), ("s1", first)):
        await scene.twice(CheckIn(event_id=on.event_id, member_id="m1", scan_id=scan, at=at))
    (came,) = await scene.heard.until(MemberAttended, on.event_id)
    (better,) = await scene.heard.until(CheckInCorrected, on.event_id)
    assert (came.checked_in_at, better.was, better.checked_in_at) == (second, second, first)
    await scene.leads(UndoCheckIn(event_id=on.event_id, member_id="m1"))
    again = CheckIn(event_id=on.event_id, member_id="m1", scan_id="s1", at=first)
    assert await scene.refusal(scene.leads(again)) == ("check_in_undone", 409)
    await scene.begins(on)
    await scene.once_begun(ConcludeEvent(event_id=on.event_id))
    (place,) = (await (await scene.leader()).ask(GetRoster(event_id=on.event_id))).registrations
    assert place.status == "no_show"
