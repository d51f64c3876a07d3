"""The surveys service on real servers: what it is asked, what it hears, what it tells."""

import asyncio
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pytest
from ekkyo.contracts import surveys as contract
from ekkyo.contracts.base import Command, Question, Refused, Span, all_messages, new_id
from ekkyo.contracts.events import EventConcluded
from ekkyo.contracts.surveys import (
    AddTerm,
    Answers,
    AnswerSurvey,
    CloseSurvey,
    CompareCommunities,
    CountAnswers,
    EndPulse,
    GetForm,
    GetResults,
    GetSuits,
    GetTrend,
    GetVocabulary,
    HeldBySurveys,
    IgnoreWords,
    InvitationWithdrawn,
    ListPulses,
    ListSurveys,
    ListTemplates,
    MergeThemes,
    MySurveys,
    OpenSurvey,
    PendingSurveys,
    PlanPulse,
    PreviewForm,
    RankThemes,
    RemoveWords,
    SaveDraft,
    SaveTemplate,
    SplitTheme,
    SurveyAnswered,
    SurveyClosed,
    SurveyOpened,
    TemplateQuestion,
    ThemesRanked,
    VocabularyChanged,
    survey_of_event,
)
from ekkyo.decision import turn
from ekkyo.testing.plugin import Run
from ekkyo_common.report.themes import together
from ekkyo_surveys.app import service

from .conftest import COMMUNITY, World

LEADER = ("lead", f"leader:{COMMUNITY}")
PEOPLE = [f"m{n}" for n in range(6)]


async def test_told_three_times_that_an_event_is_over_it_asks_those_who_came_once(world: World) -> None:
    for _ in range(3):
        await world.conclude("a", "b")
    await world.caught_up()
    opened = await world.fact(SurveyOpened)
    assert (opened.survey_id, opened.invited, opened.more) == (world.survey_id, ["a", "b"], False)
    assert opened.survey.deadline - opened.survey.opened_at == timedelta(days=7)
    assert len(await world.facts(SurveyOpened)) == 1
    listed = await world.ask(ListSurveys(community_id=COMMUNITY), *LEADER)
    assert [(s.survey_id, s.invited) for s in listed.surveys] == [(world.survey_id, 2)]


async def test_who_did_not_come_after_all_is_not_asked_any_more_unless_they_answered(world: World) -> None:
    await world.conclude("a", "b")
    await world.fact(SurveyOpened)
    await world.answer(world.survey_id, "a")
    for _ in range(2):
        for member in ("a", "b", "never-came"):
            await world.did_not_come(member)
    await world.caught_up("withdraw_invitation")
    (withdrawn,) = await world.facts(InvitationWithdrawn)
    assert (withdrawn.member_id, withdrawn.survey.invited, withdrawn.survey.answered) == ("b", 1, 1)
    assert (await world.ask(PendingSurveys(member_id="b"), "b")).surveys == []
    (mine,) = (await world.ask(MySurveys(member_id="a"), "a")).surveys
    assert mine.answered


async def test_who_is_found_to_have_come_later_is_invited_alone_and_once(world: World) -> None:
    await world.conclude("a")
    await world.fact(SurveyOpened)
    for _ in range(2):
        await world.attended("b")
    await world.caught_up()
    opened = await world.facts(SurveyOpened)
    assert [(f.invited, f.more) for f in opened] == [(["a"], False), (["b"], True)]


async def test_an_attendance_heard_before_the_end_of_the_event_comes_to_the_same(world: World) -> None:
    await world.attended("b")
    await world.conclude("a", "b")
    await world.fact(SurveyOpened)
    await world.caught_up()
    listed = await world.ask(ListSurveys(community_id=COMMUNITY), *LEADER)
    assert [s.invited for s in listed.surveys] == [2]


