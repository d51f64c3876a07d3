"""How far the abuse goes: EKKYO_FUZZ examples of each command and question; `make fuzz` takes a thousand."""

import os
from collections.abc import Iterator

import pytest
from ekkyo.installation.embedded import MongoServer
from ekkyo.testing.keys import Keys
from hypothesis import HealthCheck, settings

from tests.abuse.playing import play
from tests.abuse.world import World, a_world

EXAMPLES = int(os.environ.get("EKKYO_FUZZ", "15"))
settings.register_profile(
    "abuse", max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck), print_blob=True
)
"""A request may wait for the machine, so an example has no deadline."""


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory, mongo_server: MongoServer, keys: Keys) -> Iterator[World]:
    """All four services, in which each command was done once."""
    with a_world(tmp_path_factory.mktemp("abuse"), mongo_server, keys) as it:
        play(it)
        yield it
