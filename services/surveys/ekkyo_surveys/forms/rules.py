"""What makes a form one that can be asked, answered and counted. Pure."""

from collections.abc import Iterator, Mapping, Sequence

from ekkyo.contracts.base import FieldError, Line, Refused
from ekkyo.contracts.members import Locale
from ekkyo.contracts.surveys import OTHER, OTHER_PREFIX, Choice, Form, FormQuestion
from pydantic import TypeAdapter, ValidationError

from ekkyo_surveys import answers, sealing

LINE: TypeAdapter[str] = TypeAdapter(Line)
"""What a question, a heading, a choice says."""
STEPS = 20
"""How far the ends of a scale lie apart at most."""
FEWEST_CHOICES, MOST_CHOICES, MOST_COLUMNS, MOST_ROWS = 2, 30, 10, 20
LARGEST = 65_536
"""Bytes of a form as JSON: it is in the document of each survey that asks it, and in a fact."""
BYTES_PER_CHARACTER = 4
COUNTED = ("scale", "nps", "choice", "choices")
"""Kinds whose answers are counted one by one, so that a question can depend on them."""
CROSSED = ("scale", "nps", "choice")
"""Kinds that can be counted together with another. Who gave several answers would stand in several cells, and sums over
them tell of few."""
TAKES = {
    "minimum": ("scale", "number", "choices", "ranking"),
    "maximum": ("scale", "number", "choices", "ranking", "themes", "text"),
    "choices": ("choice", "choices", "ranking", "matrix"),
    "other": ("choice", "choices"),
    "rows": ("matrix",),
    "decimals": ("number",),
    "low": ("scale", "nps"),
    "high": ("scale", "nps"),
    "random_order": ("choice", "choices", "ranking", "matrix"),
}
"""Which kinds have which fields."""
Wrong = Iterator[tuple[str, str, str]]
"""Field, code, what was expected."""


def must_make_sense(form: Form) -> None:
    """Refuse a form that contradicts itself, naming every field that does. Raises Refused `malformed` (400)."""
    errors = [FieldError(field=field, code=code, detail=detail) for field, code, detail in _wrong(form)]
    if not errors and (most := bytes_of_answers(form)) > sealing.LENGTHS[-1]:
        detail = f"All answers together could have {most} bytes; at most {sealing.LENGTHS[-1]} fit. Limit the texts."
        errors.append(FieldError(field="questions", code="too_large", detail=detail))
    if not errors and len(form.model_dump_json().encode()) > LARGEST:
        detail = f"Expected a form of at most {LARGEST} bytes."
        errors.append(FieldError(field="questions", code="too_large", detail=detail))
    if errors:
        raise Refused("malformed", "This form cannot be asked.", 400, errors)


def bytes_of_answers(form: Form) -> int:
    """How many bytes the longest answers to a form have at most, as they are sealed."""
    return sum(len(question.key) + 4 + _bytes(question) for question in form.questions) + 2


def _bytes(question: FormQuestion) -> int:
    longest = max((len(choice.key) for choice in question.choices), default=0) + 3
    own = len(OTHER_PREFIX) + 3 + BYTES_PER_CHARACTER * answers.THEME_LENGTH if question.other else 0
    match question.kind:
        case "choice":
            return max(longest, own)
        case "choices" | "ranking":
            return 2 + sum(len(choice.key) + 3 for choice in question.choices) + own
        case "matrix":
            return 2 + sum(len(row.key) + 4 + longest for row in question.rows)
        case "themes":
            return 2 + (question.maximum or answers.MOST_THEMES) * (BYTES_PER_CHARACTER * answers.THEME_LENGTH + 3)
        case "text":
            return 2 + BYTES_PER_CHARACTER * (question.maximum or answers.TEXT_LENGTH)
        case _:
            return 20


def _wrong(form: Form) -> Wrong:
    yield from _words("title", form.title)
    sections = [section.key for section in form.sections]
    if len(set(sections)) < len(sections):
        yield "sections", "not_unique", "Expected sections whose keys differ."
    for n, section in enumerate(form.sections):
        yield from _words(f"sections.{n}.title", section.title)
        yield from _words(f"sections.{n}.description", section.description, needed=False)
    earlier: dict[str, FormQuestion] = {}
    at = -1
    for n, question in enumerate(form.questions):
        for field, code, detail in (*_question(question), *_depends(question, earlier)):
            yield f"questions.{n}.{field}", code, detail
        if question.key in earlier:
            yield f"questions.{n}.key", "not_unique", "Expected a key that no other question has."
        earlier[question.key] = question
        if question.section is not None and question.section not in sections:
            yield f"questions.{n}.section", "unexpected", "Expected the key of one of the form's sections."
            continue
        here = -1 if question.section is None else sections.index(question.section)
        if here < at:
            yield f"questions.{n}.section", "unexpected", "Expected questions in the order of their sections."
        at = max(at, here)
    for n, pair in enumerate(form.cross_tables):
        kinds = [earlier[key].kind for key in dict.fromkeys(pair) if key in earlier]
        if len(kinds) < 2 or not set(kinds) <= set(CROSSED):
            yield f"cross_tables.{n}", "unexpected", f"Expected two questions of the kinds {', '.join(CROSSED)}."


