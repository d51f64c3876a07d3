"""Registrations: confirmed, waitlisted, applied, declined, withdrawn."""

from typing import Annotated, ClassVar, Literal

from pydantic import ConfigDict, Field, StrictBool

from ekkyo.contracts.base import (
    Command,
    Id,
    Instant,
    Model,
    Question,
    may,
)
from ekkyo.contracts.events.event import Attend, EventFact, EventState, false, nothing, unset
from ekkyo.contracts.events.terms import WantedTerms

RegistrationStatus = Literal["confirmed", "waitlisted", "withdrawn", "attended", "no_show", "applied", "declined"]
"""applied: asked for a place at an event where others decide who gets one; this holds no seat. declined: the member was
not given a place."""
DeclineReason = Literal["full", "prerequisites", "audience", "other"]
"""full: there are not enough seats. prerequisites: the event needs knowledge or experience that the application does
not show. audience: the event is meant for others."""
DeclinedBecause = Literal["full", "prerequisites", "audience", "other", "not_decided"]
"""As above; not_decided: nobody had decided when the event started."""
RegistrationAnswers = Annotated[
    dict[Annotated[str, Field(max_length=40)], StrictBool | str | list[str]], Field(max_length=20)
]
"""The answers to an event's questions, by key: true or false (yes_no), one of the choices (choice), some of them
(choices), or a text of at most 500 characters (text). An empty text and an empty list mean no answer."""


class Registration(Model):
    """A member's place at one event."""

    event_id: Id
    member_id: Id
    registration_id: Id | None = None
    """None: came without registering."""
    status: RegistrationStatus
    position: int | None = None
    """Place on the waitlist, from 1. In a roster also, of those who applied, in which order they did."""
    waiting_because: str | None = None
    """On the waitlist: why there is no seat yet, in words."""
    walk_in: bool = False
    checked_in_at: Instant | None = None
    """None: not checked in. Members who are only in an attendance report were not checked in either."""
    minutes: int | None = Field(default=None, exclude_if=unset)
    """How long they were there, as an attendance report says. None: no report says it."""
    table: int | None = Field(default=None, exclude_if=unset)
    """Where they sit or sat, at an event with tables."""
    declined_because: DeclinedBecause | None = Field(default=None, exclude_if=unset)
    note: str = Field(default="", exclude_if=nothing, repr=False)
    """What a leader wrote to a member who was declined. Only the member and leaders see it."""
    unanswered: bool = Field(default=False, exclude_if=false)
    """Whether a required question of the event still has no answer."""
    late: bool = Field(default=False, exclude_if=false)
    """Withdrawn after the event's `withdraw_by`: a late cancellation. Only the member and leaders are told."""
    withdraw_by: Instant | None = Field(default=None, exclude_if=unset)
    """Until when the member can withdraw without being late, where that is later than for others. Whoever gets a seat
    from the waitlist, or is registered by somebody else, less than a day before the event's `withdraw_by`, or after it,
    has a day, but not beyond the start."""
    counts_for: list[int] = Field(default=[], exclude_if=nothing)
    """The quotas that are for this member (`event.terms.quotas.kept`), by their number from 0, until the seats are
    released. Only the member and leaders are told."""
    attend: Attend | None = Field(default=None, exclude_if=unset)
    """How they take part, at a hybrid event that has a capacity for each way."""
    group_id: Id | None = Field(default=None, exclude_if=unset)
    """The group with which they registered (`events.register_group`)."""
    together: int | None = Field(default=None, exclude_if=unset)
    """Registered with others: how many of the group wait or have seats like this member, who is one of them."""


class SetTerms(Command[EventState]):
    """Set the terms of an event's registration. They replace the terms that were set before; `{}` removes them.

    All times must be before the event starts, and a new `withdraw_by` of a published event must be later than now. When
    the event is published, those with a place at it are told.
    """

    subject: ClassVar[str] = "ekkyo.cmd.events.set_terms"
    may: ClassVar = may("leader", "steward", "system")
    event_id: Id
    terms: WantedTerms


class RegisterForEvent(Command[Registration]):
    """Ask for a seat: confirmed if one is free, else on the waitlist. Before a draw, or where leaders approve: applied.

    `registration_id` identifies the request: sent again after a withdrawal, it does not register the member again.

    A member who registers at an event with questions must answer those that are required. Leaders and systems may
    register a member without answers: the member gives them later.
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
    answers: RegistrationAnswers = Field(default={}, repr=False, exclude_if=nothing)
    """Answers to the event's questions (`registration_form`). Answers to questions that are not shown are left out."""
    attend: Attend | None = None
    """How to take part in a hybrid event that has `online_capacity`. None: onsite. Refused at every other event."""


class ChangeAttend(Command[Registration]):
    """Take part in a hybrid event the other way: onsite or online, if a seat is free there.

    Who waits gets a seat by it. Without a free seat it is refused, and the member keeps what they have.
    """

    subject: ClassVar[str] = "ekkyo.cmd.events.change_attend"
    may: ClassVar = may("self", "leader", "steward", "system")
    event_id: Id
    member_id: Id
    attend: Attend


class WithdrawFromEvent(Command[Registration]):
    """Give up a seat, a place on the waitlist or an application.

    When a seat becomes free, the member who has waited longest is promoted at once.
    """

    subject: ClassVar[str] = "ekkyo.cmd.events.withdraw"
    may: ClassVar = may("self", "leader", "steward", "system")
    event_id: Id
    member_id: Id
    registration_id: Id | None = None
    """When given, only this registration is withdrawn, not a later one."""


class RosterPage(Model):
    """Registrations in the order of member ids; `next` continues where this page ends."""

    event: EventState
    registrations: list[Registration]
    next: str | None = None


