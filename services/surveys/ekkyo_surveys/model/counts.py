"""How many answered the closed surveys of a community, and how they judge."""

from collections.abc import Iterable

from ekkyo.contracts.surveys.counts import Asked, CountAnswers, SurveyCounts, answers_counted

from ekkyo_surveys.model.survey import Survey


def counts(ask: CountAnswers, closed: Iterable[Survey]) -> SurveyCounts:
    """What these surveys say together within the spans that the question names."""
    asked = [
        Asked(one.opened_at, one.answered, one.results.nps if one.results and not one.results.suppressed else None)
        for one in closed
    ]
    return SurveyCounts(community_id=ask.community_id, counts=answers_counted(asked, ask.spans))