async def test_while_an_event_runs_and_when_nobody_came_nobody_is_asked(world: World) -> None:
    await world.attended("a", while_it_runs=True)
    await world.conclude()
    await world.caught_up()
    assert await world.facts() == []
    assert (await world.ask(ListSurveys(community_id=COMMUNITY), *LEADER)).surveys == []


async def test_how_long_a_survey_takes_answers_is_a_setting(around: World, running: Run) -> None:
    async with running(service, survey_days=3):
        await around.conclude("a")
        opened = await around.fact(SurveyOpened)
    assert opened.survey.deadline - opened.survey.opened_at == timedelta(days=3)


async def test_what_happened_while_the_service_was_down_is_heard_when_it_is_back(around: World, running: Run) -> None:
    async with running(service):
        pass
    await around.conclude("a")
    async with running(service):
        assert (await around.fact(SurveyOpened)).invited == ["a"]


async def test_an_answer_said_twice_counts_once(world: World) -> None:
    survey = await world.opened_for("a", "b")
    first = await world.answer(survey.survey_id, "a", 9)
    assert await world.answer(survey.survey_id, "a", 1) == first
    answered = await world.fact(SurveyAnswered)
    assert (answered.member_id, answered.survey.answered, answered.meta.actor) == ("a", 1, "a")
    form = await world.ask(GetForm(survey_id=survey.survey_id, member_id="a"), "a")
    assert (form.invited, form.answered, form.survey.answered) == (True, True, 1)
    assert len(await world.facts(SurveyAnswered)) == 1


async def test_the_form_is_told_in_both_languages_to_those_invited(world: World) -> None:
    survey = await world.opened_for("a")
    told = await world.ask(GetForm(survey_id=survey.survey_id, member_id="a"), "a")
    assert [q.key for q in told.form.questions] == ["satisfaction", "useful", "themes", "comment"]
    assert set(told.form.title) == {"ja", "en"}
    assert (told.invited, told.answered) == (True, False)
    stranger = await world.ask(GetForm(survey_id=survey.survey_id, member_id="z"), "z")
    assert stranger.invited is False


async def test_pending_are_the_open_surveys_that_a_member_has_not_answered_newest_first(world: World) -> None:
    surveys = [await world.opened_for("a", "b") for _ in range(4)]
    await world.opened_for("b")
    await world.answer(surveys[0].survey_id, "a")
    await world.ask(CloseSurvey(survey_id=surveys[1].survey_id), *LEADER)
    told = await world.ask(PendingSurveys(member_id="a"), "a")
    assert [s.survey_id for s in told.surveys] == [surveys[3].survey_id, surveys[2].survey_id]


async def test_a_members_surveys_are_all_they_were_invited_to_with_whether_they_answered(world: World) -> None:
    surveys = [await world.opened_for("a", "b") for _ in range(3)]
    await world.opened_for("b")
    await world.answer(surveys[0].survey_id, "a")
    await world.answer(surveys[2].survey_id, "b")
    await world.ask(CloseSurvey(survey_id=surveys[1].survey_id), *LEADER)
    told = await world.ask(MySurveys(member_id="a"), "a")
    assert [(m.survey.survey_id, m.survey.status, m.answered) for m in told.surveys] == [
        (surveys[2].survey_id, "open", False),
        (surveys[1].survey_id, "closed", False),
        (surveys[0].survey_id, "open", True),
    ]
    newest = await world.ask(MySurveys(member_id="a", limit=1), "a")
    assert [m.survey.survey_id for m in newest.surveys] == [surveys[2].survey_id]
    assert (await world.ask(MySurveys(member_id="z"), "z")).surveys == []


async def test_a_leader_sees_the_form_before_a_survey_opens(world: World) -> None:
    seen = await world.ask(PreviewForm(), *LEADER)
    survey = await world.opened_for("a")
    assert seen == (await world.ask(GetForm(survey_id=survey.survey_id, member_id="a"), "a")).form


