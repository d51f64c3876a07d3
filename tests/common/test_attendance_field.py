"""Attendance files as people have them: what each must come out as."""

# ruff: noqa: DTZ001  reports name no zone

import csv
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pytest
from ekkyo_common.attendance import Matched, Report, match, preview, read_attendance

FIELD = Path(__file__).parent / "field"


@dataclass(frozen=True)
class Someone:
    member_id: str
    number: str
    name: str
    name_kana: str | None
    email: str
    department: str


def people() -> list[Someone]:
    rows = list(csv.reader((FIELD / "members.csv").read_text("utf-8-sig").splitlines()))[1:]
    return [Someone(f"m{n}", *row) for n, row in enumerate(rows, start=1)]


def read(name: str) -> tuple[Report, Matched]:
    file = FIELD / "attendance" / f"{name}.csv"
    report = read_attendance(file.read_bytes(), file.name)
    return report, match(report, people())


@pytest.mark.parametrize(
    ("name", "minutes"),
    [
        ("teams-ja-2022", {"m1": 93, "m6": 90}),
        ("teams-ja-no-duration", {"m1": 93}),
        ("teams-ja-other-headings", {"m1": 30}),
        ("teams-joined-left", {"m1": 65, "m6": 43}),
        ("teams-joined-left-ja", {"m1": 65}),
        ("zoom-two-email-columns", {"m6": 50, "m9": 50}),
        ("zoom-usage", {"m1": 61, "m6": 5, "m9": 60}),
        ("list-semicolon", {"m6": 47, "m1": 50}),
        ("sep-line", {"m1": 50}),
        ("as-text", {"m1": 50, "m6": 40}),
        ("line-break-in-a-cell", {"m1": 50, "m6": 40}),
        ("leading-zeros-lost", {}),
        ("upn-and-mail", {"m3": 50, "m6": 50}),
        ("connpass", {"m1": None}),
    ],
)
def test_everybody_who_came_is_found_with_their_minutes(name: str, minutes: dict[str, int | None]) -> None:
    report, found = read(name)
    assert {c.member_id: c.minutes for c in found.came} == minutes
    told = preview(report, found)
    assert len({row.line for row in told}) == len(told), "each row once"
    assert report.evidence


def test_a_report_whose_dates_have_the_year_first_began_when_it_says() -> None:
    report, _ = read("teams-ja-2022")
    assert (report.kind, report.title, report.started_at) == ("teams", "RPA入門", datetime(2026, 7, 31, 23, 29, 28))
    assert [e.decided for e in report.evidence if e.what == "date_order"] == ["year, month, day"]


def test_who_was_absent_or_cancelled_is_named_and_did_not_attend() -> None:
    report, found = read("connpass")
    assert [(s.line, s.code) for s in report.skipped] == [(3, "absent"), (4, "cancelled")]
    assert ("Anna Schmidt" in report.skipped[0].value, "ジョン" in report.skipped[1].value) == (True, True)
    assert [a.member_id for a in found.attendees] == ["m1"]


def test_numbers_that_lost_their_zeros_are_asked_about_row_by_row() -> None:
    _, found = read("leading-zeros-lost")
    assert [(u.line, u.value, u.suggestions) for u in found.unmatched] == [(2, "1", ("000001",)), (3, "6", ("000006",))]
    assert ["did you mean 000001" in found.unmatched[0].reason, "000006" in found.unmatched[1].reason] == [True, True]


def test_names_that_are_only_alike_are_suggested_and_never_matched() -> None:
    _, found = read("names")
    assert {c.lines: c.member_id for c in found.came} == {(5,): "m7", (16,): "m1", (18,): "m3", (20,): "m10"}
    assert [(a.line, a.member_ids) for a in found.ambiguous] == [(17, ["m2", "m3"])]
    assert {u.line: u.suggestions for u in found.unmatched} == {
        2: ("000004",),
        3: ("000005",),
        4: ("000005",),
        6: ("000008",),
        7: ("000009",),
        8: ("000009",),
        9: ("000001",),
        10: ("000001",),
        11: ("000006",),
        12: ("000001",),
        13: ("000001",),
        14: ("000001",),
        15: ("000001",),
        19: ("000003",),
    }
