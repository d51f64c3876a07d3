"""What the events service publishes when a member was erased."""

from typing import ClassVar

from ekkyo.contracts.members import MemberForgotten


class EventsForgotMember(MemberForgotten):
    """An erased member has no more future registrations. Past ones stay, with an id that identifies nobody."""

    subject: ClassVar[str] = "ekkyo.fact.events.member_forgotten"
