"""Logos that are pictures: decoded, made small, and encoded from their pixels alone."""

import struct
from io import BytesIO
from typing import Final, Literal

from ekkyo.contracts.base import Refused
from PIL import Image, ImageOps

MOST: Final = 4_000_000
"""Pixels of a file that is decoded: some 16 MB in memory."""
SIDE: Final = 320
"""Pixels of a side that is kept: four times as many as a page shows, and less than 500 kB whatever they show."""
SMALL: Final = 96
"""Pixels of a side in a mail: twice as many as it shows."""
COLOURS: Final = 64
"""Colours there: what is attached to each mail stays at a few kilobytes."""
BROKEN: Final = (OSError, ValueError, SyntaxError, EOFError, struct.error)
"""What Pillow raises for files that are none."""


def pictured(data: bytes, kind: Literal["PNG", "JPEG"]) -> bytes:
    """The picture as it is kept: its pixels, with no text, place, profile or second picture beside them."""
    try:
        with Image.open(BytesIO(data), formats=[kind]) as image:
            if image.width * image.height > MOST:
                raise _too_many()
            upright = ImageOps.exif_transpose(image)
            seen = kind == "PNG" and (upright.mode in ("RGBA", "LA", "PA") or "transparency" in upright.info)
            pixels = upright.convert("RGBA" if seen else "RGB")
        pixels.thumbnail((SIDE, SIDE))
        made = Image.new(pixels.mode, pixels.size)
        made.paste(pixels)
        out = BytesIO()
        made.save(out, kind, optimize=True, **({"quality": 88} if kind == "JPEG" else {}))
    except Image.DecompressionBombError:  # found before anything was decoded
        raise _too_many() from None
    except BROKEN:
        raise Refused(
            "logo_unreadable", f"This file is damaged, or is not a {kind} file. Save it again as PNG."
        ) from None
    return out.getvalue()


def smaller(kept: bytes) -> bytes:
    """A picture that is kept, as mails bear it: a small PNG."""
    with Image.open(BytesIO(kept), formats=["PNG", "JPEG"]) as image:
        pixels = image.convert("RGBA" if image.mode == "RGBA" else "RGB")
    pixels.thumbnail((SMALL, SMALL))
    out = BytesIO()
    pixels.quantize(COLOURS, Image.Quantize.FASTOCTREE).save(out, "PNG", optimize=True)
    return out.getvalue()


def _too_many() -> Refused:
    return Refused("logo_too_many_pixels", f"A logo can have at most {MOST:,} pixels. Make it smaller.")
