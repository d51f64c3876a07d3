"""One column per event: who came, and how they judged it."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil

from markupsafe import Markup

from ekkyo.report.charts.bars import axis
from ekkyo.report.charts.draw import (
    FAINT,
    GREEN,
    GREY,
    INDIGO,
    INDIGO_LIGHT,
    SOFT,
    VERMILION,
    WHITE,
    circle,
    line,
    polyline,
    rect,
    svg,
    text,
    width_of,
    wrap,
)
from ekkyo.words.numbers import signed

WIDTH, LEFT = 920.0, 36.0
DAY = 46.0
"""How wide a day is written."""


@dataclass(frozen=True)
class Column:
    """One event: when (short), what, and its numbers; nps None: not told, or not asked."""

    day: str
    title: str
    mark: str
    first: int
    again: int
    nps: float | None = None
    hidden: bool = False


def timeline(columns: Sequence[Column], *, label: str, first: str, again: str) -> Markup:
    """First-timers upon those who came before, with the total on top."""
    height, floor = 190.0, 222.0
    body, top = axis(height, floor, WIDTH, LEFT, max((c.first + c.again for c in columns), default=0))
    wide = (WIDTH - LEFT) / max(len(columns), 1)
    bar = min(wide * 0.66, 46)
    for n, column in enumerate(columns):
        middle = LEFT + wide * (n + 0.5)
        old, new = height * column.again / top, height * column.first / top
        title = f"{column.day} {column.title}: {first} {column.first}, {again} {column.again}"
        body.append(rect(middle - bar / 2, floor - old, bar, old, INDIGO, title=title))
        body.append(rect(middle - bar / 2, floor - old - new, bar, new, INDIGO_LIGHT, title=title))
        body.append(
            text(middle, floor - old - new - 6, column.first + column.again, size=12, anchor="middle", bold=True)
        )
        body += _foot(column, middle, floor, wide, n)
    body += [rect(LEFT, 0, 12, 12, INDIGO_LIGHT), text(LEFT + 18, 10.5, first, size=12)]
    x = LEFT + 42 + width_of(first, 12)
    body += [rect(x, 0, 12, 12, INDIGO), text(x + 18, 10.5, again, size=12)]
    return svg(WIDTH, floor + 54, body, label=label)


def course(columns: Sequence[Column], *, label: str) -> Markup:
    """A line from -100 to 100; an event that is not told is a hollow mark on the zero line."""
    top, height = 14.0, 190.0
    wide = (WIDTH - LEFT) / max(len(columns), 1)

    def y(value: float) -> float:
        return top + height * (100 - value) / 200

    body = []
    for mark in (-100, -50, 0, 50, 100):
        body.append(line(LEFT, y(mark), WIDTH, y(mark), GREY if mark == 0 else FAINT, dash="" if mark == 0 else "2 3"))
        body.append(text(LEFT - 6, y(mark) + 4, f"{mark:+d}" if mark else "0", size=10, fill=SOFT, anchor="end"))
    points = [(LEFT + wide * (n + 0.5), y(c.nps), c) for n, c in enumerate(columns) if c.nps is not None]
    body.append(polyline([(px, py) for px, py, _ in points], INDIGO))
    for px, py, column in points:
        score = column.nps or 0
        fill = GREEN if score >= 0 else VERMILION
        body.append(circle(px, py, 5.5, fill, stroke=WHITE, title=f"{column.day} {column.title}: {signed(score)}"))
        above = -11 if score < 85 else 20
        body.append(text(px, py + above, signed(score), size=12, anchor="middle", bold=True))
    for n, column in enumerate(columns):
        middle = LEFT + wide * (n + 0.5)
        if column.nps is None and column.hidden:
            body.append(circle(middle, y(0), 5, WHITE, stroke=GREY, title=f"{column.day} {column.title}"))
        body += _foot(column, middle, top + height + 6, wide, n)
    return svg(WIDTH, top + height + 60, body, label=label)


def _foot(column: Column, middle: float, floor: float, wide: float, n: int) -> list[str]:
    """The day, and the event's title as far as there is room; where many events stand close, the day of some."""
    each = ceil(DAY / wide)
    titles = wrap(column.title, wide - 4, 9.5, lines=2) if wide >= DAY else []
    day = f"{column.mark} {column.day}"
    return [
        *([] if n % each else [text(middle, floor + 17, day, size=11, anchor="middle")]),
        *(
            text(middle, floor + 33 + 13 * k, words, size=9.5, fill=SOFT, anchor="middle")
            for k, words in enumerate(titles)
        ),
    ]
