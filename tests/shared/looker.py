"""A process that handles no messages, as a front end is: it knows NATS and nothing of the broker and the database.

Run as `python looker.py serve|doctor`.
"""

import asyncio
import contextlib
import sys
from collections.abc import AsyncIterator, Awaitable, Iterator, Mapping, Sequence
from pathlib import Path

import structlog
from ekkyo.process.connecting import connect_once
from ekkyo.process.console import Program, about
from ekkyo.process.doctor import Finding, examine
from ekkyo.process.doctor.keys import key_findings
from ekkyo.process.doctor.nats import nats_findings
from ekkyo.process.lifecycle import Lifecycle, serve
from ekkyo.process.settings import ProcessSettings
from ekkyo.wire.tokens import DAY
from nats.aio.client import Client
from prometheus_client import CollectorRegistry
from pydantic import Field

log = structlog.stdlib.get_logger("looker")


class LookerSettings(ProcessSettings):
    keys_file: Path = Field(description="a readable JWKS file")


class Looker(Lifecycle):
    settings: LookerSettings
    nc: Client | None = None

    def __init__(self, settings: LookerSettings) -> None:
        version, _ = about("ekkyo-looker")
        checks = {"nats": self._connected}
        super().__init__("looker", version, settings, checks=checks, registry=CollectorRegistry())

    async def open(self) -> None:
        await self.until("NATS", self._connect)

    async def stop(self) -> None:
        await self.stop_in_order([("pages", self._leave_pages), ("hanging", self._hang), ("NATS", self._leave)])

    async def _connect(self) -> None:
        async def note(_error: Exception) -> None:
            """Whatever is wrong shows in what is asked."""

        self.nc = await connect_once(self.settings, note)

    async def _connected(self) -> str | None:
        return None if self.nc and self.nc.is_connected else "not connected"

    async def _leave_pages(self) -> None:
        log.info("pages left")
        raise ValueError("a step that fails stops none of the others")

    async def _hang(self) -> None:
        await asyncio.Event().wait()

    async def _leave(self) -> None:
        assert self.nc
        await self.nc.close()
        log.info("nats left")


@contextlib.asynccontextmanager
async def started(settings: LookerSettings) -> AsyncIterator[Looker]:
    running = Looker(settings)
    try:
        await running.start(running.open)
        yield running
    finally:
        await running.stop()


async def look(environ: Mapping[str, str], monitor: str | None) -> list[Finding]:
    def looks(settings: LookerSettings) -> Iterator[Awaitable[Sequence[Finding]]]:
        yield nats_findings(settings, monitor)
        yield asyncio.to_thread(key_findings, settings.keys_file, DAY, None)

    return await examine("looker", LookerSettings, environ, looks)


async def serve_it(settings: LookerSettings) -> int:
    foreign = [m for m in sys.modules if m.startswith(("ekkyo.broker", "ekkyo.service", "ekkyo.store", "faststream"))]
    log.info("loaded", foreign=foreign)
    return await serve(started(settings))


if __name__ == "__main__":
    Program("looker", LookerSettings, serve_it, look).run()
