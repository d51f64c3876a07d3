"""What the page of a survey shows, and what a form says."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

from ekkyo.contracts.members import Locale
from ekkyo.contracts.surveys import Answers, FormAnswer, FormQuestion
from ekkyo.contracts.surveys import Form as Questions
from ekkyo.words.text import one_line

from ekkyo_portal.look.reader import Reader
from ekkyo_portal.web.forms import Form

LONGEST: Final = 2000
"""Characters of a text."""
THEME: Final = 100
"""Characters of a theme."""


@dataclass(frozen=True)
class Asked:
    """One question: its words, and what one may choose."""

    key: str
    kind: str
    label: str
    required: bool
    options: list[tuple[str, str]]
    fields: int
    """themes: how many may be named."""


@dataclass(frozen=True)
class SurveyView:
    """A survey. state: to answer, answered, closed, or not for this member."""

    survey_id: str
    title: str
    anonymous: bool
    state: Literal["open", "answered", "closed", "not_invited"]
    until: str
    event_id: str | None
    questions: list[Asked]


def survey(reader: Reader, asked: FormAnswer) -> SurveyView:
    """The survey as its page shows it."""
    it = asked.survey
    closed = it.status == "closed" or reader.now >= it.deadline
    state: Literal["open", "answered", "closed", "not_invited"] = "closed" if closed else "open"
    if asked.answered:
        state = "answered"
    elif not asked.invited:
        state = "not_invited"
    return SurveyView(
        survey_id=it.survey_id,
        title=one_line(worded(it.title, reader)),
        anonymous=it.anonymous,
        state=state,
        until=reader.until(it.deadline),
        event_id=it.event_id,
        questions=[_question(q, reader) for q in asked.form.questions],
    )


def _question(it: FormQuestion, reader: Reader) -> Asked:
    options = [(c.key, worded(c.label, reader)) for c in it.choices]
    if it.kind == "scale":
        options = [(str(n), str(n)) for n in range(it.minimum or 0, (it.maximum or 0) + 1)]
    return Asked(it.key, it.kind, worded(it.label, reader), it.required, options, it.maximum or 3)


def worded(texts: Mapping[Locale, str], reader: Reader) -> str:
    """A text in the reader's language, else in the one there is."""
    return texts.get(reader.locale) or next(iter(texts.values()), "")


def answers(questions: Questions, form: Form) -> Answers:
    """What was said, without what was left empty. What cannot be is said beside its question."""
    said: Answers = {}
    for q in questions.questions:
        given = [one.strip() for one in form.all(q.key) if one.strip()]
        if not given:
            if q.required:
                form.wrong(q.key, "missing")
            continue
        if q.kind == "scale":
            if given[0].isdecimal() and len(given[0]) < 4:
                said[q.key] = int(given[0])
            else:
                form.wrong(q.key, "wrong")
        elif q.kind == "themes":
            said[q.key] = given
            if any(len(one) > THEME for one in given):
                form.wrong(q.key, "too_long")
        else:
            said[q.key] = given[0]
            if len(given[0]) > LONGEST:
                form.wrong(q.key, "too_long")
    return said
