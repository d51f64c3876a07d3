"""Suggestions for the next event: themes, who can teach them, what suits people, how many may come; each with why."""

from ekkyo_common.suggestions.expected import expected
from ekkyo_common.suggestions.gathering import gather
from ekkyo_common.suggestions.known import Known
from ekkyo_common.suggestions.suggested import Choice, Expected, OnTheme, Suggestion, Suggestions, Talk
from ekkyo_common.suggestions.suggesting import suggest

__all__ = [
    "Choice",
    "Expected",
    "Known",
    "OnTheme",
    "Suggestion",
    "Suggestions",
    "Talk",
    "expected",
    "gather",
    "suggest",
]
