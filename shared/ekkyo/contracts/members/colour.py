"""A community's colour: white text on it can be read."""

from typing import Annotated, Final

from pydantic import AfterValidator, StringConstraints
from pydantic_core import PydanticCustomError

WHITE: Final = "#ffffff"
READABLE: Final = 4.5
"""The contrast that text needs (WCAG 2.2, success criterion 1.4.3)."""


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two colours such as #31487f, from 1 to 21 (WCAG 2.2, contrast ratio)."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    """How bright a colour is, from 0 to 1 (WCAG 2.2, relative luminance)."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _readable(value: str) -> str:
    if value and (found := contrast(value, WHITE)) < READABLE:
        raise PydanticCustomError(
            "colour_too_light",
            "White text on this colour has a contrast of {found} to 1 and needs 4.5 to 1: choose a darker colour",
            {"found": f"{found:.1f}"},
        )
    return value.lower()


Colour = Annotated[
    str,
    StringConstraints(pattern=r"^(#[0-9A-Fa-f]{6})?$"),
    AfterValidator(_readable),
]
"""A colour such as #31487f that white text can be read on; empty: none."""
