"""A measure of the charter held against its target, over time."""

from typing import Literal

from ekkyo.contracts.base import Day, Model
from ekkyo.contracts.members import Measure

Outcome = Literal[
    "reached",
    "on_day",
    "late",
    "not_at_this_pace",
    "holds",
    "exceeded_on",
    "exceeded",
    "missed",
    "not_begun",
    "no_value",
    "too_short",
]
"""How a measure stands. reached: the target is met, or a season ended with it met. on_day: at this pace it is met on
`day`. late: on `day`, which is after the period ends; `expected` is what it comes to by then. not_at_this_pace: never,
or in more than ten years. holds: a figure that must not pass its target does not, at this pace. exceeded_on: it passes
it on `day`. exceeded: it has. missed: the season ended without the target. not_begun: the season starts on `day`.
no_value: nothing was reported, or nobody answered. too_short: too few full months to tell a pace."""


class MeasurePoint(Model):
    """The figure of one month, or of a period up to the end of that month."""

    month: Day
    """Its first day."""
    value: float | None
    """None: nothing was reported, or nobody answered."""
    full: bool = True
    """Whether the month is over."""


class MeasureFigures(Model):
    """A measure of the charter: its figure, the target, and when it is met at the present pace."""

    measure: Measure
    value: float | None = None
    """The figure now. Of a monthly measure: that of the last full month that has one."""
    of: Day | None = None
    """The month that `value` is of, where the measure is monthly: its first day."""
    points: list[MeasurePoint] = []
    """Oldest first, at most 24."""
    share: float | None = None
    """How much of the way from the baseline, or from zero, to the target: 1 is all of it. None: no value, or a figure
    that should fall and has no baseline."""
    outcome: Outcome
    day: Day | None = None
    expected: float | None = None
    """What the figure comes to when its period ends, at this pace."""
    pace: float | None = None
    """By how much the figure changes in a month."""
    pace_months: int = 0
    """Over how many full months the pace was taken."""
    ends_on: Day | None = None
    """The last day of the quarter or the season."""
    last_on: Day | None = None
    """The day of the last figure that was reported."""
