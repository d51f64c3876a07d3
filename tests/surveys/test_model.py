"""Decisions of the surveys service, without servers."""

import base64
import random
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from ekkyo.contracts.base import Caller, Fact, Refused
from ekkyo.contracts.events import EventConcluded, EventState, MemberAttended
from ekkyo.contracts.surveys import (
    AnswerSurvey,
    InvitationWithdrawn,
    OpenSurvey,
    SurveyAnswered,
    SurveyClosed,
    SurveyOpened,
    ThemesRanked,
    survey_of_event,
)
from ekkyo.decision import Decision, EntriesInMemory, Set
from ekkyo_surveys import model, sealing
from ekkyo_surveys.model import Part, Survey
from hypothesis import given, settings
from hypothesis import strategies as st
from nacl.public import PublicKey, SealedBox

KEY = "11" * 32
PUBLIC = sealing.public_key(KEY)
NOW = datetime(2026, 5, 1, 12, 0, tzinfo=UTC)
LEADER = Caller("lead", frozenset({"leader:c1"}))
FIVE = ["a", "b", "c", "d", "e"]
EVENT = EventState(
    event_id="e1",
    community_id="c1",
    title="Spreadsheets",
    format="online",
    context="IT",
    capacity=10,
    starts_at=NOW - timedelta(hours=2),
    ends_at=NOW - timedelta(hours=1),
    timezone="Asia/Tokyo",
    status="concluded",
)


def chance_of(draw: int) -> model.Chance:
    return model.Chance(draw=draw, ephemeral=draw.to_bytes(32, "big"))


def known(*members: str) -> model.Known:
    people = {m: model.Person(id=m, communities=["c1"]) for m in members}
    return model.Known(people=people, everybody=len(people))


class World:
    """A survey and its parts in memory: what the store does, without a store."""

    def __init__(self) -> None:
        self.survey: Survey | None = None
        self.parts: EntriesInMemory[Part] = EntriesInMemory()
        self.facts: list[Fact] = []
        self.timers: list[object] = []

    def keep(self, decision: Decision[Survey, Any]) -> object:
        changed = decision.document is not self.survey or decision.entries or decision.facts or decision.timers
        if changed:
            revision = (self.survey.revision if self.survey else 0) + 1
            self.survey = decision.document.model_copy(update={"revision": revision})
            self.parts.items |= {e.key: e for e in decision.entries if isinstance(e, Part)}
            self.facts += decision.facts
            self.timers += decision.timers
        return decision.answer

    def conclude(self, *attended: str, now: datetime = NOW, revision: int = 1) -> None:
        people = {m: model.Person(id=m, communities=["c1"]) for m in attended}
        self.keep(
            model.open_after_event(
                self.survey, self.parts, EVENT, list(attended), people, key=PUBLIC, now=now, days=7, revision=revision
            )
        )

    def did_not_come(self, member: str, *, revision: int, now: datetime = NOW) -> None:
        assert self.survey
        self.keep(model.did_not_come(self.survey, self.parts, member, revision=revision, now=now))

    def answer(
        self, member: str, satisfaction: int = 9, *, draw: int = 0, now: datetime = NOW, **more: object
    ) -> object:
        assert self.survey
        cmd = AnswerSurvey.model_validate(
            {"survey_id": self.survey.id, "member_id": member, "answers": {"satisfaction": satisfaction, **more}}
        )
        return self.keep(model.answer(self.survey, self.parts, cmd, key=PUBLIC, chance=chance_of(draw), now=now))

    def close(self, who: Caller = LEADER) -> object:
        assert self.survey
        return self.keep(model.close(self.survey, self.parts, key=KEY, who=who))

    def boxes(self) -> list[list[Any]]:
        """What is in each box, opened where it is sealed."""
        return [
            [r.said for r in part.responses] + [sealing.opened(sealed, KEY) for sealed in part.sealed]
            for part in self.parts.all(kind="box")
        ]


