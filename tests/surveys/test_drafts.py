"""Drafts, and answers that are changed, of surveys that are not anonymous; anonymous ones have neither."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from ekkyo.contracts.base import Caller, Refused
from ekkyo.contracts.surveys import AnswerSurvey, FormAnswer, SaveDraft, SurveyAnswered
from ekkyo_surveys import model

from tests.surveys.test_model import FIVE, NOW, PUBLIC, World, known, open_cmd


class Named(World):
    """A survey opened by hand, by default one that is not anonymous."""

    def __init__(self, *, anonymous: bool = False) -> None:
        super().__init__()
        cmd = open_cmd(anonymous=anonymous)
        self.keep(model.open_by_hand(None, self.parts, cmd, known(*FIVE), key=PUBLIC, now=NOW))

    def draft(self, member: str, now: datetime = NOW, **said: Any) -> object:
        assert self.survey
        cmd = SaveDraft(survey_id="s1", member_id=member, answers=said)
        return self.keep(model.save_draft(self.survey, self.parts, cmd, now=now))

    def form(self, member: str, who: str | None = None, *roles: str, now: datetime = NOW) -> FormAnswer:
        boxes, caller = self.parts.all(kind="box"), Caller(who or member, frozenset(roles))
        return model.form_for(self.survey, self.parts.get(member), boxes, who=caller, member_id=member, now=now)

    def said(self) -> list[dict[str, Any]]:
        return [said for box in self.boxes() for said in box]


def test_a_draft_is_kept_for_its_member_alone_until_they_answer() -> None:
    world = Named()
    saved = world.draft("a", satisfaction=12, comment="so far")
    assert world.draft("a", satisfaction=12, comment="so far") == saved
    assert world.survey
    assert (world.survey.revision, len(world.facts)) == (2, 1)
    seen = world.form("a")
    assert (seen.answers, seen.draft, seen.answered, seen.may_change) == ({"comment": "so far"}, True, False, False)
    for who in ("lead", "boss", "b"):
        other = ("b", "b") if who == "b" else ("a", who, "leader:c1", "steward")
        assert (world.form(*other).answers, world.form(*other).draft) == ({}, False)
    assert world.said() == []
    world.answer("a", 9, comment="done")
    assert world.parts.items["a"].draft is None
    assert world.form("a").answers == {"satisfaction": 9, "comment": "done"}


def test_answers_can_be_changed_until_the_survey_closes_and_count_once() -> None:
    world = Named()
    for member, score in (("a", 3), ("b", 7)):
        world.answer(member, score)
    first = world.answer("a", 9, comment="better")
    assert world.answer("a", 9, comment="better") == first
    assert world.survey
    assert (world.survey.answered, world.survey.revision) == (2, 4)
    assert [s["satisfaction"] for s in world.said()] == [7, 9]
    assert len([fact for fact in world.facts if isinstance(fact, SurveyAnswered)]) == 2
    assert (world.form("a").may_change, world.form("a", now=NOW + timedelta(days=2)).may_change) == (True, False)
    with pytest.raises(Refused, match="not what the form asks"):
        world.answer("a", 11)
    world.draft("a", satisfaction=0)
    assert world.form("a").answers == {"satisfaction": 0}
    world.close()
    assert world.parts.items["a"].draft is None
    assert world.answer("a", 9, comment="better") == first
    with pytest.raises(Refused, match="survey_closed"):
        world.answer("a", 1)
    with pytest.raises(Refused, match="survey_closed"):
        world.draft("b", satisfaction=1)
    assert (world.form("a").answers, world.form("a").may_change) == ({"satisfaction": 9, "comment": "better"}, False)


def test_a_draft_without_answers_is_none_and_what_was_sent_is_shown_again() -> None:
    world = Named()
    world.draft("a", comment="so far")
    saved = world.draft("a")
    assert world.draft("a") == saved
    assert (world.form("a").answers, world.form("a").draft) == ({}, False)
    world.answer("a", 9, comment="done")
    world.draft("a", satisfaction=0)
    world.draft("a", satisfaction=12)  # nothing that the form accepts
    seen = world.form("a")
    assert (seen.answers, seen.draft, seen.may_change) == ({"satisfaction": 9, "comment": "done"}, False, True)
    assert [part.draft for part in world.parts.all(kind="participation") if part.draft or part.drafted] == []
    assert world.said() == [{"satisfaction": 9, "comment": "done"}], "what was sent counts as before"


def test_an_anonymous_survey_keeps_no_draft_and_its_first_answer() -> None:
    world = Named(anonymous=True)
    with pytest.raises(Refused, match="no_drafts"):
        world.draft("a", satisfaction=1)
    world.answer("a", 3)
    world.answer("a", 9)
    assert [s["satisfaction"] for s in world.said()] == [3]
    assert world.form("a").model_dump(include={"answers", "draft", "may_change"}) == {
        "answers": {},
        "draft": False,
        "may_change": False,
    }
    assert not any(part.drafted or part.draft for part in world.parts.all(kind="participation"))


def test_a_draft_of_somebody_who_was_erased_is_gone_and_strangers_have_none() -> None:
    world = Named()
    world.draft("a", satisfaction=1)
    assert world.survey
    world.keep(model.forget(world.survey, world.parts, "a"))
    assert world.parts.items["a"].draft is None
    for nobody in ("a", "z"):
        with pytest.raises(Refused, match="not_invited"):
            world.draft(nobody, satisfaction=1)


def test_what_was_said_stands_in_no_representation_of_a_command() -> None:
    for message in (SaveDraft, AnswerSurvey):
        assert "secret" not in repr(message(survey_id="s", member_id="m", answers={"comment": "secret"}))
