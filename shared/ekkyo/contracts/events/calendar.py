"""A member's calendar: the events that their calendar programs show."""

from typing import ClassVar

from pydantic import Field

from ekkyo.contracts.base import Id, Instant, Model, Question, may
from ekkyo.contracts.events.event import Attend, EventState, unset
from ekkyo.contracts.events.registration import RegistrationStatus


class CalendarEntry(Model):
    """An event, and the member's place at it. `event.url` only where they have a seat."""

    event: EventState
    status: RegistrationStatus | None = None
    """None: they have no place, and had none."""
    attend: Attend | None = Field(default=None, exclude_if=unset)
    """How they take part, at a hybrid event that has a capacity for each way."""


class CalendarPage(Model):
    """Entries by start time; `next` continues where this page ends."""

    entries: list[CalendarEntry]
    next: str | None = None


class GetCalendar(Question[CalendarPage]):
    """Events for a member's calendar: those where they have, had or gave up a place, or all of one community.

    Drafts are never among them.
    """

    subject: ClassVar[str] = "ekkyo.ask.events.calendar"
    may: ClassVar = may("self", "steward", "system")
    member_id: Id
    community_id: Id | None = None
    """All events of this community; None: those where the member has a place."""
    starts_from: Instant
    after: str | None = None
    limit: int = Field(default=250, ge=1, le=500)
