"""Applications in whatever order they are decided: seats are never exceeded, and nobody is forgotten."""

from contextlib import suppress
from typing import Any

from ekkyo.contracts.base import Caller, Refused
from ekkyo.contracts.events import (
    Application,
    ApproveApplications,
    DeclineApplications,
    RegisterForEvent,
    ReviseEvent,
    Terms,
    WithdrawFromEvent,
)
from ekkyo.decision import Decision, EntriesInMemory
from ekkyo_events import model
from ekkyo_events.model import Event, People, Person, Seat
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from tests.events.people import Known
from tests.events.test_model import BEFORE, LEADER, details, event

MEMBERS = [f"m{n}" for n in range(7)]
some = st.lists(st.sampled_from(MEMBERS), min_size=1, max_size=4, unique=True)
one_of = st.sampled_from(MEMBERS)


class Approving(RuleBasedStateMachine):
    """One event whose leaders approve, in whatever order members apply, withdraw and leave."""

    def __init__(self) -> None:
        super().__init__()
        self.seats: dict[str, Seat] = {}
        self.known = Known()
        self.people = People(self.known, sat_at={})
        self.asked = 0

    @initialize(capacity=st.integers(1, 3), online=st.sampled_from([None, 1, 2]))
    def begin(self, capacity: int, online: int | None) -> None:
        hybrid = {"format": "hybrid", "place": "Osaka"} if online else {}
        self.event = event(capacity=capacity, terms=Terms(approval=True, online_capacity=online), **hybrid)

    def take(self, decided: Decision[Event, Any]) -> None:
        self.event = decided.document
        self.seats |= {seat.key: seat for seat in decided.entries}  # type: ignore[misc]

    @property
    def entries(self) -> EntriesInMemory[Seat]:
        return EntriesInMemory.of(list(self.seats.values()))

    @rule(member=one_of, leads=st.booleans(), online=st.booleans())
    def registers(self, member: str, leads: bool, online: bool) -> None:
        self.asked += 1
        named = {"event_id": "e1", "member_id": member, "registration_id": f"r{self.asked}"}
        apart = self.event.terms and self.event.terms.online_capacity
        cmd = RegisterForEvent(**named, attend="online" if online and apart else None)
        who = LEADER if leads else Caller(member)
        with suppress(Refused):  # who was declined, or has left
            self.take(model.register(self.event, self.entries, cmd, people=self.people, who=who, now=BEFORE))

    @rule(members=some, declines=st.booleans())
    def is_decided(self, members: list[str], declines: bool) -> None:
        there = [self.seats[m] for m in members if m in self.seats and self.seats[m].registration_id]
        if not there:
            return
        them = [Application(member_id=one.key, registration_id=str(one.registration_id)) for one in there]
        decided: Decision[Event, Any]
        if declines:
            cmd = DeclineApplications(event_id="e1", applications=them, reason="full")
            decided = model.decline_applications(self.event, self.entries, cmd, who=LEADER, now=BEFORE)
            self.take(decided)
            again: Decision[Event, Any] = model.decline_applications(
                self.event, self.entries, cmd, who=LEADER, now=BEFORE
            )
        else:
            yes = ApproveApplications(event_id="e1", applications=them)
            decided = model.approve(self.event, self.entries, yes, people=self.people, who=LEADER, now=BEFORE)
            self.take(decided)
            again = model.approve(self.event, self.entries, yes, people=self.people, who=LEADER, now=BEFORE)
        assert (again.answer, again.facts, again.entries) == (decided.answer, (), ())

    @rule(member=one_of)
    def withdraws(self, member: str) -> None:
        if member in self.seats:
            cmd = WithdrawFromEvent(event_id="e1", member_id=member)
            who = Caller(member)
            self.take(model.withdraw(self.event, self.entries, cmd, people=self.people, who=who, now=BEFORE))

    @rule(member=one_of)
    def leaves(self, member: str) -> None:
        self.known[member] = Person(id=member, active=False)
        self.take(model.leave(self.event, self.entries, member, people=self.people, now=BEFORE))

    @rule()
    def gets_a_seat_more(self) -> None:
        if self.event.capacity < 6:
            form = {"format": self.event.format, "place": self.event.place, "capacity": self.event.capacity + 1}
            cmd = ReviseEvent(event_id="e1", details=details(**form))
            self.take(model.revise(self.event, self.entries, cmd, people=self.people, who=LEADER, now=BEFORE))

    @invariant()
    def counts_are_true_and_seats_are_neither_oversold_nor_left_empty(self) -> None:
        if not hasattr(self, "event"):
            return
        status = [seat.status for seat in self.seats.values()]
        told = (self.event.confirmed, self.event.waitlisted, self.event.applied)
        assert told == tuple(status.count(name) for name in ("confirmed", "waitlisted", "applied"))
        apart = self.event.terms.online_capacity if self.event.terms else None
        for pool, seats in {"onsite": self.event.capacity, "online": apart}.items():
            there = [seat.status for seat in self.seats.values() if (seat.attend or "onsite") == pool]
            assert there.count("confirmed") <= (seats or 0)
            assert "waitlisted" not in there or there.count("confirmed") == seats
        tickets = [seat.position for seat in self.seats.values() if seat.status in ("waitlisted", "applied")]
        assert None not in tickets
        assert len(set(tickets)) == len(tickets)
        noted = [seat for seat in self.seats.values() if seat.declined_because]
        assert all(seat.status == "declined" for seat in noted)


TestApproving = Approving.TestCase
