"""Learning hours: what reports measured, and what is estimated."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from ekkyo.contracts.events import EventState, Registration
from ekkyo.contracts.reports import Period
from ekkyo_common.hours import Learned, Person, department_rows, member_rows, of_departments, of_members

NOON = datetime(2026, 10, 31, 15, 30, tzinfo=UTC)
"""Half past midnight on 1 November in Tokyo."""


def event(event_id: str = "e1", starts_at: datetime = NOON) -> EventState:
    return EventState(
        event_id=event_id, community_id="c1", title="x", format="online", context="IT", capacity=9,
        starts_at=starts_at, ends_at=starts_at + timedelta(hours=1), timezone="Asia/Tokyo", status="concluded",
    )  # fmt: skip


def place(member_id: str, event_id: str = "e1", **more: Any) -> Registration:
    return Registration(**{"event_id": event_id, "member_id": member_id, "status": "attended"} | more)


def learned(*places: Registration, period: Period | None = None) -> list[Learned]:
    return of_members([event(), event("e2", NOON - timedelta(days=2))], places, period, "Asia/Tokyo")


def test_a_report_measures_and_a_check_in_estimates() -> None:
    found = learned(
        place("m1", minutes=47),
        place("m1", "e2"),
        place("m2", checked_in_at=NOON + timedelta(minutes=20)),
        place("m3", checked_in_at=NOON - timedelta(minutes=20)),
        place("m4", checked_in_at=NOON + timedelta(hours=3)),
        place("m5", status="no_show"),
        place("m6", "e9", minutes=10),
    )
    assert [(one.who, one.events, one.measured, one.estimated) for one in found] == [
        ("m1", 2, 47, 60),
        ("m2", 1, 0, 40),
        ("m3", 1, 0, 60),
        ("m4", 1, 0, 0),
    ]


def test_only_events_of_the_period_count_in_the_communitys_time_zone() -> None:
    november = Period.month(date(2026, 11, 1))
    assert [one.minutes for one in learned(place("m1", minutes=47), place("m1", "e2", minutes=5), period=november)] == [
        47
    ]


def test_tables_of_members_and_departments_add_up() -> None:
    people = {"m1": Person("0001", "山田 花子", "営業部"), "m2": Person("0002", "=SUM(A1)", "営業部")}
    members = learned(place("m1", minutes=90), place("m2", minutes=45), place("gone", minutes=30))
    heads = ["number", "name", "department", "events", "hours", "measured", "estimated"]
    assert member_rows(members, people, heads) == [
        heads,
        ["", "", "?", 1, "0.50", "0.50", "0.00"],
        ["0001", "山田 花子", "営業部", 1, "1.50", "1.50", "0.00"],
        ["0002", "=SUM(A1)", "営業部", 1, "0.75", "0.75", "0.00"],
    ]
    departments = of_departments(members, people)
    assert department_rows(departments, heads[2:], "others")[1:] == [["others", 3, 3, "2.75", "2.75", "0.00"]]
    assert sum(one.minutes for one in departments) == sum(one.minutes for one in members)


def test_departments_of_fewer_than_five_people_are_told_together_with_as_many_as_hide_them() -> None:
    def told(**sizes: int) -> list[tuple[Any, ...]]:
        people = {f"{name}{n}": Person(department=name) for name, size in sizes.items() for n in range(size)}
        rows = department_rows(of_departments(learned(*map(place, people)), people), [], "others")
        return [tuple(row[:2]) for row in rows[1:]]

    assert told(a=6, b=5) == [("a", 6), ("b", 5)]
    assert told(a=7, b=6, c=4) == [("a", 7), ("others", 10)], "four would be all but the others"
    assert told(a=7, b=3, c=2) == [("a", 7), ("others", 5)]
