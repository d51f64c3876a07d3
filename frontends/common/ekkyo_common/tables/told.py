"""What is told about a file: what was decided for all of it and why, and what is wrong in single cells."""

from dataclasses import dataclass
from typing import Literal

RemarkCode = Literal[
    "missing", "malformed", "too_long", "impossible_date", "ambiguous_date", "unknown_value", "undecodable", "mojibake",
    "repeated", "shared", "broken", "too_many_cells", "era_boundary", "equal_headings", "formula_error", "assumed",
]  # fmt: skip
"""What may be said of a cell. Stable."""


UnreadableCode = Literal[
    "empty", "no_sheet", "too_large", "too_many_rows", "damaged", "pdf", "picture", "compressed", "rtf", "password",
    "xls", "xlsb", "html", "xml", "opendocument", "office", "zip", "no_headings", "columns_missing", "unreadable",
]  # fmt: skip
"""Why a file is no table, or not the one that is wanted. Stable."""
ReasonCode = Literal[
    "mark", "escapes", "zeros", "ascii", "utf8", "nearly_utf8", "by_headings", "by_characters", "lost",
    "said", "known_headings", "other_sheets", "only_sheet", "line", "means", "not_used", "not_known",
    "only_sense", "times_follow", "language", "full_stops", "am_pm", "two_orders", "several_ways",
]  # fmt: skip
"""By what something was decided. Stable."""
Reason = tuple[ReasonCode, *tuple[str, ...]]
"""A code, and what the reason names: headings, numbers, examples."""


class UnreadableTable(ValueError):
    """The file as a whole cannot be read as a table; the text says why, for people. names: what it names."""

    def __init__(self, text: str, code: UnreadableCode = "unreadable", *names: str) -> None:
        super().__init__(text)
        self.code, self.names = code, names


@dataclass(frozen=True)
class Evidence:
    """One thing that was decided once for the whole file, and what it was decided by."""

    what: str
    """encoding, separator, sheet, headings, column, date_order, clock, unit, section, unused. Stable."""
    decided: str
    because: str = ""
    reasons: tuple[Reason, ...] = ()
    """The same for those who say it in other words."""


@dataclass(frozen=True)
class Remark:
    """What is to be said of one cell: where, what stands there, what of it, and what was expected."""

    column: str
    """The heading, as the file writes it; empty where the whole row is meant."""
    value: str
    code: RemarkCode
    reason: str
    expected: str = ""
