"""Answers an invitation that was caught, as its reader's calendar would (METHOD:REPLY of RFC 5546)."""

import smtplib
from datetime import UTC, datetime
from email import policy
from email.message import EmailMessage
from email.utils import make_msgid
from typing import Final, Literal

from ekkyo.contracts.base import Refused
from ekkyo.installation.embedded import LOOPBACK

Answer = Literal["ACCEPTED", "DECLINED", "TENTATIVE"]
_KEPT: Final = ("UID", "SEQUENCE", "ORGANIZER", "SUMMARY", "DTSTART", "DTEND", "RECURRENCE-ID")
"""What a reply takes over from the invitation."""


def reply(invitation: EmailMessage, answer: Answer, now: datetime | None = None) -> EmailMessage:
    """The mail that answers an invitation. Raises Refused where this mail is none that can be answered."""
    entry = _entry(invitation)
    if "ORGANIZER" not in entry or "ATTENDEE" not in entry:
        raise Refused("no_invitation", "This mail contains no invitation to answer.")
    organizer, attendee = (entry[name].rpartition("mailto:")[2] for name in ("ORGANIZER", "ATTENDEE"))
    lines = [
        "BEGIN:VCALENDAR",
        "PRODID:-//Ekkyo//local stack//EN",
        "VERSION:2.0",
        "METHOD:REPLY",
        "BEGIN:VEVENT",
        f"DTSTAMP:{now or datetime.now(UTC):%Y%m%dT%H%M%SZ}",
        *(entry[name] for name in _KEPT if name in entry and not name.startswith("DT")),
        f"ATTENDEE;PARTSTAT={answer}:mailto:{attendee}",
        "END:VEVENT",
        "END:VCALENDAR",
        "",
    ]
    made = EmailMessage(policy=policy.SMTP)
    made["From"], made["To"], made["Message-ID"] = attendee, organizer, make_msgid(domain="localhost.localdomain")
    made["Subject"] = f"{answer.capitalize()}: {invitation['Subject'] or ''}"
    made.set_content(answer.capitalize())
    made.add_alternative("\r\n".join(lines), subtype="calendar", params={"method": "REPLY"})
    return made


def hand_over(mail: EmailMessage, port: int) -> None:
    """Bring a mail to where the stack takes mail in. Raises Refused where it does not take it."""
    try:
        with smtplib.SMTP(LOOPBACK, port, timeout=20) as server:
            server.send_message(mail)
    except (smtplib.SMTPException, OSError):
        raise Refused("not_taken", "The local stack did not accept the answer. See: ekkyo logs notify", 503) from None


def _entry(invitation: EmailMessage) -> dict[str, str]:
    """The lines of its one entry by their names, unfolded; nothing where it asks for no answer."""
    for part in invitation.walk():
        if part.get_content_type() == "text/calendar" and part.get_param("method") == "REQUEST":
            text = str(part.get_content()).replace("\r\n", "\n").replace("\n ", "")
            inside = text.partition("BEGIN:VEVENT\n")[2].partition("END:VEVENT")[0]
            found = {line.partition(":")[0].partition(";")[0]: line for line in inside.splitlines()}
            return found if "RSVP=TRUE" in found.get("ATTENDEE", "") else {}
    return {}
