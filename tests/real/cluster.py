"""Three nats-servers that keep each other's streams, from the one binary."""

import asyncio
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import nats
from ekkyo.installation.embedded import LOOPBACK, NatsServer, free_port, start_nats
from ekkyo.installation.mirrors import provision_mirrors
from ekkyo.installation.permissions import OPS, USERS, server_config
from ekkyo.installation.systems import OUTSIDE, System
from ekkyo.service.provision import provision_streams
from ekkyo.testing import eventually
from nats.aio.client import Client
from nats.errors import Error
from nats.js.errors import APIError

COPIES = 3


async def _silent(_error: Exception) -> None:
    """That servers go away is what this is for."""


@dataclass
class Cluster:
    """The servers by name, and everybody's passwords."""

    servers: dict[str, NatsServer]
    passwords: dict[str, str]

    @property
    def url(self) -> str:
        return ",".join(server.url for server in self.servers.values())

    async def connect(self) -> Client:
        """A connection of those who run it. The caller closes it."""
        named = {"user": OPS, "password": self.passwords[OPS], "inbox_prefix": f"_INBOX.{OPS}".encode()}
        return await nats.connect(self.url.split(","), error_cb=_silent, max_reconnect_attempts=-1, **named)

    async def leader(self, stream: str, *, other_than: str = "") -> str:
        """The name of the server that leads a stream, once there is one."""
        nc = await self.connect()
        found = ""

        async def led() -> bool:
            nonlocal found
            try:
                info = await nc.jetstream(timeout=2).stream_info(stream)
            except (Error, APIError, OSError) as no:
                raise AssertionError(f"{stream} does not answer: {no!r}") from None
            found = (info.cluster and info.cluster.leader) or ""
            return found not in ("", other_than)

        try:
            await eventually(led, 60, every=0.2)
        finally:
            await nc.close()
        return found

    async def level(self) -> None:
        """Wait until every copy of FACTS is as far as its leader."""
        nc = await self.connect()

        async def current() -> bool:
            try:
                info = await nc.jetstream(timeout=2).stream_info("FACTS")
            except (Error, APIError, OSError) as no:
                raise AssertionError(f"FACTS does not answer: {no!r}") from None
            copies = (info.cluster and info.cluster.replicas) or []
            return len(copies) == COPIES - 1 and all(copy.current and not copy.offline for copy in copies)

        try:
            await eventually(current, 60, every=0.2)
        finally:
            await nc.close()


@asynccontextmanager
async def clustered(folder: Path) -> AsyncIterator[Cluster]:
    """A cluster of three with the streams in as many copies."""
    passwords = {user: "p" + secrets.token_hex(8) for user in (*USERS, OUTSIDE)}
    outside = System.of_the_stack(passwords[OUTSIDE])
    between = {f"nats-{n}": free_port() for n in range(COPIES)}
    routes = ", ".join(f'"nats-route://{LOOPBACK}:{port}"' for port in between.values())
    servers: dict[str, NatsServer] = {}
    try:
        for name, port in between.items():
            own = {user: passwords[user] for user in USERS}
            config = server_config(own, store_dir=folder / name / "jetstream", name=name, systems=[outside])
            config += f'cluster {{ name: ekkyo, listen: "{LOOPBACK}:{port}", routes: [{routes}] }}\n'
            servers[name] = await asyncio.to_thread(start_nats, folder / name, config=config, name=name)
        cluster = Cluster(servers, passwords)
        nc = await cluster.connect()

        async def made() -> bool:  # until the three have found each other there is nobody to make a stream
            try:
                await provision_streams(nc.jetstream(timeout=5), replicas=COPIES)
                await provision_mirrors(nc, [outside], replicas=COPIES)
            except (Error, APIError, OSError) as no:
                raise AssertionError(f"no streams yet: {no!r}") from None
            return True

        await eventually(made, 60, every=0.2)
        await nc.close()
        yield cluster
    finally:
        for server in servers.values():
            server.kill()
