"""What events does when a member was erased."""

from typing import ClassVar

from ekkyo.contracts.members import MemberForgotten


class EventsForgotMember(MemberForgotten):
    """Somebody who was erased is registered for no event to come. Past places stay, with an id that leads to nobody."""

    subject: ClassVar[str] = "ekkyo.fact.events.member_forgotten"
