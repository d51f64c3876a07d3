"""Lists of events."""

from typing import ClassVar

from pydantic import Field

from ekkyo.contracts.base import Id, Instant, Line, Model, Question, may
from ekkyo.contracts.events.event import EventFormat, EventState, EventStatus, nothing
from ekkyo.contracts.events.registration import Registration


class EventPage(Model):
    """Events in the requested order; `next` continues where this page ends."""

    events: list[EventState]
    next: str | None = None
    registrations: list[Registration] = Field(default=[], exclude_if=nothing)
    """The caller's own places at these events: those that they have or had, not those they gave back."""


class ListEvents(Question[EventPage]):
    """Events of a community, by start time. Only leaders see drafts. All filters must match."""

    subject: ClassVar[str] = "ekkyo.ask.events.list"
    may: ClassVar = may("member")
    community_id: Id | None = None
    community_ids: list[Id] | None = Field(default=None, max_length=200)
    """Any of these communities; an empty list finds no event."""
    format: EventFormat | None = None
    context: Line | None = None
    """The theme, exactly as the event has it."""
    status: list[EventStatus] | None = None
    starts_from: Instant | None = None
    starts_until: Instant | None = None
    newest_first: bool = False
    """Latest start first, as for past events."""
    after: str | None = None
    limit: int = Field(default=100, ge=1, le=500)
