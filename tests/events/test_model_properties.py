"""Whatever members do in whatever order, seats are neither oversold nor left empty, and the counts are right."""

from collections import Counter, defaultdict
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from ekkyo.contracts.base import Caller, Fact, Refused
from ekkyo.contracts.events import (
    AttendanceImported,
    Attendee,
    CheckIn,
    CheckInUndone,
    ConcludeEvent,
    DraftEvent,
    EventConcluded,
    EventDetails,
    ImportAttendance,
    MemberAttended,
    MoveSeat,
    PublishEvent,
    RegisterForEvent,
    RegistrationConfirmed,
    RegistrationPromoted,
    RegistrationWaitlisted,
    RegistrationWithdrawn,
    ReviseEvent,
    SeatTables,
    TablesSeated,
    Terms,
    UndoCheckIn,
    WithdrawFromEvent,
)
from ekkyo.decision import Decision, EntriesInMemory
from ekkyo_events import model
from ekkyo_events.model import Event, People, Person, Seat
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from tests.events.people import LOT, Known

START = datetime(2030, 4, 1, 3, tzinfo=UTC)
LEADER = Caller("leader-1", frozenset({"leader:c1"}))
MEMBERS = [f"m{n}" for n in range(8)]
members = st.sampled_from(MEMBERS)


class Replay:
    """The figures as somebody counts them who only hears the facts."""

    def __init__(self) -> None:
        self.status: dict[str, str] = {}
        self.ever: dict[str, set[str]] = defaultdict(set)
        self.formats: Counter[str] = Counter()
        self.table: dict[str, int] = {}
        self.late: set[str] = set()

    def hear(self, fact: Fact) -> None:
        self.follow_the_tables(fact)
        match fact:
            case RegistrationConfirmed():
                self.late.discard(fact.member_id)
                self.become(fact.member_id, "confirmed", "registered")
            case RegistrationWaitlisted():
                self.late.discard(fact.member_id)
                self.become(fact.member_id, "waitlisted", "registered", "waitlisted")
            case RegistrationPromoted():
                assert self.status[fact.member_id] == "waitlisted"
                self.become(fact.member_id, "confirmed", "promoted")
            case RegistrationWithdrawn():
                assert self.status[fact.member_id] == fact.was
                self.become(fact.member_id, "withdrawn")
                (self.late.add if fact.late else self.late.discard)(fact.member_id)
                assert not fact.late or (fact.was, fact.because) == ("confirmed", "asked")
            case MemberAttended():
                assert self.status.get(fact.member_id) != "attended", "nobody comes twice"
                self.become(fact.member_id, "attended", *(["walked_in"] if fact.walk_in else []))
            case CheckInUndone():
                assert self.status.pop(fact.member_id) == "attended"
                self.ever["walked_in"].discard(fact.member_id)
                if fact.status != "withdrawn" or fact.registration_id:
                    self.become(fact.member_id, fact.status)
            case EventConcluded():
                self.formats[fact.event.format] += 1
                assert fact.attended == sorted(m for m, s in self.status.items() if s == "attended")
                assert fact.no_shows == sorted(m for m, s in self.status.items() if s == "confirmed")
                for member in fact.no_shows:
                    self.become(member, "no_show")

    def follow_the_tables(self, fact: Fact) -> None:
        match fact:
            case TablesSeated():
                self.table = {member: n for n, table in enumerate(fact.tables, start=1) for member in table}
            case RegistrationConfirmed() | RegistrationPromoted() | MemberAttended():
                self.table.pop(fact.member_id, None)
                if fact.table is not None:
                    self.table[fact.member_id] = fact.table
            case CheckInUndone(status="confirmed" | "no_show"):
                pass
            case RegistrationWithdrawn() | CheckInUndone():
                self.table.pop(fact.member_id, None)

    def become(self, member: str, status: str, *marks: str) -> None:
        self.status[member] = status
        for mark in marks:
            self.ever[mark].add(member)

    def count(self, status: str) -> int:
        return sum(s == status for s in self.status.values())


