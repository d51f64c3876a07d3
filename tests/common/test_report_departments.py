"""The report of one department: what it tells, and that it tells nothing about fewer than five people."""

from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import product

import pytest
from ekkyo.contracts.base import Refused
from ekkyo.contracts.reports import DepartmentReport, Period
from ekkyo_common.report.apart import FEWEST
from ekkyo_common.report.departments import department_report, departments, last_quarter
from ekkyo_common.report.figures import figures_of
from ekkyo_common.report.records import UNKNOWN, Records
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.common import making
from tests.common.season import season

NOW = datetime(2025, 1, 5, tzinfo=UTC)
QUARTER = Period.read("2024-Q3")
"""The quarter of `_records`."""


def test_a_head_sees_how_many_of_the_department_came_and_whom_they_met() -> None:
    report = _report("a" * 6 + "b" * 10, came="aaaaaabbbbb", again="aaaaa")
    (quarter,) = report.quarters
    assert (quarter.period, quarter.events) == (QUARTER, 2)
    assert (quarter.people, quarter.attendances, quarter.met) == (6, 11, 1)
    assert (quarter.everybody, quarter.all_attendances) == (11, 16)
    assert report.known == 5, "six, rounded down"
    assert [event.title for event in report.events] == ["e1", "e2"]


@pytest.mark.parametrize(
    ("people", "came", "told"),
    [
        ("a" * 9 + "b" * 10, "aaaabbbbb", set()),  # four of A came, and B is all but those
        ("a" * 9 + "b" * 10, "aaaaabbbbb", set()),  # four of A did not come, and B is all but the five who came
        ("a" * 9 + "b" * 9 + "c" * 10, "aaaaabbbbbccccc", {"C"}),  # four of A and of B did not come
        ("a" * 10 + "b" * 10, "aaaaabbbbb", {"A", "B"}),
        ("a" * 5 + "b" * 5, "aaaaabbbbb", {"A", "B"}),  # all came
        ("a" * 9 + "b" * 9, "", {"A", "B"}),  # nobody came
        ("a" * 4 + "b" * 9, "bbbbbbbbb", {"B"}),  # a department of four, of which nobody came
        ("a" * 9 + "b" * 10 + "c" * 12, "aaabbbbbcccccc", {"C"}),  # the three of A are all but B and C: B goes too
        ("z" * 3 + "b" * 10 + "c" * 12, "zzzbbbbbcccccc", {"C"}),  # nobody knows any more where three of them worked
    ],
)
def test_fewer_than_five_are_not_told_apart_nor_all_but_fewer_than_five(people: str, came: str, told: set[str]) -> None:
    records = _community(people, came)
    reports = [department_report(records, department, QUARTER, now=NOW) for department in departments(records)]
    assert {report.department for report in reports if report.quarters[-1].people is not None} == told
    whole = figures_of(records)
    assert {one.department for one in whole.departments} == told, "the impact report goes by the same rule"
    assert set(whole.meetings.departments) == {one.department for one in whole.departments if one.people}
    assert all(one.members % FEWEST == 0 for one in whole.departments)
    rows = [*whole.departments, *([whole.others] if whole.others else [])]
    assert sum(one.people for one in rows) == whole.totals.people
    assert sum(one.attendances for one in rows) == whole.totals.attendances


def test_the_whole_community_is_not_told_either_where_fewer_than_five_came() -> None:
    (quarter,) = _report("a" * 9, came="aaaa").quarters
    assert (quarter.everybody, quarter.all_attendances, quarter.people) == (None, None, None)
    assert quarter.events == 1


def test_the_quarters_before_stand_beside_up_to_eight_and_none_before_the_beginning() -> None:
    report = department_report(season(), "製造部", Period.read("2026-Q2"), now=datetime(2026, 7, 1, tzinfo=UTC))
    assert [str(quarter.period) for quarter in report.quarters][::7] == ["2024-Q3", "2026-Q2"]
    report = department_report(season(), "製造部", Period.read("2024-Q3"), now=NOW)
    assert [str(quarter.period) for quarter in report.quarters] == ["2024-Q2", "2024-Q3"]


@pytest.mark.parametrize(
    ("department", "period", "code"),
    [
        ("X", "2024-Q3", "department_not_found"),
        (UNKNOWN, "2024-Q3", "department_not_found"),
        ("A", "2024-08", "quarter_expected"),
        ("A", "2024-07-01..2024-09-30", "quarter_expected"),
        ("A", "2025-Q1", "quarter_not_over"),
    ],
)
def test_a_report_is_refused(department: str, period: str, code: str) -> None:
    with pytest.raises(Refused) as refused:
        department_report(_community("aaaaaz", "aaaaaz"), department, Period.read(period), now=NOW)
    assert refused.value.code == code


