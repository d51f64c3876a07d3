"""Answers to invitations in the forms of Outlook, Gmail, Apple Mail and Thunderbird, in two languages."""

import base64
import quopri
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email.header import Header
from email.message import EmailMessage
from typing import Any
from uuid import uuid4

from icalendar import Calendar


@dataclass(frozen=True)
class Invitation:
    """What a calendar knows of an invitation, and answers with."""

    organizer: str
    attendee: str
    uid: str
    sequence: int
    start: str
    end: str
    summary: str
    rsvp: str

    @classmethod
    def of(cls, mail: EmailMessage) -> "Invitation":
        [part] = [p for p in mail.walk() if p.get_content_type() == "text/calendar"]
        text = part.get_payload(decode=True)
        assert isinstance(text, bytes)
        assert part.get_param("method") == "REQUEST"
        [entry] = Calendar.from_ical(text).walk("VEVENT")
        return cls(
            organizer=str(entry["organizer"]).removeprefix("mailto:"),
            attendee=str(entry["attendee"]).removeprefix("mailto:"),
            uid=str(entry["uid"]),
            sequence=int(entry["sequence"]),
            start=f"{entry['dtstart'].dt.astimezone(UTC):%Y%m%dT%H%M%SZ}",
            end=f"{entry['dtend'].dt.astimezone(UTC):%Y%m%dT%H%M%SZ}",
            summary=str(entry["summary"]),
            rsvp=str(entry["attendee"].params["RSVP"]),
        )


@dataclass(frozen=True)
class Answer:
    """One answer. Everything that a forger may change can be changed."""

    to: Invitation
    said: str = "DECLINED"
    sender: str = ""
    at: datetime | None = None
    message_id: str = ""
    method: str = "REPLY"
    attendees: str = ""
    more: str = ""
    """Lines of the entry."""
    head: str = ""
    """Header fields above the others."""

    def but(self, **changes: Any) -> "Answer":
        return replace(self, **changes)

    @property
    def stamp(self) -> str:
        return f"{self.at or datetime.now(UTC):%Y%m%dT%H%M%SZ}"

    @property
    def from_(self) -> str:
        return self.sender or self.to.attendee

    def ics(self, prodid: str, attendee: str, more: str = "", *, organizer: bool = True) -> str:
        lines = [
            "BEGIN:VCALENDAR", f"PRODID:{prodid}", "VERSION:2.0", f"METHOD:{self.method}", "BEGIN:VEVENT",
            f"UID:{self.to.uid}", f"DTSTAMP:{self.stamp}", f"DTSTART:{self.to.start}", f"DTEND:{self.to.end}",
            f"SEQUENCE:{self.to.sequence}", f"SUMMARY:{self.to.summary}",
            *([f"ORGANIZER;CN=Ekkyo:mailto:{self.to.organizer}"] if organizer else []),
            *(self.attendees or attendee).split("\r\n"),
            *filter(None, [*more.split("\r\n"), *self.more.split("\r\n")]), "END:VEVENT", "END:VCALENDAR", "",
        ]  # fmt: skip
        return "\r\n".join(lines)

    def mail(self, *fields: str, body: str) -> bytes:
        message_id = self.message_id or f"<{uuid4()}@mail.example.co.jp>"
        own = [f"From: {fields[0]} <{self.from_}>", f"To: Ekkyo <{self.to.organizer}>", f"Message-ID: {message_id}"]
        return "\r\n".join([*filter(None, [self.head]), *own, *fields[1:], "MIME-Version: 1.0", body]).encode(
            "utf-8", "surrogateescape"
        )


def _base64(text: str, charset: str = "utf-8") -> str:
    return base64.encodebytes(text.encode(charset)).decode().replace("\n", "\r\n")


def _qp(text: str) -> str:
    return quopri.encodestring(text.encode()).decode().replace("\r\n", "\n").replace("\n", "\r\n")


