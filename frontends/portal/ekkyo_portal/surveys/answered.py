"""What was typed into the form of a survey, as answers, and answers as what is typed. Pure."""

import re
import unicodedata
from collections.abc import Iterator
from datetime import date
from typing import Final

from ekkyo.contracts.surveys import OTHER, OTHER_PREFIX, Answers, FormQuestion, counted_as, is_asked
from ekkyo.contracts.surveys import Form as Questions

from ekkyo_portal.web.forms import Form

LONGEST: Final = 2000
"""Characters of a text, where the question sets no limit."""
THEME: Final = 100
"""Characters of a theme, and of an answer of one's own."""
Said = int | float | str | list[str] | dict[str, str]
_NUMBER = re.compile(r"[+-]?\d{1,12}(\.\d{1,6})?")


def names(question: FormQuestion) -> list[str]:
    """The names of a question's fields. No key has a hyphen, so that no two questions share one."""
    match question.kind:
        case "ranking":
            return [f"{question.key}-{n + 1}" for n in range(len(question.choices))]
        case "matrix":
            return [f"{question.key}-{row.key}" for row in question.rows]
        case _:
            return [question.key, f"{question.key}-{OTHER}"] if question.other else [question.key]


def read(questions: Questions, form: Form) -> Answers:
    """What was said, without what was left empty and what is not asked. What cannot be is said beside its question."""
    said: Answers = {}
    for question in questions.questions:
        if not is_asked(question, said):
            continue
        value = _said(question, form)
        if value not in (None, "", [], {}):
            said[question.key] = value
        elif question.required:
            form.wrong(question.key, "missing")
    return said


def typed(questions: Questions, said: Answers) -> Form:
    """The form with these answers in it."""
    values: dict[str, list[str]] = {}
    for question in questions.questions:
        if question.key in said:
            values |= dict(_typed(question, said[question.key]))
    return Form(values)


def _said(question: FormQuestion, form: Form) -> Said | None:
    match question.kind:
        case "scale" | "nps":
            return _whole(question.key, form)
        case "choice":
            return next(iter(_chosen(question, form)), None)
        case "choices":
            return _several(question, form, _chosen(question, form))
        case "ranking":
            return _several(question, form, [form[name] for name in names(question) if form[name]])
        case "matrix":
            return _rows(question, form)
        case "number":
            return _number(question, form)
        case "date":
            return _date(question.key, form)
        case "themes":
            return _themes(question.key, form)
        case "text":
            text = form[question.key]
            if len(text) > (question.maximum or LONGEST):
                form.wrong(question.key, "too_long")
            return text


def _whole(key: str, form: Form) -> int | None:
    if not form[key]:
        return None
    if re.fullmatch(r"-?[0-9]{1,4}", form[key]):
        return int(form[key])
    form.wrong(key, "wrong")
    return None


def _chosen(question: FormQuestion, form: Form) -> list[str]:
    """What was chosen; what one wrote oneself counts as chosen."""
    own = form[f"{question.key}-{OTHER}"] if question.other else ""
    if len(own) > THEME:
        form.wrong(question.key, "own_too_long")
    chosen = [one for one in form.all(question.key) if one and one != OTHER]
    if question.kind == "choice" and form[question.key] and form[question.key] != OTHER:
        return chosen
    return [*chosen, OTHER_PREFIX + own] if own or (question.other and OTHER in form.all(question.key)) else chosen


def _several(question: FormQuestion, form: Form, chosen: list[str]) -> list[str]:
    if len(set(chosen)) < len(chosen):
        form.wrong(question.key, "twice")
    elif chosen and not (question.minimum or 0) <= len(chosen) <= (question.maximum or len(chosen)):
        form.wrong(question.key, "how_many")
    return chosen


def _rows(question: FormQuestion, form: Form) -> dict[str, str]:
    given = {row.key: form[f"{question.key}-{row.key}"] for row in question.rows}
    found = {row: column for row, column in given.items() if column}
    if question.required and found and len(found) < len(question.rows):
        form.wrong(question.key, "every_row")
    return found


def _number(question: FormQuestion, form: Form) -> int | float | None:
    text = unicodedata.normalize("NFKC", form[question.key]).replace(",", "").replace("\N{MINUS SIGN}", "-")
    if not text:
        return None
    if not _NUMBER.fullmatch(text):
        form.wrong(question.key, "no_number")
        return None
    number = float(text) if "." in text else int(text)
    low, high = question.minimum, question.maximum
    if (low is not None and number < low) or (high is not None and number > high):
        form.wrong(question.key, "out_of_range")
    elif round(number, question.decimals) != number:
        form.wrong(question.key, "digits_wrong")
    return number


def _date(key: str, form: Form) -> str | None:
    if not form[key]:
        return None
    try:
        return date.fromisoformat(form[key]).isoformat()
    except ValueError:
        form.wrong(key, "no_date")
        return None


def _themes(key: str, form: Form) -> list[str]:
    themes = [one.strip() for one in form.all(key) if one.strip()]
    if any(len(one) > THEME for one in themes):
        form.wrong(key, "too_long")
    return themes


def _typed(question: FormQuestion, value: Said) -> Iterator[tuple[str, list[str]]]:
    if isinstance(value, dict):
        yield from ((f"{question.key}-{row}", [column]) for row, column in value.items())
    elif question.kind == "ranking" and isinstance(value, list):
        yield from ((f"{question.key}-{n}", [one]) for n, one in enumerate(value, 1))
    elif question.other:
        given = value if isinstance(value, list) else [str(value)]
        yield question.key, [counted_as(one) for one in given]
        yield from (
            (f"{question.key}-{OTHER}", [one.removeprefix(OTHER_PREFIX)])
            for one in given
            if one.startswith(OTHER_PREFIX)
        )
    else:
        yield question.key, value if isinstance(value, list) else [str(value)]
