"""The pen: escaped SVG elements, colours, and how wide a text is."""

import unicodedata
from collections.abc import Iterable
from html import escape
from typing import Final

from markupsafe import Markup

from ekkyo.contracts.members import contrast
from ekkyo.look import CHARTS, LIGHT

INK: Final = LIGHT["ink"]
SOFT: Final = LIGHT["soft"]
FAINT: Final = LIGHT["line"]
PAPER: Final = LIGHT["paper"]
WHITE: Final = LIGHT["card"]
INDIGO: Final = LIGHT["accent"]
INDIGO_LIGHT: Final = CHARTS["accent-pale"]
VERMILION: Final = LIGHT["hot"]
VERMILION_LIGHT: Final = CHARTS["hot-pale"]
GREEN: Final = CHARTS["green"]
GREEN_LIGHT: Final = CHARTS["green-pale"]
GREY: Final = CHARTS["grey"]
GREY_LIGHT: Final = CHARTS["grey-pale"]
OCHRE: Final = CHARTS["ochre"]


def svg(width: float, height: float, body: Iterable[str], *, label: str) -> Markup:
    """A picture that fills the width it is given; `label` is what a screen reader says."""
    head = f'<svg viewBox="0 0 {_n(width)} {_n(height)}" role="img" aria-label="{escape(label)}">'
    return Markup(head + "".join(body) + "</svg>")  # noqa: S704  every text below goes through escape


def rect(x: float, y: float, width: float, height: float, fill: str, *, title: str = "", round: float = 2) -> str:
    return _with_title(
        f'<rect x="{_n(x)}" y="{_n(y)}" width="{_n(max(width, 0))}" height="{_n(max(height, 0))}" rx="{_n(round)}"'
        f' fill="{fill}"',
        "rect",
        title,
    )


def text(
    x: float, y: float, words: object, *, size: float = 11, fill: str = INK, anchor: str = "start", bold: bool = False
) -> str:
    weight = ' font-weight="700"' if bold else ""
    return (
        f'<text x="{_n(x)}" y="{_n(y)}" font-size="{_n(size)}" fill="{fill}" text-anchor="{anchor}"{weight}>'
        f"{escape(str(words))}</text>"
    )


def line(x1: float, y1: float, x2: float, y2: float, stroke: str = FAINT, *, width: float = 1, dash: str = "") -> str:
    dashed = f' stroke-dasharray="{dash}"' if dash else ""
    return (
        f'<line x1="{_n(x1)}" y1="{_n(y1)}" x2="{_n(x2)}" y2="{_n(y2)}" stroke="{stroke}" stroke-width="{_n(width)}"'
        f"{dashed}/>"
    )


def polyline(points: Iterable[tuple[float, float]], stroke: str, *, width: float = 2) -> str:
    path = " ".join(f"{_n(x)},{_n(y)}" for x, y in points)
    return (
        f'<polyline points="{path}" fill="none" stroke="{stroke}" stroke-width="{_n(width)}" stroke-linejoin="round"/>'
    )


def circle(x: float, y: float, r: float, fill: str, *, stroke: str = "none", title: str = "") -> str:
    return _with_title(
        f'<circle cx="{_n(x)}" cy="{_n(y)}" r="{_n(r)}" fill="{fill}" stroke="{stroke}" stroke-width="1.5"',
        "circle",
        title,
    )


def path(d: str, fill: str, *, title: str = "") -> str:
    return _with_title(f'<path d="{d}" fill="{fill}"', "path", title)


def width_of(words: str, size: float = 11) -> float:
    """About how wide a text is drawn: full-width characters are one em, others a little over half."""
    return sum(1.0 if unicodedata.east_asian_width(c) in "WFA" else 0.56 for c in words) * size


def shorten(words: str, width: float, size: float = 11) -> str:
    """The text, cut with an ellipsis where it would be wider than this."""
    if width_of(words, size) <= width:
        return words
    while words and width_of(words + "…", size) > width:
        words = words[:-1]
    return words.rstrip() + "…"


def wrap(words: str, width: float, size: float, *, lines: int) -> list[str]:
    """The text on so many lines of this width, the last cut with an ellipsis."""
    found: list[str] = []
    while words and len(found) < lines - 1 and width_of(words, size) > width:
        cut = max((n for n in range(1, len(words)) if width_of(words[:n], size) <= width), default=1)
        space = words.rfind(" ", 1, cut + 1)
        cut = space if space > 0 else cut
        found.append(words[:cut].strip())
        words = words[cut:].strip()
    return [*found, shorten(words, width, size)]


def mix(share: float) -> str:
    """A colour between paper and indigo; share from 0 to 1."""
    ends = ((int(LIGHT["raised"][at : at + 2], 16), int(INDIGO[at : at + 2], 16)) for at in (1, 3, 5))
    return "#" + "".join(f"{round(low + (high - low) * min(max(share, 0), 1)):02x}" for low, high in ends)


def ink_on(ground: str) -> str:
    """The colour of text on a ground: white or ink, whichever can be read better."""
    return max(WHITE, INK, key=lambda ink: contrast(ink, ground))


def scale_top(highest: float) -> int:
    """A round number at or a little above the highest value, for the top of an axis."""
    for top in (5, 10, 15, 20, 30, 40, 50, 60, 80, 100, 150, 200, 300, 400, 500, 800, 1000):
        if highest <= top:
            return top
    return int(-(-highest // 1000) * 1000)


def _with_title(start: str, element: str, title: str) -> str:
    return f"{start}><title>{escape(title)}</title></{element}>" if title else f"{start}/>"


def _n(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")
