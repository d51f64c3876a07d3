"""One local stack for all tests of the command line: starting it is what takes long."""

import asyncio
from collections.abc import Iterator

import pytest
from ekkyo.installation.embedded import LOOPBACK

from tests.cli.running import Stack
from tests.cli.small_season import play


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """Ready when the first test asks for it. One worker runs all tests that use it: see sharing_out.py."""
    made = Stack(tmp_path_factory.mktemp("home"))
    try:
        made.up()
        yield made
    finally:
        made.ekkyo("down", within=120)


@pytest.fixture(scope="session")
def season(stack: Stack) -> Stack:
    """The stack after a small season."""
    asyncio.run(play(stack.as_, f"http://{LOOPBACK}:{stack.port('chat')}/hooks/season"))
    return stack
