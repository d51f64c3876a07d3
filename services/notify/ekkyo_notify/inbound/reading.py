"""A mail as it came in, read for what has to be known of it. Whatever it holds, reading it ends and raises nothing."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes, policy
from email.message import Message
from hashlib import sha256
from typing import Final

from ekkyo_notify.channels.mail.addresses import Addresses, To
from ekkyo_notify.channels.mail.message import mailable
from ekkyo_notify.inbound.calendars import read_reply
from ekkyo_notify.inbound.vouching import vouched
from ekkyo_notify.model import Bounce, Incoming, Reply

MOST_PARTS: Final = 100
_MESSAGE_ID = re.compile(r"<[!-;=?-~]{1,250}>")
_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"')
_ONE = re.compile(r'[^<>,;:@"]*<([^<>\s]+)>\s*|\s*([^<>\s"(),:;]+)\s*')
"""One mailbox, with a name before it or without (RFC 5322, 3.4), its quoted strings taken out."""
_STATUS = re.compile(r"5\.\d{1,3}\.\d{1,3}")
_ROBOTS: Final = ("mailer-daemon", "postmaster", "noreply", "no-reply", "do-not-reply", "donotreply", "bounce")
_CALENDARS: Final = ("text/calendar", "application/ics", "application/calendar", "text/x-vcalendar")
Headers = list[tuple[str, str]]


@dataclass(frozen=True)
class Reader:
    """authserv_id: who the receiving mail server is in Authentication-Results; empty: it says nothing."""

    addresses: Addresses
    authserv_id: str = ""

    def read(self, content: bytes, to: To, mail_from: str, now: datetime) -> Incoming:
        """What is to be kept of a mail."""
        try:
            return self._read(content, to, mail_from, now)
        except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
            # the mail package raises all of these on mails that somebody made for it
            return Incoming(id=_id(to, content.hex()), received_at=now, delivery_id=to.delivery_id, automatic=True)

    def _read(self, content: bytes, to: To, mail_from: str, now: datetime) -> Incoming:
        mail = message_from_bytes(content, policy=policy.compat32)
        headers = [(name.lower(), _unfolded(str(value))) for name, value in mail.items()]
        sender = _sender(headers)
        message_ids = _MESSAGE_ID.findall(_first(headers, "message-id"))
        bounce = _bounce(mail) if to.kind == "bounced" else None
        reply = _reply(mail) if to.kind != "bounced" else None
        own = Incoming(
            id="",
            received_at=now,
            tag=to.tag,
            delivery_id=to.delivery_id,
            sender=sender,
            answers=message_ids[0] if message_ids else "",
            automatic=_automatic(mail, headers, mail_from, sender) or self.addresses.is_own(sender),
            vouched=vouched(
                [value for name, value in headers if name == "authentication-results"],
                self.authserv_id,
                sender.rpartition("@")[2],
            ),
            reply=reply,
            bounce=bounce,
        )
        said = f"{reply.said} {reply.stamp}" if reply else ""
        named = [own.answers, sender, said] if own.answers else [content.hex()]
        return own.model_copy(update={"id": _id(to, *named)})


def _id(to: To, *parts: str) -> str:
    """The same for the same mail, however often a mail server hands it over."""
    return sha256("\0".join((to.kind, to.tag, to.delivery_id or "", *parts)).encode()).hexdigest()[:40]


def _unfolded(value: str) -> str:
    return " ".join(value.split())[:10_000]


def _first(headers: Headers, name: str) -> str:
    return next((value for key, value in headers if key == name), "")


def _sender(headers: Headers) -> str:
    """The one address in From; nothing where there are several, or none that is one."""
    given = [value for name, value in headers if name == "from"]
    found = _ONE.fullmatch(_QUOTED.sub(" ", given[0])) if len(given) == 1 else None
    return address(found[1] or found[2]) if found else ""


def address(text: str) -> str:
    """An address as mail servers take it, in lower case; nothing for what is none."""
    try:
        return mailable(text)
    except ValueError:
        return ""


def _automatic(mail: Message, headers: Headers, mail_from: str, sender: str) -> bool:
    """Whether a program wrote it, or a text about it would go to a list: RFC 3834, 2."""
    given = dict(reversed(headers))
    submitted = given.get("auto-submitted", "no").partition(";")[0].strip().lower()
    suppressed = given.get("x-auto-response-suppress", "").lower()
    name = sender.partition("@")[0]
    return (
        mail_from in ("", "<>")
        or not sender
        or submitted != "no"
        or any(mark in given for mark in ("list-id", "list-post", "x-loop", "x-autoreply", "feedback-id"))
        or given.get("precedence", "").lower() in ("bulk", "list", "junk", "auto_reply")
        or any(mark in suppressed for mark in ("all", "autoreply"))
        or mail.get_content_type() == "multipart/report"
        or any(name.startswith(robot) for robot in _ROBOTS)
    )


def _parts(mail: Message) -> Iterator[Message]:
    for count, part in enumerate(mail.walk()):
        if count >= MOST_PARTS:
            return
        yield part


def _reply(mail: Message) -> Reply | None:
    """The first answer of a calendar in it. Attached ones count as well: some programs send it as a file alone."""
    for part in _parts(mail):
        if part.is_multipart() or part.get_content_type() not in _CALENDARS:
            continue
        data = part.get_payload(decode=True)
        if isinstance(data, bytes) and (found := read_reply(_in_utf8(data, part.get_param("charset")))):
            return found
    return None


def _in_utf8(data: bytes, charset: object) -> bytes:
    if not isinstance(charset, str) or charset.lower() in ("utf-8", "us-ascii"):
        return data
    try:
        return data.decode(charset, "replace").encode()
    except LookupError:  # no such charset: what matters of a reply is ASCII
        return data


def _bounce(mail: Message) -> Bounce | None:
    """What a report says that a mail could not be delivered, for good (RFC 3464)."""
    if mail.get_content_type() != "multipart/report":
        return None
    for part in _parts(mail):
        if part.get_content_type() != "message/delivery-status":
            continue
        groups = part.get_payload()
        for group in groups if isinstance(groups, list) else []:
            if not isinstance(group, Message) or str(group.get("Action", "")).strip().lower() != "failed":
                continue
            status = _STATUS.search(str(group.get("Status", "")))
            named = [str(group.get(name, "")) for name in ("Original-Recipient", "Final-Recipient")]
            found = [address(one.rpartition(";")[2].strip()) for one in named]
            if status and any(found):
                return Bounce(status=status[0], addresses=[one for one in found if one])
    return None
