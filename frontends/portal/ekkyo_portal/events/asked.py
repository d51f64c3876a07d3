"""The questions of an event in its pages: as fields of a form, what was typed into them, and answers in words. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from ekkyo.contracts.base import Refused
from ekkyo.contracts.events import AnswersPage, RegistrationAnswers, RegistrationQuestion
from ekkyo.words.text import one_line, several_lines

from ekkyo_portal.look.reader import Reader
from ekkyo_portal.web.forms import Form

FIELD: Final = "q-"
"""What the names of the fields begin with, before the key of the question."""
WRONG: Final = ("malformed", "answers_needed")
"""Refusals that stand beside the questions."""


@dataclass(frozen=True)
class Asked:
    """A question as a field of a form."""

    name: str
    kind: str
    text: str
    required: bool
    choices: Sequence[tuple[str, str]]
    """Values and what they are called."""
    note: str
    """After which answer to which question it is asked; empty: always."""
    depends: tuple[str, str] | None
    """The field that it depends on, and the value that makes it appear."""


@dataclass(frozen=True)
class Answered:
    """What the visitor answered, or is to answer."""

    questions: Sequence[Asked]
    said: Sequence[tuple[str, str]]
    """Questions, and the answers to them."""
    missing: bool
    """Whether a required question still has no answer."""
    may_change: bool


def asked(reader: Reader, questions: Sequence[RegistrationQuestion]) -> list[Asked]:
    """The questions as fields."""
    by_key = {question.key: question for question in questions}
    return [
        Asked(
            name=FIELD + question.key,
            kind=question.kind,
            text=one_line(question.text),
            required=question.required,
            choices=_choices(reader, question),
            note=condition(reader, question, by_key),
            depends=(FIELD + on.question, _value(on.answer)) if (on := question.shown_if) else None,
        )
        for question in questions
    ]


def condition(reader: Reader, question: RegistrationQuestion, by_key: Mapping[str, RegistrationQuestion]) -> str:
    """After which answer a question is asked, in words; empty: always."""
    on = question.shown_if
    if on is None or on.question not in by_key:
        return ""
    text = one_line(by_key[on.question].text)
    said: str = reader.words.asking.only_if.format(question=text, answer=in_words(reader, on.answer))
    return said


def in_words(reader: Reader, answer: bool | str | list[str]) -> str:
    """An answer as people read it."""
    if isinstance(answer, bool):
        found: str = reader.words.asking.yes if answer else reader.words.asking.no
        return found
    if isinstance(answer, list):
        return ("、" if reader.locale == "ja" else ", ").join(one_line(one) for one in answer)
    return several_lines(answer)


def filled(questions: Sequence[RegistrationQuestion], answers: RegistrationAnswers) -> Form:
    """A form with what was answered before."""
    form = Form()
    for question in questions:
        if question.key in answers:
            answer = answers[question.key]
            form.values[FIELD + question.key] = answer if isinstance(answer, list) else [_value(answer)]
    return form


def typed(questions: Sequence[RegistrationQuestion], form: Form) -> RegistrationAnswers:
    """The answers in a form, without what was left empty."""
    said: RegistrationAnswers = {}
    for question in questions:
        given = [one for one in form.all(FIELD + question.key) if one.strip()]
        if not given:
            continue
        if question.kind == "choices":
            said[question.key] = given[:20]
        elif question.kind == "yes_no" and given[0] in ("yes", "no"):
            said[question.key] = given[0] == "yes"
        else:
            said[question.key] = given[0]
    return said


def beside(questions: Sequence[RegistrationQuestion], form: Form, why: Refused) -> None:
    """Put what was wrong beside its question. Raises it again where it is about none."""
    kinds = {question.key: question.kind for question in questions}
    if why.code not in WRONG:
        raise why
    for error in why.errors:
        key = error.field.removeprefix("answers.")
        if key in kinds:
            too_long = kinds[key] == "text" and error.code == "unexpected"
            form.wrong(FIELD + key, "too_long" if too_long else "missing" if error.code == "missing" else "wrong")
    if not form.errors:
        raise why


def answered(reader: Reader, told: AnswersPage) -> Answered | None:
    """What the visitor answered at an event that asks something. told: their own answers."""
    if not told.questions:
        return None
    own = told.entries[0] if told.entries else None
    answers = own.answers if own else {}
    return Answered(
        questions=asked(reader, told.questions),
        said=[(one_line(q.text), in_words(reader, answers[q.key])) for q in told.questions if q.key in answers],
        missing=own is not None and own.unanswered,
        may_change=own is not None
        and own.status in ("confirmed", "waitlisted", "applied")
        and told.event.status == "published"
        and reader.now < told.event.starts_at,
    )


def _choices(reader: Reader, question: RegistrationQuestion) -> list[tuple[str, str]]:
    if question.kind == "yes_no":
        return [("yes", reader.words.asking.yes), ("no", reader.words.asking.no)]
    return [(choice, one_line(choice)) for choice in question.choices]


def _value(answer: bool | str) -> str:
    if isinstance(answer, bool):
        return "yes" if answer else "no"
    return answer
