"""A calendar of many events, read back by icalendar and, as many programs read it, by ical.js; invitations too."""

import asyncio
import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import icalendar
import pytest
from ekkyo.words.calendar import invitation, saved, several
from ekkyo.words.feed import Entry, feed
from ekkyo.words.text import one_line, several_lines
from hypothesis import given
from hypothesis import strategies as st

from tests.common.test_calendar import JOIN, NOW, ORGANIZER, PAGE, START, event
from tests.needing import needed

READER = Path(__file__).parents[1] / "journeys" / "icaljs"
ZONES = ["Asia/Tokyo", "America/New_York", "Europe/London", "Australia/Lord_Howe", "Africa/Casablanca"]
ZONES += ["America/Sao_Paulo", "Asia/Kathmandu", "Pacific/Apia"]
TEXT = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=300)


def made(*entries: Entry, name: str = "Mine") -> bytes:
    return feed(name, entries, stamp=NOW).data


def entry(**changes: Any) -> Entry:
    return Entry(event(**changes), "CONFIRMED", busy=True, join=JOIN, page=PAGE, how="Withdraw there.")


@given(title=TEXT, place=TEXT, description=TEXT, status=st.sampled_from(["CONFIRMED", "TENTATIVE", "CANCELLED"]))
def test_any_text_comes_back_as_it_was_written(title: str, place: str, description: str, status: Any) -> None:
    about = event(title=title, place=place, description=description)
    data = made(Entry(about, status, busy=False, join=JOIN, page=PAGE), name=title)
    assert max(map(len, data.split(b"\r\n"))) <= 75
    assert [
        line
        for line in data.split(b"\r\n")
        if "\ufffd" in line.decode(errors="replace") and b"\xef\xbf\xbd" not in line
    ] == []
    (read,) = icalendar.Calendar.from_ical(data).walk("VEVENT")
    assert str(read["SUMMARY"]) == one_line(title)
    assert str(read["LOCATION"]) == (one_line(place) or JOIN)
    said = "\n\n".join(part for part in (JOIN, several_lines(description)) if part)
    assert str(read["DESCRIPTION"]) == said
    assert (str(read["STATUS"]), str(read["TRANSP"])) == (status, "TRANSPARENT")


@pytest.mark.parametrize("format", ["online", "onsite", "hybrid"])
@pytest.mark.parametrize("zone", ["Asia/Tokyo", "America/New_York", "UTC"])
def test_an_entry_says_what_the_file_for_one_event_says(format: str, zone: str) -> None:
    about = event(format=format, timezone=zone, revision=12)
    (one,) = icalendar.Calendar.from_ical(made(Entry(about, "CONFIRMED", True, JOIN, PAGE, "Do."))).walk("VEVENT")
    (two,) = icalendar.Calendar.from_ical(saved(about, stamp=NOW, join=JOIN, page=PAGE, how="Do.")).walk("VEVENT")
    assert one == two


def test_the_tag_changes_with_what_a_reader_sees_and_with_nothing_else() -> None:
    first = feed("Mine", [entry()], stamp=NOW)
    later = feed("Mine", [entry(revision=99, confirmed=4)], stamp=NOW + timedelta(hours=1))
    assert (first.data == later.data, first.tag == later.tag) == (False, True)
    forged = "SEQUENCE:1\nDTSTAMP:2"
    other = [{"title": "Word"}, {"place": "4F"}, {"description": forged}, {"starts_at": START - timedelta(minutes=1)}]
    tags = {feed("Mine", [entry(**change)], stamp=NOW).tag for change in other}
    tags |= {feed("Yours", [entry()], stamp=NOW).tag, feed("Mine", [], stamp=NOW).tag}
    assert len(tags | {first.tag}) == 7


async def test_ical_js_reads_the_same_times_and_texts_in_every_zone() -> None:
    """Each zone has events all around two years; in one calendar, in which zones with and without summer time meet."""
    title, texts = 'Table; "a, b" \\ 表計算と\\nマクロ', "first\nsecond; third, \\n fourth 😀" * 9
    abouts = [
        event(
            event_id=f"{n}-{days}",
            timezone=zone,
            title=title,
            description=texts,
            starts_at=at,
            ends_at=at + timedelta(hours=2),
        )
        for n, zone in enumerate(ZONES)
        for days in range(0, 730, 9)
        for at in [datetime(2026, 1, 1, 3, 30, tzinfo=UTC) + timedelta(days=days)]
    ]
    entries = [Entry(about, "CONFIRMED", True, JOIN, PAGE) for about in abouts]
    (read,) = await by_ical_js(made(*entries, name=title))
    by_uid = {one["uid"]: one for one in read["events"]}
    assert len(by_uid) == len(abouts)
    for about in abouts:
        one = by_uid[f"{about.event_id}@ekkyo"]
        times = (about.starts_at.timestamp(), about.ends_at.timestamp())
        assert (one["starts"], one["ends"]) == times, (about.timezone, about.starts_at, one)
        assert (one["summary"], one["description"]) == (title, f"{JOIN}\n\n{texts}")
        assert (one["zone"] in (about.timezone, "UTC"), one["location"], one["url"]) == (True, "3F", PAGE)
    told_in_utc = [one["uid"] for one in read["events"] if one["zone"] == "UTC"]
    assert 0 < len(told_in_utc) < 9, "only where the clock shows an hour twice"


