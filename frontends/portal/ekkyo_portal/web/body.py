"""What is sent to a page: so much, within so long."""

import asyncio
from typing import Final

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.types import Message, Receive

SLOWEST: Final = 20.0
"""Seconds in which a form must have arrived; a larger one may take longer."""
PACE: Final = 25_000
"""Bytes of a larger form that arrive in a second, even on a bad connection."""

ESCAPED: Final = 512 * 1024
"""Bytes of a form that is not multipart. Each character that it escapes (`%41`) takes 240 bytes while it is read."""


def most(headers: Headers, largest: int) -> int:
    """Bytes of a form that may have so many: all of them where it holds files, and text as it is."""
    return largest if headers.get("content-type", "").startswith("multipart/") else min(largest, ESCAPED)


def limited(receive: Receive, largest: int, slowest: float = SLOWEST) -> Receive:
    """Receives at most so many bytes, within `slowest` seconds and what their number takes.

    More end in the status 413, and what is later in 408, whatever the headers said.
    """
    taken, until, whole = 0, 0.0, False

    async def receiving() -> Message:
        nonlocal taken, until, whole
        if whole:  # nothing comes after it but that the browser leaves
            return await receive()
        until = until or asyncio.get_running_loop().time() + slowest + largest / PACE
        try:
            async with asyncio.timeout_at(until):
                message = await receive()
        except TimeoutError:
            raise HTTPException(408) from None
        taken += len(message.get("body", b""))
        whole = not message.get("more_body", False)
        if taken > largest:
            raise HTTPException(413)
        return message

    return receiving
