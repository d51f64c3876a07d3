"""Supervises one stack: starts its parts, restarts those that die, clears files after erasures, stops all in order.

Run as `python -m ekkyo_cli.local.supervisor FOLDER [--with-parent]`, by `ekkyo up`. With --with-parent it stops when
its standard input ends, so that nothing outlives a terminal that was closed.
"""

import os
import signal
import sys
import threading
import time
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import datetime
from pathlib import Path
from types import FrameType

from ekkyo.installation.embedded import NotStarted

from ekkyo_cli.local import parts
from ekkyo_cli.local.erasing import Erasing
from ekkyo_cli.local.folder import MAIL_IN, OURS, PARTS, SERVERS, WEB, Folder, Part, State
from ekkyo_cli.local.process import STACK, Process, stop, strays

FIRST_PAUSE, LONGEST_PAUSE, STEADY_AFTER = 0.2, 10.0, 30.0
"""Seconds: before the first new start, at most, and after how long a part that ran counts as well again."""
READY_WITHIN = 60.0


class Supervisor:
    """One stack, from its start to its stop."""

    def __init__(self, folder: Folder) -> None:
        self.folder = folder
        self.stopping = threading.Event()
        self.began = time.monotonic()
        self.children: dict[str, parts.Child] = {}
        self.pauses: dict[str, float] = {}
        self.due: dict[str, float] = {}
        self.starting: dict[str, Future[parts.Child]] = {}
        self.pool = ThreadPoolExecutor(max_workers=len(PARTS))
        me = Process.of(os.getpid())
        assert me
        self.state = State(phase="starting", supervisor=me)

    def run(self) -> int:
        """Everything, until asked to stop. 1 when it could not be started."""
        before = self.folder.state()
        leftovers = [p.process for p in before.parts.values() if p.process] if before else []
        found = {one.pid: one for one in [*leftovers, *strays(self.folder.path)] if one.alive}
        if found:
            self.say(f"found processes of an earlier stack; stopping its {len(found)} processes")
            stop(found.values())
        self.folder.prepare()
        ports = self.folder.ports()
        parts_of_it = {n: Part(name=n, port=ports[n]) for n in PARTS}
        self.state = self.state.model_copy(update={"parts": parts_of_it, "web": ports[WEB], "mail_in": ports[MAIL_IN]})
        self.note()
        for name in (*PARTS, "supervisor"):
            parts.trim(self.folder.log(name))
        try:
            self.start_all(ports)
        except (NotStarted, OSError) as problem:
            self.say(f"could not start: {problem}")
            self.stop_all()
            self.note(phase="failed", problem=str(problem))
            return 1
        if not self.stopping.is_set():
            took = round(time.monotonic() - self.began, 1)
            self.note(phase="ready", ready_after=took)
            self.say(f"ready after {took} s")
        erasing = Erasing(self.folder, ports["nats"], self.say)
        try:
            erasing.start()
            self.look_after(ports)
        finally:
            self.note(phase="stopping")
            erasing.stop()
            self.stop_all()
        self.note(phase="stopped")
        self.say("stopped")
        return 0

    def start_all(self, ports: dict[str, int]) -> None:
        """The servers at once, then the services at once while their streams are made; returns when all are ready."""
        self.starting = {name: self.pool.submit(parts.start, self.folder, name, ports) for name in SERVERS}
        for name in SERVERS:
            self.took(name, self.starting[name].result())
            del self.starting[name]
        if self.stopping.is_set():
            return
        for name in OURS:  # they wait by themselves for what is being provisioned
            self.took(name, parts.start(self.folder, name, ports))
        parts.provision(self.folder, ports)
        waiting = set(PARTS)

        def all_ready() -> bool:
            for name in sorted(waiting):
                if parts.ready(name, ports[name])[0]:
                    waiting.discard(name)
                elif (code := self.children[name].gone()) is not None:
                    raise NotStarted(f"{name} ended with {code}:\n{tail(self.folder.log(name))}")
            return not waiting or self.stopping.is_set()

        if not parts.wait(all_ready, READY_WITHIN):
            why = "; ".join(f"{n}: {parts.ready(n, ports[n])[1]}" for n in sorted(waiting))
            raise NotStarted(f"not ready within {READY_WITHIN:.0f} s: {why}")

    def look_after(self, ports: dict[str, int]) -> None:
        """Restart parts that die, after a pause that grows with each death."""
        while not self.stopping.wait(0.1):
            now = time.monotonic()
            for name in PARTS:
                child, started = self.children.get(name), self.starting.get(name)
                if started:
                    self.finish_start(name, started, now)
                elif child is None:
                    if now >= self.due[name]:
                        self.starting[name] = self.pool.submit(parts.start, self.folder, name, ports)
                elif (code := child.gone()) is not None:
                    del self.children[name]
                    self.died(name, f"ended with {code}", now)

    def finish_start(self, name: str, started: "Future[parts.Child]", now: float) -> None:
        if not started.done():
            return
        del self.starting[name]
        try:
            self.took(name, started.result(), again=True)
        except (NotStarted, OSError) as problem:
            self.died(name, str(problem).splitlines()[0], now)

    def died(self, name: str, why: str, now: float) -> None:
        part = self.state.parts[name]
        if time.time() - part.since > STEADY_AFTER:
            self.pauses.pop(name, None)
        pause = self.pauses.get(name, FIRST_PAUSE)
        self.pauses[name] = min(pause * 2, LONGEST_PAUSE)
        self.due[name] = now + pause
        self.say(f"{name} {why}; restarting it in {pause:.1f} s")
        self.put(part.model_copy(update={"process": None, "reason": why}))

    def took(self, name: str, child: parts.Child, *, again: bool = False) -> None:
        """Note a part that was started, at once, so that it is found should this process be killed."""
        self.children[name] = child
        part = self.state.parts[name]
        self.put(
            part.model_copy(
                update={
                    "process": Process.of(child.pid),
                    "since": time.time(),
                    "restarts": part.restarts + again,
                    "reason": None,
                }
            )
        )

    def stop_all(self) -> None:
        """Services first, so that they finish what they do, then what they stand on."""
        for name, started in self.starting.items():
            if not started.exception():
                self.children[name] = started.result()
        for group in (OURS, ("mail", "chat"), ("nats", "mongo")):
            running = {n: self.children[n] for n in group if n in self.children}
            stop(filter(None, (Process.of(child.pid) for child in running.values())), within=15)
            for name, child in running.items():
                child.end()
                self.put(self.state.parts[name].model_copy(update={"process": None, "reason": "stopped"}))

    def put(self, part: Part) -> None:
        self.note(parts=self.state.parts | {part.name: part})

    def note(self, **changes: object) -> None:
        self.state = self.state.model_copy(update=changes)
        self.folder.note(self.state)

    def say(self, what: str) -> None:
        """A line for the supervisor's log, which is its standard output."""
        sys.stdout.write(f"{datetime.now().astimezone():%H:%M:%S} {what}\n")
        sys.stdout.flush()


def tail(log: Path, size: int = 2000) -> str:
    """The end of a log."""
    return log.read_text(errors="replace")[-size:] if log.exists() else ""


def main(folder: Folder, *, with_parent: bool) -> int:
    """Supervise a folder. Also returns 0 if another supervisor already does."""
    with folder.lock() as mine:
        if not mine:
            return 0
        os.environ[STACK] = str(folder.path)
        supervisor = Supervisor(folder)

        def asked_to_stop(_number: int, _frame: FrameType | None) -> None:
            supervisor.stopping.set()

        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, asked_to_stop)

        def wait_for_parent() -> None:
            sys.stdin.buffer.read()
            supervisor.stopping.set()

        if with_parent:
            threading.Thread(target=wait_for_parent, daemon=True).start()
        return supervisor.run()


if __name__ == "__main__":
    sys.exit(main(Folder.at(Path(sys.argv[1])), with_parent="--with-parent" in sys.argv[2:]))
