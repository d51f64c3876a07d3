"""A local stack of the test's own, and an outside system that is connected to it."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio

from tests.journeys.outside import Outside, Stack, outside


@pytest.fixture
def stack(tmp_path: Path) -> Iterator[Stack]:
    made = Stack(tmp_path)
    started = made.ekkyo("up", "--detach", "--json", within=120)
    try:
        assert started.code == 0, started.out + started.err
        yield made
    finally:
        made.ekkyo("down", within=120)


@pytest_asyncio.fixture
async def it(stack: Stack) -> AsyncIterator[Outside]:
    async with outside(stack) as made:
        yield made
