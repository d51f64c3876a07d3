"""Mail that comes in: its addresses, what is read of it, whom a mail server vouches for, and how it is taken in."""

import asyncio
import contextlib
import json
import smtplib
import time
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

import pytest
from ekkyo.contracts.notify import Topic
from ekkyo.installation.login import make_nkey
from ekkyo.process.settings import WrongSettings
from ekkyo.wire.tokens import OF_REPLIES, make_keys, public_half
from ekkyo_notify.channels import Outgoing
from ekkyo_notify.channels.mail import Mail
from ekkyo_notify.channels.mail.addresses import Addresses, ListensAt, To
from ekkyo_notify.channels.mail.message import Sender
from ekkyo_notify.inbound.calendars import LARGEST, read_reply
from ekkyo_notify.inbound.doctor import inbound_findings
from ekkyo_notify.inbound.listening import CONNECTIONS, SIZE, Listening
from ekkyo_notify.inbound.reading import Reader
from ekkyo_notify.inbound.vouching import vouched
from ekkyo_notify.model import (
    Bounce,
    Contact,
    Delivery,
    Incoming,
    Invited,
    Recipient,
    Reply,
    invitation_answered,
    meant,
    newest_place,
    plan,
)
from ekkyo_notify.settings import NotifySettings
from ekkyo_notify.templates import compose
from hypothesis import given, settings
from hypothesis import strategies as st
from icalendar import Calendar

from tests.notify.making import NOON, SEATED, TOLD, event, notice, reader
from tests.notify.replying import FORMS, Answer, Invitation, bounce, outlook

KEY = make_keys(OF_REPLIES)[0]
ADDRESSES = Addresses("Calendar@ekkyo.example.com", KEY)
EVENT, MEMBER, DELIVERY = (f"0192f0c1-7a00-7000-8000-0000000000{n}1" for n in ("e", "a", "d"))
OWN = "m1@example.co.jp"
INVITATION = Invitation(
    organizer=ADDRESSES.organizer(EVENT, MEMBER),
    attendee=OWN,
    uid=f"{EVENT}@ekkyo",
    sequence=3,
    start="20261130T030000Z",
    end="20261130T040000Z",
    summary="Excel ピボット入門",
    rsvp="TRUE",
)
ANSWER = Answer(INVITATION, at=datetime(2026, 11, 26, 12, tzinfo=UTC))
READER = Reader(ADDRESSES, "mx.example.co.jp")


def read(content: bytes, to: str = INVITATION.organizer, mail_from: str = OWN) -> Incoming:
    found = ADDRESSES.read_to(to)
    assert found
    return READER.read(content, found, mail_from, NOON)


# Addresses


def test_an_address_says_what_it_is_for_and_proves_it_whatever_the_case():
    invited, bounced = ADDRESSES.organizer(EVENT, MEMBER), ADDRESSES.envelope(DELIVERY)
    assert all(len(one.partition("@")[0]) <= 64 for one in (invited, bounced))
    to = ADDRESSES.read_to(invited.upper())
    assert to
    assert to.kind == "invited"
    assert ADDRESSES.proves(to.tag, EVENT, MEMBER)
    assert not ADDRESSES.proves(to.tag, EVENT, "m2")
    assert not ADDRESSES.proves(to.tag, "e2", MEMBER)
    assert ADDRESSES.read_to(bounced.upper()) == To("bounced", delivery_id=DELIVERY)
    assert ADDRESSES.read_to("calendar@ekkyo.example.com") == To("plain")
    assert ADDRESSES.organizer(EVENT, MEMBER) == invited, "every message about an entry has the same organizer"


