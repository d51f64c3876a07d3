"""A message as a mail: text, HTML, and the calendar's part the way Outlook and Gmail take it."""

import base64
from datetime import datetime
from email.errors import MessageError
from email.header import Header
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr
from functools import lru_cache
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
    headers = b"".join(
        (
            _kept("Subject", _plain(one_line(message.subject, 250))),
            _kept("From", display_name(message.community), sender.address),
            _header("To", recipient.display_name, recipient.addr_spec),
            f"Date: {format_datetime(date)}\r\nMessage-ID: {message_id(delivery_id, sender)}\r\n".encode("ascii"),
            f"X-Ekkyo-Delivery: {delivery_id}\r\n".encode("ascii"),
            _kept("List-Id", f"<{community_id}.{sender.domain}>"),
            _kept("Content-Language", message.locale),
            b"Auto-Submitted: auto-generated\r\nX-Auto-Response-Suppress: All\r\nMIME-Version: 1.0\r\n",
        )
    )
    parts = [_part("text/plain; charset=utf-8", message.text()), _part("text/html; charset=utf-8", message.html())]
    if calendar is None:
        return headers + _multipart("alternative", f"=_{delivery_id}", parts)
    method, ics = calendar
    # Outlook reads the alternative, Gmail either; other programs open the attachment.
    parts.append(_part(f"text/calendar; charset=utf-8; method={method}", ics.decode()))
    name = "invite.ics" if method == "REQUEST" else "cancel.ics"
    file = f'Content-Disposition: attachment; filename="{name}"'
    attachment = _part(f'application/ics; name="{name}"', ics.decode(), file)
    alternative = _multipart("alternative", f"=_{delivery_id}_alternative", parts)
    return headers + _multipart("mixed", f"=_{delivery_id}", [alternative, attachment])


def _header(name: str, text: str, address: str = "") -> bytes:
    """A header, or one that names somebody at an address, encoded and folded; refused if it holds a line break."""
    if text.isascii() or not address.isascii() or len(text.splitlines()) > 1:
        mail = EmailMessage(policy=_POLICY)
        mail[name] = Address(text, addr_spec=address) if address else text
        return mail.as_bytes().rstrip() + b"\r\n"
    # All of it as encoded words (RFC 2047): EmailMessage loses a space where it folds between two of them.
    words = Header(text, "utf-8", header_name=name).encode(linesep="\r\n")
    to = f"\r\n <{address}>" if address else ""
    return f"{name}: {words}{to}\r\n".encode("ascii")


_kept = lru_cache(1024)(_header)
"""For headers that many recipients of a message share. A member's name and address are not kept."""


def _part(content_type: str, text: str, *headers: str) -> bytes:
    """One part in base64: 7 bits, short lines, and nothing in it that could look like a boundary.

    Put together by hand, as parts hold no header from outside: the mail package takes 2 ms of a mail for it.
    """
    head = [f"Content-Type: {content_type}", "Content-Transfer-Encoding: base64", *headers]
    lines = text.replace("\r\n", "\n").replace("\n", "\r\n").encode("utf-8", "replace")
    body = base64.encodebytes(lines).replace(b"\n", b"\r\n")
    return "\r\n".join(head).encode("ascii") + b"\r\n\r\n" + body


def _multipart(kind: str, boundary: str, parts: list[bytes]) -> bytes:
    """A multipart entity (RFC 2046, 5.1), from its content type on."""
    mark = f"--{boundary}".encode()
    body = b"".join(mark + b"\r\n" + part for part in parts) + mark + b"--\r\n"
    return f'Content-Type: multipart/{kind}; boundary="{boundary}"\r\n\r\n'.encode() + body
