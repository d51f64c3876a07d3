"""Mails as they are handed over: their headers, their parts, and the calendar's part."""

import io
import re
import string
from base64 import b64decode, b64encode
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.policy import compat32, default
from email.utils import parseaddr
from typing import Any

import icalendar
import pytest
from dateutil.tz import datetime_ambiguous, tzical
from ekkyo.words.calendar import invitation
from ekkyo.words.text import one_line
from ekkyo_notify.channels.mail.headers import header
from ekkyo_notify.channels.mail.message import Sender, build, display_name, mailable
from ekkyo_notify.model import invitation as method_of
from ekkyo_notify.templates import compose
from hypothesis import given
from hypothesis import strategies as st

from tests.notify.making import (
    CHAT,
    JOIN,
    LOGO,
    MEMBER,
    NOON,
    SEATED,
    TOLD,
    WAITING,
    WHO,
    event,
    message,
    notice,
    reader,
)

SENDER = Sender("Ekkyo <no-reply@ekkyo.example.com>")


def raw(said: Any = None, **changes: Any) -> bytes:
    values = {"sender": SENDER, "to": "fujita@example.co.jp", "delivery_id": "d1", "community_id": "c1", "date": TOLD}
    return build(said or message("registration_confirmed"), **(values | changes))


def mail(said: Any = None, **changes: Any) -> EmailMessage:
    return message_from_bytes(raw(said, **changes), policy=default)


def ics(topic: str = "registration_confirmed", **changes: Any) -> bytes:
    values = {
        "method": "REQUEST",
        "sequence": 3,
        "stamp": TOLD,
        "organizer": ("IT活用コミュニティ", "no-reply@ekkyo.example.com"),
        "attendee": ("藤田 真由美", "fujita@example.co.jp"),
        "join": JOIN,
    }
    about = changes.pop("about", event())
    return invitation(about, **(values | changes))


def entry(data: bytes) -> icalendar.Event:
    return icalendar.Calendar.from_ical(data).walk("VEVENT")[0]


def test_headers_say_who_writes_what_about():
    built = mail()
    assert built["Subject"] == "【参加確定】Excel ピボット入門 11月30日(月) 12:00"
    assert built["From"].addresses[0].display_name == "IT活用コミュニティ"
    assert built["From"].addresses[0].addr_spec == "no-reply@ekkyo.example.com"
    assert built["To"].addresses[0].display_name == "藤田 真由美"
    assert built["Message-ID"] == "<d1@ekkyo.example.com>"
    assert built["List-Id"] == "<c1.ekkyo.example.com>"
    assert built["Auto-Submitted"] == "auto-generated"
    assert built["X-Ekkyo-Delivery"] == "d1"
    assert built["Date"].datetime == TOLD


def test_a_communitys_logo_goes_along_with_the_html_and_nothing_is_loaded_from_elsewhere():
    said = compose(notice("registration_confirmed"), SEATED, reader(logo=LOGO), private=True)
    built = message_from_bytes(raw(said, calendar=("REQUEST", ics())), policy=default)
    alternative, _ = built.iter_parts()
    assert [part.get_content_type() for part in alternative.iter_parts()] == [
        "text/plain",
        "multipart/related",
        "text/calendar",
    ]
    html, logo = list(alternative.iter_parts())[1].iter_parts()
    assert logo.get_content() == b64decode(LOGO)
    [source] = re.findall(r'<img src="cid:([^"]+)" width="48" height="24"', html.get_content())
    assert logo["Content-ID"] == f"<{source}>"
    assert logo.get_content_disposition() == "inline"
    assert not re.search(r'src="(?!cid:)|url\(', html.get_content())
    assert (
        compose(
            notice("event_published"),
            MEMBER,
            reader(logo=b64encode(b"no picture at all, but long").decode()),
            private=True,
        ).logo
        is None
    )
    assert compose(notice("event_published"), CHAT, reader(logo=LOGO)).logo is None


@pytest.mark.parametrize("length", range(1, 40))
def test_no_space_of_a_title_or_a_name_is_lost_where_a_header_is_folded(length: int):
    text = f"{'越' * length} 境 の会 and more"
    said = compose(notice("registration_confirmed", about=event(title=text)), SEATED, reader(community=text, name=text))
    built = message_from_bytes(raw(said), policy=compat32)  # reads encoded words as RFC 2047 has it
    for name in ("Subject", "From", "To"):
        assert text in str(make_header(decode_header(built[name].replace("\n", "")))), name


LINES = st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "S", "Zs")), max_size=250).map(one_line)
PLAIN = st.text(string.ascii_letters + string.digits + " .-_'&=?!", max_size=250).map(one_line)


