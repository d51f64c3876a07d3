"""Events and who comes to them. Owner: the events service."""

from typing import ClassVar, Literal

from pydantic import ConfigDict, Field

from ekkyo.contracts.base import (
    Command,
    Fact,
    Id,
    Instant,
    Line,
    Model,
    Question,
    Text,
    Url,
    Zone,
    may,
)
from ekkyo.contracts.members import MemberForgotten

EventFormat = Literal["online", "onsite", "hybrid"]
EventStatus = Literal["draft", "published", "cancelled", "concluded"]
RegistrationStatus = Literal["confirmed", "waitlisted", "withdrawn", "attended", "no_show"]


class EventDetails(Model):
    """What an event is, as its leaders write it."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    title: Line
    description: Text = ""
    format: EventFormat
    context: Line = "IT"
    """What it is about: IT, English, reading circle, lunch, …"""
    place: Line | None = None
    """Where to come, for onsite and hybrid events."""
    url: Url | None = None
    """Where to join, for online and hybrid events. Told to those who have a seat."""
    capacity: int = Field(ge=1, le=20_000)
    speakers: list[Id] = Field(default=[], max_length=50)


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
    capacity: int
    speakers: list[Id] = []
    starts_at: Instant
    ends_at: Instant
    timezone: Zone
    status: EventStatus
    sequence: int = 0
    """How often it was moved, changed or cancelled since it was published: the SEQUENCE of its calendar entry."""
    confirmed: int = 0
    waitlisted: int = 0
    attended: int = 0
    revision: int = 0


class Registration(Model):
    """A member's place at one event."""

    event_id: Id
    member_id: Id
    registration_id: Id | None = None
    """None: came without registering."""
    status: RegistrationStatus
    position: int | None = None
    """Place on the waitlist, from 1."""
    waiting_because: str | None = None
    """On the waitlist: why there is no seat yet, in words."""
    walk_in: bool = False


# Commands


class DraftEvent(Command[EventState]):
    """Write an event down without telling anyone yet."""

    subject: ClassVar[str] = "ekkyo.cmd.events.draft"
    may: ClassVar = may("leader", "steward", "system", community="community_id")
    event_id: Id
    community_id: Id
    details: EventDetails
    starts_at: Instant
    ends_at: Instant
    timezone: Zone = "Asia/Tokyo"


class PublishEvent(Command[EventState]):
    """Announce a draft and open its registration."""

    subject: ClassVar[str] = "ekkyo.cmd.events.publish"
    may: ClassVar = may("leader", "steward", "system")
    event_id: Id


class ReviseEvent(Command[EventState]):
    """Change what an event is. More capacity promotes those who wait; less than the confirmed seats is refused."""

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
    """Call an event off, for good."""

    subject: ClassVar[str] = "ekkyo.cmd.events.cancel"
    may: ClassVar = may("leader", "steward", "system")
    event_id: Id
    reason: Text = ""


class ConcludeEvent(Command[EventState]):
    """Declare an event over: who came has attended, confirmed members who did not are no-shows.

    An event that nobody concludes concludes by itself at its end.
    """

    subject: ClassVar[str] = "ekkyo.cmd.events.conclude"
    may: ClassVar = may("leader", "steward", "system")
    event_id: Id


class RegisterForEvent(Command[Registration]):
    """Ask for a seat: confirmed while there is one, else on the waitlist.

    `registration_id` names this wish: said again after a withdrawal, the same wish does not register anew.
    """

    subject: ClassVar[str] = "ekkyo.cmd.events.register"
    may: ClassVar = may("self", "leader", "steward", "system")
    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "event_id": "0192f0c1-7a00-7000-8000-0000000000e1",
                "member_id": "0192f0c1-7a00-7000-8000-0000000000a1",
                "registration_id": "0192f0c1-7a00-7000-8000-0000000000b1",
            }
        }
    )
    event_id: Id
    member_id: Id
    registration_id: Id


class WithdrawFromEvent(Command[Registration]):
    """Give a seat or a place on the waitlist back; who waits longest is promoted at once."""

    subject: ClassVar[str] = "ekkyo.cmd.events.withdraw"
    may: ClassVar = may("self", "leader", "steward", "system")
    event_id: Id
    member_id: Id
    registration_id: Id | None = None
    """When given, only this registration is withdrawn, not a later one."""


class CheckIn(Command[Registration]):
    """Record that a member came. Leaders may check in members who did not register (walk-ins)."""

    subject: ClassVar[str] = "ekkyo.cmd.events.check_in"
    may: ClassVar = may("self", "leader", "steward", "system")
    event_id: Id
    member_id: Id


class Attendee(Model):
    """One participant of an attendance report, matched to a member."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    member_id: Id
    minutes: int = Field(default=0, ge=0, le=10_000)


class AttendanceImported(Model):
    """What became of an attendance report."""

    event_id: Id
    attended: int
    """Newly recorded as attended."""
    already: int
    walk_ins: int
    """Of the newly recorded, those without a seat."""


class ImportAttendance(Command[AttendanceImported]):
    """Record all who came, from a meeting tool's report. Also after the event concluded: no-shows become attended."""

    subject: ClassVar[str] = "ekkyo.cmd.events.import_attendance"
    may: ClassVar = may("leader", "steward", "system")
    event_id: Id
    attendees: list[Attendee] = Field(max_length=2000)


# Questions