async def test_surveys_are_listed_by_community_event_and_state_newest_first(world: World) -> None:
    await world.publish(world.event)
    await world.caught_up("known_events")
    e7 = world.event.event_id
    first = await world.opened_for("a", event_id=e7)
    second = await world.opened_for("a")
    await world.ask(CloseSurvey(survey_id=second.survey_id), *LEADER)
    told = await world.ask(ListSurveys(community_id=COMMUNITY), *LEADER)
    assert [s.survey_id for s in told.surveys] == [second.survey_id, first.survey_id]
    of_event = await world.ask(ListSurveys(community_id=COMMUNITY, event_id=e7), *LEADER)
    assert [s.survey_id for s in of_event.surveys] == [first.survey_id]
    closed = await world.ask(ListSurveys(community_id=COMMUNITY, status="closed"), *LEADER)
    assert [s.survey_id for s in closed.surveys] == [second.survey_id]
    assert (await world.ask(ListSurveys(community_id="c2"), "boss", "steward")).surveys == []


async def test_closing_tells_the_results_and_the_themes_once(world: World) -> None:
    survey = await world.opened_for(*PEOPLE)
    for n, member in enumerate(PEOPLE):
        await world.answer(
            survey.survey_id, member, n + 5, useful="yes" if n else "no", themes=["Excel", "生成AI"][: 1 + n % 2],
            comment=f"word {5 - n}",
        )  # fmt: skip
    for _ in range(2):
        state = await world.ask(CloseSurvey(survey_id=survey.survey_id), *LEADER)
        assert state.status == "closed"
    closed = await world.fact(SurveyClosed)
    ranked = await world.fact(ThemesRanked)
    assert (closed.results.answered, closed.results.nps) == (6, 0.0)
    assert closed.results.distributions == {"satisfaction": {**{str(score): 0 for score in range(5)}, "5-10": 6}}, (
        "who said no, and who gave 5, is one person each"
    )
    assert [(t.theme, t.votes) for t in ranked.themes] == [("Excel", 6), ("生成AI", 3)]
    assert [type(f).__name__ for f in (await world.facts())[-2:]] == ["SurveyClosed", "ThemesRanked"]
    told = await world.ask(GetResults(survey_id=survey.survey_id), *LEADER)
    assert told.results == closed.results
    assert told.comments == [f"word {n}" for n in range(6)]


async def test_of_fewer_than_five_answers_only_the_number_is_told(world: World) -> None:
    survey = await world.opened_for(*PEOPLE)
    for member in PEOPLE[:4]:
        await world.answer(survey.survey_id, member, themes=["Excel"], comment="a word")
    await world.ask(CloseSurvey(survey_id=survey.survey_id), *LEADER)
    told = await world.ask(GetResults(survey_id=survey.survey_id), *LEADER)
    assert (told.results.suppressed, told.results.answered, told.results.invited) == (True, 4, 11)
    assert (told.results.nps, told.results.distributions, told.results.themes, told.comments) == (None, {}, [], [])
    assert (await world.fact(SurveyClosed)).results == told.results
    assert await world.facts(ThemesRanked) == []
    assert (await world.ask(RankThemes(community_id=COMMUNITY), "m")).themes == []


