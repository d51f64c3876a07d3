"""An event as a file for somebody's calendar, beside the entries that the mails carry."""

from datetime import UTC, datetime, timedelta
from typing import Any

import icalendar
from ekkyo.contracts.events import EventState
from ekkyo.words.calendar import invitation, saved
from hypothesis import given
from hypothesis import strategies as st

NOW = datetime(2026, 11, 20, 3, tzinfo=UTC)
START = datetime(2026, 11, 30, 3, tzinfo=UTC)
JOIN, PAGE = "https://meet.example.com/1", "https://portal.example.com/e/e1"
ORGANIZER = ("IT活用コミュニティ", "no-reply@ekkyo.example.com")


def event(**changes: Any) -> EventState:
    known = {"event_id": "e1", "community_id": "c1", "title": "Excel", "description": "Bring a table.", "capacity": 5}
    times = {"starts_at": START, "ends_at": START + timedelta(hours=1), "timezone": "Asia/Tokyo"}
    kind = {"format": "hybrid", "context": "IT", "place": "3F", "status": "published", "revision": 7}
    return EventState.model_validate({**known, **times, **kind, **changes})


def file(about: EventState, **changes: Any) -> tuple[icalendar.Calendar, icalendar.Event]:
    values = {"stamp": NOW, "join": JOIN, "page": PAGE, "how": "Withdraw there."}
    calendar = icalendar.Calendar.from_ical(saved(about, **{**values, **changes}))
    (entry,) = calendar.walk("VEVENT")
    return calendar, entry


def test_a_file_invites_nobody_and_says_when_where_and_what() -> None:
    calendar, entry = file(event())
    assert [name for name in ("METHOD", "ATTENDEE", "ORGANIZER") if name in calendar or name in entry] == []
    assert (entry.start, entry.end) == (START, START + timedelta(hours=1))
    assert entry["DTSTART"].params["TZID"] == "Asia/Tokyo"
    assert len(calendar.walk("VTIMEZONE")) == 1
    assert (str(entry["SUMMARY"]), str(entry["LOCATION"]), str(entry["URL"])) == ("Excel", "3F", PAGE)
    assert str(entry["DESCRIPTION"]) == f"{JOIN}\n\nBring a table.\n\nWithdraw there."
    assert (str(entry["STATUS"]), str(entry["TRANSP"])) == ("CONFIRMED", "OPAQUE")


def test_where_to_join_is_in_it_only_when_it_is_given() -> None:
    assert JOIN not in saved(event(), stamp=NOW, join=None, page=PAGE).decode()


def test_a_cancelled_event_takes_no_time() -> None:
    _, entry = file(event(status="cancelled"))
    assert (str(entry["STATUS"]), str(entry["TRANSP"])) == ("CANCELLED", "TRANSPARENT")


def test_an_online_event_is_in_utc_and_is_joined_by_its_address() -> None:
    calendar, entry = file(event(format="online", place=None), page=None)
    assert calendar.walk("VTIMEZONE") == []
    assert (str(entry["LOCATION"]), str(entry["URL"])) == (JOIN, JOIN)
    assert b"DTSTART:20261130T030000Z" in entry.to_ical()


@given(st.integers(0, 10_000), st.integers(0, 10_000), st.sampled_from(["online", "onsite", "hybrid"]))
def test_a_file_and_a_mail_are_one_entry_of_which_the_later_counts(saved_at: int, mailed_at: int, format: str) -> None:
    about = event(format=format, revision=saved_at)
    _, entry = file(about)
    mailed = invitation(
        about.model_copy(update={"revision": mailed_at}),
        method="REQUEST",
        sequence=mailed_at,
        stamp=NOW,
        organizer=ORGANIZER,
        attendee=("Fujita", "fujita@example.co.jp"),
        join=JOIN,
        page=PAGE,
        how="Withdraw there.",
    )
    (other,) = icalendar.Calendar.from_ical(mailed).walk("VEVENT")
    assert entry["UID"] == other["UID"] == "e1@ekkyo"
    assert (entry["SEQUENCE"] < other["SEQUENCE"]) == (saved_at < mailed_at)
    same = ("SUMMARY", "LOCATION", "URL", "DESCRIPTION", "STATUS", "TRANSP", "DTSTART", "DTEND")
    for name in same:
        assert entry[name] == other[name], name
