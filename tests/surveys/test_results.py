"""What responses say together: property tests, and the examples that explain them."""

import random
from collections.abc import Mapping
from datetime import date

import pytest
from ekkyo.contracts.base import Refused
from ekkyo.contracts.surveys import Form, Results
from ekkyo_surveys import answers, forms, results
from hypothesis import given, settings
from hypothesis import strategies as st

FORM = forms.newest("post_event")
scores = st.integers(0, 10)
theme = st.text(min_size=1, max_size=20)
said = st.fixed_dictionaries(
    {"satisfaction": scores},
    optional={
        "useful": st.sampled_from(["yes", "no"]),
        "themes": st.lists(theme, max_size=3),
        "comment": st.text(min_size=1, max_size=30),
    },
)


def found(said_by_all: list[Mapping[str, answers.Value]], *, anonymous: bool = True) -> Results:
    return results.results(
        FORM,
        said_by_all,
        survey_id="s",
        event_id="e",
        invited=len(said_by_all),
        anonymous=anonymous,
        opened=date(2026, 5, 1),
    )


def texts(
    said_by_all: list[Mapping[str, answers.Value]], *, anonymous: bool, form: Form = FORM
) -> dict[str, list[str]]:
    return results.texts(form, said_by_all, anonymous=anonymous, opened=date(2026, 5, 1))


@pytest.mark.parametrize(
    ("given_scores", "score", "interval"),
    [
        ([10, 9], 100.0, (-24.4, 100.0)),
        ([0, 6], -100.0, (-100.0, 24.4)),
        ([7, 8], 0.0, (-48.0, 48.0)),
        ([10, 10, 7, 6, 8], 20.0, (-38.7, 63.7)),
        ([9, 7, 3], 0.0, (-61.1, 61.1)),
    ],
)
def test_promoters_minus_detractors_and_how_far_that_may_be_off(
    given_scores: list[int], score: float, interval: tuple[float, float]
) -> None:
    told = found([{"satisfaction": one} for one in given_scores], anonymous=False)
    assert (told.nps, (told.nps_low, told.nps_high)) == (score, interval)


@given(st.lists(scores, min_size=5))
def test_nps_lies_in_its_interval_and_only_its_three_groups_count(given_scores: list[int]) -> None:
    told = found([{"satisfaction": one} for one in given_scores], anonymous=False)
    assert told.nps is not None
    assert told.nps_low is not None
    assert told.nps_high is not None
    assert -100 <= told.nps_low <= told.nps + 60
    assert told.nps_low <= told.nps_high <= 100
    grouped = found([{"satisfaction": 10 if s >= 9 else 0 if s <= 6 else 8} for s in given_scores], anonymous=False)
    assert (grouped.nps, grouped.nps_low, grouped.nps_high) == (told.nps, told.nps_low, told.nps_high)
    hidden = found([{"satisfaction": one} for one in given_scores])
    if hidden.nps is not None:
        assert hidden.nps == told.nps
        assert hidden.nps_low is not None
        assert hidden.nps_high is not None
        assert hidden.nps_high - hidden.nps_low >= told.nps_high - told.nps_low or told.nps in (100, -100)


@settings(deadline=None)  # the first example reads the vocabulary
@given(st.lists(said, min_size=5, max_size=30), st.randoms())
def test_the_order_of_responses_changes_nothing(
    everyone: list[Mapping[str, answers.Value]], rng: random.Random
) -> None:
    shuffled = rng.sample(everyone, len(everyone))
    assert found(shuffled) == found(everyone)
    assert texts(shuffled, anonymous=True) == texts(everyone, anonymous=True)


@given(st.lists(said, max_size=30))
def test_every_answer_is_counted_once(everyone: list[Mapping[str, answers.Value]]) -> None:
    told = found(everyone, anonymous=False)
    assert told.answered == len(everyone)
    assert sum(told.distributions["satisfaction"].values()) == len(everyone)
    assert sum(told.distributions["useful"].values()) == sum("useful" in s for s in everyone)
    assert all(t.votes <= len(everyone) for t in told.themes)
    assert [t.votes for t in told.themes] == sorted((t.votes for t in told.themes), reverse=True)