async def test_themes_are_ranked_over_all_closed_surveys_of_a_community(world: World) -> None:
    for themes in (["Excel", "RPA"], ["excel"], ["Excel", "生成AI"]):
        survey = await world.opened_for(*PEOPLE)
        for member in PEOPLE:
            await world.answer(survey.survey_id, member, themes=themes)
        await world.ask(CloseSurvey(survey_id=survey.survey_id), *LEADER)
    open_still = await world.opened_for(*PEOPLE)
    for member in PEOPLE:
        await world.answer(open_still.survey_id, member, themes=["secret"])
    told = await world.ask(RankThemes(community_id=COMMUNITY, limit=2), "anybody")
    assert [(t.theme, t.votes) for t in told.themes] == [("Excel", 18), ("RPA", 6)]
    for since, themes in ((-1, 3), (1, 0)):
        lately = RankThemes(community_id=COMMUNITY, since=datetime.now(UTC) + timedelta(hours=since))
        assert len((await world.ask(lately, "anybody")).themes) == themes
    for _ in range(2):
        await world.ask(MergeThemes(community_id=COMMUNITY, themes=["RPA", "生成AI"], into="自動化"), *LEADER)
    told = await world.ask(RankThemes(community_id=COMMUNITY), "anybody")
    assert [(t.theme, t.votes) for t in told.themes] == [("Excel", 18), ("自動化", 12)]
    (changed,) = [fact for fact in await world.facts() if isinstance(fact, VocabularyChanged)]
    assert changed.vocabulary.revision == changed.meta.revision == 1
    with_words = await world.ask(RankThemes(community_id=COMMUNITY, words=True), "anybody")
    assert (told.vocabulary, with_words.vocabulary) == (None, changed.vocabulary)
    seen = await world.ask(GetVocabulary(community_id=COMMUNITY), *LEADER)
    assert [one.word for one in seen.themes[1].written] == ["RPA", "生成AI"]
    one = await world.ask(GetResults(survey_id=survey.survey_id), *LEADER)
    assert [(t.theme, t.votes) for t in one.results.themes] == [("Excel", 6), ("生成AI", 6)], "as it was written"
    assert [(t.theme, t.votes) for t in one.themes] == [("Excel", 6), ("自動化", 6)], "as it counts now"
    rankings = [(fact.themes, fact.mentions) for fact in await world.facts(ThemesRanked)]
    assert together(rankings, changed.vocabulary) == told.themes


async def test_a_survey_closes_by_itself_at_its_deadline(world: World) -> None:
    deadline = datetime.now(UTC) + timedelta(seconds=2)
    survey = await world.opened_for(*PEOPLE, deadline=deadline)
    await world.answer(survey.survey_id, PEOPLE[0])
    closed = await world.fact(SurveyClosed)
    assert (closed.survey.status, closed.results.answered) == ("closed", 1)
    assert closed.meta.actor == "surveys"
    assert closed.meta.time >= deadline - timedelta(seconds=1)


async def test_a_survey_closed_by_hand_does_not_close_again_at_its_deadline(world: World) -> None:
    survey = await world.opened_for("a", deadline=datetime.now(UTC) + timedelta(seconds=2))
    await world.ask(CloseSurvey(survey_id=survey.survey_id), *LEADER)
    other = await world.opened_for("a", deadline=datetime.now(UTC) + timedelta(seconds=2))
    closed = await world.fact(SurveyClosed, 2)
    assert closed.survey_id == other.survey_id
    assert len(await world.facts(SurveyClosed)) == 2


async def test_opened_by_hand_twice_it_opens_once(world: World) -> None:
    cmd = await world.opened_for("a", "b")
    again = await world.ask(cmd, *LEADER)
    assert (again.invited, again.revision) == (7, 1)
    await world.fact(SurveyOpened)
    assert len(await world.facts(SurveyOpened)) == 1
    with pytest.raises(Refused, match="survey_already_open"):
        await world.ask(cmd.model_copy(update={"anonymous": False}), *LEADER)


async def test_a_survey_with_names_tells_its_results_while_it_is_open(world: World) -> None:
    survey = await world.opened_for("a", "b", anonymous=False)
    await world.answer(survey.survey_id, "a", 10, comment="signed")
    told = await world.ask(GetResults(survey_id=survey.survey_id), *LEADER)
    assert (told.results.suppressed, told.results.nps, told.comments) == (False, 100.0, ["signed"])


