"""How pages, reports and mails look: one palette, for light and dark, and one list of fonts.

Reports and mails are rendered from it; a test holds the portal's style sheet to it. Text on its grounds has a contrast
of at least 4.5 to 1.
"""

from collections.abc import Mapping
from typing import Final

FONTS: Final = "'Hiragino Sans', 'Noto Sans JP', 'Noto Sans CJK JP', 'Yu Gothic UI', 'Segoe UI', system-ui, sans-serif"

LIGHT: Final[Mapping[str, str]] = {
    "ink": "#1f2638",
    "soft": "#5d657a",
    "line": "#e2ded5",
    "edge": "#8b91a1",
    "paper": "#faf8f3",
    "card": "#ffffff",
    "raised": "#f3f0e8",
    "accent": "#31487f",
    "accent-ink": "#ffffff",
    "accent-soft": "#e8ecf6",
    "hot": "#b8401f",
    "hot-soft": "#fbeae4",
    "good": "#1d6b48",
    "good-soft": "#e3f3ea",
    "warn": "#7d5500",
    "warn-soft": "#fbf0d8",
}
"""Texts, grounds and lines by their use: the names are those of the style sheets' custom properties."""
DARK: Final[Mapping[str, str]] = {
    "ink": "#e8eaf1",
    "soft": "#a3abc0",
    "line": "#333b50",
    "edge": "#8b91a1",
    "paper": "#12161f",
    "card": "#1a2030",
    "raised": "#232b3e",
    "accent": "#a9bcf5",
    "accent-ink": "#131a2c",
    "accent-soft": "#26314f",
    "hot": "#ff9a7d",
    "hot-soft": "#43261f",
    "good": "#7fd6a8",
    "good-soft": "#17382a",
    "warn": "#f0c66b",
    "warn-soft": "#3b2f14",
}
CHARTS: Final[Mapping[str, str]] = {
    "accent-pale": "#9fb0d4",
    "hot-pale": "#eebbae",
    "green": "#2f8f7c",
    "green-pale": "#b3d6ce",
    "grey": "#b9b6ae",
    "grey-pale": "#dedcd7",
    "ochre": "#dfa13c",
}
"""Of columns and areas in charts, beside the light palette. Charts are always on a light ground."""
HEADING: Final[Mapping[str, str]] = {"from": "#1d2c55", "to": "#7c4a63", "name": "#ffb9a4"}
"""Of a report's heading: what its ground goes from and to, and our name on it."""


def properties(palette: Mapping[str, str]) -> str:
    """A palette as custom properties of CSS: `--ink: #1f2638; --soft: …;`."""
    return " ".join(f"--{name}: {colour};" for name, colour in palette.items())
