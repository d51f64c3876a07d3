"""Whatever happens while seats are kept, and when they are released: none is oversold, misgiven or left empty."""

from collections import Counter
from datetime import timedelta
from typing import Any

from ekkyo.contracts.base import Fact
from ekkyo.contracts.events import RegistrationConfirmed, RegistrationPromoted, SetTerms, WantedTerms
from ekkyo_events import model
from ekkyo_events.model import People, Person, ReleaseTimer
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, rule

from tests.events.test_arranged_properties import ArrangedEvent
from tests.events.test_model_properties import LEADER, MEMBERS, START, members

WHOM: list[dict[str, Any]] = [{"first_timers": True}, {"departments": ["Sales"]}, {"departments": ["Sales", "IT"]}]
kept = st.lists(st.integers(1, 3), min_size=1, max_size=3).flatmap(
    lambda seats: st.permutations(WHOM).map(lambda whom: [{"seats": n, **w} for n, w in zip(seats, whom, strict=False)])
)


class KeptSeats(ArrangedEvent):
    """The same with quotas, which leaders change, and members whose standing changes."""

    def __init__(self) -> None:
        super().__init__()
        self.came = {member: frozenset({"e0"} if n % 2 else ()) for n, member in enumerate(MEMBERS)}
        for member, department in zip(MEMBERS, ["Sales", "Sales", "IT", "IT"], strict=False):
            self.known[member] = Person(id=member, department=department)
        self.people = People(self.known, sat_at=self.people.sat_at, came=self.came)
        self.wanted: dict[str, Any] | None = None

    @initialize(capacity=st.integers(1, 6), online=st.none() | st.integers(1, 3), quotas=kept)
    def announce(self, capacity: int, online: int | None = 1, quotas: Any = None) -> None:
        self.wanted = {"kept": quotas, "released_at": START - timedelta(days=2)} if quotas else None
        super().announce(capacity, online)  # type: ignore[arg-type]

    @rule(online=st.integers(1, 4) | st.none())
    def set_terms(self, online: int | None) -> None:
        groups = 3 if self.event.capacity > 2 else 2 if self.event.capacity > 1 else None
        terms = {"online_capacity": online, "group_size": groups, "quotas": self.wanted}
        command = SetTerms(event_id="e1", terms=WantedTerms.model_validate(terms))
        self.decide(lambda e: model.set_terms(e, self.seats, command, people=self.people, who=LEADER, now=self.now))

    @rule(quotas=kept | st.none(), days=st.integers(1, 3), online=st.integers(1, 4) | st.none())
    def keep(self, quotas: Any, days: int, online: int | None) -> None:
        self.wanted = {"kept": quotas, "released_at": START - timedelta(days=days)} if quotas else None
        self.set_terms(online)

    @rule(member=members, department=st.sampled_from(["Sales", "IT", "HR"]), came=st.booleans())
    def becomes_somebody_else(self, member: str, department: str, came: bool) -> None:
        self.came[member] = frozenset({"e0"} if came else ())
        if not self.left(member):
            self.known[member] = Person(id=member, department=department)

    @rule()
    def release(self) -> None:
        quotas = self.event.terms.quotas if self.event.terms else None
        if quotas is None:
            return
        self.now = max(self.now, quotas.released_at)
        due = ReleaseTimer(id="e1", released_at=quotas.released_at)
        self.decide(lambda e: model.release(e, self.seats, due, people=self.people, now=self.now))
        assert self.event.kept is None or self.event.status != "published"

    def follow_the_line(self, fact: Fact) -> None:
        super().follow_the_line(fact)
        if isinstance(fact, RegistrationConfirmed | RegistrationPromoted):
            seat, room = self.seats.items[fact.member_id], self.event.room
            if not seat.quotas and seat.attend != "online":
                assert room.onsite >= room.held_back, "every quota can still be filled"

    @invariant()
    def who_uses_up_quotas_is_counted(self) -> None:
        if self.event.kept is not None:
            sitting = [s for s in self.seats.items.values() if s.status in ("confirmed", "attended") and not s.walk_in]
            counted = Counter(sum(1 << n for n in s.quotas) for s in sitting if s.attend != "online" and s.quotas)
            assert self.event.room.holders == counted
        else:
            assert not self.event.holders or self.event.status != "published"


KeptSeats.TestCase.settings = settings(max_examples=40, stateful_step_count=40, deadline=None)
TestKeptSeats = KeptSeats.TestCase
