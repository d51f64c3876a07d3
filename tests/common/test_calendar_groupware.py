"""Calendar files of Outlook, Exchange, Google, Apple and phones: zones of their own, answers, what is cancelled."""

import quopri
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from ekkyo_common.calendar import Item, Left, Recurring, read_calendar

from tests.common.test_calendar_import import NOW, calendar, event, only, read

CLOCK = """BEGIN:{kind}
DTSTART:{start}
TZOFFSETFROM:{other}
TZOFFSETTO:{offset}
RRULE:FREQ=YEARLY;BYDAY={day};BYMONTH={month}
END:{kind}
"""
RULES = {
    "Europe/Berlin": (("+0100", "16011028T030000", "-1SU", 10), ("+0200", "16010325T020000", "-1SU", 3)),
    "America/New_York": (("-0500", "20071104T020000", "1SU", 11), ("-0400", "20070311T020000", "2SU", 3)),
    "Australia/Sydney": (("+1000", "20080406T030000", "1SU", 4), ("+1100", "20081005T020000", "1SU", 10)),
}


def zone(name: str, of: str = "Europe/Berlin") -> str:
    """A zone that the file defines itself, with the clocks of another."""
    winter, summer = RULES[of]
    made = "".join(
        CLOCK.format(kind=kind, start=start, other=other[0], offset=offset, day=day, month=month)
        for kind, (offset, start, day, month), other in (("STANDARD", winter, summer), ("DAYLIGHT", summer, winter))
    )
    return f"BEGIN:VTIMEZONE\nTZID:{name}\n{made}END:VTIMEZONE\n"


@pytest.mark.parametrize("of", RULES)
def test_a_zone_that_the_file_defines_has_its_own_clocks_all_year(of: str) -> None:
    days = [date(2027, 1, 1) + timedelta(days=n) for n in range(0, 365, 5)]
    events = [event(f"DTSTART;TZID=Mine:{day:%Y%m%d}T120000", uid=str(n)) for n, day in enumerate(days)]
    rows = read(calendar(*events, more=zone("Mine", of))).rows
    wanted = [datetime(d.year, d.month, d.day, 12, tzinfo=ZoneInfo(of)).astimezone(UTC) for d in days]
    assert [row.starts_at for row in rows if isinstance(row, Item)] == wanted


def test_a_rule_that_ended_in_the_first_year_there_is_is_read() -> None:
    begins = "DTSTART:20270703T180000Z\nRRULE:FREQ=WEEKLY;UNTIL=00010101T000000"
    assert len(read(calendar(event(begins), event(uid="b"))).rows) == 2


@pytest.mark.parametrize(
    ("tzid", "hour"),
    [
        ("Customized Time Zone", 16),
        ("tzone://Microsoft/Custom", 16),
        ('"(UTC+01:00) Amsterdam, Berlin, Bern, Rome, Stockholm, Vienna"', 16),
        ("tzone://Microsoft/Utc", 18),
        ("europe/berlin", 16),
        ("UTC+9", 9),
        ("GMT+0900", 9),
    ],
)
def test_the_names_of_exchange_are_the_right_hour_in_summer(tzid: str, hour: int) -> None:
    own = zone("Customized Time Zone") + zone("tzone://Microsoft/Custom")
    item = only(calendar(event(f"DTSTART;TZID={tzid}:20270703T180000"), more=own))
    assert item.starts_at == datetime(2027, 7, 3, hour, tzinfo=UTC)


@pytest.mark.parametrize("name", ["localtime", "Factory", "posixrules", "(UTC+01:00) Nirgends, Berlin/Bern x"])
def test_what_is_a_zone_on_one_machine_only_is_none(name: str) -> None:
    row = only(calendar(event(f"DTSTART;TZID={name}:20270703T180000")))
    if isinstance(row, Left):
        assert row.said.code == "unknown_zone"
    else:
        assert [one.names[1] for one in row.said if one.code == "zone_by_offset"] == ["UTC+01:00"]


def test_a_zone_whose_rules_are_not_read_for_certain_is_named() -> None:
    for rule in ("FREQ=MONTHLY;BYDAY=-1SU", "FREQ=YEARLY;BYDAY=-1SU;BYMONTH=13", "FREQ=YEARLY;BYYEARDAY=300"):
        own = zone("Mine").replace("FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10", rule)
        row = only(calendar(event("DTSTART;TZID=Mine:20261203T180000"), more=own))
        assert isinstance(row, Left)
        assert row.said.code == "unknown_zone"


def test_a_series_in_a_zone_of_its_own_recurs_by_our_clock_only_where_both_are_the_same_all_year() -> None:
    data = calendar(event("DTSTART;TZID=Mine:20261203T180000", rrule="FREQ=WEEKLY"), more=zone("Mine"))
    [series] = read_calendar(data, zone="Europe/Berlin", now=NOW).rows
    assert isinstance(series, Recurring)
    assert (series.item.timezone, series.starts) == ("Europe/Berlin", "2026-12-03T18:00")
    [other] = read_calendar(data, zone="Africa/Lagos", now=NOW).rows  # the same in winter only
    assert isinstance(other, Item | Recurring)
    assert other.item.starts_at.hour == 17


def test_times_without_a_zone_are_in_the_one_that_the_file_names() -> None:
    item = only(calendar(event("DTSTART:20261203T180000"), more="X-WR-TIMEZONE:Europe/Berlin\n"))
    assert (item.starts_at.hour, item.timezone) == (17, "Europe/Berlin")
    assert ("floating", ("Europe/Berlin",)) in [(one.code, one.names) for one in item.said]


