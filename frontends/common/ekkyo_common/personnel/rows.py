"""What becomes of one row of a personnel export: somebody, a problem, somebody who left, or nobody."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

from ekkyo.contracts.members import Profile

from ekkyo_common.tables import Remark


@dataclass(frozen=True)
class Row:
    """Somebody, as a command takes them. `remarks`: what had to be understood rather than read."""

    line: int
    profile: Profile
    remarks: tuple[Remark, ...] = ()


@dataclass(frozen=True)
class BadRow:
    """A row that cannot be taken; `problems` has every cell that is wrong, the first of them told here."""

    line: int
    problems: tuple[Remark, ...]

    @property
    def column(self) -> str:
        return self.problems[0].column

    @property
    def value(self) -> str:
        return self.problems[0].value

    @property
    def code(self) -> str:
        return self.problems[0].code

    @property
    def reason(self) -> str:
        return self.problems[0].reason

    @property
    def expected(self) -> str:
        return self.problems[0].expected


@dataclass(frozen=True)
class SkippedRow:
    """A row that is nobody: an empty one, a total at the end, headings again; or another post of somebody taken."""

    line: int
    reason: Literal["empty", "total", "headings", "concurrent_post", "same_row"]
    text: str = ""


@dataclass(frozen=True)
class Leaver:
    """Somebody who left, as the file says: not registered, and deactivated only when the import is told to."""

    line: int
    number: str
    name: str
    left_on: date | None
    text: str
    """The cell that says so."""
