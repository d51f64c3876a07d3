"""Surveys that are opened, answered by everyone they invite, and closed, without end."""

import asyncio
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count
from typing import Any

from ekkyo.client import Ekkyo
from ekkyo.contracts import surveys as s
from ekkyo.contracts.base import Fact, Refused, new_id
from ekkyo.contracts.events import EventConcluded
from ekkyo.decision.clock import utcnow
from ekkyo.testing import eventually

from tests.notify.making import event
from tests.real.installation import PATIENCE, Installation, insist
from tests.real.killing import Work, by_entity

INVITED = 14
OTHERS = 500


@dataclass
class Answering(Work):
    """Each worker has a survey of its own after another, with its members answering at once."""

    said: dict[str, dict[str, s.Answers]] = field(default_factory=lambda: defaultdict(dict))
    results: dict[str, s.ResultsAnswer] = field(default_factory=dict)
    members: list[Ekkyo] = field(default_factory=list)

    others: Iterator[int] = field(default_factory=count)

    async def begin(self) -> None:
        """Those who answer, and those who are asked besides, five by each survey: it differs from the others so."""
        await self.installation.joined(*(f"m{n}" for n in range(INVITED)), *(f"x{n}" for n in range(OTHERS)))

    async def _known(self) -> bool:
        info = await self.installation.ops.consumer_info("FACTS", "surveys-people")
        return not info.num_pending and not info.num_ack_pending

    async def work(self, number: int) -> None:
        client = await self.installation.client(f"desk-{number}", "system")
        if not self.members:
            self.members = [await self.installation.client(f"m{n}") for n in range(INVITED)]
        await eventually(self._known, PATIENCE, what="the service to know its members")
        while not self.over.is_set():
            by_event = self.chance.random() < 0.3
            survey_id = await (self.after_an_event() if by_event else self.by_hand(client))
            if by_event:
                await eventually(lambda id=survey_id: self._opened(client, id), PATIENCE)
            await asyncio.gather(*(self.answer(n, survey_id) for n in range(INVITED) if self.chance.random() < 0.8))
            await self.say(client, s.CloseSurvey(survey_id=survey_id))
            self.results[survey_id] = await insist(client, s.GetResults(survey_id=survey_id))

    async def by_hand(self, client: Ekkyo) -> str:
        command = s.OpenSurvey(
            survey_id=new_id(),
            community_id="c1",
            title={"en": "How was it?"},
            anonymous=self.chance.random() < 0.5,
            invited=[f"m{n}" for n in range(INVITED)] + [f"x{next(self.others) % OTHERS}" for _ in range(5)],
            deadline=utcnow() + timedelta(days=1),
        )
        await self.say(client, command)
        return command.survey_id

    async def after_an_event(self) -> str:
        """The events service tells that one is over."""
        id = new_id()
        told = event(event_id=id, community_id="c1", status="concluded")
        await self.installation.tell(
            EventConcluded(event_id=id, event=told, attended=[f"m{n}" for n in range(INVITED)], no_shows=[])
        )
        return s.survey_of_event(id)

    async def answer(self, number: int, survey_id: str) -> None:
        said: s.Answers = {
            "satisfaction": self.chance.randint(0, 10),
            "useful": self.chance.choice(["yes", "no"]),
            "themes": [self.chance.choice(["Excel", "RPA", "Python"])],
            "comment": f"{survey_id} {number}",
        }
        command = s.AnswerSurvey(survey_id=survey_id, member_id=f"m{number}", answers=said)
        await self.say(self.members[number], command)
        self.said[survey_id][f"m{number}"] = said

    async def _opened(self, client: Ekkyo, survey_id: str) -> bool:
        try:
            await insist(client, s.GetForm(survey_id=survey_id, member_id="m0"))
        except Refused as no:
            if no.code != "survey_not_found":
                raise
            return False
        return True

    def nothing_lost(self) -> None:
        """What was answered, and nothing else, is what the results count; every comment is there once."""
        assert self.results
        for survey_id, told in self.results.items():
            said = list(self.said[survey_id].values())
            assert told.results.answered == told.survey.answered == len(said)
            if told.results.suppressed:
                continue
            for question in told.results.questions:
                wanted = Counter(str(answers[question.question]) for answers in said)
                for cell in question.cells:
                    counted = sum(wanted[answer] for answer in cell.answers)
                    assert cell.people == counted, f"{question.question} of {survey_id}"
                    small = 0 < cell.people < told.results.minimum
                    assert not (small and told.survey.anonymous)
            themes = Counter(theme for answers in said for theme in _list(answers["themes"]))
            assert {t.theme: t.votes for t in told.results.themes} == themes
            assert told.comments == sorted(str(answers["comment"]) for answers in said)


def _list(value: Any) -> list[str]:
    assert isinstance(value, list)
    return value


async def the_same(installation: Installation, work: Answering, facts: Iterable[Fact]) -> None:
    """What the service answers is what the facts alone tell."""
    client = await installation.client("auditor", "system")
    told = by_entity(f for f in facts if isinstance(f, s.SurveyFact))
    assert set(told) == set(work.results)
    listed = {i.survey_id: i for i in (await insist(client, s.ListSurveys(community_id="c1"))).surveys}
    for survey_id, of in told.items():
        kinds = Counter(type(f) for f in of)
        ranked = 0 if work.results[survey_id].results.suppressed else 1
        assert kinds[s.SurveyOpened] == kinds[s.SurveyClosed] == 1
        assert kinds[s.ThemesRanked] == ranked
        answered = [f.member_id for f in of if isinstance(f, s.SurveyAnswered)]
        assert sorted(answered) == sorted(work.said[survey_id])
        [closed] = [f for f in of if isinstance(f, s.SurveyClosed)]
        assert closed.results == work.results[survey_id].results
        assert closed.survey == listed[survey_id] == work.results[survey_id].survey