@given(LINES | PLAIN, LINES | PLAIN)
def test_headers_are_short_lines_of_short_words_and_lose_nothing(title: str, name: str):
    for field, text, address in (
        ("Subject", title, ""),
        ("From", display_name(name), "no-reply@ekkyo.example.com"),
        ("To", display_name(name), "a" * 60 + "@" + "b" * 60 + ".example.co.jp"),
    ):
        raw_header = header(field, text, address).decode("ascii")
        assert raw_header.endswith("\r\n")
        for line in raw_header.removesuffix("\r\n").split("\r\n"):
            assert len(line) <= 78 or len(line.split()) == 1  # one address, which cannot be folded
            assert line.strip()
        assert all(len(word) <= 75 for word in raw_header.split() if word.startswith("=?"))
        read = message_from_bytes(raw_header.encode() + b"\r\n", policy=compat32)[field]
        unfolded = re.sub(r"\r?\n(?=[ \t])", "", read)
        if address:
            assert parseaddr(unfolded)[1] == address
            unfolded = parseaddr(unfolded)[0]
        assert str(make_header(decode_header(unfolded))) == text


@pytest.mark.parametrize("community", ["c1", "0192f0c1-7a00-7000-8000-000000000001", "x" * 64])
@pytest.mark.parametrize("method", ["REQUEST", "CANCEL"])
def test_every_header_of_a_mail_is_short_and_no_boundary_begins_with_another(community: str, method: Any):
    title = "第十二回 越境交流会 " * 20
    said = compose(notice("event_revised", about=event(title=title)), SEATED, reader(community=title, name=title))
    sent = raw(
        said,
        calendar=(method, ics()),
        delivery_id="0192f0c1-7a00-7000-8000-000000000001",
        community_id=community,
        sender=Sender(f"no-reply@mail.{'a' * 40}.example.com"),
    )
    for line in sent.decode("ascii").split("\r\n"):
        assert len(line) <= 78 or (len(line.split()) == 1 and line.strip().startswith("<"))
    boundaries = re.findall(rb'boundary="([^"]+)"', sent)
    assert len(boundaries) == 2
    assert all(len(b) <= 70 for b in boundaries)
    for one in boundaries:
        assert not [other for other in boundaries if other != one and other.startswith(one)]
        assert sent.count(b"--" + one) >= 3
    assert [p.get_content_type() for p in message_from_bytes(sent, policy=default).walk()] == [
        "multipart/mixed",
        "multipart/alternative",
        "text/plain",
        "text/html",
        "text/calendar",
        "application/ics",
    ]


def test_a_mail_is_text_and_html_in_seven_bits():
    sent = raw(message("event_published"))
    assert max(sent) < 128
    assert max(len(line) for line in sent.split(b"\r\n")) <= 998
    built = mail(message("event_published"))
    assert built.get_content_type() == "multipart/alternative"
    assert [part.get_content_type() for part in built.iter_parts()] == ["text/plain", "text/html"]
    assert "参加登録を受け付けています" in built.get_body(("plain",)).get_content()


def test_an_invitation_is_an_alternative_and_an_attachment():
    built = mail(calendar=("REQUEST", ics()))
    assert built.get_content_type() == "multipart/mixed"
    alternative, attachment = built.iter_parts()
    assert [part.get_content_type() for part in alternative.iter_parts()] == [
        "text/plain",
        "text/html",
        "text/calendar",
    ]
    part = list(alternative.iter_parts())[2]
    assert part.get_param("method") == "REQUEST"
    assert part.get_param("charset") == "utf-8"
    assert attachment.get_content_type() == "application/ics"
    assert attachment.get_filename() == "invite.ics"
    for data in (part.get_content().encode(), attachment.get_content()):
        assert entry(data)["UID"] == "e1@ekkyo"


