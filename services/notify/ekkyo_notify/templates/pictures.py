"""Pictures in a mail: parts of it that its HTML names (RFC 2392). Nothing is loaded from anywhere."""

from base64 import b64decode, b64encode
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from io import BytesIO
from typing import Final

import segno

TALL: Final = 40
"""Pixels that a logo is shown in at most; it is twice as large."""
MODULE: Final = 4
"""Pixels of a QR code for each of its modules. Twice as many would take twice as long to write."""
QUIET: Final = 4
"""Modules of white around a QR code (ISO/IEC 18004)."""
MASK: Final = 2
"""Choosing the best of the eight masks takes 8 ms of a mail; signed data is as mixed under any of them."""


@dataclass(frozen=True)
class Picture:
    """A PNG, what it is called, how a mail names it, and its size in the pixels of a page."""

    data: bytes
    name: str
    cid: str
    width: int
    height: int

    @property
    def inline(self) -> str:
        """As an address that holds it (RFC 2397)."""
        return "data:image/png;base64," + b64encode(self.data).decode("ascii")


@lru_cache(64)
def logo(base64: str) -> Picture | None:
    """A community's logo in this PNG; None where it is none."""
    data = b64decode(base64)
    width, height = (int.from_bytes(data[at : at + 4], "big") for at in (16, 20))  # of IHDR (RFC 2083, 4.1.1)
    if not data.startswith(b"\x89PNG") or not width or not height:
        return None
    scale = min(TALL / height, TALL * 2 / width, 1)
    wide, tall = (max(round(side * scale), 1) for side in (width, height))
    return Picture(data, "logo.png", f"{sha256(data).hexdigest()[:16]}@logo", wide, tall)


def qr(text: str) -> Picture:
    """A QR code: black on white with white around it, whatever stands behind it."""
    code, out = segno.make(text, error="m", micro=False, mask=MASK), BytesIO()
    code.save(out, kind="png", scale=MODULE, border=QUIET)
    wide, tall = code.symbol_size(scale=MODULE, border=QUIET)
    data = out.getvalue()
    return Picture(data, "code.png", f"{sha256(data).hexdigest()[:16]}@code", int(wide), int(tall))
