"""Templates: forms that the leaders of a community write and use again. Each change makes a new version."""

import uuid
from typing import ClassVar, Final

from pydantic import ConfigDict, Field

from ekkyo.contracts.base import Command, Fact, Id, Line, Model, Question, may
from ekkyo.contracts.members import Locale
from ekkyo.contracts.surveys.form import Form, FormQuestion, Key, Section

TEMPLATES_OF_COMMUNITIES: Final = uuid.UUID("0c6f5d0e-4a0b-5b7c-9a51-8f3f3f0f7d42")
"""The namespace of the ids under which the templates of a community are kept."""


def templates_of(community_id: str) -> str:
    """The id under which the templates of a community are kept: the UUIDv5 of the community's id."""
    return str(uuid.uuid5(TEMPLATES_OF_COMMUNITIES, community_id))


class TemplateState(Model):
    """A template as answers and facts carry it."""

    template: Key
    community_id: Id | None = None
    """None: it is built in, and every community has it."""
    version: int
    """Of its questions, from 1. A survey keeps the version that it opened with."""
    title: dict[Locale, str]
    questions: int
    """How many it has."""
    use_after_events: bool = False
    """Whether the survey that opens after an event of this community asks these questions."""
    retired: bool = False
    """Whether no new survey can be opened with it."""


class TemplateQuestion(FormQuestion):
    """A question as it is saved. Unknown fields are refused, so that a typo shows."""

    model_config = ConfigDict(frozen=True, extra="forbid")


# Commands


class SaveTemplate(Command[TemplateState]):
    """Save the questions of a template. If they differ from those of its newest version, they become a new version.

    Surveys that are open keep the version that they opened with. Of a community's templates, one at most is used after
    events; without one, the built-in `post_event` is. The key of a built-in template cannot be used. All answers to a
    form together have at most 16,000 bytes, so that texts may have to be limited (`maximum`).
    """

    subject: ClassVar[str] = "ekkyo.cmd.surveys.save_template"
    may: ClassVar = may("leader", "steward", "system", community="community_id")
    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "community_id": "0192f0c1-7a00-7000-8000-000000000001",
                "template": "spring",
                "title": {"en": "Spring survey"},
                "sections": [{"key": "events", "title": {"en": "Our events"}}],
                "questions": [
                    {"key": "score", "kind": "nps", "label": {"en": "Would you recommend us?"}, "required": True},
                    {
                        "key": "why",
                        "kind": "text",
                        "label": {"en": "What is missing?"},
                        "maximum": 500,
                        "shown_if": {"question": "score", "any_of": ["0", "1", "2", "3", "4", "5", "6"]},
                    },
                    {
                        "key": "format",
                        "kind": "choice",
                        "label": {"en": "Which format suits you best?"},
                        "choices": [
                            {"key": "lunch", "label": {"en": "Lunch"}},
                            {"key": "online", "label": {"en": "Online"}},
                        ],
                        "other": True,
                        "section": "events",
                    },
                ],
                "cross_tables": [["score", "format"]],
                "based_on": 0,
            }
        }
    )
    community_id: Id
    template: Key
    title: dict[Locale, Line]
    questions: list[TemplateQuestion] = Field(min_length=1, max_length=50)
    sections: list[Section] = Field(default=[], max_length=20)
    random_order: bool = False
    cross_tables: list[tuple[Key, Key]] = Field(default=[], max_length=5)
    use_after_events: bool = False
    retired: bool = False
    based_on: int | None = Field(default=None, ge=0)
    """The version that this one was written from, 0 for none. If there is a newer one, it is refused
    (`template_changed`), so that nobody overwrites what somebody else wrote meanwhile."""


# Questions


class TemplateList(Model):
    """Templates: the built-in ones first, then the community's, by key."""

    templates: list[TemplateState]


class ListTemplates(Question[TemplateList]):
    """The templates that a survey of this community can be opened with, and those that are retired.

    `preview` gives the questions of each.
    """

    subject: ClassVar[str] = "ekkyo.ask.surveys.templates"
    may: ClassVar = may("leader", "steward", "system", community="community_id")
    community_id: Id


# Facts


class TemplateSaved(Fact):
    """A template has a new version, or is used otherwise. The fact is about the templates of the community."""

    subject: ClassVar[str] = "ekkyo.fact.surveys.template_saved"
    about: ClassVar[str] = "templates_id"
    templates_id: Id
    community_id: Id
    template: TemplateState
    form: Form
    """Its questions."""
