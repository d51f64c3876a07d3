"""Measures against their targets: figures over time, pace, and the day on which a target is met."""

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any, get_args
from xml.etree import ElementTree

import pytest
from ekkyo.contracts import members as m
from ekkyo.contracts.base import Fact, Span
from ekkyo.contracts.events import SpanCounts
from ekkyo.contracts.members import Counted, Measure, MeasureReports, MeasureValue
from ekkyo.contracts.reports import MeasureFigures, Outcome, Period
from ekkyo.report import page
from ekkyo.report.measure_words import MEASURE_WORDS
from ekkyo.report.measures import number, shown
from ekkyo_common.report import figures_of
from ekkyo_common.report.from_facts import rebuild
from ekkyo_common.report.measures import PACE_MONTHS, Known, Tally, measures_of
from ekkyo_common.report.months import spans_of
from ekkyo_common.report.tallies import measured, of_records
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.common import making
from tests.common.season import community, season
from tests.common.test_report_periods import gathered

NOW = datetime(2024, 11, 12, 3, tzinfo=UTC)
"""The community of the tests was founded on 1 May 2024."""


def measure(counted: Any = "attendances", target: float = 250, **other: Any) -> Measure:
    return Measure(key="k", label="L", counted=counted, target=target, **other)


def found(one: Measure, months: Mapping[int, float | None], *, at: datetime = NOW) -> MeasureFigures:
    """The measure, where each month of 2024 has this figure."""
    it = community().model_copy(update={"charter": community().charter.model_copy(update={"measures": [one]})})

    def tally(span: Span) -> Tally:
        inside = [v for month, v in months.items() if v is not None and _in(span, month)]
        counts = SpanCounts(**{one.counted: round(sum(inside))} if one.counted in SpanCounts.model_fields else {})
        return Tally(counts, nps=inside[-1] if inside and one.counted == "nps" else None)

    reports = [MeasureValue(on=date(2024, month, 20), value=v) for month, v in months.items() if v is not None]
    known = Known({span: tally(span) for span in spans_of(it, at, PACE_MONTHS)}, {"k": reports})
    (standing,) = measures_of(it, known, at)
    return standing


def _in(span: Span, month: int) -> bool:
    middle = datetime(2024, month, 15, tzinfo=UTC)
    return (span.since is None or span.since <= middle) and middle < span.until


def test_a_sum_since_the_founding_is_reached_at_the_pace_of_the_last_three_full_months() -> None:
    told = found(measure(), {5: 0, 6: 40, 7: 40, 8: 20, 9: 30, 10: 40, 11: 10})
    assert (told.value, told.pace, told.pace_months, told.share) == (180, 30, 3, 0.72)
    assert (told.outcome, told.day) == ("on_day", date(2025, 1, 23)), "70 more at 30 a month are 72 days"
    assert [point.value for point in told.points] == [0, 40, 80, 100, 130, 170, 180]
    assert [point.full for point in told.points][-2:] == [True, False]


@pytest.mark.parametrize(
    ("months", "outcome"),
    [
        ({6: 250}, "reached"),
        ({6: 40}, "not_at_this_pace"),
        ({6: 1, 10: 1}, "not_at_this_pace"),
        ({}, "not_at_this_pace"),
    ],
)
def test_a_target_that_is_reached_or_out_of_reach(months: dict[int, float], outcome: str) -> None:
    told = found(measure(), months)
    assert (told.outcome, told.day) == (outcome, None)


def test_in_the_first_month_there_is_no_pace_yet() -> None:
    told = found(measure(), {5: 12}, at=datetime(2024, 5, 20, tzinfo=UTC))
    assert (told.outcome, told.value, told.pace, told.pace_months) == ("too_short", 12, None, 0)


def test_people_count_once_so_their_pace_is_the_growth_of_how_many_there_are() -> None:
    told = found(measure("people", 100), {6: 20, 8: 6, 9: 6, 10: 6})
    assert (told.value, told.pace, told.outcome) == (38, 6, "on_day")


