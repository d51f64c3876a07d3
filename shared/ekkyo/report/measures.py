"""Measures in words and as charts: what the report and the pages show of each, in Japanese and English."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from markupsafe import Markup

from ekkyo.contracts.members import Locale, Measure
from ekkyo.contracts.reports import MeasureFigures, MeasurePoint
from ekkyo.report.charts.target import Month, target
from ekkyo.report.measure_words import MEASURE_WORDS

GOOD: Final = ("reached", "on_day", "holds")
BAD: Final = ("missed", "exceeded")


@dataclass(frozen=True)
class MeasureView:
    """What is shown of a measure."""

    key: str
    label: str
    what: str
    """What is counted, and over which time."""
    value: str
    """A dash where there is none."""
    of: str
    """The month that the value is of; empty: now."""
    goal: str
    """`Target: 250`, or `At most: 200`."""
    share: int | None
    """Per cent of the way, at most 100."""
    tone: str
    """`good`, `bad` or `plain`."""
    outcome: str
    """One sentence: whether and when the target is met."""
    basis: str
    """What the pace was taken from; empty where there is none."""
    last: str
    """When the last figure was reported; empty of what Ekkyo counts."""
    chart: Markup | None
    reported: bool


def shown(figures: Sequence[MeasureFigures], locale: Locale, *, width: float = 320) -> list[MeasureView]:
    """Each measure as it is shown. width: of its chart, in units of which the letters have ten."""
    return [_shown(one, locale, width) for one in figures]


def _shown(one: MeasureFigures, locale: Locale, width: float) -> MeasureView:
    words, measure = MEASURE_WORDS[locale], one.measure
    goal = words["at_most" if measure.direction == "down" else "target"].format(value=number(measure.target, measure))
    facts = {
        "day": _day(one.day, locale) if one.day else "",
        "end": _day(one.ends_on, locale) if one.ends_on else "",
        "expected": number(_whole(one.expected, measure), measure),
        "months": one.pace_months,
    }
    outcome = one.outcome
    if outcome == "reached" and measure.direction == "down":
        outcome = "kept"  # type: ignore[assignment]
    if outcome == "late" and one.expected is None:
        outcome = "late_trend"  # type: ignore[assignment]
    if outcome == "no_value" and measure.counted == "reported":
        outcome = "not_reported_month" if measure.period == "month" else "not_reported"  # type: ignore[assignment]
    tone = "good" if one.outcome in GOOD else "bad" if one.outcome in BAD else "plain"
    return MeasureView(
        key=measure.key,
        label=measure.label,
        what=words["what"].format(counted=words[measure.counted], period=_period(measure, locale)),
        value=number(one.value, measure),
        of=_month(one.of, locale) if one.of else "",
        goal=goal,
        share=None if one.share is None else min(round(100 * one.share), 100),
        tone=tone,
        outcome=words[outcome].format(**facts),
        basis=_basis(one, locale),
        last=words["last"].format(day=_day(one.last_on, locale)) if one.last_on else "",
        chart=_chart(one, goal, locale, width) if one.points else None,
        reported=measure.counted == "reported",
    )


def number(value: float | None, measure: Measure, *, signed: bool = False) -> str:
    """A figure with its unit, with at most one digit after the point; a dash: there is none."""
    if value is None:
        return "–"
    rounded = round(value, 1)
    plus = "+" if rounded and (signed or measure.counted == "nps") else ""
    text = f"{rounded:{plus},.0f}" if rounded == int(rounded) else f"{rounded:{plus},.1f}"
    return f"{text} {measure.unit}" if measure.unit and measure.unit != "%" else f"{text}{measure.unit}"


def _whole(value: float | None, measure: Measure) -> float | None:
    """What is expected of a count is a whole number."""
    return value if value is None or measure.counted in ("reported", "nps") else float(round(value))


def _basis(one: MeasureFigures, locale: Locale) -> str:
    """What the pace is, where a day or an amount was told from it."""
    if one.pace is None or one.outcome not in ("on_day", "late", "holds", "exceeded_on", "not_at_this_pace"):
        return ""
    pace = number(one.pace, one.measure, signed=True)
    key = "pace_one" if one.pace_months == 1 else "pace"
    return MEASURE_WORDS[locale][key].format(pace=pace, months=one.pace_months)


def _chart(one: MeasureFigures, goal: str, locale: Locale, width: float) -> Markup:
    measure, words = one.measure, MEASURE_WORDS[locale]
    months = [
        Month(
            _short(point.month, locale),
            number(point.value, measure),
            point.value,
            point.full,
            _met(point, measure) and measure.period == "month",
        )
        for point in one.points
    ]
    told = "; ".join(f"{_month(point.month, locale)} {number(point.value, measure)}" for point in one.points)
    start = measure.baseline
    return target(
        months,
        goal=(measure.target, goal),
        start=None if start is None else (start, words["baseline"].format(value=number(start, measure))),
        label=f"{measure.label}. {goal}. {told}",
        width=width,
    )


def _met(point: MeasurePoint, measure: Measure) -> bool:
    if point.value is None:
        return False
    return point.value >= measure.target if measure.direction == "up" else point.value <= measure.target


def _period(measure: Measure, locale: Locale) -> str:
    text = MEASURE_WORDS[locale][f"period_{measure.period}"]
    if measure.starts_on and measure.until and measure.period == "season":
        return text.format(first=_day(measure.starts_on, locale), last=_day(measure.until, locale))
    return text


def _day(day: date, locale: Locale) -> str:
    return f"{day.year}年{day.month}月{day.day}日" if locale == "ja" else f"{day.day} {day:%B} {day.year}"


def _month(day: date, locale: Locale) -> str:
    return f"{day.year}年{day.month}月" if locale == "ja" else f"{day:%B} {day.year}"


def _short(day: date, locale: Locale) -> str:
    return f"{day.month}月" if locale == "ja" else f"{day:%b}"
