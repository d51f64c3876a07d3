"""How the tests are shared out among the workers: what starts servers for several tests stays on one worker."""

from pathlib import Path
from typing import Any

import pytest
from xdist.scheduler import LoadScopeScheduling

TOGETHER = {
    "one local stack with a season": (
        *("cli/test_commands", "cli/test_leaving", "cli/test_steward"),
        *("cli/test_stack", "cli/test_stack_asked", "cli/test_stack_stopped"),
    ),
    "one stack that was backed up": ("cli/test_backup_stack",),
    "all services, fuzzed": ("abuse/test_fuzz", "abuse/test_malformed"),
    "all services, asked": ("abuse/test_who_may",),
    "the events service, flooded": ("abuse/test_flood",),
    "the catalogue of refusals, read from the source": ("contract/test_documents", "contract/test_refusals"),
}
"""What is started once, and the files whose tests use it: they run on one worker, one after another."""
BY_FILE = ("common", "contract", "deploy")
"""Folders whose tests take milliseconds each: a worker gets a file of them at a time. Any other test runs by itself."""
SERVERS = {"nats", "mongo_server", "stack"}
"""Fixtures of tests that start servers, and wait for them most of the time."""
LONG = ("journeys", "cli", "real")
"""Folders whose tests take long: they begin first, so that no worker is left with one at the end."""


class SharedOut(LoadScopeScheduling):
    """Runs what is named above together, and any other test wherever a worker is free, in the collection's order."""

    def _split_scope(self, nodeid: str) -> str:
        return scope(nodeid)


def scope(nodeid: str) -> str:
    """The name of what runs together with this test."""
    file = nodeid.split("::")[0].removeprefix("tests/").removesuffix(".py")
    for started, files in TOGETHER.items():
        if file in files:
            return started
    return file if file.split("/")[0] in BY_FILE else nodeid


def in_order(items: list[pytest.Item]) -> list[pytest.Item]:
    """Long tests first; then those that wait for servers, evenly among those that need a processor all the time."""
    long = [item for item in items if _folder(item) in LONG]
    rest = [item for item in items if _folder(item) not in LONG]
    wait = [item for item in rest if SERVERS & set(getattr(item, "fixturenames", ()))]
    busy = [item for item in rest if not SERVERS & set(getattr(item, "fixturenames", ()))]
    at = {item: n / len(some) for some in (wait, busy) for n, item in enumerate(some)}
    return long + sorted(rest, key=at.__getitem__)


def _folder(item: pytest.Item) -> str:
    return item.path.relative_to(Path(__file__).parent).parts[0]


def make(config: Any, log: Any) -> SharedOut:
    """The scheduler, for `pytest_xdist_make_scheduler`. xdist's own groups have no effect with pytest 9.2."""
    config.option.loadscopereorder = False
    return SharedOut(config, log)
