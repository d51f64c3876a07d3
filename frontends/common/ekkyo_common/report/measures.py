"""The measures of a charter against their targets, with the pace and the day on which each is met. Pure.

The pace of a figure that grows within its period (attendances of a season, people since the founding) is its growth in
the last full months, at most three. The pace of a figure that each month has anew, or that is a level (NPS, a reported
share), is the slope of the straight line through the last full months that have one, at most six (least squares).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import dropwhile
from statistics import linear_regression
from typing import Any, Final

from ekkyo.contracts.base import Span
from ekkyo.contracts.events import SpanCounts
from ekkyo.contracts.members import Community, Measure, Measures, MeasureValue
from ekkyo.contracts.reports import MeasureFigures, MeasurePoint

from ekkyo_common.report.months import Window, back, day_of, full_months, last_day, quarter_ends, windows

DISTINCT: Final = ("people", "departments", "returners")
"""What is counted once within a period, so that its months do not add up."""
PACE_MONTHS: Final = 3
TREND_MONTHS: Final = 6
TREND_LEAST: Final = 3
"""Months with a figure that a trend needs."""
DAYS_IN_A_MONTH: Final = 365.2425 / 12
FAR: Final = 3653
"""Days ahead beyond which no day is told: ten years."""


@dataclass(frozen=True)
class Tally:
    """What was counted within one span. nps None: nobody answered."""

    counts: SpanCounts = field(default_factory=SpanCounts)
    crossings: int = 0
    answers: int = 0
    nps: float | None = None


@dataclass(frozen=True)
class Known:
    """What the measures are computed from: the tallies of the spans of `spans_of`, and the reported figures."""

    tallies: Mapping[Span, Tally] = field(default_factory=dict)
    reports: Mapping[str, Sequence[MeasureValue]] = field(default_factory=dict)

    @classmethod
    def of(cls, tallies: Mapping[Span, Tally], measures: Measures) -> "Known":
        """With the reported figures as the members service returns them."""
        return cls(tallies, {one.key: one.values for one in measures.reports})


def measures_of(community: Community, known: Known, at: datetime) -> list[MeasureFigures]:
    """Each measure of the charter as it stands at this time, in the charter's order."""
    return [_Standing(measure, community, known, at).figures() for measure in community.charter.measures]


