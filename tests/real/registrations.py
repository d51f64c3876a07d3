"""Members who register, withdraw and check in at small events, without end; and the places rebuilt from facts alone."""

import asyncio
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta

from ekkyo.client import Ekkyo
from ekkyo.contracts import events as e
from ekkyo.contracts.base import Fact, Refused, new_id
from ekkyo.decision.clock import utcnow

from tests.real.installation import Installation, insist
from tests.real.killing import Work

COMMUNITY = "c1"


@dataclass
class Place:
    """A member's place at an event, as facts tell it."""

    status: str = ""
    registration_id: str | None = None
    walk_in: bool = False
    registrations: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    """What became of each registration, in order."""


class Rebuilt:
    """Events and the places at them, rebuilt from facts alone; while reading, the rules are held against each fact."""

    def __init__(self, facts: Iterable[Fact]) -> None:
        self.events: dict[str, e.EventState] = {}
        self.places: dict[str, dict[str, Place]] = defaultdict(lambda: defaultdict(Place))
        self.queues: dict[str, list[str]] = defaultdict(list)
        self.walked_in: dict[str, int] = defaultdict(int)
        last: dict[str, e.EventFact] = {}
        for fact in facts:
            if not isinstance(fact, e.EventFact):
                continue
            before = last.get(fact.event_id)
            if before and before.meta.revision != fact.meta.revision:  # the counts are those after the whole change
                self.fair(before.event)
            last[fact.event_id] = fact
            self.hear(fact)
        for fact in last.values():
            self.fair(fact.event)

    def fair(self, event: e.EventState) -> None:
        """Never over capacity, never a free seat with someone waiting; and the counts are what the facts add up to."""
        places = self.places[event.event_id].values()
        counts = {s: sum(p.status == s for p in places) for s in ("confirmed", "waitlisted", "attended")}
        told = {"confirmed": event.confirmed, "waitlisted": event.waitlisted, "attended": event.attended}
        assert counts == told, f"{event.event_id} at {event.revision}: the facts add up to {counts}, it says {told}"
        taken = event.confirmed + event.attended - self.walked_in[event.event_id]
        assert taken <= event.capacity, f"{event.event_id} at {event.revision}: {taken} on {event.capacity} seats"
        free = event.capacity - taken
        waits = event.status == "published" and event.waitlisted
        assert not (free and waits), f"{event.event_id} at {event.revision}: {free} free, {event.waitlisted}"

    def hear(self, fact: e.EventFact) -> None:
        self.events[fact.event_id] = fact.event
        if isinstance(fact, e.EventConcluded):
            for who in fact.no_shows:
                self.places[fact.event_id][who].status = "no_show"
        if not isinstance(fact, e.RegistrationFact):
            return
        queue, place = self.queues[fact.event_id], self.places[fact.event_id][fact.member_id]
        match fact:
            case e.RegistrationWaitlisted():
                queue.append(fact.member_id)
                assert fact.position == len(queue)
                status = "waitlisted"
            case e.RegistrationPromoted():
                assert queue.pop(0) == fact.member_id, "who waits longest is first"
                status = "confirmed"
            case e.RegistrationWithdrawn():
                assert place.status == fact.was
                status = "withdrawn"
            case e.MemberAttended():
                status, place.walk_in = "attended", fact.walk_in
                self.walked_in[fact.event_id] += fact.walk_in
            case e.CheckInUndone():
                status, place.walk_in = fact.status, False
                if fact.position:
                    queue.insert(fact.position - 1, fact.member_id)
            case _:
                status = "confirmed"
        if status in ("withdrawn", "attended") and fact.member_id in queue:
            queue.remove(fact.member_id)
        place.status = status
        if fact.registration_id:
            place.registration_id = fact.registration_id
            promoted = isinstance(fact, e.RegistrationPromoted)
            place.registrations[fact.registration_id].append("promoted" if promoted else status)

    def roster(self, event_id: str) -> dict[str, tuple[str, str | None, bool, int | None]]:
        queue = self.queues[event_id]
        return {
            who: (p.status, p.registration_id, p.walk_in, queue.index(who) + 1 if who in queue else None)
            for who, p in self.places[event_id].items()
        }


