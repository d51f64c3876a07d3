"""Applications: at an event whose leaders approve, they decide who gets a place."""

from typing import ClassVar

from pydantic import ConfigDict, Field

from ekkyo.contracts.base import Command, Id, Model, may
from ekkyo.contracts.events.registration import DeclinedBecause, DeclineReason, Registration, RegistrationFact
from ekkyo.contracts.fields import Note

__all__ = [
    "Application",
    "ApproveApplications",
    "DecidedApplications",
    "DeclineApplications",
    "RegistrationDeclined",
]


class Application(Model):
    """One member's application."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    member_id: Id
    registration_id: Id


class DecidedApplications(Model):
    """The registrations as they are now, in the order of the command.

    An application that was withdrawn or decided before the command came is told as it is.
    """

    event_id: Id
    registrations: list[Registration]
    passed_over: list[Id] = []
    """Members who can have no seat: they left the company or, where only members may come, the community."""


class ApproveApplications(Command[DecidedApplications]):
    """Approve applications: confirmed while there are seats, else on the waitlist.

    Whoever applied first comes first, also on the waitlist, whenever they were approved. An application that was
    declined can still be approved. After the event has started nothing can be approved.
    """

    subject: ClassVar[str] = "ekkyo.cmd.events.approve"
    may: ClassVar = may("leader", "steward", "system")
    event_id: Id
    applications: list[Application] = Field(min_length=1, max_length=100)


class DeclineApplications(Command[DecidedApplications]):
    """Decline applications with one reason. The members are told the reason; they see the note on the event's page.

    A member who was declined cannot apply again. Approving them is still possible. An application that was decided
    before stays as it was decided.
    """

    subject: ClassVar[str] = "ekkyo.cmd.events.decline"
    may: ClassVar = may("leader", "steward", "system")
    event_id: Id
    applications: list[Application] = Field(min_length=1, max_length=100)
    reason: DeclineReason
    note: Note = Field(default="", repr=False)
    """For each of these members. It is in no fact and in no message."""


class RegistrationDeclined(RegistrationFact):
    """A member who applied was not given a place."""

    subject: ClassVar[str] = "ekkyo.fact.events.registration_declined"
    because: DeclinedBecause