async def test_all_answering_at_once_on_two_instances_nobody_is_lost(around: World, running: Run) -> None:
    everybody = [f"p{n:03}" for n in range(120)]
    async with running(service), running(service):
        survey = await around.opened_for(*everybody)
        await asyncio.gather(*(around.answer(survey.survey_id, m, 7 + n % 4) for n, m in enumerate(everybody)))
        await around.ask(CloseSurvey(survey_id=survey.survey_id), *LEADER)
        closed = await around.fact(SurveyClosed)
    assert closed.results.answered == 120
    assert [closed.results.distributions["satisfaction"][str(s)] for s in range(7, 11)] == [30, 30, 30, 30]
    assert len(await around.facts(SurveyAnswered)) == 120


async def test_every_refusal_has_its_code(world: World) -> None:
    survey = (await world.opened_for("a", "b")).survey_id
    closed = (await world.opened_for("a")).survey_id
    await world.ask(CloseSurvey(survey_id=closed), *LEADER)
    given: Answers = {"satisfaction": 9}
    tomorrow = datetime.now(UTC) + timedelta(days=1)
    five = [f"p{n}" for n in range(5)]
    await world.join(*five)
    await world.join("stranger", community="c2")
    await world.left_the_company("p4")
    await world.publish(world.event.model_copy(update={"community_id": "c2"}))
    await world.caught_up("people")
    await world.caught_up("known_events")
    event = world.event.event_id
    new = OpenSurvey(survey_id=new_id(), community_id=COMMUNITY, title={"en": "How?"}, invited=five, deadline=tomorrow)
    refusals: list[tuple[Any, tuple[str, ...], str, int]] = [
        (AnswerSurvey(survey_id="none", member_id="a", answers=given), ("a",), "survey_not_found", 404),
        (AnswerSurvey(survey_id=survey, member_id="z", answers=given), ("z",), "not_invited", 403),
        (AnswerSurvey(survey_id=closed, member_id="a", answers=given), ("a",), "survey_closed", 409),
        (AnswerSurvey(survey_id=survey, member_id="a", answers={}), ("a",), "malformed", 400),
        (GetResults(survey_id=survey), LEADER, "survey_still_open", 409),
        (GetResults(survey_id="none"), LEADER, "survey_not_found", 404),
        (GetForm(survey_id="none", member_id="a"), ("a",), "survey_not_found", 404),
        (CloseSurvey(survey_id="none"), LEADER, "survey_not_found", 404),
        (new.model_copy(update={"invited": ["p0", "p1", "p2", "p3", "p3"]}), LEADER, "malformed", 400),
        (new.model_copy(update={"survey_id": survey_of_event("e9")}), LEADER, "malformed", 400),
        (new.model_copy(update={"event_id": "nobody-s"}), LEADER, "event_not_found", 404),
        (new.model_copy(update={"event_id": event}), LEADER, "event_of_another_community", 409),
        (new, LEADER, "not_a_member", 409),
        (new.model_copy(update={"invited": [*five[:4], "stranger"]}), LEADER, "not_a_member", 409),
        (new.model_copy(update={"invited": [*five[:4], "never-registered"]}), ("it", "system"), "not_a_member", 409),
        (new.model_copy(update={"title": {}}), LEADER, "malformed", 400),
        (new.model_copy(update={"deadline": tomorrow - timedelta(days=2)}), LEADER, "malformed", 400),
    ]
    for message, caller, code, status in refusals:
        with pytest.raises(Refused) as refused:
            await world.ask(message, *caller)
        assert (refused.value.code, refused.value.status) == (code, status), message


