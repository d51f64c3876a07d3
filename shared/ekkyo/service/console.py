"""The console command of a service: `ekkyo-<name> serve|provision|rebuild|doctor`."""

import argparse
import asyncio
import sys
from collections.abc import Mapping, Sequence
from functools import partial
from typing import NoReturn

from nats.errors import Error as NatsError

from ekkyo.contracts.base import Refused
from ekkyo.process import lifecycle
from ekkyo.process.console import WRONG_USAGE, Command, Program
from ekkyo.process.doctor import Finding
from ekkyo.process.settings import PREFIX
from ekkyo.service.declaration import Service
from ekkyo.service.doctor import examine
from ekkyo.service.provision import provision
from ekkyo.service.rebuild import SAY_AGAIN, NoSuchProjection, rebuild
from ekkyo.service.running import started
from ekkyo.service.settings import Settings


def run(service: Service, argv: Sequence[str] | None = None) -> NoReturn:
    """Run its console command. Ends the process: 0, 1 on failure, 2 on wrong usage."""
    anew = Command(
        "rebuild",
        "correct a projection from the facts, while the service runs; safe to run again",
        partial(_rebuild, service),
        _projection,
    )
    made = Command(
        "provision",
        "create its streams, durable consumers and indexes; safe to run again",
        partial(_provision, service),
    )

    async def look(environ: Mapping[str, str], monitor: str | None) -> list[Finding]:
        return await examine(service, environ, monitor=monitor)

    Program(service.name, service.settings, partial(_serve, service), look, [made, anew]).run(argv)


async def _serve(service: Service, settings: Settings) -> int:
    return await lifecycle.serve(started(service, settings))


def _provision(service: Service, settings: Settings, _chosen: argparse.Namespace) -> int:
    try:
        found = asyncio.run(provision(service, settings))
    except (NatsError, OSError, TimeoutError) as e:
        # a NATS error names subjects and streams, never credentials
        sys.stderr.write(
            f"NATS: {e or type(e).__name__}\nThis needs the permissions of the NATS user ops: {PREFIX}NATS_USER.\n"
        )
        return 1
    except Refused as e:
        sys.stderr.write(f"The database: {e.detail}\n")
        return 1
    sys.stdout.write("".join(f"{line}\n" for line in found))
    return 0


def _projection(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("projection", help="the projection's name; an unknown name lists the valid ones")


def _rebuild(service: Service, settings: Settings, chosen: argparse.Namespace) -> int:
    def tell(line: str) -> None:
        sys.stdout.write(f"{line}\n")
        sys.stdout.flush()

    try:
        asyncio.run(rebuild(service, settings, chosen.projection, tell=tell))
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
