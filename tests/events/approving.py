"""An event whose leaders approve who comes, and what they decide."""

from typing import Any

from ekkyo.contracts.base import Caller
from ekkyo.contracts.events import (
    Application,
    ApproveApplications,
    DeclineApplications,
    RegisterForEvent,
    Terms,
)
from ekkyo.decision import EntriesInMemory
from ekkyo_events import model
from ekkyo_events.model import Event, People, Seat

from tests.events.people import EVERYBODY
from tests.events.test_model import BEFORE, LEADER, event, seat

APPROVAL = Terms(approval=True)
STEWARD = Caller("it", frozenset({"steward"}))
SYSTEM = Caller("portal", frozenset({"system"}))


def applied(*members: str) -> list[Seat]:
    return [seat(member, "applied", position=n) for n, member in enumerate(members, start=1)]


def it(capacity: int = 2, **counts: Any) -> Event:
    return event(**{"capacity": capacity, "terms": APPROVAL, "tickets": 9, **counts})


def named(*members: str) -> list[Application]:
    return [Application(member_id=member, registration_id=f"r-{member}") for member in members]


def approve(of: Event, seats: list[Seat], *members: str, people: People = EVERYBODY, now: Any = BEFORE) -> Any:
    cmd = ApproveApplications(event_id="e1", applications=named(*members))
    return model.approve(of, EntriesInMemory.of(seats), cmd, people=people, who=LEADER, now=now)


def decline(of: Event, seats: list[Seat], *members: str, now: Any = BEFORE, **said: Any) -> Any:
    cmd = DeclineApplications(event_id="e1", applications=named(*members), **{"reason": "full", **said})
    return model.decline_applications(of, EntriesInMemory.of(seats), cmd, who=LEADER, now=now)


def register(of: Event, seats: list[Seat], member: str, who: Caller, again: str = "") -> Any:
    cmd = RegisterForEvent(event_id="e1", member_id=member, registration_id=f"r-{member}{again}")
    return model.register(of, EntriesInMemory.of(seats), cmd, people=EVERYBODY, who=who, now=BEFORE)


def statuses(decided: Any) -> dict[str, str]:
    return {one.key: one.status for one in decided.entries}
