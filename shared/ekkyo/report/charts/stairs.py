"""Steps that rise, each with the number of those who reached it."""

from collections.abc import Sequence

from markupsafe import Markup

from ekkyo.report.charts.draw import INK, OCHRE, SOFT, VERMILION, mix, path, rect, svg, text

FILLS = (mix(0.35), mix(0.6), mix(0.9), VERMILION)


def stairs(steps: Sequence[tuple[str, int]], *, label: str) -> Markup:
    """One step per crossing, each higher than the last; the last leads out."""
    wide, floor = 440 / len(steps), 206
    body: list[str] = []
    for n, (name, people) in enumerate(steps):
        top = floor - 34 - n * 38
        x = n * wide
        body.append(rect(x + 2, top, wide - 4, floor - top, FILLS[n % len(FILLS)], title=f"{name}: {people}", round=4))
        body.append(text(x + wide / 2, top - 10, people, size=26, anchor="middle", bold=True, fill=INK))
        body.append(text(x + wide / 2, floor + 20, name, size=12, anchor="middle", fill=SOFT))
        if n:
            body.append(path(f"M{x - 7:.1f} {top + 20:.1f}l7 -9l7 9z", OCHRE))
    return svg(440, floor + 30, body, label=label)
