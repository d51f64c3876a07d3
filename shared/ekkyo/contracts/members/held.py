"""What the members service holds on a member."""

from typing import ClassVar

from ekkyo.contracts.held import HeldQuestion


class HeldByMembers(HeldQuestion):
    """The member's profile, places in communities, journey, introductions, and all else that is stored of them here.

    Followed themes and introductions are told to the member alone.
    """

    subject: ClassVar[str] = "ekkyo.ask.members.held"