class GetRoster(Question[RosterPage]):
    """An event's registrations: confirmed, waitlisted, applied, declined, withdrawn, attended and no-shows."""

    subject: ClassVar[str] = "ekkyo.ask.events.roster"
    may: ClassVar = may("leader", "host", "steward", "system")
    event_id: Id
    status: list[RegistrationStatus] | None = None
    after: str | None = None
    limit: int = Field(default=1000, ge=1, le=5000)


class Overlap(Model):
    """Another event that takes place at the same time, where the member has a seat, waits for one or applied."""

    event_id: Id
    title: str
    starts_at: Instant
    ends_at: Instant
    status: Literal["confirmed", "waitlisted", "applied"]
    """What the member has there."""


class MyRegistrationAnswer(Model):
    """A member's place at an event, and where to join if they have a seat."""

    event: EventState
    registration: Registration | None = None
    overlaps: list[Overlap] = []
    """The member's other events at that time, the ten that start first. Told to the member alone, until it is over."""


class MyRegistration(Question[MyRegistrationAnswer]):
    """A member's own place at an event, and why they are still waiting."""

    subject: ClassVar[str] = "ekkyo.ask.events.my_registration"
    may: ClassVar = may("self", "leader", "steward", "system")
    event_id: Id
    member_id: Id


class MyEvent(Model):
    """An event and the member's place at it. `event.url` only where they have a seat."""

    event: EventState
    registration: Registration


class MyEventsPage(Model):
    """A member's events; `next` continues where this page ends."""

    entries: list[MyEvent]
    next: str | None = None
    hosted: list[EventState] = Field(default=[], exclude_if=nothing)
    """The first events that the member hosts, as in `events.hosted`, where the question asks for it."""


class MyEvents(Question[MyEventsPage]):
    """The events at which a member has or had a place, or applied.

    Those they withdrew from, and those at which they were declined, are left out.
    """

    subject: ClassVar[str] = "ekkyo.ask.events.mine"
    may: ClassVar = may("self", "steward", "system")
    member_id: Id
    upcoming: bool = True
    """True: not over yet, earliest first. False: over, latest first."""
    hosted: bool = False
    """Whether to tell the events that the member hosts too."""
    after: str | None = None
    limit: int = Field(default=50, ge=1, le=100)


class RegistrationFact(EventFact):
    """What all facts about a registration carry."""

    member_id: Id
    registration_id: Id | None = None
    unanswered: bool = Field(default=False, exclude_if=false)
    """Whether a required question of the event still has no answer from this member."""
    attend: Attend | None = Field(default=None, exclude_if=unset)
    """How they take part, at a hybrid event that has a capacity for each way."""
    group_id: Id | None = Field(default=None, exclude_if=unset)
    """The group with which they registered (`events.register_group`)."""
    group: list[Id] = Field(default=[], exclude_if=nothing)
    """All of the group who got a seat or began to wait in the same decision, this member among them."""


class RegistrationApplied(RegistrationFact):
    """A member registered for an event whose places are drawn, or whose leaders approve. They have no seat yet."""

    subject: ClassVar[str] = "ekkyo.fact.events.registration_applied"


class RegistrationConfirmed(RegistrationFact):
    """A member has a seat."""

    subject: ClassVar[str] = "ekkyo.fact.events.registration_confirmed"
    because: Literal["draw"] | None = Field(default=None, exclude_if=unset)
    """draw: it was drawn by lot. None: a seat was free."""
    withdraw_by: Instant | None = Field(default=None, exclude_if=unset)
    """Drawn, or registered by somebody else: until when they can withdraw without being late, where that is later than
    the event's `withdraw_by`."""
    table: int | None = Field(default=None, exclude_if=unset)
    """Where they sit, at an event with tables."""


class RegistrationWaitlisted(RegistrationFact):
    """A member is on the waitlist."""

    subject: ClassVar[str] = "ekkyo.fact.events.registration_waitlisted"
    position: int
    because: Literal["draw"] | None = Field(default=None, exclude_if=unset)
    """draw: no seat was drawn for them. None: no seat was free."""


class RegistrationPromoted(RegistrationFact):
    """A member on the waitlist got a seat, and why."""

    subject: ClassVar[str] = "ekkyo.fact.events.registration_promoted"
    because: Literal["withdrawal", "more_capacity", "attend_changed", "seats_released"]
    """attend_changed: they take part the other way, where a seat was free. seats_released: the seat had been kept for
    others by a quota."""
    table: int | None = Field(default=None, exclude_if=unset)
    """Where they sit, at an event with tables."""
    withdraw_by: Instant | None = Field(default=None, exclude_if=unset)
    """Until when they can withdraw without being late, where that is later than the event's `withdraw_by`."""


class RegistrationChanged(RegistrationFact):
    """A member with a seat takes part in a hybrid event the other way: see `attend`."""

    subject: ClassVar[str] = "ekkyo.fact.events.registration_changed"
    table: int | None = Field(default=None, exclude_if=unset)
    """Where they sit, at an event with tables."""


class RegistrationWithdrawn(RegistrationFact):
    """A member gave up a seat, a place on the waitlist or an application."""

    subject: ClassVar[str] = "ekkyo.fact.events.registration_withdrawn"
    was: Literal["confirmed", "waitlisted", "applied"]
    because: Literal["asked", "left"] = "asked"
    """asked: by the member or a leader. left: the member left the company, was erased or, where only members may come,
    left the community."""
    late: bool = Field(default=False, exclude_if=false)
    """Whether a confirmed seat was given back after the event's `withdraw_by`: a late cancellation."""
