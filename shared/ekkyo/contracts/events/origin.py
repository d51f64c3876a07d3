"""What asked for an event: the theme that it was drafted from."""

from pydantic import ConfigDict, Field

from ekkyo.contracts.base import Instant, Model
from ekkyo.contracts.fields import Word


class FromTheme(Model):
    """The theme that an event was drafted from, and how many asked for it by then. It tells of nobody who they are."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {"theme": "Excel", "votes": 12, "followers": 3, "asked_since": "2026-04-01T00:00:00Z"}
        }
    )
    theme: Word
    votes: int = Field(default=0, ge=0)
    """How many asked for it in surveys."""
    followers: int = Field(default=0, ge=0)
    """How many had asked to be told when there is an event on it (`members.follow_theme`)."""
    asked_since: Instant | None = None
    """The surveys counted opened at this time or later. None: all of them are."""


class WantedFromTheme(FromTheme):
    """The same as leaders give it."""

    model_config = ConfigDict(extra="forbid")
