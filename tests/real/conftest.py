"""The installation that these tests run on."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio
from ekkyo.testing import Keys, Nats

from tests.real.installation import Installation, staged


@pytest_asyncio.fixture
async def installation(nats: Nats, keys: Keys, tmp_path: Path) -> AsyncIterator[Installation]:
    """Servers of the test's own; nothing runs on them yet."""
    async with staged(nats, keys, tmp_path) as it:
        yield it
