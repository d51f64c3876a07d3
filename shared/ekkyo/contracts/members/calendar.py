"""The address under which a member's calendar programs read their events: a secret, of which only a digest is sent."""

from typing import Annotated, ClassVar

from pydantic import ConfigDict, StringConstraints

from ekkyo.contracts.base import Command, Id, Instant, Model, Question, may

Digest = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
"""SHA-256 of a secret, in hexadecimal. The secret has at least 128 random bits: its digest reveals nothing about it."""
EXAMPLE = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"


class CalendarAddress(Model):
    """Whether a member has an address for calendar programs, and since when. No message contains the address itself."""

    member_id: Id
    since: Instant | None = None
    """None: there is none."""


class MakeCalendarAddress(Command[CalendarAddress]):
    """Let calendar programs read one's events at a new secret address; the previous one ends.

    The sender of this command generates the secret, and sends its digest. An address that has ended never becomes valid
    again.
    """

    subject: ClassVar[str] = "ekkyo.cmd.members.make_calendar_address"
    may: ClassVar = may("self")
    model_config = ConfigDict(
        json_schema_extra={"example": {"member_id": "0192f0c1-7a00-7000-8000-0000000000a1", "digest": EXAMPLE}}
    )
    member_id: Id
    digest: Digest


class EndCalendarAddress(Command[CalendarAddress]):
    """End the address: calendar programs read nothing there from now on."""

    subject: ClassVar[str] = "ekkyo.cmd.members.end_calendar_address"
    may: ClassVar = may("self", "steward")
    member_id: Id


class GetCalendarAddress(Question[CalendarAddress]):
    """Whether a member has an address for calendar programs."""

    subject: ClassVar[str] = "ekkyo.ask.members.calendar_address"
    may: ClassVar = may("self", "steward")
    member_id: Id