def open_cmd(**changes: object) -> OpenSurvey:
    return OpenSurvey.model_validate(
        {
            "survey_id": "s1",
            "community_id": "c1",
            "title": {"en": "How are we doing?"},
            "invited": FIVE,
            "deadline": NOW + timedelta(days=1),
            **changes,
        }
    )


def test_a_survey_opens_for_those_who_came_and_is_due_a_week_later() -> None:
    world = World()
    world.conclude("b", "a", "b")
    assert world.survey
    assert (world.survey.id, world.survey.invited, world.survey.deadline) == (
        survey_of_event("e1"),
        2,
        NOW + timedelta(days=7),
    )
    [opened] = world.facts
    assert isinstance(opened, SurveyOpened)
    assert (opened.invited, opened.more, opened.survey.revision) == (["a", "b"], False, 1)
    due = {type(one.timer): one.at for one in world.timers if isinstance(one, Set)}
    assert due == {model.CloseTimer: world.survey.deadline, model.RemindTimer: NOW + timedelta(days=3, hours=12)}


def test_told_three_times_that_an_event_is_over_there_is_one_survey_and_one_invitation_each() -> None:
    world = World()
    for _ in range(3):
        world.conclude("a", "b")
    assert len(world.facts) == 1
    assert world.survey
    assert world.survey.revision == 1


def test_who_is_found_to_have_come_later_is_invited_alone() -> None:
    world = World()
    world.conclude("a")
    world.conclude("a", "b")
    opened = world.facts[1]
    assert isinstance(opened, SurveyOpened)
    assert (opened.invited, opened.more, opened.survey.invited) == (["b"], True, 2)


def test_who_did_not_come_after_all_is_invited_no_more_and_again_when_found_to_have_come() -> None:
    world = World()
    world.conclude("a", "b", revision=3)
    for _ in range(2):
        world.did_not_come("b", revision=5)
    withdrawn = [fact for fact in world.facts if isinstance(fact, InvitationWithdrawn)]
    assert [(fact.member_id, fact.survey.invited) for fact in withdrawn] == [("b", 1)]
    with pytest.raises(Refused, match="not_invited"):
        world.answer("b")
    for revision in (3, 5, 7, 7):  # what is older than the correction is heard again, too
        world.conclude("b", revision=revision)
        assert world.survey
        assert world.survey.invited == (2 if revision == 7 else 1)
    assert isinstance(world.facts[-1], SurveyOpened)
    assert (world.facts[-1].invited, world.facts[-1].more) == (["b"], True)
    world.did_not_come("b", revision=5)
    world.answer("b")
    assert len([fact for fact in world.facts if isinstance(fact, InvitationWithdrawn)]) == 1


def test_an_invitation_is_withdrawn_from_everybody_and_the_survey_goes_on() -> None:
    world = World()
    world.conclude("a", revision=3)
    world.did_not_come("a", revision=5)
    assert world.survey
    assert world.survey.invited == 0
    world.conclude("b", revision=6)
    assert [fact.more for fact in world.facts if isinstance(fact, SurveyOpened)] == [False, True]
    assert [type(one.timer) for one in world.timers if isinstance(one, Set)] == [model.CloseTimer, model.RemindTimer]
    world.answer("b")


def test_what_was_answered_stays_answered_and_a_closed_survey_stays_as_it_is() -> None:
    world = World()
    world.conclude("a", "b", revision=3)
    world.answer("a")
    before = list(world.facts)
    world.did_not_come("a", revision=5)
    world.did_not_come("stranger", revision=5)
    world.close()
    closed = len(world.facts)
    world.did_not_come("b", revision=6)
    assert world.facts[: len(before)] == before
    assert len(world.facts) == closed
    assert world.survey
    assert (world.survey.invited, world.survey.answered) == (2, 1)


def test_nobody_is_invited_to_a_closed_survey() -> None:
    world = World()
    world.conclude("a")
    world.close()
    world.conclude("b")
    assert world.survey
    assert world.survey.invited == 1


