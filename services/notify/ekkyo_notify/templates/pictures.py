"""Pictures in a mail: parts of it that its HTML names (RFC 2392). Nothing is loaded from anywhere."""

import struct
import zlib
from base64 import b64decode, b64encode
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from typing import Final

import segno

TALL: Final = 40
"""Pixels that a logo is shown in at most; it is twice as large."""
MODULE: Final = 8
"""Pixels of a QR code for each of its modules: one byte. It is shown in half of them, for screens of small pixels."""
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
    modules = segno.make(text, error="m", micro=False, mask=MASK).matrix
    across = len(modules) + 2 * QUIET
    white, margin = [b"\xff" * across] * QUIET, b"\xff" * QUIET
    rows = [*white, *(margin + bytes(0 if dark else 0xFF for dark in row) + margin for row in modules), *white]
    data = _png(rows)
    side = across * MODULE // 2
    return Picture(data, "code.png", f"{sha256(data).hexdigest()[:16]}@code", side, side)


def _png(rows: list[bytes]) -> bytes:
    """A PNG of one bit per pixel (RFC 2083), in which each byte is a square of eight by eight pixels.

    segno writes the same in 5 ms, where a mail takes 2 ms as a whole.
    """
    size = struct.pack(">II", len(rows[0]) * MODULE, len(rows) * MODULE)
    pixels = zlib.compress(b"".join((b"\0" + row) * MODULE for row in rows))
    parts = [(b"IHDR", size + b"\1\0\0\0\0"), (b"IDAT", pixels), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, data) for kind, data in parts)


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
