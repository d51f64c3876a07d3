"""Logos that are drawings: written again from a list of what an SVG may hold. What is not on it does not get through.

Elements and attributes are those of SVG 2 (https://www.w3.org/TR/SVG2/) that draw by themselves.
"""

import re
from typing import Final
from xml.etree.ElementTree import Element, ParseError, TreeBuilder, tostring

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser
from ekkyo.contracts.base import Refused

SVG: Final = "http://www.w3.org/2000/svg"
DRAW: Final = frozenset({"path", "rect", "circle", "ellipse", "line", "polyline", "polygon", "text"})
HOLD: Final = frozenset({"svg", "g", "defs", "linearGradient", "radialGradient", "stop", "clipPath", "tspan"})
DROPPED: Final = frozenset(
    {"title", "desc", "metadata", "script", "foreignObject", "animate", "animateTransform", "animateMotion", "set"}
)
"""These show nothing that a logo needs, and are left out with what is in them; so is what is of another namespace."""
MANY: Final = 4_000
DEEP: Final = 24
PRESENTATION: Final = re.compile(
    "clip-path|clip-rule|color|display|fill|fill-opacity|fill-rule|font-(family|size|style|weight)|letter-spacing|opacity"
    "|stop-color|stop-opacity|stroke|stroke-(dasharray|dashoffset|linecap|linejoin|miterlimit|opacity|width)"
    "|text-anchor|visibility"
)
GEOMETRY: Final = re.compile(
    "id|viewBox|preserveAspectRatio|width|height|[xyrd]|[xy][12]|c[xy]|r[xy]|f[xy]|d[xy]|points|transform|offset"
    "|gradientUnits|gradientTransform|spreadMethod|clipPathUnits|textLength"
)
HREF: Final = frozenset({"href", "{http://www.w3.org/1999/xlink}href"})
PLAIN: Final = re.compile(r"[\w\s.,#%()+'\"-]*")
"""Values without what an address, an escape or a second declaration needs: no colon, slash, backslash or semicolon."""
INSIDE: Final = re.compile(r"#[A-Za-z_][\w.-]*")
LINK: Final = re.compile(rf"url\(\s*['\"]?({INSIDE.pattern})['\"]?\s*\)")


def drawn(data: bytes) -> bytes:
    """The drawing as it is kept. Refused where it cannot be read, is too much, or would look different."""
    target = _Drawing()
    parser = DefusedXMLParser(target=target, forbid_dtd=False, forbid_entities=True, forbid_external=True)
    try:
        parser.feed(data)
        root = parser.close()
    except _TooComplex:
        raise Refused(
            "logo_too_complex",
            f"An SVG file can have at most {MANY:,} elements, nested at most {DEEP} deep. Save it as PNG.",
        ) from None
    except _NotPlain as used:
        told = f"An SVG file may contain only shapes, paths and text, but this one uses <{used}>. Save it as PNG."
        raise Refused("logo_not_plain", told) from None
    except (ParseError, DefusedXmlException, ValueError, LookupError, AssertionError):
        raise Refused("logo_unreadable", "This SVG file cannot be read. Save it again, or as PNG.") from None
    if root is None or root.tag != "svg" or not any(e.tag in DRAW for e in root.iter()):
        raise Refused("logo_unreadable", "This SVG file contains nothing to draw. Save it again, or as PNG.")
    made: bytes = tostring(root, encoding="utf-8")
    return made


class _TooComplex(Exception):
    """More elements than a logo has."""


class _NotPlain(Exception):
    """An element that draws, and that is not taken: its name."""


class _Drawing:
    """Builds the tree of what is allowed while the file is being read, so that nothing grows beyond its bounds."""

    def __init__(self) -> None:
        self._builder = TreeBuilder()
        self._count, self._dropped = 0, 0
        self._open: list[str] = []
        self._root = False

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        self._count += 1
        if self._count > MANY or len(self._open) + self._dropped >= DEEP:
            raise _TooComplex
        name = _name(tag)
        if self._dropped or not name or name in DROPPED:
            self._dropped += 1
            return
        if name not in DRAW | HOLD:
            raise _NotPlain(name[:30])
        clipped = "clipPath" in self._open
        self._open.append(name)
        kept = _kept(name, attributes)
        if not self._root:
            self._root, kept["xmlns"] = True, SVG
        if clipped:  # clips within clips multiply what is drawn
            kept.pop("clip-path", None)
        self._builder.start(name, kept)

    def end(self, tag: str) -> None:
        if self._dropped:
            self._dropped -= 1
            return
        self._builder.end(self._open.pop())

    def data(self, text: str) -> None:
        if not self._dropped and self._open and self._open[-1] in ("text", "tspan"):
            self._builder.data(text)

    def close(self) -> Element | None:
        return self._builder.close() if self._root else None


def _name(tag: str) -> str:
    """The element's name; empty for what is no element of SVG."""
    space, _, name = tag.rpartition("}")
    return name if space == f"{{{SVG}" else ""


def _kept(name: str, attributes: dict[str, str]) -> dict[str, str]:
    """The attributes that may stay. What a `style` declares becomes attributes: it then wins over those beside it."""
    kept = {}
    for key, value in attributes.items():
        if (GEOMETRY.fullmatch(key) or PRESENTATION.fullmatch(key)) and _harmless(value):
            kept[key] = value
        elif key in HREF and name in ("linearGradient", "radialGradient") and INSIDE.fullmatch(value):
            kept["href"] = value
    for declared in attributes.get("style", "").split(";"):
        key, _, value = (part.strip() for part in declared.partition(":"))
        if PRESENTATION.fullmatch(key) and _harmless(value):
            kept[key] = value
    return kept


def _harmless(value: str) -> bool:
    if "url" in value.lower():
        return LINK.fullmatch(value.strip()) is not None
    return PLAIN.fullmatch(value) is not None