def test_while_an_event_runs_nobody_is_asked() -> None:
    attended = {"event_id": "e1", "member_id": "a", "by": "check_in"}
    running = MemberAttended(**attended, event=EVENT.model_copy(update={"status": "published"}))
    over = MemberAttended(**attended, event=EVENT)
    assert model.came_to_what_is_over(running) == []
    assert model.came_to_what_is_over(over) == ["a"]
    concluded = EventConcluded(event_id="e1", event=EVENT, attended=["a", "b"], no_shows=["c"])
    assert model.came_to_what_is_over(concluded) == ["a", "b"]


def test_an_answer_is_told_as_taken_and_said_again_changes_nothing() -> None:
    world = World()
    world.conclude("a", "b")
    first = world.answer("a", 9)
    assert world.answer("a", 0) == first
    assert [said["satisfaction"] for box in world.boxes() for said in box] == [9]
    answered = [f for f in world.facts if isinstance(f, SurveyAnswered)]
    assert [(f.member_id, f.survey.answered) for f in answered] == [("a", 1)]


def test_who_is_not_invited_cannot_answer() -> None:
    world = World()
    world.conclude("a")
    for stranger in ("z", "box-00"):
        with pytest.raises(Refused, match="not_invited"):
            world.answer(stranger)


def test_after_the_deadline_or_the_close_no_answer_is_taken() -> None:
    world = World()
    world.conclude("a", "b")
    with pytest.raises(Refused, match="survey_closed"):
        world.answer("a", now=NOW + timedelta(days=7))
    world.answer("a")
    world.close()
    with pytest.raises(Refused, match="survey_closed"):
        world.answer("b")
    world.answer("a")  # said again: as before


def test_closing_tells_the_results_once_and_then_the_themes() -> None:
    world = World()
    members = [f"m{n}" for n in range(6)]
    world.conclude(*members)
    for n, member in enumerate(members):
        world.answer(member, n + 5, themes=["Excel" if n % 2 else "EXCEL", "RPA"][: 1 + n % 2])
    closed_state = world.close()
    assert world.close() == closed_state
    told = world.facts[-2:]
    assert isinstance(told[0], SurveyClosed)
    assert isinstance(told[1], ThemesRanked)
    assert told[0].results.nps == 0.0
    assert [(t.theme, t.votes) for t in told[1].themes] == [("EXCEL", 6), ("RPA", 3)]
    assert len(world.facts) == 1 + 6 + 2


def test_of_few_answers_no_themes_are_told() -> None:
    world = World()
    world.conclude("a", "b", "c", "d", "e")
    for member in "abcd":
        world.answer(member, themes=["Excel"], comment="mine")
    world.close()
    closed = world.facts[-1]
    assert isinstance(closed, SurveyClosed)
    assert closed.results.suppressed
    assert closed.results.answered == 4
    assert "Excel" not in closed.model_dump_json()
    assert world.survey
    assert (world.survey.comments, world.survey.texts) == ([], {})


def test_when_an_anonymous_survey_closes_the_boxes_are_emptied() -> None:
    world = World()
    world.conclude("a", "b")
    world.answer("a", comment="mine")
    world.close()
    kept = (
        world.survey.model_dump_json() + "".join(p.model_dump_json() for p in world.parts.all()) if world.survey else ""
    )
    assert all(box == [] for box in world.boxes())
    assert "mine" not in kept


def test_a_survey_with_names_keeps_who_said_what() -> None:
    world = World()
    world.keep(model.open_by_hand(None, world.parts, open_cmd(anonymous=False), known(*FIVE), key=None, now=NOW))
    world.answer("a", 3, comment="mine")
    assert world.survey
    told = model.results_of(world.survey, world.parts.all(kind="box"), who=LEADER)
    assert (told.results.answered, told.results.nps, told.comments) == (1, -100.0, ["mine"])
    world.close()
    assert [r.member_id for part in world.parts.all(kind="box") for r in part.responses] == ["a"]