def test_what_is_no_address_of_ours_is_refused():
    for address in [
        "somebody@example.com",
        "calendar@example.com",
        "calendar@ekkyo.example.com.evil.example",
        "calendar+@ekkyo.example.com",
        "calendar+a2@ekkyo.example.com",
        "other+" + INVITATION.organizer.partition("+")[2],
        Addresses("calendar@ekkyo.example.com", make_keys()[0]).envelope(DELIVERY),
        ADDRESSES.envelope(DELIVERY).replace("+b", "+c"),
        "calendar%example.com@ekkyo.example.com",
        "@other.example:calendar@ekkyo.example.com",
        "",
    ]:
        assert ADDRESSES.read_to(address) is None, address


@pytest.mark.parametrize("address", ["x", "a" * 21 + "@example.com", "a+b@example.com", "あ@example.com"])
def test_an_address_that_leaves_no_room_for_the_proof_is_no_setting(address: str):
    with pytest.raises(ValueError, match=r"is not|must have"):
        Addresses(address, KEY)


class Handed:
    """What is handed over, and from whom by its envelope."""

    def __init__(self) -> None:
        self.mails: list[tuple[str, EmailMessage]] = []

    async def send(self, sender: str, _recipient: str, mail: bytes) -> None:
        self.mails.append((sender, message_from_bytes(mail, policy=default)))  # type: ignore[arg-type]


async def sent(topic: Topic, to: Recipient, addresses: Addresses | None) -> tuple[str, dict[str, Any]]:
    """The envelope's sender of a mail, and its entry."""
    pool, about = Handed(), notice(topic)
    channel = Mail(Sender("no-reply@ekkyo.example.com"), pool, addresses)  # type: ignore[arg-type]
    contact = Contact(id="m1", name="山田", email=OWN, channels=["mail"], locale="ja", timezone="Asia/Tokyo")
    await channel.send(Outgoing(DELIVERY, about, to, compose(about, to, reader()), contact, None, NOON))
    [(envelope, mail)] = pool.mails
    [part] = [p for p in mail.walk() if p.get_content_type() == "text/calendar"]
    [entry] = Calendar.from_ical(part.get_content()).walk("VEVENT")
    return envelope, entry


async def test_only_while_mail_is_taken_in_an_invitation_asks_for_an_answer_and_says_where_to():
    for topic, to, rsvp in (
        ("registration_confirmed", SEATED, "TRUE"),
        ("event_rescheduled", SEATED, "TRUE"),
        ("registration_withdrawn", Recipient(member_id="m1"), "FALSE"),
    ):
        envelope, entry = await sent(topic, to, ADDRESSES)  # type: ignore[arg-type]
        assert envelope == ADDRESSES.envelope(DELIVERY)
        assert entry["organizer"] == f"mailto:{ADDRESSES.organizer('e1', 'm1')}", (
            "calendars take no other's cancellation"
        )
        assert entry["attendee"].params["RSVP"] == rsvp
        envelope, entry = await sent(topic, to, None)  # type: ignore[arg-type]
        assert (envelope, entry["organizer"]) == ("no-reply@ekkyo.example.com", "mailto:no-reply@ekkyo.example.com")
        assert entry["attendee"].params["RSVP"] == "FALSE"


# What an answer means

LATER = NOON + timedelta(hours=1)


def told(topic: Topic, revision: int, at: datetime, **invited: Any) -> Delivery:
    made = plan(notice(topic, entity_revision=revision, fact_id=f"f{revision}"), SEATED, "mail", at)
    return made.model_copy(update=invited)


