"""A ring in parts."""

from collections.abc import Sequence
from math import cos, pi, sin

from markupsafe import Markup

from ekkyo.report.charts.draw import FAINT, INK, SOFT, WHITE, circle, path, rect, svg, text

OUTER, INNER, MIDDLE = 84.0, 54.0, 92.0


def ring(items: Sequence[tuple[str, int, str, str]], *, centre: str, label: str) -> Markup:
    """Parts (name, value, colour, note) around a number; a legend beside it."""
    items = [item for item in items if item[1]]
    total = sum(value for _, value, _, _ in items)
    body = [circle(MIDDLE, MIDDLE, OUTER, FAINT)] if not total else []
    angle = -pi / 2
    for name, value, fill, _ in items:
        turn = min(2 * pi * value / total, 2 * pi - 1e-4)
        gap = 0.02 if len(items) > 1 else 0
        body.append(path(_slice(angle + gap, angle + turn - gap), fill, title=f"{name}: {value}"))
        angle += turn
    if not total:
        body.append(circle(MIDDLE, MIDDLE, INNER, WHITE))
    body.append(text(MIDDLE, MIDDLE + 6, total, size=34, anchor="middle", bold=True))
    body.append(text(MIDDLE, MIDDLE + 26, centre, size=12, fill=SOFT, anchor="middle"))
    top = MIDDLE - len(items) * 27 + 10
    for n, (name, value, fill, note) in enumerate(items):
        y = top + n * 54
        body.append(rect(210, y, 12, 12, fill))
        body.append(text(230, y + 11, f"{name}  {value}", size=16, fill=INK, bold=True))
        body.append(text(230, y + 30, note, size=12, fill=SOFT))
    return svg(440, 2 * MIDDLE, body, label=label)


def _slice(start: float, end: float) -> str:
    large = 1 if end - start > pi else 0

    def at(radius: float, angle: float) -> str:
        return f"{MIDDLE + radius * cos(angle):.2f} {MIDDLE + radius * sin(angle):.2f}"

    return (
        f"M{at(OUTER, start)}A{OUTER} {OUTER} 0 {large} 1 {at(OUTER, end)}"
        f"L{at(INNER, end)}A{INNER} {INNER} 0 {large} 0 {at(INNER, start)}Z"
    )