class OneEvent(RuleBasedStateMachine):
    """One event, its seats in memory, and every fact told about it."""

    event: Event

    def __init__(self) -> None:
        super().__init__()
        self.seats = EntriesInMemory[Seat]()
        self.replay = Replay()
        self.now = START - timedelta(days=7)
        self.wishes = 0
        self.known = Known()
        self.people = People(self.known, sat_at={"m0": frozenset({"e0/1"}), "m1": frozenset({"e0/1"})})
        self.leaving: set[str] = set()
        """Of whom it was heard that they left, while their places are still to be given back."""
        self.swept: set[str] = set()
        """Who left, and whose places were given back before the event began."""
        self.line: list[str] = []
        """Who waits, in the order in which they came."""

    @initialize(capacity=st.integers(1, 4), deadline=st.booleans())
    def announce(self, capacity: int, deadline: bool) -> None:
        command = DraftEvent(
            event_id="e1",
            community_id="c1",
            details=EventDetails(title="RPAもくもく会", format="online", url_follows=True, capacity=capacity),
            starts_at=START,
            ends_at=START + timedelta(hours=1),
        )
        drafted = model.draft(None, command).document
        terms = Terms(withdraw_by=START - timedelta(days=3)) if deadline else None
        self.event = drafted.model_copy(update={"terms": terms})
        self.decide(
            lambda e: model.publish(e, self.seats, PublishEvent(event_id="e1"), lot=LOT, who=LEADER, now=self.now)
        )

    def decide(self, decision_of: Callable[[Event], Decision[Event, Any]], *, again: Any = None) -> None:
        """Decide, keep what was decided, and decide again: the same answer, and nothing more happens."""
        try:
            decision = decision_of(self.event)
        except Refused as refused:
            with pytest.raises(Refused, match=refused.code):
                decision_of(self.event)
            return
        changed = decision.document is not self.event or decision.entries or decision.facts
        if changed:
            self.event = decision.document.model_copy(update={"revision": self.event.revision + 1})
        for entry in decision.entries:
            assert isinstance(entry, Seat)
            assert entry.document_id == self.event.id
            self.seats.items[entry.key] = entry
        for fact in decision.facts:
            assert fact.event == model.state(self.event)  # type: ignore[attr-defined]
            self.follow_the_line(fact)
            self.replay.hear(fact)
        repeated = decision_of(self.event)
        assert repeated.document is self.event
        assert not [*repeated.entries, *repeated.facts, *repeated.timers]
        assert repeated.answer == (decision.answer if again is None else again)

    def follow_the_line(self, fact: Fact) -> None:
        match fact:
            case RegistrationWaitlisted():
                self.line.append(fact.member_id)
                assert fact.position == len(self.line)
            case RegistrationPromoted():
                assert self.line.pop(0) == fact.member_id, "who waits longest is promoted first"
            case CheckInUndone(status="waitlisted"):
                assert fact.position is not None
                self.line.insert(fact.position - 1, fact.member_id)
            case RegistrationWithdrawn(was="waitlisted") | MemberAttended(walk_in=True):
                if fact.member_id in self.line:
                    self.line.remove(fact.member_id)

    @rule(member=members)
    def register(self, member: str) -> None:
        self.wishes += 1
        command = RegisterForEvent(event_id="e1", member_id=member, registration_id=f"r{self.wishes}")
        self.decide(
            lambda e: model.register(e, self.seats, command, people=self.people, who=Caller(member), now=self.now)
        )

    @rule(rush=st.lists(members, min_size=4, unique=True))
    def many_register(self, rush: list[str]) -> None:
        for member in rush:
            self.register(member)

    @rule(member=members)
    def say_an_old_wish_again(self, member: str) -> None:
        seat = self.seats.get(member)
        if not seat or not seat.withdrawn:
            return
        before = self.event
        command = RegisterForEvent(event_id="e1", member_id=member, registration_id=seat.withdrawn[0])
        self.decide(
            lambda e: model.register(e, self.seats, command, people=self.people, who=Caller(member), now=self.now)
        )
        assert self.event is before

    @rule(member=members, named=st.booleans())
    def withdraw(self, member: str, named: bool) -> None:
        seat = self.seats.get(member)
        wish = seat.registration_id if seat and named else None
        command = WithdrawFromEvent(event_id="e1", member_id=member, registration_id=wish)
        self.decide(
            lambda e: model.withdraw(e, self.seats, command, people=self.people, who=Caller(member), now=self.now)
        )

    @rule(member=members, by_leader=st.booleans())
    def check_in(self, member: str, by_leader: bool) -> None:
        who = LEADER if by_leader else Caller(member)
        command = CheckIn(event_id="e1", member_id=member)
        self.decide(lambda e: model.check_in(e, self.seats, command, people=self.people, who=who, now=self.now))

    @rule(member=members, by_leader=st.booleans())
    def undo_check_in(self, member: str, by_leader: bool) -> None:
        who = LEADER if by_leader else Caller(member)
        command = UndoCheckIn(event_id="e1", member_id=member)
        self.decide(lambda e: model.undo_check_in(e, self.seats, command, people=self.people, who=who, now=self.now))

    @rule(came=st.lists(members, min_size=1, max_size=4), replaces=st.booleans())
    def import_attendance(self, came: list[str], replaces: bool) -> None:
        attendees = [Attendee(member_id=m, minutes=30) for m in came]
        command = ImportAttendance(event_id="e1", attendees=attendees, replaces=replaces, loses=MEMBERS)
        seats = {m: seat.status for m in came if (seat := self.seats.get(m))}
        absent = {m for m in came if self.left(m) and seats.get(m) not in ("confirmed", "no_show", "attended")}
        nothing_new = AttendanceImported(
            event_id="e1", attended=0, already=len(set(came) - absent), walk_ins=0, passed_over=sorted(absent)
        )
        self.decide(
            lambda e: model.import_attendance(e, self.seats, command, people=self.people, who=LEADER, now=self.now),
            again=nothing_new,
        )

    @rule(seating=st.integers(1, 3), size=st.integers(2, 4))
    def seat_tables(self, seating: int, size: int) -> None:
        command = SeatTables(event_id="e1", seating_id=f"t{seating}", size=size)
        self.decide(lambda e: model.seat_tables(e, self.seats, command, people=self.people, who=LEADER))

    @rule(member=members, table=st.integers(1, 3), other=st.none() | members)
    def move_seat(self, member: str, table: int, other: str | None) -> None:
        command = MoveSeat(event_id="e1", member_id=member, table=table, swap_with=other)
        self.decide(lambda e: model.move_seat(e, self.seats, command, who=LEADER))

    @rule(capacity=st.integers(1, 8))
    def revise(self, capacity: int) -> None:
        details = EventDetails(title="RPAもくもく会", format="online", url_follows=True, capacity=capacity)
        command = ReviseEvent(event_id="e1", details=details)
        self.decide(lambda e: model.revise(e, self.seats, command, people=self.people, who=LEADER, now=self.now))

    def left(self, member: str) -> bool:
        person = self.known.get(member)
        return person is not None and not person.active

    @rule(member=members)
    def leaves_the_company(self, member: str) -> None:
        self.known[member] = Person(id=member, active=False)
        self.leaving.add(member)

    @rule(member=members)
    def comes_back(self, member: str) -> None:
        self.known[member] = Person(id=member)
        self.swept.discard(member)

    @rule(member=members)
    def gives_back(self, member: str) -> None:
        """The reaction to their leaving, which may come late, twice, or when they are back."""
        self.decide(lambda e: model.leave(e, self.seats, member, people=self.people, now=self.now))
        self.leaving.discard(member)
        if self.left(member) and self.event.status == "published" and self.now < START:
            self.swept.add(member)

    @rule()
    def all_who_left_give_back(self) -> None:
        for member in sorted(self.leaving):
            self.gives_back(member)

    @precondition(lambda self: self.now < START)
    @rule(hours=st.sampled_from([1, 24, 7 * 24 - 1]))
    def time_passes(self, hours: int) -> None:
        self.now += timedelta(hours=hours)

    @rule()
    def conclude(self) -> None:
        self.decide(lambda e: model.conclude(e, self.seats, ConcludeEvent(event_id="e1"), who=LEADER, now=self.now))

    @invariant()
    def no_more_seats_than_there_are(self) -> None:
        sitting = [s for s in self.seats.items.values() if s.status in ("confirmed", "attended") and not s.walk_in]
        assert len(sitting) == self.event.seats_in_use
        assert len(sitting) <= self.event.capacity

    @invariant()
    def no_seat_is_free_while_someone_waits_who_may_have_it(self) -> None:
        if self.event.status == "published" and not all(self.left(member) for member in self.line):
            assert self.event.seats_in_use == self.event.capacity

    @invariant()
    def nobody_has_a_place_who_has_left(self) -> None:
        places = {seat.key for seat in self.seats.items.values() if seat.status in model.HAS_A_PLACE}
        assert not places & self.swept

    @invariant()
    def the_counts_equal_the_entries(self) -> None:
        count = Counter(seat.status for seat in self.seats.items.values())
        event = self.event
        assert (event.confirmed, event.waitlisted, event.attended) == (
            count["confirmed"],
            count["waitlisted"],
            count["attended"],
        )
        assert event.walk_ins == sum(seat.walk_in for seat in self.seats.items.values())
        assert [s.key for s in self.seats.first(99, order="position", status="waitlisted")] == self.line
        assert all((seat.position is None) == (seat.status != "waitlisted") for seat in self.seats.items.values())

    @invariant()
    def whoever_has_a_seat_has_a_table_once_there_are_tables(self) -> None:
        at = {seat.key: seat.table for seat in self.seats.items.values() if seat.table is not None}
        assert at == self.replay.table, "and the facts alone say which"
        if self.event.seating:
            seated = {seat.key for seat in self.seats.items.values() if seat.status == "confirmed"}
            assert seated <= set(at)
            assert max(at.values(), default=0) <= self.event.seating.tables

    @invariant()
    def the_facts_alone_give_the_same_figures(self) -> None:
        figures = model.figures("c1", [(self.event, list(self.seats.items.values()))])
        assert figures.attendances == figures.people == self.replay.count("attended")
        assert figures.no_shows == self.replay.count("no_show")
        assert figures.withdrawn == self.replay.count("withdrawn")
        assert figures.registrations == len(self.replay.ever["registered"])
        assert figures.waitlisted == len(self.replay.ever["waitlisted"])
        assert figures.promoted == len(self.replay.ever["promoted"])
        assert figures.walk_ins == len(self.replay.ever["walked_in"])
        [kind] = figures.kinds
        assert (kind.events, kind.format, kind.context) == (1, self.event.format, self.event.context)
        assert (kind.registrations, kind.came) == (figures.registrations, figures.attendances)
        assert (kind.no_shows, kind.walk_ins) == (figures.no_shows, figures.walk_ins)
        late = {member for member in self.replay.late if self.replay.status[member] == "withdrawn"}
        assert figures.late_cancellations == kind.late_cancellations == len(late)
        assert late == {s.key for s in self.seats.items.values() if model.registration(self.event, s).late}
        if self.event.seated is not None:
            assert self.event.seated - self.event.attended + self.event.walk_ins == figures.no_shows
        if self.event.status == "concluded":
            assert self.replay.formats == figures.events


OneEvent.TestCase.settings = settings(max_examples=150, stateful_step_count=40, deadline=None)
TestOneEvent = OneEvent.TestCase
