"""A plot in a few lines: figures of different units as shares of their first, one line each, as SVG."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

WIDTH, HEIGHT, LEFT, TOP, FLOOR, RIGHT = 640, 340, 60, 50, 280, 600
COLOURS = ("#31487f", "#d4553a", "#2f8f7c")
LIMIT = 1.3


@dataclass(frozen=True)
class Line:
    """A figure at each place of the axis."""

    name: str
    values: Sequence[float]


def plot(title: str, places: Sequence[str], lines: Sequence[Line]) -> str:
    """Each line relative to its first value, the value itself at each point, and the limit that is wanted."""
    shares = [[v / line.values[0] for v in line.values] for line in lines]
    top = max(1.5, *(share for line in shares for share in line)) * 1.1

    def x(n: int) -> float:
        return LEFT + 30 + n * (RIGHT - LEFT - 60) / max(1, len(places) - 1)

    def y(share: float) -> float:
        return FLOOR - (FLOOR - TOP) * share / top

    drawn = [_text(LEFT, 24, title, size=15)]
    for share, dash in ((0.0, ""), (1.0, ""), (LIMIT, ' stroke-dasharray="5 4"')):
        drawn.append(f'<path d="M{LEFT} {y(share):.1f}H{RIGHT}" stroke="#b9b6ae"{dash}/>')
        drawn.append(_text(LEFT - 8, y(share) + 4, f"{share:g}×", anchor="end"))
    drawn += [_text(x(n), FLOOR + 18, place, anchor="middle") for n, place in enumerate(places)]
    for k, (line, shared, colour) in enumerate(zip(lines, shares, COLOURS, strict=False)):
        points = [(x(n), y(share)) for n, share in enumerate(shared)]
        path = " ".join(f"{px:.1f},{py:.1f}" for px, py in points)
        drawn.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>')
        drawn += [
            f'<circle cx="{px:.1f}" cy="{py:.1f}" r="4" fill="{colour}"><title>{value:.2f}</title></circle>'
            for (px, py), value in zip(points, line.values, strict=True)
        ]
        values = " ".join(f"{value:.3g}" for value in line.values)
        drawn.append(_text(LEFT + 190 * k, FLOOR + 44, f"{line.name}: {values}", fill=colour))
    body = "\n".join(drawn)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img"'
        f' aria-label="{escape(title)}" font-family="sans-serif">\n'
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>\n{body}\n</svg>\n'
    )


def _text(x: float, y: float, words: str, *, size: int = 12, fill: str = "#1f2638", anchor: str = "start") -> str:
    where = f'x="{x:.1f}" y="{y:.1f}" font-size="{size}" fill="{fill}" text-anchor="{anchor}"'
    return f"<text {where}>{escape(words)}</text>"
