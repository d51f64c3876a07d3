"""How the tests are shared out among the workers: what starts servers for several tests stays on one worker."""

from typing import Any

from xdist.scheduler import LoadScopeScheduling

TOGETHER = {
    "one local stack with a season": ("cli/test_commands", "cli/test_stack", "cli/test_leaving", "cli/test_steward"),
    "one stack that was backed up": ("cli/test_backup_stack",),
    "all services, fuzzed": ("abuse/test_fuzz", "abuse/test_malformed"),
    "all services, asked": ("abuse/test_who_may",),
    "the events service, flooded": ("abuse/test_flood",),
}
"""What is started once, and the files whose tests use it: they run on one worker, one after another."""
ALONE = ("journeys", "real", "cli", "abuse")
"""Folders whose other tests take seconds each and share nothing: any worker may run each of them."""


class SharedOut(LoadScopeScheduling):
    """Runs each test of a slow folder wherever a worker is free, and the tests of any other file on one worker.

    The order is that of the collection, in which the slow folders come first: see conftest.py.
    """

    def _split_scope(self, nodeid: str) -> str:
        return scope(nodeid)


def scope(nodeid: str) -> str:
    """The name of what runs together with this test."""
    file = nodeid.split("::")[0].removeprefix("tests/").removesuffix(".py")
    for started, files in TOGETHER.items():
        if file in files:
            return started
    return nodeid if file.split("/")[0] in ALONE else file


def make(config: Any, log: Any) -> SharedOut:
    """The scheduler, for `pytest_xdist_make_scheduler`. xdist's own groups have no effect with pytest 9.2."""
    config.option.loadscopereorder = False
    return SharedOut(config, log)
