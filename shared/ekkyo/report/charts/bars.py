"""Bars: a ranking, a histogram, and one bar in parts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from ekkyo.report.charts.draw import (
    FAINT,
    GREEN,
    GREEN_LIGHT,
    GREY,
    GREY_LIGHT,
    INDIGO,
    INK,
    SOFT,
    VERMILION,
    VERMILION_LIGHT,
    ink_on,
    line,
    rect,
    scale_top,
    shorten,
    svg,
    text,
    width_of,
)

WIDTH = 440


@dataclass(frozen=True)
class Bar:
    label: str
    value: int
    note: str = ""


def bars(items: Sequence[Bar], *, label: str, fill: str = INDIGO, width: float = WIDTH) -> Markup:
    """A ranking: the name and a note over each bar, the value at its end. width: less makes letters larger."""
    step, most = 34, max((b.value for b in items), default=0) or 1
    body: list[str] = []
    for n, bar in enumerate(items):
        y = n * step
        note_width = width_of(bar.note, 10) + 8
        body.append(text(0, y + 12, shorten(bar.label, width - 44 - note_width, 12), size=12))
        body.append(text(width - 40, y + 12, bar.note, size=10, fill=SOFT, anchor="end"))
        body.append(rect(0, y + 17, width - 40, 9, FAINT, round=4.5))
        body.append(rect(0, y + 17, max((width - 40) * bar.value / most, 4 if bar.value else 0), 9, fill, round=4.5))
        body.append(text(width, y + 26, bar.value, size=13, anchor="end", bold=True))
    return svg(width, max(len(items) * step, 1), body, label=label)


def ends(key: str) -> tuple[int, int]:
    """The lowest and the highest of merged answers: 0 and 6 of `0-6`; of a single one twice the same."""
    low, _, high = key.partition("-")
    return int(low), int(high or low)


def histogram(counts: Mapping[str, int], *, label: str, width: float = WIDTH) -> Markup:
    """Answers from 0 to 10: those against in red, those for in green.

    Answers that are told together (`0-6`) lie over all of them, evenly and paler.
    """
    height, floor, column = 190, 160, width / 11
    told = sorted((high - low, low, high, counts[key]) for key in counts for low, high in [ends(key)] if counts[key])
    most = max((sum(n / (w + 1) for w, low, high, n in told if low <= at <= high) for at in range(11)), default=0) or 1
    overlap = any(sum(low <= at <= high for _, low, high, _ in told) > 1 for at in range(11))
    body = [line(0, floor + 0.5, width, floor + 0.5, GREY)]
    tops = [floor * 1.0] * 11
    for wide, low, high, value in told:
        tall = (floor - 22) * value / (wide + 1) / most
        title = f"{low}: {value}" if low == high else f"{low}-{high}: {value}"
        for answer in range(low, high + 1):
            fills = (GREEN_LIGHT, GREY_LIGHT, VERMILION_LIGHT) if wide else (GREEN, GREY, VERMILION)
            fill = fills[0] if answer >= 9 else fills[1] if answer >= 7 else fills[2]
            left, across = (answer * column + 4, column - 8) if not wide else (answer * column, column + 0.5)
            body.append(rect(left, tops[answer] - tall, across, tall, fill, title=title, round=0 if wide else 3))
            tops[answer] -= tall
        if not overlap:
            middle = (low + high + 1) / 2 * column
            body.append(text(middle, min(tops[low : high + 1]) - 6, value, size=12, anchor="middle", bold=True))
    for answer in range(11):
        body.append(text((answer + 0.5) * column, floor + 18, answer, size=12, fill=SOFT, anchor="middle"))
    return svg(width, height, body, label=label)


def parts(items: Sequence[tuple[str, int, str]], *, label: str, width: float = WIDTH) -> Markup:
    """One bar in parts (name, value, colour), with a legend of two columns below."""
    total = sum(value for _, value, _ in items) or 1
    rows = -(-len(items) // 2)
    body, x = [rect(0, 0, width, 34, FAINT, round=4)], 0.0
    for name, value, fill in items:
        wide = width * value / total
        body.append(rect(x, 0, wide, 34, fill, title=f"{name}: {value}", round=0 if wide < 8 else 3))
        if wide > 30:
            body.append(text(x + wide / 2, 22, value, size=13, fill=ink_on(fill), anchor="middle", bold=True))
        x += wide
    for n, (name, value, fill) in enumerate(items):
        left, top = (n % 2) * width / 2, 50 + (n // 2) * 22
        body.append(rect(left, top, 11, 11, fill))
        share = f"{100 * value / total:.0f}%"
        body.append(text(left + 17, top + 10, f"{name}  {value} ({share})", size=12, fill=INK))
    return svg(width, 50 + rows * 22, body, label=label)


def axis(height: float, floor: float, width: float, left: float, highest: int) -> tuple[list[str], int]:
    """Horizontal rules with their values, and the value at the top."""
    top = scale_top(highest)
    marks = [0, top // 2, top] if top % 2 == 0 else [0, top]
    drawn = []
    for mark in marks:
        y = floor - height * mark / top
        drawn += [line(left, y, width, y, FAINT), text(left - 6, y + 4, mark, size=10, fill=SOFT, anchor="end")]
    return drawn, top