def test_a_quarter_is_over_where_the_community_is() -> None:
    assert str(last_quarter(datetime(2024, 9, 30, 15, tzinfo=UTC), "Asia/Tokyo")) == "2024-Q3"
    assert str(last_quarter(datetime(2024, 9, 30, 14, tzinfo=UTC), "Asia/Tokyo")) == "2024-Q2"


SHARES = st.sampled_from([(10, 5), (11, 6), (12, 5), (9, 5), (9, 3), (8, 4), (6, 6), (6, 1), (5, 0), (3, 2), (0, 0)])
"""How many people a department has, and how many of them came: around what is too few."""


@settings(max_examples=25, deadline=None)
@given(st.lists(SHARES, min_size=3, max_size=3), st.sampled_from((0, 0, 2, 5)), st.sets(st.integers(0, 22)))
def test_no_group_of_one_to_four_can_be_computed_from_the_reports_of_all_departments(
    shares: list[tuple[int, int]], unknown: int, again: set[int]
) -> None:
    """Whoever has all of them adds and subtracts what they tell, in every way."""
    shares = [*shares, (unknown, unknown)]
    people = "".join(name * size for name, (size, _) in zip("abcz", shares, strict=True))
    came = "".join(name * some for name, (_, some) in zip("abcz", shares, strict=True))
    records = _community(people, came, "".join(name for n, name in enumerate(came) if n in again))
    for groups in (*_told(records), *_whole(records)):
        for group in _computable(groups):
            assert not 0 < len(group) < FEWEST


One = tuple[str, str]
"""A person, or one attendance of theirs: who, at which event. Who is called `?…` is nobody: somebody could be there."""


def _told(records: Records) -> Iterator[list[frozenset[One]]]:
    """The groups whose sizes are told: of people, and of attendances.

    Of a department that is not told, some may have come and some may not, as far as a reader knows.
    """
    attended = {(p.member_id, p.event_id) for p in records.registrations if p.status == "attended"}
    people = {(who, "") for who, _ in attended}
    reports = {name: department_report(records, name, QUARTER, now=NOW) for name in departments(records)}
    quarters = {name: report.quarters[-1] for name, report in reports.items()}
    silent = [UNKNOWN, *(name for name, quarter in quarters.items() if quarter.people is None)]
    for came, figure, total in ((people, "people", "everybody"), (attended, "attendances", "all_attendances")):
        everyone = frozenset(came | {(f"?{name}", "came") for name in silent})
        groups = [everyone] if any(getattr(quarter, total) is not None for quarter in quarters.values()) else []
        for name, quarter in quarters.items():
            known = {(who, "") for who, department in records.departments.items() if department == name}
            if figure == "people" and len(known) >= FEWEST:
                unsure = {(f"?{name}", "came"), (f"?{name}", "stayed away")} if name in silent else set()
                groups.append(frozenset(known | unsure))
            if (number := getattr(quarter, figure)) is not None:
                groups.append(frozenset(one for one in came if records.departments[one[0]] == name))
                assert len(groups[-1]) == number
        yield [group for group in dict.fromkeys(groups) if group]


def _whole(records: Records) -> Iterator[list[frozenset[One]]]:
    """The same of the impact report, which tells the totals of all whatever they are."""
    attended = {(p.member_id, p.event_id) for p in records.registrations if p.status == "attended"}
    people = {(who, "") for who, _ in attended}
    told = {one.department for one in figures_of(records).departments}
    for came in (people, attended) if told else ():
        groups = [frozenset(one for one in came if records.departments[one[0]] == name) for name in told]
        yield [group for group in (frozenset(came), *groups) if group]


def _computable(groups: list[frozenset[One]]) -> Iterator[set[str]]:
    """The people of every group whose size is a sum or difference of the sizes of these."""
    whole = frozenset[One]().union(*groups)
    for signs in product((-1, 0, 1), repeat=len(groups)):
        weight = {one: sum(sign for sign, group in zip(signs, groups, strict=True) if one in group) for one in whole}
        if set(weight.values()) <= {0, 1}:
            yield {who for (who, _), n in weight.items() if n and not who.startswith("?")}


def _report(people: str, *, came: str, again: str = "") -> DepartmentReport:
    return department_report(_community(people, came, again), "A", QUARTER, now=NOW)


def _community(people: str, came: str, again: str = "") -> Records:
    """One letter per person: in which department, and who of it came to one event and to another. z: unknown."""
    everybody = _numbered(people)
    records = making.records(
        places={"e1": _numbered(came), **({"e2": _numbered(again)} if again else {})},
        departments={who: UNKNOWN if who[0] == "z" else who[0].upper() for who in everybody},
    )
    founded = records.community.model_copy(update={"founded_at": QUARTER.since("Asia/Tokyo")})
    return records.model_copy(update={"members": everybody, "community": founded})


def _numbered(letters: str) -> list[str]:
    return [f"{letter}{letters[:n].count(letter)}" for n, letter in enumerate(letters)]
