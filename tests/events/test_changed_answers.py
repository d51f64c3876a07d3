"""Answers that are changed, questions that change, who is told of answers; and whatever is asked and answered."""

from typing import Any

import pytest
from ekkyo.contracts.base import Caller, Refused
from ekkyo.contracts.events import (
    GetAnswers,
    RegistrationQuestion,
)
from ekkyo.decision import EntriesInMemory
from ekkyo_events import model
from ekkyo_events.model import asking
from hypothesis import given
from hypothesis import strategies as st

from tests.events.asking import ALL, LEADER, LUNCH, MENU, NOTE, SELF, START, TOPICS, answer, asks, event, seat
from tests.events.people import gone


def test_a_member_changes_their_answers_until_the_event_starts() -> None:
    it, held = event(*ALL, confirmed=1), seat(answers={"lunch": True, "menu": "Fish"})
    decided = answer(it, held, lunch=False)
    assert (decided.entries[0].answers, list(decided.facts)) == ({"lunch": False}, [])
    assert not answer(it, decided.entries[0], lunch=False).entries
    refusals = [
        (lambda: answer(it, held), "answers_needed"),
        (lambda: answer(it, held, now=START, lunch=False), "answers_closed"),
        (lambda: answer(it, seat(status="attended"), lunch=False), "answers_closed"),
        (lambda: answer(it, seat(status="withdrawn"), lunch=False), "registration_not_found"),
        (lambda: answer(it, seat("m2"), lunch=False), "registration_not_found"),
        (lambda: answer(it, held, who=Caller("m2"), lunch=False), "not_allowed"),
        (lambda: answer(it, held, people=gone("m1"), lunch=False), "member_inactive"),
        (lambda: answer(event(*ALL, status="cancelled"), held, lunch=False), "event_cancelled"),
        (lambda: answer(event(*ALL, status="draft"), held, lunch=False), "event_not_found"),
    ]
    for refused, code in refusals:
        with pytest.raises(Refused) as no:
            refused()
        assert no.value.code == code
    assert answer(it, held, who=LEADER).answer.unanswered


def test_questions_that_changed_keep_what_is_still_an_answer_and_ask_the_rest_again() -> None:
    held = seat(answers={"lunch": True, "menu": "Fish", "topics": ["RPA", "Excel"], "note": "none"})
    fewer = [LUNCH, {**MENU, "choices": ["Meat", "Curry"]}, {**TOPICS, "text": "Which topics?"}]
    changed = asks(event(*ALL), *fewer, seats=[held])
    assert changed.facts[0].unanswered == ["m1"]
    [told] = model.told_answers(changed.document, GetAnswers(event_id="e1"), [held], LEADER).entries
    assert (told.answers, told.unanswered) == ({"lunch": True, "topics": ["RPA", "Excel"]}, True)
    back = asks(changed.document, *ALL, seats=[held])
    assert back.facts[0].unanswered == []
    [told] = model.told_answers(back.document, GetAnswers(event_id="e1"), [held], LEADER).entries
    assert told.answers == held.answers
    given = answer(changed.document, held, lunch=True, menu="Curry").entries[0]
    assert given.answers == {"lunch": True, "menu": "Curry"}


def test_answers_are_told_to_leaders_and_to_who_gave_them_alone() -> None:
    one = GetAnswers(event_id="e1", member_id="m1")
    assert model.may_see_answers(event(), one, SELF)
    assert model.may_see_answers(event(), one, LEADER)
    assert model.may_see_answers(event(), GetAnswers(event_id="e1"), Caller("s", frozenset({"steward"})))
    for ask, who in (
        (one, Caller("m2")),
        (GetAnswers(event_id="e1"), SELF),
        (one, Caller("x", frozenset({"leader:c2"}))),
    ):
        with pytest.raises(Refused) as no:
            model.may_see_answers(event(), ask, who)
        assert no.value.status == 403


def test_what_an_erased_member_answered_is_dropped_also_where_the_event_is_over() -> None:
    for status, held in (("concluded", "attended"), ("concluded", "no_show"), ("cancelled", "confirmed")):
        seats = EntriesInMemory.of([seat(status=held, answers={"note": "mine"}), seat("m2", answers={"note": "other"})])
        decided = model.forget_answers(event(NOTE, status=status), seats, "m1")
        assert [(s.key, s.status, s.answers) for s in decided.entries] == [("m1", held, {})]
        assert not model.forget_answers(event(), EntriesInMemory.of(decided.entries), "m1").entries


@st.composite
def forms(draw: st.DrawFn) -> list[RegistrationQuestion]:
    made: list[RegistrationQuestion] = []
    for n in range(draw(st.integers(1, 6))):
        kind = draw(st.sampled_from(["text", "choice", "choices", "yes_no"]))
        choices = ["A", "B", "C"][: draw(st.integers(2, 3))] if kind in ("choice", "choices") else []
        on = draw(st.sampled_from([None, *(q for q in made if q.kind != "text")]))
        wanted = draw(st.booleans() if on and on.kind == "yes_no" else st.sampled_from(on.choices)) if on else None
        made.append(
            RegistrationQuestion.model_validate(
                {
                    "key": f"q{n}", "kind": kind, "text": f"Question {n}", "choices": choices,
                    "required": draw(st.booleans()), "shown_if": {"question": on.key, "answer": wanted} if on else None,
                }
            )
        )  # fmt: skip
    return made


values = st.one_of(
    st.booleans(), st.sampled_from(["", "A", "B", "Z", "x" * 501]), st.lists(st.sampled_from("ABZ"), max_size=3)
)
given_answers = st.dictionaries(st.sampled_from([f"q{n}" for n in range(6)]), values)


@given(forms(), given_answers)
def test_what_is_kept_is_exactly_what_is_asked(form: list[RegistrationQuestion], given: dict[str, Any]) -> None:
    asking.must_be_a_form(form)
    checked = asking.check(form, given)
    shown = [question for question in form if asking.is_shown(question, checked.answers)]
    keys = {question.key for question in shown}
    assert set(checked.answers) <= keys
    for question in form:  # shown only where what it depends on is shown and answered so
        if question.shown_if and question.key in keys:
            assert question.shown_if.question in keys
    required = {f"answers.{question.key}" for question in shown if question.required}
    wrong = {error.field for error in checked.wrong}
    answered = {f"answers.{key}" for key in checked.answers}
    assert {error.field for error in checked.missing} == required - answered - wrong
    assert not answered & wrong


@given(forms(), given_answers)
def test_what_was_kept_is_kept_again_and_is_answered_where_it_was_accepted(
    form: list[RegistrationQuestion], given: dict[str, Any]
) -> None:
    checked = asking.check(form, given)
    if checked.wrong or checked.missing:
        with pytest.raises(Refused) as no:
            asking.accepted(form, given, complete=True)
        assert no.value.errors
        assert "x" * 501 not in str(no.value.errors)
        return
    kept = asking.accepted(form, given, complete=True)
    assert asking.accepted(form, kept, complete=True) == kept
    assert asking.still_answers(form, kept) == kept
    assert not asking.is_unanswered(form, kept)


@given(forms(), forms(), given_answers)
def test_other_questions_never_make_an_answer_that_they_do_not_accept(
    before: list[RegistrationQuestion], after: list[RegistrationQuestion], given: dict[str, Any]
) -> None:
    kept = asking.check(before, given).answers
    told = asking.still_answers(after, kept)
    assert told.items() <= {**kept, **told}.items()
    assert not asking.check(after, told).wrong
    assert asking.is_unanswered(after, kept) == bool(asking.check(after, told).missing)
