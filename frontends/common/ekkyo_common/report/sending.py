"""A report as it is handed over to be mailed. Pure."""

from typing import Any, Final

from ekkyo.contracts.reports import Report
from ekkyo.words.text import one_line

LONG: Final = frozenset({"objective", "who", "what", "how", "reason", "note", "description"})
"""Texts of several lines."""


def mailable(report: Report) -> Report:
    """The same with names and titles of one line each, as a report that is sent must have them."""
    return Report.model_validate(_tidied(report.model_dump(), ""))


def _tidied(value: Any, field: str) -> Any:
    if isinstance(value, dict):
        return {one_line(key) if isinstance(key, str) else key: _tidied(one, str(key)) for key, one in value.items()}
    if isinstance(value, list):
        return [_tidied(one, field) for one in value]
    return one_line(value, 500) if isinstance(value, str) and field not in LONG else value
