"""How many answered the closed surveys of a community, and how they judge."""

from collections.abc import Iterable

from ekkyo.contracts.surveys.counts import Asked, CountAnswers, SurveyCounts, answers_counted

from ekkyo_surveys.model.survey import Survey


def counts(ask: CountAnswers, closed: Iterable[Survey]) -> SurveyCounts:
    """What these surveys say together within the spans that the question names."""
    return SurveyCounts(community_id=ask.community_id, counts=answers_counted(map(_asked, closed), ask.spans))


def _asked(survey: Survey) -> Asked:
    told = survey.results if survey.results and not survey.results.suppressed else None
    return Asked(survey.opened_at, survey.answered, told.nps if told else None, told.scored if told else 0)
