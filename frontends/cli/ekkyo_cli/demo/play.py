"""The season, played through the public commands and some pages, as outside systems and members would."""

import asyncio
import random
from collections.abc import Awaitable, Callable, Iterable, Sequence
from datetime import timedelta
from pathlib import Path
from typing import TypeVar

from ekkyo.client import Ekkyo
from ekkyo.contracts import events as e
from ekkyo.contracts import members as m
from ekkyo.contracts import surveys as s
from ekkyo.contracts.base import new_id
from ekkyo.decision.clock import utcnow
from ekkyo.words.numbers import signed
from ekkyo_common.attendance import Report, match, read_attendance, record

from ekkyo_cli.demo import outputs, pages
from ekkyo_cli.demo.listen import Listener
from ekkyo_cli.demo.loop.answering import answers_of
from ekkyo_cli.demo.pages import Address
from ekkyo_cli.demo.season import Plan
from ekkyo_cli.demo.terms import approving, drawing, tables
from ekkyo_cli.demo.terms.correcting import import_corrected
from ekkyo_cli.demo.terms.setting import register_together

T = TypeVar("T")
R = TypeVar("R")
AT_ONCE = 48
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
        self.sponsor: m.Sponsor
        self.pulse: s.PulseState

    def some(self) -> dict[str, m.Member]:
        """One of each who see the portal differently."""
        member = next(one for one in self.people if one not in (*self.leaders, self.steward))
        return {"a member": member, "a leader": self.leaders[0], "the steward": self.steward}

    def leader(self, number: int = 0) -> Ekkyo:
        """The client, speaking as one of the leaders."""
        return self.as_(self.leaders[number % len(self.leaders)].member_id, f"leader:{self.community_id}")

    async def play(self, plans: Sequence[Plan], events: Sequence[e.EventState]) -> None:
        """The events of one round: register, come, conclude, and ask, so that the answers decide what comes next."""
        starts_at = min(event.starts_at for event in events)
        both = list(zip(plans, events, strict=True))
        await self._all(self._fill(plan, event) for plan, event in both)
        await self._all(self._check_in(plan, event) for plan, event in both)
        await asyncio.sleep(max(0.0, (starts_at - utcnow()).total_seconds()) + 0.1)  # the events begin
        await self.heard.withdrawals_mailed()
        await self._all(self._hold(plan, event) for plan, event in both)
        await self._all(self._survey(event) for event in events)

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

    # one event

    def report(self, kind: str) -> Path:
        """The file of an attendance report."""
        return self.data / f"attendance.{kind}.csv"

    def _attendance(self, kind: str) -> Report:
        file = self.report(kind)
        return read_attendance(file.read_bytes(), file.name)

    async def _fill(self, plan: Plan, event: e.EventState) -> None:
        """More register than there are seats; some think better of it, and who waits longest moves up."""
        wanting = self._wanting(plan)
        places = await register_together(self.as_, event, wanting[: plan.together], self.say)
        places += await self.each(wanting[plan.together :], lambda who: self.register(who, event, plan))
        seated = [who for who, place in zip(wanting, places, strict=True) if place.status == "confirmed"]
        if plan.lottery or plan.approval or plan.first_timers:
            await self._given(plan, event)
            given = await self._roster(event, "confirmed")
            seated = [who for who in wanting if who.member_id in given]
        leaving = self.random.sample(seated, plan.withdrawals)
        if plan.tables:
            leader = self.leader()
            self.say(await tables.made(leader, event, plan.tables))
        await self.each(
            leaving,
            lambda who: self.as_(who.member_id).send(
                e.WithdrawFromEvent(event_id=event.event_id, member_id=who.member_id)
            ),
        )
        waiting = len(wanting) - len(seated)
        self.say(
            f"  {event.title}: {len(wanting)} registered for {event.capacity} seats"
            + (f", {waiting} {'were declined' if plan.approval else 'waited'}" if waiting else "")
            + (f", {len(leaving)} withdrew" if leaving else "")
            + (", moved to another time" if plan.moved else "")
        )

    async def _given(self, plan: Plan, event: e.EventState) -> None:
        """Wait until it is certain who has a place that is not given at once."""
        if plan.lottery:
            await self.heard.drawn(event.event_id)
            self.say("  " + drawing.repeated(self.heard.facts, event))
        elif plan.approval:
            approved, declined = await approving.decide(self.leader(), event)
            self.say(f"  {event.title}: a leader read the answers, approved {approved} and declined {declined}")
        else:
            left = await self.heard.released(event.event_id)
            self.say(
                f"  {event.title}: {plan.first_timers} seats were kept for those who come for the first time; "
                f"{plan.first_timers - left} of them took one, and {left} were released to the others"
            )

    def _wanting(self, plan: Plan) -> list[m.Member]:
        if plan.attendance == "check_in":
            some = [one for one in self.people if not plan.approval or one not in self.leaders]
            return self.random.sample(some, plan.wanted)
        came = match(self._attendance(plan.attendance), self.people).attendees
        ids = {a.member_id for a in came}
        seats = [p for p in self.people if p.member_id in ids][: plan.wanted - 2]
        return seats + self.random.sample([p for p in self.people if p.member_id not in ids], 2)

    async def register(self, who: m.Member, event: e.EventState, plan: Plan | None = None) -> e.Registration:
        """Ask for a seat, with answers where a leader approves."""
        said = approving.answers(self.random.randrange(9)) if plan and plan.approval else {}
        wish = e.RegisterForEvent(
            event_id=event.event_id, member_id=who.member_id, registration_id=new_id(), answers=said
        )
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
            mistaken = [*coming, *(member_id for member_id in seats if member_id not in coming)][-1]
            await pages.mistake(self.address, self.leaders[0].member_id, event, mistaken)
            self.say(f"  {event.title}: a leader checks somebody in by mistake, and undoes it, on pages")
            self.say(f"  {event.title}: one arrives at the leader's desk, one types the word on the wall, on pages")
            coming = await pages.arrive(self.address, self.leaders[0].member_id, event, coming, word)
        await self.each(coming, lambda i: self.as_(i).send(e.CheckIn(event_id=event.event_id, member_id=i, word=word)))

    async def _word_on_the_wall(self, event: e.EventState) -> str:
        leader = self.leader()
        return (await leader.ask(e.GetDoorWord(event_id=event.event_id))).word

    async def _roster(self, event: e.EventState, *status: e.RegistrationStatus) -> list[str]:
        leader = self.leader()
        page = await leader.ask(e.GetRoster(event_id=event.event_id, status=list(status)))
        return [place.member_id for place in page.registrations]

    async def _hold(self, plan: Plan, event: e.EventState) -> None:
        leader = self.leader()
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
        await self.each(
            answering,
            lambda i: self.as_(i).send(s.AnswerSurvey(survey_id=survey_id, member_id=i, answers=answers[i])),
        )
        leader = self.leader()
        await leader.send(s.CloseSurvey(survey_id=survey_id))
        told = (await leader.ask(s.GetResults(survey_id=survey_id))).results
        score = "-" if told.nps is None else signed(told.nps)
        self.say(f"  {event.title}: {len(came)} came, {told.answered} answered, NPS {score}")

    # many at once

    async def each(self, items: Sequence[T], do: Callable[[T], Awaitable[R]]) -> list[R]:
        limit = asyncio.Semaphore(AT_ONCE)

        async def one(item: T) -> R:
            async with limit:
                return await do(item)

        return list(await asyncio.gather(*(one(item) for item in items)))

    async def _all(self, work: Iterable[Awaitable[None]]) -> None:
        await asyncio.gather(*work)
