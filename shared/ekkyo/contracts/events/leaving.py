"""What the events service publishes when a member was erased, and when two records of one person became one."""

from typing import ClassVar

from pydantic import Field

from ekkyo.contracts.base import Id
from ekkyo.contracts.events.event import unset
from ekkyo.contracts.events.registration import RegistrationFact, RegistrationStatus
from ekkyo.contracts.members import MemberForgotten


class EventsForgotMember(MemberForgotten):
    """An erased member has no more future registrations. Past ones stay, with an id that identifies nobody."""

    subject: ClassVar[str] = "ekkyo.fact.events.member_forgotten"


class RegistrationMoved(RegistrationFact):
    """A place at an event is another record's of the same person: two records became one, or two again.

    Where both had a place, one of them is given up by it, and whoever waits longest gets a seat that it frees.
    """

    subject: ClassVar[str] = "ekkyo.fact.events.registration_moved"
    from_member_id: Id
    status: RegistrationStatus
    """What `member_id` has from now on."""
    walk_in: bool = False
    table: int | None = Field(default=None, exclude_if=unset)
    """Where they sit, at an event with tables."""
    left: RegistrationStatus | None = None
    """What `from_member_id` has from now on; None: nothing, not even an earlier registration."""