def test_a_season_that_will_fall_short_says_what_it_comes_to() -> None:
    days = {"period": "season", "starts_on": date(2024, 9, 1), "until": date(2024, 12, 31)}
    told = found(measure(target=200, **days), {8: 500, 9: 30, 10: 30, 11: 10})
    assert (told.value, told.pace, told.pace_months, told.ends_on) == (70, 30, 2, date(2024, 12, 31))
    assert (told.outcome, told.expected) == ("late", 118.3)
    assert found(measure(target=90, **days), {9: 30, 10: 30, 11: 10}).outcome == "on_day"
    over = datetime(2025, 2, 1, tzinfo=UTC)
    ended = found(measure(target=90, **days), {9: 30, 10: 30, 11: 10}, at=over)
    assert (ended.outcome, ended.value, len(ended.points)) == ("missed", 70, 4)
    later = found(measure(period="season", starts_on=date(2025, 1, 1), until=date(2025, 3, 31)), {9: 30})
    assert (later.outcome, later.day, later.points, later.value) == ("not_begun", date(2025, 1, 1), [], None)


def test_a_quarter_is_counted_by_itself_at_the_pace_of_the_months_before() -> None:
    told = found(measure(target=60, period="quarter"), {8: 20, 9: 20, 10: 20, 11: 5})
    assert (told.value, told.pace, told.ends_on, told.outcome) == (25, 20, date(2024, 12, 31), "late")
    assert [p.value for p in told.points][-4:] == [20, 40, 20, 25], "September, then the next quarter"


QUESTIONS: dict[str, Any] = {
    "counted": "reported",
    "target": 200,
    "baseline": 400,
    "period": "month",
    "direction": "down",
}


def test_a_figure_that_should_fall_reaches_its_target_where_its_trend_does() -> None:
    told = found(measure(**QUESTIONS), {6: 400, 7: 380, 8: 360, 9: 340, 10: 320, 11: 60})
    assert (told.value, told.of, told.pace, told.share) == (320, date(2024, 10, 1), -20, 0.4)
    assert told.points[-1].value == 60, "the month that runs is shown, and is not the figure"
    assert (told.outcome, told.day) == ("on_day", date(2025, 5, 2)), "six months after October"
    assert told.last_on == date(2024, 11, 20)


@pytest.mark.parametrize(
    ("months", "outcome"),
    [
        ({8: 300, 9: 320, 10: 340}, "not_at_this_pace"),
        ({8: 300, 9: 300, 10: 300}, "not_at_this_pace"),
        ({8: 260, 9: 230, 10: 190}, "reached"),
        ({9: 300, 10: 280}, "too_short"),
        ({8: 300, 9: None, 10: 280}, "too_short"),
        ({11: 30}, "no_value"),
        ({}, "no_value"),
    ],
)
def test_a_falling_figure_in_words(months: dict[int, float | None], outcome: str) -> None:
    assert found(measure(**QUESTIONS), months).outcome == outcome


def test_a_sum_that_must_not_pass_its_target_holds_or_says_when_it_will() -> None:
    ceiling = {"direction": "down", "period": "season", "starts_on": date(2024, 8, 1), "until": date(2024, 12, 31)}
    told = found(measure("reported", 100, **ceiling), {8: 10, 9: 10, 10: 10})
    assert (told.outcome, told.expected) == ("holds", 46.1)
    told = found(measure("reported", 70, **ceiling), {8: 20, 9: 20, 10: 20})
    assert (told.outcome, told.day) == ("exceeded_on", date(2024, 11, 28))
    assert found(measure("reported", 50, **ceiling), {8: 20, 9: 20, 10: 20}).outcome == "exceeded"


