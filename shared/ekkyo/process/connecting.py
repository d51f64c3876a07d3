"""One connection to NATS for a command that does something and ends: it does not wait for a server that stays away."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final

import nats
from nats.aio.client import Client

from ekkyo.process.settings import ProcessSettings

CONNECTING: Final = 10.0
"""For how many seconds NATS is tried to be reached: one that is being started may be waited for."""


async def connect_once(settings: ProcessSettings, on_error: Callable[[Exception], Awaitable[None]]) -> Client:
    """A connection as these settings say. Raises nats.errors.Error, OSError (ConnectionError is one)."""
    try:
        async with asyncio.timeout(CONNECTING):
            return await nats.connect(
                settings.nats_servers,
                **settings.nats_login.options(),
                inbox_prefix=settings.inbox_prefix.encode(),
                allow_reconnect=False,
                connect_timeout=5,
                error_cb=on_error,
            )
    except TimeoutError:
        raise ConnectionError(f"no answer from {settings.nats_url} within {CONNECTING:g} s") from None
