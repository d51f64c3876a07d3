"""A message as a mail: text, HTML, and the calendar's part the way Outlook and Gmail take it."""

import base64
from datetime import datetime
from email.utils import format_datetime, parseaddr
from functools import lru_cache

import idna
from ekkyo.contracts.base import Email
from ekkyo.words.text import one_line
from pydantic import TypeAdapter, ValidationError

from ekkyo_notify.channels.mail.headers import header
from ekkyo_notify.model import Method
from ekkyo_notify.templates import Message
from ekkyo_notify.templates.pictures import Picture

_EMAIL = TypeAdapter(Email)
_ATTACHED = 'Content-Disposition: attachment; filename="{}"'
_SPECIAL = str.maketrans(dict.fromkeys('<>",;:@()[]\\', " "))


class Sender:
    """Who mail comes from: the address of EKKYO_MAIL_FROM, under the name of the community that writes."""

    def __init__(self, mail_from: str) -> None:
        name, address = parseaddr(mail_from)
        self.name = one_line(name)
        self.address = mailable(address)
        self.domain = self.address.partition("@")[2]


def valid_address(address: str) -> str:
    """The address in lower case. Raises ValueError, whose text does not repeat it."""
    try:
        return _EMAIL.validate_python(address)
    except ValidationError:
        raise ValueError("is not a mail address") from None


def mailable(address: str) -> str:
    """The address as a mail server takes it: in ASCII, the domain as its A-labels (RFC 5891).

    Raises ValueError where it is none, or has a local part that only servers with SMTPUTF8 take.
    """
    local, _, domain = valid_address(address).rpartition("@")
    if not local.isascii():
        raise ValueError("the local part is not ASCII")
    return f"{local}@{domain if domain.isascii() else idna.encode(domain, uts46=True).decode('ascii')}"


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
    community_id: str | None,
    date: datetime,
    calendar: tuple[Method, bytes] | None = None,
    answers: str | None = None,
) -> bytes:
    """The bytes to hand over. to: an address as `mailable` gives it.

    answers: the Message-ID, without its brackets, of the mail that this one automatically answers (RFC 3834); empty
    where it had none.

    Titles and names come from users: `header` refuses line breaks, and `one_line` took them out.
    """
    headers = b"".join(
        (
            _kept("Subject", _plain(one_line(message.subject, 250))),
            _kept("From", display_name(message.community), sender.address),
            header("To", display_name(message.name or ""), to),
            f"Date: {format_datetime(date)}\r\n".encode("ascii"),
            header("Message-ID", "", message_id(delivery_id, sender)[1:-1], angled=True),
            header("X-Ekkyo-Delivery", delivery_id),
            _kept("List-Id", "", f"{community_id}.{sender.domain}", angled=True) if community_id else b"",
            _kept("Content-Language", message.locale),
            _unsubscribing(message.unsubscribe),
            b"Auto-Submitted: auto-generated\r\n" if answers is None else _answering(answers),
            b"X-Auto-Response-Suppress: All\r\nMIME-Version: 1.0\r\n",
        )
    )
    parts = [_part("text/plain; charset=utf-8", message.text()), _html(message, delivery_id)]
    if message.file:
        name, page = message.file
        file = _part(f'text/html; charset=utf-8; name="{name}"', page, _ATTACHED.format(name))
        alternative = _multipart("alternative", f"=_alternative_{delivery_id}", parts)
        return headers + _multipart("mixed", f"=_mixed_{delivery_id}", [alternative, file])
    if calendar is None:
        return headers + _multipart("alternative", f"=_alternative_{delivery_id}", parts)
    method, ics = calendar
    if method in ("DATE", "DATES", "DATES_OFF"):  # no scheduling message (RFC 5546, 3.2), but a file to open
        dates = _part('text/calendar; charset=utf-8; name="dates.ics"', ics.decode(), _ATTACHED.format("dates.ics"))
        alternative = _multipart("alternative", f"=_alternative_{delivery_id}", parts)
        return headers + _multipart("mixed", f"=_mixed_{delivery_id}", [alternative, dates])
    # Outlook reads the alternative, Gmail either; other programs open the attachment.
    parts.append(_part(f"text/calendar; charset=utf-8; method={method}", ics.decode()))
    name = "invite.ics" if method == "REQUEST" else "cancel.ics"
    attachment = _part(f'application/ics; name="{name}"', ics.decode(), _ATTACHED.format(name))
    alternative = _multipart("alternative", f"=_alternative_{delivery_id}", parts)
    return headers + _multipart("mixed", f"=_mixed_{delivery_id}", [alternative, attachment])


def _html(message: Message, delivery_id: str) -> bytes:
    """The HTML, together with the pictures that it shows (RFC 2387)."""
    html = _part("text/html; charset=utf-8", message.html())
    pictures = [_logo(message.logo)] if message.logo else []
    pictures += [_picture(message.code)] if message.code else []
    if not pictures:
        return html
    return _multipart('related; type="text/html"', f"=_related_{delivery_id}", [html, *pictures])


def _picture(one: Picture) -> bytes:
    head = f'Content-Type: image/png; name="{one.name}"\r\nContent-ID: <{one.cid}>\r\nContent-Disposition: inline\r\n'
    body = base64.encodebytes(one.data).replace(b"\n", b"\r\n")
    return f"{head}Content-Transfer-Encoding: base64\r\n\r\n".encode("ascii") + body


_logo = lru_cache(64)(_picture)


def _answering(message_id: str) -> bytes:
    named = [header(name, "", message_id, angled=True) for name in ("In-Reply-To", "References") if message_id]
    return b"".join([b"Auto-Submitted: auto-replied\r\n", *named])


def _unsubscribing(url: str | None) -> bytes:
    """RFC 8058: mail programs show a button of their own, which posts to this address."""
    if url is None:
        return b""
    # An address has no spaces, so it is folded nowhere but before itself (RFC 5322, 2.1.1: at most 998 characters).
    return f"List-Unsubscribe:\r\n <{url}>\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n".encode("ascii")


_kept = lru_cache(1024)(header)
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
    """A multipart entity, from its content type on. No boundary begins with that of another (RFC 2046, 5.1)."""
    mark = f"--{boundary}".encode()
    body = b"".join(mark + b"\r\n" + part for part in parts) + mark + b"--\r\n"
    return f'Content-Type: multipart/{kind};\r\n boundary="{boundary}"\r\n\r\n'.encode() + body