@pytest.mark.parametrize("method", ["REPLY", "COUNTER", "DECLINECOUNTER", "REFRESH"])
def test_an_answer_to_an_invitation_is_no_appointment(method: str) -> None:
    assert only(calendar(event(), more=f"METHOD:{method}\n")).said.code == "answer"


def test_of_two_calendars_in_one_file_only_that_which_cancels_does() -> None:
    rows = read(calendar(event(), more="METHOD:REQUEST\n") + calendar(event(uid="b"), more="METHOD:CANCEL\n")).rows
    assert [row.said.code if isinstance(row, Left) else row.title for row in rows] == ["Lunch", "cancelled"]


@pytest.mark.parametrize(
    "title",
    [
        *("Canceled: Lunch", "Cancelled: Lunch", "[CANCELLED] Lunch", "Abgesagt: Lunch", "Annulé : Lunch"),
        *("Cancelado: Lunch", "キャンセル済み: 昼食", "【中止】昼食", "已取消: 午餐", "취소됨: 점심"),
    ],
)
def test_what_groupware_marks_as_cancelled_in_its_title_does_not_take_place(title: str) -> None:
    assert only(calendar(event(summary=title))).said.code == "cancelled"
    assert only(calendar(event(summary="Cancelled flights: what now?"))).title == "Cancelled flights: what now?"
    assert only(calendar(event(status="CANCELED"))).said.code == "cancelled"


def test_of_two_versions_with_one_sequence_the_one_changed_last_is_taken() -> None:
    old = event(summary="old", **{"last-modified": "20261101T000000Z"})
    new = event(summary="new", **{"last-modified": "20261120T000000Z"})
    for both in ((old, new), (new, old)):
        rows = read(calendar(*both)).rows
        assert [row.title for row in rows if isinstance(row, Item)] == ["new"]


def test_a_change_of_all_later_dates_is_named() -> None:
    changed = event("DTSTART:20261217T100000Z", lines="RECURRENCE-ID;RANGE=THISANDFUTURE:20261217T090000Z")
    _, row = read(calendar(event(rrule="FREQ=WEEKLY"), changed)).rows
    assert isinstance(row, Left)
    assert (row.wrong, row.said.code, row.said.field) == (True, "rule_parts", "RECURRENCE-ID")


@pytest.mark.parametrize(
    ("charset", "lines"),
    [
        ("UTF-8", "=E5=8B=89=E5=BC=B7=\r\n=E4=BC=9A"),
        ("SHIFT_JIS", "=95=D7=8B=AD=89=EF"),
        ("SHIFT_JIS", "=95=D7=\r\n =8B=AD=89=EF"),
    ],
)
def test_quoted_printable_of_phones_is_read(charset: str, lines: str) -> None:
    data = calendar("UID:1\nDTSTART:20261203T090000Z\nSUMMARY:x").replace(
        b"SUMMARY:x", f"SUMMARY;CHARSET={charset};ENCODING=QUOTED-PRINTABLE:{lines}".encode()
    )
    assert only(data).title == "勉強会"


def test_the_page_of_an_appointment_is_no_address_to_join() -> None:
    own = "https://www.google.com/calendar/event?eid=abc"
    assert only(calendar(event(url=own, location="本社"))).url is None
    assert only(calendar(event(url="https://example.com/join", location="本社"))).url == "https://example.com/join"


def test_the_body_of_a_mail_saved_as_it_was_sent_is_read() -> None:
    data = calendar(event("DTSTART;TZID=Asia/Tokyo:20261203T180000", summary="Größe " * 20))
    item = only(b"Content-Type: text/calendar\n\n" + quopri.encodestring(data))
    assert (item.title, item.timezone) == ("Größe " * 19 + "Größe", "Asia/Tokyo")


@pytest.mark.parametrize(
    "place",
    [
        *("Microsoft Teams-Besprechung", "Réunion Microsoft Teams", "Reunión de Microsoft Teams", "Zoom-Meeting"),
        *(
            "Microsoft Teams 会议",
            "Microsoft Teams 모임",
            "Skype Meeting",
            "Cisco Webex",
            "オンライン (Zoom)",
            "En ligne",
        ),
    ],
)
def test_the_name_of_a_tool_is_no_place(place: str) -> None:
    item = only(calendar(event(location=place)))
    assert (item.place, "no_place" in {one.code for one in item.said}) == (None, True)
    assert only(calendar(event(location="Zoom Room 3F"))).place == "Zoom Room 3F"


def test_garbled_titles_are_named_and_characters_of_html_are_read() -> None:
    right, nice = (
        "„Spaß“ und „Gruß“",
        "« Café »".replace("« ", "«\N{NO-BREAK SPACE}").replace(" »", "\N{NO-BREAK SPACE}»"),
    )
    assert only(calendar(event(summary=right, description=f"{nice} {nice}"))).title == right
    garbled = only(calendar(event(summary="Größe".encode().decode("cp1252"))))
    assert (garbled.said.code, garbled.said.field) == ("garbled", "SUMMARY")
    for lost in ("??????", "Gr\ufffd\ufffde", "勉強会".encode("cp932").decode("latin-1")):
        assert only(calendar(event(summary=lost))).said.code == "garbled"
    item = only(calendar(event(summary="Q&amp;A", description="Q&amp;A https://example.com/?a=1&copy=2")))
    assert (item.title, item.description) == ("Q&A", "Q&A https://example.com/?a=1&copy=2")
    western = calendar(event(summary="Größe & Übung")).decode().encode("cp1252")
    assert only(western).title == "Größe & Übung"