def test_a_level_is_the_last_one_reported_and_an_nps_may_be_below_zero() -> None:
    told = found(measure("reported", 60, combine="last", unit="%"), {7: 30, 8: 35, 9: 40})
    assert (told.value, told.outcome) == (40, "on_day")
    told = found(measure("nps", 30, period="month"), {8: -20, 9: -10, 10: 0})
    assert (told.value, told.pace, told.outcome, told.share) == (0, 10, "on_day", 0)


@pytest.mark.parametrize("locale", ["ja", "en"])
def test_the_page_says_each_outcome_in_words(locale: Any) -> None:
    ones = [
        found(measure(), {6: 40, 10: 40, 11: 10}),
        found(measure(target=2), {}),
        found(measure(**QUESTIONS), {6: 400, 7: 380, 8: 360}),
        found(measure("reported", 5, combine="last"), {}),
    ]
    records = season()
    text = page(figures_of(records).model_copy(update={"measures": ones}), made_at=NOW, locale=locale)
    for one in shown(ones, locale):
        assert one.outcome in text
        assert one.chart is None or one.chart in text
    assert MEASURE_WORDS[locale]["lead"] in text
    assert MEASURE_WORDS[locale]["lead"] not in page(figures_of(records), made_at=NOW, locale=locale)
    assert MEASURE_WORDS["ja"].keys() == MEASURE_WORDS["en"].keys()
    assert set(get_args(Outcome)) | set(get_args(Counted)) < MEASURE_WORDS[locale].keys()
    for chart in re.findall(r"<svg.*?</svg>", text, re.S):
        ElementTree.fromstring(chart)


@settings(max_examples=60, deadline=None)
@given(
    st.dictionaries(st.integers(5, 11), st.integers(0, 400), max_size=7),
    st.sampled_from(["month", "quarter", "whole"]),
    st.sampled_from(["attendances", "people", "nps", "reported"]),
    st.sampled_from(["up", "down"]),
    st.integers(1, 500),
)
def test_a_day_is_after_today_and_only_where_the_pace_leads_there(
    months: dict[int, float], period: Any, counted: Any, direction: Any, target: float
) -> None:
    told = found(measure(counted, target, period=period, direction=direction), months)
    if told.day:
        assert told.day > date(2024, 11, 12)
        assert told.pace
    if told.outcome == "on_day":
        assert told.value is not None
        assert (told.pace > 0) == (told.value < target)
    assert len(told.points) <= 24
    assert told.share is None or told.share >= 0


def test_the_report_has_the_measures_of_the_charter_counted_from_its_records() -> None:
    records = season()
    ones = [
        Measure(key=key, label=key, counted=key, target=100)
        for key in ("attendances", "people", "departments", "first_timers", "returners", "events", "outputs", "answers")
    ]
    ones += [measure("nps", 30), Measure(key="desk", label="desk", counted="reported", target=10)]
    charter = records.community.charter.model_copy(update={"measures": ones})
    records = records.model_copy(
        update={
            "community": records.community.model_copy(update={"charter": charter}),
            "reports": [MeasureReports(key="desk", values=[MeasureValue(on=date(2024, 9, 1), value=4)])],
        }
    )
    report = measured(figures_of(records), records, NOW)
    value = {one.measure.key: one.value for one in report.measures}
    assert value["attendances"] == report.totals.attendances
    assert value["people"] == value["first_timers"] == report.totals.people
    assert value["returners"] == report.totals.returners
    assert value["events"] == len(report.events)
    assert value["departments"] == len(
        {records.departments[p.member_id] for p in records.registrations if p.status == "attended"}
    )
    assert value["answers"] == report.surveys.answered
    assert value["k"] == pytest.approx(report.surveys.nps, abs=1.5)
    assert value["desk"] == 4
    assert of_records(records, NOW) == report.measures
    assert of_records(season(), NOW) == [], "a charter without measures costs nothing"


