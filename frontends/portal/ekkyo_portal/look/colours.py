"""Shades of a community's colour, for light pages and dark ones: text in them, and on them, can be read."""

import re
from typing import Final

from ekkyo.contracts.members import READABLE, contrast
from ekkyo.look import DARK, LIGHT

OURS: Final = LIGHT["accent"]
"""The colour of a community that has none of its own."""
_COLOUR: Final = re.compile(r"#[0-9a-f]{6}")
_RAISED: Final = (LIGHT["raised"], DARK["raised"])
"""The grounds of style.css that are closest to text: the darkest light one, and the lightest dark one."""
_CARD: Final = (LIGHT["card"], DARK["card"])
_INK: Final = (LIGHT["accent-ink"], DARK["accent-ink"])
_TARGET: Final = ("#000000", "#ffffff")
_STEPS: Final = 40


def colour(told: str | None) -> str:
    """A community's colour as pages may show it."""
    return told if told and _COLOUR.fullmatch(told) else OURS


def styles(own: str) -> str:
    """A style sheet that makes a page's accents those of this colour, such as #b8401f."""
    light, dark = (_shades(own, dark) for dark in (False, True))
    return f":root{{{light}}}@media (prefers-color-scheme:dark){{:root{{{dark}}}}}@media print{{:root{{{light}}}}}"


def shades(own: str, *, dark: bool) -> dict[str, str]:
    """The accents of style.css in this colour: of text and buttons, of text on buttons, of soft grounds."""
    soft = mixed(own, _CARD[dark], 0.82 if dark else 0.9)
    grounds = (_RAISED[dark], soft, _INK[dark])
    for step in range(_STEPS + 1):
        accent = mixed(own, _TARGET[dark], step / _STEPS)
        if all(contrast(accent, ground) >= READABLE for ground in grounds):
            break
    return {"--accent": accent, "--accent-ink": _INK[dark], "--accent-soft": soft}


def mixed(one: str, other: str, share: float) -> str:
    """A colour between two: share 0 is the one, 1 the other."""
    pairs = ((int(one[at : at + 2], 16), int(other[at : at + 2], 16)) for at in (1, 3, 5))
    return "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in pairs)


def _shades(own: str, dark: bool) -> str:
    return "".join(f"{name}:{value};" for name, value in shades(own, dark=dark).items())
