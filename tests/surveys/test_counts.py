"""How several surveys count together."""

from datetime import UTC, datetime

from ekkyo.contracts.base import Span
from ekkyo.contracts.surveys.counts import AnswerCounts, Asked, answers_counted

MAY = datetime(2026, 5, 10, tzinfo=UTC)


def test_a_score_weighs_as_many_answers_as_it_counts_not_as_the_survey_has() -> None:
    surveys = [Asked(MAY, 20, 50.0, 5), Asked(MAY, 10, -50.0, 10), Asked(MAY, 4, None, 0)]
    span = Span(since=datetime(2026, 5, 1, tzinfo=UTC), until=datetime(2026, 6, 1, tzinfo=UTC))
    later = Span(since=span.until, until=datetime(2026, 7, 1, tzinfo=UTC))
    assert answers_counted(surveys, [span, later]) == [AnswerCounts(answers=34, nps=-16.7), AnswerCounts()]
