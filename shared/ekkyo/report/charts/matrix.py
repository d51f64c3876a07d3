"""A heat map of who met whom."""

from collections.abc import Sequence

from markupsafe import Markup

from ekkyo.report.charts.draw import PAPER, SOFT, ink_on, mix, rect, shorten, svg, text

LEFT, WIDTH = 190, 760


def matrix(names: Sequence[str], values: Sequence[Sequence[int]], *, label: str) -> Markup:
    """One row and one column per name; columns bear the numbers of the rows. The diagonal stays empty."""
    most = max((max(row, default=0) for row in values), default=0) or 1
    cell = min((WIDTH - LEFT) / max(len(names), 1), 64)
    tall = min(cell, 30)
    body: list[str] = []
    for n, name in enumerate(names):
        x, y = LEFT + n * cell, 24 + n * tall
        body.append(text(x + cell / 2, 14, n + 1, size=12, fill=SOFT, anchor="middle"))
        body.append(text(22, y + tall / 2 + 4, n + 1, size=12, fill=SOFT, anchor="end"))
        body.append(text(30, y + tall / 2 + 4, shorten(name, LEFT - 40, 12), size=12))
        for m, value in enumerate(values[n]):
            if n == m:
                continue
            left, share = LEFT + m * cell, (value / most) ** 1.5
            title = f"{name} - {names[m]}: {value}"
            fill = mix(0.12 + 0.88 * share) if value else PAPER
            body.append(rect(left + 1, y + 1, cell - 2, tall - 2, fill, title=title, round=3))
            if value:
                body.append(text(left + cell / 2, y + tall / 2 + 4, value, size=12, fill=ink_on(fill), anchor="middle"))
    return svg(WIDTH, 28 + len(names) * tall, body, label=label)
