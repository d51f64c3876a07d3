"""Series: events that recur by a rule, each an event of its own."""

from typing import ClassVar, Literal

from pydantic import Field

from ekkyo.contracts.base import Command, Day, Id, Instant, Model, Question, Text, Zone, may
from ekkyo.contracts.events.event import EventDetails, EventFormat, EventState
from ekkyo.contracts.events.recurring import Clock, Local, Rule
from ekkyo.contracts.events.registration import Registration

SeriesStatus = Literal["planned", "cancelled"]


class SeriesState(Model):
    """A series as facts and answers carry it: what its next events will be like."""

    series_id: Id
    community_id: Id
    title: str
    description: str = ""
    format: EventFormat
    context: str
    place: str | None = None
    url: str | None = None
    url_follows: bool = False
    capacity: int
    speakers: list[Id] = []
    members_only: bool = False
    starts: Local
    """When it first starts, in local time of `timezone`."""
    minutes: int
    timezone: Zone
    rule: Rule
    except_on: list[Day] = []
    also_on: list[Day] = []
    status: SeriesStatus
    ends_before: Day | None = None
    """It was cancelled from this day on."""
    registered: int = 0
    """How many are registered for all of it."""
    revision: int = 0


class SeriesDate(Model):
    """A date of a series. clock_changed: on that day, this local time does not exist or occurs twice.

    A time that does not exist is moved past the clock change, an hour later; of a time that occurs twice, the first
    counts (RFC 5545, 3.3.5).
    """

    starts_at: Instant
    ends_at: Instant
    clock_changed: Literal["skipped", "twice"] | None = None


class SeriesDates(Model):
    """The dates of a series as they would be planned. endless: more are added over time."""

    dates: list[SeriesDate]
    endless: bool


class LeftAsItWas(Model):
    """An event of a series to which the last change could not be applied, and the code of the reason."""

    event_id: Id
    code: str


class SeriesRegistration(Model):
    """A member's registration for all events of a series."""

    series_id: Id
    member_id: Id
    registration_id: Id
    status: Literal["registered", "withdrawn"]


# Commands


class PlanSeries(Command[SeriesState]):
    """Announce events that recur: each is an event of its own, published at once.

    A series has at most 200 dates within two years. A series without COUNT or UNTIL is endless: it has events for the
    next six months, and more are added over time.
    """

    subject: ClassVar[str] = "ekkyo.cmd.events.plan_series"
    may: ClassVar = may("leader", "steward", "system", community="community_id")
    series_id: Id
    community_id: Id
    details: EventDetails
    starts: Local
    """When it first starts, in local time of `timezone`. The first date is the first one from then on that matches the
    rule."""
    minutes: int = Field(ge=1, le=7 * 24 * 60)
    """How long each event takes."""
    timezone: Zone = "Asia/Tokyo"
    rule: Rule
    except_on: list[Day] = Field(default=[], max_length=200)
    """Days without an event."""
    also_on: list[Day] = Field(default=[], max_length=200)
    """Additional days, at the same time of day."""


class ReviseSeries(Command[SeriesState]):
    """Change the details of the events of a series that are to come.

    In each event, only the fields change that differ from the series' current details: what was changed for a single
    event stays as it is.
    """

    subject: ClassVar[str] = "ekkyo.cmd.events.revise_series"
    may: ClassVar = may("leader", "steward", "system")
    series_id: Id
    change_id: Id
    """Identifies this change: sent again, it has no further effect."""
    from_event: Id | None = None
    """The first event that changes, of those to come; None: all of them."""
    details: EventDetails


class RescheduleSeries(Command[SeriesState]):
    """Move the events of a series that are to come to another time of day.

    An event that was moved individually stays where it is.
    """

    subject: ClassVar[str] = "ekkyo.cmd.events.reschedule_series"
    may: ClassVar = may("leader", "steward", "system")
    series_id: Id
    change_id: Id
    """Identifies this change: sent again, it has no further effect."""
    from_event: Id | None = None
    """The first event that moves, of those to come; None: all of them."""
    clock: Clock
    """When they start, in local time of the series' time zone."""
    minutes: int = Field(ge=1, le=7 * 24 * 60)