def outlook(answer: Answer, locale: str = "en") -> bytes:
    """Multipart/alternative; the calendar in base64, without an organizer, with properties of its own."""
    words = {"ACCEPTED": ("Accepted", "承諾"), "DECLINED": ("Declined", "辞退"), "TENTATIVE": ("Tentative", "仮承諾")}
    said = words[answer.said][locale == "ja"]
    charset = "iso-2022-jp" if locale == "ja" else "us-ascii"
    ics = answer.ics(
        "Microsoft Exchange Server 2010",
        f'ATTENDEE;PARTSTAT={answer.said};CN="山田 花子":MAILTO:{answer.to.attendee}',
        "COMMENT;LANGUAGE=ja-JP:\\n\r\nCLASS:PUBLIC\r\nPRIORITY:5\r\nTRANSP:OPAQUE\r\nSTATUS:CONFIRMED\r\n"
        "X-MICROSOFT-CDO-APPT-SEQUENCE:0\r\nX-MICROSOFT-CDO-OWNERAPPTID:0\r\nX-MICROSOFT-CDO-INTENDEDSTATUS:BUSY",
        organizer=False,
    )
    mark = "_000_TYCPR01MB0001_"
    body = "\r\n".join(
        [
            f'Content-Type: multipart/alternative;\r\n\tboundary="{mark}"', "", f"--{mark}",
            f'Content-Type: text/plain; charset="{charset}"', "Content-Transfer-Encoding: base64", "",
            _base64("欠席します。" if locale == "ja" else "Sorry.", charset), f"--{mark}",
            f'Content-Type: text/calendar; charset="utf-8"; method={answer.method}',
            "Content-Transfer-Encoding: base64", "", _base64(ics), f"--{mark}--", "",
        ]
    )  # fmt: skip
    name = Header("山田 花子", "iso-2022-jp").encode() if locale == "ja" else '"Yamada, Hanako"'
    subject = Header(f"{said}: {answer.to.summary}", "utf-8").encode()
    return answer.mail(
        name, f"Subject: {subject}", "Thread-Topic: x", "X-MS-Has-Attach:", "Accept-Language: ja-JP, en-US", body=body
    )


def gmail(answer: Answer, locale: str = "en") -> bytes:
    """Multipart/mixed around the alternatives, with the calendar in both; sent for its user by a program."""
    ics = answer.ics(
        "-//Google Inc//Google Calendar 70.9054//EN",
        f"ATTENDEE;CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT;PARTSTAT={answer.said};CN={answer.to.attendee};\r\n"
        f" X-NUM-GUESTS=0:mailto:{answer.to.attendee}",
        "X-MICROSOFT-CDO-OWNERAPPTID:-1\r\nCREATED:20261101T000000Z\r\nSTATUS:CONFIRMED\r\nTRANSP:OPAQUE",
    )
    subject = f"辞退: {answer.to.summary}" if locale == "ja" else "Declined: invitation"
    text = "花子さんがこの招待を辞退しました。" if locale == "ja" else "Hanako has declined this invitation."
    body = "\r\n".join(
        [
            'Content-Type: multipart/mixed; boundary="000000000000aa"', "", "--000000000000aa",
            'Content-Type: multipart/alternative; boundary="000000000000bb"', "", "--000000000000bb",
            'Content-Type: text/plain; charset="UTF-8"; format=flowed; delsp=yes', "Content-Transfer-Encoding: base64",
            "", _base64(text), "--000000000000bb", 'Content-Type: text/html; charset="UTF-8"',
            "Content-Transfer-Encoding: quoted-printable", "", _qp(f"<p>{text}</p>"), "--000000000000bb",
            f'Content-Type: text/calendar; charset="UTF-8"; method={answer.method}', "Content-Transfer-Encoding: 7bit",
            "", ics, "--000000000000bb--", "--000000000000aa",
            'Content-Type: application/ics; name="invite.ics"',
            'Content-Disposition: attachment; filename="invite.ics"',
            "Content-Transfer-Encoding: base64", "", _base64(ics), "--000000000000aa--", "",
        ]
    )  # fmt: skip
    return answer.mail(
        Header("山田花子").encode() if locale == "ja" else "Hanako Yamada",
        "Sender: Google Calendar <calendar-notification@google.com>",
        "Auto-Submitted: auto-generated",
        f"Subject: {Header(subject, 'utf-8').encode()}",
        body=body,
    )