HOSTILE = [
    "x\r\nBcc: everyone@example.com",
    "x\nContent-Type: text/html\n\n<script>",
    "=?utf-8?q?=0D=0ABcc=3A_everyone=40example.com?=",
    'Eve" <eve@example.com>, "',
    "a,b;c:d@e(f)[g]\\h",
    "長い名前、" * 60,
    "emoji 🎉" * 20,
    "\ud800 half",
    "",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_titles_and_names_add_no_header_and_no_recipient(text):
    said = compose(notice("registration_confirmed", about=event(title=text)), SEATED, reader(community=text, name=text))
    built = mail(said, calendar=("REQUEST", ics(about=event(title=text), attendee=(text, "a@b.example"))))
    usual = mail(calendar=("REQUEST", ics()))
    assert [name for name, _ in built.items()] == [name for name, _ in usual.items()]
    assert "Bcc" not in built
    assert [a.addr_spec for a in built["To"].addresses] == ["fujita@example.co.jp"]
    assert [a.addr_spec for a in built["From"].addresses] == ["no-reply@ekkyo.example.com"]
    assert "\n" not in built["Subject"]
    assert "@example.com?=" not in built["Subject"]
    assert not built.defects


@pytest.mark.parametrize(
    "address",
    [
        "",
        "nobody",
        "a@b",
        "a@b.example\r\nBcc: x@y.example",
        "a b@c.example",
        "a@b.example,c@d.example",
        "藤田@example.co.jp",
    ],
)
def test_an_address_that_no_server_takes_is_none(address):
    with pytest.raises(ValueError, match=r"address|ASCII") as wrong:
        mailable(address)
    assert address == "" or address not in str(wrong.value)


@pytest.mark.parametrize(
    ("address", "mailed"),
    [
        ("Taro@Example.co.jp", "taro@example.co.jp"),
        ("taro@例え.jp", "taro@xn--r8jz45g.jp"),
        ("hans@straße.example", "hans@xn--strae-oqa.example"),
    ],
)
def test_a_domain_that_is_not_ascii_is_mailed_in_ascii(address, mailed):
    assert mailable(address) == mailed


@pytest.mark.parametrize("wrong", ["", "nobody", "Ekkyo", "a@b\r\nX: y"])
def test_a_sender_must_be_an_address(wrong):
    with pytest.raises(ValueError, match="is not a mail address") as e:
        Sender(wrong)
    assert wrong == "" or wrong not in str(e.value)


def test_the_invitation_holds_what_a_calendar_needs():
    found = entry(ics())
    assert icalendar.Calendar.from_ical(ics())["METHOD"] == "REQUEST"
    assert found["UID"] == "e1@ekkyo"
    assert found["SEQUENCE"] == 3
    assert found["SUMMARY"] == "Excel ピボット入門"
    assert found["STATUS"] == "CONFIRMED"
    assert found["DTSTART"].dt == NOON
    assert found["DTEND"].dt == NOON + timedelta(hours=1)
    assert found["DTSTAMP"].dt == TOLD
    assert found["ORGANIZER"] == "mailto:no-reply@ekkyo.example.com"
    assert found["ATTENDEE"] == "mailto:fujita@example.co.jp"
    assert found["ATTENDEE"].params["CN"] == "藤田 真由美"
    assert found["ATTENDEE"].params["PARTSTAT"] == "ACCEPTED"
    assert found["LOCATION"] == JOIN
    assert found["URL"] == JOIN


def test_the_uid_stays_and_the_sequence_is_the_messages():
    told = [entry(ics(sequence=n, about=event(sequence=1))) for n in (4, 5)]
    told.append(entry(ics(sequence=9, about=event(status="cancelled"), method="CANCEL", join=None)))
    assert {e["UID"] for e in told} == {"e1@ekkyo"}
    assert [e["SEQUENCE"] for e in told] == [4, 5, 9]
    assert told[-1]["STATUS"] == "CANCELLED"
    assert "URL" not in told[-1]
    assert JOIN.encode() not in ics(method="CANCEL", join=None).replace(b"\r\n ", b"")


def test_who_withdraws_is_told_to_drop_the_entry_and_not_that_the_event_is_off():
    withdrawn = entry(ics(method="CANCEL", join=None))
    assert "STATUS" not in withdrawn
    assert withdrawn["ATTENDEE"] == "mailto:fujita@example.co.jp"


BERLIN = event(
    format="onsite",
    place="Alexanderplatz 1",
    url=None,
    timezone="Europe/Berlin",
    starts_at=NOON.replace(hour=9),
    ends_at=NOON.replace(hour=17),
)


@pytest.mark.parametrize("form", ["onsite", "hybrid"])
def test_who_has_to_be_somewhere_has_that_places_clock_in_the_calendar(form):
    data = ics(about=BERLIN.model_copy(update={"format": form}), join=None).decode()
    assert "DTSTART;TZID=Europe/Berlin:20261130T100000\r\n" in data
    assert "DTEND;TZID=Europe/Berlin:20261130T180000\r\n" in data
    assert data.index("BEGIN:VTIMEZONE") < data.index("BEGIN:VEVENT")
    online = ics(about=BERLIN.model_copy(update={"format": "online"})).decode()
    assert "DTSTART:20261130T090000Z\r\n" in online
    assert "VTIMEZONE" not in online


ZONES = ["Europe/Berlin", "Asia/Tokyo", "America/New_York", "Africa/Casablanca", "Europe/Dublin", "Asia/Kathmandu"]
ZONES += ["Australia/Lord_Howe", "America/St_Johns", "Pacific/Apia", "America/Santiago", "Antarctica/Troll"]


@pytest.mark.parametrize("zone", ZONES)
def test_a_calendar_that_knows_no_zones_reads_the_right_instant_from_the_rules_that_go_along(zone):
    for days in range(0, 730, 13):
        for hour in (1, 9, 16):
            starts = datetime(2026, 1, 1, hour, 30, tzinfo=UTC) + timedelta(days=days)
            about = BERLIN.model_copy(
                update={"timezone": zone, "starts_at": starts, "ends_at": starts + timedelta(hours=8)}
            )
            data = ics(about=about, join=None).replace(zone.encode(), b"Here")
            rules = data[data.index(b"BEGIN:VTIMEZONE") : data.index(b"BEGIN:VEVENT")].decode()
            here = tzical(io.StringIO(rules)).get("Here")
            clock = re.search(rb"DTSTART;TZID=Here:(\d{8}T\d{6})", data[data.index(b"BEGIN:VEVENT") :])[1].decode()
            shown = datetime.strptime(clock, "%Y%m%dT%H%M%S").replace(tzinfo=here)
            if datetime_ambiguous(shown):
                continue  # the clock shows it twice; which is meant, only the length of the event tells
            assert shown.astimezone(UTC) == starts


def test_onsite_events_name_their_place_and_hybrid_ones_both():
    onsite = entry(ics(about=event(format="onsite", place="大阪本社 5F", url=None), join=None))
    assert onsite["LOCATION"] == "大阪本社 5F"
    assert "URL" not in onsite
    hybrid = entry(ics(about=event(format="hybrid", place="大阪本社 5F")))
    assert (hybrid["LOCATION"], hybrid["URL"]) == ("大阪本社 5F", JOIN)


@pytest.mark.parametrize("zone", ["Asia/Tokyo", "America/New_York", "Europe/Berlin"])
@pytest.mark.parametrize("month", [1, 3, 7, 10, 11])
def test_an_instant_stays_the_same_instant_in_every_zone_and_season(zone, month):
    at = NOON.replace(month=month, day=29 if month != 2 else 28)
    found = entry(ics(about=event(starts_at=at, ends_at=at + timedelta(hours=2), timezone=zone)))
    assert found["DTSTART"].dt == at
    assert found["DTEND"].dt - found["DTSTART"].dt == timedelta(hours=2)


@pytest.mark.parametrize("text", [*HOSTILE, "a\nEND:VEVENT\nBEGIN:VEVENT\nUID:other", 'CN";X=Y:mailto:a@b.example'])
def test_hostile_titles_stay_inside_their_property(text):
    about = event(title=text, place=text, description=text, format="hybrid")
    data = ics(about=about, attendee=(text, "a@b.example"), organizer=(text, "c@d.example"))
    calendar = icalendar.Calendar.from_ical(data.decode("utf-8", "replace"))
    assert len(calendar.walk("VEVENT")) == 1
    found = calendar.walk("VEVENT")[0]
    usual = entry(ics(about=event(place="x", description="x", format="hybrid")))
    assert set(found) <= set(usual)
    assert found["UID"] == "e1@ekkyo"
    assert found["ATTENDEE"] == "mailto:a@b.example"
    assert found["ORGANIZER"] == "mailto:c@d.example"


@pytest.mark.parametrize(
    ("topic", "to", "method"),
    [
        ("event_published", MEMBER, None),
        ("registration_confirmed", SEATED, "REQUEST"),
        ("registration_promoted", SEATED, "REQUEST"),
        ("registration_waitlisted", WAITING, None),
        ("registration_withdrawn", MEMBER, "CANCEL"),
        ("event_revised", SEATED, "REQUEST"),
        ("event_revised", WAITING, None),
        ("event_rescheduled", SEATED, "REQUEST"),
        ("event_rescheduled", WAITING, None),
        ("event_cancelled", SEATED, "CANCEL"),
        ("event_cancelled", WAITING, None),
        ("event_reminder", SEATED, None),
        ("survey_opened", MEMBER, None),
    ],
)
def test_calendars_are_told_of_seats_alone(topic, to, method):
    assert method_of(notice(topic), to) == method
    assert method_of(notice("registration_withdrawn", was="waitlisted"), MEMBER) is None
    assert topic in WHO
