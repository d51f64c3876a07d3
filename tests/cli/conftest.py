"""One local stack for all tests of the command line: starting it is what takes long. Installations to back up."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from ekkyo.installation.embedded import LOOPBACK
from ekkyo.testing import Nats
from ekkyo.testing.plugin import Mongo
from ekkyo_cli.backup.manifest import Files
from ekkyo_cli.backup.place import Servers
from pymongo import MongoClient

from tests.cli.backing_up import servers
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


@pytest.fixture
def here(nats: Nats, mongo: Mongo) -> Servers:
    """An installation with a row in every database."""
    place = servers(nats, mongo)
    with MongoClient[dict[str, Any]](place.mongo_url) as client:
        for service, name in place.databases.items():
            client[name][service].insert_one({"_id": "one", "of": service})
    return place


@pytest_asyncio.fixture
async def other(tmp_path: Path) -> AsyncIterator[Nats]:
    """A second nats-server, with empty streams."""
    started = await Nats.start(tmp_path / "other")
    yield started
    started.stop()


@pytest.fixture
def there(other: Nats, mongo: Mongo) -> Servers:
    """Another installation, as it is after `provision`."""
    return servers(other, mongo, "other-")


@pytest.fixture
def files(tmp_path: Path) -> Files:
    return Files(tmp_path / "backups" / "monday")
