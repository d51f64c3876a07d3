"""Calendar files as groupware writes them: read, and taken over as drafts and series."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from dateutil.rrule import rrulestr
from ekkyo.contracts.base import Refused
from ekkyo.contracts.events import DraftEvent, GetEvent, PlanSeries, PreviewSeries, SeriesDate, SeriesDates
from ekkyo.contracts.events.recurring import read_rule
from ekkyo.decision import recurrence
from ekkyo_common.calendar import (
    MOST,
    Item,
    Left,
    Recurring,
    UnreadableCalendar,
    id_of,
    preview,
    read_calendar,
    take,
)
from hypothesis import given, settings
from hypothesis import strategies as st

NOW = datetime(2026, 11, 27, 0, 0, tzinfo=UTC)
OUTLOOK = """\
BEGIN:VCALENDAR
PRODID:-//Microsoft Corporation//Outlook 16.0 MIMEDIR//EN
VERSION:2.0
METHOD:PUBLISH
BEGIN:VTIMEZONE
TZID:Tokyo Standard Time
BEGIN:STANDARD
DTSTART:16010101T000000
TZOFFSETFROM:+0900
TZOFFSETTO:+0900
END:STANDARD
END:VTIMEZONE
BEGIN:VEVENT
CLASS:PUBLIC
UID:040000008200E00074C5B7101A82E008
SUMMARY;LANGUAGE=ja:勉強会\\, 第1回
DTSTART;TZID="Tokyo Standard Time":20261203T180000
DTEND;TZID="Tokyo Standard Time":20261203T193000
LOCATION:Microsoft Teams 会議; 本社 3F
X-MICROSOFT-SKYPETEAMSMEETINGURL:https://teams.microsoft.com/l/meetup-join/19%3ameeting
X-ALT-DESC;FMTTYPE=text/html:<html><head><style>p{}</style></head><body><p>持ち物:&nbsp
 ;PC</p><p>2行目<br>3行目</p></body></html>
