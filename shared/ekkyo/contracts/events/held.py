"""What the events service holds on a member."""

from typing import ClassVar

from ekkyo.contracts.held import HeldQuestion


class HeldByEvents(HeldQuestion):
    """Places at events, with answers to their questions, outputs, and events that the member hosts or speaks at.

    Titles of events that the caller does not see are left out.
    """

    subject: ClassVar[str] = "ekkyo.ask.events.held"