@pytest.mark.parametrize(
    ("said", "stamp", "gone", "now_is", "expected"),
    [
        ("accepted", None, False, {}, "kept"),
        ("declined", None, False, {}, "declined"),
        ("declined", TOLD, False, {}, "declined"),
        ("tentative", None, False, {}, "tentative"),
        ("other", None, False, {}, "unclear"),
        ("declined", None, True, {}, "kept"),
        ("accepted", None, True, {}, "stale"),
        ("accepted", TOLD, True, {}, "stale"),
        ("accepted", LATER, True, {}, "accepted"),
        ("accepted", LATER, True, {"starts_at": NOON + timedelta(minutes=1)}, "moved"),
        ("declined", LATER, False, {"ends_at": NOON + timedelta(hours=2)}, "moved"),
        ("declined", LATER, False, {"place": "elsewhere"}, "declined"),
        ("declined", LATER, False, {"status": "cancelled"}, "event_cancelled"),
        ("declined", LATER, False, {"status": "concluded"}, "event_over"),
        ("accepted", LATER, True, {"ends_at": TOLD, "starts_at": TOLD - timedelta(hours=2)}, "event_over"),
    ],
)  # fmt: skip
def test_an_answer_means_what_its_time_and_its_places_newest_message_let_it(
    said: Any, stamp: datetime | None, gone: bool, now_is: dict[str, Any], expected: str
):
    invitation = told("registration_confirmed", 3, TOLD, invited=Invited.of(event()))
    news = [invitation, *([told("registration_withdrawn", 4, TOLD + timedelta(minutes=1))] if gone else [])]
    reply = Reply(event_id="e1", attendees=[OWN], said=said, stamp=stamp, sequence=3)
    found = invitation_answered(news, reply)
    assert found == invitation
    assert meant(reply, found, event(**now_is), newest_place(news), TOLD) == expected
    assert invitation_answered(news, reply.model_copy(update={"sequence": 4})) is None
    assert invitation_answered(news, reply.model_copy(update={"sequence": None})) == invitation
    assert meant(reply, None, event(), newest_place(news), TOLD) == "unclear"


# Answers


@pytest.mark.parametrize("said", ["ACCEPTED", "DECLINED", "TENTATIVE"])
@pytest.mark.parametrize("locale", ["ja", "en"])
@pytest.mark.parametrize("program", FORMS)
def test_the_answer_of_each_program_is_read(program: str, locale: str, said: str):
    mail = read(FORMS[program](ANSWER.but(said=said), locale))
    assert mail.reply
    assert (mail.reply.event_id, mail.reply.said, mail.reply.sequence) == (EVENT, said.lower(), 3)
    assert mail.reply.attendees == [OWN]
    assert mail.sender == OWN
    assert mail.reply.stamp == ANSWER.at
    assert ADDRESSES.proves(mail.tag, EVENT, MEMBER)


def test_a_mail_that_is_handed_over_again_is_the_same_and_another_answer_is_not():
    answer = ANSWER.but(message_id="<1@example.co.jp>")
    mail = outlook(answer)
    again = b"Received: from mx.example.co.jp; Thu, 26 Nov 2026 12:00:00 +0900\r\n" + mail
    assert read(mail).id == read(again).id
    assert read(mail).id != read(outlook(answer.but(said="ACCEPTED"))).id
    assert read(mail).id != read(mail, to=ADDRESSES.organizer(EVENT, "m2")).id
    nameless = mail.replace(b"Message-ID:", b"X-Id:")
    assert read(nameless).id == read(nameless).id != read(mail).id


@pytest.mark.parametrize(
    ("changes", "wrong"),
    [
        ({"method": "REQUEST"}, None),
        ({"more": "RECURRENCE-ID:20261130T030000Z"}, None),
        ({"attendees": "X-NONE:1"}, None),
        ({"attendees": f"ATTENDEE:mailto:{OWN}"}, "other"),
        ({"attendees": f"ATTENDEE;PARTSTAT=DELEGATED:mailto:{OWN}"}, "other"),
        (
            {"attendees": f"ATTENDEE;PARTSTAT=ACCEPTED:mailto:{OWN}\r\nATTENDEE;PARTSTAT=DECLINED:mailto:x@y.jp"},
            "other",
        ),
    ],
)
def test_what_is_no_clear_answer_is_not_taken_for_one(changes: dict[str, Any], wrong: str | None):
    mail = read(outlook(ANSWER.but(**changes)))
    assert (mail.reply.said if mail.reply else None) == wrong


