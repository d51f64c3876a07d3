"""Surveys, who took part, the ballot boxes, and how all that is decided. Pure: no I/O, no clock, no randomness."""

from ekkyo_surveys.model.forgetting import forget
from ekkyo_surveys.model.survey import (
    CloseTimer,
    Part,
    Response,
    Survey,
    answer,
    box_key,
    came_to_what_is_over,
    close,
    close_when_due,
    counted,
    form_for,
    open_after_event,
    open_by_hand,
    results_of,
    state,
)

__all__ = [
    "CloseTimer",
    "Part",
    "Response",
    "Survey",
    "answer",
    "box_key",
    "came_to_what_is_over",
    "close",
    "close_when_due",
    "counted",
    "forget",
    "form_for",
    "open_after_event",
    "open_by_hand",
    "results_of",
    "state",
]
