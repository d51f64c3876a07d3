"""`ekkyo audit surveys`: all anonymous surveys are looked at, and what could be linked is an exit code."""

import json
from collections.abc import AsyncIterator, Sequence
from typing import Any

import pytest
from ekkyo.contracts.base import Fact, Refused
from ekkyo.contracts.surveys import (
    CommunityScores,
    CompareCommunities,
    GetResults,
    ListSurveys,
    ResultsAnswer,
    SurveyAnswered,
    SurveyClosed,
    SurveyList,
)
from ekkyo_cli.commands import audit
from ekkyo_cli.main import app
from typer.testing import CliRunner

from tests.cli.talking import answered_by
from tests.common.test_audit import audited

SOUND, LISTED = audited(12), audited(12, id="s2", first=12)
SCORES = {"community_id": "c1", "surveys": 1, "suppressed": 0, "invited": 30, "answered": 12, "scored": 0}


class Surveys:
    """Lists one survey; others are known from facts alone, as those before the newest 1,000 are."""

    def __init__(self, *told: ResultsAnswer, facts: Sequence[Fact] = ()) -> None:
        self.told, self.happened = {one.survey.survey_id: one for one in told}, facts

    async def facts(self, *kinds: type[Fact], since: int, follow: bool) -> AsyncIterator[Fact]:
        assert (since, follow) == (1, False)
        for fact in self.happened:
            if isinstance(fact, kinds):
                yield fact

    async def ask(self, question: Any) -> Any:
        if isinstance(question, CompareCommunities):
            return CommunityScores.model_validate({"communities": [SCORES]})
        if isinstance(question, ListSurveys):
            named = LISTED.said.survey.model_copy(update={"survey_id": "s0", "anonymous": False})
            still = LISTED.said.survey.model_copy(update={"survey_id": "s9", "status": "open"})
            return SurveyList(surveys=[LISTED.said.survey, named, still])
        assert isinstance(question, GetResults)
        assert question.survey_id != "s0", "of a survey with names there is nothing to find out"
        if question.survey_id not in self.told:
            raise Refused("survey_still_open", "x")
        return self.told[question.survey_id]


def answered(said: ResultsAnswer, member_id: str) -> SurveyAnswered:
    return SurveyAnswered(survey_id=said.survey.survey_id, survey=said.survey, member_id=member_id)


def ran(monkeypatch: pytest.MonkeyPatch, surveys: Surveys, *args: str) -> Any:
    answered_by(monkeypatch, surveys, audit)
    return CliRunner().invoke(app, ["audit", "surveys", *args], env={"COLUMNS": "160"})


def test_where_nothing_can_be_linked_the_audit_ends_well(monkeypatch: pytest.MonkeyPatch) -> None:
    facts = [answered(one.said, who) for one in (SOUND, LISTED) for who in sorted(one.answered)]
    surveys = Surveys(SOUND.said, LISTED.said, facts=facts)
    done = ran(monkeypatch, surveys)
    assert (done.exit_code, "Nothing could be linked in 2 closed anonymous surveys." in done.output) == (0, True)
    assert json.loads(ran(monkeypatch, surveys, "--json").output) == {"surveys": 2, "linked": [], "found": []}


def test_what_a_survey_leaks_is_told_and_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    leaking = audited(12, distributions={"q": {"a": 8, "b": 4}}).said
    closed = SurveyClosed(survey_id="s1", survey=leaking.survey, results=leaking.results)
    surveys = Surveys(leaking, LISTED.said, facts=[answered(leaking, "m0"), closed, answered(leaking, "m1")])
    done = ran(monkeypatch, surveys, "--json")
    found = [
        {"survey_id": "s1", "what": "answered after figures were published", "people": 1, "linked": True},
        {"survey_id": "s1", "what": "q: who answered b", "people": 4, "linked": True},
    ]
    assert (done.exit_code, json.loads(done.output)) == (1, {"surveys": 2, "linked": found, "found": found})
    shown = ran(monkeypatch, surveys)
    assert (shown.exit_code, "✗ s1: q: who answered b: 4" in shown.output) == (1, True)
