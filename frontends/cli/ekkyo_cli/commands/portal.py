"""`ekkyo open`: the local stack's portal, signed in."""

import asyncio
import os
import re
import sys
import webbrowser
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Final

import typer
from ekkyo.contracts.members import Identity

from ekkyo_cli import output
from ekkyo_cli.connection import connected
from ekkyo_cli.local import control, opening
from ekkyo_cli.local.folder import DEFAULT, Folder
from ekkyo_cli.output import Json

LASTS: Final = timedelta(minutes=10)


def open_portal(
    who: Annotated[
        str | None,
        typer.Option("--as", metavar="WHO", help="A member's number, mail address or id; by default, a steward."),
    ] = None,
    path: Annotated[str, typer.Option("--path", help="The page to open, such as /me.")] = "/",
    show: Annotated[bool, typer.Option("--print", help="Print the address and do not open a browser.")] = False,
    dir: Annotated[Path, typer.Option("--dir", help="The stack's folder.", show_default=True)] = DEFAULT,
    json: Json = False,
) -> None:
    """Open the local stack's portal, signed in as a member or a steward.

    Prints an address that signs in, and opens it where there is a desktop. The address works for ten minutes, on this
    machine only. Without --as it is for a steward, or for a leader while there is no steward.

    Examples:

      ekkyo open

      ekkyo open --as 000123 --path /me
    """
    if not re.fullmatch(r"/(?![/\\])[^\\\s]*", path):
        raise typer.BadParameter("give a path of the portal, such as /me", param_hint="--path")
    folder = Folder.at(dir)
    state = control.running_state(folder)
    opening.portal(state)
    found = asyncio.run(_somebody(folder, who))
    address = opening.address(folder, state, found.member_id, path, LASTS)
    if output.speaks_json():
        return output.as_json({"address": address, "member_id": found.member_id, "name": found.name})
    output.say(f"The portal as [bold]{found.name}[/], for {LASTS.seconds // 60} minutes:")
    sys.stdout.write(address + "\n")
    if not show and _desktop():
        webbrowser.open(address)
    return None


async def _somebody(folder: Folder, who: str | None) -> Identity:
    async with connected(folder.path, roles=("system", "portal")) as ekkyo:
        return await opening.somebody(ekkyo, who)


def _desktop() -> bool:
    """Whether somebody sits here who would see a browser."""
    shown = sys.platform == "darwin" or os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    return bool(shown) and sys.stdout.isatty()
