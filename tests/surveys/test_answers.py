"""Answers to every kind of question: what is taken, how it is kept, and what a refusal says."""

from collections.abc import Sequence
from datetime import date
from typing import Any

import pytest
from ekkyo.contracts.base import Refused
from ekkyo.contracts.surveys import AnswerSurvey, Form, FormQuestion, Results
from ekkyo_surveys import answers, results
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError


def choices(*keys: str) -> list[dict[str, Any]]:
    return [{"key": key, "label": {"en": key}} for key in keys]


def question(kind: str, key: str = "q", **more: Any) -> FormQuestion:
    return FormQuestion.model_validate({"key": key, "kind": kind, "label": {"en": key}, **more})


def form(*questions: FormQuestion) -> Form:
    return Form(template="t", version=1, title={"en": "T"}, questions=list(questions))


def told(asked: Form, everyone: Sequence[answers.Said], *, anonymous: bool = False) -> Results:
    """What these people say together."""
    number = len(everyone)
    return results.results(
        asked,
        everyone,
        survey_id="s",
        event_id=None,
        invited=number,
        anonymous=anonymous,
        opened=date(2026, 12, 1),
    )


TRAVEL = choices("train", "car", "bicycle")
KINDS = {
    "scale": question("scale", minimum=-2, maximum=2),
    "nps": question("nps"),
    "choice": question("choice", choices=TRAVEL, other=True),
    "choices": question("choices", choices=TRAVEL, other=True, minimum=2, maximum=3),
    "ranking": question("ranking", choices=TRAVEL, minimum=2),
    "matrix": question("matrix", choices=choices("good", "bad"), rows=choices("room", "food")),
    "number": question("number", minimum=0, maximum=100, decimals=1),
    "date": question("date"),
    "themes": question("themes", maximum=2),
    "text": question("text", maximum=20),
}
TAKEN = [
    ("scale", -2, -2),
    ("nps", 10, 10),
    ("choice", "car", "car"),
    ("choice", "other: by  ship\n", "other:by ship"),
    ("choice", "other", "other:"),
    ("choices", ["other:x", "car", "train"], ["train", "car", "other:x"]),
    ("ranking", ["car", "train"], ["car", "train"]),
    ("matrix", {"food": "bad"}, {"food": "bad"}),
    ("matrix", {"food": "bad", "room": ""}, {"food": "bad"}),
    ("number", 0, 0),
    ("number", 12.5, 12.5),
    ("number", 12.0, 12),
    ("date", "2026-12-24", "2026-12-24"),
    ("themes", [" Excel  VBA ", " "], ["Excel VBA"]),
    ("text", " two\r\nlines\x07 👩‍💻 ", "two\nlines  👩‍💻"),
]
REFUSED = [
    ("scale", 3, "a whole number from -2 to 2"),
    ("nps", -1, "a whole number from 0 to 10"),
    ("nps", 9.0, "a whole number from 0 to 10"),
    ("nps", "9", "a whole number from 0 to 10"),
    ("nps", True, "a whole number from 0 to 10"),
    ("choice", "ship", "one of train, car, bicycle, or other: and at most 100 characters"),
    ("choice", "other:" + "x" * 101, "at most 100 characters"),
    ("choice", ["car"], "one of train, car, bicycle"),
    ("choices", ["car"], "at least 2 and at most 3 different ones of train, car, bicycle, or other:"),
    ("choices", ["car", "car"], "different ones"),
    ("choices", ["other:a", "other:b"], "different ones"),
    ("choices", ["train", "car", "bicycle", "other:a"], "at most 3"),
    ("choices", "car", "a list of"),
    ("ranking", ["train"], "at least 2 different ones of train, car, bicycle, the most preferred first"),
    ("ranking", ["car", "other:x"], "the most preferred first"),
    ("matrix", {"light": "good"}, "for any of room, food one of good, bad"),
    ("matrix", {"room": "nice"}, "one of good, bad"),
    ("matrix", ["good"], "one of good, bad"),
    ("number", -0.1, "a number from 0 up to 100 with at most 1 digit after the point"),
    ("number", 0.25, "at most 1 digit"),
    ("number", 10.0**15, "up to 100"),
    ("number", "5", "a number"),
    ("date", "2026-02-30", "a day such as 2026-12-24"),
    ("date", "20261224", "a day such as 2026-12-24"),
    ("date", "0001-01-01", "of the years 1900 to 2199"),
    ("themes", ["a", "b", "c"], "a list of at most 2 themes"),
    ("text", "x" * 21, "a text of at most 20 characters"),
]


@pytest.mark.parametrize(("kind", "said", "kept"), TAKEN)
def test_an_answer_is_kept_in_the_shape_of_its_kind(kind: str, said: Any, kept: Any) -> None:
    taken = answers.checked(form(KINDS[kind]), {"q": said})
    assert taken == {"q": kept}
    assert type(taken["q"]) is type(kept)
    assert answers.checked(form(KINDS[kind]), dict(taken)) == taken


@pytest.mark.parametrize(("kind", "said", "expected"), REFUSED)
def test_an_answer_that_is_none_is_refused_with_what_was_expected(kind: str, said: Any, expected: str) -> None:
    with pytest.raises(Refused) as refused:
        answers.checked(form(KINDS[kind]), {"q": said})
    [error] = refused.value.errors
    assert (refused.value.code, error.field, error.code) == ("malformed", "answers.q", "unexpected")
    assert expected in error.detail


