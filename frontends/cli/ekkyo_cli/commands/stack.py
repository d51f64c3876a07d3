"""The local stack's commands: up, down, status, restart, logs, env, token."""

import re
import signal
import sys
import threading
import time
from json import loads
from pathlib import Path
from typing import Annotated

import typer
from ekkyo.contracts.base import Refused
from ekkyo.installation.embedded import LOOPBACK
from ekkyo.installation.systems import OUTSIDE
from ekkyo.wire.tokens import DAY, issue_token
from rich.markup import escape

from ekkyo_cli import output
from ekkyo_cli.local import control, opening
from ekkyo_cli.local.folder import DEFAULT, PARTS, Folder, State
from ekkyo_cli.local.parts import of_new_members, of_new_members_in_words
from ekkyo_cli.local.show import ends, follow, streams
from ekkyo_cli.output import Json

Dir = Annotated[Path, typer.Option("--dir", help="The stack's folder.", show_default=True)]
STYLE = {"ready": "green", "not ready": "yellow", "stopped": "red"}


def up(
    dir: Dir = DEFAULT,
    detach: Annotated[
        bool, typer.Option("--detach", "-d", help="Run in the background, and return once the stack is ready.")
    ] = False,
    json: Json = False,
) -> None:
    """Start NATS, the database, the mail and chat catchers, the four services and the portal.

    Everything listens on this machine only, on free ports that stay the same, and keeps its data in the folder:
    started again on the same folder, the stack has the same data. Without --detach it shows the logs, and Ctrl-C
    stops it. EKKYO_LOCALE and EKKYO_TIMEZONE, if set, are the language and the time zone of new members; else these are
    those of the first community that each of them joins.

    Examples:

      ekkyo up                    watch it run; Ctrl-C stops it

      ekkyo up --detach           leave it running; ekkyo down stops it

      ekkyo open                  open the portal, signed in

      eval "$(ekkyo env)"         then connect to it from another program
    """
    folder = Folder.at(dir)
    if folder.running:
        state = folder.state()
        phase = state.phase if state else "starting"
        if output.speaks_json():
            return output.as_json({"already_running": True, "phase": phase, "dir": str(folder.path)})
        return output.say(f"A stack is already running in [bold]{folder.path}[/] ({phase}). See it: ekkyo status")
    before = ends(folder)
    supervisor = control.launch(folder, attached=not detach)
    gone = threading.Event()
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: gone.set())
    try:
        state = control.wait_ready(folder, supervisor)
        _told(folder, state)
        if detach:
            return None
        output.say("[dim]Ctrl-C stops everything.[/]")
        follow(folder, PARTS, after=before, while_true=lambda: supervisor.poll() is None and not gone.is_set())
    except KeyboardInterrupt:
        pass
    output.say("Stopping.")
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if supervisor.stdin:
        supervisor.stdin.close()
    else:
        supervisor.terminate()
    ended = supervisor.wait(control.STOP_WITHIN)
    if control.sweep(folder, folder.state()) or ended:
        raise Refused("stack_not_stopped", f"Its supervisor ended with {ended}. See {folder.log('supervisor')}.", 503)
    return None


def _told(folder: Folder, state: State) -> None:
    took, parts = state.ready_after or 0, state.parts
    if output.speaks_json():
        return output.as_json(
            {
                "ready": True,
                "seconds": took,
                "dir": str(folder.path),
                "portal": opening.portal(state),
                "ports": {name: part.port for name, part in parts.items()},
                "new_members": of_new_members(),
            }
        )
    return output.say(
        f"[green]Ready[/] after {took:.1f} s in [bold]{folder.path}[/]: NATS on {LOOPBACK}:{parts['nats'].port}, "
        f"mail on {parts['mail'].port}, chat on {parts['chat'].port}.\n"
        f"The portal is at [bold]{opening.portal(state)}[/]; ekkyo open opens it signed in.\n"
        f"[dim]{escape(of_new_members_in_words())}[/]"
    )


def down(dir: Dir = DEFAULT, json: Json = False) -> None:
    """Stop the stack: first the services, then NATS and the database. Their data stays in the folder."""
    folder = Folder.at(dir)
    stopped = control.bring_down(folder)
    if output.speaks_json():
        return output.as_json({"stopped": stopped, "dir": str(folder.path)})
    return output.say(f"Stopped {folder.path}." if stopped else f"Nothing is running in {folder.path}.")


def status(dir: Dir = DEFAULT, json: Json = False) -> None:
    """Show each part of the stack: its state, process, port and age, and how many messages the streams hold.

    Exit code 0 when everything is ready, 1 when something is not, 3 when no stack runs.
    """
    folder = Folder.at(dir)
    seen, address = control.look(folder), opening.portal(control.running_state(folder))
    holds = streams(folder)
    if output.speaks_json():
        parts = [vars(one) for one in seen]
        output.as_json({"dir": str(folder.path), "portal": address, "parts": parts, "streams": holds})
    else:
        rows = [
            (one.name, one.state, one.pid, one.port, _age(one.uptime), one.restarts or "", one.reason) for one in seen
        ]
        output.table(["part", "state", "pid#", "port#", "up#", "restarts#", ""], rows)
        output.say("")
        output.table(["stream", "messages#"], list(holds.items()))
        output.say(f"\nThe portal is at {address}.")
    if any(one.state != "ready" for one in seen):
        raise typer.Exit(output.NO)


