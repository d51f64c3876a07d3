"""A community's logo in a mail: a part of it that its HTML names (RFC 2392). Nothing is loaded from anywhere."""

from base64 import b64decode, b64encode
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from typing import Final

TALL: Final = 40
"""Pixels that it is shown in at most; it is twice as large."""


@dataclass(frozen=True)
class Logo:
    """A PNG, how a mail names it, and its size in the pixels of a page."""

    data: bytes
    cid: str
    width: int
    height: int

    @property
    def inline(self) -> str:
        """As an address that holds it (RFC 2397)."""
        return "data:image/png;base64," + b64encode(self.data).decode("ascii")


@lru_cache(64)
def shown(base64: str) -> Logo | None:
    """The logo in this PNG; None where it is none."""
    data = b64decode(base64)
    width, height = (int.from_bytes(data[at : at + 4], "big") for at in (16, 20))  # of IHDR (RFC 2083, 4.1.1)
    if not data.startswith(b"\x89PNG") or not width or not height:
        return None
    scale = min(TALL / height, TALL * 2 / width, 1)
    wide, tall = (max(round(side * scale), 1) for side in (width, height))
    return Logo(data, f"{sha256(data).hexdigest()[:16]}@logo", wide, tall)