@pytest.mark.parametrize("kind", KINDS)
def test_a_question_is_left_out_unless_it_is_required(kind: str) -> None:
    for empty in ({}, {"q": ""}, {"q": []}, {"q": {}}):
        assert answers.checked(form(KINDS[kind]), empty) == {}
        with pytest.raises(Refused) as refused:
            answers.checked(form(KINDS[kind].model_copy(update={"required": True})), empty)
        assert [(e.field, e.code) for e in refused.value.errors] == [("answers.q", "missing")]


def test_a_matrix_that_is_required_asks_for_every_row() -> None:
    required = KINDS["matrix"].model_copy(update={"required": True})
    with pytest.raises(Refused, match="not what the form asks") as refused:
        answers.checked(form(required), {"q": {"room": "good"}})
    assert "for each of room, food" in refused.value.errors[0].detail
    assert answers.checked(form(required), {"q": {"room": "good", "food": "bad"}})


def shown_if(key: str, *any_of: str) -> dict[str, Any]:
    return {"shown_if": {"question": key, "any_of": list(any_of)}}


def test_a_question_is_asked_only_after_the_answers_it_depends_on() -> None:
    asked = form(
        question("nps", "score", required=True),
        question("text", "why", required=True, **shown_if("score", "0", "1")),
        question("choices", "travel", choices=TRAVEL, other=True),
        question("number", "minutes", required=True, **shown_if("travel", "car", "other")),
        question("choice", "late", choices=TRAVEL, **shown_if("minutes", "5")),
    )
    left_out = {"score": 7, "why": "ignored", "minutes": 4, "late": "car"}
    assert answers.checked(asked, left_out) == {"score": 7}
    assert answers.checked(asked, {"score": 1, "why": "dull"}) == {"score": 1, "why": "dull"}
    for travel in ("car", "other:ship"):
        with pytest.raises(Refused) as refused:
            answers.checked(asked, {"score": 0, "travel": [travel]})
        assert [e.field for e in refused.value.errors] == ["answers.why", "answers.minutes"]


def test_what_depends_on_a_question_that_is_not_asked_is_not_asked() -> None:
    asked = form(
        question("choice", "a", choices=TRAVEL),
        question("choice", "b", choices=TRAVEL, **shown_if("a", "car")),
        question("text", "c", required=True, **shown_if("b", "car")),
    )
    assert answers.checked(asked, {"a": "train", "b": "car"}) == {"a": "train"}


def test_of_unfinished_answers_what_fits_is_kept_and_nothing_is_missing() -> None:
    asked = form(question("nps", "score", required=True), question("text", "why", required=True, maximum=5))
    assert answers.kept(asked, {"why": "too long to fit", "score": 3, "unknown": "x"}) == {"score": 3}


values = st.one_of(
    st.integers(-3, 12),
    st.floats(-3, 12),
    st.sampled_from(["", "car", "train", "other", "other:x", "2026-12-24", "x" * 30]),
    st.lists(st.sampled_from(["car", "train", "other:y", "Excel"]), max_size=4),
    st.dictionaries(st.sampled_from(["room", "food", "light"]), st.sampled_from(["good", "bad", ""]), max_size=3),
)


@settings(max_examples=60)
@given(st.dictionaries(st.sampled_from([*KINDS]), values))
def test_whatever_is_said_is_taken_once_and_for_all_or_refused(said: dict[str, Any]) -> None:
    asked = form(*(q.model_copy(update={"key": key}) for key, q in KINDS.items()))
    cmd = AnswerSurvey(survey_id="s", member_id="m", answers=said)
    kept = answers.kept(asked, cmd.answers)
    wrong = set()
    try:
        assert answers.checked(asked, cmd.answers) == kept
    except Refused as no:
        wrong = {e.field.removeprefix("answers.") for e in no.errors}
    assert set(kept).isdisjoint(wrong)
    assert wrong | set(kept) <= set(said)
    assert answers.checked(asked, dict(kept)) == kept
    assert sum(told(asked, [kept]).distributions["nps"].values()) == ("nps" in kept)


@pytest.mark.parametrize("said", [float("nan"), float("inf"), None, True, [1], {"a": 1}, [["a"]]])
def test_the_command_takes_no_other_shapes(said: object) -> None:
    with pytest.raises(ValidationError):
        AnswerSurvey.model_validate({"survey_id": "s", "member_id": "m", "answers": {"q": said}})


def test_distributions_count_each_choice_own_answers_and_every_row() -> None:
    asked = form(*(q.model_copy(update={"key": key}) for key, q in KINDS.items()))
    everyone = [
        {"choices": ["car", "other:x"], "choice": "other:a", "matrix": {"room": "good", "food": "bad"}, "nps": 9},
        {"choices": ["car", "train"], "choice": "car", "matrix": {"room": "good"}, "date": "2026-12-24", "number": 1.5},
    ]
    found = told(asked, everyone)
    told_of = found.distributions
    assert told_of["choices"] == {"train": 1, "car": 2, "bicycle": 0, "other": 1}
    assert told_of["choice"] == {"train": 0, "car": 1, "bicycle": 0, "other": 1}
    assert (told_of["matrix.room"], told_of["matrix.food"]) == ({"good": 2, "bad": 0}, {"good": 0, "bad": 1})
    assert sum(told_of["nps"].values()) == 1
    assert set(told_of) == set(KINDS) - {"themes", "text", "matrix"} | {"matrix.room", "matrix.food"}
    assert found.nps == 100.0
