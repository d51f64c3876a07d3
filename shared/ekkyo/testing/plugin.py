"""Fixtures for pytest: real servers on free ports, and a database, names and users of each test's own."""

import contextlib
import uuid
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import pytest_asyncio

from ekkyo.installation.embedded import MongoServer, start_mongo
from ekkyo.testing.keys import Keys
from ekkyo.testing.nats import Nats

if TYPE_CHECKING:
    from ekkyo.service import Running, Service

Token = Callable[..., str]
Run = Callable[..., "AbstractAsyncContextManager[Running]"]
ClientAs = Callable[..., AbstractAsyncContextManager[Any]]


SERVERS = {"nats", "mongo_server", "stack"}
"""Fixtures that start servers; `stack` is what tests call a local stack of theirs."""


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "real: starts servers; set by itself where a fixture of this plugin does")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if SERVERS & set(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.real)


@pytest_asyncio.fixture
async def nats(tmp_path: Path) -> AsyncIterator[Nats]:
    """A nats-server of the test's own, with users, permissions and streams."""
    started = await Nats.start(tmp_path / "nats")
    try:
        yield started
    finally:
        started.server.kill()  # an orderly stop takes half a second, and nobody reads what it would leave


@pytest.fixture(scope="session")
def mongo_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MongoServer]:
    """One MongoDB-protocol server for all tests of this process."""
    server = start_mongo(tmp_path_factory.mktemp("mongo"))
    yield server
    server.stop()


@dataclass
class Mongo:
    """Databases of a test's own on the shared server. Do not kill that server: start one with `start_mongo`."""

    server: MongoServer
    dropping: Callable[[str], object]
    prefix: str = field(default_factory=lambda: f"t{uuid.uuid4().hex[:12]}")
    used: set[str] = field(default_factory=set)

    @property
    def url(self) -> str:
        return self.server.url

    def database(self, name: str = "test") -> str:
        """The name of a database that this test alone uses."""
        self.used.add(f"{self.prefix}_{name}")
        return f"{self.prefix}_{name}"

    def drop(self) -> None:
        for name in self.used:
            self.dropping(name)


@pytest.fixture(scope="session")
def dropping(mongo_server: MongoServer) -> Iterator[Callable[[str], object]]:
    """Drops a database, on one connection for all tests."""
    from ekkyo.store.driver import dropping

    with dropping(mongo_server.url) as drop:
        yield drop


@pytest.fixture
def mongo(mongo_server: MongoServer, dropping: Callable[[str], object]) -> Iterator[Mongo]:
    """Databases of the test's own, dropped at its end."""
    databases = Mongo(mongo_server, dropping)
    yield databases
    databases.drop()


@pytest.fixture(scope="session")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Keys:
    """The key that the tests' tokens are signed with."""
    return Keys.make(tmp_path_factory.mktemp("keys"))


@pytest.fixture
def token(keys: Keys) -> Token:
    """`token(sub, *roles, ttl=3600)`: a bearer token."""
    return keys.token


@pytest.fixture
def environment(nats: Nats, mongo: Mongo, keys: Keys) -> Callable[..., dict[str, str]]:
    """`environment(service, **settings)`: the EKKYO_* variables of a service on the test's servers."""

    def of(service: str, **settings: object) -> dict[str, str]:
        values: dict[str, object] = {
            "nats_url": nats.url,
            "nats_nkey_file": nats.seed(service),
            "mongo_url": mongo.url,
            "mongo_database": mongo.database(service),
            "jwks_file": keys.jwks_file,
            "http_port": 0,
            **settings,
        }
        return {f"EKKYO_{name.upper()}": str(value) for name, value in values.items()}

    return of


@pytest.fixture
def running(nats: Nats, environment: Callable[..., dict[str, str]]) -> Run:
    """`async with running(service, **settings) as it`: the service, provisioned, ready, and stopped at the end."""

    from ekkyo.service import started
    from ekkyo.service.provision import provision

    @contextlib.asynccontextmanager
    async def run(service: "Service", **settings: object) -> AsyncIterator["Running"]:
        chosen = service.settings.load(service.name, environment(service.name, **settings))
        await nats.allow(service.name, service.durables())
        await provision(service, as_ops(chosen, nats))
        async with started(service, chosen) as it:
            await it.until_ready(10)
            yield it

    return run


def as_ops(settings: Any, nats: Nats) -> Any:
    """The same settings with the NATS user that may provision."""
    ops = {"nats_user": "ops", "nats_nkey_file": nats.seed("ops"), "inbox_prefix": "_INBOX.ops"}
    return settings.model_copy(update=ops)


@pytest_asyncio.fixture
async def client_as(nats: Nats, keys: Keys) -> AsyncIterator[ClientAs]:
    """`async with client_as(sub, *roles) as ekkyo`, or `ekkyo = await client_as(sub, *roles)` until the test's end."""
    from ekkyo.client import Ekkyo

    async with contextlib.AsyncExitStack() as until_the_end:

        class Connecting:
            def __init__(self, sub: str, *roles: str, user: str = "outside") -> None:
                self._opened = Ekkyo.connect(
                    nats.url,
                    login=nats.login(user),
                    token=keys.token(sub, *roles),
                    environment={},
                )

            def __await__(self) -> Any:
                return until_the_end.enter_async_context(self._opened).__await__()

            async def __aenter__(self) -> Ekkyo:
                return await self._opened.__aenter__()

            async def __aexit__(self, *failed: Any) -> None:
                await self._opened.__aexit__(*failed)

        yield Connecting
