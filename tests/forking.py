"""Commands as processes of their own that need not import everything anew: forked off one that has imported it.

A service, and the command line, takes a second of a processor to import itself, and in tests each is started by the
hundred. What comes of the fork is what the command is after its imports: it reads its arguments, its environment and
its standard input, and nothing was opened before. What each of them would first make of nothing but its source is made
as well, see `WARM`. It ends as Python does, all but the last: what is left in memory is not taken apart piece by piece,
which copies all that was imported and takes three times as long as a short command itself.
"""

import atexit
import json
import os
import signal
import subprocess
import sys
import threading
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from queue import SimpleQueue

PROGRAM = """
import atexit, gc, importlib, json, os, signal, sys, threading, traceback
children = set()

def ended(*_):
    while children:
        pid, status = os.waitpid(-1, os.WNOHANG)
        if not pid:
            break
        children.discard(pid)
        os.write(1, b"%d %d\\n" % (pid, os.waitstatus_to_exitcode(status)))

signal.signal(signal.SIGCHLD, ended)
while line := sys.stdin.readline():
    asked = json.loads(line)
    if "load" in asked:
        for name in asked["load"]:
            importlib.import_module(name)
        exec(asked["warm"])
        gc.collect()
        gc.freeze()  # what was imported is garbage at no time: not to be looked through by each that ends
        continue
    signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGCHLD])
    pid = os.fork()
    if not pid:
        break
    children.add(pid)
    os.write(1, b"%d\\n" % pid)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGCHLD])
else:
    for pid in list(children):
        os.kill(pid, signal.SIGKILL)
    sys.exit()
signal.signal(signal.SIGCHLD, signal.SIG_DFL)
signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGCHLD])
for to, name in enumerate((asked["input"], asked["out"], asked["err"])):
    fd = os.open(name, os.O_WRONLY | os.O_APPEND | os.O_CREAT if to else os.O_RDONLY, 0o600)
    os.dup2(fd, to)
    os.close(fd)
sys.stdin = open(0, closefd=False)  # the other had read ahead
os.chdir(asked["folder"])
os.environ.clear()
os.environ.update(asked["environment"])
sys.argv = asked["words"]
code = 0
try:
    importlib.import_module(asked["module"]).main()
except SystemExit as ended:
    code = ended.code or 0
    if not isinstance(code, int):
        print(code, file=sys.stderr)
        code = 1
except Exception:
    traceback.print_exc()
    code = 1
threading._shutdown()
atexit._run_exitfuncs()
sys.stdout.flush()
sys.stderr.flush()
os._exit(code & 255)
"""

WARM = {"ekkyo_notify.app": "from ekkyo_notify.templates import preload; preload()"}
"""What is run before anything is forked off these modules: notify compiles its templates when it starts, which takes
half a second of a processor."""


@dataclass
class Forked:
    """What of `subprocess.Popen` is needed here."""

    pid: int
    returncode: int | None = None
    _ended: threading.Event = field(default_factory=threading.Event)

    def end(self, code: int) -> None:
        self.returncode = code
        self._ended.set()

    def poll(self) -> int | None:
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        if not self._ended.wait(timeout):
            raise subprocess.TimeoutExpired(f"process {self.pid}", timeout or 0)
        assert self.returncode is not None
        return self.returncode

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)

    def terminate(self) -> None:
        self.send_signal(signal.SIGTERM)

    def send_signal(self, what: signal.Signals) -> None:
        if self.returncode is None:
            os.kill(self.pid, what)


class ForkServer:
    """A process that imports modules with a `main` and runs them in forks of itself.

    It ends, and all that came of it, when this process does.
    """

    def __init__(self) -> None:
        plain = {key: value for key, value in os.environ.items() if not key.startswith("EKKYO_")}
        plain |= {"COLUMNS": "200", "NO_COLOR": "1"}  # rich looks at these when it is imported
        self._parent = subprocess.Popen(
            [sys.executable, "-c", PROGRAM],
            env=plain,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self._born: SimpleQueue[Forked | None] = SimpleQueue()
        self._children: dict[int, Forked] = {}
        self._asking = threading.Lock()
        threading.Thread(target=self._hear, daemon=True).start()
        atexit.register(self.close)

    def load(self, module: str, *also: str) -> None:
        """Have a module imported, and what it imports late. Returns at once."""
        self._ask({"load": [module, *also], "warm": WARM.get(module, "")})

    def start(
        self,
        module: str,
        *words: str,
        environment: dict[str, str],
        out: Path,
        err: Path,
        input: Path = Path(os.devnull),
        folder: Path | None = None,
    ) -> Forked:
        files = {"out": str(out), "err": str(err), "input": str(input), "folder": str(folder or Path.cwd())}
        with self._asking:
            self._ask({"module": module, "words": words, "environment": environment, **files})
            born = self._born.get(timeout=60)
        assert born, "what commands are forked off has ended: see above for why"
        return born

    def _ask(self, asked: dict[str, object]) -> None:
        assert self._parent.stdin
        self._parent.stdin.write(json.dumps(asked) + "\n")
        self._parent.stdin.flush()

    def close(self) -> None:
        assert self._parent.stdin
        self._parent.stdin.close()
        self._parent.wait(10)

    def _hear(self) -> None:
        """`pid` when one has started, and `pid code` when it has ended."""
        assert self._parent.stdout
        for line in self._parent.stdout:
            pid, *code = map(int, line.split())
            if code:
                self._children.pop(pid).end(*code)
            else:
                self._children[pid] = Forked(pid)
                self._born.put(self._children[pid])
        self._born.put(None)


@dataclass(frozen=True)
class Command:
    """A module with a `main`, imported where it is forked off."""

    server: ForkServer
    module: str

    def start(self, *words: str, environment: dict[str, str], out: Path, err: Path, **more: Path | None) -> Forked:
        """Run a command line. Returns at once, but for the first time, when it is imported.

        more: `input`, a file that it reads as its standard input, and the `folder` that it runs in.
        """
        return self.server.start(self.module, *words, environment=environment, out=out, err=err, **more)  # type: ignore[arg-type]


@cache
def fork_server(module: str, *also: str) -> Command:
    """What runs a module, for all tests of this process. also: modules that some of its commands import when they run.

    They are forked off one process, so that what several of them import is imported once, and not for each of them in
    each worker. What puts functions of its own in the place of theirs has a process of its own.
    """
    server = _server(module if module in ALONE else "the others")
    server.load(module, *also)
    return Command(server, module)


ALONE = {"tests.cli.forked_up"}
"""Modules that change others when they are imported."""


@cache
def _server(_of: str) -> ForkServer:
    return ForkServer()