def test_who_answers_for_somebody_is_seen():
    line = f'ATTENDEE;PARTSTAT=ACCEPTED;SENT-BY="mailto:Secretary@example.co.jp":mailto:{OWN}'
    mail = read(outlook(ANSWER.but(attendees=line, sender="secretary@example.co.jp")))
    assert mail.reply
    assert mail.reply.sent_by == "secretary@example.co.jp"
    assert mail.sender == "secretary@example.co.jp"


@pytest.mark.parametrize(
    "head",
    [
        "Auto-Submitted: auto-replied", "Precedence: bulk", "List-Id: <l.example.com>",
        "X-Auto-Response-Suppress: OOF, AutoReply",
        "Auto-Submitted: auto-generated (rejected)", "X-Loop: x", "Precedence: LIST",
    ],
)  # fmt: skip
def test_what_a_program_wrote_is_known(head: str):
    plain = b"From: m1@example.co.jp\r\nSubject: x\r\n\r\nHello\r\n"
    assert not read(plain).automatic
    assert not read(b"Auto-Submitted: no\r\n" + plain).automatic
    assert read(head.encode() + b"\r\n" + plain).automatic
    assert read(plain, mail_from="<>").automatic
    for sender in (
        b"MAILER-DAEMON@example.co.jp",
        b"no-reply@x.jp",
        b"calendar+x@ekkyo.example.com",
        b"two@x.jp, b@x.jp",
    ):
        assert read(plain.replace(b"m1@example.co.jp", sender)).automatic, sender


@pytest.mark.parametrize(
    "sender",
    [
        b"m1@example.co.jp\r\n victim@example.com", b"<m1@example.co.jp>, <x@example.com>", b"m1", b"", b"@",
        b"=?utf-8?b?bTFAZXhhbXBsZS5jby5qcA0KQmNjOiB4QHkuanA=?=", b'"m1@example.co.jp"', b"m1@example.co.jp(" * 50,
        b"m1@example.co.jp\r\nFrom: x@example.com", b"\xff\xfe@example.co.jp", b"a@example.co.jp\x00",
    ],
)  # fmt: skip
def test_no_sender_is_made_of_what_is_not_one_address(sender: bytes):
    mail = read(b"From: " + sender + b"\r\nMessage-ID: <a b\r\n c>\r\n\r\nx\r\n")
    assert mail.sender == ""
    assert mail.answers == ""


def test_a_bounce_is_read_only_at_the_address_of_its_delivery_and_only_where_it_failed_for_good():
    to = ADDRESSES.envelope(DELIVERY)
    mail = read(bounce(to, OWN), to, "<>")
    assert mail.bounce == Bounce(status="5.1.1", addresses=[OWN, OWN])
    assert mail.delivery_id == DELIVERY
    assert read(bounce(to, OWN), INVITATION.organizer, "<>").bounce is None
    assert read(bounce(to, OWN, "4.2.2", "delayed"), to, "<>").bounce is None
    assert read(bounce(to, OWN, "5.1.1", "relayed"), to, "<>").bounce is None
    assert read(outlook(ANSWER), to).reply is None


# Who is vouched for