def test_an_anonymous_survey_tells_nothing_before_it_closes() -> None:
    world = World()
    world.conclude(*"abcdef")
    for member in "abcdef":
        world.answer(member)
    assert world.survey
    with pytest.raises(Refused, match="survey_still_open"):
        model.results_of(world.survey, world.parts.all(kind="box"), who=LEADER)


def test_the_deadline_closes_and_a_timer_too_early_is_set_again() -> None:
    world = World()
    world.conclude("a")
    assert world.survey
    early = model.close_when_due(world.survey, world.parts, key=KEY, now=NOW)
    assert early.facts == ()
    assert early.timers
    due = world.survey.deadline - timedelta(milliseconds=5)
    world.keep(model.close_when_due(world.survey, world.parts, key=KEY, now=due))
    assert world.survey.status == "closed"
    assert model.close_when_due(world.survey, world.parts, key=KEY, now=due).facts == ()


def test_only_leaders_of_the_community_close_it() -> None:
    world = World()
    world.conclude("a")
    with pytest.raises(Refused, match="not_allowed"):
        world.close(Caller("x", frozenset({"leader:c2"})))


def test_opened_by_hand_twice_it_opens_once_and_other_words_are_another_survey() -> None:
    world = World()

    def opened(*invited: str, **changes: object) -> object:
        cmd = open_cmd(invited=list(invited), **changes)
        return world.keep(model.open_by_hand(world.survey, world.parts, cmd, known(*invited), key=PUBLIC, now=NOW))

    first = opened(*FIVE)
    assert opened(*FIVE) == first
    assert len(world.facts) == 1
    with pytest.raises(Refused, match="survey_already_open"):
        opened(*FIVE, anonymous=False)
    opened(*FIVE, "f")
    assert isinstance(again := world.facts[-1], SurveyOpened)
    assert (again.invited, again.more) == (["f"], True)


def test_a_survey_that_would_be_refused_asks_for_no_key() -> None:
    with pytest.raises(model.NeedsKey):
        model.open_by_hand(None, EntriesInMemory(), open_cmd(), known(*FIVE), key=None, now=NOW)
    with pytest.raises(Refused, match="not_a_member"):
        model.open_by_hand(None, EntriesInMemory(), open_cmd(), known(*FIVE[1:]), key=None, now=NOW)


def test_an_anonymous_answer_is_kept_sealed_and_without_its_key_it_is_counted_as_unreadable() -> None:
    world = World()
    world.conclude(*"abcdefg")
    for member in "abcdef":
        world.answer(member, comment="mine", draw=ord(member))
    assert world.survey
    cmd = AnswerSurvey(survey_id=world.survey.id, member_id="g", answers={"satisfaction": 1})
    with pytest.raises(model.NeedsKey) as needs:
        model.answer(world.survey, world.parts, cmd, key=None, chance=chance_of(1), now=NOW)
    assert not needs.value.new, "another key would not open what is sealed already"
    assert "mine" not in "".join(part.model_dump_json() for part in world.parts.all())
    for key, readable in ((KEY, 6), (None, 0), ("22" * 32, 0)):
        closed = model.close(world.survey, world.parts, key=key, who=LEADER).facts[0]
        assert isinstance(closed, SurveyClosed)
        assert (closed.survey.answered, closed.results.answered, closed.results.unreadable) == (
            6, readable, 6 - readable
        )  # fmt: skip


def test_an_open_survey_from_before_answers_were_sealed_gets_a_key_with_its_next_answer() -> None:
    world = World()
    world.conclude(*"abcdef")
    assert world.survey
    box = world.parts.get(model.box_key(0))
    assert box
    said = [model.Response(said={"satisfaction": n}) for n in range(5)]
    world.parts.items[box.key] = box.model_copy(update={"responses": said})
    world.survey = world.survey.model_copy(update={"sealed": False, "answered": 5})
    cmd = AnswerSurvey(survey_id=world.survey.id, member_id="a", answers={"satisfaction": 9})
    with pytest.raises(model.NeedsKey):
        model.answer(world.survey, world.parts, cmd, key=None, chance=chance_of(1), now=NOW)
    world.answer("a", 9)
    assert world.survey.sealed
    world.close()
    assert world.survey.results
    assert (world.survey.results.answered, world.survey.results.unreadable) == (6, 0)