ATTENDEE;CN="Hanako: X";ROLE=REQ-PARTICIPANT:mailto:hanako@example.com
BEGIN:VALARM
TRIGGER:-PT15M
ACTION:DISPLAY
DESCRIPTION:Reminder
END:VALARM
END:VEVENT
END:VCALENDAR
"""


def calendar(*events: str, more: str = "") -> bytes:
    body = "".join(f"BEGIN:VEVENT\n{one.strip()}\nEND:VEVENT\n" for one in events)
    return f"BEGIN:VCALENDAR\nVERSION:2.0\n{more}{body}END:VCALENDAR\n".encode()


def event(start: str = "DTSTART:20261203T090000Z", *, uid: str = "a", **more: str) -> str:
    lines = [f"UID:{uid}", f"SUMMARY:{more.pop('summary', 'Lunch')}", start, *more.pop("lines", "").splitlines()]
    return "\n".join((*lines, *(f"{name.upper()}:{value}" for name, value in more.items())))


def read(data: bytes, zone: str = "Asia/Tokyo"):
    return read_calendar(data, zone=zone, now=NOW)


def only(data: bytes):
    [row] = read(data).rows
    return row


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp932"])
def test_an_appointment_of_outlook_is_read_whatever_its_encoding_and_line_ends(encoding: str, ending: str):
    file = read(OUTLOOK.replace("\n", ending).encode(encoding))
    [item] = file.rows
    assert isinstance(item, Item)
    assert (item.title, item.timezone) == ("勉強会, 第1回", "Asia/Tokyo")
    assert item.starts_at == datetime(2026, 12, 3, 9, 0, tzinfo=UTC)
    assert item.ends_at == datetime(2026, 12, 3, 10, 30, tzinfo=UTC)
    assert (item.place, item.url) == ("本社 3F", "https://teams.microsoft.com/l/meetup-join/19%3ameeting")
    assert item.description == "持ち物: PC\n\n2行目\n3行目"
    codes = {one.code for one in file.evidence}
    assert {"encoding", "writer", "method", "attendees_ignored", "alarms_ignored"} <= codes
    assert "hanako" not in repr(file)


def test_a_line_folded_inside_a_character_is_put_together():
    whole = calendar(event(summary="越境学習の会"))
    at = whole.index("境".encode()) + 1
    assert only(whole[:at] + b"\r\n " + whole[at:]).title == "越境学習の会"


@pytest.mark.parametrize(
    ("start", "at", "zone"),
    [
        ("DTSTART;TZID=Asia/Tokyo:20261203T180000", 9, "Asia/Tokyo"),
        ("DTSTART;TZID=/freeassociation.sourceforge.net/Asia/Tokyo:20261203T180000", 9, "Asia/Tokyo"),
        ("DTSTART;TZID=(UTC+09:00) Osaka, Sapporo, Tokyo:20261203T180000", 9, "Asia/Tokyo"),
        ('DTSTART;TZID="(UTC+09:00) 大阪、札幌、東京":20261203T180000', 9, "Asia/Tokyo"),
        ("DTSTART;TZID=W. Europe Standard Time:20261203T180000", 17, "Europe/Berlin"),
        ("DTSTART:20261203T180000", 9, "Asia/Tokyo"),
        ("DTSTART:20261203T180000Z", 18, "Asia/Tokyo"),
        ("DTSTART;TZID=Custom:20261203T180000", 9, "Asia/Tokyo"),
    ],
)
def test_the_names_that_groupware_gives_zones_are_understood(start: str, at: int, zone: str):
    own = "BEGIN:VTIMEZONE\nTZID:Custom\nBEGIN:STANDARD\nTZOFFSETTO:+0900\nEND:STANDARD\nEND:VTIMEZONE\n"
    item = only(calendar(event(start), more=own))
    assert (item.starts_at.hour, item.timezone) == (at, zone)


@pytest.mark.parametrize(
    ("data", "code", "field"),
    [
        (event("DTSTART;TZID=Nowhere:20261203T180000"), "unknown_zone", "DTSTART;TZID"),
        (event("DTSTART:20260230T180000Z"), "malformed", "DTSTART"),
        (event("X-NO:1"), "missing", "DTSTART"),
        (event(summary=""), "missing", "SUMMARY"),
        (event(dtend="20261203T080000Z"), "ends_early", "DTEND"),
        (event(duration="soon"), "malformed", "DURATION"),
        (event(rrule="FREQ=SECONDLY;BYMONTHDAY=31"), "rule", "RRULE"),
        (event(rrule="FREQ=WEEKLY;INTERVAL=0"), "rule", "RRULE"),
        (event(rrule="FREQ=DAILY;BYHOUR=9"), "rule_parts", "RRULE"),
        (event(rrule="FREQ=WEEKLY;COUNT=0"), "rule", "RRULE"),
        (event(rrule="FREQ=WEEKLY;COUNT=900"), "series_too_long", "RRULE"),
        (event("DTSTART;VALUE=DATE:20261203", rrule="FREQ=WEEKLY"), "all_day_series", "DTSTART"),
        (event("DTSTART:19010101T000000Z", rrule="FREQ=DAILY"), "rule_too_old", "DTSTART"),
    ],
)
def test_what_cannot_be_taken_is_named_with_its_field_and_the_rest_is(data: str, code: str, field: str):
    wrong, good = read(calendar(data, event(uid="b"))).rows
    assert isinstance(wrong, Left)
    assert wrong.wrong
    assert (wrong.said.code, wrong.said.field, wrong.line) == (code, field, 3)
    assert wrong.said.text
    assert isinstance(good, Item)


def test_all_day_appointments_and_those_without_an_end_are_taken_and_said_so():
    day, hour = read(calendar(event("DTSTART;VALUE=DATE:20261203"), event(uid="b"))).rows
    assert day.ends_at - day.starts_at == timedelta(days=1)
    assert day.starts_at == datetime(2026, 12, 2, 15, tzinfo=UTC)
    assert {one.code for one in day.said} == {"all_day", "no_place"}
    assert hour.ends_at - hour.starts_at == timedelta(hours=1)
    assert "assumed_hour" in {one.code for one in hour.said}


def test_what_is_over_cancelled_private_or_there_twice_is_left_out_with_the_reason():
    rows = read(
        calendar(
            event("DTSTART:20261001T090000Z"),
            event(uid="b", status="CANCELLED"),
            event(uid="c", **{"class": "PRIVATE"}, summary="Dentist"),
            event(uid="d", summary="old", sequence="1"),
            event(uid="d", summary="new", sequence="2"),
        )
    ).rows
    told = [one.said.code if isinstance(one, Left) else one.title for one in rows]
    assert told == ["past", "cancelled", "private", "repeated", "new"]
    assert "Dentist" not in repr(rows)
    assert [one.said.code for one in read(calendar(event(), more="METHOD:CANCEL\n")).rows] == ["cancelled"]


@pytest.mark.parametrize(
    ("location", "description", "place", "url"),
    [
        ("本社 3F", "", "本社 3F", None),
        ("https://meet.google.com/abc", "", None, "https://meet.google.com/abc"),
        ("Zoom", "Join: https://example.zoom.us/j/123?pwd=x.", None, "https://example.zoom.us/j/123?pwd=x"),
        ("会議室A (https://example.com/x)", "", "会議室A", "https://example.com/x"),
        ("", "see https://example.com", None, None),
    ],
)
def test_a_location_is_a_place_an_address_to_join_or_both(location, description, place, url):
    item = only(calendar(event(location=location, description=description)))
    assert (item.place, item.url) == (place, url)


def test_a_running_series_goes_on_from_its_next_date_and_keeps_its_rhythm():
    series, moved, gone = read(
        calendar(
            event(
                "DTSTART;TZID=Tokyo Standard Time:20260903T180000",
                rrule="FREQ=WEEKLY;INTERVAL=2;COUNT=12;BYDAY=TH;WKST=SU",
                lines="EXDATE;TZID=Tokyo Standard Time:20261210T180000",
            ),
            event("DTSTART:20261225T090000Z", lines="RECURRENCE-ID:20261224T090000Z"),
            event("DTSTART:20270107T090000Z", lines="RECURRENCE-ID:20270107T090000Z\nSTATUS:CANCELLED"),
        )
    ).rows
    assert isinstance(series, Recurring)
    assert (series.starts, series.minutes) == ("2027-01-21T18:00", 60)
    days = recurrence.days(read_rule(series.rule), datetime.fromisoformat(series.starts), date(2028, 1, 1), "UTC")
    assert days == [date(2027, 1, 21), date(2027, 2, 4)]
    assert "began" in {one.code for one in series.item.said}
    assert [one.starts_at.day for one in series.own] == [25]
    assert [moved.said.code, gone.said.code] == ["with_series", "cancelled"]


RULES = st.builds(
    lambda freq, interval, more, count: f"FREQ={freq};INTERVAL={interval}{more}{count}",
    st.sampled_from(["DAILY", "WEEKLY", "MONTHLY"]),
    st.integers(1, 4),
    st.sampled_from(["", ";BYDAY=MO,TH", ";BYDAY=FR"]),
    st.sampled_from(["", ";COUNT=30", ";COUNT=200", ";UNTIL=20270331T145959Z", ";UNTIL=20270331T235959"]),
)


@settings(max_examples=150, deadline=None)
@given(RULES, st.dates(date(2025, 6, 1), date(2027, 1, 1)), st.sampled_from(["Asia/Tokyo", "Europe/Berlin"]))
def test_a_series_has_the_dates_that_dateutil_finds_from_now_on(rule: str, first: date, zone: str):
    row = only(calendar(event(f"DTSTART;TZID={zone}:{first:%Y%m%d}T180000", rrule=rule)))
    start = datetime(first.year, first.month, first.day, 18)  # noqa: DTZ001
    until = datetime(2027, 3, 31, 14, 59, 59, tzinfo=UTC).astimezone(ZoneInfo(zone))
    naive = rule.replace("UNTIL=20270331T145959Z", f"UNTIL={until:%Y%m%dT%H%M%S}")
    end = datetime(2027, 11, 1)  # noqa: DTZ001
    days = {one.date() for one in rrulestr(naive, dtstart=start).between(start, end, inc=True)} | {first}
    if "COUNT" in rule and first not in {one.date() for one in rrulestr(naive, dtstart=start)}:
        days = {*sorted(days)[: int(rule.rpartition("=")[2])]}
    coming = {day for day in days if recurrence.instant(day, start.time(), zone)[0] > NOW and day < end.date()}
    if isinstance(row, Left):
        assert not coming or row.said.code == "series_too_long"
        return
    begins = datetime.fromisoformat(row.starts)
    found = set(recurrence.days(read_rule(row.rule), begins, end.date() - timedelta(days=1), zone))
    assert ({*found, *row.also_on} - {*row.except_on}) == coming


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "empty"),
        (b"Subject,Start\nLunch,2026", "no_calendar"),
        (b"\x89PNG\r\n" + bytes(500), "no_calendar"),
        (b"BEGIN:VCALENDAR\nEND:VCALENDAR\n", "no_items"),
        (b"x" * (5 * 1024 * 1024 + 1), "too_large"),
        (calendar(*(event(uid=str(n)) for n in range(MOST + 1))), "too_many_items"),
    ],
)
def test_a_file_that_is_no_calendar_is_refused_in_words(data: bytes, code: str):
    with pytest.raises(UnreadableCalendar) as no:
        read(data)
    assert no.value.said.code == code
    assert str(no.value) == no.value.said.text


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_no_broken_file_ends_in_an_error_of_ours(data):
    raw = bytearray(OUTLOOK.encode())
    for _ in range(data.draw(st.integers(1, 12))):
        at = data.draw(st.integers(0, len(raw) - 1))
        raw[at : at + data.draw(st.integers(0, 40))] = data.draw(st.binary(max_size=8))
    try:
        file = read(bytes(raw))
    except UnreadableCalendar:
        return
    assert all(one.said.text if isinstance(one, Left) else one.starts_at > NOW for one in file.rows)


class Here:
    """The events service, as far as an import asks it."""

    def __init__(self) -> None:
        self.said: list[object] = []

    async def ask(self, question, *, within=5.0):
        made = {getattr(one, "event_id", None) or one.series_id: one for one in self.said}
        if isinstance(question, PreviewSeries):
            at = datetime.fromisoformat(question.starts).replace(tzinfo=UTC)
            return SeriesDates(dates=[SeriesDate(starts_at=at, ends_at=at + timedelta(hours=1))], endless=True)
        key = question.event_id if isinstance(question, GetEvent) else question.series_id
        if key in made:
            return made[key]
        raise Refused("event_not_found" if isinstance(question, GetEvent) else "series_not_found", "no", 404)

    async def send(self, command, *, within=5.0):
        self.said.append(command)
        return command


async def test_the_same_file_imported_twice_makes_no_second_draft_and_plans_a_series_only_when_chosen():
    here, file = Here(), read(calendar(event(), event(uid="s", rrule="FREQ=WEEKLY")))
    rows = await preview(here, file, "it", capacity=30, context="IT")
    assert [one.outcome for one in rows] == ["draft", "series"]
    assert here.said == []
    await take(here, rows, None, series=False)
    assert [type(one) for one in here.said] == [DraftEvent]
    again = await preview(here, file, "it", capacity=30, context="IT")
    assert [one.outcome for one in again] == ["there", "series"]
    await take(here, again, [one.id for one in again], series=False)
    assert [type(one) for one in here.said] == [DraftEvent, PlanSeries]
    assert here.said[1].details.url_follows
    assert [one.outcome for one in await preview(here, file, "it", capacity=5, context="x")] == ["there", "there"]
    moved = read(calendar(event("DTSTART:20261204T090000Z")))
    [row] = await preview(here, moved, "it", capacity=30, context="IT")
    assert [one.code for one in row.said] == ["there_moved"]
    assert id_of("it", file.rows[0]) != id_of("other", file.rows[0])
