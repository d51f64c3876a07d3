"""Measures of a charter: figures that others report, each once, and who crossed when."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from ekkyo.contracts import members as contract
from ekkyo.contracts.base import Refused, Span
from ekkyo.decision.clock import utcnow
from ekkyo_members import model
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from tests.members.people import CHARTER, NOW, community, founding, member, registering

DAY = date(2026, 3, 31)


def report(report_id: str = "f1", **other: Any) -> contract.ReportMeasure:
    known: dict[str, Any] = {"community_id": "c1", "measure": "questions", "on": DAY, "value": 312}
    return contract.ReportMeasure(report_id=report_id, **known | other)


class Parts:
    """The parts of a community in memory."""

    def __init__(self) -> None:
        self.kept: dict[str, model.CommunityPart] = {}
        self.facts: list[Any] = []

    def get(self, key: str) -> model.CommunityPart | None:
        return self.kept.get(key)

    def take(self, cmd: contract.ReportMeasure) -> contract.MeasureReports:
        decision = model.report_measure(community(), self, cmd)  # type: ignore[arg-type]
        self.kept |= {part.key: part for part in decision.entries}
        self.facts += decision.facts
        return decision.answer


def test_a_figure_is_taken_once_replaced_by_a_later_report_and_taken_back() -> None:
    parts = Parts()
    first = parts.take(report())
    assert parts.take(report()) == first == contract.MeasureReports(key="questions", values=[_value(312)])
    assert parts.take(report("f2", value=290)).values == [_value(290)]
    assert parts.take(report()).values == [_value(290)], "the first report, sent again late, replaces nothing"
    assert parts.take(report("f3", value=None)).values == []
    assert [fact.value for fact in parts.facts] == [312, 290, None]
    assert len(parts.kept) == 1


@settings(max_examples=30)
@given(st.lists(st.tuples(st.sampled_from("abcd"), st.integers(0, 2)), max_size=12))
def test_the_figure_of_a_day_is_that_of_the_last_new_report(told: list[tuple[str, int]]) -> None:
    parts, new = Parts(), dict[str, int]()
    for report_id, value in told:
        parts.take(report(report_id, value=value))
        new.setdefault(report_id, value)
    assert [fact.report_id for fact in parts.facts] == list(new)
    assert [part.value for part in parts.kept.values() if isinstance(part, model.Reported)] == list(new.values())[-1:]


@pytest.mark.parametrize(("measure", "code"), [("gone", "measure_not_found"), ("came", "measure_is_counted")])
def test_only_measures_of_the_charter_that_others_report_take_figures(measure: str, code: str) -> None:
    with pytest.raises(Refused, match=code):
        Parts().take(report(measure=measure))


def test_measures_with_one_key_and_seasons_without_days_are_refused() -> None:
    one = CHARTER.measures[0]
    with pytest.raises(ValidationError, match="same key"):
        contract.Charter(objective="o", who="w", what="w", how="h", measures=[one, one])
    days = {"starts_on": date(2026, 10, 1), "until": date(2026, 9, 1)}
    for wrong in ({}, days):
        with pytest.raises(ValidationError, match="season"):
            contract.Measure(key="k", label="l", counted="people", target=1, period="season", **wrong)
    with pytest.raises(ValidationError):
        contract.Measure(key="k", label="l", counted="people", target=float("inf"))


def test_a_charter_without_measures_does_not_mention_them() -> None:
    assert "measures" not in CHARTER.model_copy(update={"measures": []}).model_dump()


def test_crossings_are_counted_by_the_day_they_were_reached() -> None:
    at = [datetime(2026, month, 1, tzinfo=UTC) for month in (3, 4, 5)]
    crossed = [
        contract.CrossingReached(crossing="took_part", community_id=where, reached_at=when, proof="p")
        for where, when in (("c1", at[0]), ("c1", at[1]), ("c2", at[1]))
    ]
    people = [member().model_copy(update={"crossings": crossed})]
    spans = [Span(until=at[1]), Span(since=at[1], until=at[2]), Span(until=at[2])]
    assert model.measures("c1", {}, people, spans).crossings == [1, 1, 2]
    assert model.crossed(people, "c1").members[0].reached_at == at[:2]


async def test_a_system_reports_figures_that_every_member_may_see(steward: Any, client_as: Any, facts: Any) -> None:
    await steward.send(founding())
    system, anyone = await client_as("help-desk", "system"), await client_as("m2")
    for month in (1, 2, 3):
        await system.send(report(f"f{month}", on=date(2026, month, 28), value=month * 100))
    await system.send(report("f3", on=date(2026, 3, 28), value=300))
    await steward.send(registering())
    me = await client_as("m1")
    await me.send(contract.JoinCommunity(member_id="m1", community_id="c1"))
    did = {"contribution_id": "k1", "member_id": "m1", "community_id": "c1", "kind": "shared", "title": "Macros"}
    await me.send(contract.RecordContribution.model_validate(did))
    ever = Span(until=utcnow() + timedelta(days=1))
    told = await anyone.ask(contract.GetMeasures(community_id="c1", spans=[Span(until=NOW), ever]))
    assert told.crossings == [0, 1]
    (reports,) = told.reports
    assert (reports.key, [v.value for v in reports.values]) == ("questions", [100, 200, 300])
    heard = [fact for fact in await facts(4) if isinstance(fact, contract.MeasureReported)]
    assert [(fact.measure, fact.value, fact.meta.revision) for fact in heard] == [
        ("questions", value, revision) for value, revision in ((100, 2), (200, 3), (300, 4))
    ]
    without = CHARTER.model_copy(update={"measures": CHARTER.measures[:1]})
    await steward.send(contract.ReviseCharter(community_id="c1", charter=without))
    assert (await anyone.ask(contract.GetMeasures(community_id="c1"))).reports == [], "it is no measure any more"
    await steward.send(contract.ReviseCharter(community_id="c1", charter=CHARTER))
    again = await anyone.ask(contract.GetMeasures(community_id="c1"))
    assert len(again.reports[0].values) == 3, "its figures were kept"


def _value(value: float) -> contract.MeasureValue:
    return contract.MeasureValue(on=DAY, value=value)
