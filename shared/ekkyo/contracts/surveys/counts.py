"""How many answered a community's surveys within some spans of time, and how they judge it. One definition for all."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from pydantic import Field

from ekkyo.contracts.base import MOST_SPANS, Id, Model, Question, Span, may
from ekkyo.contracts.events.counts import within


class AnswerCounts(Model):
    """Of the closed surveys that opened within one span. An open one would tell when somebody answers."""

    answers: int = 0
    """People who answered, once per survey."""
    nps: float | None = None
    """The NPS of those that publish one, weighted by the answers it counts. None: there are none."""


class SurveyCounts(Model):
    """The counts of each span, in their order."""

    community_id: Id
    counts: list[AnswerCounts]


class CountAnswers(Question[SurveyCounts]):
    """How many answered a community's surveys within some spans, and the NPS, for all members.

    Only surveys whose results are published count for the NPS: of an anonymous one, those with five answers or more.
    """

    subject: ClassVar[str] = "ekkyo.ask.surveys.counts"
    may: ClassVar = may("member")
    community_id: Id
    spans: list[Span] = Field(max_length=MOST_SPANS)


@dataclass(frozen=True)
class Asked:
    """A closed survey. nps None: it publishes none. scored: how many answers its NPS counts."""

    opened_at: datetime
    answered: int
    nps: float | None
    scored: int


def answers_counted(surveys: Iterable[Asked], spans: Sequence[Span]) -> list[AnswerCounts]:
    """The counts of each span."""
    all, counts = sorted(surveys, key=lambda one: (one.opened_at, one.answered, one.nps or 0)), []
    for span in spans:
        here = [one for one in all if within(one.opened_at, span)]
        scored = [(one.nps, one.scored) for one in here if one.nps is not None and one.scored]
        weight = sum(people for _, people in scored)
        counts.append(
            AnswerCounts(
                answers=sum(one.answered for one in here),
                nps=round(sum(nps * people for nps, people in scored) / weight, 1) if weight else None,
            )
        )
    return counts
