"""Periods in words, and the figures of a period beside those of the one before."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from ekkyo.contracts.members import Crossing, Locale
from ekkyo.contracts.reports import Period, Report
from ekkyo.words.numbers import signed

MONTHS: Final = (
    "January February March April May June July August September October November December".split()  # noqa: SIM905
)


@dataclass(frozen=True)
class Row:
    """One figure now and before, and the difference; where there is no figure, a dash."""

    name: str
    now: str
    before: str
    change: str


def in_words(period: Period, locale: Locale) -> str:
    """As a reader says it. A quarter is told by its months, since companies count theirs differently."""
    first, last = period.starts_on, period.ends_on
    match period.kind, locale:
        case "month", "ja":
            return f"{first.year}年{first.month}月"
        case "quarter", "ja":
            return f"{first.year}年{first.month}〜{last.month}月"
        case "year", "ja":
            return f"{first.year}年"
        case _, "ja":
            return f"{_day_ja(first)}〜{_day_ja(last)}"
        case "month", _:
            return f"{MONTHS[first.month - 1]} {first.year}"
        case "quarter", _:
            return f"{MONTHS[first.month - 1]}–{MONTHS[last.month - 1]} {first.year}"
        case "year", _:
            return f"{first.year}"
        case _:
            return f"{_day_en(first)} – {_day_en(last)}"


def beside(report: Report, words: Mapping[str, str]) -> Sequence[Row]:
    """The figures of the report's period beside those of the period before; empty where there is none."""
    before = report.before
    if before is None:
        return []
    now, then = report.totals, before.totals
    counted = [
        ("events", len(report.events), sum(then.events.values())),
        ("attendances", now.attendances, then.attendances),
        ("people", now.people, then.people),
        ("first_timers", sum(event.first_timers for event in report.events), before.first_timers),
        ("came_back", now.returners, then.returners),
        ("registered", now.registrations, then.registrations),
        ("no_shows", now.no_shows, then.no_shows),
        *([("late_ones", now.late_cancellations, then.late_cancellations)] if _any_late(report) else []),
        ("pairs", report.meetings.pairs, before.pairs),
        ("outputs", len(report.outputs), before.outputs),
        ("all_answers", report.surveys.answered, before.surveys.answered),
    ]
    return [
        *(Row(words[name], f"{a:,}", f"{b:,}", _signed(a - b)) for name, a, b in counted),
        _shares(words["response"], report.surveys.response_rate, before.surveys.response_rate, "{:.0f}%".format),
        _shares(words["nps"], report.surveys.nps, before.surveys.nps, signed),
        *(_crossed(words, step, people, before.crossings.get(step, 0)) for step, people in _reached(report)),
    ]


def _any_late(report: Report) -> bool:
    return bool(report.totals.late_cancellations or (report.before and report.before.totals.late_cancellations))


def _reached(report: Report) -> Sequence[tuple[Crossing, int]]:
    """What was reached in the period, where it is known of the one before as well."""
    return list(report.crossings.items()) if report.before and report.before.crossings else []


def _crossed(words: Mapping[str, str], step: Crossing, now: int, before: int) -> Row:
    return Row(words["crossed"].format(step=words[step]), f"{now:,}", f"{before:,}", _signed(now - before))


def _shares(name: str, now: float | None, before: float | None, form: Callable[[float], str]) -> Row:
    a, b = ("–" if value is None else form(value).replace("-", "−") for value in (now, before))
    return Row(name, a, b, "–" if now is None or before is None else _signed(round(now) - round(before)))


def _signed(change: int) -> str:
    return f"{change:+,}".replace("-", "−") if change else "±0"


def _day_ja(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def _day_en(day: date) -> str:
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"