def restart(
    part: Annotated[str, typer.Argument(help=f"One of {', '.join(PARTS)}.")], dir: Dir = DEFAULT, json: Json = False
) -> None:
    """Stop one part of the stack and start it again."""
    if part not in PARTS:
        raise typer.BadParameter(f"there is no part {part}. There are: {', '.join(PARTS)}")
    seen = control.restart(Folder.at(dir), part)
    output.as_json(vars(seen)) if output.speaks_json() else output.say(f"{part} is running again, pid {seen.pid}.")


def logs(
    part: Annotated[str | None, typer.Argument(help="One part, or supervisor; by default, all services.")] = None,
    dir: Dir = DEFAULT,
    going_on: Annotated[bool, typer.Option("--follow", "-f", help="Keep printing new lines.")] = False,
    lines: Annotated[int, typer.Option("--lines", "-n", help="How many lines from the end.", min=0)] = 20,
    json: Json = False,
) -> None:
    """Show the logs of the stack's parts."""
    folder = Folder.at(dir)
    names = [part] if part else [*PARTS, "supervisor"]
    if part and not folder.log(part).exists():
        raise typer.BadParameter(f"{part} has no log in {folder.logs}")
    follow(folder, names, last=lines, while_true=lambda: going_on)


def env(
    system: Annotated[str, typer.Option(help="Which system: see ekkyo system list.")] = OUTSIDE,
    dir: Dir = DEFAULT,
    json: Json = False,
) -> None:
    """Print the variables that another system needs to connect to this stack, in a NATS account of its own.

    `outside`, which every stack has, may send every command and question, and receives every fact.

    Examples:

      eval "$(ekkyo env)"

      eval "$(ekkyo env --system hr)"

      export EKKYO_TOKEN=$(ekkyo token --sub my-system --role system)
    """
    folder = Folder.at(dir)
    state = control.running_state(folder)
    found = next((one for one in folder.systems() if one.name == system), None)
    if not found:
        raise Refused("system_not_found", f"There is no system {system} here. Add it: ekkyo system add {system}", 404)
    login = found.logins[-1]
    values = {
        "EKKYO_NATS_URL": f"nats://{LOOPBACK}:{state.parts['nats'].port}",
        "EKKYO_NATS_USER": login.user,
        "EKKYO_NATS_PASSWORD": login.password,
        "EKKYO_INBOX_PREFIX": "_INBOX",
    }
    if output.speaks_json():
        return output.as_json(values)
    for name, value in values.items():
        sys.stdout.write(f"export {name}='{value}'\n")
    return None


def token(
    sub: Annotated[str, typer.Option("--sub", help="The token's subject: a member's id, or a system's name.")],
    role: Annotated[
        list[str] | None,
        typer.Option("--role", help="steward, system, or leader:COMMUNITY_ID; may be given several times."),
    ] = None,
    ttl: Annotated[str, typer.Option(help="How long it is valid: 90s, 15m, 1h; at most 1d.")] = "1h",
    key: Annotated[Path | None, typer.Option(help="A signing key (JWK) to use instead of the stack's own.")] = None,
    dir: Dir = DEFAULT,
    json: Json = False,
) -> None:
    """Print a bearer token that this stack accepts. Without --role, it only identifies the member --sub.

    Examples:

      ekkyo token --sub 0192f0c1-7a00-7000-8000-0000000000a1

      ekkyo token --sub hr-system --role system --ttl 1d
    """
    for one in role or []:
        if not re.fullmatch(r"member|leader:[A-Za-z0-9_-]{1,64}|steward|system", one):
            raise typer.BadParameter(f"there is no role {one}", param_hint="--role")
    seconds = _seconds(ttl, at_most=366 * DAY if key else DAY)
    try:
        if key:
            made = issue_token(loads(key.read_text()), sub, role or [], seconds)
        else:
            made = Folder.at(dir).token(sub, role or [], seconds)
    except ValueError as wrong:
        raise typer.BadParameter(str(wrong)) from None
    if output.speaks_json():
        return output.as_json(
            {"token": made, "sub": sub, "roles": role or [], "expires_at": int(time.time() + seconds)}
        )
    sys.stdout.write(made + "\n")
    return None


def _seconds(text: str, at_most: int) -> float:
    found = re.fullmatch(r"(\d+)([smhd]?)", text)
    seconds = int(found[1]) * {"": 1, "s": 1, "m": 60, "h": 3600, "d": DAY}[found[2]] if found else 0
    if not 0 < seconds <= at_most:
        most = f"give a duration such as 90s, 15m or 1h, at most {at_most // DAY}d"
        raise typer.BadParameter(most, param_hint="--ttl")
    return seconds


def _age(seconds: float | None) -> str:
    if seconds is None:
        return ""
    whole = int(seconds)
    if whole < 60:
        return f"{whole} s"
    return f"{whole // 60} min" if whole < 3600 else f"{whole // 3600} h {whole % 3600 // 60:02} min"