async def test_a_leader_of_another_community_gets_no_hold_of_who_came_to_an_event(world: World) -> None:
    """Neither under the id of the survey that will open, nor in one of their own, nor with the event's name."""
    came = [f"m{n}" for n in range(6)]
    await world.join(*came)
    await world.publish(world.event)
    await world.caught_up("people")
    await world.caught_up("known_events")
    for changes in ({"survey_id": world.survey_id}, {"event_id": world.event.event_id}, {}):
        cmd = OpenSurvey.model_validate(
            {
                "survey_id": new_id(),
                "community_id": "c2",
                "title": {"en": "Mine"},
                "anonymous": False,
                "invited": came,
                "deadline": datetime.now(UTC) + timedelta(seconds=1),
                **changes,
            }
        )
        with pytest.raises(Refused):
            await world.ask(cmd, "b-lead", "leader:c2")
    await world.conclude(*came)
    opened = await world.fact(SurveyOpened)
    assert (opened.survey_id, opened.survey.community_id, opened.survey.anonymous) == (world.survey_id, COMMUNITY, True)
    assert opened.invited == came


async def test_after_an_event_who_left_or_is_no_member_is_passed_over(world: World) -> None:
    await world.join("guest", community="c2")
    await world.join("gone", "here")
    await world.left_the_company("gone")
    came = ["here", "gone", "guest", "never-registered"]
    await world.tell(
        EventConcluded(event_id=world.event.event_id, event=world.event, attended=came, no_shows=[])
    )  # whatever is heard first
    assert (await world.fact(SurveyOpened)).invited == ["here"]


async def test_two_anonymous_surveys_that_differ_by_fewer_than_five_are_refused_with_why(world: World) -> None:
    people = [f"m{n:02}" for n in range(20)]
    first = await world.opened_for(*people)
    asked = first.invited
    more = [f"more{n}" for n in range(5)]
    await world.join(*more)
    await world.caught_up("people")

    async def open_for(invited: list[str], *, anonymous: bool = True, survey_id: str = "") -> Any:
        changes = {"survey_id": survey_id or new_id(), "invited": invited, "anonymous": anonymous}
        return await world.ask(first.model_copy(update=changes), *LEADER)

    for invited in (asked, asked[1:], [*asked, more[0]], [*asked[4:], *more], asked[:4] + more[:1] + people[5:]):
        with pytest.raises(Refused, match="surveys_overlap") as refused:
            await open_for(invited)
        assert first.survey_id in refused.value.detail
        assert "fewer than 5" in refused.value.detail
    await world.ask(CloseSurvey(survey_id=first.survey_id), *LEADER)
    with pytest.raises(Refused, match="surveys_overlap"):  # closed, it can be subtracted all the more
        await open_for(asked[1:])
    await open_for(asked[1:], anonymous=False)
    second = new_id()
    await open_for([*asked, *more], survey_id=second)
    third, far = new_id(), [f"far{n}" for n in range(6)]
    await world.join(*far)
    await world.caught_up("people")
    await open_for(far[:5], survey_id=third)
    assert (await open_for(far, survey_id=third)).invited == 6
    with pytest.raises(Refused, match="surveys_overlap"):  # nor by inviting more to one that is open
        await open_for([*far, *asked[2:], *more], survey_id=third)


async def test_of_overlapping_anonymous_surveys_that_are_opened_at_the_same_moment_one_is_opened(
    world: World, running: Any
) -> None:
    """Two instances of the service, and several leaders at once."""
    people = [f"m{n:02}" for n in range(12)]
    await world.join(*people)
    await world.caught_up("people")
    some = OpenSurvey.model_validate(
        {
            "survey_id": new_id(),
            "community_id": COMMUNITY,
            "title": {"en": "How are we doing?"},
            "anonymous": True,
            "invited": people,
            "deadline": datetime.now(UTC) + timedelta(days=1),
        }
    )
    wishes = [some.model_copy(update={"survey_id": new_id(), "invited": people[n:]}) for n in range(5)]
    async with running(service):
        said = await asyncio.gather(*(world.ask(wish, *LEADER) for wish in wishes), return_exceptions=True)
    refused = [one.code for one in said if isinstance(one, Refused)]
    assert refused == ["surveys_overlap"] * 4, said
    assert len([d for d in world.documents()["surveys"] if d["anonymous"]]) == 1


