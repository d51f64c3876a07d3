"""What an attendance report says, whichever tool wrote it."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Literal

Kind = Literal["teams", "zoom", "csv"]


class UnreadableReport(ValueError):
    """This file is no attendance report that can be read; the text says what was looked for."""


@dataclass(frozen=True)
class Participant:
    """One who came, with all the times they joined merged."""

    name: str
    """As the report shows it, without what stood in brackets. Empty where the report has no names."""
    email: str | None
    minutes: int
    """How long they were there, in whole minutes, rounded down."""
    line: int
    """The line of the file they first appear in, from 1."""
    aliases: tuple[str, ...] = ()
    """What stood in brackets after the name: a department, a former or a phonetic name."""
    number: str | None = None
    """The personnel number, in lists that have one."""
    joined: datetime | None = None
    """First join, in the local time of the report."""
    left: datetime | None = None

    @property
    def shown(self) -> str:
        """What to call them in a message."""
        return self.name or self.email or self.number or f"line {self.line}"


@dataclass(frozen=True)
class Skipped:
    """A row that could not be read, and why."""

    line: int
    value: str
    reason: str


@dataclass(frozen=True)
class Report:
    """Who came to one meeting."""

    kind: Kind
    title: str
    started_at: datetime | None
    """In the local time of whoever exported the report: reports name no zone."""
    participants: list[Participant]
    skipped: list[Skipped] = field(default_factory=list)


def merged(visits: Sequence[Participant]) -> Participant:
    """Someone who left and came back, as one. At least their longest visit, at most from first join to last leave.

    Visits that overlap are two devices, so their minutes must not simply be added.
    """
    first = min(visits, key=lambda v: v.line)
    if len(visits) == 1:
        return first
    joins = [v.joined for v in visits if v.joined]
    leaves = [v.left for v in visits if v.left]
    minutes = sum(v.minutes for v in visits)
    if len(joins) == len(leaves) == len(visits):
        there = int((max(leaves) - min(joins)).total_seconds()) // 60
        minutes = min(minutes, max(there, *(v.minutes for v in visits)))
    return replace(
        first,
        name=first.name or next((v.name for v in visits if v.name), ""),
        email=next((v.email for v in visits if v.email), None),
        number=next((v.number for v in visits if v.number), None),
        minutes=minutes,
        aliases=tuple(dict.fromkeys(alias for v in visits for alias in v.aliases)),
        joined=min(joins, default=None),
        left=max(leaves, default=None),
    )
