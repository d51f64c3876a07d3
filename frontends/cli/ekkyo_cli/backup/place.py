"""What is backed up and restored: an installation whose services are stopped, or a local stack that is down."""

import os
import signal
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import nats
from ekkyo.contracts.base import Refused
from ekkyo.installation.embedded import LOOPBACK
from ekkyo.installation.login import Login
from ekkyo.installation.permissions import OPS, SERVICES
from ekkyo.process.running import instances
from nats.aio.client import Client

from ekkyo_cli.connection import local_stack
from ekkyo_cli.local import control, parts
from ekkyo_cli.local.folder import DEFAULT, Folder
from ekkyo_cli.local.process import STACK

SILENCE: Final = 2.0
"""Seconds in which a service that runs answers."""
DATABASES: Final = {service: f"ekkyo_{service}" for service in SERVICES}


@dataclass(frozen=True)
class Servers:
    """NATS as the user `ops`, and the database server; None where it is backed up by other means."""

    nats_url: str
    login: Login
    inbox_prefix: str
    mongo_url: str | None = field(repr=False)
    databases: Mapping[str, str]
    """What each service's database is called."""
    replicas: int | None = None
    """Copies of each stream that is restored; None: as many as there were."""

    @asynccontextmanager
    async def connected(self) -> AsyncIterator[Client]:
        """Refuses while a service runs: its changes would be in only one part of the backup."""
        denied: list[Exception] = []

        async def heard(error: Exception) -> None:
            if "permissions violation" in str(error).lower():
                denied.append(error)

        nc = await nats.connect(
            self.nats_url.split(","),
            **self.login.options(),
            inbox_prefix=self.inbox_prefix.encode(),
            allow_reconnect=False,
            connect_timeout=3,
            error_cb=heard,
        )
        async with nc:
            there = await running(nc)
            if denied:
                text = f"The NATS user {self.login.user or '(none)'} may not do this: use the NATS user ops."
                raise Refused("not_allowed", text, 403)
            if there:
                text = f"{there} is still running. Stop every service, wait until all have exited, and try again."
                raise Refused("services_run", text, 409)
            yield nc


async def running(nc: Client) -> str:
    """The services that answer, with commas between."""
    answered = {one.service for one in await instances(nc, within=SILENCE)}
    return ", ".join(service for service in SERVICES if service in answered)


@contextmanager
def servers(dir: Path | None, *, databases: bool, names: Mapping[str, str], make: bool) -> Iterator[Servers]:
    """The environment's NATS and MongoDB unless a folder is named or nothing is set; then a local stack's.

    Of a local stack, which must be down, the two servers alone run for as long as this takes. make: where there is no
    stack yet, one is made.
    """
    url = os.environ.get("EKKYO_NATS_URL", "")
    if dir is None and url and not local_stack(None):
        login = Login.from_environment(os.environ)
        yield Servers(
            nats_url=url,
            login=login,
            inbox_prefix=os.environ.get("EKKYO_INBOX_PREFIX") or f"_INBOX.{login.user or OPS}",
            mongo_url=_mongo_url() if databases else None,
            databases=DATABASES | dict(names),
            replicas=_replicas(),
        )
        return
    folder = Folder.at(dir or DEFAULT)
    if not make:
        folder.passwords()  # refuses where there is no stack
    with folder.lock() as mine, _stopped_in_order():
        if not mine or control.left_running(folder, folder.state()):
            text = f"The stack in {folder.path} is running. Stop it first: ekkyo down --dir {folder.path}"
            raise Refused("services_run", text, 409)
        folder.prepare()
        ports = folder.ports()
        os.environ[STACK] = str(folder.path)  # should this process be killed, the next start finds the servers
        children: list[parts.Child] = []
        try:
            for name in ("nats", "mongo"):
                children.append(parts.start(folder, name, ports))
            yield Servers(
                nats_url=f"nats://{LOOPBACK}:{ports['nats']}",
                login=folder.login(OPS),
                inbox_prefix=f"_INBOX.{OPS}",
                mongo_url=f"mongodb://{LOOPBACK}:{ports['mongo']}/" if databases else None,
                databases=DATABASES,
                replicas=1,
            )
        finally:
            for child in children:
                child.ask_to_end()
            for child in children:
                parts.wait(lambda child=child: child.gone() is not None, 15)  # type: ignore[misc]
                child.end()


@contextmanager
def _stopped_in_order() -> Iterator[None]:
    """Told to stop, what was begun is cleaned up as it is after Ctrl-C."""

    def stop(_number: int, _frame: object) -> None:
        raise KeyboardInterrupt

    before = {number: signal.signal(number, stop) for number in (signal.SIGTERM, signal.SIGHUP)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _replicas() -> int | None:
    wanted = os.environ.get("EKKYO_NATS_REPLICAS")
    if wanted and wanted not in ("1", "3", "5"):
        raise Refused("replicas_malformed", "EKKYO_NATS_REPLICAS must be 1, 3 or 5.", 400)
    return int(wanted) if wanted else None


def _mongo_url() -> str:
    file, url = os.environ.get("EKKYO_MONGO_URL_FILE"), os.environ.get("EKKYO_MONGO_URL")
    if not file and not url:
        text = (
            "Set EKKYO_MONGO_URL (or EKKYO_MONGO_URL_FILE), or use --streams-only and back up the databases yourself."
        )
        raise Refused("mongo_url_missing", text, 400)
    return Path(file).read_text().strip() if file else str(url)
