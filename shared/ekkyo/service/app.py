"""A service as its `app.py` declares it, and the console commands it gives."""

import argparse
import asyncio
import contextlib
import gc
import importlib.metadata
import os
import signal
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from typing import Any, Final

import structlog
from faststream import ContextRepo
from nats.errors import Error as NatsError

from ekkyo.broker import Router, consumer_configs
from ekkyo.contracts.base import Refused
from ekkyo.process import logs, tracing
from ekkyo.process.metrics import Figure
from ekkyo.process.settings import PREFIX, Settings, WrongSettings
from ekkyo.service import doctor
from ekkyo.service.once import connect_once
from ekkyo.service.provision import Found, provision_consumers, provision_streams
from ekkyo.service.rebuild import SAY_AGAIN, NoSuchProjection, rebuild
from ekkyo.service.running import Running
from ekkyo.store import Declaration, Store

Hook = Callable[[ContextRepo], Awaitable[None]]
WRONG_USAGE: Final = 2


class Service:
    """What a service is made of. Nothing is connected until it is started.

    startup: called with the context once NATS and the database answered, to set what handlers need besides the
    collections. shutdown: called when no handler runs any more, before the last facts are published.
    figures: histograms of the service's own, which handlers are given by name as `figures`.
    checks: what its doctor looks at besides what every service needs.
    """

    def __init__(
        self,
        name: str,
        *,
        routers: Sequence[Router],
        collections: Sequence[Declaration[Any]] = (),
        settings: type[Settings] = Settings,
        startup: Hook | None = None,
        shutdown: Hook | None = None,
        figures: Sequence[Figure] = (),
        checks: Sequence[doctor.Check] = (),
    ) -> None:
        self.name, self.routers, self.collections = name, tuple(routers), tuple(collections)
        self.settings, self.startup, self.shutdown = settings, startup, shutdown
        self.figures, self.checks = tuple(figures), tuple(checks)
        self.version, self.description = _about(f"ekkyo-{name}")

    def durables(self) -> dict[str, tuple[str, ...]]:
        """Its durable consumers by stream, as the table of permissions has them."""
        found: dict[str, tuple[str, ...]] = {"FACTS": (), "TIMERS": ()}
        for stream, config in consumer_configs(self.routers):
            if stream in found:
                found[stream] = tuple(sorted((*found[stream], str(config.durable_name))))
        return found

    @contextlib.asynccontextmanager
    async def started(self, settings: Settings) -> AsyncIterator[Running]:
        """One instance, started, which gets ready by itself as soon as NATS and the database answer; then stopped."""
        running = Running(self, settings)
        try:
            await running.start()
            yield running
        finally:
            await running.stop()

    async def serve(self, settings: Settings) -> int:
        """Run until SIGTERM or SIGINT, and give the exit code: 0, or 1 when it could not go on."""
        stop = asyncio.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(number, stop.set)
        _collect_seldom()
        async with self.started(settings) as running:
            stopping = asyncio.ensure_future(stop.wait())
            ends: list[asyncio.Future[Any]] = [stopping, running.failed]
            await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
            stopping.cancel()
            if running.failed.done():
                structlog.stdlib.get_logger("ekkyo.service").error("cannot go on", because=running.failed.result())
                return 1
        return 0

    async def provision(self, settings: Settings) -> list[Found]:
        """Make the streams, this service's durable consumers and its indexes. Said twice, nothing changes.

        Needs the rights of the NATS user `ops`. Raises PermissionError without them; nats.errors.Error, OSError,
        Unavailable when something cannot be reached.
        """
        refused: list[str] = []

        async def note(error: Exception) -> None:
            if "ermissions" in str(error):
                refused.append(str(error))

        async with await connect_once(settings, note) as nc:
            js = nc.jetstream(timeout=5)
            try:
                found = await provision_streams(js, replicas=settings.nats_replicas)
                found += await provision_consumers(js, consumer_configs(self.routers))
            except TimeoutError:
                if refused:  # NATS leaves what is not permitted unanswered
                    raise PermissionError(refused[-1]) from None
                raise
        async with self.store(settings) as store:
            await store.provision()
        indexed = [name for d in self.collections for name, indexes in d.indexes.items() if indexes]
        return found + [Found("indexes", f"{settings.mongo_database}/{name}", "in place") for name in indexed]

    @contextlib.asynccontextmanager
    async def store(self, settings: Settings) -> AsyncIterator[Store]:
        """Its collections, for a command that changes no document and announces nothing."""
        opened = await Store.open(
            settings.mongo_url.get_secret_value(),
            settings.mongo_database,
            outbox=_unused,
            owner=self.name,
            declarations=self.collections,
            driver=settings.mongo_driver,
            settling=False,
        )
        try:
            yield opened
        finally:
            await opened.close()

    def main(self, argv: Sequence[str] | None = None) -> None:
        """The console command `ekkyo-<name> serve|…`. Ends the process: 0, 1 on failure, 2 on wrong usage."""
        chosen = self._parser().parse_args(argv)
        if chosen.command == "doctor":
            sys.exit(self._doctor(chosen))
        try:
            settings = self.settings.load(self.name)
        except WrongSettings as wrong:
            sys.stderr.write("".join(f"{line}\n" for line in wrong.lines))
            sys.exit(WRONG_USAGE)
        logs.configure(service=self.name, level=settings.log_level, format=settings.log_format)
        if chosen.command == "provision":
            sys.exit(self._provision(settings))
        if chosen.command == "rebuild":
            sys.exit(self._rebuild(settings, chosen.projection))
        try:
            end = tracing.configure(service=self.name, version=self.version)
        except tracing.NotInstalled as wrong:
            sys.stderr.write(f"{wrong}\n")
            sys.exit(WRONG_USAGE)
        code = asyncio.run(self.serve(settings))
        end()
        sys.exit(code)

    def _provision(self, settings: Settings) -> int:
        try:
            found = asyncio.run(self.provision(settings))
        except (NatsError, OSError, TimeoutError) as e:
            # a NATS error names subjects and streams, never credentials
            sys.stderr.write(
                f"NATS: {e or type(e).__name__}\nIt needs the rights of the user ops: {PREFIX}NATS_USER.\n"
            )
            return 1
        except Refused as e:
            sys.stderr.write(f"The database: {e.detail}\n")
            return 1
        sys.stdout.write("".join(f"{line}\n" for line in found))
        return 0

    def _rebuild(self, settings: Settings, projection: str) -> int:
        def tell(line: str) -> None:
            sys.stdout.write(f"{line}\n")
            sys.stdout.flush()

        try:
            asyncio.run(rebuild(self, settings, projection, tell=tell))
        except NoSuchProjection as e:
            sys.stderr.write(f"{e}\n")
            return WRONG_USAGE
        except (NatsError, OSError, TimeoutError) as e:
            sys.stderr.write(f"NATS: {e or type(e).__name__}\n{SAY_AGAIN}\n")
            return 1
        except Refused as e:
            sys.stderr.write(f"{e.detail}\n{SAY_AGAIN}\n")
            return 1
        return 0

    def _doctor(self, chosen: argparse.Namespace) -> int:
        found = asyncio.run(doctor.examine(self, os.environ, monitor=chosen.monitor))
        sys.stdout.write(doctor.as_json({self.name: found}) if chosen.json else doctor.as_text(found))
        return int(doctor.is_wrong(found))

    def _parser(self) -> argparse.ArgumentParser:
        parser = argparse.ArgumentParser(
            prog=f"ekkyo-{self.name}",
            description=self.description,
            epilog=f"environment variables:\n{self.settings.explained()}",
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        parser.add_argument("--version", action="version", version=f"ekkyo-{self.name} {self.version}")
        commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
        commands.add_parser("serve", help="run the service until it is told to stop (SIGTERM or SIGINT)")
        commands.add_parser("provision", help="make its streams, durable consumers and indexes; safe to say again")
        anew = commands.add_parser("rebuild", help="mend a projection from the facts, while serving; safe to say again")
        anew.add_argument("projection", help="its name; for one that is none, those there are are told")
        look = commands.add_parser("doctor", help="look for what is wrong with its installation, and say what to do")
        look.add_argument("--json", action="store_true", help="print JSON for programs")
        look.add_argument("--monitor", metavar="URL", help="NATS's own monitoring, such as http://nats:8222")
        return parser


def _about(distribution: str) -> tuple[str, str]:
    """Version and summary of the service's package; of the shared one for a service that is not installed."""
    for name in (distribution, "ekkyo-shared"):
        with contextlib.suppress(importlib.metadata.PackageNotFoundError):
            about = importlib.metadata.metadata(name)
            return about["Version"], about["Summary"]
    return "0.0.0", distribution


async def _unused(_messages: Any) -> None:
    raise AssertionError("provisioning announces nothing")


def _collect_seldom() -> None:
    """Look for garbage seldom, and never among what was imported: in a rush the collector took a quarter of the time.

    What is done for a message leaves next to no cycles, while Python's defaults search all of a rush's tasks for them
    again and again.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)
