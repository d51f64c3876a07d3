"""Whatever members do in whatever order at an event that arranges places, nothing is oversold, parted or left empty."""

from collections import Counter
from datetime import timedelta

from ekkyo.contracts.base import Caller, Fact
from ekkyo.contracts.events import (
    Attend,
    ChangeAttend,
    DraftEvent,
    EventDetails,
    PublishEvent,
    RegisterForEvent,
    RegisterGroup,
    RegistrationPromoted,
    ReviseEvent,
    SetTerms,
    WantedTerms,
)
from ekkyo_events import model
from ekkyo_events.model.arranged import fill, room_of, units
from ekkyo_events.model.line import place, places
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, rule

from tests.events.people import LOT
from tests.events.test_model_properties import LEADER, START, OneEvent, members

ways: st.SearchStrategy[Attend | None] = st.sampled_from(["onsite", "online", None])


def details(capacity: int) -> EventDetails:
    return EventDetails(title="RPAもくもく会", format="hybrid", place="本社", url_follows=True, capacity=capacity)


class ArrangedEvent(OneEvent):
    """The same with a capacity each for the room and online."""

    @initialize(capacity=st.integers(1, 4), online=st.integers(1, 3))
    def announce(self, capacity: int, online: int = 1) -> None:
        command = DraftEvent(
            event_id="e1", community_id="c1", details=details(capacity), starts_at=START,
            ends_at=START + timedelta(hours=1),
        )  # fmt: skip
        self.event = model.draft(None, command).document
        self.set_terms(online)
        self.decide(
            lambda e: model.publish(e, self.seats, PublishEvent(event_id="e1"), lot=LOT, who=LEADER, now=self.now)
        )

    @rule(online=st.integers(1, 4) | st.none())
    def set_terms(self, online: int | None) -> None:
        groups = 3 if self.event.capacity > 2 else 2 if self.event.capacity > 1 else None
        command = SetTerms(event_id="e1", terms=WantedTerms(online_capacity=online, group_size=groups))
        self.decide(lambda e: model.set_terms(e, self.seats, command, people=self.people, who=LEADER, now=self.now))

    @rule(member=members, attend=ways)
    def register(self, member: str, attend: Attend | None = None) -> None:
        self.wishes += 1
        command = RegisterForEvent(event_id="e1", member_id=member, registration_id=f"r{self.wishes}", attend=attend)
        self.decide(
            lambda e: model.register(e, self.seats, command, people=self.people, who=Caller(member), now=self.now)
        )

    @rule(group=st.lists(members, min_size=2, max_size=3, unique=True), attend=ways)
    def register_group(self, group: list[str], attend: Attend | None) -> None:
        self.wishes += 1
        first, *others = group
        named = {"member_id": first, "with_members": others, "group_id": f"g{self.wishes}", "attend": attend}
        command = RegisterGroup(event_id="e1", **named)
        self.decide(
            lambda e: model.register_group(e, self.seats, command, people=self.people, who=Caller(first), now=self.now)
        )

    @rule(member=members, attend=st.sampled_from(["onsite", "online"]))
    def change_attend(self, member: str, attend: Attend) -> None:
        command = ChangeAttend(event_id="e1", member_id=member, attend=attend)
        self.decide(
            lambda e: model.change_attend(e, self.seats, command, people=self.people, who=Caller(member), now=self.now)
        )

    @rule(capacity=st.integers(1, 8))
    def revise(self, capacity: int) -> None:
        command = ReviseEvent(event_id="e1", details=details(capacity))
        self.decide(lambda e: model.revise(e, self.seats, command, people=self.people, who=LEADER, now=self.now))

    def follow_the_line(self, fact: Fact) -> None:
        if isinstance(fact, RegistrationPromoted):
            seat = self.seats.get(fact.member_id)
            assert seat
            assert (seat.status, seat.attend) == ("confirmed", fact.attend)
            if fact.group_id:
                assert fact.member_id in fact.group
                parted = [one.key for one in self.seats.items.values() if one.group_id == fact.group_id]
                assert not [key for key in parted if self.seats.items[key].status == "waitlisted"], "no group is parted"

    @invariant()
    def no_more_seats_than_there_are(self) -> None:
        sitting = [s for s in self.seats.items.values() if s.status in ("confirmed", "attended") and not s.walk_in]
        assert len(sitting) == self.event.seats_in_use
        online = sum(seat.attend == "online" for seat in sitting)
        assert online == (self.event.online_taken or 0)
        assert len(sitting) - online <= self.event.capacity
        assert online <= ((self.event.terms.online_capacity or 0) if self.event.terms else 0)

    @invariant()
    def no_seat_is_free_while_someone_waits_who_may_have_it(self) -> None:
        if self.event.status == "published":
            line = units(self.seats.all(status="waitlisted"))
            whole = [unit for unit in line if not any(self.left(seat.key) for seat in unit.seats)]
            assert fill(whole, room_of(self.event)).taken == [], "but for groups that wait for one who left to be swept"

    @invariant()
    def the_counts_equal_the_entries(self) -> None:
        count = Counter(seat.status for seat in self.seats.items.values())
        event = self.event
        counted = (event.confirmed, event.waitlisted, event.attended)
        assert counted == (count["confirmed"], count["waitlisted"], count["attended"])
        assert event.walk_ins == sum(seat.walk_in for seat in self.seats.items.values())
        assert all((seat.position is None) == (seat.status != "waitlisted") for seat in self.seats.items.values())
        waiting = self.seats.all(status="waitlisted")
        assert places(waiting) == {seat.key: place(seat, waiting) for seat in waiting}


ArrangedEvent.TestCase.settings = settings(max_examples=100, stateful_step_count=40, deadline=None)
TestArrangedEvent = ArrangedEvent.TestCase
