"""Random commands in random order from several clients, some at once, against a model: who has a place, in order."""

import asyncio
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from ekkyo.contracts import events
from ekkyo.contracts.base import Command, Refused, new_id
from ekkyo.decision.clock import utcnow
from ekkyo.installation.embedded import MongoServer
from ekkyo.testing.keys import Keys
from ekkyo.wire import read_reply
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from tests.abuse.conftest import EXAMPLES
from tests.abuse.world import World, a_world

LEADER = ("boss", "leader:c1")
people = st.sampled_from([f"m{n}" for n in range(9)])


class Model:
    """All of it: who has a place, in the order they came. The first of them sit, the others wait."""

    def __init__(self, capacity: int) -> None:
        self.capacity, self.line, self.came, self.walked_in = capacity, list[str](), set[str](), set[str]()

    def register(self, member: str) -> None:
        if member not in self.line and member not in self.walked_in:
            self.line.append(member)

    def withdraw(self, member: str) -> None:
        if member in self.line and member not in self.came:
            self.line.remove(member)

    def check_in(self, member: str) -> None:
        if member in self.line[: self.capacity]:
            self.came.add(member)
        elif member not in self.walked_in:
            self.line = [other for other in self.line if other != member]
            self.walked_in.add(member)

    def roster(self) -> dict[str, tuple[str, int | None]]:
        """Status and place on the waitlist of everybody who has a place."""
        sitting = {m: ("attended" if m in self.came else "confirmed", None) for m in self.line[: self.capacity]}
        waiting = {m: ("waitlisted", place) for place, m in enumerate(self.line[self.capacity :], start=1)}
        return {**sitting, **waiting, **dict.fromkeys(self.walked_in, ("attended", None))}


def machine(world: World) -> type[RuleBasedStateMachine]:
    """The machine that drives this world's events service, which goes on from one run to the next."""

    class OneEvent(RuleBasedStateMachine):
        @initialize(capacity=st.integers(1, 4))
        def announce(self, capacity: int) -> None:
            self.event_id, self.model, self.asks = new_id(), Model(capacity), 0
            start = utcnow() + timedelta(minutes=50)
            draft = events.DraftEvent(
                event_id=self.event_id,
                community_id="c1",
                details=self.details(capacity),
                starts_at=start,
                ends_at=start + timedelta(hours=1),
            )
            self.twice(draft, *LEADER)
            self.twice(events.PublishEvent(event_id=self.event_id), *LEADER)

        @rule(member=people)
        def registers(self, member: str) -> None:
            self.twice(self.registration(member), member)
            self.model.register(member)

        @rule(member=people)
        def withdraws(self, member: str) -> None:
            self.twice(self.withdrawal(member), member)
            self.model.withdraw(member)

        @rule(member=people)
        def comes(self, member: str) -> None:
            self.twice(events.CheckIn(event_id=self.event_id, member_id=member), *LEADER)
            self.model.check_in(member)

        @rule(capacity=st.integers(1, 8))
        def is_revised(self, capacity: int) -> None:
            revision = events.ReviseEvent(event_id=self.event_id, details=self.details(capacity))
            said = self.twice(revision, *LEADER)
            in_use = len(self.model.line[: self.model.capacity])
            assert (capacity < in_use) == (said == "capacity_below_confirmed")
            if capacity >= in_use:
                self.model.capacity = capacity

        @rule(coming=st.sets(people, min_size=2), going=st.sets(people))
        def many_at_once(self, coming: set[str], going: set[str]) -> None:
            """Registrations, each said twice, and withdrawals of others, all at once and in no order."""
            going -= coming
            wishes = [(self.registration(m), (m,)) for m in coming]
            wishes += [*wishes, *((self.withdrawal(m), (m,)) for m in going)]
            for answer in self.at_once(wishes):
                assert isinstance(answer, events.Registration) or answer in (
                    "registration_not_found",
                    "already_attended",
                )
            for member in going:
                self.model.withdraw(member)
            came = {r.member_id: r for r in self.roster() if r.member_id not in self.model.line}
            for member in sorted(coming & set(came), key=lambda m: came[m].position or 0):  # in which order they came
                self.model.register(member)

        @invariant()
        def it_is_as_the_model_says(self) -> None:
            if not hasattr(self, "model"):
                return
            places = {r.member_id: (r.status, r.position) for r in self.roster() if r.status != "withdrawn"}
            assert places == self.model.roster()

        @invariant()
        def nothing_is_oversold_left_empty_or_miscounted(self) -> None:
            if not hasattr(self, "model"):
                return
            event, roster = self.ask(events.GetEvent(event_id=self.event_id)), self.roster()
            count = {
                status: sum(r.status == status for r in roster) for status in ("confirmed", "waitlisted", "attended")
            }
            seats_in_use = count["confirmed"] + sum(r.status == "attended" and not r.walk_in for r in roster)
            assert seats_in_use <= event.capacity == self.model.capacity
            assert not count["waitlisted"] or seats_in_use == event.capacity
            assert (event.confirmed, event.waitlisted, event.attended) == tuple(count.values())

        # how it asks

        def details(self, capacity: int) -> events.EventDetails:
            return events.EventDetails(title="RPAもくもく会", format="online", url_follows=True, capacity=capacity)

        def registration(self, member: str) -> Command[Any]:
            """Each time another wish."""
            self.asks += 1
            return events.RegisterForEvent(
                event_id=self.event_id, member_id=member, registration_id=f"r{self.asks}-{member}"
            )

        def withdrawal(self, member: str) -> Command[Any]:
            return events.WithdrawFromEvent(event_id=self.event_id, member_id=member)

        def roster(self) -> list[events.Registration]:
            found: list[events.Registration] = self.ask(events.GetRoster(event_id=self.event_id)).registrations
            return found

        def ask(self, question: Any) -> Any:
            return world.ask(question, *LEADER)

        def twice(self, command: Command[Any], *who: str) -> Any:
            """What came of it, the same when it is said again: an answer, or the code of a refusal."""
            (first,) = self.at_once([(command, who)])
            (second,) = self.at_once([(command, who)])
            assert second == first
            return first

        def at_once(self, wishes: list[tuple[Command[Any], tuple[str, ...]]]) -> list[Any]:
            async def all_of_them() -> list[Any]:
                return list(await asyncio.gather(*(said(world, command, who) for command, who in wishes)))

            return world.run(all_of_them())

    return OneEvent


async def said(world: World, command: Command[Any], who: tuple[str, ...]) -> Any:
    """The answer, or the code of the refusal."""
    reply = await world.request(command.subject, command.model_dump_json().encode(), world.headers(*who))
    try:
        return read_reply(command.answer_type(), reply.headers, reply.data)
    except Refused as refused:
        return refused.code if refused.status in (404, 409) else refused


@pytest.fixture(scope="module")
def events_alone(tmp_path_factory: pytest.TempPathFactory, mongo_server: MongoServer, keys: Keys) -> Iterator[World]:
    with a_world(tmp_path_factory.mktemp("stateful"), mongo_server, keys, "events") as it:
        yield it


def test_whatever_members_do_in_whatever_order(events_alone: World) -> None:
    size = {"max_examples": max(6, EXAMPLES // 5), "stateful_step_count": 50 if EXAMPLES > 100 else 20}
    run_state_machine_as_test(machine(events_alone), settings=settings(settings.get_profile("abuse"), **size))