class GetEvent(Question[EventState]):
    """One event. Drafts are told to leaders only; the address to join is told by my_registration."""

    subject: ClassVar[str] = "ekkyo.ask.events.get"
    may: ClassVar = may("member")
    event_id: Id


class EventPage(Model):
    """Events by start time; `next` continues where this page ends."""

    events: list[EventState]
    next: str | None = None


class ListEvents(Question[EventPage]):
    """Events of a community, by start time. Drafts are told to leaders only."""

    subject: ClassVar[str] = "ekkyo.ask.events.list"
    may: ClassVar = may("member")
    community_id: Id | None = None
    status: list[EventStatus] | None = None
    starts_from: Instant | None = None
    starts_until: Instant | None = None
    after: str | None = None
    limit: int = Field(default=100, ge=1, le=500)


class RosterPage(Model):
    """Registrations in the order of member ids; `next` continues where this page ends."""

    event: EventState
    registrations: list[Registration]
    next: str | None = None


class GetRoster(Question[RosterPage]):
    """Who is registered, waits, withdrew, came or did not."""

    subject: ClassVar[str] = "ekkyo.ask.events.roster"
    may: ClassVar = may("leader", "steward", "system")
    event_id: Id
    status: list[RegistrationStatus] | None = None
    after: str | None = None
    limit: int = Field(default=1000, ge=1, le=5000)


class MyRegistrationAnswer(Model):
    """A member's place at an event, and where to join if they have a seat."""

    event: EventState
    registration: Registration | None = None


class MyRegistration(Question[MyRegistrationAnswer]):
    """A member's own place at an event, and why they still wait."""

    subject: ClassVar[str] = "ekkyo.ask.events.my_registration"
    may: ClassVar = may("self", "leader", "steward", "system")
    event_id: Id
    member_id: Id


class Figures(Model):
    """What came of a community's events."""

    community_id: Id
    events: dict[EventFormat, int]
    """Concluded events by format."""
    attendances: int
    people: int
    """Different members who attended."""
    returners: int
    """Of them, those who attended more than one event."""
    registrations: int
    """Members who ever had a place at an event, waitlisted or confirmed, once per event."""
    waitlisted: int
    """Registrations that were ever on a waitlist."""
    promoted: int
    withdrawn: int
    no_shows: int
    walk_ins: int


class GetFigures(Question[Figures]):
    """What came of a community's concluded events, optionally only those that started in a period."""

    subject: ClassVar[str] = "ekkyo.ask.events.figures"
    may: ClassVar = may("leader", "steward", "system", community="community_id")
    community_id: Id
    since: Instant | None = None
    until: Instant | None = None


# Facts


class EventFact(Fact):
    """What all facts about an event carry: the event as it is after it."""

    about: ClassVar[str] = "event_id"
    event_id: Id
    event: EventState


class EventPublished(EventFact):
    """An event was announced; its registration is open."""

    subject: ClassVar[str] = "ekkyo.fact.events.published"


class EventRevised(EventFact):
    """What an event is changed."""

    subject: ClassVar[str] = "ekkyo.fact.events.revised"
    confirmed: list[Id] = []
    waitlisted: list[Id] = []


class EventRescheduled(EventFact):
    """An event was moved to another time."""

    subject: ClassVar[str] = "ekkyo.fact.events.rescheduled"
    was_starts_at: Instant
    was_ends_at: Instant
    confirmed: list[Id] = []
    waitlisted: list[Id] = []


class EventCancelled(EventFact):
    """An event was called off."""

    subject: ClassVar[str] = "ekkyo.fact.events.cancelled"
    reason: str = ""
    confirmed: list[Id] = []
    waitlisted: list[Id] = []


class RegistrationFact(EventFact):
    """What all facts about a registration carry."""

    member_id: Id
    registration_id: Id | None = None


class RegistrationConfirmed(RegistrationFact):
    """A member has a seat."""

    subject: ClassVar[str] = "ekkyo.fact.events.registration_confirmed"


class RegistrationWaitlisted(RegistrationFact):
    """A member waits for a seat."""

    subject: ClassVar[str] = "ekkyo.fact.events.registration_waitlisted"
    position: int


class RegistrationPromoted(RegistrationFact):
    """A member who waited has a seat now, and why."""

    subject: ClassVar[str] = "ekkyo.fact.events.registration_promoted"
    because: Literal["withdrawal", "more_capacity"]


class RegistrationWithdrawn(RegistrationFact):
    """A member gave a seat or a place on the waitlist back."""

    subject: ClassVar[str] = "ekkyo.fact.events.registration_withdrawn"
    was: Literal["confirmed", "waitlisted"]
    because: Literal["asked", "left"] = "asked"
    """asked: by the member or a leader. left: the member left the company, or was erased."""


class EventReminderDue(EventFact):
    """It is time to remind those who have a seat."""

    subject: ClassVar[str] = "ekkyo.fact.events.reminder_due"
    confirmed: list[Id]


class MemberAttended(RegistrationFact):
    """A member came."""

    subject: ClassVar[str] = "ekkyo.fact.events.attended"
    walk_in: bool = False
    by: Literal["check_in", "import"]


class EventConcluded(EventFact):
    """An event is over."""

    subject: ClassVar[str] = "ekkyo.fact.events.concluded"
    attended: list[Id]
    no_shows: list[Id]


class EventsForgotMember(MemberForgotten):
    """Somebody who was erased is registered for no event to come. Past places stay, with an id that leads to nobody."""

    subject: ClassVar[str] = "ekkyo.fact.events.member_forgotten"
