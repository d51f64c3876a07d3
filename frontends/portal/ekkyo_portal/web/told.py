"""Server-sent events that many are sent: written and compressed once, not for each of them."""

import contextlib
import zlib
from collections.abc import AsyncGenerator, AsyncIterator
from dataclasses import dataclass
from typing import Final

from starlette.requests import Request
from starlette.responses import StreamingResponse

BEGIN: Final = b"\x1f\x8b\x08\0\0\0\0\0\0\xff"
"""The header of gzip (RFC 1952), with no time and no name."""
END: Final = b"\x03\0"
"""The last block of a deflated stream (RFC 1951): it is empty."""


@dataclass(frozen=True)
class Told:
    """One part of a stream: as it is, and as deflated blocks that refer to nothing before them.

    Such blocks may stand in any stream, and a browser can read them as soon as they arrive.
    """

    plain: bytes
    deflated: bytes

    @classmethod
    def of(cls, text: str) -> "Told":
        """What is sent, blank line and all."""
        plain, deflating = text.encode(), zlib.compressobj(5, zlib.DEFLATED, -zlib.MAX_WBITS)
        return cls(plain, deflating.compress(plain) + deflating.flush(zlib.Z_SYNC_FLUSH))


def stream(request: Request, parts: AsyncGenerator[Told, None]) -> StreamingResponse:
    """The response to one of those who listen. The next part is made when they have taken the one before."""
    headers = {"vary": "Accept-Encoding"}
    if "gzip" not in request.headers.get("accept-encoding", ""):
        return StreamingResponse(_plain(parts), media_type="text/event-stream", headers=headers)
    headers["content-encoding"] = "gzip"
    return StreamingResponse(_compressed(parts), media_type="text/event-stream", headers=headers)


async def _plain(parts: AsyncGenerator[Told, None]) -> AsyncIterator[bytes]:
    async with contextlib.aclosing(parts):
        async for part in parts:
            yield part.plain


async def _compressed(parts: AsyncGenerator[Told, None]) -> AsyncIterator[bytes]:
    check, size, begun = 0, 0, BEGIN
    async with contextlib.aclosing(parts):
        async for part in parts:
            check, size = zlib.crc32(part.plain, check), size + len(part.plain)
            yield begun + part.deflated
            begun = b""
    yield begun + END + check.to_bytes(4, "little") + (size % 2**32).to_bytes(4, "little")
