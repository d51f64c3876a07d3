"""Figures of a community's events."""

from typing import ClassVar

from pydantic import Field

from ekkyo.contracts.base import (
    Id,
    Instant,
    Model,
    Question,
    may,
)
from ekkyo.contracts.events.event import EventFormat
from ekkyo.contracts.events.terms import nothing


class KindFigures(Model):
    """Figures of the events of one kind: of one format, and about one thing."""

    format: EventFormat
    context: str
    events: int
    registrations: int
    """Members who ever had a place at one of them, waitlisted or confirmed, once per event."""
    came: int
    """Attendances, walk-ins included."""
    no_shows: int
    late_cancellations: int = 0
    """Members who gave a confirmed seat back after the event's `withdraw_by`."""
    walk_ins: int


class Figures(Model):
    """Figures of a community's events."""

    community_id: Id
    events: dict[EventFormat, int]
    """Concluded events by format."""
    attendances: int
    people: int
    """Different members who attended."""
    returners: int
    """Those of them who attended more than one event."""
    registrations: int
    """Members who ever had a place at an event, applied, waitlisted or confirmed, once per event."""
    waitlisted: int
    """Registrations that were ever on a waitlist."""
    promoted: int
    withdrawn: int
    declined: int = Field(default=0, exclude_if=nothing)
    """Registrations that were declined, at events whose leaders approve."""
    no_shows: int
    late_cancellations: int = 0
    """Of those who withdrew, those who gave a confirmed seat back after the event's `withdraw_by`."""
    walk_ins: int
    kinds: list[KindFigures] = []
    """The same by kind of event, the kind with the most events first; at most two hundred."""


class GetFigures(Question[Figures]):
    """Figures of a community's concluded events, optionally only of those that started in a period."""

    subject: ClassVar[str] = "ekkyo.ask.events.figures"
    may: ClassVar = may("leader", "steward", "system", community="community_id")
    community_id: Id
    since: Instant | None = None
    until: Instant | None = None
