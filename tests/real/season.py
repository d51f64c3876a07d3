"""A small season through all four services, with callers who go on registering while something is done to the parts."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import timedelta

from ekkyo.client import Ekkyo
from ekkyo.contracts import events as e
from ekkyo.contracts import members as m
from ekkyo.contracts import surveys as s
from ekkyo.contracts.base import Fact
from ekkyo.decision.clock import utcnow
from ekkyo.testing import eventually
from ekkyo_cli.demo.check import Telling, tellings

from tests.real.installation import PATIENCE, SERVICES, insist
from tests.real.killing import quiet, told_once_and_in_order
from tests.real.people import CHARTER
from tests.real.registrations import COMMUNITY, Guests, Rebuilt

WORKERS = 6
ANSWERS: s.Answers = {"satisfaction": 9, "useful": "yes", "themes": ["Excel"], "comment": "More."}


@dataclass
class Season(Guests):
    """Members who are known, in a community, at events that begin, end, and ask how it was."""

    seats: int = 4
    events: list[str] = field(default_factory=lambda: ["e0", "e1", "e2"])
    changes: Counter[str] = field(default_factory=Counter)
    """By member, how often they changed their mind about how they are told things."""

    @property
    def members(self) -> list[str]:
        return [f"m{number}-{k}" for number in range(WORKERS) for k in range(3)]

    async def begin(self) -> None:
        """Found the community, let everyone join, announce the events, and one whose reminder is due at once."""
        await self.installation.start(*SERVICES)
        client = await self.installation.client("steward", "steward")
        await insist(client, m.FoundCommunity(community_id=COMMUNITY, name="C", rules="r", charter=CHARTER))
        await asyncio.gather(*(self.join(client, who) for who in self.members))
        for id in self.events:
            await self.announce(client, id, self.seats)

    async def join(self, client: Ekkyo, who: str) -> None:
        profile = m.Profile(number=who, name=who, email=f"{who}@example.co.jp", department="営業部")
        await insist(client, m.RegisterMember(member_id=who, profile=profile))
        await insist(client, m.JoinCommunity(member_id=who, community_id=COMMUNITY))

    async def register_on(self, number: int) -> None:
        """A worker's members register, withdraw and come, until it is over."""
        client = await self.installation.client(f"desk-{number}", "system")
        while not self.over.is_set():
            who = f"m{number}-{self.chance.randrange(3)}"
            await self.once(client, self.chance.choice(self.events), who)
            await asyncio.sleep(0.02)  # a pace that a mail for each step keeps up with

    async def change_on(self) -> None:
        """Members change how they are told things, which the members service alone is needed for."""
        client = await self.installation.client("desk", "system")
        while not self.over.is_set():
            who = self.chance.choice(self.members)
            preferences = m.Preferences(locale="en" if self.changes[who] % 2 == 0 else "ja")
            await insist(client, m.SetPreferences(member_id=who, preferences=preferences))
            self.changes[who] += 1
            await asyncio.sleep(0.02)

    async def during(self, storm: Callable[[], Awaitable[None]], *, before: int = 40, after: int = 40) -> None:
        """Let it happen after so many answers, and go on until there are so many more after it."""
        tasks = [asyncio.create_task(self.register_on(n)) for n in range(WORKERS)]
        tasks.append(asyncio.create_task(self.change_on()))
        try:
            await self.more(before)
            await storm()
            await self.more(after)
            self.over.set()
            await asyncio.wait_for(asyncio.gather(*tasks), PATIENCE)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def more(self, answers: int) -> None:
        wanted = self.answered + answers
        await eventually(lambda: self.answered >= wanted, PATIENCE, what=f"{answers} more answers")

    async def more_changes(self, changes: int) -> None:
        wanted = self.changes.total() + changes
        await eventually(lambda: self.changes.total() >= wanted, PATIENCE, what=f"{changes} more changes")

    async def end(self) -> None:
        """Move the events to now, so that they end by themselves; who came is asked how it was, and answers."""
        client = await self.installation.client("steward", "steward")
        for id in self.events:
            check_in = [who for who in self.members if not self.came(id, who)][:2]
            await asyncio.gather(*(insist(client, e.CheckIn(event_id=id, member_id=who)) for who in check_in))
            for who in check_in:
                self.said[id, who].append(("attended", self.said[id, who][-1][1] if self.said[id, who] else ""))
            starts = utcnow() + timedelta(seconds=0.5)
            times = {"starts_at": starts, "ends_at": starts + timedelta(seconds=0.5)}
            await insist(client, e.RescheduleEvent(event_id=id, **times))
        await asyncio.gather(*(self.answer(client, id) for id in self.events))

    async def answer(self, client: Ekkyo, event_id: str) -> None:
        async def opened() -> bool:
            listed = await insist(client, s.ListSurveys(community_id=COMMUNITY, event_id=event_id))
            return bool(listed.surveys)

        await eventually(opened, PATIENCE, every=0.1, what=f"the survey after {event_id}")
        who = [member for member in self.members if self.came(event_id, member)]
        for member in who:
            answering = await self.installation.client(member)
            await insist(
                answering, s.AnswerSurvey(survey_id=s.survey_of_event(event_id), member_id=member, answers=ANSWERS)
            )
        closed = await insist(client, s.CloseSurvey(survey_id=s.survey_of_event(event_id)))
        assert closed.answered == len(who)

    def came(self, event_id: str, who: str) -> bool:
        return any(status == "attended" for status, _ in self.said[event_id, who])

    async def whole(self) -> list[Fact]:
        """Wait until everything has caught up, and hold all four services against each other. All facts."""
        await quiet(self.installation, *SERVICES)
        facts = await self.installation.facts()
        told_once_and_in_order(by(facts, "events"), first=2)
        told_once_and_in_order(by(facts, "surveys"))
        rebuilt = Rebuilt(by(facts, "events"))
        self.nothing_lost(rebuilt)
        await self.journeys(rebuilt)
        changed = Counter(f.member_id for f in facts if isinstance(f, m.PreferencesChanged))
        assert changed == self.changes
        closed = {f.survey_id: f.results.answered for f in facts if isinstance(f, s.SurveyClosed)}
        assert closed == {s.survey_of_event(id): sum(self.came(id, who) for who in self.members) for id in self.events}
        await self.mails(facts)
        return facts

    async def journeys(self, rebuilt: Rebuilt) -> None:
        """members has heard of everyone who came; events answers what its facts tell."""
        client = await self.installation.client("steward", "steward")
        for who in self.members:
            journey = await insist(client, m.GetJourney(member_id=who))
            assert journey.attended == sum(self.came(id, who) for id in self.events)
        for id in self.events:
            assert rebuilt.events[id].status == "concluded"
            assert await insist(client, e.GetEvent(event_id=id)) == rebuilt.events[id]

    async def mails(self, facts: list[Fact]) -> None:
        """Every mail that the facts call for was sent once; or not at all, where a newer one has made it useless."""
        rows = (await self.installation.rows("notify"))["deliveries"]
        by_id: dict[str, Telling] = {row["_id"]: (row["fact_id"], row["member_id"]) for row in rows}
        made, called_for = Counter(by_id.values()), Counter(tellings(facts))
        assert made == called_for, f"not made: {called_for - made}; made for nothing: {made - called_for}"
        assert {row["status"] for row in rows} <= {"sent", "dropped"}
        copies = Counter(str(mail["X-Ekkyo-Delivery"]) for mail in self.installation.mail.headers)
        assert copies == Counter(row["_id"] for row in rows if row["status"] == "sent")


def by(facts: list[Fact], service: str) -> list[Fact]:
    return [fact for fact in facts if fact.meta.id.startswith(f"{service}/")]
