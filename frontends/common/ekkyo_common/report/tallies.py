"""What the measures of a charter count within each span: from records, or as the services count it."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final, TypeVar

from ekkyo.contracts.base import MOST_SPANS, Question, Span
from ekkyo.contracts.events import CountEvents, SpanCounts
from ekkyo.contracts.events.counts import Held, counted, within
from ekkyo.contracts.members import Community, GetMeasures, Measures
from ekkyo.contracts.reports import MeasureFigures, Report
from ekkyo.contracts.surveys.counts import AnswerCounts, Asked, CountAnswers, answers_counted
from pydantic import BaseModel

from ekkyo_common.report.from_services import Asking
from ekkyo_common.report.measures import PACE_MONTHS, Known, Tally, measures_of
from ekkyo_common.report.months import spans_of
from ekkyo_common.report.periods import until
from ekkyo_common.report.records import UNKNOWN, Records, SurveyRecord

A = TypeVar("A", bound=BaseModel)
ELSEWHERE: Final = {"answers", "nps", "crossings", "reported"}
"""What the events service does not count."""


def measured(report: Report, records: Records, at: datetime) -> Report:
    """The report with the measures of the charter as they stand at this time, or stood when its period ended."""
    if report.period and (end := report.period.until(records.community.timezone)) <= at:
        records, at = until(records, end), end
    return report.model_copy(update={"measures": of_records(records, at)})


def of_records(records: Records, at: datetime) -> list[MeasureFigures]:
    """The measures as these records make them."""
    spans = spans_of(records.community, at, PACE_MONTHS)
    known = Known(_tallies(records, spans), {one.key: one.values for one in records.reports})
    return measures_of(records.community, known, at)


async def of_services(asking: Asking, community: Community, at: datetime) -> list[MeasureFigures]:
    """The measures as the services count them, by questions that every member may ask. Raises Refused."""
    spans = spans_of(community, at, PACE_MONTHS)
    parts = [spans[n : n + MOST_SPANS] for n in range(0, len(spans), MOST_SPANS)]
    told = await asyncio.gather(*(_asked(asking, community, part) for part in parts))
    tallies = {span: tally for found, _ in told for span, tally in found.items()}
    measures = told[0][1] if told else Measures(community_id=community.community_id, reports=[])
    return measures_of(community, Known.of(tallies, measures), at)


async def _asked(asking: Asking, community: Community, spans: Sequence[Span]) -> tuple[Mapping[Span, Tally], Measures]:
    """What the services tell of these spans; only those are asked that count something for this charter."""
    counted = {measure.counted for measure in community.charter.measures}
    id, some = community.community_id, list(spans)

    async def asked(needed: bool, question: Question[A]) -> A | None:
        return await asking.ask(question) if needed else None

    events, answers, measures = await asyncio.gather(
        asked(bool(counted - ELSEWHERE), CountEvents(community_id=id, spans=some)),
        asked(bool(counted & {"answers", "nps"}), CountAnswers(community_id=id, spans=some)),
        asked(
            bool(counted & {"crossings", "reported"}),
            GetMeasures(community_id=id, spans=some if "crossings" in counted else []),
        ),
    )
    there = dict(zip(some, events.counts if events else [], strict=False))
    said = dict(zip(some, answers.counts if answers else [], strict=False))
    crossings = dict(zip(some, measures.crossings if measures else [], strict=False))
    tallies = {
        span: Tally(
            there.get(span, SpanCounts()),
            crossings.get(span, 0),
            said.get(span, AnswerCounts()).answers,
            said.get(span, AnswerCounts()).nps,
        )
        for span in some
    }
    return tallies, measures or Measures(community_id=id, reports=[])


def _tallies(records: Records, spans: Sequence[Span]) -> dict[Span, Tally]:
    came: dict[str, set[str]] = {event.event_id: set() for event in records.events}
    for place in records.registrations:
        if place.status == "attended":
            came[place.event_id].add(place.member_id)
    counts = counted(
        [Held(event.starts_at, frozenset(came[event.event_id])) for event in records.events],
        [output.attached_at for output in records.outputs if output.attached_at],
        {member: None if department == UNKNOWN else department for member, department in records.departments.items()},
        spans,
    )
    answers = answers_counted((_counted(one) for one in records.surveys if one.survey.status == "closed"), spans)
    crossed_at = [at for _, _, at in records.crossings if at]
    return {
        span: Tally(there, sum(within(at, span) for at in crossed_at), said.answers, said.nps)
        for span, there, said in zip(spans, counts, answers, strict=True)
    }


def _counted(record: SurveyRecord) -> Asked:
    told = record.results if record.results and not record.results.suppressed else None
    return Asked(
        record.survey.opened_at, record.survey.answered, told.nps if told else None, told.scored if told else 0
    )
