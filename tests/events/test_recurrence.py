"""The dates of rules, compared with python-dateutil's; and times when clocks change."""

import datetime as calendar_module
from datetime import UTC, date, datetime, time, timedelta
from types import SimpleNamespace
from unittest import mock
from zoneinfo import ZoneInfo

import pytest
from dateutil import rrule
from ekkyo.contracts.events.recurring import WEEKDAYS, read_rule, write_rule
from ekkyo.decision import recurrence
from hypothesis import assume, given
from hypothesis import strategies as st

ZONES = ("Asia/Tokyo", "America/New_York", "Europe/London", "Australia/Lord_Howe", "America/St_Johns", "UTC")
local = datetime.fromisoformat
NTH = st.sampled_from([-5, -2, -1, 1, 2, 4, 5])


SOON_OVER = SimpleNamespace(**{**vars(calendar_module), "MAXYEAR": 2031})
"""For dateutil, which looks for a date until the year 9999 where a rule has none."""


@st.composite
def rules(draw: st.DrawFn) -> str:
    """Rules that a series takes."""
    frequency = draw(st.sampled_from(["DAILY", "WEEKLY", "MONTHLY", "YEARLY"]))
    parts = [f"FREQ={frequency}", f"INTERVAL={draw(st.integers(1, 7))}"]
    days = draw(st.lists(st.sampled_from(WEEKDAYS), unique=True, max_size=4))
    counted = draw(st.booleans()) and frequency in ("MONTHLY", "YEARLY")
    if days:
        parts.append("BYDAY=" + ",".join(f"{draw(NTH)}{day}" if counted else day for day in days))
    month_days: list[int] = []
    if frequency != "WEEKLY" and not (counted and days):
        month_days = draw(st.lists(st.integers(-31, 31).filter(bool), unique=True, max_size=3))
        parts += [f"BYMONTHDAY={','.join(map(str, month_days))}"] if month_days else []
    if frequency in ("MONTHLY", "YEARLY") and (days or month_days) and draw(st.booleans()):
        parts.append(f"BYSETPOS={draw(NTH)}")
    parts.append(draw(st.sampled_from(["", "COUNT=7", "UNTIL=20270331"])))
    return ";".join(part for part in parts if part)


@given(rules(), st.datetimes(local("2024-01-01T00:00"), local("2027-03-01T00:00")), st.integers(0, 800))
def test_the_days_of_a_rule_are_those_of_dateutil(text: str, first: datetime, reach: int) -> None:
    first = first.replace(second=0, microsecond=0)
    last = first.date() + timedelta(days=reach)
    text = write_rule(read_rule(text))
    naive = text.replace("UNTIL=20270331", "UNTIL=20270331T235959")
    with mock.patch.object(rrule, "datetime", SOON_OVER):
        theirs = rrule.rrulestr(naive, dtstart=first).between(first, datetime.combine(last, time(23, 59)), inc=True)
    assert recurrence.days(read_rule(text), first, last, "Asia/Tokyo") == [at.date() for at in theirs]


