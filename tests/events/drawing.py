"""An event with a lottery in memory: what is decided is kept, and decided again to show that nothing more happens."""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Any

from ekkyo.contracts.base import Caller, Fact
from ekkyo.contracts.events import (
    EventFact,
    GroupRegistration,
    Lottery,
    PublishEvent,
    RegisterForEvent,
    RegisterGroup,
    Registration,
    Terms,
    WithdrawFromEvent,
)
from ekkyo.decision import Decision, EntriesInMemory
from ekkyo_events import model
from ekkyo_events.model import DrawTimer, Event, People, Seat

from tests.events.people import EVERYBODY, LOT
from tests.events.test_model import BEFORE, LEADER, START, event

DRAWS = START - timedelta(days=2)
DUE = DrawTimer(id="e1", draws_at=DRAWS)


class Held:
    """One event whose places are drawn, its seats and its facts."""

    def __init__(self, capacity: int = 2, *, terms: dict[str, Any] | None = None, **fields: Any) -> None:
        made = Terms(lottery=Lottery(draws_at=DRAWS), **(terms or {}))
        self.event: Event = event(capacity=capacity, status="draft", terms=made, url_follows=True, **fields)
        self.seats = EntriesInMemory[Seat]()
        self.people: People = EVERYBODY
        self.facts: list[EventFact] = []
        self.timers: list[Any] = []
        self.decide(
            lambda e: model.publish(e, self.seats, PublishEvent(event_id="e1"), lot=LOT, who=LEADER, now=BEFORE)
        )

    def decide(self, decision_of: Callable[[Event], Decision[Event, Any]]) -> Any:
        decision = decision_of(self.event)
        if decision.document is not self.event or decision.entries or decision.facts:
            self.event = decision.document.model_copy(update={"revision": self.event.revision + 1})
        for entry in decision.entries:
            assert isinstance(entry, Seat)
            self.seats.items[entry.key] = entry
        self.hear(decision.facts)
        self.timers += decision.timers
        return decision.answer

    def hear(self, facts: Iterable[Fact]) -> None:
        for fact in facts:
            assert isinstance(fact, EventFact)
            assert fact.event.revision == self.event.revision
            self.facts.append(fact)

    def register(self, *members: str, now: datetime = BEFORE, attend: Any = None) -> Registration:
        for member in members:
            wish = f"r-{member}-{len(self.facts)}"
            cmd = RegisterForEvent(event_id="e1", member_id=member, registration_id=wish, attend=attend)
            for _ in range(2):
                answer: Registration = self.decide(
                    lambda e, cmd=cmd, member=member: model.register(
                        e, self.seats, cmd, people=self.people, who=Caller(member), now=now
                    )
                )
        return answer

    def register_group(self, *members: str, now: datetime = BEFORE, attend: Any = None) -> GroupRegistration:
        first, *others = members
        cmd = RegisterGroup(
            event_id="e1", member_id=first, group_id=f"g-{first}-{len(self.facts)}", with_members=others, attend=attend
        )
        for _ in range(2):
            answer: GroupRegistration = self.decide(
                lambda e: model.register_group(e, self.seats, cmd, people=self.people, who=Caller(first), now=now)
            )
        return answer

    def withdraw(self, member: str, now: datetime = BEFORE) -> None:
        cmd = WithdrawFromEvent(event_id="e1", member_id=member)
        self.decide(lambda e: model.withdraw(e, self.seats, cmd, people=self.people, who=Caller(member), now=now))

    def step(self, *, missed: dict[str, int] | None = None, now: datetime = DRAWS, due: DrawTimer = DUE) -> bool:
        """The next step of the draw: whether it is over."""
        over: bool = self.decide(
            lambda e: model.draw(e, self.seats, due, people=self.people, missed=missed or {}, now=now)
        )
        return over

    def draw(self, **how: Any) -> None:
        while not self.step(**how):
            pass

    def of(self, kind: type[Any]) -> list[Any]:
        return [fact for fact in self.facts if type(fact) is kind]

    def have(self, status: str) -> set[str]:
        return {seat.key for seat in self.seats.items.values() if seat.status == status}
