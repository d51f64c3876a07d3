"""The report by period, with the one before beside it."""

import re
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from ekkyo.contracts import events as e
from ekkyo.contracts.events import Figures, OutputState
from ekkyo.contracts.reports import Period
from ekkyo.report import page
from ekkyo_common.report import figures_of, needed
from ekkyo_common.report.from_facts import rebuild
from ekkyo_common.report.records import PeriodFigures, Records, SurveyRecord
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from tests.common import making
from tests.common.season import season

DAYS = st.dates(date(1990, 1, 1), date(2100, 12, 31))
PERIODS = st.one_of(
    DAYS.map(Period.month),
    DAYS.map(Period.quarter),
    DAYS.map(Period.year),
    st.tuples(DAYS, DAYS).map(lambda days: Period.days(min(days), max(days))),
)


@pytest.mark.parametrize(
    ("written", "first", "last", "before"),
    [
        ("2026-11", "2026-11-01", "2026-11-30", "2026-10"),
        ("2026-01", "2026-01-01", "2026-01-31", "2025-12"),
        ("2024-02", "2024-02-01", "2024-02-29", "2024-01"),
        ("2026-Q1", "2026-01-01", "2026-03-31", "2025-Q4"),
        ("2026-Q3", "2026-07-01", "2026-09-30", "2026-Q2"),
        ("2026", "2026-01-01", "2026-12-31", "2025"),
        ("2026-04-01..2026-09-30", "2026-04-01", "2026-09-30", "2025-10-01..2026-03-31"),
        ("2026-09-11..2026-09-20", "2026-09-11", "2026-09-20", "2026-09-01..2026-09-10"),
        ("1995-01-02..2090-01-01", "1995-01-02", "2090-01-01", "1900-01-01..1995-01-01"),
        ("1995-01-01..2090-01-01", "1995-01-01", "2090-01-01", "1899-12-30..1994-12-31"),
        ("1900-01", "1900-01-01", "1900-01-31", "1899-12"),
    ],
)
def test_a_period_is_read_and_has_one_before(written: str, first: str, last: str, before: str) -> None:
    period = Period.read(written)
    assert (str(period.starts_on), str(period.ends_on)) == (first, last)
    assert str(period) == written
    assert str(period.before()) == before


@pytest.mark.parametrize(
    "text", ["", "2026-Q5", "2026-13", "26-11", "2026-09-31..2026-10-02", "2026-10-02..2026-10-01"]
)
def test_what_is_no_period_is_refused(text: str) -> None:
    with pytest.raises((ValueError, ValidationError)):
        Period.read(text)


@settings(max_examples=40)
@given(PERIODS)
def test_a_period_follows_the_one_before_without_a_gap(period: Period) -> None:
    assert period.before().until("Asia/Tokyo") == period.since("Asia/Tokyo")
    assert Period.read(str(period)) == period
    assert Period.model_validate_json(period.model_dump_json()) == period


def test_a_day_begins_at_midnight_where_the_community_is() -> None:
    period = Period.read("2026-03")
    assert period.since("Asia/Tokyo") == datetime(2026, 2, 28, 15, tzinfo=UTC)
    assert period.until("Europe/Berlin") == datetime(2026, 3, 31, 22, tzinfo=UTC)
    assert period.holds(datetime(2026, 3, 31, 14, 59, tzinfo=UTC), "Asia/Tokyo")
    assert not period.holds(datetime(2026, 3, 31, 15, tzinfo=UTC), "Asia/Tokyo")


def test_months_add_up_to_their_quarter_and_quarters_to_all() -> None:
    months = [Period.read(f"2024-{month:02}") for month in (7, 8, 9)]
    quarter = Period.read("2024-Q3")
    records = gathered(season(), *months, quarter)
    parts, whole, all = [figures_of(records, m) for m in months], figures_of(records, quarter), figures_of(records)
    assert [e for part in parts for e in part.events] == whole.events
    assert sum(part.surveys.answered for part in parts) == whole.surveys.answered
    assert sum(n for part in parts for n in part.attendances_by_format.values()) == whole.totals.attendances
    assert whole.events == [e for e in all.events if 7 <= e.starts_at.month <= 9]
    assert whole.community == all.community


def test_first_timers_came_to_no_event_before_the_period_either() -> None:
    quarter = Period.read("2024-Q3")
    report = figures_of(gathered(season(), quarter), quarter)
    all = {event.event_id: event.first_timers for event in figures_of(season()).events}
    assert {event.event_id: event.first_timers for event in report.events}.items() <= all.items()


def test_the_period_before_stands_beside_with_its_own_figures() -> None:
    quarter = Period.read("2024-Q3")
    records = gathered(season(), quarter, quarter.before())
    before, alone = figures_of(records, quarter).before, figures_of(records, quarter.before())
    assert before
    assert before.totals == alone.totals
    assert before.surveys == alone.surveys
    assert before.pairs == alone.meetings.pairs
    assert before.first_timers == sum(event.first_timers for event in alone.events)
    assert before.crossings == alone.crossings
    assert alone.before is None, "the community was founded in it"


