"""Commands of the command line that talk to what a test puts in the place of the services."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest


def answered_by(
    monkeypatch: pytest.MonkeyPatch, one: Any, *commands: ModuleType, roles: tuple[str, ...] = ("steward",)
) -> None:
    """These commands' modules talk to `one`, and must do so with these roles."""

    @asynccontextmanager
    async def connected(dir: Path | None, roles: tuple[str, ...] = ()) -> AsyncIterator[Any]:
        assert roles == expected
        yield one

    expected = roles
    for command in commands:
        monkeypatch.setattr(command, "connected", connected)