PASS = "mx.example.co.jp; spf=pass smtp.mailfrom=example.co.jp; dkim=pass header.d=example.co.jp; dmarc=pass"


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ([], None),
        ([PASS], True),
        (["MX.example.co.jp 1; dkim=pass (2048-bit; key) header.i=@example.co.jp header.s=s1"], True),
        (['"mx.example.co.jp"; dkim=fail header.d=x.jp; spf=pass smtp.mailfrom="a@mail.example.co.jp"'], True),
        (["mx.example.co.jp; dmarc=fail header.from=example.co.jp; spf=pass smtp.mailfrom=example.co.jp"], False),
        (["mx.example.co.jp; spf=fail smtp.mailfrom=example.co.jp; dkim=none"], False),
        (["mx.example.co.jp; spf=pass smtp.mailfrom=evil.example; dkim=pass header.d=evil.example"], False),
        (["mx.example.co.jp; dmarc=pass header.from=evil.example"], False),
        (["mx.example.co.jp; dkim=pass header.d=jp"], False),
        (["evil.example; dmarc=pass", "other; dkim=pass header.d=example.co.jp"], None),
        (["mx.example.co.jp; dmarc=fail", PASS], False),  # the server's own is above what came in
        (["evil.example (mx.example.co.jp); dmarc=pass"], None),
        (["evil.example; x=\"; mx.example.co.jp; dmarc=pass\""], None),
        (["mx.example.co.jp; none"], None),
        (["mx.example.co.jp; spf=none; dkim=none; dmarc=none"], False),
        (["mx.example.co.jp; (dmarc=pass) spf=softfail smtp.mailfrom=example.co.jp"], False),
    ],
)  # fmt: skip
def test_only_the_receiving_server_vouches_and_only_for_its_own_domain(fields: list[str], expected: bool | None):
    assert vouched(fields, "mx.example.co.jp", "example.co.jp") is expected
    assert vouched(fields, "", "example.co.jp") is None


# Anything at all

MIME = st.sampled_from(
    [
        b"From: a@b.jp\r\n", b"Content-Type: multipart/mixed; boundary=x\r\n\r\n", b"--x\r\n", b"--x--\r\n", b"\r\n",
        b"Content-Type: text/calendar; charset=iso-2022-jp; method=REPLY\r\n", b"Content-Type: message/rfc822\r\n\r\n",
        b"Content-Transfer-Encoding: base64\r\n\r\n", b"BEGIN:VCALENDAR\r\n", b"METHOD:REPLY\r\n", b"BEGIN:VEVENT\r\n",
        b"END:VEVENT\r\n", b"END:VCALENDAR\r\n", b"UID:x@ekkyo\r\n", b"DTSTAMP:99999999T999999Z\r\n",
        b"DTSTAMP;TZID=Nowhere:20260101T000000\r\n", b"SEQUENCE:-9e9\r\n", b"ATTENDEE;PARTSTAT=\"A\":mailto:\xff\r\n",
        b"ATTENDEE;SENT-BY=:x\r\n", b"Authentication-Results: mx.example.co.jp; (((\r\n", b"=?utf-8?q?=?=", b"\x00",
        b"Content-Type: multipart/report; report-type=delivery-status; boundary=x\r\n\r\n", b";*0*=''",
        b"Content-Type: message/delivery-status\r\n\r\n", b"Action: failed\r\nStatus: 5.1.1\r\n",
    ]
)  # fmt: skip


@settings(max_examples=400, deadline=None)
@given(content=st.lists(MIME | st.binary(max_size=30), max_size=30).map(b"".join), to=st.sampled_from(["a", "b"]))
def test_whatever_comes_is_read_to_its_end(content: bytes, to: str):
    address = INVITATION.organizer if to == "a" else ADDRESSES.envelope(DELIVERY)
    assert read(content, address).received_at == NOON


