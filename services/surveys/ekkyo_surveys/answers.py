"""Answers held against the form they belong to. Pure."""

from ekkyo.contracts.base import FieldError, Refused
from ekkyo.contracts.surveys import Answers, Form, FormQuestion

THEME_LENGTH = 100
TEXT_LENGTH = 2000

Value = int | str | list[str]


def one_line(text: str) -> str:
    """Text trimmed, with every run of white space or control characters as one space."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def checked(form: Form, given: Answers) -> dict[str, Value]:
    """The answers, tidied, without the ones left empty.

    Raises Refused `malformed` (400) that names every question answered wrongly and what was expected. It never
    repeats what was said.
    """
    errors: list[FieldError] = []
    taken: dict[str, Value] = {}
    questions = {q.key: q for q in form.questions}
    if set(given) - set(questions):
        expected = f"There are questions {', '.join(questions)}; no others."
        errors.append(FieldError(field="answers", code="unknown_question", detail=expected))
    for question in form.questions:
        value = given.get(question.key)
        if value is None or value in ("", []):
            if question.required:
                errors.append(_error(question, "missing"))
            continue
        tidy = _tidy(question, value)
        if tidy is None:
            errors.append(_error(question, "unexpected"))
        elif tidy not in ("", []):
            taken[question.key] = tidy
        elif question.required:
            errors.append(_error(question, "missing"))
    if errors:
        raise Refused("malformed", "Some answers are not what the form asks for.", 400, errors)
    return taken


def _tidy(question: FormQuestion, value: Value) -> Value | None:
    """The answer as it is kept; None if it is not one to this question."""
    if question.kind == "scale":
        low, high = question.minimum or 0, question.maximum or 0
        fits = isinstance(value, int) and not isinstance(value, bool) and low <= value <= high
        return value if fits else None
    if question.kind == "choice":
        return value if value in [c.key for c in question.choices] else None
    if question.kind == "themes":
        if not isinstance(value, list) or len(value) > (question.maximum or len(value)):
            return None
        themes = [one_line(theme) for theme in value]
        return [t for t in themes if t] if all(len(t) <= THEME_LENGTH for t in themes) else None
    text = value.strip() if isinstance(value, str) else None
    return text if text is None or len(text) <= TEXT_LENGTH else None


def _error(question: FormQuestion, code: str) -> FieldError:
    return FieldError(field=f"answers.{question.key}", code=code, detail=f"Expected {_expected(question)}.")


def _expected(question: FormQuestion) -> str:
    if question.kind == "scale":
        return f"a whole number from {question.minimum} to {question.maximum}"
    if question.kind == "choice":
        return f"one of {', '.join(c.key for c in question.choices)}"
    if question.kind == "themes":
        return f"a list of at most {question.maximum} themes, each of at most {THEME_LENGTH} characters"
    return f"a text of at most {TEXT_LENGTH} characters"