def test_a_report_of_a_period_that_is_over_has_the_measures_as_they_stood_at_its_end() -> None:
    quarter = Period.read("2024-Q3")
    wanted = [
        Measure(key="all", label="L", counted="attendances", target=250),
        Measure(key="month", label="L", counted="events", target=4, period="month"),
        Measure(key="quarter", label="L", counted="attendances", target=900, period="quarter"),
        Measure(key="desk", label="L", counted="reported", target=9, period="month"),
        Measure(key="crossed", label="L", counted="crossings", target=500),
    ]
    records, charter = season(), community().charter.model_copy(update={"measures": wanted})
    values = [MeasureValue(on=date(2024, 9, 30), value=5), MeasureValue(on=date(2024, 10, 1), value=99)]
    it = records.community.model_copy(update={"charter": charter})
    records = gathered(records.model_copy(update={"community": it}), quarter)
    records = records.model_copy(update={"reports": [MeasureReports(key="desk", values=values)]})
    report = measured(figures_of(records, quarter), records, NOW)
    assert measured(figures_of(records, quarter), records, NOW + timedelta(days=9)) == report, "it changes no more"
    told = {one.measure.key: one for one in report.measures}
    before = figures_of(records, quarter).before
    assert before
    assert told["all"].value == report.totals.attendances + before.totals.attendances
    assert (told["month"].value, told["month"].of) == (4, date(2024, 9, 1))
    assert (told["quarter"].value, told["quarter"].outcome) == (report.totals.attendances, "missed")
    assert (told["desk"].value, told["desk"].last_on) == (5, date(2024, 9, 30))
    assert told["crossed"].value == sum(report.crossings.values()) + sum(before.crossings.values())
    assert all(point.full for one in report.measures for point in one.points)
    text = page(report, made_at=NOW, locale="en")
    assert "as it stood on 30 September 2024." in text
    assert MEASURE_WORDS["en"]["so_far"] not in text
    soon = measured(figures_of(records, quarter), records, datetime(2024, 9, 20, tzinfo=UTC))
    assert "as it stands today" in page(soon, made_at=datetime(2024, 9, 20, tzinfo=UTC), locale="en")


def test_an_nps_of_zero_has_no_sign() -> None:
    assert [number(value, measure("nps", 30)) for value in (0, 0.04, 12, -7.5)] == ["0", "0", "+12", "-7.5"]


def test_the_facts_alone_tell_what_was_reported_and_when_crossings_were_reached() -> None:
    """A later report replaces, one is taken back; a crossing that another attendance proves was reached then."""
    it = community()
    reported = Measure(key="desk", label="desk", counted="reported", target=10)
    it = it.model_copy(update={"charter": it.charter.model_copy(update={"measures": [reported]})})
    crossed = {"member_id": "a", "member": making.member("a"), "community_id": "c1", "crossing": "took_part"}
    months = [datetime(2024, month, 3, tzinfo=UTC) for month in (6, 7)]
    told: list[Fact] = [
        m.CommunityFounded(community_id="c1", community=it),
        m.MemberJoined(member_id="a", member=making.member("a"), community_id="c1"),
        m.MemberCrossed(**crossed, proof="x", reached_at=months[0]),
        m.CrossingProofChanged(**crossed, proof="y", reached_at=months[1]),
    ]
    values = [("desk", 1, 5.0), ("desk", 1, 6.0), ("desk", 2, 9.0), ("desk", 2, None), ("gone", 1, 1.0)]
    told += [
        m.MeasureReported(community_id="c1", report_id=f"f{n}", measure=key, on=date(2024, 6, day), value=value)
        for n, (key, day, value) in enumerate(values)
    ]
    records = rebuild([making.told(fact, n) for n, fact in enumerate(told, 1)], "c1")
    assert [at for _, _, at in records.crossings] == months[1:]
    assert records.reports == [MeasureReports(key="desk", values=[MeasureValue(on=date(2024, 6, 1), value=6)])]
    assert of_records(records, NOW)[0].value == 6
