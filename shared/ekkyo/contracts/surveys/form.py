"""The questions of a survey, and the answers that they accept."""

import re
from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Final, Literal

from pydantic import AfterValidator, ConfigDict, Field, StrictInt

from ekkyo.contracts.base import Id, Model, Question, may
from ekkyo.contracts.members import Locale

QuestionKind = Literal["scale", "choice", "themes", "text", "nps", "choices", "ranking", "matrix", "number", "date"]
"""scale: a whole number from `minimum` to `maximum`. nps: a whole number from 0 to 10, how likely one would recommend.
choice: one of `choices`. choices: several of them. ranking: some or all of them, the most preferred first. matrix: for
each of `rows`, one of `choices`. number: a number, with at most `decimals` digits after the point. date: a day. themes:
up to `maximum` themes in the member's own words. text: free text."""
Key = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
_KEY = re.compile(r"[a-z][a-z0-9_]{0,39}")


def _key(value: str) -> str:
    if not _KEY.fullmatch(value):
        raise ValueError("must be a key of small letters, digits and _, such as post_event")
    return value


TemplateKey = Annotated[str, AfterValidator(_key)]
"""The key of a template. The first schema that was published named the only one there was, and no pattern."""
OTHER: Final = "other"
"""What an answer of one's own counts as where a question has `other`; no choice may have this key there."""
OTHER_PREFIX: Final = f"{OTHER}:"
"""An answer of one's own is this and a line of text, which may be empty: `other:By train`."""

Answers = dict[
    Annotated[str, Field(max_length=40)],
    StrictInt | Annotated[float, Field(strict=True, allow_inf_nan=False)] | str | list[str] | dict[str, str],
]
"""The answers by question, in the shape that its kind has.

scale, nps, number: a number. choice: the key of a choice. choices, ranking: a list of such keys. matrix: by the key of
a row, the key of a choice. date: `2026-12-24`. themes: a list of lines. text: a text. Where a question has `other`,
`other:` and a line of text take the place of a choice's key.

The form limits the length of a text, and names the question when it refuses one.
"""


class Choice(Model):
    """One answer to choose, or one row of a matrix."""

    key: Key
    label: dict[Locale, str]


class Condition(Model):
    """What another question must be answered with, so that a question is asked."""

    question: Key
    """An earlier question of the kind scale, nps, choice or choices."""
    any_of: list[Annotated[str, Field(max_length=40)]] = Field(min_length=1, max_length=50)
    """Keys of its choices, `other` for an answer of one's own, or numbers as text (`"9"`); one of them suffices."""


class Section(Model):
    """A part of a form, with a heading of its own. A long form is answered section by section."""

    key: Key
    title: dict[Locale, str]
    description: dict[Locale, str] = {}


_EXAMPLE: Final[dict[str, Any]] = {
    "key": "useful",
    "kind": "choice",
    "label": {"en": "Is it useful in your work?", "ja": "仕事に役立ちますか"},
    "choices": [
        {"key": "yes", "label": {"en": "Yes", "ja": "はい"}},
        {"key": "no", "label": {"en": "No", "ja": "いいえ"}},
    ],
}


class FormQuestion(Model):
    """One question of a form."""

    model_config = ConfigDict(frozen=True, extra="ignore", json_schema_extra={"example": _EXAMPLE})
    key: Key
    kind: QuestionKind
    label: dict[Locale, str]
    required: bool = False
    """Whether it must be answered where it is asked; of a matrix, each row."""
    minimum: int | None = None
    """scale, number: the lowest number; choices, ranking: how many must be named, if any are."""
    maximum: int | None = None
    """scale, number: the highest number; themes, choices, ranking: how many may be named; text: how many characters
    it may have (2,000 if nothing is said)."""
    choices: list[Choice] = []
    """choice, choices, ranking: what there is to choose; matrix: the columns."""
    other: bool = False
    """choice, choices: whether one may give an answer of one's own."""
    rows: list[Choice] = []
    """matrix: its rows."""
    decimals: int = Field(default=0, ge=0, le=2)
    """number: how many digits after the point it may have."""
    low: dict[Locale, str] = {}
    """scale, nps: what the lowest number means."""
    high: dict[Locale, str] = {}
    """scale, nps: what the highest number means."""
    shown_if: Condition | None = None
    """None: it is always asked. A question is asked only if the question that it depends on is asked too."""
    section: Key | None = None
    """The section it is in. Questions without one come first."""
    random_order: bool = False
    """choice, choices, ranking, matrix: whether each member sees the choices (of a matrix, the rows) in an order of
    their own. `other` is always last."""


class Form(Model):
    """The questions of a survey, in their order."""

    model_config = ConfigDict(
        frozen=True,
        extra="ignore",
        json_schema_extra={
            "example": {
                "template": "post_event",
                "version": 1,
                "title": {"en": "After the event", "ja": "イベントのアンケート"},
                "questions": [_EXAMPLE],
            }
        },
    )
    template: str
    version: int
    title: dict[Locale, str]
    questions: list[FormQuestion]
    sections: list[Section] = []
    random_order: bool = False
    """Whether each member sees the questions of a section in an order of their own. A question that depends on another
    stays after it."""
    cross_tables: list[tuple[Key, Key]] = []
    """Pairs of questions (scale, nps, choice) that are counted together when the survey closes. A pair with a question
    of the kind choices, which an older template may name, is not counted."""


class PreviewForm(Question[Form]):
    """The questions that a new survey of this template would ask: a built-in one, or one of the community named."""

    subject: ClassVar[str] = "ekkyo.ask.surveys.preview"
    may: ClassVar = may("leader", "steward", "system")
    template: TemplateKey = "post_event"
    community_id: Id | None = None
    """Whose template it is; a built-in one needs none."""
    version: int | None = Field(default=None, ge=1)
    """None: the newest."""


def counted_as(answer: object) -> str:
    """What an answer to a scale or a choice counts as: its number or key as text; `other` for one's own."""
    text = str(answer)
    return OTHER if text.startswith(OTHER_PREFIX) else text


def is_asked(question: FormQuestion, said: Mapping[str, object]) -> bool:
    """Whether a question is asked, given the answers to the questions before it that are asked."""
    if question.shown_if is None:
        return True
    answer = said.get(question.shown_if.question)
    given = answer if isinstance(answer, list) else [answer]
    return any(one is not None and counted_as(one) in question.shown_if.any_of for one in given)