async def test_ical_js_reads_an_invitation_and_its_cancellation_as_scheduling_messages() -> None:
    """In a mail: onsite by the clock of its place, where summer time ends meanwhile, and online in UTC."""
    name, address = 'Müller; "Fu, jita" 藤田', "fujita@example.co.jp"
    onsite = event(format="onsite", timezone="Europe/Berlin", starts_at=datetime(2026, 10, 24, 16, tzinfo=UTC))
    onsite = onsite.model_copy(update={"ends_at": datetime(2026, 10, 25, 8, tzinfo=UTC)})
    online = event(event_id="e2", format="online", place=None)
    to = {"stamp": NOW, "organizer": ORGANIZER, "attendee": (name, address), "join": JOIN, "page": PAGE}

    def mailed(about: Any, method: Any, sequence: int, **more: Any) -> bytes:
        return invitation(about, method=method, sequence=sequence, **to, **more)

    off = online.model_copy(update={"status": "cancelled"})
    asked, told, given_back, cancelled = await by_ical_js(
        mailed(onsite, "REQUEST", 3, answered=True, how="Withdraw there."),
        mailed(online, "REQUEST", 4),
        mailed(onsite, "CANCEL", 5, answered=True),
        mailed(off, "CANCEL", 6),
    )
    for read, about, zone, sequence, method, status, partstat, rsvp in (
        (asked, onsite, "Europe/Berlin", 3, "REQUEST", "CONFIRMED", "ACCEPTED", "TRUE"),
        (told, online, "UTC", 4, "REQUEST", "CONFIRMED", "ACCEPTED", "FALSE"),
        (given_back, onsite, "Europe/Berlin", 5, "CANCEL", None, "DECLINED", "FALSE"),
        (cancelled, off, "UTC", 6, "CANCEL", "CANCELLED", "DECLINED", "FALSE"),
    ):
        (one,) = read["events"]
        assert (read["method"], one["uid"]) == (method, f"{about.event_id}@ekkyo")
        assert (one["status"], one["sequence"], one["zone"]) == (status, sequence, zone)
        assert (one["starts"], one["ends"]) == (about.starts_at.timestamp(), about.ends_at.timestamp())
        assert (one["location"], one["summary"], one["url"]) == ("3F" if about is onsite else JOIN, "Excel", PAGE)
        (attendee,) = one["attendees"]
        assert (one["organizer"]["address"], one["organizer"]["name"]) == (f"mailto:{ORGANIZER[1]}", ORGANIZER[0])
        assert (attendee["address"], attendee["name"]) == (f"mailto:{address}", name.replace('"', "'"))
        assert (attendee["role"], attendee["partstat"], attendee["rsvp"]) == ("REQ-PARTICIPANT", partstat, rsvp)
    assert asked["events"][0]["description"] == f"{JOIN}\n\nBring a table.\n\nWithdraw there."
    assert given_back["events"][0]["description"] is None


async def test_dates_of_a_series_share_a_reference_keep_their_place_where_they_moved_and_stand_for_themselves() -> None:
    """In a feed, a file, a file of several dates and an invitation, as icalendar and ical.js understand them."""
    planned = [START + timedelta(weeks=n) for n in range(3)]
    moved = {1: {"starts_at": planned[1] + timedelta(days=1), "ends_at": planned[1] + timedelta(days=1, hours=1)}}
    dates = [
        event(event_id=f"d{n}", series_id="s1", recurrence_id=at)
        .model_copy(update=moved.get(n, {"starts_at": at, "ends_at": at + timedelta(hours=1)}))
        for n, at in enumerate(planned)
    ]  # fmt: skip
    to = {"stamp": NOW, "organizer": ORGANIZER, "attendee": ("A", "a@example.co.jp"), "join": None}
    whole = made(*(Entry(one, "CONFIRMED", True, None, PAGE) for one in [*dates, event(event_id="other")]))
    made_of = [
        whole,
        several(dates, stamp=NOW, off=False, join=None),
        saved(dates[1], stamp=NOW, join=None),
        invitation(dates[1], method="REQUEST", sequence=3, **to),
        invitation(dates[1], method="CANCEL", sequence=4, **to),
    ]
    expected = [
        (f"d{n}@ekkyo", "s1@ekkyo", planned[n].timestamp(), one.starts_at.timestamp()) for n, one in enumerate(dates)
    ]
    other = ("other@ekkyo", None, None, START.timestamp())
    want = [[*expected, other], expected, [expected[1]], [expected[1]], [expected[1]]]
    assert [
        [
            (
                str(one["UID"]),
                str(one.refids[0]) if one.refids else None,
                one["X-EKKYO-RECURRENCE-ID"].dt.timestamp() if "X-EKKYO-RECURRENCE-ID" in one else None,
                one.start.timestamp(),
            )
            for one in icalendar.Calendar.from_ical(data).walk("VEVENT")
        ]
        for data in made_of
    ] == want
    named = re.sub(rb"X-EKKYO-(RECURRENCE-ID);VALUE=DATE-TIME", rb"\1", whole)
    *read, orphans = await by_ical_js(*made_of, named)
    assert [[(one["uid"], one["refid"], one["planned"], one["starts"]) for one in it["events"]] for it in read] == want
    assert not any(one["exception"] for it in read for one in it["events"])
    assert [one["exception"] for one in orphans["events"]] == [True, True, True, False], (
        "with RECURRENCE-ID they are exceptions of entries that do not exist, and calendars leave them out"
    )


async def by_ical_js(*calendars: bytes) -> Any:
    """What ical.js understands of calendars."""
    node = needed("node", missing="no ical.js: run `make browser`", packages=READER / "node_modules")
    running = await asyncio.create_subprocess_exec(
        node, READER / "read.js", stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE
    )
    out, _ = await running.communicate(json.dumps([one.decode() for one in calendars]).encode())
    assert running.returncode == 0
    return json.loads(out)
