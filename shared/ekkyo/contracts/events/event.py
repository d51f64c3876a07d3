"""Events: from draft to conclusion."""

from typing import ClassVar, Literal

from pydantic import ConfigDict, Field

from ekkyo.contracts.base import Command, Fact, Id, Instant, Line, Model, Question, Text, Url, Zone, may
from ekkyo.contracts.events.lottery import Draw
from ekkyo.contracts.events.origin import FromTheme, WantedFromTheme
from ekkyo.contracts.events.terms import Terms
from ekkyo.contracts.events.terms import nothing as nothing
from ekkyo.contracts.events.terms import unset as unset

EventFormat = Literal["online", "onsite", "hybrid"]
Attend = Literal["onsite", "online"]
"""How a member takes part in a hybrid event."""
EventStatus = Literal["draft", "published", "cancelled", "concluded"]


def false(value: object) -> bool:
    """Whether this field says no: then it is left out."""
    return value is False


class EventDetails(Model):
    """The details of an event, as its leaders write them."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    title: Line
    description: Text = ""
    format: EventFormat
    context: Line = "IT"
    """What it is about: IT, English, reading circle, lunch, …"""
    place: Line | None = None
    """Where to come, for onsite and hybrid events."""
    url: Url | None = None
    """Where to join, for online and hybrid events. Only members with a seat receive it."""
    url_follows: bool = False
    """Publish an online or hybrid event without `url`, because the address is not known yet: add it later."""
    capacity: int = Field(ge=1, le=20_000)
    speakers: list[Id] = Field(default=[], max_length=50)
    members_only: bool = False
    """Whether only members of the community can have a seat."""


class EventState(Model):
    """An event as facts and answers carry it."""

    event_id: Id
    community_id: Id
    title: str
    description: str = ""
    format: EventFormat
    context: str
    place: str | None = None
    url: str | None = None
    url_follows: bool = False
    """The address to join is not known yet."""
    capacity: int
    speakers: list[Id] = []
    members_only: bool = False
    starts_at: Instant
    ends_at: Instant
    timezone: Zone
    status: EventStatus
    sequence: int = 0
    """How often it was moved, changed or cancelled after it was published."""
    confirmed: int = 0
    waitlisted: int = 0
    applied: int = Field(default=0, exclude_if=nothing)
    """Members who asked for a place, where others decide who gets one. They hold no seat."""
    attended: int = 0
    revision: int = 0
    series_id: Id | None = Field(default=None, exclude_if=unset)
    """The series that it belongs to."""
    recurrence_id: Instant | None = Field(default=None, exclude_if=unset)
    """When it was first planned to start. It identifies the event within its series, even after the event was moved."""
    online_taken: int | None = Field(default=None, exclude_if=unset)
    """Of the seats of `confirmed` and `attended`, those online. None: none, or online is not counted apart."""
    table_count: int | None = Field(default=None, exclude_if=unset)
    """How many tables its guests sit at. None: it has no tables."""
    terms: Terms | None = Field(default=None, exclude_if=unset)
    """The terms of its registration. None: everybody who may come can register from the publication to the start."""
    asks: bool = Field(default=False, exclude_if=false)
    """Whether members answer questions when they register (`registration_form`)."""
    draw: Draw | None = Field(default=None, exclude_if=unset)
    """The draw of its lottery, from the publication on."""
    kept: int | None = Field(default=None, exclude_if=unset)
    """How many of the free seats are kept by its quotas now. None: it has none, or they were released."""
    hosts: list[Id] = Field(default=[], exclude_if=nothing)
    """Members who run it on the day, although they do not lead its community."""
    from_theme: FromTheme | None = Field(default=None, exclude_if=unset)
    """The theme that it was drafted from. None: it was drafted from none."""


class DraftEvent(Command[EventState]):
    """Create an event as a draft, without announcing it."""

    subject: ClassVar[str] = "ekkyo.cmd.events.draft"
    may: ClassVar = may("leader", "steward", "system", community="community_id")
    event_id: Id
    community_id: Id
    details: EventDetails
    starts_at: Instant
    ends_at: Instant
    timezone: Zone = "Asia/Tokyo"
    from_theme: WantedFromTheme | None = Field(default=None, exclude_if=unset)
    """The theme that asked for it. The event keeps it, and so do its copies."""


class DuplicateEvent(Command[EventState]):
    """Create a draft as a copy of another event, at another time.

    The copy of an event of a series does not belong to the series.
    """

    subject: ClassVar[str] = "ekkyo.cmd.events.duplicate"
    may: ClassVar = may("leader", "steward", "system")
    event_id: Id
    """The id of the new event."""
    like: Id
    """The event to copy."""
    starts_at: Instant
    ends_at: Instant


class PublishEvent(Command[EventState]):
    """Announce a draft and open its registration.

    An onsite event needs a `place`, an online one a `url` or `url_follows`, a hybrid one both.
    """

    subject: ClassVar[str] = "ekkyo.cmd.events.publish"
    may: ClassVar = may("leader", "steward", "system")
    event_id: Id


class ReviseEvent(Command[EventState]):
    """Change an event's details. More capacity promotes waiting members; less than the confirmed seats is refused.

    A published event keeps what it needed to be published: a place, an address to join, or both.
    """

    subject: ClassVar[str] = "ekkyo.cmd.events.revise"
    may: ClassVar = may("leader", "steward", "system")
    event_id: Id
    details: EventDetails


class RescheduleEvent(Command[EventState]):
    """Move an event to another time; its reminders move with it."""

    subject: ClassVar[str] = "ekkyo.cmd.events.reschedule"
    may: ClassVar = may("leader", "steward", "system")
    event_id: Id
    starts_at: Instant
    ends_at: Instant
    timezone: Zone | None = None
    """None: as it was."""


class CancelEvent(Command[EventState]):
    """Cancel an event. This cannot be undone."""

    subject: ClassVar[str] = "ekkyo.cmd.events.cancel"
    may: ClassVar = may("leader", "steward", "system")
    event_id: Id
    reason: Text = ""


class ConcludeEvent(Command[EventState]):
    """Declare an event over: confirmed members who did not attend become no-shows.

    An event concludes automatically at its end if nobody does it before.
    """

    subject: ClassVar[str] = "ekkyo.cmd.events.conclude"
    may: ClassVar = may("leader", "host", "steward", "system")
    event_id: Id


# Questions


class GetEvent(Question[EventState]):
    """One event. Only leaders see drafts; my_registration gives the address to join."""

    subject: ClassVar[str] = "ekkyo.ask.events.get"
    may: ClassVar = may("member")
    event_id: Id


# Facts


class EventFact(Fact):
    """What all facts about an event carry: the event after the change."""

    about: ClassVar[str] = "event_id"
    event_id: Id
    event: EventState
    series_change: Id | None = Field(default=None, exclude_if=unset)
    """Part of this change of its series, which a fact of the series announces as a whole."""


class EventPublished(EventFact):
    """An event was announced; its registration is open."""

    subject: ClassVar[str] = "ekkyo.fact.events.published"


class EventRevised(EventFact):
    """The details of an event changed."""

    subject: ClassVar[str] = "ekkyo.fact.events.revised"
    confirmed: list[Id] = []
    waitlisted: list[Id] = []
    applied: list[Id] = Field(default=[], exclude_if=nothing)
    promoted: list[Id] = []
    """Confirmed members who were on the waitlist before this change. Each has a fact of their own."""
    online: list[Id] | None = Field(default=None, exclude_if=unset)
    """Who of them takes part online. None: onsite and online are not counted apart."""
    invited: list[Id] = Field(default=[], exclude_if=nothing)
    """Where its place or format changed: who is invited and has not registered."""


class EventRescheduled(EventFact):
    """An event was moved to another time."""

    subject: ClassVar[str] = "ekkyo.fact.events.rescheduled"
    was_starts_at: Instant
    was_ends_at: Instant
    confirmed: list[Id] = []
    waitlisted: list[Id] = []
    applied: list[Id] = Field(default=[], exclude_if=nothing)
    online: list[Id] | None = Field(default=None, exclude_if=unset)
    """Who of them takes part online. None: onsite and online are not counted apart."""
    invited: list[Id] = Field(default=[], exclude_if=nothing)
    """Who is invited and has not registered."""


class EventCancelled(EventFact):
    """An event was cancelled."""

    subject: ClassVar[str] = "ekkyo.fact.events.cancelled"
    reason: str = ""
    confirmed: list[Id] = []
    waitlisted: list[Id] = []
    applied: list[Id] = Field(default=[], exclude_if=nothing)
    invited: list[Id] = Field(default=[], exclude_if=nothing)
    """Who is invited and has not registered."""


class EventReminderDue(EventFact):
    """It is time to remind those who have a seat."""

    subject: ClassVar[str] = "ekkyo.fact.events.reminder_due"
    confirmed: list[Id]
    tables: list[list[Id]] | None = Field(default=None, exclude_if=unset)
    """Who sits where, the first list being table 1. None: the event has no tables."""
    online: list[Id] | None = Field(default=None, exclude_if=unset)
    """Who of them takes part online. None: onsite and online are not counted apart."""


class EventConcluded(EventFact):
    """An event is over."""

    subject: ClassVar[str] = "ekkyo.fact.events.concluded"
    attended: list[Id]
    no_shows: list[Id]