async def test_a_process_that_died_while_it_opened_a_survey_holds_others_up_for_twenty_seconds_and_no_longer() -> None:
    now = datetime(2026, 5, 1, tzinfo=UTC)
    take = partial(turn.take, name="anonymous")
    taken = take(None, holder="a", now=now)
    assert taken.answer
    assert not take(taken.document, holder="b", now=now + turn.USABLE).answer
    later = take(taken.document, holder="b", now=now + turn.LASTS)
    assert later.answer
    assert turn.give_back(later.document, holder="a").document.holder == "b"
    assert take(turn.give_back(later.document, holder="b").document, holder="c", now=now).answer


async def test_a_wrong_answer_names_its_question_and_what_was_expected(world: World) -> None:
    survey = await world.opened_for("a")
    with pytest.raises(Refused) as refused:
        await world.answer(survey.survey_id, "a", 11, themes=list("abcd"))
    assert {e.field: e.detail for e in refused.value.errors} == {
        "answers.satisfaction": "Expected a whole number from 0 to 10.",
        "answers.themes": "Expected a list of at most 3 themes, each of at most 100 characters.",
    }


MAY = {
    "open": ["lead", "steward", "system"],
    "answer": ["self"],
    "save_draft": ["self"],
    "save_template": ["lead", "steward", "system"],
    "templates": ["lead", "steward", "system"],
    "form": ["self", "lead", "steward", "system"],
    "pending": ["self", "steward", "system"],
    "mine": ["self", "system"],
    "held": ["self", "steward"],
    "preview": ["lead", "lead of another", "steward", "system"],
    "list": ["lead", "steward", "system"],
    "counts": ["self", "other", "lead", "lead of another", "steward", "system"],
    "results": ["lead", "steward", "system"],
    "themes": ["self", "other", "lead", "lead of another", "steward", "system"],
    "vocabulary": ["lead", "steward", "system"],
    "merge_themes": ["lead", "steward", "system"],
    "add_term": ["lead", "steward", "system"],
    "split_theme": ["lead", "steward", "system"],
    "remove_words": ["lead", "steward", "system"],
    "ignore_words": ["lead", "steward", "system"],
    "trend": ["lead", "steward", "system"],
    "suits": ["lead", "steward", "system"],
    "compare": ["steward", "system"],
    "close": ["lead", "steward", "system"],
    "plan_pulse": ["lead", "steward", "system"],
    "end_pulse": ["lead", "steward", "system"],
    "pulses": ["lead", "steward", "system"],
}
CALLERS = {
    "self": ("a",),
    "other": ("b",),
    "lead": ("l", f"leader:{COMMUNITY}"),
    "lead of another": ("k", "leader:c2"),
    "steward": ("s", "steward"),
    "system": ("hr", "system"),
}


async def outcome(world: World, message: Any, sub: str, *roles: str) -> str:
    try:
        await world.ask(message, sub, *roles)
    except Refused as refused:
        return f"{refused.status} {refused.code}"
    return "answered"