class _Standing:
    """One measure on one day."""

    def __init__(self, measure: Measure, community: Community, known: Known, at: datetime) -> None:
        self.measure, self.community, self.known, self.at = measure, community, known, at
        self.today = last_day(at, community.timezone)
        self.open_day = day_of(at, community.timezone)
        """The first day that is not over: today, but at midnight the day after."""
        self.windows = windows(measure, community, at)
        self.values = [self._value(window) for window in self.windows]
        self.grows = measure.period != "month" and (
            measure.combine == "sum" if measure.counted == "reported" else measure.counted != "nps"
        )

    def figures(self) -> MeasureFigures:
        value, window = self._now()
        pace, months = self._growth() if self.grows else self._trend()
        reported = self.known.reports.get(self.measure.key, ()) if self.measure.counted == "reported" else ()
        return MeasureFigures(
            measure=self.measure,
            value=value,
            of=window.month if window and self.measure.period == "month" else None,
            points=self._points(),
            share=self._share(value),
            pace=None if pace is None else round(pace, 2),
            pace_months=months,
            ends_on=self._ends_on(),
            last_on=max((one.on for one in reported), default=None),
            **self._outcome(value, window, pace),
        )

    def _points(self) -> list[MeasurePoint]:
        """From the first month that has a figure."""
        pairs = zip(self.windows, self.values, strict=True)
        known = dropwhile(lambda pair: pair[1] is None, pairs)
        return [MeasurePoint(month=window.month, value=value, full=window.full) for window, value in known]

    def _value(self, window: Window) -> float | None:
        """The figure of these days; None where there is none."""
        counted = self.measure.counted
        if counted == "reported":
            there = [
                one
                for one in self.known.reports.get(self.measure.key, ())
                if (window.since is None or one.on >= window.since) and one.on < window.until
            ]
            if not there:
                return None
            last = max(there, key=lambda one: one.on).value
            return last if self.measure.combine == "last" else round(sum(one.value for one in there), 6)
        tally = self.known.tallies.get(window.span(self.community.timezone), Tally())
        if counted == "nps":
            return tally.nps
        return float(tally.crossings if counted == "crossings" else self._number(tally, counted))

    def _number(self, tally: Tally, counted: str) -> int:
        return tally.answers if counted == "answers" else int(getattr(tally.counts, counted))

    def _now(self) -> tuple[float | None, Window | None]:
        """The figure as it stands, and what it is of."""
        pairs = list(zip(self.values, self.windows, strict=True))
        if self.measure.period == "month":
            over = [(v, w) for v, w in pairs if v is not None and self._is_over(w)]
            return over[-1] if over else (None, None)
        if not self.grows:  # a level stays until there is another
            pairs = [pair for pair in pairs if pair[0] is not None and self._in_this_period(pair[1])]
        return pairs[-1] if pairs else (None, None)

    def _is_over(self, window: Window) -> bool:
        """Whether these are the days of a month that is over. Nothing was counted before the community was founded."""
        began = day_of(self.community.founded_at, self.community.timezone)
        return window.full and (window.until > began or self.measure.counted == "reported")

    def _in_this_period(self, window: Window) -> bool:
        return window.since == self.windows[-1].since

    def _share(self, value: float | None) -> float | None:
        start = self.measure.baseline
        if start is None and self.measure.direction == "up":
            start = 0
        if value is None or start is None or start == self.measure.target:
            return None
        return round(max((value - start) / (self.measure.target - start), 0), 3)

    def _ends_on(self) -> date | None:
        if self.measure.period == "quarter":
            return quarter_ends(self.today)
        return self.measure.until if self.measure.period == "season" else None

    def _growth(self) -> tuple[float | None, int]:
        """Growth in a month, and over how many full months."""
        since = self.windows[-1].since if self.windows else None
        if self.measure.counted not in DISTINCT:
            within = since if self.measure.period == "season" else None  # months before this quarter count as well
            months = full_months(self.community, self.at, PACE_MONTHS, since=within)
            values = [value for month in months if (value := self._value(month)) is not None]
            return (sum(values) / len(values), len(values)) if values else (None, 0)
        months = full_months(self.community, self.at, PACE_MONTHS, since=since)
        if not months or not self.windows:
            return None, 0
        so_far = {w.month: value or 0 for w, value in zip(self.windows, self.values, strict=True) if w.since == since}
        grown = so_far.get(months[-1].month, 0) - so_far.get(back(months[0].month, 1), 0)
        return grown / len(months), len(months)

    def _trend(self) -> tuple[float | None, int]:
        """The slope in a month, and through how many months with a figure."""
        points = self._line()
        if len(points) < TREND_LEAST:
            return None, len(points)
        return linear_regression(*zip(*points, strict=True)).slope, len(points)

    def _line(self) -> list[tuple[float, float]]:
        """The full months with a figure that the trend goes through, numbered back from the last full month."""
        pairs = zip(self.values, self.windows, strict=True)
        over = [(value, window) for value, window in pairs if self._is_over(window)][-TREND_MONTHS:]
        return [(float(n - len(over) + 1), value) for n, (value, _) in enumerate(over) if value is not None]

    def _outcome(self, value: float | None, window: Window | None, pace: float | None) -> dict[str, Any]:
        measure, ends_on = self.measure, self._ends_on()
        if measure.starts_on and measure.period == "season" and measure.starts_on > self.today:
            return {"outcome": "not_begun", "day": measure.starts_on}
        if value is None:
            return {"outcome": "no_value"}
        met = value >= measure.target if measure.direction == "up" else value <= measure.target
        if measure.period in ("season", "quarter") and ends_on and ends_on < self.open_day:
            return {"outcome": "reached" if met else "missed"}
        if self.grows and measure.direction == "down":
            return self._ceiling(value, pace, ends_on) if met else {"outcome": "exceeded"}
        if met:
            return {"outcome": "reached"}
        if pace is None:
            return {"outcome": "too_short"}
        return self._met_on(value, pace, ends_on)

    def _ceiling(self, value: float, pace: float | None, ends_on: date | None) -> dict[str, Any]:
        """How a figure stands that only grows and must not pass its target."""
        if pace is None:
            return {"outcome": "too_short"}
        expected = self._expected(value, pace, ends_on)
        day = self._days((self.measure.target - value) / pace) if pace > 0 else None
        if day is None or (ends_on and day > ends_on):
            return {"outcome": "holds", "expected": expected}
        return {"outcome": "exceeded_on", "day": day, "expected": expected}

    def _met_on(self, value: float, pace: float, ends_on: date | None) -> dict[str, Any]:
        if pace == 0 or (pace > 0) != (self.measure.direction == "up"):
            return {"outcome": "not_at_this_pace"}
        if self.grows:
            day = self._days((self.measure.target - value) / pace)
        else:
            points = self._line()
            line = linear_regression(*zip(*points, strict=True))
            day = self._days((self.measure.target - line.intercept) / pace, after=self._last_full())
        if day is None:
            return {"outcome": "not_at_this_pace"}
        if self.grows and ends_on and day > ends_on:
            return {"outcome": "late", "day": day, "expected": self._expected(value, pace, ends_on)}
        if self.measure.period == "season" and ends_on and day > ends_on:
            return {"outcome": "late", "day": day}
        return {"outcome": "on_day", "day": day}

    def _last_full(self) -> date:
        """The last day of the last month that is over."""
        return self.open_day.replace(day=1) - timedelta(days=1)

    def _days(self, months: float, after: date | None = None) -> date | None:
        """The day that many months ahead, tomorrow at the earliest; None: too far to say."""
        ahead = -(-months * DAYS_IN_A_MONTH // 1)
        if ahead > FAR:
            return None
        return max((after or self.today) + timedelta(days=int(ahead)), self.today + timedelta(days=1))

    def _expected(self, value: float, pace: float, ends_on: date | None) -> float | None:
        if ends_on is None:
            return None
        return round(value + pace * (ends_on - self.today).days / DAYS_IN_A_MONTH, 1)
