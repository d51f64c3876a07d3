"""The stage that these tests play on."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio
from ekkyo.testing import Keys, Nats

from tests.real.stage import Stage, staged


@pytest_asyncio.fixture
async def stage(nats: Nats, keys: Keys, tmp_path: Path) -> AsyncIterator[Stage]:
    """Servers of the test's own; nothing runs on them yet."""
    async with staged(nats, keys, tmp_path) as it:
        yield it