def test_a_sealed_answer_is_a_sealed_box_of_libsodium_of_one_of_three_lengths_and_never_the_same_twice() -> None:
    longest: dict[str, Any] = {
        "satisfaction": 10,
        "useful": "yes",
        "themes": ["\U0001f600" * 100] * 3,
        "comment": "\x01" * 2000,
    }
    lengths = set()
    for n, said in enumerate([{"satisfaction": 1}, {"satisfaction": 10, "comment": "あ" * 140}, longest]):
        sealed = [sealing.seal(said, to=PUBLIC, ephemeral=bytes([n, k]) * 16) for k in range(2)]
        assert sealed[0] != sealed[1]
        assert [sealing.opened(one, KEY) for one in sealed] == [said, said]
        assert sealing.opened(sealed[0], "22" * 32) is None
        lengths.add(len(sealed[0]))
    assert len(lengths) == 2
    by_another_library = SealedBox(PublicKey(bytes.fromhex(PUBLIC))).encrypt(b'{"satisfaction":3}')
    assert sealing.opened(base64.b64encode(by_another_library).decode(), KEY) == {"satisfaction": 3}


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"title": {}}, "title"),
        ({"invited": ["a", "b", "c", "d", "a"]}, "invited"),
        ({"deadline": NOW}, "deadline"),
        ({"survey_id": survey_of_event("e1")}, "survey_id"),
    ],
)
def test_a_survey_that_makes_no_sense_is_refused_with_the_field(changes: dict[str, object], field: str) -> None:
    with pytest.raises(Refused) as refused:
        model.open_by_hand(None, EntriesInMemory(), open_cmd(**changes), known(*FIVE), key=PUBLIC, now=NOW)
    assert [e.field for e in refused.value.errors] == [field]


people = st.lists(
    st.tuples(st.integers(0, 10), st.sampled_from(["", "good", "bad"]), st.integers(0, 2**64 - 1)),
    min_size=2,
    max_size=60,
)


@settings(deadline=None)
@given(people, st.randoms())
def test_the_boxes_do_not_show_in_which_order_people_answered(
    everyone: list[tuple[int, str, int]], rng: random.Random
) -> None:
    """Whoever answers first and whoever last: the boxes and the participations come out the same."""
    members = [f"m{n:03}" for n in range(len(everyone))]
    outcomes = []
    for order in (members, rng.sample(members, len(members))):
        world = World()
        world.conclude(*order)
        for member in order:
            score, comment, draw = everyone[int(member[1:])]
            world.answer(member, score, draw=draw, comment=comment)
        outcomes.append((list(world.parts.items), world.parts.all(), world.survey))
    assert outcomes[0] == outcomes[1]


@settings(deadline=None)  # sealing takes its time on a busy machine
@given(people)
def test_no_answer_is_lost_or_counted_twice(everyone: list[tuple[int, str, int]]) -> None:
    world = World()
    world.conclude(*(f"m{n}" for n in range(len(everyone))))
    for n, (score, comment, draw) in enumerate(everyone):
        for _ in range(1 + draw % 2):
            world.answer(f"m{n}", score, draw=draw, comment=comment)
    world.close()
    assert world.survey
    assert world.survey.results
    assert world.survey.answered == world.survey.results.answered == len(everyone)
    if not world.survey.results.suppressed:
        [told] = [one for one in world.survey.results.questions if one.question == "satisfaction"]
        scores = [str(score) for score, _, _ in everyone]
        assert [sum(map(scores.count, cell.answers)) for cell in told.cells] == [cell.people for cell in told.cells]
        assert sorted({answer for cell in told.cells for answer in cell.answers}, key=int) == [*map(str, range(11))]
