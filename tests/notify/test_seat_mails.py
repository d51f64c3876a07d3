"""The QR code of a seat, in the mail that tells of it: read back as the desk reads it."""

import re
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any

import pytest
from ekkyo.contracts.base import new_id
from ekkyo.contracts.events import EventReminderDue, EventRescheduled, EventRevised, RegistrationConfirmed
from ekkyo.wire.seats import Seat, SeatMaker, SeatReader
from ekkyo.wire.tokens import make_keys
from ekkyo_notify.channels.chat.slack import post
from ekkyo_notify.channels.mail.message import Sender, build
from ekkyo_notify.model import Recipient, seated_notice
from ekkyo_notify.model.delivery import Kept
from ekkyo_notify.templates import Message, compose
from ekkyo_notify.templates.links import Links
from ekkyo_notify.templates.pictures import qr

from tests.notify.making import APPLIED, CHAT, LOGO, NOON, TOLD, WAITING, WHO, event, notice, reader
from tests.notify.scanning import scanned
from tests.notify.test_attending import META

PORTAL = "https://ekkyo.example.com"
PRIVATE, PUBLIC = make_keys()
LINKS, READER = Links(PORTAL, seats=SeatMaker(PRIVATE)), SeatReader(PUBLIC["keys"])
HERE = {"ja": "このメールのQRコードを、受付で見せてください", "en": "Show the QR code in this mail at the desk"}


def said(topic: Any = "registration_confirmed", locale: str = "en", **changes: Any) -> Message:
    links, private = changes.pop("links", LINKS), changes.pop("private", True)
    to, logo = changes.pop("to", WHO[topic]), changes.pop("logo", "")
    about = changes.pop("about", event(format="onsite", place="3F"))
    told = notice(topic, about=about, **{"registration_id": "r1", **changes})
    return compose(told, to, reader(locale, logo=logo), links, private=private)


def mail(message: Message, **more: Any) -> EmailMessage:
    values = {"sender": Sender("no-reply@ekkyo.example.com"), "to": "fujita@example.co.jp", "delivery_id": "d1"}
    return message_from_bytes(build(message, **values, community_id="c1", date=TOLD, **more), policy=default)


