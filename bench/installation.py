"""What a benchmark runs on: servers of its own, and a service as a process of its own."""

import asyncio
import os
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import httpx
from ekkyo.client import Ekkyo
from ekkyo.installation.embedded import LOOPBACK, free_port, script, start_mongo
from ekkyo.installation.permissions import PORTAL
from ekkyo.installation.systems import OUTSIDE
from ekkyo.testing.keys import Keys
from ekkyo.testing.nats import Nats

FLOORS = Path(__file__).parent / "floors"
NOWHERE = {"EKKYO_SMTP_URL": "smtp://127.0.0.1:9", "EKKYO_MAIL_FROM": "bench@example.com"}
"""For notify, where nothing is told that would be mailed."""


class Installation:
    """A nats-server, a database and keys, and the processes that run on them."""

    def __init__(self, nats: Nats, mongo_url: str, keys: Keys) -> None:
        self.nats, self.mongo_url, self.keys = nats, mongo_url, keys

    def environment(self, service: str, **more: str) -> dict[str, str]:
        plain = {name: value for name, value in os.environ.items() if not name.startswith("EKKYO_")}
        return plain | {
            "EKKYO_NATS_URL": self.nats.url,
            "EKKYO_NATS_PASSWORD": self.nats.passwords[service],
            "EKKYO_MONGO_URL": self.mongo_url,
            "EKKYO_JWKS_FILE": str(self.keys.jwks_file),
            "EKKYO_LOG_LEVEL": "error",
            **(NOWHERE if service == "notify" else {}),
            **more,
        }

    @asynccontextmanager
    async def service(
        self,
        name: str,
        *,
        command: list[str] | None = None,
        provisioned: bool = False,
        port: int | None = None,
        **settings: str,
    ) -> AsyncIterator["subprocess.Popen[bytes]"]:
        """A service, provisioned and ready. command: what to start in its place, with `serve` behind."""
        if not provisioned:
            await self.provision(name)
        port = port or free_port()
        environment = self.environment(name, EKKYO_HTTP_PORT=str(port), **settings)
        async with running([*(command or [script(f"ekkyo-{name}")]), "serve"], environment) as process:
            await until_ready(port)
            yield process

    async def provision(self, name: str) -> None:
        """Make a service's streams, durables and indexes."""
        ops = {"EKKYO_NATS_USER": "ops", "EKKYO_NATS_PASSWORD": self.nats.passwords["ops"]}
        command, environment = [script(f"ekkyo-{name}"), "provision"], self.environment(name, **ops)
        await asyncio.to_thread(subprocess.run, command, env=environment, check=True, stdout=subprocess.DEVNULL)

    @asynccontextmanager
    async def floor(self, name: str) -> AsyncIterator["subprocess.Popen[bytes]"]:
        """A floor from bench/floors/, as the user `events`. It prints a line when it is ready."""
        environment = self.environment("events", EKKYO_NATS_USER="events")
        async with running([sys.executable, str(FLOORS / f"{name}.py")], environment) as process:
            assert process.stdout
            assert await asyncio.to_thread(process.stdout.readline), f"{name} did not start"
            yield process

    def client(self, sub: str = "bench", *roles: str) -> Ekkyo:
        """A client as the other system, or as the portal where there is none; connect it with `async with`."""
        user = OUTSIDE if OUTSIDE in self.nats.systems else PORTAL
        password, token = self.nats.passwords[user], self.keys.token(sub, *(roles or ("system",)))
        return Ekkyo.connect(self.nats.url, user=user, password=password, token=token, environment={})


@asynccontextmanager
async def installation(*, outside: bool = True) -> AsyncIterator[Installation]:
    """Start the servers in a folder of their own, and remove all of it at the end.

    outside: with one other system, which has an account of its own with a mirror of FACTS, and asks from there.
    """
    with tempfile.TemporaryDirectory(prefix="ekkyo-bench-") as folder:
        nats, mongo = await Nats.start(Path(folder) / "nats", outside=outside), start_mongo(Path(folder) / "mongo")
        (Path(folder) / "keys").mkdir()
        try:
            yield Installation(nats, mongo.url, Keys.make(Path(folder) / "keys"))
        finally:
            nats.stop()
            mongo.stop()


@asynccontextmanager
async def running(command: list[str], environment: dict[str, str]) -> AsyncIterator["subprocess.Popen[bytes]"]:
    """A process that is stopped at the end."""
    process = subprocess.Popen(command, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE)
    try:
        yield process
    finally:
        process.terminate()
        with suppress(subprocess.TimeoutExpired):
            process.wait(20)
        process.kill()


async def until_ready(port: int) -> None:
    """Wait until a service says that it is ready."""
    async with httpx.AsyncClient() as http, asyncio.timeout(30):
        while True:
            with suppress(httpx.HTTPError):
                if (await http.get(f"http://{LOOPBACK}:{port}/readyz")).status_code == 200:
                    return
            await asyncio.sleep(0.02)
