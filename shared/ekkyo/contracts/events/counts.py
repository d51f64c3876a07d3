"""What took place in a community within some spans of time, counted. The one definition for all who count it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from pydantic import Field

from ekkyo.contracts.base import MOST_SPANS, Id, Model, Question, Span, may


class SpanCounts(Model):
    """What took place within one span. An event belongs to the span in which it starts."""

    events: int = 0
    """Concluded."""
    attendances: int = 0
    people: int = 0
    """Different people who attended."""
    departments: int = 0
    """Different departments that they work in, as far as those are known."""
    first_timers: int = 0
    """Those whose first event of this community, ever, is in the span."""
    returners: int = 0
    """Those who came in the span to an event that was not their first."""
    outputs: int = 0
    """On the board now, and attached within the span."""


class EventCounts(Model):
    """The counts of each span, in their order."""

    community_id: Id
    counts: list[SpanCounts]


class CountEvents(Question[EventCounts]):
    """How much took place in a community within some spans: numbers alone, for all members.

    Events by invitation are counted for the leaders of the community, stewards and systems only.
    """

    subject: ClassVar[str] = "ekkyo.ask.events.counts"
    may: ClassVar = may("member")
    community_id: Id
    spans: list[Span] = Field(max_length=MOST_SPANS)


@dataclass(frozen=True)
class Held:
    """A concluded event: when it started, and who came."""

    starts_at: datetime
    people: frozenset[str]


def within(at: datetime, span: Span) -> bool:
    """Whether this moment is in the span."""
    return (span.since is None or at >= span.since) and at < span.until


def counted(
    held: Iterable[Held], outputs: Sequence[datetime], departments: Mapping[str, str | None], spans: Sequence[Span]
) -> list[SpanCounts]:
    """The counts of each span. departments: of those whose department is known. outputs: when each was attached."""
    came = sorted(held, key=lambda one: one.starts_at)
    first: dict[str, datetime] = {}
    for event in came:
        for one in event.people:
            first.setdefault(one, event.starts_at)
    counts = []
    for span in spans:
        here = [event for event in came if within(event.starts_at, span)]
        people = {one for event in here for one in event.people}
        counts.append(
            SpanCounts(
                events=len(here),
                attendances=sum(len(event.people) for event in here),
                people=len(people),
                departments=len({departments.get(one) for one in people} - {None}),
                first_timers=sum(within(first[one], span) for one in people),
                returners=len({one for event in here for one in event.people if first[one] < event.starts_at}),
                outputs=sum(within(at, span) for at in outputs),
            )
        )
    return counts
