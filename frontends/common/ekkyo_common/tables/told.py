"""What is told about a file: what was decided for all of it and why, and what is wrong in single cells."""

from dataclasses import dataclass
from typing import Literal

RemarkCode = Literal[
    "missing", "malformed", "too_long", "impossible_date", "ambiguous_date", "unknown_value", "undecodable", "mojibake",
    "repeated", "shared", "broken", "too_many_cells", "era_boundary", "equal_headings", "formula_error", "assumed",
]  # fmt: skip
"""What may be said of a cell. Stable."""


class UnreadableTable(ValueError):
    """The file as a whole cannot be read as a table; the text says why, for people."""


@dataclass(frozen=True)
class Evidence:
    """One thing that was decided once for the whole file, and what it was decided by."""

    what: str
    """encoding, separator, sheet, headings, column, date_order, clock, unit, section, unused. Stable."""
    decided: str
    because: str = ""


@dataclass(frozen=True)
class Remark:
    """What is to be said of one cell: where, what stands there, what of it, and what was expected."""

    column: str
    """The heading, as the file writes it; empty where the whole row is meant."""
    value: str
    code: RemarkCode
    reason: str
    expected: str = ""
