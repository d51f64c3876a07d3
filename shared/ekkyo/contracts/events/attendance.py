"""Attendance at events."""

import unicodedata
from typing import Annotated, ClassVar, Literal

from pydantic import AfterValidator, ConfigDict, Field, StringConstraints

from ekkyo.contracts.base import (
    Command,
    Id,
    Instant,
    Model,
    Question,
    may,
)
from ekkyo.contracts.events.event import unset
from ekkyo.contracts.events.registration import Registration, RegistrationFact, RegistrationStatus


def _as_shown(value: str) -> str:
    """A word in its normal form: lower case, no spaces, no hyphens, half-width digits."""
    return "".join(unicodedata.normalize("NFKC", value).casefold().replace("-", "").split())


DoorWordText = Annotated[str, StringConstraints(min_length=1, max_length=40), AfterValidator(_as_shown)]
"""The word shown at the event, as somebody typed it: capitals, spaces, hyphens and full width make no difference."""


class CheckIn(Command[Registration]):
    """Record that a member attended. Leaders may check in members who did not register (walk-ins).

    Members who check in themselves to an onsite or hybrid event need the word that its leaders show there; to an online
    event, once its leaders have asked for one.

    A desk that was offline sends its scans later, with `at`, also after the event is concluded. Of several scans of one
    member, the earliest counts. A scan that was made before an undo has no effect.
    """

    subject: ClassVar[str] = "ekkyo.cmd.events.check_in"
    may: ClassVar = may("self", "leader", "host", "steward", "system")
    event_id: Id
    member_id: Id
    word: DoorWordText | None = None
    """The word shown at the event (`events.door_word`). Leaders need none."""
    scan_id: Id | None = None
    """Identifies the scan: sent again, it has no further effect, even when the check-in was undone meanwhile."""
    at: Instant | None = None
    """When a leader scanned it; without it, now. Two minutes in the future count as now: clocks differ."""


class UndoCheckIn(Command[Registration]):
    """Undo a check-in: the member's place becomes what it was before. Once the event is concluded, only leaders can.

    A member who may no longer have a seat has none afterwards. After the conclusion, a member with a seat is a no-show.
    """

    subject: ClassVar[str] = "ekkyo.cmd.events.undo_check_in"
    may: ClassVar = may("self", "leader", "host", "steward", "system")
    event_id: Id
    member_id: Id


class DoorWord(Model):
    """The word to show at the door. The previous word is valid too, so that there is time to type."""

    event_id: Id
    word: str
    valid_until: Instant
    """When the next word replaces it: ask again then."""


class GetDoorWord(Question[DoorWord]):
    """The word that members at a published event need to check in themselves. It changes every five minutes.

    An online event needs none until its leaders ask for one.
    """

    subject: ClassVar[str] = "ekkyo.ask.events.door_word"
    may: ClassVar = may("leader", "host", "steward", "system")
    event_id: Id


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
    """Members without a seat who may not have one: they have left the company or, at an event for members only, are no
    members of the community."""
    lost: list[Id] = []
    """Members who no longer count as attended: only an earlier report named them, and this one replaces it."""


class ImportAttendance(Command[AttendanceImported]):
    """Record everyone who attended, from a meeting tool's report. After the conclusion, no-shows become attended.

    With `replaces`, it takes the place of all reports before it: who stood in those alone did not attend after all.
    Whoever was checked in, by a leader or by themselves, attended all the same.
    """

    subject: ClassVar[str] = "ekkyo.cmd.events.import_attendance"
    may: ClassVar = may("leader", "host", "steward", "system")
    event_id: Id
    attendees: list[Attendee] = Field(max_length=2000)
    replaces: bool = False
    loses: list[Id] = Field(default=[], max_length=5000)
    """With `replaces`: who may lose their attendance, as was previewed. If others would, too, nothing is recorded."""


class MemberAttended(RegistrationFact):
    """A member attended."""

    subject: ClassVar[str] = "ekkyo.fact.events.attended"
    walk_in: bool = False
    by: Literal["check_in", "import"]
    checked_in_at: Instant | None = None
    """When they were checked in; None: only an attendance report says that they came."""
    table: int | None = Field(default=None, exclude_if=unset)
    """Where they sat, at an event with tables. None: at none of them."""


class CheckInCorrected(RegistrationFact):
    """The check-in time of a member who attended was corrected: an earlier scan arrived later."""

    subject: ClassVar[str] = "ekkyo.fact.events.check_in_corrected"
    checked_in_at: Instant
    was: Instant | None = None
    """The time before the correction; None: until now only an attendance report said that they came."""


class CheckInUndone(RegistrationFact):
    """A member's check-in was undone: it was recorded by mistake."""

    subject: ClassVar[str] = "ekkyo.fact.events.check_in_undone"
    status: RegistrationStatus
    """What their place is now; `withdrawn` without a `registration_id`: they had none."""
    position: int | None = None
    """Place on the waitlist, from 1."""
    because: Literal["asked", "report"] = "asked"
    """asked: by the member or a leader. report: an attendance report was replaced by one that does not name them."""
