"""Members who register, join, leave and change their minds, without end, and come to events meanwhile."""

import asyncio
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from ekkyo.client import Ekkyo
from ekkyo.contracts import members as m
from ekkyo.contracts.base import Fact, new_id
from ekkyo.contracts.events import MemberAttended
from ekkyo.decision.clock import utcnow

from tests.notify.making import event
from tests.real.installation import Installation, insist
from tests.real.killing import Work, by_entity

COMMUNITIES = ("c1", "c2", "c3")
CHARTER = m.Charter(objective="o", who="w", what="w", how="h")


async def found(client: Ekkyo) -> None:
    for id in COMMUNITIES:
        await insist(client, m.FoundCommunity(community_id=id, name=id, rules="r", charter=CHARTER))


@dataclass
class People(Work):
    """Each worker has members of its own, one after another, and notes which facts it must have caused."""

    said: dict[str, list[type[Fact]]] = field(default_factory=lambda: defaultdict(list))
    answers: dict[str, m.Member] = field(default_factory=dict)
    came: dict[str, dict[str, str]] = field(default_factory=lambda: defaultdict(dict))
    """The events that a member came to, each with its community."""

    async def work(self, number: int) -> None:
        client = await self.installation.client(f"desk-{number}", "system")
        await found(client)
        count = 0
        while not self.over.is_set():
            await self.life(client, f"m{number}-{count}")
            count += 1

    async def life(self, client: Ekkyo, who: str) -> None:
        """A member from being registered on: every command here changes something, so each has its facts."""
        profile = m.Profile(number=who, name=who, email=f"{who}@example.co.jp", department="営業部")
        await self.change(client, m.RegisterMember(member_id=who, profile=profile), [m.MemberRegistered])
        for _ in range(self.chance.randint(2, 6)):
            here = self.chance.choice(COMMUNITIES)
            about = {"member_id": who, "community_id": here}
            place = next((c for c in self.answers[who].communities if c.community_id == here), None)
            step = self.chance.random()
            if step < 0.2:
                locale = "en" if self.answers[who].locale == "ja" else "ja"
                preferences = m.Preferences(locale=locale)
                await self.change(
                    client, m.SetPreferences(member_id=who, preferences=preferences), [m.PreferencesChanged]
                )
            elif step < 0.4:
                await self.come(who, here)
            elif place is None:
                await self.change(client, m.JoinCommunity(**about), [m.MemberJoined])
            elif place.role is None and step < 0.6:
                await self.change(client, m.GrantRole(**about), [m.RoleGranted])
            elif not place.rules_accepted:
                await self.change(client, m.AcceptRules(**about, rules_version=1), [m.RulesAccepted])
            else:
                ended = [m.RoleRevoked] if place.role else []
                await self.change(client, m.LeaveCommunity(**about), [*ended, m.MemberLeft])

    async def change(self, client: Ekkyo, command: Any, facts: list[type[Fact]]) -> None:
        self.answers[command.member_id] = await self.say(client, command)
        self.said[command.member_id] += facts

    async def come(self, who: str, community: str) -> None:
        """The events service tells that they came."""
        id = new_id()
        self.came[who][id] = community
        told = event(event_id=id, community_id=community, starts_at=utcnow(), ends_at=utcnow())
        await self.installation.tell(MemberAttended(event_id=id, event=told, member_id=who, by="check_in"))

    def nothing_lost(self, facts: Iterable[Fact]) -> None:
        """What was answered, and nothing else, is what the facts tell of each member."""
        told = by_entity(f for f in facts if isinstance(f, m.MemberFact))
        assert {
            who: [type(f) for f in of if not isinstance(f, m.MemberCrossed)] for who, of in told.items()
        } == self.said
        for who, of in told.items():
            crossed = [f.community_id for f in of if isinstance(f, m.MemberCrossed)]
            assert sorted(crossed) == sorted(set(self.came[who].values())), f"the crossings of {who}"

    @property
    def silent(self) -> dict[str, int]:
        """Coming to a second event of a community, and being its guest, are noted without a fact."""
        return {who: len(events) for who, events in self.came.items()}


async def the_same(installation: Installation, work: People, facts: Iterable[Fact]) -> None:
    """What the service answers is what the facts alone tell."""
    client = await installation.client("auditor", "system")
    told = by_entity(f for f in facts if isinstance(f, m.MemberFact))

    async def check(who: str) -> None:
        answer = await insist(client, m.GetMember(member_id=who))
        last = told[who][-1]
        assert isinstance(last, m.MemberFact)
        assert m.MemberState(**answer.model_dump()) == last.member
        assert answer.revision == last.meta.revision or answer.revision <= last.meta.revision + work.silent[who]
        journey = await insist(client, m.GetJourney(member_id=who))
        assert journey.attended == len(work.came[who])
        crossings = {(c.community_id, c.crossing, c.proof) for c in journey.crossings}
        assert crossings == {(f.community_id, f.crossing, f.proof) for f in told[who] if isinstance(f, m.MemberCrossed)}

    await asyncio.gather(*(check(who) for who in work.said))