@given(st.lists(said, max_size=4))
def test_fewer_than_five_anonymous_answers_tell_only_how_many(everyone: list[Mapping[str, answers.Value]]) -> None:
    told = found(everyone)
    assert told.suppressed
    assert (told.answered, told.nps, told.distributions, told.themes) == (len(everyone), None, {}, [])


def test_a_distribution_tells_what_nobody_chose_as_zero() -> None:
    told = found([{"satisfaction": 9, "useful": "yes"}] * 5)
    assert told.distributions["satisfaction"] == {str(n): 5 if n == 9 else 0 for n in range(11)}
    assert told.distributions["useful"] == {"yes": 5, "no": 0}


def test_an_optional_question_that_few_answered_is_not_told() -> None:
    told = found([{"satisfaction": 9, "useful": "yes"}] + [{"satisfaction": 10}] * 9)
    assert "useful" not in told.distributions
    [useful] = [one for one in told.questions if one.question == "useful"]
    assert (useful.asked, useful.answered) == (10, None)
    assert [(cell.answers, cell.people) for cell in useful.cells] == [(["yes", "no", ""], 10)]


def test_texts_are_told_from_five_people_on_who_wrote_to_the_same_question() -> None:
    def written(count: int) -> list[Mapping[str, answers.Value]]:
        return [{"satisfaction": 9, "comment": f"c{n}", "themes": ["Excel"]} for n in range(count)] + [
            {"satisfaction": 9}
        ] * 9

    assert texts(written(4), anonymous=True) == {}
    assert found(written(4)).themes == []
    assert texts(written(5), anonymous=True) == {"comment": ["c0", "c1", "c2", "c3", "c4"]}
    assert [(theme.theme, theme.votes) for theme in found(written(5)).themes] == [("Excel", 5)]
    assert texts(written(1), anonymous=False) == {"comment": ["c0"]}


@pytest.mark.parametrize(("few", "told"), [(0, True), (2, False)])
@pytest.mark.parametrize("kind", ["choice", "choices"])
def test_the_number_of_texts_tells_of_no_few_who_answered_otherwise(kind: str, few: int, told: bool) -> None:
    """Six of eight wrote: two gave another answer, which is merged with theirs."""
    choices = [{"key": key, "label": {"ja": key, "en": key}} for key in ("train", "car")]
    label = {"ja": "問", "en": "Asked"}
    travel = {"key": "travel", "kind": kind, "label": label, "required": True, "choices": choices, "other": True}
    why = {"key": "why", "kind": "text", "label": label, "required": True}
    why["shown_if"] = {"question": "travel", "any_of": ["train"]}
    form = Form.model_validate({"template": "f", "version": 1, "title": label, "questions": [travel, why]})

    def people(value: str, number: int, **more: str) -> list[Mapping[str, answers.Value]]:
        return [{"travel": [value] if kind == "choices" else value, **more} for _ in range(number)]

    walked = texts(people("other:on foot", 6) + people("car", few), anonymous=True, form=form)
    assert walked == ({"travel": ["on foot"] * 6} if told else {})
    asked = texts(people("train", 6, why="fast") + people("car", few), anonymous=True, form=form)
    assert asked == ({"why": ["fast"] * 6} if told else {})
    assert texts(people("train", 1, why="fast"), anonymous=False, form=form) == {"why": ["fast"]}


def test_themes_are_counted_by_what_they_mean_and_shown_as_most_people_wrote_them() -> None:
    ranked = results.themes([["Excel", "RPA"], ["EXCEL "], ["Excel"], ["excel"], ["rpa"], ["RPA"], ["生成AI"]])
    assert [(t.theme, t.votes) for t in ranked] == [("Excel", 4), ("RPA", 3), ("生成AI", 1)]


