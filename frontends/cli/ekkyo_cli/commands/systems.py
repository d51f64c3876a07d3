"""`ekkyo system`: the other systems that may connect to Ekkyo, each in its own NATS account."""

import asyncio
import os
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import nats
import typer
from ekkyo import wire
from ekkyo.contracts.base import Refused
from ekkyo.installation import mirrors, systems
from ekkyo.installation.permissions import OPS
from ekkyo.installation.systems import System
from nats.aio.client import Client
from pydantic import ValidationError

from ekkyo_cli import output
from ekkyo_cli.connection import place
from ekkyo_cli.local import control, parts
from ekkyo_cli.local.folder import DEFAULT, Folder, write
from ekkyo_cli.output import Json

app = typer.Typer(no_args_is_help=True, help="Other systems that talk to Ekkyo: add, list, remove, change passwords.")
Name = Annotated[str, typer.Argument(help="The system's name: a-z, 0-9 and -.", show_default=False)]
Dir = Annotated[Path, typer.Option("--dir", help="The local stack's folder.", show_default=True)]
Keys = Annotated[
    Path | None, typer.Option("--keys", help="A deployment's folder, as ekkyo secrets made it, in place of a stack.")
]
RELOAD = "Now reload NATS twice (nats-server --signal reload), then run provision of any one service."


class Known:
    """The systems of a local stack, or of a deployment's folder of keys."""

    def __init__(self, dir: Path, keys: Path | None) -> None:
        self.keys, self.folder = keys, Folder.at(dir)

    def read(self) -> tuple[System, ...]:
        if not self.keys:
            return self.folder.systems()
        try:
            return systems.read(self.keys / "nats/systems.json")
        except OSError:
            text = f"There are no keys in {self.keys}. Make them: ekkyo secrets --dir {self.keys}"
            raise Refused("keys_not_found", text, 404) from None

    def get(self, name: str) -> System:
        found = next((one for one in self.read() if one.name == name), None)
        if not found:
            raise Refused("system_not_found", f"There is no system {name} here.", 404)
        return found

    def change(self, name: str, to: System | None) -> None:
        """Put a system in place of the one of its name, or take it away; a local stack that runs knows at once."""
        kept = [one for one in self.read() if one.name != name] + ([to] if to else [])
        if self.keys:
            for file, text in systems.files(kept).items():
                write(self.keys / file, text, mode=0o400 if file.startswith("nats/") else 0o644)
        else:
            self.folder.keep_systems(kept)
            asyncio.run(self._apply(kept))

    async def _apply(self, kept: list[System]) -> None:
        state = self.folder.state()
        if not self.folder.running or not state or not state.parts["nats"].process:
            return  # the next `ekkyo up` does it
        process = state.parts["nats"].process
        write(self.folder.path / "nats" / "nats.conf", parts.nats_config(self.folder))
        await mirrors.connect_mirrors(lambda: os.kill(process.pid, signal.SIGHUP), self._ops(), kept)

    def _ops(self) -> Callable[[], "asyncio.Future[Client]"]:
        port = control.running_state(self.folder).parts["nats"].port

        def connect() -> "asyncio.Future[Client]":
            login = self.folder.login(OPS).options()
            prefix = f"_INBOX.{OPS}".encode()
            return asyncio.ensure_future(
                nats.connect(f"nats://127.0.0.1:{port}", **login, inbox_prefix=prefix, allow_reconnect=False)
            )

        return connect

    async def forget_mirror(self, system: System) -> None:
        """Take its copy of the facts off the server, while its account is still there to reach it."""
        if not self.keys:
            control.running_state(self.folder)  # refuses while the stack is down: the copy would stay on the disk
        where = place(None if self.keys else self.folder.path, ops=True)
        nc = await nats.connect(
            where.url.split(","), **where.login.options(), inbox_prefix=where.inbox_prefix.encode(), connect_timeout=3
        )
        async with nc:
            if not await mirrors.remove(nc, system.account) and not self.keys:
                raise Refused("copy_of_facts_left", f"NATS has no account for {system.name}: run ekkyo up first.", 409)