@dataclass
class Guests(Work):
    """Each worker has members of its own, at all events: what it was answered is what must be."""

    seats: int = 5
    events: list[str] = field(default_factory=lambda: [f"e{n}" for n in range(8)])
    said: dict[tuple[str, str], list[tuple[str, str]]] = field(default_factory=lambda: defaultdict(list))
    """By event and member: what was done and answered, in order, each with its registration."""

    async def announce(self, client: Ekkyo, event_id: str, seats: int) -> None:
        starts = utcnow() + timedelta(minutes=40)  # check-in is open, and registration still
        details = e.EventDetails(title=event_id, format="online", url_follows=True, capacity=seats)
        times = {"starts_at": starts, "ends_at": starts + timedelta(hours=1)}
        await self.say(client, e.DraftEvent(event_id=event_id, community_id=COMMUNITY, details=details, **times))
        await self.say(client, e.PublishEvent(event_id=event_id))

    async def work(self, number: int) -> None:
        client = await self.installation.client(f"desk-{number}", "system")
        if number < len(self.events):
            await self.announce(client, self.events[number], self.seats)
        members = [f"m{number}-{k}" for k in range(3)]
        while not self.over.is_set():
            await self.once(client, self.chance.choice(self.events), self.chance.choice(members))

    async def once(self, client: Ekkyo, event_id: str, member_id: str) -> None:
        so_far = self.said[event_id, member_id]
        last = so_far[-1][0] if so_far else ""
        about = {"event_id": event_id, "member_id": member_id}
        if last == "attended":
            await asyncio.sleep(0.001)
            return
        if last in ("confirmed", "waitlisted"):
            wish = so_far[-1][1]
            if self.chance.random() < 0.02:
                await self.say(client, e.CheckIn(**about))
                so_far.append(("attended", wish))
            else:
                answer = await self.say(client, e.WithdrawFromEvent(**about, registration_id=wish))
                so_far.append((answer.status, wish))
            return
        wish = new_id()
        try:
            answer = await self.say(client, e.RegisterForEvent(**about, registration_id=wish))
        except Refused as no:
            if no.code in ("event_not_found", "event_not_published"):
                return  # not announced yet
            raise
        so_far.append((answer.status, wish))

    def nothing_lost(self, rebuilt: Rebuilt) -> None:
        """What was answered, and nothing else, is what the facts tell of each registration."""
        told = {
            (event, who, wish): [what for what in became if what != "promoted"]
            for event, places in rebuilt.places.items()
            for who, place in places.items()
            for wish, became in place.registrations.items()
        }
        said: dict[tuple[str, str, str], list[str]] = defaultdict(list)
        for (event, who), answers in self.said.items():
            for status, wish in answers:
                if wish:  # who walked in without ever registering has none
                    said[event, who, wish].append(status)
        # Said again after it was promoted, a registration is answered as confirmed though its first fact waitlisted it.
        for key, became in told.items():
            if key in said and became[0] == "waitlisted" and said[key][0] == "confirmed":
                assert "promoted" in rebuilt.places[key[0]][key[1]].registrations[key[2]]
                said[key][0] = "waitlisted"
        assert dict(said) == told


async def the_same(installation: Installation, rebuilt: Rebuilt, events: Iterable[str]) -> None:
    """What the service answers is what the facts alone tell."""
    client = await installation.client("auditor", "system")
    for event_id in events:
        assert await insist(client, e.GetEvent(event_id=event_id)) == rebuilt.events[event_id]
        page = await insist(client, e.GetRoster(event_id=event_id, limit=5000))
        roster = {r.member_id: (r.status, r.registration_id, r.walk_in, r.position) for r in page.registrations}
        assert roster == rebuilt.roster(event_id)
