"""What suits people is counted from what results tell, and from nothing else."""

from datetime import date
from typing import Any

from ekkyo.contracts.surveys import SUITING, Results
from ekkyo_surveys import forms, model, results

FORM = forms.newest("next_events")


def found(said: list[dict[str, Any]], *, anonymous: bool = True) -> Results:
    known: dict[str, Any] = {"survey_id": "s", "event_id": None, "invited": len(said), "opened": date(2026, 5, 1)}
    return results.results(FORM, said, anonymous=anonymous, **known)


def test_the_built_in_form_asks_what_is_counted() -> None:
    asked = {one.key: {choice.key for choice in one.choices} for one in FORM.questions if one.choices}
    assert asked.keys() == SUITING.keys()
    for key, choices in asked.items():
        assert choices <= set(SUITING[key])  # type: ignore[index]


def test_choices_are_added_up_over_surveys_most_chosen_first() -> None:
    first = [{"format": ["online"], "weekday": ["wed", "thu"]}] * 6 + [{"format": ["onsite"], "weekday": ["mon"]}] * 5
    second = [{"format": ["onsite"], "time": ["lunch"]}] * 3
    told = model.suits("c1", [found(first), found(second, anonymous=False), None])
    assert (told.surveys, told.answered) == (2, 14)
    assert [(one.answer, one.people) for one in told.format] == [("onsite", 8), ("online", 6)]
    assert [(one.answer, one.people) for one in told.weekday] == [("thu", 6), ("wed", 6), ("mon", 5)]
    assert [(one.answer, one.people) for one in told.time] == [("lunch", 3)]


def test_what_fewer_than_five_chose_in_an_anonymous_survey_is_not_counted() -> None:
    said = [{"weekday": ["wed"]}] * 7 + [{"weekday": ["fri"]}] * 2
    assert [(one.answer, one.people) for one in model.suits("c1", [found(said)]).weekday] == []
    few = model.suits("c1", [found([{"weekday": ["wed"]}] * 3)])
    assert (few.surveys, few.answered, few.weekday) == (0, 0, [])


def test_other_questions_by_these_names_are_left_out() -> None:
    of = found([{"themes": ["Excel"]}] * 8)
    assert model.suits("c1", [of]).format == []
