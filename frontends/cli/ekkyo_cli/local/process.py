"""Processes identified by number and start time, so that a reused number is not mistaken for the old process."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterable
from pathlib import Path

from pydantic import BaseModel, ConfigDict

STACK = "STACK_OF_EKKYO"
"""Set in the environment of everything the supervisor starts, to the stack's folder."""


class Process(BaseModel):
    """A process that was started once. `started` is its start time as the system tells it."""

    model_config = ConfigDict(frozen=True)
    pid: int
    started: str

    @classmethod
    def of(cls, pid: int) -> "Process | None":
        """The process with this number now, or None."""
        started = _started(pid)
        return cls(pid=pid, started=started) if started else None

    @property
    def alive(self) -> bool:
        """Whether it is still this very process; a zombie counts as dead."""
        return _started(self.pid) == self.started

    def signal(self, number: signal.Signals) -> None:
        """Send a signal, unless the process is gone."""
        if self.alive:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.kill(self.pid, number)


def stop(processes: Iterable[Process], *, within: float = 10) -> None:
    """Ask all to stop, wait `within` seconds together, then kill the rest."""
    processes = list(processes)
    for one in processes:
        one.signal(signal.SIGCONT)
        one.signal(signal.SIGTERM)
    if not wait_gone(processes, within):
        for one in processes:
            one.signal(signal.SIGKILL)
        wait_gone(processes, 5)


def wait_gone(processes: Iterable[Process], within: float) -> bool:
    """Whether all have ended within this many seconds."""
    deadline = time.monotonic() + within
    while any(one.alive for one in processes):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def strays(folder: Path) -> list[Process]:
    """What still runs of a stack whose supervisor is gone, found by its environment. Linux only, else nothing."""
    mark = f"{STACK}={folder}".encode()
    found = []
    for environ in Path("/proc").glob("[0-9]*/environ"):
        with contextlib.suppress(OSError):
            if mark in environ.read_bytes().split(b"\0") and (one := Process.of(int(environ.parent.name))):
                found.append(one)
    return [one for one in found if one.pid != os.getpid()]


def _started(pid: int) -> str | None:
    if sys.platform == "linux":
        try:
            after_name = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            return None
        return None if after_name[0] in "ZX" else after_name[19]
    told = subprocess.run(["ps", "-o", "stat=,lstart=", "-p", str(pid)], capture_output=True, text=True)  # noqa: S603, S607
    state, _, started = told.stdout.strip().partition(" ")
    return started.strip() if started and not state.startswith("Z") else None
