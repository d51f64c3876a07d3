"""Participation of two records of one person that become one, and two again."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from ekkyo import wire
from ekkyo.contracts.base import Refused
from ekkyo.contracts.members import MemberMerged, MergeUndone
from ekkyo.contracts.surveys import MySurveys, ParticipationMoved, PendingSurveys, SaveDraft
from ekkyo.decision import Decision, EntriesInMemory
from ekkyo.testing import eventually
from ekkyo_surveys import model
from ekkyo_surveys.model import Part, Response, Survey

from .conftest import COMMUNITY, World, member_state

NOW = datetime(2026, 5, 1, tzinfo=UTC)
KEPT, ABSORBED = "m1", "m2"


class Poll:
    """A survey of these, in which some have answered."""

    def __init__(self, *answered: str, invited: tuple[str, ...] = (KEPT, ABSORBED), anonymous: bool = True) -> None:
        self.survey = Survey(
            id="s1", community_id="c1", title={"en": "x"}, template="post_event", version=1, anonymous=anonymous,
            opened_at=NOW, deadline=NOW + timedelta(days=7), invited=len(invited), answered=len(answered),
        )  # fmt: skip
        parts = [
            Part(document_id="s1", key=m, kind="participation", member_id=m, answered=m in answered) for m in invited
        ]
        said = [] if anonymous else [Response(said={"text": m}, member_id=m) for m in answered]
        box = Part(document_id="s1", key=model.box_key(0), kind="box", responses=said)
        self.parts = EntriesInMemory.of([*parts, box])

    def take(self, decision: Decision[Survey, Any]) -> "Poll":
        self.survey = decision.document
        self.parts.items |= {part.key: part for part in decision.entries}  # type: ignore[misc]
        return self

    def move(self) -> "Poll":
        return self.take(model.move(self.survey, self.parts, ABSORBED, KEPT))

    def move_back(self) -> "Poll":
        return self.take(model.move_back(self.survey, self.parts, ABSORBED))

    @property
    def takes_part(self) -> dict[str, bool]:
        return {p.key: p.answered for p in self.parts.items.values() if p.kind == "participation" and p.member_id}

    @property
    def named(self) -> list[str | None]:
        return [r.member_id for part in self.parts.items.values() for r in part.responses]


@pytest.mark.parametrize("answered", [(), (KEPT,), (ABSORBED,)])
def test_two_invitations_of_one_person_are_one_and_two_again(answered):
    poll = Poll(*answered).move()
    assert poll.takes_part == {KEPT: bool(answered)}
    assert (poll.survey.invited, poll.survey.answered) == (1, len(answered))
    again = poll.takes_part
    assert poll.move().takes_part == again  # told twice, done once
    poll.move_back()
    assert poll.takes_part == {KEPT: KEPT in answered, ABSORBED: ABSORBED in answered}
    assert (poll.survey.invited, poll.survey.answered) == (2, len(answered))


def test_two_answers_of_one_person_stay_counted():
    poll = Poll(KEPT, ABSORBED)
    decision = model.move(poll.survey, poll.parts, ABSORBED, KEPT)
    assert (decision.facts, decision.entries) == ((), ())


@pytest.mark.parametrize("answered", [(), (ABSORBED,)])
def test_an_invitation_of_one_record_moves_and_comes_back(answered):
    poll = Poll(*answered, invited=(ABSORBED,), anonymous=False).move()
    assert poll.takes_part == {KEPT: bool(answered)}
    assert poll.named == [KEPT for _ in answered]
    assert poll.survey.invited == 1
    poll.move_back()
    assert poll.takes_part == {ABSORBED: bool(answered)}
    assert poll.named == list(answered)


def test_whoever_answered_for_both_counts_once_where_surveys_are_compared():
    poll = Poll(ABSORBED).move()
    counted = [p.key for p in poll.parts.items.values() if p.answered and not p.copied]
    assert counted == [ABSORBED]  # as the box was filled: a merge moves nobody from one group to another


def test_a_draft_goes_with_the_invitation():
    poll = Poll(invited=(ABSORBED,), anonymous=False)
    draft = SaveDraft(survey_id="s1", member_id=ABSORBED, answers={"satisfaction": 1})
    poll.take(model.save_draft(poll.survey, poll.parts, draft, now=NOW)).move()
    assert (poll.parts.items[KEPT].drafted, poll.parts.items[ABSORBED].draft) == (True, None)
    assert poll.move_back().parts.items[ABSORBED].drafted


def test_a_draft_is_read_by_nobody_else_once_two_people_are_two_again():
    poll = Poll(anonymous=False)
    draft = SaveDraft(survey_id="s1", member_id=ABSORBED, answers={"satisfaction": 1})
    poll.take(model.save_draft(poll.survey, poll.parts, draft, now=NOW)).move().move_back()
    drafts = [(poll.parts.items[one].drafted, poll.parts.items[one].draft) for one in (KEPT, ABSORBED)]
    assert drafts == [(None, None), (True, {"satisfaction": 1})]


async def test_participation_follows_the_facts_and_nobody_answers_twice(world: World) -> None:
    survey = await world.opened_for(ABSORBED, KEPT)
    await world.answer(survey.survey_id, ABSORBED, 4)
    merged = member_state(ABSORBED, COMMUNITY).model_copy(update={"active": False, "communities": []})
    about: Any = {"member_id": ABSORBED, "merge_id": "merge-1", "kept_id": KEPT}
    await world.tell(MemberMerged(member=merged, **about), owner="members")

    async def moved(times: int) -> bool:
        facts = [wire.read_fact(*one) for one in await world.stored() if "participation_moved" in one[0]]
        assert all(isinstance(fact, ParticipationMoved) for fact in facts)
        return len(facts) == times

    await eventually(lambda: moved(1), what="the participation to move")
    assert (await world.ask(PendingSurveys(member_id=KEPT), KEPT)).surveys == []
    assert [s.answered for s in (await world.ask(MySurveys(member_id=KEPT), KEPT)).surveys] == [True]
    await world.answer(survey.survey_id, KEPT, 9)  # answered before: it counts once
    [mine] = (await world.ask(MySurveys(member_id=KEPT), KEPT)).surveys
    assert mine.survey.answered == 1
    with pytest.raises(Refused, match="not_invited"):
        await world.answer(survey.survey_id, ABSORBED, 9)
    await world.tell(MergeUndone(member=member_state(ABSORBED, COMMUNITY), **about), owner="members")
    await eventually(lambda: moved(2), what="the participation to come back")
    assert len((await world.ask(PendingSurveys(member_id=KEPT), KEPT)).surveys) == 1