class ChangeSeriesRule(Command[SeriesState]):
    """Give a series another rule, from one of its events on.

    Events to come keep their seats: those whose day the new rule has stay; others move to the day that the new rule has
    in the same week, or, of a monthly or yearly rule, in the same month. Events without such a day are cancelled, and
    days without an event get one, with seats for who is registered for the series. An event that was moved alone stays
    where it is, unless it has no such day.
    """

    subject: ClassVar[str] = "ekkyo.cmd.events.change_series_rule"
    may: ClassVar = may("leader", "steward", "system")
    series_id: Id
    change_id: Id
    """Identifies this change: sent again, it has no further effect."""
    from_event: Id | None = None
    """The first event that the new rule concerns, of those to come; None: all of them."""
    starts: Local
    """When it first starts by the new rule, by the clock of the series' time zone."""
    minutes: int = Field(ge=1, le=7 * 24 * 60)
    rule: Rule
    except_on: list[Day] = Field(default=[], max_length=200)
    also_on: list[Day] = Field(default=[], max_length=200)


class CancelSeries(Command[SeriesState]):
    """Cancel all events of a series that are to come, or those from one on. This cannot be undone."""

    subject: ClassVar[str] = "ekkyo.cmd.events.cancel_series"
    may: ClassVar = may("leader", "steward", "system")
    series_id: Id
    change_id: Id
    """Identifies this change: sent again, it has no further effect."""
    from_event: Id | None = None
    """The first event that is cancelled; None: all that are to come."""
    reason: Text = ""


class RegisterForSeries(Command[SeriesRegistration]):
    """Ask for a seat in each event of a series that is to come, and in those that are added to it.

    Each event has a waitlist of its own. Seats are given right after the answer; a fact lists them.
    """

    subject: ClassVar[str] = "ekkyo.cmd.events.register_series"
    may: ClassVar = may("self", "leader", "steward", "system")
    series_id: Id
    member_id: Id
    registration_id: Id
    """Identifies the request, here and in each event: sent again after a withdrawal, it does not register again."""


class WithdrawFromSeries(Command[SeriesRegistration]):
    """Give up the seats in all events of a series that are to come.

    A seat that the member requested for a single event remains theirs.
    """

    subject: ClassVar[str] = "ekkyo.cmd.events.withdraw_series"
    may: ClassVar = may("self", "leader", "steward", "system")
    series_id: Id
    member_id: Id
    registration_id: Id | None = None
    """When given, only this registration is withdrawn, not a later one."""


# Questions


class PreviewSeries(Question[SeriesDates]):
    """The dates that a series would have. Nothing is written."""

    subject: ClassVar[str] = "ekkyo.ask.events.preview_series"
    may: ClassVar = may("leader", "steward", "system")
    starts: Local
    minutes: int = Field(ge=1, le=7 * 24 * 60)
    timezone: Zone = "Asia/Tokyo"
    rule: Rule
    except_on: list[Day] = Field(default=[], max_length=200)
    also_on: list[Day] = Field(default=[], max_length=200)


class SeriesMove(Model):
    """An event of a series that moves to another time."""

    event_id: Id
    was_starts_at: Instant
    starts_at: Instant
    ends_at: Instant


class SeriesRulePreview(Model):
    """What becomes of the events of a series under another rule."""

    kept: list[Instant]
    """When those start that stay as they are."""
    moved: list[SeriesMove]
    made: list[SeriesDate]
    cancelled: list[Instant]
    """When those would have started that are cancelled."""
    members: int
    """How many members have a place at an event that moves or is cancelled: each is told once, as is who is registered
    for the series where events are made."""
    endless: bool


class PreviewSeriesRule(Question[SeriesRulePreview]):
    """What another rule would do to the events of a series. Nothing is written."""

    subject: ClassVar[str] = "ekkyo.ask.events.preview_series_rule"
    may: ClassVar = may("leader", "steward", "system")
    series_id: Id
    from_event: Id | None = None
    starts: Local
    minutes: int = Field(ge=1, le=7 * 24 * 60)
    rule: Rule
    except_on: list[Day] = Field(default=[], max_length=200)
    also_on: list[Day] = Field(default=[], max_length=200)


class SeriesAnswer(Model):
    """A series, its events that are not over, and what the caller has there."""

    series: SeriesState
    events: list[EventState]
    mine: SeriesRegistration | None = None
    """The caller's registration for all of it."""
    registrations: list[Registration] = []
    """The caller's places at these events."""
    under_way: bool = False
    """A change is being applied to the events."""
    left_as_they_were: list[LeftAsItWas] = []
    """For leaders only: events to which the last change could not be applied."""


class GetSeries(Question[SeriesAnswer]):
    """One series with its events that are not over. Only members with a seat receive the address to join."""

    subject: ClassVar[str] = "ekkyo.ask.events.series"
    may: ClassVar = may("member")
    series_id: Id
