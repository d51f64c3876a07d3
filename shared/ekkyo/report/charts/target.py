"""A figure over time, held against its target: one column a month, with the target and the baseline as lines."""

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from ekkyo.report.charts.draw import (
    FAINT,
    GREEN,
    GREY,
    INDIGO,
    INDIGO_LIGHT,
    SOFT,
    VERMILION,
    WHITE,
    line,
    rect,
    svg,
    text,
    width_of,
)

HEIGHT = 104.0
TOP = 20.0


@dataclass(frozen=True)
class Month:
    """One month: its name (short), its figure as it is shown, and the figure. None: there is none."""

    name: str
    shown: str
    value: float | None
    full: bool = True
    met: bool = False


def target(
    months: Sequence[Month], *, goal: tuple[float, str], start: tuple[float, str] | None, label: str, width: float = 320
) -> Markup:
    """goal, start: the target and the baseline, each with what stands at its line."""
    values = [0.0, goal[0], *(m.value for m in months if m.value is not None), *([start[0]] if start else [])]
    low, high = min(values), max(values)
    high += (high - low or 1) * 0.08
    floor = TOP + HEIGHT

    def y(value: float) -> float:
        return floor - HEIGHT * (value - low) / (high - low)

    wide = width / max(len(months), 1)
    bar = min(wide * 0.62, 34)
    body = [line(0, y(0), width, y(0), FAINT)]
    every = max(1, -(-34 // int(wide or 1)))
    for n, month in enumerate(months):
        middle = wide * (n + 0.5)
        named = (len(months) - 1 - n) % every == 0
        if named:
            body.append(text(middle, floor + 15, month.name, size=10, fill=SOFT, anchor="middle"))
        if month.value is None:
            body.append(text(middle, y(0) - 4, "–", size=10, fill=GREY, anchor="middle"))
            continue
        fill = (GREEN if month.met else INDIGO) if month.full else INDIGO_LIGHT
        above, below = y(max(month.value, 0)), y(min(month.value, 0))
        body.append(
            rect(middle - bar / 2, above, bar, max(below - above, 1), fill, title=f"{month.name}: {month.shown}")
        )
    if start:
        body.append(line(0, y(start[0]), width, y(start[0]), GREY, dash="2 3"))
        body.append(_note(start[1], 0, y(start[0]), "start", SOFT))
    body.append(line(0, y(goal[0]), width, y(goal[0]), VERMILION, width=1.5, dash="6 4"))
    body.append(_note(goal[1], width, y(goal[0]), "end", VERMILION))
    return svg(width, floor + 22, body, label=label)


def _note(words: str, x: float, y: float, anchor: str, fill: str) -> str:
    """Words above a line, on paper, so that they can be read across a column."""
    wide = width_of(words, 10.5) + 6
    left = x if anchor == "start" else x - wide
    behind = rect(left, y - 15, wide, 13, f"{WHITE}d9")
    return behind + text(
        x + (3 if anchor == "start" else -3), y - 4.5, words, size=10.5, fill=fill, anchor=anchor, bold=True
    )
