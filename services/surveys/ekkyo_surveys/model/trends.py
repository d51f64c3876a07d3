"""Results of several surveys side by side. Pure."""

from collections.abc import Iterable

from ekkyo.contracts.surveys import CommunityScore, CommunityScores, Results, SurveyPoint, Trend

from ekkyo_surveys.model.survey import Survey, state


def trend_of(community_id: str, surveys: Iterable[Survey]) -> Trend:
    """Closed surveys, oldest first, with the averages that their results tell."""
    ordered = sorted(surveys, key=lambda survey: (survey.opened_at, survey.id))
    return Trend(community_id=community_id, points=[_point(one, one.results) for one in ordered if one.results])


def compared(surveys: Iterable[Survey]) -> CommunityScores:
    """The results of each community together, weighted by their answers; most answers first."""
    by_community: dict[str, list[Results]] = {}
    for survey in surveys:
        if survey.results:
            by_community.setdefault(survey.community_id, []).append(survey.results)
    scores = [_score(community_id, results) for community_id, results in by_community.items()]
    return CommunityScores(communities=sorted(scores, key=lambda one: (-one.answered, one.community_id)))


def _point(survey: Survey, results: Results) -> SurveyPoint:
    return SurveyPoint(
        survey=state(survey),
        suppressed=results.suppressed,
        scored=results.scored if results.nps is not None else 0,
        nps=results.nps,
        nps_low=results.nps_low,
        nps_high=results.nps_high,
        means={one.question: one.mean for one in results.questions if one.mean is not None},
    )


def _score(community_id: str, told: list[Results]) -> CommunityScore:
    scored = [(one.nps, one.scored) for one in told if one.nps is not None and one.scored]
    answers = sum(count for _, count in scored)
    return CommunityScore(
        community_id=community_id,
        surveys=len(told),
        suppressed=sum(one.suppressed for one in told),
        invited=sum(one.invited for one in told),
        answered=sum(one.answered for one in told),
        scored=answers,
        nps=round(sum(score * count for score, count in scored) / answers, 1) if answers else None,
    )
