"""What an event and the places at it consist of, beside their own fields."""

from datetime import datetime
from typing import Any

from pydantic import BaseModel, ConfigDict


class Sent(BaseModel):
    """An invitation that was sent, and what it did: sent again, it does nothing more."""

    model_config = ConfigDict(frozen=True, extra="ignore")
    id: str
    invited: int
    already: int
    passed_over: int


class Seating(BaseModel):
    """How an event's tables were made. Who sits where is in its seats."""

    model_config = ConfigDict(frozen=True, extra="ignore")
    id: str
    """The request that made them."""
    size: int
    seed: int
    tables: int


class Guess(BaseModel):
    """A wrong word that somebody tried to check in with, and when."""

    model_config = ConfigDict(frozen=True)
    word: str
    at: datetime


class Moved(BaseModel):
    """That a place moved to another record of the same person. was, kept: what both had before, for undoing it."""

    model_config = ConfigDict(frozen=True, extra="ignore")
    merge_id: str
    to: str
    theirs: bool
    """Whether the place that stayed was this record's; else the other one had a better one."""
    registration_id: str | None = None
    was: dict[str, Any]
    kept: dict[str, Any] | None = None
