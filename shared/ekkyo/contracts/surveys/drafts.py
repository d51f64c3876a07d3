"""Drafts: answers that are not finished, of surveys that are not anonymous."""

from typing import ClassVar, Literal

from pydantic import ConfigDict, Field

from ekkyo.contracts.base import Command, Id, Model, may
from ekkyo.contracts.surveys.form import Answers


class DraftSaved(Model):
    """Says that unfinished answers were saved, never what they were."""

    survey_id: Id
    member_id: Id
    saved: Literal[True] = True


class SaveDraft(Command[DraftSaved]):
    """Save unfinished answers to a survey that is not anonymous, to go on later. They replace those saved before.

    Only the member sees a draft. It counts for nothing, and is gone once they answer or the survey closes. Answers
    that the form does not accept are left out; if nothing is left, there is no draft any more, and what was sent before
    is shown again. Of an anonymous survey no draft is taken (`no_drafts`): whoever has the database could read it
    beside the member's id.
    """

    subject: ClassVar[str] = "ekkyo.cmd.surveys.save_draft"
    may: ClassVar = may("self")
    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "survey_id": "0c83f360-d058-53b3-9ceb-1c751ad6b17b",
                "member_id": "0192f0c1-7a00-7000-8000-0000000000a1",
                "answers": {"satisfaction": 9},
            }
        }
    )
    survey_id: Id
    member_id: Id
    answers: Answers = Field(repr=False)
