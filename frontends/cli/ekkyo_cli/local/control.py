"""Starting, stopping and inspecting the stack of a folder, from outside its supervisor."""

import subprocess
import sys
import time
from dataclasses import dataclass

from ekkyo.contracts.base import Refused

from ekkyo_cli.local import parts
from ekkyo_cli.local.folder import PARTS, Folder, State
from ekkyo_cli.local.process import Process, stop, strays

STOP_WITHIN = 60.0


@dataclass(frozen=True)
class Seen:
    """One part as it is now."""

    name: str
    state: str
    """ready, not ready, or stopped."""
    pid: int | None
    port: int
    uptime: float | None
    """Seconds."""
    restarts: int
    reason: str


def launch(folder: Folder, *, attached: bool) -> "subprocess.Popen[bytes]":
    """Start a supervisor for a folder. attached: it stops when the caller's end of its standard input closes."""
    folder.make()
    command = [sys.executable, "-m", "ekkyo_cli.local.supervisor", str(folder.path)]
    folder.log("supervisor").touch(mode=0o600)
    with folder.log("supervisor").open("ab") as log:
        return subprocess.Popen(  # noqa: S603
            [*command, "--with-parent"] if attached else command,
            stdin=subprocess.PIPE if attached else subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
            umask=0o077,  # of all that the stack's parts write
        )


def wait_ready(folder: Folder, supervisor: "subprocess.Popen[bytes]", *, within: float = 90) -> State:
    """The state once everything is ready. Refuses with what went wrong otherwise."""
    deadline = time.monotonic() + within
    while time.monotonic() < deadline:
        state = folder.state()
        if state and state.supervisor.pid == supervisor.pid:
            if state.phase == "ready":
                return state
            if state.phase in ("failed", "stopped"):
                raise Refused("stack_not_started", state.problem or "It was stopped while it was starting.", 503)
        elif supervisor.poll() is not None and not folder.running:
            raise Refused("stack_not_started", f"See {folder.log('supervisor')}.", 503)
        time.sleep(0.03)
    raise Refused("stack_not_started", f"Not ready within {within:.0f} s. See {folder.logs}.", 503)


def bring_down(folder: Folder) -> bool:
    """Stop the stack, in order, then harder. False when nothing ran."""
    state = folder.state()
    if folder.running and state:
        stop([state.supervisor], within=STOP_WITHIN)
        parts.wait(lambda: not folder.running, 5)
        sweep(folder, folder.state())
        return True
    return sweep(folder, state)


def look(folder: Folder) -> list[Seen]:
    """Every part as it is now. Refuses when no stack runs there."""
    state = running_state(folder)
    return [_seen(folder, state, name) for name in PARTS]


def running_state(folder: Folder) -> State:
    """What runs in a folder. Refuses (503) when nothing does."""
    state = folder.state() if folder.running else None
    if state is None:
        raise Refused("stack_not_running", f"No stack is running in {folder.path}. Start it: ekkyo up --detach", 503)
    return state


def restart(folder: Folder, name: str, *, within: float = 30) -> Seen:
    """Stop one part; its supervisor starts it again. Returns once it is ready."""
    before = running_state(folder).parts[name]
    if before.process:
        stop([before.process])

    def again() -> bool:
        part = running_state(folder).parts[name]
        return part.process is not None and part.process != before.process and parts.ready(name, part.port)[0]

    if not parts.wait(again, within):
        raise Refused("part_not_ready", f"{name} is not ready yet. See: ekkyo logs {name}", 503)
    return _seen(folder, running_state(folder), name)


def sweep(folder: Folder, state: State | None) -> bool:
    """Stop what a supervisor that is gone left running."""
    left = left_running(folder, state)
    stop(left)
    return bool(left)


def left_running(folder: Folder, state: State | None) -> list[Process]:
    """What a supervisor that is gone left running."""
    noted = [part.process for part in state.parts.values() if part.process] if state else []
    left: dict[int, Process] = {one.pid: one for one in [*noted, *strays(folder.path)] if one.alive}
    return list(left.values())


def _seen(folder: Folder, state: State, name: str) -> Seen:
    part = state.parts.get(name)
    if part is None or part.process is None or not part.process.alive:
        reason = part.reason if part else None
        return Seen(name, "stopped", None, part.port if part else 0, None, part.restarts if part else 0, reason or "")
    well, why = parts.ready(name, part.port)
    uptime = round(time.time() - part.since, 1)
    return Seen(name, "ready" if well else "not ready", part.process.pid, part.port, uptime, part.restarts, why)
