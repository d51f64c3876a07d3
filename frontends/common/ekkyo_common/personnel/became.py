"""What became of the rows of an export, as it is told."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, Protocol, TypeVar

from ekkyo.contracts.base import Command, Question
from ekkyo.contracts.members import Locale
from pydantic import BaseModel

from ekkyo_common.tables import RemarkCode

A = TypeVar("A", bound=BaseModel)
Outcome = Literal["registered", "changed", "unchanged", "asked", "bad", "skipped", "left", "deactivated"]
Code = Literal[
    RemarkCode,
    "number_taken",
    "email_taken",
    "member_erased",
    "former_number",
    "looks_like_member",
    "left",
    "left_before",
    "left_no_member",
    "left_stays",
]
"""Why this became of a row that was not taken, or of somebody who left. Stable. The service may refuse for others."""
REASONS = {
    "member_erased": "this person was erased; to add them again, register them with another id",
    "former_number": "is a former number: the person has another one now",
    "empty": "is empty",
    "total": "is a line of totals",
    "headings": "is the headings once more",
    "concurrent_post": "is another post of somebody who is on another line",
    "same_row": "is a row that stands in the file already",
}
LIKE = {
    "number": "the number differs in zeros at the beginning or in capitals",
    "name": "the same name and department",
    "email": "the same mail address",
    "former_number": "had this number before",
}


class Caller(Protocol):
    """Whoever takes an export over: an `Ekkyo`, or what speaks for somebody who is signed in."""

    async def ask(self, question: Question[A], *, within: float = ...) -> A: ...
    async def send(self, command: Command[A], *, within: float = ...) -> A: ...


@dataclass(frozen=True)
class Alike:
    """A member who may be the person of a row."""

    member_id: str
    number: str
    name: str
    because: str


@dataclass(frozen=True)
class Became:
    """What became of one row, or would: one of these for each row, and for each cell that is wrong in it."""

    line: int
    outcome: Outcome
    number: str = ""
    name: str = ""
    column: str = ""
    value: str = ""
    code: Code | str = ""
    reason: str = ""
    looks_like: tuple[Alike, ...] = ()
    """Members who may be this person: it is to be said whether they are."""


@dataclass
class Taken:
    """What became of a file."""

    dry_run: bool
    locale: Locale | None = None
    """Of new people whose row says none; absent, the company's, or that of their first community."""
    timezone: str | None = None
    same: Mapping[str, str] = field(default_factory=dict)
    """By the number of a row, the id of the member whose new number it is."""
    others: frozenset[str] = frozenset()
    """Numbers of rows that are other people than the members they look like."""
    rows: list[Became] = field(default_factory=list)
    remarks: list[Became] = field(default_factory=list)
    """Of rows that were taken, cells that had to be understood rather than read."""

    def count(self, outcome: Outcome) -> int:
        """On how many lines this came out."""
        return len({row.line for row in self.rows if row.outcome == outcome})

    @property
    def taken(self) -> int:
        return sum(row.outcome in ("registered", "changed", "unchanged") for row in self.rows)

    @property
    def bad(self) -> list[Became]:
        return [row for row in self.rows if row.outcome == "bad"]
