"""Facts about series: one for each change, published when it is true of every event."""

from typing import ClassVar, Literal

from pydantic import Field

from ekkyo.contracts.base import Fact, Id, Instant, Line, Model
from ekkyo.contracts.events.event import EventStatus
from ekkyo.contracts.events.registration import RegistrationStatus
from ekkyo.contracts.events.series import SeriesState
from ekkyo.contracts.events.terms import nothing


class Occurrence(Model):
    """One event of a series, as facts of the series carry it."""

    event_id: Id
    recurrence_id: Instant
    """When it was first planned to start. It identifies the event within its series, even after the event was moved."""
    starts_at: Instant
    ends_at: Instant
    status: EventStatus = "published"
    revision: int = 0
    """The event's revision."""


class SeatAtOccurrence(Occurrence):
    """One event of a series, and a member's place at it."""

    seat: RegistrationStatus
    position: int | None = None
    """Place on the waitlist, from 1."""


class SeriesFact(Fact):
    """What all facts about a series carry. They are published when they are true of every event.

    The facts about the events themselves name this change as their `series_change`.
    """

    about: ClassVar[str] = "series_id"
    series_id: Id
    series: SeriesState
    change_id: Id


class SeriesPlanned(SeriesFact):
    """A series was announced: its events are published, and open for registration."""

    subject: ClassVar[str] = "ekkyo.fact.events.series_planned"
    occurrences: list[Occurrence]
    """The events that it concerns, by when they start."""


class SeriesExtended(SeriesFact):
    """Events were added to an endless series."""

    subject: ClassVar[str] = "ekkyo.fact.events.series_extended"
    occurrences: list[Occurrence]
    """The events that it concerns, by when they start."""


class Concerned(Model):
    """A member with places at events that changed: their numbers in `occurrences`, from 0."""

    member_id: Id
    confirmed: list[int] = []
    waitlisted: list[int] = []
    applied: list[int] = Field(default=[], exclude_if=nothing)


class SeriesChanged(SeriesFact):
    """What facts about a change carry: whom it concerns."""

    occurrences: list[Occurrence]
    """The events that it concerns, by when they start."""
    people: list[Concerned] = []


class SeriesRevised(SeriesChanged):
    """The details of events of a series changed."""

    subject: ClassVar[str] = "ekkyo.fact.events.series_revised"
    changed: list[Line] = []
    """The fields that changed."""


class SeriesRescheduled(SeriesChanged):
    """Events of a series moved to another time of day."""

    subject: ClassVar[str] = "ekkyo.fact.events.series_rescheduled"


class SeriesRuleChanged(SeriesChanged):
    """A series has another rule: events of it moved, were cancelled (`status`), or were made."""

    subject: ClassVar[str] = "ekkyo.fact.events.series_rule_changed"
    made: list[int] = []
    """The numbers, in `occurrences` from 0, of those that are new."""


class SeriesCancelled(SeriesChanged):
    """Events of a series were cancelled: all that were to come, or those from one on."""

    subject: ClassVar[str] = "ekkyo.fact.events.series_cancelled"
    reason: str = ""


class SeriesRegistered(SeriesFact):
    """A member has a place at each event of a series that is to come: a seat, or a place on the waitlist."""

    subject: ClassVar[str] = "ekkyo.fact.events.series_registered"
    member_id: Id
    registration_id: Id
    because: Literal["asked", "extended"]
    """asked: by the member or a leader. extended: the series has more events."""
    occurrences: list[SeatAtOccurrence]


class SeriesWithdrawn(SeriesFact):
    """A member gave up the places in the events of a series that are to come."""

    subject: ClassVar[str] = "ekkyo.fact.events.series_withdrawn"
    member_id: Id
    registration_id: Id
    occurrences: list[Occurrence]
    """The events that it concerns, by when they start."""
    late: list[int] = Field(default=[], exclude_if=nothing)
    """Late cancellations: their numbers in `occurrences`, from 0."""
