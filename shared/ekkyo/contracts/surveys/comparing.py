"""Surveys side by side: over time, and of all communities. Made from results that are told, and from nothing else."""

from typing import ClassVar

from pydantic import Field

from ekkyo.contracts.base import Id, Instant, Model, Question, may
from ekkyo.contracts.surveys.form import Key, TemplateKey
from ekkyo.contracts.surveys.survey import SurveyState


class SurveyPoint(Model):
    """A closed survey in a row of surveys."""

    survey: SurveyState
    suppressed: bool = False
    scored: int = 0
    """How many answers the net promoter score counts."""
    nps: float | None = None
    nps_low: float | None = None
    nps_high: float | None = None
    """Net promoter score and its 95 % interval; None: not asked, or not told."""
    means: dict[Key, float] = {}
    """The mean of each question that tells one."""


class Trend(Model):
    """The newest closed surveys of a community, oldest first."""

    community_id: Id
    points: list[SurveyPoint]


class GetTrend(Question[Trend]):
    """How the answers of a community's surveys changed over time, from survey to survey."""

    subject: ClassVar[str] = "ekkyo.ask.surveys.trend"
    may: ClassVar = may("leader", "steward", "system", community="community_id")
    community_id: Id
    template: TemplateKey | None = None
    """Only surveys with the questions of this template."""
    limit: int = Field(default=24, ge=1, le=100)


class CommunityScore(Model):
    """What the closed surveys of one community say together."""

    community_id: Id
    surveys: int
    suppressed: int
    invited: int
    answered: int
    scored: int
    nps: float | None = None
    """Net promoter score of those surveys that tell one, weighted by their answers."""


class CommunityScores(Model):
    """All communities that closed a survey."""

    communities: list[CommunityScore]


class CompareCommunities(Question[CommunityScores]):
    """The net promoter score and the share of answers of each community."""

    subject: ClassVar[str] = "ekkyo.ask.surveys.compare"
    may: ClassVar = may("steward", "system")
    since: Instant | None = None
    """Only surveys that opened at this time or later."""
