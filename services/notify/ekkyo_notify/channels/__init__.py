"""How messages leave: mail over SMTP, chat over incoming webhooks. A channel is one `Transport`."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from ekkyo_notify.model import Connection, Contact, Notice, Recipient
from ekkyo_notify.templates import Message


class NotNow(Exception):
    """The channel cannot take it just now; trying again may help. The reason is a code, safe to log and to keep.

    reachable: whether the channel answered at all, so that others need not try it too.
    after: seconds that the channel asked to wait, if it did.
    """

    def __init__(self, reason: str, *, reachable: bool = True, after: float | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.reachable = reachable
        self.after = after


class Never(Exception):
    """This message will not be taken, however often it is tried. The reason is a code, safe to log and to keep."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class AddressRefused(Never):
    """Nobody can be reached at this address, whatever the message; another address is needed."""


@dataclass(frozen=True)
class Outgoing:
    """One message on its way over one channel: what it says, to whom, and for which delivery.

    contact: the member it is for; connection: the chat channel it goes to. at: when it is sent.
    """

    delivery_id: str
    notice: Notice
    recipient: Recipient
    message: Message
    contact: Contact | None
    connection: Connection | None
    at: datetime


class Transport(Protocol):
    """What every channel can do: write a message in its own form and hand it over."""

    at_once: int
    """So many deliveries are made at once."""

    async def send(self, outgoing: Outgoing) -> str | None:
        """Hand one message over; returns the id that it bears there, if it bears one. Raises NotNow or Never."""

    def leave(self) -> None:
        """Begin no more; what is being handed over goes on."""

    async def close(self) -> None:
        """Close what is open."""
