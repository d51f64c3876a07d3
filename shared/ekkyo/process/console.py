"""The console command of a process: `serve`, `doctor`, and what else it can do."""

import argparse
import asyncio
import contextlib
import gc
import importlib.metadata
import os
import sys
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Generic, NoReturn, TypeVar

from ekkyo.process import doctor, logs, tracing
from ekkyo.process.doctor import Finding
from ekkyo.process.settings import ProcessSettings, WrongSettings

WRONG_USAGE: Final = 2
S = TypeVar("S", bound=ProcessSettings)


def _no_arguments(_parser: argparse.ArgumentParser) -> None:
    """Most commands take none."""


@dataclass(frozen=True)
class Command(Generic[S]):
    """One more console command. run: is given the settings and the arguments, and gives the exit code."""

    name: str
    help: str
    run: Callable[[S, argparse.Namespace], int]
    arguments: Callable[[argparse.ArgumentParser], None] = _no_arguments


@dataclass(frozen=True)
class Program(Generic[S]):
    """The console command `ekkyo-<name> serve|doctor|…`.

    serve: runs until it is asked to stop, and returns the exit code. examine: checks an environment for problems,
    given the URL of NATS's own monitoring, where it may be asked.
    """

    name: str
    settings: type[S]
    serve: Callable[[S], Awaitable[int]]
    examine: Callable[[Mapping[str, str], str | None], Awaitable[list[Finding]]]
    commands: Sequence[Command[S]] = ()

    def run(self, argv: Sequence[str] | None = None) -> NoReturn:
        """Ends the process: 0, 1 on failure, 2 on wrong usage."""
        version, description = about(f"ekkyo-{self.name}")
        chosen = self._parser(version, description).parse_args(argv)
        if chosen.command == "doctor":
            sys.exit(self._doctor(chosen))
        try:
            settings = self.settings.load(self.name)
        except WrongSettings as wrong:
            sys.stderr.write("".join(f"{line}\n" for line in wrong.lines))
            sys.exit(WRONG_USAGE)
        logs.configure(service=self.name, level=settings.log_level, format=settings.log_format)
        for command in self.commands:
            if command.name == chosen.command:
                sys.exit(command.run(settings, chosen))
        sys.exit(self._serve(settings, version))

    def _serve(self, settings: S, version: str) -> int:
        try:
            end = tracing.configure(service=self.name, version=version)
        except tracing.NotInstalled as wrong:
            sys.stderr.write(f"{wrong}\n")
            return WRONG_USAGE

        async def serve() -> int:
            return await self.serve(settings)

        _collect_seldom()
        code = asyncio.run(serve())
        end()
        return code

    def _doctor(self, chosen: argparse.Namespace) -> int:
        async def examine() -> list[Finding]:
            return await self.examine(os.environ, chosen.monitor)

        found = asyncio.run(examine())
        sys.stdout.write(doctor.as_json({self.name: found}) if chosen.json else doctor.as_text(found))
        return int(doctor.is_wrong(found))

    def _parser(self, version: str, description: str) -> argparse.ArgumentParser:
        parser = argparse.ArgumentParser(
            prog=f"ekkyo-{self.name}",
            description=description,
            epilog=f"environment variables:\n{self.settings.explained()}",
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        parser.add_argument("--version", action="version", version=f"ekkyo-{self.name} {version}")
        commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
        commands.add_parser("serve", help="run until SIGTERM or SIGINT")
        for command in self.commands:
            command.arguments(commands.add_parser(command.name, help=command.help))
        look = commands.add_parser("doctor", help="check its installation for problems, and say how to correct them")
        look.add_argument("--json", action="store_true", help="print JSON for programs")
        look.add_argument("--monitor", metavar="URL", help="NATS's own monitoring, such as http://nats:8222")
        return parser


def about(distribution: str) -> tuple[str, str]:
    """Version and summary of a process's package; of the shared one for what is not installed."""
    for name in (distribution, "ekkyo-shared"):
        with contextlib.suppress(importlib.metadata.PackageNotFoundError):
            found = importlib.metadata.metadata(name)
            return found["Version"], found["Summary"]
    return "0.0.0", distribution


def _collect_seldom() -> None:
    """Run the garbage collector rarely, and never over imported modules: in a rush it took a quarter of the time.

    What is done for a message or a page leaves next to no cycles, while Python's defaults search all of a rush's tasks
    for them again and again. Some 250 requests at once hold 25,000 objects that it counts, which is not yet a reason.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(40_000, 10, 20)
