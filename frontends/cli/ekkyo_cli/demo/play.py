"""The season, played through the public commands and some pages, as outside systems and members would."""

import asyncio
import random
from base64 import b64encode
from collections.abc import Awaitable, Callable, Iterable, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any, TypeVar

from ekkyo.client import Ekkyo
from ekkyo.contracts import events as e
from ekkyo.contracts import members as m
from ekkyo.contracts import notify as n
from ekkyo.contracts import surveys as s
from ekkyo.contracts.base import new_id
from ekkyo.decision.clock import utcnow
from ekkyo.words.numbers import signed
from ekkyo_common.attendance import Report, everybody, match, read_attendance, record
from pydantic import SecretStr

from ekkyo_cli.demo import drawing, outputs, pages, people, season, suggesting, tables, terms
from ekkyo_cli.demo.answering import answers_of
from ekkyo_cli.demo.correcting import import_corrected
from ekkyo_cli.demo.listen import Listener
from ekkyo_cli.demo.pages import Address
from ekkyo_cli.demo.season import Plan

T = TypeVar("T")
R = TypeVar("R")
AT_ONCE = 48
PEOPLE = 180
"""How many of the company join in the first season."""
BEFORE_START = timedelta(seconds=10)
"""How long the registration of an event is open: the season is played in fast time."""
As = Callable[..., Ekkyo]
"""The client, speaking as somebody: `as_(member_id)`, `as_("portal", "system")`."""
Say = Callable[[str], None]


