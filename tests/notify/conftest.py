"""Servers that notify talks to."""

from collections.abc import AsyncIterator

import pytest_asyncio

from tests.notify.servers import ChatServer, MailServer


@pytest_asyncio.fixture
async def mail() -> AsyncIterator[MailServer]:
    """A mail server of the test's own."""
    server = await MailServer().start()
    yield server
    await server.stop()


@pytest_asyncio.fixture
async def chat() -> AsyncIterator[ChatServer]:
    """A webhook of the test's own."""
    server = await ChatServer().start()
    yield server
    await server.stop()


from tests.notify.world import stopped, world  # noqa: E402, F401  fixtures
