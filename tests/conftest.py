"""What every test may use: see ekkyo.testing.plugin."""

import functools
import gc
import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import starlette.routing
import structlog

pytest_plugins = ["ekkyo.testing.plugin"]

for name in [n for n in os.environ if n.startswith("EKKYO_") and n != "EKKYO_FUZZ" and not n.startswith("EKKYO_TEST_")]:
    del os.environ[name]  # what a developer's shell says is nothing to the tests
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # services are started by the hundred: each would compile itself anew

IN_MEMORY = Path("/dev/shm")
"""Linux's file system in memory, for the files of the tests' servers: on a disk, saving each change at once takes NATS
more than half of its time."""
if IN_MEMORY.is_dir() and os.access(IN_MEMORY, os.W_OK) and shutil.disk_usage(IN_MEMORY).free > 8 << 30:
    os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(IN_MEMORY))

sys.modules["sniffio"] = None  # type: ignore[assignment]  # httpx would look for it on the disk at every request
httpx._transports.default.create_ssl_context = functools.cache(httpx.create_ssl_context)  # each client reads all CAs
starlette.routing.compile_path = functools.cache(starlette.routing.compile_path)  # a portal is made for most tests
structlog.configure(  # what is logged before a service says how; by default a traceback is drawn, with all variables
    processors=[
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback),
    ]
)
gc.set_threshold(50_000, 20, 20)  # tests are so many objects that looking for garbage takes a tenth of the time


def pytest_collection_finish() -> None:
    """What was imported and collected stays to the end: no test's garbage is looked for in it."""
    gc.collect()
    gc.freeze()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if hasattr(config, "workerinput"):  # of xdist
        from tests.sharing_out import in_order

        items[:] = in_order(items)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    from tests.sharing_out import make

    return make(config, log) if config.getvalue("dist") == "load" else None


@pytest.fixture(autouse=True, scope="session")
def every_refusal_is_listed() -> Iterator[None]:
    """Whatever a service refuses in a test, docs/refusals.md lists for that message."""
    from ekkyo.client import Ekkyo
    from ekkyo.contracts.base import Refused

    from tests.refusing import must_be_listed

    request = Ekkyo._request

    async def listening(ekkyo: Ekkyo, message: Any, within: float) -> Any:
        try:
            return await request(ekkyo, message, within)
        except Refused as refused:
            if "tests/shared/" not in os.environ.get("PYTEST_CURRENT_TEST", ""):  # whose services are made up
                must_be_listed(type(message), refused.code)
            raise

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Ekkyo, "_request", listening)
        yield