def test_a_person_counts_once_for_a_theme_however_they_write_it() -> None:
    assert [t.votes for t in results.themes([["Excel", "EXCEL", "excel"]])] == [1]


@given(st.lists(st.lists(theme, max_size=3), max_size=20), st.randoms())
def test_the_ranking_does_not_depend_on_who_came_first(named: list[list[str]], rng: random.Random) -> None:
    assert results.themes(rng.sample(named, len(named))) == results.themes(named)
    assert results.themes([rng.sample(n, len(n)) for n in named]) == results.themes(named)


@given(st.lists(said, max_size=10))
def test_what_the_form_takes_it_takes_again_unchanged(everyone: list[dict[str, answers.Value]]) -> None:
    for one in everyone:
        tidy = answers.checked(FORM, one)
        assert answers.checked(FORM, dict(tidy)) == tidy


@pytest.mark.parametrize(
    ("wrong", "field", "expected"),
    [
        ({}, "answers.satisfaction", "Expected a whole number from 0 to 10."),
        ({"satisfaction": 11}, "answers.satisfaction", "Expected a whole number from 0 to 10."),
        ({"satisfaction": -1}, "answers.satisfaction", "Expected a whole number from 0 to 10."),
        ({"satisfaction": "9"}, "answers.satisfaction", "Expected a whole number from 0 to 10."),
        ({"satisfaction": True}, "answers.satisfaction", "Expected a whole number from 0 to 10."),
        ({"satisfaction": 5, "useful": "perhaps"}, "answers.useful", "Expected one of yes, no."),
        ({"satisfaction": 5, "useful": ["yes"]}, "answers.useful", "Expected one of yes, no."),
        ({"satisfaction": 5, "themes": "Excel"}, "answers.themes", "Expected a list of at most 3 themes"),
        ({"satisfaction": 5, "themes": list("abcd")}, "answers.themes", "Expected a list of at most 3 themes"),
        ({"satisfaction": 5, "themes": ["x" * 101]}, "answers.themes", "each of at most 100 characters"),
        ({"satisfaction": 5, "comment": 5}, "answers.comment", "Expected a text of at most 2000 characters."),
        ({"satisfaction": 5, "comment": "x" * 2001}, "answers.comment", "at most 2000 characters"),
        ({"satisfaction": 5, "secret": "mine"}, "answers", "There are questions satisfaction, useful, themes"),
    ],
)
def test_a_wrong_answer_is_told_by_its_question_and_what_was_expected(
    wrong: dict[str, answers.Value], field: str, expected: str
) -> None:
    with pytest.raises(Refused) as refused:
        answers.checked(FORM, wrong)
    assert (refused.value.code, refused.value.status) == ("malformed", 400)
    assert [e.field for e in refused.value.errors] == [field]
    assert expected in refused.value.errors[0].detail
    assert "perhaps" not in str(refused.value.problem)
    assert "mine" not in str(refused.value.problem)


def test_all_wrong_answers_are_told_at_once() -> None:
    with pytest.raises(Refused) as refused:
        answers.checked(FORM, {"satisfaction": 99, "useful": "?", "themes": 3, "comment": []})
    assert [e.field for e in refused.value.errors] == ["answers.satisfaction", "answers.useful", "answers.themes"]


def test_empty_answers_are_left_out() -> None:
    given_answers: dict[str, answers.Value] = {"satisfaction": 0, "useful": "", "themes": [" ", ""], "comment": " \n"}
    assert answers.checked(FORM, given_answers) == {"satisfaction": 0}


def test_every_form_speaks_japanese_and_english() -> None:
    labels = [FORM.title, *(q.label for q in FORM.questions), *(c.label for q in FORM.questions for c in q.choices)]
    assert all(set(label) == {"ja", "en"} and all(label.values()) for label in labels)
    assert [q.key for q in FORM.questions] == ["satisfaction", "useful", "themes", "comment"]