@app.command()
def add(
    name: Name,
    may: Annotated[
        list[str] | None,
        typer.Option(help="What it may send: '*', 'events.*' or 'events.list'; may be given several times."),
    ] = None,
    hears: Annotated[
        list[str] | None,
        typer.Option(
            help="Whose facts it receives: events, surveys, notify (by default, these three), and members, which "
            "are personal data; may be given several times."
        ),
    ] = None,
    connections: Annotated[
        int | None, typer.Option(min=1, help="How many connections it may have: 20, unless it is said.")
    ] = None,
    consumers: Annotated[
        int | None, typer.Option(min=1, help="How many consumers it may have: 50, unless it is said.")
    ] = None,
    payload: Annotated[
        int | None,
        typer.Option(min=1_000, help="How many bytes a message that it sends may have: 2000000, unless it is said."),
    ] = None,
    dir: Dir = DEFAULT,
    keys: Keys = None,
    json: Json = False,
) -> None:
    """Add another system, with its own NATS account, a user, and a mirror of the facts it may receive.

    Said again, it changes what the system may do; its password stays, and so does each limit that is not said again.

    Examples:

      ekkyo system add hr --may 'members.*' --hears members

      ekkyo system add seating --may events.list --may events.roster --keys deploy/keys
    """
    known = Known(dir, keys)
    before = next((one for one in known.read() if one.name == name), None)
    unheard = sorted(set(may or []) - {"*"} - _askable())
    if unheard:
        raise typer.BadParameter(f"there is no command or question {', '.join(unheard)}", param_hint="--may")
    limits = {"connections": connections, "consumers": consumers, "payload": payload}
    kept = before.model_dump(include={"logins", *limits}) if before else {}
    chosen = {field: limit for field, limit in limits.items() if limit is not None}
    heard = {"hears": tuple(hears)} if hears else {}
    try:
        system = System.model_validate({**kept, "name": name, "may": tuple(may or ()), **heard, **chosen})
    except ValidationError as wrong:
        first = wrong.errors(include_url=False)[0]
        raise typer.BadParameter(str(first["msg"]), param_hint=str(first["loc"][0])) from None
    known.change(name, system if before else system.with_login())
    _told(known, name, "changed" if before else "added")


@app.command("list")
def list_(dir: Dir = DEFAULT, keys: Keys = None, json: Json = False) -> None:
    """Show the systems, what each may send, and whose facts it receives."""
    found = Known(dir, keys).read()
    if output.speaks_json():
        return output.as_json([one.model_dump(mode="json", exclude={"logins"}) for one in found])
    rows = [(one.name, " ".join(one.may), " ".join(one.hears), " ".join(i.user for i in one.logins)) for one in found]
    return output.table(["system", "may ask", "hears", "users"], rows)


@app.command()
def remove(
    name: Name,
    offline: Annotated[
        bool, typer.Option("--offline", help="NATS has not run with this system, so there is no copy to delete.")
    ] = False,
    dir: Dir = DEFAULT,
    keys: Keys = None,
    json: Json = False,
) -> None:
    """Remove a system, and delete its copy of the facts on the server. Its connections are closed.

    With --keys, set EKKYO_NATS_URL and the login of ops: the copy can be deleted only while NATS has the account.
    """
    known = Known(dir, keys)
    system = known.get(name)
    if keys and not offline and not os.environ.get("EKKYO_NATS_URL"):
        text = (
            f"The copy of the facts that {name} reads would stay on NATS's disk, and erasures would wait for it. Set "
            "EKKYO_NATS_URL and the login of ops, so that it is deleted. If NATS never ran with it, use --offline."
        )
        raise Refused("copy_of_facts_left", text, 409)
    if not offline:
        asyncio.run(known.forget_mirror(system))
    known.change(name, None)
    if output.speaks_json():
        return output.as_json({"removed": name})
    return output.say(f"{name} was removed." + (f" {RELOAD}" if keys else ""))


@app.command()
def password(
    name: Name,
    only: Annotated[bool, typer.Option("--only", help="Stop accepting earlier passwords.")] = False,
    dir: Dir = DEFAULT,
    keys: Keys = None,
    json: Json = False,
) -> None:
    """Give a system a second user with a new password, so that it can switch while it is running.

    With --only the last one made stays, and those before are no longer let in.

    Examples:

      ekkyo system password hr            then give the system the new user and password

      ekkyo system password hr --only     when it uses them
    """
    known = Known(dir, keys)
    system = known.get(name)
    changed = system.model_copy(update={"logins": system.logins[-1:]}) if only else system.with_login()
    known.change(name, changed)
    _told(known, name, "changed")


def _told(known: Known, name: str, what: str) -> None:
    login = known.get(name).logins[-1]
    values = {"EKKYO_NATS_USER": login.user, "EKKYO_NATS_PASSWORD": login.password}
    if output.speaks_json():
        return output.as_json({"system": name, what: True, **values})
    for variable, value in values.items():
        typer.echo(f"export {variable}='{value}'")
    return typer.echo(f"# {name} is {what}. " + (RELOAD if known.keys else f"See ekkyo env --system {name}."))


def _askable() -> set[str]:
    """All that can be asked: each message, and all of a service."""
    asked = [subject.split(".") for subject in wire.asked_by_subject()]
    return {f"{owner}.{name}" for _, _, owner, name in asked} | {f"{owner}.*" for _, _, owner, _ in asked}