def test_crossings_of_a_period_are_those_that_were_reached_in_it() -> None:
    quarters = [Period.read(f"2024-Q{n}") for n in (2, 3, 4)]
    records = gathered(season(), *quarters)
    ever, of = figures_of(records).crossings, [figures_of(records, quarter).crossings for quarter in quarters]
    assert all(sum(one[step] for one in of) == ever[step] for step in ever)
    assert of[1]["took_part"] < ever["took_part"]
    assert of[1]["carried_outside"] == 0
    text = page(figures_of(records, quarters[1]), made_at=datetime(2024, 12, 1, tzinfo=UTC), locale="en")
    assert "People who reached each step in this period." in text
    assert re.search(r"Crossing: Carried outside</th><td><b>0</b></td><td>0</td><td>±0", text)
    assert "ever." in page(figures_of(records), made_at=datetime(2024, 12, 1, tzinfo=UTC), locale="en")


def test_a_report_says_when_its_periods_figures_were_not_gathered() -> None:
    with pytest.raises(KeyError):
        figures_of(season(), Period.read("2024-08"))


def test_surveys_belong_to_the_day_of_their_event_and_outputs_to_the_day_they_were_attached() -> None:
    def weeks_later(record: SurveyRecord) -> datetime:
        return record.survey.opened_at + timedelta(weeks=6)

    month = Period.read("2024-06")
    records = season()
    june = [e for e in records.events if e.starts_at.month == 6]
    late = [
        r.model_copy(
            update={"survey": r.survey.model_copy(update={"opened_at": r.survey.opened_at + timedelta(days=40)})}
        )
        for r in records.surveys
    ]
    by_hand = late[0].survey.model_copy(update={"survey_id": "x", "event_id": None})
    late.append(late[0].model_copy(update={"survey": by_hand, "results": None}))
    outputs = [
        _output("o1", datetime(2024, 6, 30, 14, 59, tzinfo=UTC)),
        _output("o2", datetime(2024, 6, 30, 15, tzinfo=UTC)),
    ]
    records = gathered(records.model_copy(update={"surveys": late, "outputs": outputs}), month)
    report = figures_of(records, month)
    assert report.surveys.surveys == len(june)
    assert [o.output_id for o in report.outputs] == ["o1"], "the day ends at midnight in Tokyo"


def test_the_facts_alone_tell_the_same_figures_of_a_period() -> None:
    first, second = Period.read("2024-09"), Period.read("2024-10")
    event = making.event("e2").model_copy(update={"starts_at": datetime(2024, 9, 30, 15, tzinfo=UTC)})
    told: list[Any] = [
        e.MemberAttended(event_id="e2", event=event, member_id="c", walk_in=True, by="check_in"),
        e.EventConcluded(event_id="e2", event=event, attended=["c"], no_shows=[]),
    ]
    facts = [*making.facts(), *(making.told(fact, 100 + n) for n, fact in enumerate(told))]
    records = rebuild(facts, "c1", periods=[second, *needed(second), first])
    report = figures_of(records, second)
    assert [event.event_id for event in report.events] == ["e2"]
    assert (report.totals.attendances, report.totals.people, report.totals.walk_ins) == (1, 1, 1)
    assert (report.events[0].first_timers, report.events[0].returners) == (0, 1)
    assert report.before
    assert (report.before.totals.attendances, report.before.totals.no_shows, report.before.first_timers) == (2, 1, 2)
    assert report.before.surveys.nps == 60.0
    assert figures_of(records).totals.attendances == 3


def gathered(records: Records, *periods: Period) -> Records:
    """The records with the figures that the events service would tell of these periods."""
    zone = records.community.timezone
    found = []
    for period in [one for asked in periods for one in needed(asked)]:
        held = {event.event_id: event for event in records.events if period.holds(event.starts_at, zone)}
        places = [place for place in records.registrations if place.event_id in held]
        came = [place.member_id for place in places if place.status == "attended"]
        formats = [event.format for event in held.values()]
        figures = Figures(
            community_id=records.community.community_id,
            events={format: formats.count(format) for format in formats},
            attendances=len(came),
            people=len(set(came)),
            returners=sum(came.count(who) > 1 for who in set(came)),
            registrations=len(places),
            waitlisted=sum(place.status == "waitlisted" for place in places),
            promoted=0,
            withdrawn=sum(place.status == "withdrawn" for place in places),
            no_shows=sum(place.status == "no_show" for place in places),
            walk_ins=0,
        )
        found.append(PeriodFigures(period=period, figures=figures))
    return records.model_copy(update={"by_period": found})


def _output(output_id: str, at: datetime) -> OutputState:
    return OutputState(
        output_id=output_id,
        community_id="c1",
        kind="slides",
        title=output_id,
        authors=["m1"],
        attached_at=at,
        status="attached",
        revision=1,
    )
