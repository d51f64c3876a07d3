"""`ekkyo up`, whose supervisor, provisioning and services are forked off the process that runs it.

A stack imports Python's modules seven times over, some six seconds of a processor, and tests start a dozen stacks. Here
what was imported once is what each part begins with. Only their start differs: each is a process of its own, with its
environment, its log, its signals and its exit code. `test_ctrl_c_stops_what_was_started_in_the_foreground` and the demo
start their parts the way people do.
"""

import asyncio
import json
import os
import signal
import subprocess
import sys
import traceback
from collections.abc import Callable, Sequence
from pathlib import Path
from tempfile import TemporaryFile
from types import SimpleNamespace
from typing import Any

import ekkyo_events.app
import ekkyo_members.app
import ekkyo_notify.app
import ekkyo_portal.app
import ekkyo_surveys.app
from ekkyo_cli.local import control, parts, supervisor
from ekkyo_cli.local.folder import Folder
from ekkyo_cli.local.provision import provision
from ekkyo_cli.main import main
from ekkyo_notify.templates import preload
from ekkyo_portal.api.door import document, explorer
from ekkyo_portal.look import the_look

MAINS: dict[str, Callable[[], object]] = {
    "ekkyo-events": ekkyo_events.app.main,
    "ekkyo-members": ekkyo_members.app.main,
    "ekkyo-notify": ekkyo_notify.app.main,
    "ekkyo-portal": ekkyo_portal.app.main,
    "ekkyo-surveys": ekkyo_surveys.app.main,
    "ekkyo_cli.local.provision": lambda: asyncio.run(provision(json.load(os.fdopen(0)))),
    "ekkyo_cli.local.supervisor": lambda: sys.exit(supervisor.main(Folder.at(Path(sys.argv[1])), with_parent=False)),
}
__all__ = ["main"]


class Begun:
    """What of `subprocess.Popen` a stack needs, for one that was forked."""

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self.returncode: int | None = None

    def poll(self) -> int | None:
        return self._ended(os.WNOHANG)

    def wait(self, timeout: float | None = None) -> int | None:
        return self._ended(0)

    def terminate(self) -> None:
        self._signal(signal.SIGTERM)

    def kill(self) -> None:
        self._signal(signal.SIGKILL)

    def _signal(self, what: signal.Signals) -> None:
        if self.poll() is None:
            os.kill(self.pid, what)

    def _ended(self, how: int) -> int | None:
        if self.returncode is None:
            pid, status = os.waitpid(self.pid, how)
            self.returncode = os.waitstatus_to_exitcode(status) if pid else None
        return self.returncode


def begin(command: Sequence[str], **how: Any) -> Any:
    """`subprocess.Popen`, forked where the command is one of `MAINS`."""
    words = list(command[2:] if command[1] == "-m" else command)
    name = Path(words[0]).name
    if name not in MAINS or how["stdin"] == subprocess.PIPE:
        return subprocess.Popen(command, **how)
    pid = os.fork()
    if pid:
        return Begun(pid)
    code = 1
    try:
        _become(words, **how)
        MAINS[name]()
        code = 0
    except SystemExit as ended:
        code = int(ended.code or 0)
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def _become(
    words: list[str],
    *,
    stdin: Any,
    stdout: Any,
    stderr: Any,
    env: dict[str, str] | None = None,
    start_new_session: bool = False,
    umask: int = -1,
) -> None:
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL if number != signal.SIGINT else signal.default_int_handler)
    if start_new_session:
        os.setsid()
    if umask >= 0:
        os.umask(umask)
    given = os.open(os.devnull, os.O_RDONLY) if stdin == subprocess.DEVNULL else stdin.fileno()
    for to, fd in enumerate((given, stdout.fileno(), stderr.fileno())):
        os.dup2(fd, to)
    os.closerange(3, os.sysconf("SC_OPEN_MAX"))  # the supervisor's lock among them, as `subprocess` does
    if env is not None:
        os.environ.clear()
        os.environ.update(env)
    sys.argv = words


def run(command: Sequence[str], *, input: bytes, env: dict[str, str], **_how: Any) -> Any:
    """`subprocess.run`, as it is called for provisioning."""
    with TemporaryFile() as given, TemporaryFile() as out:
        given.write(input)
        given.seek(0)
        code = begin(command, stdin=given, stdout=out, stderr=out, env=env).wait()
        out.seek(0)
        return subprocess.CompletedProcess(command, code, out.read())


document(), explorer(), the_look()  # which each portal would make anew, two seconds of a processor with its templates
preload()  # and each notify
for module in (control, parts):
    setattr(module, "subprocess", SimpleNamespace(**{**vars(subprocess), "Popen": begin, "run": run}))  # noqa: B010
