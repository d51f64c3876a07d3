"""What an attendance report says, whichever tool wrote it."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Literal

from ekkyo_common.tables import Evidence, UnreadableTable

Kind = Literal["teams", "zoom", "csv"]
SkipCode = Literal[
    "unreadable", "damaged", "absent", "cancelled", "not_confirmed", "registered_only", "unsaid", "unknown_value",
    "waiting_room", "equal_headings", "total", "headings",
]  # fmt: skip


class UnreadableReport(UnreadableTable):
    """This file is no attendance report that can be read; the text says what was looked for."""


@dataclass(frozen=True)
class Participant:
    """One who came, with all the times they joined merged."""

    name: str
    """As the report shows it, without what stood in brackets. Empty where the report has no names."""
    email: str | None
    minutes: int | None
    """How long they were there, in whole minutes, rounded down; None: the report does not tell."""
    line: int
    """The line of the file they first appear in, from 1."""
    aliases: tuple[str, ...] = ()
    """What stood in brackets after the name: a department, a former or a phonetic name."""
    number: str | None = None
    """The personnel number, in lists that have one."""
    joined: datetime | None = None
    """First join, in the local time of the report."""
    left: datetime | None = None
    other_emails: tuple[str, ...] = ()
    """Addresses they are also known by: of signing in, or in a second column."""
    seconds: float | None = field(default=None, compare=False)
    """The same as minutes, before it was rounded."""

    @property
    def shown(self) -> str:
        """What to call them in a message."""
        return self.name or self.email or self.number or f"line {self.line}"

    @property
    def emails(self) -> tuple[str, ...]:
        """Every address they are known by."""
        return (self.email, *self.other_emails) if self.email else self.other_emails


@dataclass(frozen=True)
class Skipped:
    """A row that gives no participant, and why: it cannot be read, or it says that somebody did not come."""

    line: int
    value: str
    reason: str
    code: SkipCode = field(default="unreadable", compare=False)


@dataclass(frozen=True)
class Note:
    """What is to be said of a row that was taken."""

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
    notes: list[Note] = field(default_factory=list)
    evidence: list[Evidence] = field(default_factory=list, compare=False)
    """What was decided once for the whole file, and by what."""


def merged(visits: Sequence[Participant]) -> Participant:
    """Someone who left and came back, as one.

    Visits that overlap are two devices and count once: for the longest of them at least, and at most from the first
    join to the last leave. Visits of unknown length add nothing; if no length is known, none is told.
    """
    first = min(visits, key=lambda v: v.line)
    if len(visits) == 1:
        return first
    seconds = _seconds(visits)
    emails = list(dict.fromkeys(email for v in visits for email in v.emails))
    return replace(
        first,
        name=first.name or next((v.name for v in visits if v.name), ""),
        email=emails[0] if emails else None,
        other_emails=tuple(emails[1:]),
        number=next((v.number for v in visits if v.number), None),
        minutes=None if seconds is None else int(seconds // 60),
        seconds=seconds,
        aliases=tuple(dict.fromkeys(alias for v in visits for alias in v.aliases)),
        joined=min((v.joined for v in visits if v.joined), default=None),
        left=max((v.left for v in visits if v.left), default=None),
    )


def _seconds(visits: Sequence[Participant]) -> float | None:
    """How long all visits were together; None: of none it is known."""
    known = [v for v in visits if v.minutes is not None]
    if not known:
        return None
    total = sum(_length(v) for v in known if not (v.joined and v.left))
    together: list[Participant] = []
    for visit in sorted((v for v in known if v.joined and v.left), key=lambda v: (v.joined, v.left)):
        if together and visit.joined and visit.joined >= max(v.left for v in together if v.left):
            total += _at_once(together)
            together = []
        together.append(visit)
    return total + _at_once(together)


def _at_once(visits: Sequence[Participant]) -> float:
    """How long visits were that overlap."""
    if len(visits) < 2:
        return sum(map(_length, visits))
    span = (max(v.left for v in visits if v.left) - min(v.joined for v in visits if v.joined)).total_seconds()
    lengths = [_length(v) for v in visits]
    return min(sum(lengths), max(span, *lengths))


def _length(visit: Participant) -> float:
    return visit.seconds if visit.seconds is not None else (visit.minutes or 0) * 60
