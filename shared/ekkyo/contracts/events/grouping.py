"""Groups: members who register together, and get places together or wait together."""

from typing import ClassVar

from pydantic import ConfigDict, Field

from ekkyo.contracts.base import Command, Id, Model, may
from ekkyo.contracts.events.event import Attend
from ekkyo.contracts.events.registration import Registration


class GroupRegistration(Model):
    """The places of members who registered together: all had a seat, or all waited, when they did."""

    event_id: Id
    group_id: Id
    registrations: list[Registration]
    """In the order of the command: first the member who registered the group."""


class RegisterGroup(Command[GroupRegistration]):
    """Register several members together, at an event whose terms have a `group_size`: all get seats, or all wait.

    Who waits keeps the place on the waitlist until as many seats are free as the group needs; a smaller group behind
    it can get seats before. Each member is told, and can withdraw alone. The rules of `events.register` hold for each
    of them: if one cannot register, nobody is registered. Which rule it was is told of the member who registers alone.
    `group_id` identifies the request and is the `registration_id` of each: sent again, it registers nobody again.
    """

    subject: ClassVar[str] = "ekkyo.cmd.events.register_group"
    may: ClassVar = may("self", "leader", "steward", "system")
    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "event_id": "0192f0c1-7a00-7000-8000-0000000000e1",
                "member_id": "0192f0c1-7a00-7000-8000-0000000000a1",
                "group_id": "0192f0c1-7a00-7000-8000-0000000000b9",
                "with_members": ["0192f0c1-7a00-7000-8000-0000000000a2"],
            }
        }
    )
    event_id: Id
    member_id: Id
    """Who registers the group, and belongs to it."""
    group_id: Id
    with_members: list[Id] = Field(min_length=1, max_length=9)
    """The others."""
    attend: Attend | None = None
    """How they take part, all in the same way: as in `events.register`."""
