"""Answers held against the form they belong to. Pure."""

import unicodedata
from collections.abc import Collection, Mapping
from datetime import date

from ekkyo.contracts.base import FieldError, Refused
from ekkyo.contracts.surveys import OTHER, OTHER_PREFIX, Answers, Form, FormQuestion, is_asked
from ekkyo.contracts.surveys import counted_as as counted_as

THEME_LENGTH = 100
"""Characters of a theme, and of an answer of one's own to a choice."""
TEXT_LENGTH = 2000
"""Characters of a text, where the question sets no limit of its own."""
MOST_THEMES = 10
"""How many themes may be named, where the question sets no limit of its own."""
NPS = range(11)
MOST = 10**12
"""Numbers are smaller than this."""
YEARS = range(1900, 2200)
"""The years that a date may lie in."""

Value = int | float | str | list[str] | dict[str, str]
Said = Mapping[str, Value]
"""What one person said, by question."""


def one_line(text: str) -> str:
    """Text trimmed, with every run of white space or control characters as one space."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def checked(form: Form, given: Answers) -> dict[str, Value]:
    """The answers, tidied, without those left empty and those to questions that are not asked after these answers.

    Raises Refused `malformed` (400) that names every question answered wrongly and what was expected. It never
    repeats what was said.
    """
    errors: list[FieldError] = []
    taken: dict[str, Value] = {}
    keys = [question.key for question in form.questions]
    if set(given) - set(keys):
        expected = f"There are questions {', '.join(keys)}; no others."
        errors.append(FieldError(field="answers", code="unknown_question", detail=expected))
    for question in form.questions:
        if not is_asked(question, taken):
            continue
        value = given.get(question.key)
        tidy: Value | None = "" if _is_empty(value) else _tidy(question, value)
        if tidy is None:
            errors.append(_error(question, "unexpected"))
        elif question.required and (_is_empty(tidy) or _lacks_rows(question, tidy)):
            errors.append(_error(question, "missing"))
        elif not _is_empty(tidy):
            taken[question.key] = tidy
    if errors:
        raise Refused("malformed", "Some answers are not what the form asks for.", 400, errors)
    return taken


def kept(form: Form, given: Answers) -> dict[str, Value]:
    """What of unfinished answers can be kept: those that the form accepts, and those still missing left out."""
    taken: dict[str, Value] = {}
    for question in form.questions:
        value = given.get(question.key)
        tidy = None if _is_empty(value) else _tidy(question, value)
        if tidy is not None and not _is_empty(tidy):
            taken[question.key] = tidy
    return taken


def numbers(question: FormQuestion) -> range:
    """The numbers that a question of the kind scale or nps accepts."""
    return NPS if question.kind == "nps" else range(question.minimum or 0, (question.maximum or 0) + 1)


def _is_empty(value: object) -> bool:
    return value is None or value in ("", [], {})


def _lacks_rows(question: FormQuestion, value: Value) -> bool:
    """Whether rows of a matrix have no answer."""
    return question.kind == "matrix" and isinstance(value, dict) and len(value) < len(question.rows)


def _tidy(question: FormQuestion, value: object) -> Value | None:
    """The answer as it is kept; None if it is not one to this question."""
    match question.kind:
        case "scale" | "nps":
            fits = isinstance(value, int) and not isinstance(value, bool) and value in numbers(question)
            return value if fits else None  # type: ignore[return-value]
        case "choice":
            return _chosen(question, value)
        case "choices" | "ranking":
            return _several(question, value)
        case "matrix":
            return _matrix(question, value)
        case "number":
            return _number(question, value)
        case "date":
            return _date(value)
        case "themes":
            return _themes(question, value)
        case "text":
            text = _printable(value) if isinstance(value, str) else None
            return text if text is None or len(text) <= (question.maximum or TEXT_LENGTH) else None


def _chosen(question: FormQuestion, value: object) -> str | None:
    """The key of a choice, or what one answers oneself."""
    if not isinstance(value, str):
        return None
    if question.other and (value == OTHER or value.startswith(OTHER_PREFIX)):
        text = one_line(value.removeprefix(OTHER).removeprefix(":"))
        return OTHER_PREFIX + text if len(text) <= THEME_LENGTH else None
    return value if value in _keys(question.choices) else None


def _several(question: FormQuestion, value: object) -> list[str] | None:
    """Keys that differ; of choices in the order of the form, of a ranking as they were given."""
    if not isinstance(value, list):
        return None
    chosen = [_chosen(question, one) for one in value]
    counted = [counted_as(one) for one in chosen]
    if None in chosen or len(set(counted)) < len(counted):
        return None
    if not (question.minimum or 0) <= len(chosen) <= (question.maximum or len(chosen)):
        return None
    found = [one for one in chosen if one is not None]
    if question.kind == "choices":
        order = [*_keys(question.choices), OTHER]
        found.sort(key=lambda one: order.index(counted_as(one)))
    return found


def _matrix(question: FormQuestion, value: object) -> dict[str, str] | None:
    if not isinstance(value, dict):
        return None
    rows, columns = _keys(question.rows), _keys(question.choices)
    given = {row: column for row, column in value.items() if column != ""}
    if not set(given) <= set(rows) or not all(column in columns for column in given.values()):
        return None
    return {row: given[row] for row in rows if row in given}


def _number(question: FormQuestion, value: object) -> int | float | None:
    if not isinstance(value, int | float) or isinstance(value, bool) or abs(value) >= MOST:
        return None
    if round(value, question.decimals) != value:
        return None
    low, high = question.minimum, question.maximum
    if (low is not None and value < low) or (high is not None and value > high):
        return None
    return int(value) if value == int(value) else value


def _date(value: object) -> str | None:
    """A day as RFC 3339 writes it."""
    try:
        day = date.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
    return value if day and day.isoformat() == value and day.year in YEARS and isinstance(value, str) else None


def _themes(question: FormQuestion, value: object) -> list[str] | None:
    if not isinstance(value, list) or len(value) > (question.maximum or MOST_THEMES):
        return None
    themes = [one_line(theme) for theme in value]
    return [theme for theme in themes if theme] if all(len(theme) <= THEME_LENGTH for theme in themes) else None


def _keys(choices: Collection[object]) -> list[str]:
    return [str(getattr(choice, "key", "")) for choice in choices]


def _printable(text: str) -> str:
    """Without control characters, but for line breaks."""
    lines = text.replace("\r\n", "\n")
    return "".join(c if c == "\n" or unicodedata.category(c) != "Cc" else " " for c in lines).strip()


def _error(question: FormQuestion, code: str) -> FieldError:
    return FieldError(field=f"answers.{question.key}", code=code, detail=f"Expected {_expected(question)}.")


def _expected(question: FormQuestion) -> str:
    keys = ", ".join(_keys(question.choices))
    own = f", or {OTHER_PREFIX} and at most {THEME_LENGTH} characters" if question.other else ""
    match question.kind:
        case "scale" | "nps":
            return f"a whole number from {numbers(question)[0]} to {numbers(question)[-1]}"
        case "choice":
            return f"one of {keys}{own}"
        case "choices":
            return f"a list of {_how_many(question)}different ones of {keys}{own}"
        case "ranking":
            return f"a list of {_how_many(question)}different ones of {keys}, the most preferred first"
        case "matrix":
            each = "each of" if question.required else "any of"
            return f"for {each} {', '.join(_keys(question.rows))} one of {keys}"
        case "number":
            return f"a {'whole ' if not question.decimals else ''}number{_between(question)}{_digits(question)}"
        case "date":
            return f"a day such as 2026-12-24, of the years {YEARS[0]} to {YEARS[-1]}"
        case "themes":
            most = question.maximum or MOST_THEMES
            return f"a list of at most {most} themes, each of at most {THEME_LENGTH} characters"
        case "text":
            return f"a text of at most {question.maximum or TEXT_LENGTH} characters"


def _how_many(question: FormQuestion) -> str:
    low = f"at least {question.minimum} " if question.minimum else ""
    high = f"at most {question.maximum} " if question.maximum else ""
    return f"{low}{'and ' if low and high else ''}{high}"


def _digits(question: FormQuestion) -> str:
    digits = "digit" if question.decimals == 1 else "digits"
    return f" with at most {question.decimals} {digits} after the point" if question.decimals else ""


def _between(question: FormQuestion) -> str:
    low = f" from {question.minimum}" if question.minimum is not None else ""
    return low + (f" up to {question.maximum}" if question.maximum is not None else "")
