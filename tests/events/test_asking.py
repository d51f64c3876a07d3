"""Questions to who registers: what may be asked, and what becomes of it."""

from datetime import timedelta
from typing import Any

import pytest
from ekkyo.contracts.base import Caller, Refused
from ekkyo.contracts.events import (
    DuplicateEvent,
    EventDetails,
    QuestionsChanged,
    ReviseEvent,
    SetTerms,
    WantedTerms,
)
from ekkyo.decision import EntriesInMemory
from ekkyo_events import model
from ekkyo_events.model import Seat, asking

from tests.events.asking import (
    ALL,
    BEFORE,
    LEADER,
    LUNCH,
    MENU,
    NOTE,
    SELF,
    START,
    TOPICS,
    asks,
    event,
    questions,
    register,
    seat,
)
from tests.events.people import EVERYBODY


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ([LUNCH, LUNCH], "questions.1.key"),
        ([{**TOPICS, "choices": ["RPA"]}], "questions.0.choices"),
        ([{**TOPICS, "choices": ["RPA", " RPA "]}], "questions.0.choices"),
        ([{**NOTE, "choices": ["a", "b"]}], "questions.0.choices"),
        ([MENU], "questions.0.shown_if.question"),
        ([MENU, LUNCH], "questions.0.shown_if.question"),
        ([{**NOTE, "key": "lunch"}, MENU], "questions.1.shown_if.question"),
        ([LUNCH, {**MENU, "shown_if": {"question": "lunch", "answer": "yes"}}], "questions.1.shown_if.answer"),
        ([TOPICS, {**NOTE, "shown_if": {"question": "topics", "answer": "Word"}}], "questions.1.shown_if.answer"),
        ([TOPICS, {**NOTE, "shown_if": {"question": "topics", "answer": True}}], "questions.1.shown_if.answer"),
    ],
)
def test_questions_that_contradict_each_other_are_refused_by_name(asked: list[dict[str, Any]], field: str) -> None:
    with pytest.raises(Refused) as no:
        asks(event(), *asked)
    assert (no.value.code, no.value.status) == ("malformed", 400)
    assert [error.field for error in no.value.errors] == [field]


def test_setting_questions_tells_who_has_to_answer_now_and_said_twice_tells_nothing() -> None:
    seats = [
        seat("m1", answers={"lunch": False}),
        seat("m2", answers={"lunch": True}),
        seat("m3", "waitlisted", position=1),
        seat("m4", "withdrawn"),
        seat("m5", "attended"),
    ]
    decided = asks(event(), *ALL, seats=seats)
    [fact] = decided.facts
    assert isinstance(fact, QuestionsChanged)
    assert (fact.unanswered, fact.event.asks) == (["m2", "m3"], True)
    again = asks(decided.document, *ALL, seats=seats)
    assert (list(again.facts), again.document, again.answer) == ([], decided.document, decided.answer)
    nothing_more = asks(decided.document, seats=seats)
    assert (nothing_more.facts[0].unanswered, nothing_more.facts[0].event.asks) == ([], False)


def test_a_draft_is_asked_about_without_a_fact_and_others_may_not() -> None:
    decided = asks(event(status="draft"), *ALL)
    assert (list(decided.facts), [q.key for q in decided.answer.questions]) == ([], ["lunch", "menu", "topics", "note"])
    for caller in (SELF, Caller("x", frozenset({"leader:c2"}))):
        with pytest.raises(Refused) as no:
            asks(event(), *ALL, who=caller)
        assert no.value.status == 403


def test_the_questions_of_an_event_that_has_started_or_is_over_stay() -> None:
    for it, code in ((event(), "answers_closed"), (event(status="concluded"), "event_concluded")):
        with pytest.raises(Refused) as no:
            asks(it, LUNCH, now=START)
        assert no.value.code == code


def test_answers_have_to_fit_into_one_write_for_all_seats() -> None:
    texts = [{**NOTE, "key": f"note{n}"} for n in range(20)]
    assert asks(event(capacity=100), *texts).facts
    with pytest.raises(Refused) as no:
        asks(event(capacity=200), *texts)
    assert no.value.code == "answers_too_large"
    assert "10110 characters" in no.value.detail
    full = asks(event(capacity=100), *texts).document
    more = EventDetails(title="RPA", format="online", url_follows=True, capacity=200)
    with pytest.raises(Refused) as no:
        model.revise(
            full,
            EntriesInMemory[Seat](),
            ReviseEvent(event_id="e1", details=more),
            people=EVERYBODY,
            who=LEADER,
            now=BEFORE,
        )
    assert no.value.code == "answers_too_large"


def test_places_online_count_as_seats_that_answers_have_to_fit() -> None:
    texts = [{**NOTE, "key": f"note{n}"} for n in range(20)]
    hybrid = asks(event(format="hybrid", place="x", capacity=100), *texts).document
    cmd = SetTerms(event_id="e1", terms=WantedTerms(online_capacity=100))
    with pytest.raises(Refused) as no:
        model.set_terms(hybrid, EntriesInMemory[Seat](), cmd, people=EVERYBODY, who=LEADER, now=BEFORE)
    assert no.value.code == "answers_too_large"


def test_a_draw_gives_fewer_places_in_one_write_where_answers_may_be_long() -> None:
    texts = questions(*({**NOTE, "key": f"note{n}"} for n in range(20)))
    assert [asking.seats_at_once(form, 2_000) for form in ([], questions(LUNCH), texts)] == [2_000, 2_000, 197]


def test_a_copy_of_an_event_asks_the_same_questions() -> None:
    cmd = DuplicateEvent(event_id="e2", like="e1", starts_at=START, ends_at=START + timedelta(hours=1))
    copied = model.duplicate(None, event(*ALL), cmd, who=LEADER)
    assert copied.document.questions == questions(*ALL)
    assert copied.answer.asks
    again = model.duplicate(copied.document, event(LUNCH), cmd, who=LEADER)
    assert again.document == copied.document


def test_an_event_that_asks_nothing_keeps_and_tells_nothing_of_it() -> None:
    assert "questions" not in event().model_dump()
    assert "asks" not in model.state(event()).model_dump()
    assert "unanswered" not in register(event()).answer.model_dump()
    assert "answers" not in register(event()).entries[0].model_dump()
