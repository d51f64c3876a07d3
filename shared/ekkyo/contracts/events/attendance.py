"""Attendance at events."""

from typing import ClassVar, Literal

from pydantic import ConfigDict, Field

from ekkyo.contracts.base import (
    Command,
    Id,
    Model,
    may,
)
from ekkyo.contracts.events.registration import Registration, RegistrationFact


class CheckIn(Command[Registration]):
    """Record that a member attended. Leaders may check in members who did not register (walk-ins)."""

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
    """The result of an attendance report."""

    event_id: Id
    attended: int
    """Newly recorded as attended."""
    already: int
    walk_ins: int
    """Of the newly recorded, those without a seat."""
    passed_over: list[Id] = []
    """Who came without a seat and may have none: who left the company or, where only members may come, is no member."""


class ImportAttendance(Command[AttendanceImported]):
    """Record everyone who attended, from a meeting tool's report. After the conclusion, no-shows become attended."""

    subject: ClassVar[str] = "ekkyo.cmd.events.import_attendance"
    may: ClassVar = may("leader", "steward", "system")
    event_id: Id
    attendees: list[Attendee] = Field(max_length=2000)


class MemberAttended(RegistrationFact):
    """A member attended."""

    subject: ClassVar[str] = "ekkyo.fact.events.attended"
    walk_in: bool = False
    by: Literal["check_in", "import"]