def _question(it: FormQuestion) -> Wrong:
    yield from _words("label", it.label)
    for field, kinds in TAKES.items():
        if getattr(it, field) not in (None, [], {}, False, 0) and it.kind not in kinds:
            yield field, "unexpected", f"Only questions of the kinds {', '.join(kinds)} have it."
    yield from _choices("choices", it.choices, MOST_COLUMNS if it.kind == "matrix" else MOST_CHOICES)
    yield from _choices("rows", it.rows, MOST_ROWS)
    if it.kind in TAKES["choices"] and len(it.choices) < FEWEST_CHOICES:
        yield "choices", "too_short", f"Expected at least {FEWEST_CHOICES} choices."
    if it.kind == "matrix" and not it.rows:
        yield "rows", "too_short", "Expected at least one row."
    if any(choice.key == OTHER for choice in it.choices):
        yield "choices", "unexpected", f"Expected another key than {OTHER}: say `other` for an answer of one's own."
    yield from _words("low", it.low, needed=False)
    yield from _words("high", it.high, needed=False)
    yield from _bounds(it)


def _bounds(it: FormQuestion) -> Wrong:
    low, high = it.minimum, it.maximum
    match it.kind:
        case "scale":
            if low is None or high is None or not 0 < high - low <= STEPS or abs(low) > 100:
                yield "maximum", "unexpected", f"Expected a minimum and a maximum at most {STEPS} above it."
        case "number":
            if any(bound is not None and abs(bound) >= answers.MOST for bound in (low, high)):
                yield "maximum", "unexpected", f"Expected numbers below {answers.MOST}."
            if low is not None and high is not None and low >= high:
                yield "maximum", "unexpected", "Expected a maximum above the minimum."
        case "choices" | "ranking":
            there = len(it.choices) + it.other
            if not 0 <= (low or 0) <= (there if high is None else high) <= there or high == 0:
                yield "maximum", "unexpected", f"Expected from 1 to {there}, and no less than the minimum."
        case "themes":
            if high is not None and not 1 <= high <= answers.MOST_THEMES:
                yield "maximum", "unexpected", f"Expected from 1 to {answers.MOST_THEMES} themes."
        case "text":
            if high is not None and not 1 <= high <= answers.TEXT_LENGTH:
                yield "maximum", "unexpected", f"Expected from 1 to {answers.TEXT_LENGTH} characters."


def _depends(it: FormQuestion, earlier: Mapping[str, FormQuestion]) -> Wrong:
    if it.shown_if is None:
        return
    on = earlier.get(it.shown_if.question)
    if on is None or on.kind not in COUNTED:
        yield "shown_if.question", "unexpected", f"Expected an earlier question of the kinds {', '.join(COUNTED)}."
    elif not set(it.shown_if.any_of) <= set(possible(on)):
        yield "shown_if.any_of", "unexpected", f"Expected some of {', '.join(possible(on))}."


def possible(question: FormQuestion) -> list[str]:
    """What an answer to a question of a counted kind can count as."""
    if question.kind in ("scale", "nps"):
        return [str(n) for n in answers.numbers(question)]
    return [choice.key for choice in question.choices] + ([OTHER] if question.other else [])


def _choices(field: str, choices: Sequence[Choice], most: int) -> Wrong:
    if len(choices) > most:
        yield field, "too_long", f"Expected at most {most}."
    if len({choice.key for choice in choices}) < len(choices):
        yield field, "not_unique", "Expected keys that differ."
    for n, choice in enumerate(choices):
        yield from _words(f"{field}.{n}.label", choice.label)


def _words(field: str, texts: Mapping[Locale, str], *, needed: bool = True) -> Wrong:
    if needed and not texts:
        yield field, "missing", "Expected a text in ja, en or both."
    for locale, text in texts.items():
        if not _is_line(text):
            yield f"{field}.{locale}", "unexpected", "Expected one line of 1 to 200 characters."


def _is_line(text: str) -> bool:
    try:
        return LINE.validate_python(text) == text
    except ValidationError:
        return False
