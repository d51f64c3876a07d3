"""The questions of an event: which may be asked, and which answers they accept."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from ekkyo.contracts.base import FieldError, Refused
from ekkyo.contracts.events import RegistrationQuestion

Value = bool | str | list[str]
LONGEST = 500
"""Characters of a text."""
MOST_KEPT = 2_000_000
"""Characters of all answers of those who have seats: they are saved in one write when the event is concluded."""


def must_be_a_form(questions: Sequence[RegistrationQuestion]) -> None:
    """Refuse questions that contradict each other, naming each of them. Raises Refused `malformed` (400)."""
    errors: list[FieldError] = []
    earlier: dict[str, RegistrationQuestion] = {}
    for n, question in enumerate(questions):
        errors += [FieldError(field=f"questions.{n}.{name}", code=code, detail=detail) for name, code, detail in
                   _contradictions(question, earlier)]  # fmt: skip
        earlier[question.key] = question
    if errors:
        raise Refused("malformed", "Some questions are not what can be asked.", 400, errors)


def _contradictions(
    question: RegistrationQuestion, earlier: Mapping[str, RegistrationQuestion]
) -> Iterator[tuple[str, str, str]]:
    if question.key in earlier:
        yield "key", "not_unique", "Expected a key that no other question of this event has."
    if question.kind in ("choice", "choices"):
        if not len(question.choices) >= 2:
            yield "choices", "too_short", "Expected at least 2 choices."
        if len(set(question.choices)) < len(question.choices):
            yield "choices", "not_unique", "Expected choices that differ from each other."
    elif question.choices:
        yield "choices", "unexpected", "Expected no choices: only choice and choices have them."
    if question.shown_if is None:
        return
    on = earlier.get(question.shown_if.question)
    if on is None or on.kind == "text":
        yield "shown_if.question", "unexpected", "Expected the key of an earlier question that is no text."
    elif on.kind == "yes_no":
        if not isinstance(question.shown_if.answer, bool):
            yield "shown_if.answer", "unexpected", "Expected true or false."
    elif question.shown_if.answer not in on.choices:
        yield "shown_if.answer", "unexpected", f"Expected one of the choices of {on.key}."


def seats_at_once(questions: Sequence[RegistrationQuestion], most: int) -> int:
    """How many seats, of so many, can be saved in one write with whatever their members answered."""
    each = _most_of(questions)
    return max(1, min(most, MOST_KEPT // each)) if each else most


def must_fit(questions: Sequence[RegistrationQuestion], seats: int) -> None:
    """Refuse questions whose answers would be more than can be saved at once for so many seats."""
    each = _most_of(questions)
    if each * seats > MOST_KEPT:
        most = MOST_KEPT // seats
        raise Refused(
            "answers_too_large",
            f"The answers of one member may have {each} characters; at an event of {seats} seats,"
            f" at most {most} fit. Ask for fewer texts, use choices instead of texts, or offer fewer seats.",
        )


def _most_of(questions: Sequence[RegistrationQuestion]) -> int:
    return sum(len(question.key) + _most(question) for question in questions)


def _most(question: RegistrationQuestion) -> int:
    match question.kind:
        case "text":
            return LONGEST
        case "yes_no":
            return 5
        case "choice":
            return max(map(len, question.choices), default=0)
        case "choices":
            return sum(map(len, question.choices))


@dataclass(frozen=True)
class Checked:
    """Answers held against a form: those that are kept, and what is wrong with the others."""

    answers: dict[str, Value]
    missing: Sequence[FieldError] = ()
    """Required questions that are shown and have no answer."""
    wrong: Sequence[FieldError] = ()


def check(questions: Sequence[RegistrationQuestion], given: Mapping[str, Value]) -> Checked:
    """Hold answers against the questions, in their order: what is asked can depend on an earlier answer.

    Answers to questions that are not shown, and empty ones, are left out. No text that was answered is repeated.
    """
    missing: list[FieldError] = []
    wrong: list[FieldError] = []
    answers: dict[str, Value] = {}
    keys = [question.key for question in questions]
    if set(given) - set(keys):
        expected = f"Expected no other keys than {', '.join(keys)}." if keys else "This event asks no questions."
        wrong.append(FieldError(field="answers", code="unknown_question", detail=expected))
    for question in questions:
        if not is_shown(question, answers):
            continue
        value = given.get(question.key, "")
        tidy = _tidy(question, value) if value not in ("", []) else ""
        if tidy is None:
            wrong.append(_error(question, "unexpected"))
        elif tidy not in ("", []):
            answers[question.key] = tidy
        elif question.required:
            missing.append(_error(question, "missing"))
    return Checked(answers, missing, wrong)


def is_shown(question: RegistrationQuestion, answers: Mapping[str, Value]) -> bool:
    """Whether a question is asked, given the answers to the questions before it that are shown."""
    if question.shown_if is None:
        return True
    answer, wanted = answers.get(question.shown_if.question), question.shown_if.answer
    return wanted in answer if isinstance(answer, list) else answer is not None and answer == wanted


def accepted(
    questions: Sequence[RegistrationQuestion], given: Mapping[str, Value], *, complete: bool
) -> dict[str, Value]:
    """The answers that are kept. complete: required questions must be answered.

    Raises Refused `malformed` (400) or `answers_needed` (409), which name each question and what was expected.
    """
    checked = check(questions, given)
    if checked.wrong:
        errors = [*checked.wrong, *(checked.missing if complete else ())]
        raise Refused("malformed", "Some answers are not what the questions ask for.", 400, errors)
    if checked.missing and complete:
        raise Refused(
            "answers_needed",
            "This event asks questions that must be answered to register (registration_form).",
            errors=list(checked.missing),
        )
    return checked.answers


def still_answers(questions: Sequence[RegistrationQuestion], kept: Mapping[str, Value]) -> dict[str, Value]:
    """Of answers that were given to questions as they were then, those that the questions of today accept."""
    keys = {question.key for question in questions}
    return check(questions, {key: value for key, value in kept.items() if key in keys}).answers


def is_unanswered(questions: Sequence[RegistrationQuestion], kept: Mapping[str, Value]) -> bool:
    """Whether a question that is required and shown has no answer, or one that it no longer accepts."""
    given = still_answers(questions, kept)
    return any(question.required and is_shown(question, given) and question.key not in given for question in questions)


def _tidy(question: RegistrationQuestion, value: Value) -> Value | None:
    """The answer as it is kept; None if it is not one to this question."""
    match question.kind:
        case "yes_no":
            return value if isinstance(value, bool) else None
        case "choice":
            return value if isinstance(value, str) and value in question.choices else None
        case "choices":
            fits = isinstance(value, list) and set(value) <= set(question.choices)
            return [choice for choice in question.choices if choice in value] if fits else None  # type: ignore[operator]
        case "text":
            text = _printable(value) if isinstance(value, str) else None
            return text if text is None or len(text) <= LONGEST else None


def _printable(text: str) -> str:
    """Without control characters, but for line breaks (and the wide space, which Python counts among them)."""
    return "".join(c if c.isprintable() or c in "\n\u3000" else " " for c in text.replace("\r\n", "\n")).strip()


def _error(question: RegistrationQuestion, code: str) -> FieldError:
    return FieldError(field=f"answers.{question.key}", code=code, detail=f"Expected {_expected(question)}.")


def _expected(question: RegistrationQuestion) -> str:
    match question.kind:
        case "yes_no":
            return "true or false"
        case "choice":
            return f"one of {', '.join(question.choices)}"
        case "choices":
            return f"a list of one or more of {', '.join(question.choices)}"
        case "text":
            return f"a text of at most {LONGEST} characters"