class Season:
    """One community's first season."""

    def __init__(self, as_: As, heard: Listener, say: Say, data: Path, address: Address, seed: int = 2024) -> None:
        self.as_, self.heard, self.say, self.data, self.address = as_, heard, say, data, address
        self.random = random.Random(seed)  # noqa: S311
        self.community_id = new_id()
        self.people: list[m.Member] = []
        self.leaders: list[m.Member] = []
        self.steward: m.Member
        self.used_themes: set[str] = set()

    async def found(self, webhook: str) -> None:
        """Write the charter down, connect the chat, and bring the first people together."""
        steward = self.as_("steward", "steward")
        community = await steward.send(
            m.FoundCommunity(
                community_id=self.community_id,
                name=season.COMMUNITY,
                rules=season.RULES,
                charter=season.CHARTER,
            )
        )
        logo = b64encode(season.LOGO.encode()).decode()
        await steward.send(m.ReviseCommunity(community_id=self.community_id, colour=season.COLOUR, logo_file=logo))
        self.say(f"Founded {community.name}: {community.charter.objective}")
        await steward.send(n.ConnectChannel(community_id=self.community_id, url=SecretStr(webhook)))
        company = await everybody(self.as_("portal", "system"))
        reported = people.reported(company, map(self._report, ("teams", "zoom")))
        self.people = reported + self.random.sample([p for p in company if p not in reported], PEOPLE - len(reported))
        await self._each(self.people, self._join)
        for who in self.people:  # facts follow their commands: whom the first events are announced to must be certain
            await self.heard.until(m.RulesAccepted, who.member_id)
        self.leaders = people.first_pins(self.random.sample(self.people, 20))
        for leader in self.leaders:
            await steward.send(m.GrantRole(member_id=leader.member_id, community_id=self.community_id))
        [*_, last] = (one for one in self.people if one not in self.leaders)
        self.steward = last
        await steward.send(m.GrantSteward(member_id=last.member_id))
        self.say(
            f"{len(self.people)} people joined and accepted the rules; the first pins are "
            + ", ".join(f"{x.name} ({x.department})" for x in self.leaders)
        )

    def some(self) -> dict[str, m.Member]:
        """One of each who see the portal differently."""
        member = next(one for one in self.people if one not in (*self.leaders, self.steward))
        return {"a member": member, "a leader": self.leaders[0], "the steward": self.steward}

    async def play(self, number: int, plans: Sequence[Plan]) -> None:
        """One round: announce, register, come, conclude, ask, and let the answers decide what comes next."""
        self.say(f"Round {number}: {len(plans)} events")
        themes = await self._next_themes(sum(plan.from_theme for plan in plans))
        origins = [themes.pop(0) if plan.from_theme else None for plan in plans]
        starts_at = utcnow() + BEFORE_START
        held = [
            await self._publish(plan, origin, starts_at, number, place)
            for place, (plan, origin) in enumerate(zip(plans, origins, strict=True))
        ]
        await self._all(self._fill(plan, event) for plan, event in zip(plans, held, strict=True))
        await self._all(self._check_in(plan, event) for plan, event in zip(plans, held, strict=True))
        await asyncio.sleep(max(0.0, (starts_at - utcnow()).total_seconds()) + 0.1)  # the events begin
        await self.heard.withdrawals_mailed()
        await self._all(self._hold(plan, event) for plan, event in zip(plans, held, strict=True))
        await self._all(self._survey(event) for event in held)

    async def contribute(self) -> None:
        """Some write up what they did, three of them for the board; one carries it outside the company."""
        shared = self.random.sample(self.people, 9)
        board = outputs.Outputs(self.as_, self.community_id, self.leaders[0].member_id)
        for who in shared[3:]:
            await board.write_up(who.member_id)
        for number, who in enumerate(shared[:3]):
            await board.propose(who.member_id, number)
        came_of = await board.attach()
        self.say(
            f"{len(shared)} members shared what they did; {self.leaders[0].name} spoke outside the company; "
            f"{3 + came_of} outputs are on the board"
        )

    # founding

    def _report(self, kind: str) -> Path:
        return self.data / f"attendance.{kind}.csv"

    def _attendance(self, kind: str) -> Report:
        file = self._report(kind)
        return read_attendance(file.read_bytes(), file.name)

    async def _join(self, who: m.Member) -> None:
        me = self.as_(who.member_id)
        await me.send(m.JoinCommunity(member_id=who.member_id, community_id=self.community_id))
        await me.send(m.AcceptRules(member_id=who.member_id, community_id=self.community_id, rules_version=1))
        if self.random.random() < 0.1:
            wishes = m.Preferences(locale="en", timezone="Asia/Tokyo")
            await me.send(m.SetPreferences(member_id=who.member_id, preferences=wishes))

    # one event

    async def _publish(
        self, plan: Plan, origin: e.WantedFromTheme | None, starts_at: Any, number: int, place: int
    ) -> e.EventState:
        leader = self.leaders[(number + place) % 4]
        speaker = leader if plan.context != "IT" or number == 1 else self.random.choice(self.people)
        as_leader = self.as_(leader.member_id, f"leader:{self.community_id}")
        event_id = new_id()
        first = starts_at + timedelta(days=1) if plan.moved else starts_at
        length = timedelta(seconds=3) if plan.by_timer else timedelta(hours=1)
        await as_leader.send(
            e.DraftEvent(
                event_id=event_id,
                community_id=self.community_id,
                details=e.EventDetails(
                    title=f"{origin.theme}をやってみる会" if origin else plan.title,
                    format=plan.format,
                    context=plan.context,
                    capacity=plan.capacity,
                    place=plan.place,
                    url=None if plan.format == "onsite" else "https://meet.example.co.jp/ekkyo",
                    speakers=[speaker.member_id],
                ),
                starts_at=first,
                ends_at=first + length,
                from_theme=origin,
            )
        )
        await terms.set_terms(as_leader, event_id, plan, starts_at)
        event = await as_leader.send(e.PublishEvent(event_id=event_id))
        if plan.moved:
            event = await as_leader.send(
                e.RescheduleEvent(event_id=event_id, starts_at=starts_at, ends_at=starts_at + length)
            )
        return event

    async def _fill(self, plan: Plan, event: e.EventState) -> None:
        """More register than there are seats; some think better of it, and who waits longest moves up."""
        wanting = self._wanting(plan)
        places = await terms.register_together(self.as_, event, wanting[: plan.together], self.say)
        places += await self._each(wanting[plan.together :], lambda who: self.register(who, event))
        seated = [who for who, place in zip(wanting, places, strict=True) if place.status == "confirmed"]
        if plan.lottery:
            await self.heard.drawn(event.event_id)
            drawn = await self._roster(event, "confirmed")
            seated = [who for who in wanting if who.member_id in drawn]
            self.say("  " + drawing.repeated(self.heard.facts, event))
        leaving = self.random.sample(seated, plan.withdrawals)
        if plan.tables:
            leader = self.as_(self.leaders[0].member_id, f"leader:{self.community_id}")
            self.say(await tables.made(leader, event, plan.tables))
        await self._each(
            leaving,
            lambda who: self.as_(who.member_id).send(
                e.WithdrawFromEvent(event_id=event.event_id, member_id=who.member_id)
            ),
        )
        waiting = len(wanting) - len(seated)
        self.say(
            f"  {event.title}: {len(wanting)} registered for {event.capacity} seats"
            + (f", {waiting} waited" if waiting else "")
            + (f", {len(leaving)} withdrew" if leaving else "")
            + (", moved to another time" if plan.moved else "")
        )

    def _wanting(self, plan: Plan) -> list[m.Member]:
        if plan.attendance == "check_in":
            return self.random.sample(self.people, plan.wanted)
        came = match(self._attendance(plan.attendance), self.people).attendees
        ids = {a.member_id for a in came}
        seats = [p for p in self.people if p.member_id in ids][: plan.wanted - 2]
        return seats + self.random.sample([p for p in self.people if p.member_id not in ids], 2)

    async def register(self, who: m.Member, event: e.EventState) -> e.Registration:
        wish = e.RegisterForEvent(event_id=event.event_id, member_id=who.member_id, registration_id=new_id())
        return await self.as_(who.member_id).send(wish)

    async def _check_in(self, plan: Plan, event: e.EventState) -> None:
        if plan.attendance == "teams":
            return
        seats = await self._roster(event, "confirmed")
        share = 0.9
        if plan.attendance == "zoom":  # of those in its report: who is not is for the wrong report to name
            reported = {one.member_id for one in match(self._attendance("zoom"), self.people).attendees}
            seats, share = [member_id for member_id in seats if member_id in reported], 0.1
        coming = [member_id for member_id in seats if self.random.random() < share]
        word = await self._word_on_the_wall(event) if coming and plan.format != "online" else None
        if word:
            self.say(f"  {event.title}: one arrives at the leader's desk, one types the word on the wall, on pages")
            coming = await pages.arrive(self.address, self.leaders[0].member_id, event, coming, word)
        await self._each(coming, lambda i: self.as_(i).send(e.CheckIn(event_id=event.event_id, member_id=i, word=word)))

    async def _word_on_the_wall(self, event: e.EventState) -> str:
        leader = self.as_(self.leaders[0].member_id, f"leader:{self.community_id}")
        return (await leader.ask(e.GetDoorWord(event_id=event.event_id))).word

    async def _roster(self, event: e.EventState, *status: e.RegistrationStatus) -> list[str]:
        leader = self.as_(self.leaders[0].member_id, f"leader:{self.community_id}")
        page = await leader.ask(e.GetRoster(event_id=event.event_id, status=list(status)))
        return [place.member_id for place in page.registrations]

    async def _hold(self, plan: Plan, event: e.EventState) -> None:
        leader = self.as_(self.leaders[0].member_id, f"leader:{self.community_id}")
        if plan.attendance == "teams":  # the report comes before the conclusion here, after it below
            await self._import(leader, plan, event)
        if not plan.by_timer:
            await leader.send(e.ConcludeEvent(event_id=event.event_id))
        await self.heard.until(e.EventConcluded, event.event_id)
        if plan.attendance == "zoom":
            await self._import(leader, plan, event)

    async def _import(self, leader: Ekkyo, plan: Plan, event: e.EventState) -> None:
        found = match(self._attendance(plan.attendance), self.people)
        lost = 0
        if plan.attendance == "teams":
            walk_ins = (await record(leader, event.event_id, found.attendees)).walk_ins
        else:
            walk_ins, lost = await import_corrected(leader, event, found.attendees)
        self.say(
            f"  {event.title}: {len(found.attendees)} of the attendance report came ({walk_ins} without a seat); "
            f"{len(found.unmatched)} in it are nobody's" + (f"; corrected: {lost} did not come" if lost else "")
        )

    # surveys

    async def _survey(self, event: e.EventState) -> None:
        """Most of those who came answer, each for themselves; a leader closes the survey."""
        came = await self._roster(event, "attended")
        survey_id = s.survey_of_event(event.event_id)
        await self.heard.invited(survey_id, came)
        answering = [i for i in came if self.random.random() < 0.82]
        answers = {i: answers_of(self.random) for i in answering}
        said = {i: s.AnswerSurvey(survey_id=survey_id, member_id=i, answers=answers[i]) for i in answering}
        await self._each(answering, lambda i: self.as_(i).send(said[i]))
        leader = self.as_(self.leaders[0].member_id, f"leader:{self.community_id}")
        await leader.send(s.CloseSurvey(survey_id=survey_id))
        told = (await leader.ask(s.GetResults(survey_id=survey_id))).results
        score = "-" if told.nps is None else signed(told.nps)
        self.say(f"  {event.title}: {len(came)} came, {told.answered} answered, NPS {score}")

    async def _next_themes(self, count: int) -> list[e.WantedFromTheme]:
        """The themes suggested first; some members wait for an event on them."""
        leader = self.as_(self.leaders[0].member_id, f"leader:{self.community_id}")
        found = await suggesting.suggested(leader, self.community_id, self.used_themes, count)
        await suggesting.wait_for_it(self.as_, self.people[-suggesting.WAITING :], self.community_id, found)
        self.say("  suggested first, so held next: " + (", ".join(one.theme for one in found) or "nothing yet"))
        return [suggesting.origin(one) for one in found]

    # many at once

    async def _each(self, items: Sequence[T], do: Callable[[T], Awaitable[R]]) -> list[R]:
        limit = asyncio.Semaphore(AT_ONCE)

        async def one(item: T) -> R:
            async with limit:
                return await do(item)

        return list(await asyncio.gather(*(one(item) for item in items)))

    async def _all(self, work: Iterable[Awaitable[None]]) -> None:
        await asyncio.gather(*work)