@given(st.sampled_from(ZONES), st.datetimes(local("2024-01-01T00:00"), local("2026-12-31T00:00")), st.integers(1, 3))
def test_local_time_stays_local_when_clocks_change_as_with_aware_dateutil(
    zone: str, first: datetime, interval: int
) -> None:
    first = first.replace(second=0, microsecond=0, minute=first.minute // 30 * 30)
    rule = read_rule(f"FREQ=DAILY;INTERVAL={interval}")
    days = recurrence.days(rule, first, first.date() + timedelta(days=370), zone)
    aware = rrule.rrule(rrule.DAILY, interval=interval, dtstart=first.replace(tzinfo=ZoneInfo(zone)), count=len(days))
    assert [recurrence.instant(day, first.time(), zone)[0] for day in days] == [at.astimezone(UTC) for at in aware]


@given(st.sampled_from(ZONES), st.dates(date(2024, 1, 1), date(2027, 1, 1)), st.times())
def test_a_time_that_the_clock_skips_or_shows_twice_is_noted_and_no_other(zone: str, day: date, clock: time) -> None:
    clock = clock.replace(second=0, microsecond=0)
    at, changed = recurrence.instant(day, clock, zone)
    shown = [
        moment
        for hours in range(-4, 5)
        for moment in [at + timedelta(minutes=30 * hours)]
        if moment.astimezone(ZoneInfo(zone)).replace(tzinfo=None) == datetime.combine(day, clock)
    ]
    assert {0: "skipped", 1: None, 2: "twice"}[len(shown)] == changed
    assert changed == "skipped" or at == min(shown)


def test_the_second_of_march_in_new_york_is_skipped_and_half_past_one_in_november_comes_twice() -> None:
    skipped = recurrence.instant(date(2027, 3, 14), time(2, 30), "America/New_York")
    assert skipped == (datetime(2027, 3, 14, 7, 30, tzinfo=UTC), "skipped")  # 3:30 on the clock
    twice = recurrence.instant(date(2026, 11, 1), time(1, 30), "America/New_York")
    assert twice == (datetime(2026, 11, 1, 5, 30, tzinfo=UTC), "twice")


@given(st.sampled_from(ZONES), st.datetimes(local("2026-01-01T00:00"), local("2026-12-01T00:00")), st.integers(0, 400))
def test_until_an_instant_means_by_the_clock_of_the_zone(zone: str, first: datetime, reach: int) -> None:
    first = first.replace(second=0, microsecond=0)
    assume(recurrence.instant(first.date(), first.time(), zone)[1] is None)
    last = first.date() + timedelta(days=reach)
    until = recurrence.instant(last, first.time(), zone)[0]
    rule = read_rule(f"FREQ=DAILY;UNTIL={until:%Y%m%dT%H%M%SZ}")
    days = recurrence.days(rule, first, last + timedelta(days=9), zone)
    assert days[-1] == last
    assert recurrence.ends(rule, first, last, zone)
    assert not recurrence.ends(rule, first, last - timedelta(days=1), zone)


@pytest.mark.parametrize(
    "text",
    [
        "FREQ=MONTHLY;BYMONTHDAY=30;INTERVAL=12",  # of a February
        "FREQ=YEARLY;BYDAY=53MO;BYSETPOS=7",
        "FREQ=MONTHLY;BYDAY=MO;BYMONTHDAY=31;BYSETPOS=5",
    ],
)
def test_a_rule_without_dates_ends_at_once(text: str) -> None:
    assert recurrence.days(read_rule(text), local("2027-02-01T18:00"), date(2029, 2, 1), "Asia/Tokyo") == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "parts such as"),
        ("FREQ=HOURLY", "FREQ=DAILY"),
        ("FREQ=SECONDLY;BYMONTHDAY=31;BYMONTH=2", "but not BYMONTH"),
        ("INTERVAL=1", "FREQ=DAILY"),
        ("FREQ=WEEKLY;INTERVAL=0", "from 1 to 999"),
        ("FREQ=WEEKLY;INTERVAL=١", "from 1 to 999"),
        ("FREQ=WEEKLY;COUNT=201", "from 1 to 200"),
        ("FREQ=WEEKLY;COUNT=2;UNTIL=20270101", "not both"),
        ("FREQ=WEEKLY;FREQ=DAILY", "FREQ once"),
        ("FREQ=WEEKLY;BYDAY=2TH", "only with FREQ=MONTHLY"),
        ("FREQ=WEEKLY;BYDAY=XX", "such as MO,TH"),
        ("FREQ=MONTHLY;BYDAY=0MO", "such as MO,TH"),
        ("FREQ=WEEKLY;BYMONTHDAY=1", "cannot have BYMONTHDAY"),
        ("FREQ=MONTHLY;BYSETPOS=1", "for BYSETPOS to choose from"),
        ("FREQ=WEEKLY;BYDAY=MO;BYSETPOS=1", "only with FREQ=MONTHLY"),
        ("FREQ=MONTHLY;BYMONTHDAY=32", "from 1 to 31"),
        ("FREQ=WEEKLY;UNTIL=20270230", "UNTIL such as"),
        ("FREQ=WEEKLY;UNTIL=20270131T180000", "UNTIL such as"),
        ("RDATE;TZID=Asia/Tokyo", "separated by semicolons"),
    ],
)
def test_another_rule_is_refused_with_what_was_expected(text: str, expected: str) -> None:
    with pytest.raises(ValueError, match=expected):
        read_rule(text)


def test_a_rule_is_written_the_same_however_it_was_said() -> None:
    assert write_rule(read_rule("RRULE:byday=+2TH,TH;interval=1;freq=monthly;count=05")) == (
        "FREQ=MONTHLY;BYDAY=2TH,TH;COUNT=5"
    )
