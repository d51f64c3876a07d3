"""Services as processes of their own, beside a real collector and a real mail server."""

import os
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
import pytest_asyncio
from ekkyo.installation.embedded import free_port
from ekkyo.service import Service
from ekkyo.service.provision import provision as provision_service
from ekkyo.testing import Nats, eventually
from ekkyo.testing.plugin import as_ops

from tests.forking import Forked, fork_server
from tests.notify.servers import MailServer
from tests.seen.otlp import Receiver, receiver

Serve = Callable[..., "AbstractContextManager[Process]"]


class Process:
    """`ekkyo-<name> serve`."""

    def __init__(self, popen: Forked, port: int, log: Path) -> None:
        self.popen, self.log = popen, log
        self.url = f"http://127.0.0.1:{port}"

    async def ready(self) -> bool:
        try:
            async with httpx.AsyncClient() as http:
                return (await http.get(f"{self.url}/readyz", timeout=5)).status_code == 200
        except httpx.TransportError:
            return False

    async def until_ready(self) -> None:
        await eventually(self.ready, 30)

    def stop(self) -> None:
        self.popen.terminate()
        assert self.popen.wait(30) == 0


@pytest.fixture
def collector() -> Iterator[Receiver]:
    with receiver() as made:
        yield made


@pytest_asyncio.fixture
async def mail() -> AsyncIterator[MailServer]:
    server = await MailServer().start()
    yield server
    await server.stop()


@pytest.fixture
def serve(nats: Nats, environment: Any, collector: Receiver, tmp_path: Path) -> Serve:
    """`with serve(service, **settings) as process`: a provisioned service that sends its spans to the collector."""

    @contextmanager
    def run(service: Service, **settings: object) -> Iterator[Process]:
        port, log = free_port(), tmp_path / f"{service.name}.log"
        environ = environment(service.name, http_port=port, **settings)
        plain = {name: value for name, value in os.environ.items() if not name.startswith(("EKKYO_", "OTEL_"))}
        otel = {"OTEL_EXPORTER_OTLP_ENDPOINT": collector.url, "OTEL_BSP_SCHEDULE_DELAY": "100"}
        log.write_bytes(b"")
        popen = fork_server(f"ekkyo_{service.name}.app").start(
            f"ekkyo-{service.name}", "serve", environment={**plain, **environ, **otel}, out=log, err=log
        )
        try:
            yield Process(popen, port, log)
        finally:
            popen.kill()
            popen.wait()

    return run


@pytest.fixture
def provision(nats: Nats, environment: Any) -> Callable[..., Any]:
    """`await provision(service, **settings)`."""

    async def of(service: Service, **settings: object) -> None:
        chosen = service.settings.load(service.name, environment(service.name, **settings))
        await provision_service(service, as_ops(chosen, nats))

    return of