async def test_each_operation_is_for_those_it_names_and_for_nobody_without_a_token(world: World) -> None:
    survey = (await world.opened_for("a", "b")).survey_id
    closed = (await world.opened_for("a", "b")).survey_id
    named = (await world.opened_for("a", "b", anonymous=False)).survey_id
    await world.ask(CloseSurvey(survey_id=closed), *LEADER)
    five = [f"p{n}" for n in range(5)]
    await world.join(*five)
    await world.caught_up("people")
    messages: dict[str, Any] = {
        "open": OpenSurvey(
            survey_id=new_id(),
            community_id=COMMUNITY,
            title={"en": "How?"},
            invited=five,
            deadline=datetime.now(UTC) + timedelta(days=1),
        ),
        "answer": AnswerSurvey(survey_id=survey, member_id="a", answers={"satisfaction": 9}),
        "save_draft": SaveDraft(survey_id=named, member_id="a", answers={"satisfaction": 9}),
        "save_template": SaveTemplate(
            community_id=COMMUNITY,
            template="spring",
            title={"en": "Spring"},
            questions=[TemplateQuestion(key="score", kind="nps", label={"en": "Would you recommend us?"})],
        ),
        "templates": ListTemplates(community_id=COMMUNITY),
        "form": GetForm(survey_id=survey, member_id="a"),
        "pending": PendingSurveys(member_id="a"),
        "mine": MySurveys(member_id="a"),
        "held": HeldBySurveys(member_id="a"),
        "preview": PreviewForm(),
        "list": ListSurveys(community_id=COMMUNITY),
        "counts": CountAnswers(community_id=COMMUNITY, spans=[Span(until=datetime.now(UTC))]),
        "results": GetResults(survey_id=closed),
        "themes": RankThemes(community_id=COMMUNITY),
        "vocabulary": GetVocabulary(community_id=COMMUNITY),
        "merge_themes": MergeThemes(community_id=COMMUNITY, themes=["Excel"], into="RPA"),
        "add_term": AddTerm(community_id=COMMUNITY, theme="RPA", words=["ExL"]),
        "split_theme": SplitTheme(community_id=COMMUNITY, theme="RPA", words=["ExL"], into="ExL"),
        "remove_words": RemoveWords(community_id=COMMUNITY, words=["ExL2"]),
        "ignore_words": IgnoreWords(community_id=COMMUNITY, words=["lunch"]),
        "trend": GetTrend(community_id=COMMUNITY),
        "suits": GetSuits(community_id=COMMUNITY),
        "compare": CompareCommunities(),
        "plan_pulse": PlanPulse(
            community_id=COMMUNITY,
            pulse="how_are_we",
            title={"en": "How?"},
            template="post_event",
            weekday="TU",
            clock="10:00",
            timezone="Asia/Tokyo",
            starts_on=datetime.now(UTC).date(),
            share=20,
        ),
        "end_pulse": EndPulse(community_id=COMMUNITY, pulse="how_are_we"),
        "pulses": ListPulses(community_id=COMMUNITY),
        "close": CloseSurvey(survey_id=survey),
    }
    assert {type(message) for message in messages.values()} == {
        *all_messages(Command, contract),
        *all_messages(Question, contract),
    }
    for operation, message in messages.items():
        outcomes = {caller: await outcome(world, message, *named) for caller, named in CALLERS.items()}
        wanted = {c: "answered" if c in MAY[operation] else "403 not_allowed" for c in CALLERS}
        assert outcomes == wanted, operation
        reply = await world.outside.request(message.subject, message.model_dump_json().encode(), timeout=5)
        assert (reply.headers or {})["Nats-Service-Error-Code"] == "401", operation


async def test_results_that_would_tell_of_few_beside_those_of_another_survey_are_not_told(world: World) -> None:
    crowd = [f"p{n}" for n in range(8)]
    first, second = await world.opened_for(*crowd), await world.opened_for(*crowd)
    for survey, answering in ((first, crowd[:7]), (second, crowd)):
        for member in answering:
            await world.answer(survey.survey_id, member)
        await world.ask(CloseSurvey(survey_id=survey.survey_id), *LEADER)
    told = await world.ask(GetTrend(community_id=COMMUNITY), *LEADER)
    assert [(point.suppressed, point.nps, point.scored) for point in told.points] == [
        (False, 100.0, 7),
        (True, None, 0),
    ]
    hidden = (await world.ask(GetResults(survey_id=second.survey_id), *LEADER)).results
    assert (hidden.compared, hidden.answered, hidden.questions, hidden.distributions) == (True, 8, [], {})
    [score] = (await world.ask(CompareCommunities(), "boss", "steward")).communities
    assert (score.surveys, score.suppressed, score.answered, score.scored, score.nps) == (2, 1, 15, 7, 100.0)