@pytest.mark.parametrize("locale", ["ja", "en"])
@pytest.mark.parametrize("topic", ["registration_confirmed", "registration_promoted"])
@pytest.mark.parametrize("logo", ["", LOGO])
def test_the_mail_about_a_seat_has_its_code_beside_its_html_and_says_what_it_is_for(topic, locale, logo):
    message = said(topic, locale, logo=logo)
    built = mail(message, calendar=("REQUEST", b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n"))
    related = next(part for part in built.walk() if part.get_content_type() == "multipart/related")
    html, *pictures = related.iter_parts()
    code = pictures[-1]
    assert (len(pictures), code.get_content_type(), code.get_content_disposition()) == (
        1 + bool(logo),
        "image/png",
        "inline",
    )
    assert READER.of(*scanned(code.get_content())) == Seat("e1", "m1", "r1")
    page = html.get_content()
    cid = code["Content-ID"].strip("<>")
    alt = {"ja": "受付用のQRコード", "en": "Your QR code for check-in"}[locale]
    assert re.search(rf'<img src="cid:{cid}" width="(\d+)" height="\1" alt="{alt}"', page)
    assert not re.search(r'src="(?!cid:)|url\(', page), "nothing is loaded from elsewhere"
    for text in (page, message.text()):
        assert HERE[locale] in text
    assert len(code.get_content()) < 2_000
    assert "data:image/png" in message.html(inline=True)


def test_codes_are_read_on_small_screens_whatever_the_ids():
    codes = [LINKS.seats.make(Seat(new_id(), new_id(), new_id())) for _ in range(12)]  # type: ignore[union-attr]
    pictures = [qr(code) for code in codes]
    assert list(scanned(*(one.data for one in pictures))) == codes
    assert list(scanned(*(one.data for one in pictures), size=pictures[0].width)) == codes, "as it is shown"


def test_each_registration_has_a_code_of_its_own():
    codes = {said(**more).code for more in ({}, {"registration_id": "r2"}, {"to": Recipient("m2", seat="confirmed")})}
    assert len(codes) == 3
    assert None not in codes


HYBRID = event(format="hybrid", place="3F")
CHANGED = ("event_revised", "event_rescheduled")
INVITED, HOST = Recipient("m1", seat="invited"), Recipient("m1")


@pytest.mark.parametrize(
    ("changes", "has"),
    [
        ({}, True),
        ({"about": HYBRID}, True),
        ({"about": HYBRID, "attend": "onsite"}, True),
        ({"about": HYBRID, "attend": "online"}, False),
        ({"about": event(format="online")}, False),
        ({"registration_id": None}, False),
        ({"private": False}, False),
        ({"links": Links(PORTAL)}, False),
        ({"links": Links(seats=SeatMaker(PRIVATE))}, False),
        ({"topic": "registration_waitlisted"}, False),
        ({"topic": "registration_withdrawn"}, False),
        ({"topic": "event_reminder", "registration_id": None}, False),
        ({"topic": "event_reminder", "registration_id": None, "registrations": {"m1": "r1", "m2": "r2"}}, True),
        ({"topic": "event_reminder", "registration_id": None, "registrations": {"m2": "r2"}}, False),
        *(({"topic": topic, "registration_id": None, "registrations": {"m1": "r1"}}, True) for topic in CHANGED),
        *(({"topic": topic, "about": HYBRID, "attend": "online"}, False) for topic in CHANGED),
        *(({"topic": topic, "to": to}, False) for topic in CHANGED for to in (WAITING, APPLIED, INVITED, HOST)),
        ({"topic": "event_cancelled"}, False),
        ({"topic": "series_rescheduled"}, False),
    ],
)
def test_a_code_goes_to_who_has_a_seat_in_a_room_and_whose_mail_nobody_else_reads(changes, has):
    message = said(**changes)
    assert (message.code is not None, HERE["en"] in message.text()) == (has, has)
    assert ("image/png" in {part.get_content_type() for part in mail(message).walk()}) == has


SEATED = {"event_id": "e1", "event": event(format="onsite", place="3F"), "confirmed": ["m1", "m2", "m3"]}


@pytest.mark.parametrize(
    "fact",
    [
        EventReminderDue(**SEATED),
        EventRevised(**SEATED, waitlisted=["m4"]),
        EventRescheduled(**SEATED, waitlisted=["m4"], was_starts_at=NOON, was_ends_at=NOON),
    ],
    ids=lambda fact: type(fact).__name__,
)
def test_what_all_with_seats_are_told_has_the_code_of_the_registration_that_each_has_now(fact):
    def given(kind: Any, member_id: str, registration_id: str | None, revision: int) -> Any:
        fact = kind(event_id="e1", event=event(), member_id=member_id, registration_id=registration_id)
        return fact.told(META.model_copy(update={"revision": revision}))

    facts = [
        given(RegistrationConfirmed, "m1", "again", 9),
        given(RegistrationConfirmed, "m1", "first", 2),
        given(RegistrationConfirmed, "gone", "r", 4),
        given(RegistrationConfirmed, "m2", "r2", 5),
        given(RegistrationConfirmed, "m4", "once-had-a-seat", 6),
    ]
    told = seated_notice(fact.told(META.model_copy(update={"revision": 10})), facts)
    assert told.registrations == {"m1": "again", "m2": "r2"}
    for member, own in (("m1", "again"), ("m2", "r2"), ("m3", None)):
        to = Recipient(member, seat="confirmed")
        code = compose(told, to, reader(), LINKS, private=True).code
        named = READER.of(*scanned(code.data)) if code else None
        assert (named.registration_id if named else None) == own
        kept = Kept.of(told, to).notice
        assert (kept.registrations, kept.registration_id) == ({}, own), "for sending it once more, of nobody else"
    for to in (Recipient("m4", seat="waitlisted"), CHAT):
        assert compose(told, to, reader(), LINKS, private=True).code is None
        kept = Kept.of(told, to).notice
        assert (kept.registrations, kept.registration_id) == ({}, None)


def test_without_a_key_and_for_whom_nothing_names_a_registration_the_mail_says_that_the_page_has_the_code():
    for message in (said(links=Links(PORTAL)), said("event_reminder", registration_id=None)):
        assert "The event's page shows a QR code. Show it at the desk." in message.text()


def test_no_code_is_posted_to_a_chat():
    assert "image" not in str(post(said(private=False)))
