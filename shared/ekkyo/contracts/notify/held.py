"""What the notify service holds on a member."""

from typing import ClassVar

from ekkyo.contracts.held import HeldQuestion


class HeldByNotify(HeldQuestion):
    """How the member is reached, what was sent to them, and sign-ins by a code. Never a code or a chat's address.

    Reminders of surveys are told to the member alone.
    """

    subject: ClassVar[str] = "ekkyo.ask.notify.held"
