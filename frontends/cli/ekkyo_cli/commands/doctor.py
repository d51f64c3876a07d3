"""`ekkyo doctor`: what is wrong with an installation, and what to do about it."""

import asyncio
import importlib
import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from ekkyo.contracts.base import Refused
from rich.markup import escape

from ekkyo_cli import output
from ekkyo_cli.local import control, parts
from ekkyo_cli.local.folder import DEFAULT, OURS, PORTAL, Folder
from ekkyo_cli.output import Json

if TYPE_CHECKING:
    from ekkyo.process.doctor import Finding

STYLE = {"well": "green", "wrong": "bold red", "unseen": "yellow"}


def doctor(
    service: Annotated[
        str | None,
        typer.Option(
            "--service",
            help="Check one service with the EKKYO_* variables of the environment, instead of a local stack.",
        ),
    ] = None,
    monitor: Annotated[
        str | None, typer.Option("--monitor", help="The address of NATS's monitoring, such as http://nats:8222.")
    ] = None,
    dir: Annotated[Path, typer.Option("--dir", help="The local stack's folder.", show_default=True)] = DEFAULT,
    json: Json = False,
) -> None:
    """Look for the usual mistakes of a new installation, and say how to correct each.

    Settings, NATS and the database (reached, version, clock, what may be done), streams, consumers, indexes, keys, the
    mail server, chats. It changes nothing and sends no message. Where a service is installed without this command line,
    `ekkyo-SERVICE doctor` does the same. Exit code 0 if there is no problem, 1 if there is one.

    Examples:

      ekkyo doctor                       the local stack

      ekkyo doctor --service events      events, as its variables in the environment have it
    """
    if service not in (None, *OURS):
        raise typer.BadParameter(f"there is no service {service}. There are: {', '.join(OURS)}")
    environs = {service: dict(os.environ)} if service else _local(Folder.at(dir))
    found = asyncio.run(_examine(environs, monitor))
    if output.speaks_json():
        output.as_json({name: [vars(finding) for finding in of_it] for name, of_it in found.items()})
    else:
        for name, of_it in found.items():
            _show(name, of_it)
    if any(finding.state == "wrong" for of_it in found.values() for finding in of_it):
        raise typer.Exit(output.NO)


def _local(folder: Folder) -> dict[str, dict[str, str]]:
    ports = control.running_state(folder).ports()
    return {name: parts.environ_of(folder, name, ports) for name in OURS}


async def _examine(environs: Mapping[str, Mapping[str, str]], monitor: str | None) -> "dict[str, list[Finding]]":
    from ekkyo.service.doctor import examine  # takes a second, which the other commands need not wait for

    found = {}
    for name, environ in environs.items():
        try:
            app = importlib.import_module(f"ekkyo_{name}.app")
        except ModuleNotFoundError:
            text = f"ekkyo-{name} is not installed here. Where it is installed, run: ekkyo-{name} doctor"
            raise Refused("service_not_installed", text, 404) from None
        if name == PORTAL:
            found[name] = await app.examine(environ, monitor)
        else:
            found[name] = await examine(app.service, environ, monitor=monitor)
    return found


def _show(name: str, findings: "list[Finding]") -> None:
    output.out.print(f"[bold]{name}[/]")
    for finding in findings:
        style = STYLE[finding.state]
        output.out.print(
            f"  [{style}]{finding.state:<7}[/] {finding.check:<18} {escape(finding.found)}", soft_wrap=True
        )
        if finding.remedy:
            output.out.print(f"{'':<29}→ {escape(finding.remedy)}", soft_wrap=True)