def apple(answer: Answer, locale: str = "en") -> bytes:
    """Multipart/alternative; the calendar in quoted-printable, with a name, and its attendee's address in capitals."""
    ics = answer.ics(
        "-//Apple Inc.//macOS 15.1//EN",
        f'ATTENDEE;CN="山田 花子";CUTYPE=INDIVIDUAL;EMAIL="{answer.to.attendee}";\r\n'
        f" PARTSTAT={answer.said}:mailto:{answer.to.attendee.upper()}",
        "REQUEST-STATUS:2.0;Success\r\nCREATED:20261101T000000Z",
    )
    mark = "Apple-Mail=_AAAA"
    text = "山田 花子さんが招待を辞退しました" if locale == "ja" else "Hanako has declined your invitation"
    body = "\r\n".join(
        [
            f'Content-Type: multipart/alternative;\r\n boundary="{mark}"', "", f"--{mark}",
            "Content-Transfer-Encoding: quoted-printable", "Content-Type: text/plain;\r\n charset=utf-8", "",
            _qp(text), f"--{mark}", f"Content-Type: text/calendar; charset=utf-8; method={answer.method};"
            " name=iCal-20261101-000000.ics", "Content-Transfer-Encoding: quoted-printable", "", _qp(ics),
            f"--{mark}--", "",
        ]
    )  # fmt: skip
    name = Header("山田 花子", "utf-8").encode() if locale == "ja" else "Hanako Yamada"
    return answer.mail(name, f"Subject: {Header(text, 'utf-8').encode()}", "X-Mailer: iCal", body=body)


def thunderbird(answer: Answer, locale: str = "en") -> bytes:
    """Multipart/mixed; the calendar as it is, in eight bits, and once more as a file."""
    ics = answer.ics(
        "-//Mozilla.org/NONSGML Mozilla Calendar V1.1//EN",
        f"ATTENDEE;CN=山田 花子;PARTSTAT={answer.said};ROLE=REQ-PARTICIPANT:mailto:{answer.to.attendee}",
    )
    text = "山田 花子 は招待を辞退しました。" if locale == "ja" else "Hanako has declined your invitation."
    body = "\r\n".join(
        [
            'Content-Type: multipart/mixed; boundary="------------tb"', "", "--------------tb",
            'Content-Type: multipart/alternative; boundary="------------ta"', "", "--------------ta",
            "Content-Type: text/plain; charset=UTF-8; format=flowed", "Content-Transfer-Encoding: 8bit", "", text,
            "--------------ta", f"Content-Type: text/calendar; charset=UTF-8; method={answer.method}",
            "Content-Transfer-Encoding: 8bit", "", ics, "--------------ta--", "--------------tb",
            'Content-Type: application/ics; name="invite.ics"', "Content-Transfer-Encoding: base64", "",
            _base64(ics), "--------------tb--", "",
        ]
    )  # fmt: skip
    name = Header("山田 花子", "utf-8").encode() if locale == "ja" else "Hanako"
    subject = Header("イベントへの招待への返信 (辞退)" if locale == "ja" else "Invitation declined", "utf-8").encode()
    return answer.mail(name, f"Subject: {subject}", "User-Agent: Mozilla Thunderbird", body=body)


FORMS: dict[str, Callable[[Answer, str], bytes]] = {
    "Outlook": outlook,
    "Gmail": gmail,
    "Apple Mail": apple,
    "Thunderbird": thunderbird,
}


def bounce(to: str, recipient: str, status: str = "5.1.1", action: str = "failed") -> bytes:
    """What a mail server says of a mail that it could not deliver (RFC 3464)."""
    return "\r\n".join(
        [
            "From: Mail Delivery System <MAILER-DAEMON@mx.example.co.jp>", f"To: {to}", "Auto-Submitted: auto-replied",
            f"Message-ID: <{uuid4()}@mx.example.co.jp>", "Subject: Undelivered Mail Returned to Sender",
            "MIME-Version: 1.0",
            'Content-Type: multipart/report; report-type=delivery-status;\r\n boundary="AA/mx"', "", "--AA/mx",
            "Content-Type: text/plain; charset=us-ascii", "", "I'm sorry to have to inform you", "--AA/mx",
            "Content-Type: message/delivery-status", "", "Reporting-MTA: dns; mx.example.co.jp",
            "Arrival-Date: Thu, 26 Nov 2026 12:00:00 +0900 (JST)", "", f"Final-Recipient: rfc822; {recipient}",
            f"Original-Recipient: rfc822;{recipient}", f"Action: {action}", f"Status: {status}",
            "Diagnostic-Code: smtp; 550 5.1.1 <x>: Recipient address rejected", "", "--AA/mx",
            "Content-Type: text/rfc822-headers", "", "Subject: x", "", "--AA/mx--", "",
        ]
    ).encode()  # fmt: skip
