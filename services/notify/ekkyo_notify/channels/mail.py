"""A message as a mail: text, HTML, and the calendar's part the way Outlook and Gmail take it."""

from datetime import datetime
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import parseaddr
from typing import Literal

from ekkyo.contracts.base import Email
from pydantic import TypeAdapter, ValidationError

from ekkyo_notify.channels import Never
from ekkyo_notify.templates import Message, one_line

_POLICY = SMTP.clone(cte_type="7bit")  # passes servers without 8BITMIME
_EMAIL = TypeAdapter(Email)
_SPECIAL = str.maketrans(dict.fromkeys('<>",;:@()[]\\', " "))


class Sender:
    """Who mail comes from: the address of EKKYO_MAIL_FROM, under the name of the community that writes."""

    def __init__(self, mail_from: str) -> None:
        name, address = parseaddr(mail_from)
        self.name = one_line(name)
        self.address = valid_address(address)
        self.domain = self.address.partition("@")[2]


def valid_address(address: str) -> str:
    """The address in lower case. Raises ValueError, whose text does not repeat it."""
    try:
        return _EMAIL.validate_python(address)
    except ValidationError:
        raise ValueError("is not a mail address") from None


def display_name(name: str) -> str:
    """A name that any mail program shows as it is: what has a meaning in address lists is left out."""
    return _plain(" ".join(one_line(name, 100).translate(_SPECIAL).split()))


def _plain(text: str) -> str:
    """The text so that no mail program takes part of it for an encoded word (RFC 2047) and decodes it."""
    return text.replace("=?", "= ?")


def message_id(delivery_id: str, sender: Sender) -> str:
    """The same for every attempt at one delivery, so that a copy can be told by it."""
    return f"<{delivery_id}@{sender.domain}>"


def build(
    message: Message,
    *,
    sender: Sender,
    to: str,
    delivery_id: str,
    community_id: str,
    date: datetime,
    calendar: tuple[Literal["REQUEST", "CANCEL"], bytes] | None = None,
) -> bytes:
    """The bytes to hand over. Raises Never when the address is none.

    Titles and names come from users: the mail package refuses line breaks in headers, and `one_line` took them out.
    """
    try:
        recipient = Address(display_name(message.name or ""), addr_spec=valid_address(to))
    except (ValueError, MessageError):
        recipient = None
    if recipient is None:
        raise Never("address_invalid")
    mail = EmailMessage(policy=_POLICY)
    mail["Subject"] = _plain(one_line(message.subject, 250))
    mail["From"] = Address(display_name(message.community), addr_spec=sender.address)
    mail["To"] = recipient
    mail["Date"] = date
    mail["Message-ID"] = message_id(delivery_id, sender)
    mail["List-Id"] = f"<{community_id}.{sender.domain}>"
    mail["Auto-Submitted"] = "auto-generated"
    mail["X-Auto-Response-Suppress"] = "All"
    mail["X-Ekkyo-Delivery"] = delivery_id
    mail["Content-Language"] = message.locale
    mail.set_content(message.text())
    mail.add_alternative(message.html(), subtype="html")
    if calendar:
        method, ics = calendar
        # Outlook reads the alternative, Gmail either; other programs open the attachment.
        mail.add_alternative(ics.decode(), subtype="calendar", params={"method": method}, cte="base64")
        mail.add_attachment(
            ics, maintype="application", subtype="ics", filename="invite.ics" if method == "REQUEST" else "cancel.ics"
        )
    return mail.as_bytes()