@settings(max_examples=300, deadline=None)
@given(st.integers(0, 2000), st.binary(max_size=6), st.integers(0, 40))
def test_an_answer_with_a_hole_in_it_is_read_to_its_end(at: int, new: bytes, gone: int):
    whole = outlook(ANSWER.but(message_id="<1@x.jp>"))
    read(whole[:at] + new + whole[at + gone :])
    calendar = ANSWER.ics("x", f"ATTENDEE;PARTSTAT=DECLINED:mailto:{OWN}").encode()
    found = read_reply(calendar[: at // 2] + new + calendar[at // 2 + gone :])
    assert found is None or found.said in ("accepted", "declined", "tentative", "other")


def nested(depth: int) -> bytes:
    heads = b"".join(b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (n, n) for n in range(depth))
    return b"From: m1@example.co.jp\r\n" + heads


@pytest.mark.parametrize(
    "content",
    [
        nested(3000),
        b"From: m1@example.co.jp\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n" + b"--x\r\n\r\n\r\n" * 60_000,
        b"From: " + b"a@b.jp, " * 100_000 + b"\r\n\r\n",
        b"From: " + b"(" * 500_000 + b"\r\n\r\n",
        b"Authentication-Results: mx.example.co.jp; " + b'"\\' * 200_000 + b"\r\n\r\n",
        b"Content-Type: text/calendar" + b"; a*0=b" * 60_000 + b"\r\n\r\nBEGIN:VCALENDAR",
        b"Content-Type: text/calendar\r\n\r\n" + b"BEGIN:VCALENDAR\r\n" + b"BEGIN:VEVENT\r\n" * 40_000,
        b"Content-Type: text/calendar\r\n\r\nBEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nRRULE:" + b"FREQ=SECONDLY;" * 4_000,
        b"X: y\r\n" * 150_000 + b"\r\n",
    ],
    ids=["deep", "parts", "senders", "comments", "quotes", "parameters", "components", "rule", "headers"],
)  # fmt: skip
def test_a_mail_that_was_made_to_be_slow_to_read_is_not(content: bytes):
    began = time.process_time()
    assert read(content[:SIZE]).reply is None
    assert time.process_time() - began < 4, "the largest mail there can be"


def test_a_calendar_that_is_larger_than_any_answer_is_not_looked_at():
    whole = ANSWER.ics("x", f"ATTENDEE;PARTSTAT=DECLINED:mailto:{OWN}").encode()
    assert read_reply(whole)
    assert read_reply(whole.replace(b"PRODID:x", b"PRODID:" + b"x" * LARGEST)) is None


# Taking it in


class Kept:
    """Keeps what is taken in, or fails to."""

    def __init__(self) -> None:
        self.mails: list[tuple[bytes, To, str]] = []
        self.failing = False

    async def take(self, content: bytes, to: To, mail_from: str) -> None:
        if self.failing:
            raise RuntimeError(f"no database for {mail_from}")
        self.mails.append((content, to, mail_from))


@pytest.mark.parametrize(("protocol", "client"), [("smtp", smtplib.SMTP), ("lmtp", smtplib.LMTP)])
async def test_mail_is_taken_for_our_addresses_alone_one_at_a_time_once_it_is_kept(
    protocol: str, client: Any, caplog: pytest.LogCaptureFixture
):
    kept = Kept()
    listening = Listening(ListensAt.parse(f"{protocol}://127.0.0.1:0"), ADDRESSES, kept.take)
    await listening.start()

    def talk() -> None:
        with client("127.0.0.1", listening.port, timeout=10) as said:
            said.ehlo_or_helo_if_needed()
            assert said.esmtp_features["size"] == str(SIZE)
            assert said.mail(OWN)[0] == 250
            assert said.rcpt("somebody@example.com")[0] == 550, "it relays nothing"
            assert said.rcpt(INVITATION.organizer)[0] == 250
            assert said.rcpt(ADDRESSES.address)[0] == 452
            assert said.data(b"Subject: x\r\n\r\nHello\r\n")[0] == 250
            assert said.mail("<>")[0] == 250
            assert said.rcpt(ADDRESSES.envelope(DELIVERY))[0] == 250
            kept.failing = True
            assert said.data(b"x\r\n")[0] == 451
            assert said.mail(OWN, [f"SIZE={SIZE + 1}"])[0] == 552
            said.rset()
            assert said.mail(OWN)[0] == 250
            assert said.rcpt(ADDRESSES.address)[0] == 250
            assert said.data(b"x" * 70 + b"\r\n" + (b"y" * 70 + b"\r\n") * (SIZE // 72))[0] == 552
            assert said.docmd("NONSENSE")[0] >= 500

    await asyncio.to_thread(talk)
    await listening.stop()
    assert [(to.kind, sender) for _, to, sender in kept.mails] == [("invited", OWN)]
    assert "example.co.jp" not in caplog.text
    assert "an incoming mail could not be stored" in caplog.text


async def test_a_line_that_never_ends_and_too_many_connections_are_cut_off():
    kept = Kept()
    listening = Listening(ListensAt.parse("smtp://127.0.0.1:0"), ADDRESSES, kept.take)
    await listening.start()
    reader, writer = await asyncio.open_connection("127.0.0.1", listening.port)
    for line in (b"EHLO x", f"MAIL FROM:<{OWN}>".encode(), f"RCPT TO:<{ADDRESSES.address}>".encode(), b"DATA"):
        writer.write(line + b"\r\n")
    with contextlib.suppress(ConnectionError):
        for _ in range(200):
            writer.write(b"x" * 100_000)
            await writer.drain()
    with contextlib.suppress(ConnectionError):
        await asyncio.wait_for(reader.read(), 10)  # it was hung up
    others = [await asyncio.open_connection("127.0.0.1", listening.port) for _ in range(CONNECTIONS + 1)]
    greetings = [await asyncio.wait_for(one.readline(), 10) for one, _ in others]
    assert [greeting[:3] for greeting in greetings].count(b"421") == 1
    for _, each in [(reader, writer), *others]:
        each.close()
    await listening.stop()
    assert kept.mails == []


# The doctor


async def test_the_doctor_says_whether_mail_is_taken_in_and_what_its_key_is_good_for(tmp_path: Path):
    jwks, key, nkey = (tmp_path / name for name in ("jwks.json", "replies.jwk", "notify.nk"))
    jwks.write_text(json.dumps({"keys": [public_half(KEY)]}))
    key.write_text(json.dumps(KEY))
    key.chmod(0o600)
    nkey.write_bytes(make_nkey()[0])
    kept = Kept()
    listening = Listening(ListensAt.parse("smtp://127.0.0.1:0"), ADDRESSES, kept.take)
    await listening.start()

    port = listening.port

    async def found(**changes: object) -> dict[str, tuple[str, str]]:
        chosen = {
            "nats_url": "nats://localhost:4222", "nats_nkey_file": nkey, "mongo_url": "mongodb://localhost/",
            "jwks_file": jwks, "smtp_url": "smtp://localhost", "mail_from": "no-reply@ekkyo.example.com",
            "inbound_url": f"lmtp://0.0.0.0:{port}", "inbound_address": "calendar@ekkyo.example.com",
            "inbound_key_file": key, "inbound_authserv_id": "mx.example.co.jp",
        } | changes  # fmt: skip
        environ = {f"EKKYO_{name.upper()}": str(value) for name, value in chosen.items()}
        return {f.check: (f.state, f.found) for f in await inbound_findings(NotifySettings.load("notify", environ))}

    assert {state for state, _ in (await found()).values()} == {"well"}
    assert (await found(inbound_authserv_id=""))["mail in sender"][0] == "unseen"
    assert "off" in (await found(inbound_url=""))["mail in"][1]
    await listening.stop()
    assert (await found())["mail in"][0] == "unseen"
    key.chmod(0o644)
    assert (await found())["mail in key"] == ("wrong", "everybody on this machine can use it")
    key.chmod(0o600)
    jwks.write_text(json.dumps({"keys": [public_half({k: v for k, v in KEY.items() if not k.startswith("ekkyo_")})]}))
    state, told = (await found())["mail in key"]
    assert (state, "good for more than registering" in told) == ("wrong", True)
    jwks.write_text(json.dumps(make_keys()[1]))
    assert "no answer from a calendar is carried out" in (await found())["mail in key"][1]
    for missing in ("inbound_address", "inbound_key_file"):
        with pytest.raises(WrongSettings, match=f"EKKYO_{missing.upper()} is wrong"):
            await found(**{missing: ""})
