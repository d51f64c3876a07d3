"""The questions of a survey, and the answers that they accept."""

from typing import Annotated, ClassVar, Literal

from pydantic import Field, StrictInt

from ekkyo.contracts.base import Model, Question, may
from ekkyo.contracts.members import Locale

QuestionKind = Literal["scale", "choice", "themes", "text"]
Key = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
Answers = dict[Annotated[str, Field(max_length=40)], StrictInt | str | list[str]]
"""The answers, by question: a number (scale), a choice's key, themes in the member's own words, or free text.

The form limits the length of a text, and names the question when it refuses one.
"""


class Choice(Model):
    """One answer to choose."""

    key: Key
    label: dict[Locale, str]


class FormQuestion(Model):
    """One question of a form."""

    key: Key
    kind: QuestionKind
    label: dict[Locale, str]
    required: bool = False
    minimum: int | None = None
    """scale: the lowest number."""
    maximum: int | None = None
    """scale: the highest number; themes: how many may be named."""
    choices: list[Choice] = []


class Form(Model):
    """The questions of a survey, in their order."""

    template: str
    version: int
    title: dict[Locale, str]
    questions: list[FormQuestion]


class PreviewForm(Question[Form]):
    """The questions that a new survey of this template would ask."""

    subject: ClassVar[str] = "ekkyo.ask.surveys.preview"
    may: ClassVar = may("leader", "steward", "system")
    template: Literal["post_event"] = "post_event"
