"""A nats-server of a test's own: provisioned, with the users and permissions that a real deployment has."""

import os
import secrets
import signal
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import nats
from nats.aio.client import Client
from nats.errors import Error
from nats.js.errors import NotFoundError

from ekkyo.installation.embedded import LOOPBACK, NatsServer, start_nats
from ekkyo.installation.login import Login, make_nkey
from ekkyo.installation.mirrors import connect_mirrors, provision_mirrors
from ekkyo.installation.permissions import DURABLES, OPS, USERS, Durables, server_config
from ekkyo.installation.systems import OUTSIDE, System
from ekkyo.service.provision import provision_streams


async def _silent(_error: Exception) -> None:
    """What a connection of a test goes through is the test's affair."""


@dataclass
class Nats:
    """A running nats-server, everybody's keys, and passwords for who would rather say one.

    Kill, freeze and restart it through `server`.
    """

    server: NatsServer
    folder: Path
    passwords: dict[str, str]
    nkeys: dict[str, list[str]]
    systems: dict[str, System]
    """The other systems, each with an account of its own; `outside`, if there, may ask all and hears all."""
    durables: dict[str, Durables] = field(default_factory=lambda: dict(DURABLES))

    @classmethod
    async def start(cls, folder: Path, *, outside: bool = True) -> "Nats":
        """Start one under `folder` and make the streams. outside: let that system in. Raises NotStarted."""
        passwords = {user: "p" + secrets.token_hex(8) for user in (*USERS, *((OUTSIDE,) if outside else ()))}
        nkeys = {user: [_keyed(folder, user)] for user in USERS}
        systems = {OUTSIDE: System.of_the_stack(passwords[OUTSIDE])} if outside else {}
        name = f"ekkyo-test-{secrets.token_hex(6)}"
        own = {user: passwords[user] for user in USERS}
        config = server_config(
            own, nkeys=nkeys, store_dir=folder / "jetstream", name=name, systems=tuple(systems.values())
        )
        started = cls(start_nats(folder, config=config, name=name), folder, passwords, nkeys, systems)
        try:
            async with await started.connect(OPS) as nc:
                await provision_streams(nc.jetstream())
                await provision_mirrors(nc, systems.values(), within=0)
        except BaseException:
            started.server.kill()
            raise
        return started

    @property
    def url(self) -> str:
        return self.server.url

    async def connect(self, user: str = OPS, **options: Any) -> Client:
        """A bare connection as one of the users. The caller closes it."""
        options = {"error_cb": _silent, "allow_reconnect": False, "inbox_prefix": f"_INBOX.{user}".encode()} | options
        return await nats.connect(self.url, **self.login(user).options(), **options)

    def login(self, user: str) -> Login:
        """Who one of the users is: by its key where it has one, else by its password."""
        return Login(user, self.passwords[user], self.seed(user) if user in USERS else None)

    def seed(self, user: str) -> Path:
        """The file with the seed of a user's nkey."""
        return _seed_file(self.folder, user)

    async def allow(self, service: str, durables: Mapping[str, tuple[str, ...]]) -> None:
        """Let a service read durables that the table of permissions does not have yet."""
        known = self.durables.get(service, {})
        new = [(stream, n) for stream, names in durables.items() for n in names if n not in known.get(stream, ())]
        if not new:
            return
        merged = {stream: tuple(sorted({*known.get(stream, ()), *durables.get(stream, ())})) for stream in durables}
        self.durables[service] = {**known, **merged}
        self._reload()
        await self._reloaded(service, *new[0])

    async def add(self, system: System) -> None:
        """Let another system in, as `ekkyo system add` does: its account, and its mirror of FACTS."""
        self.systems[system.name] = system
        self.passwords |= {login.user: login.password for login in system.logins}
        await connect_mirrors(self._reload, self.connect, tuple(self.systems.values()))

    def _reload(self) -> None:
        text = server_config(
            {user: self.passwords[user] for user in USERS},
            nkeys=self.nkeys,
            store_dir=self.folder / "jetstream",
            name=self.server.server_name,
            host=LOOPBACK,
            port=self.server.port,
            durables=self.durables,
            systems=tuple(self.systems.values()),
        )
        (self.folder / "nats.conf").write_text(text)
        os.kill(self.server.pid, signal.SIGHUP)

    async def _reloaded(self, service: str, stream: str, durable: str) -> None:
        """Wait until the server has read its configuration again: it answers what it left unanswered before.

        It may close the connections of a user whose permissions changed, so each try has one of its own.
        """
        for _ in range(50):
            with suppress(OSError, TimeoutError, Error):
                async with await self.connect(service) as nc:
                    with suppress(NotFoundError):
                        await nc.jetstream(timeout=0.2).consumer_info(stream, durable)
                    return
        raise TimeoutError("nats-server did not take its new configuration")

    def stop(self) -> None:
        self.server.stop()


def _seed_file(folder: Path, user: str) -> Path:
    return folder / f"{user}.nk"


def _keyed(folder: Path, user: str) -> str:
    """The public key of a user who has just been given one."""
    folder.mkdir(parents=True, exist_ok=True)
    seed, public = make_nkey()
    _seed_file(folder, user).write_bytes(seed)
    return public
