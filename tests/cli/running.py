"""Runs `ekkyo` as people do: a process of its own, with its exit code and what it printed."""

import json
import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from ekkyo.client import Ekkyo
from ekkyo.installation.embedded import LOOPBACK, script
from ekkyo_cli.local.control import Seen, look
from ekkyo_cli.local.folder import Folder
from ekkyo_cli.main import app
from typer.testing import CliRunner

from tests.forking import fork_server

IMPORTED_LATE = ("ekkyo_cli.backup.taking", "ekkyo_cli.backup.restoring", "ekkyo.broker.dead", "ekkyo.service.doctor")
"""What the command line imports for a few of its commands alone."""


@dataclass(frozen=True)
class Ran:
    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)

    @property
    def lines(self) -> list[Any]:
        return [json.loads(line) for line in self.out.splitlines()]


def ekkyo(
    *args: str, cwd: Path, env: dict[str, str] | None = None, input: str | None = None, within: float = 60
) -> Ran:
    """Run one command; nothing of the tests' own EKKYO_* reaches it."""
    plain = {name: value for name, value in os.environ.items() if not name.startswith("EKKYO_")}
    with TemporaryDirectory() as folder:
        given, out, err = (Path(folder) / name for name in ("input", "out", "err"))
        for file in (given, out, err):
            file.write_text(input or "" if file == given else "")
        up = args[:1] == ("up",) and "--detach" in args and sys.platform == "linux"
        forked = fork_server("tests.cli.forked_up") if up else fork_server("ekkyo_cli.main", *IMPORTED_LATE)
        process = forked.start(
            script("ekkyo"),
            *args,
            environment=plain | {"COLUMNS": "200", "NO_COLOR": "1"} | (env or {}),
            folder=cwd,
            input=given,
            out=out,
            err=err,
        )
        try:
            code = process.wait(within)
        finally:
            process.kill()
        return Ran(code, out.read_text(), err.read_text())


def said(*words: str, code: int = 0) -> Any:
    """What a command says with --json, without a process of its own."""
    done = CliRunner().invoke(app, [*words, "--json"])
    assert done.exit_code == code, done.output
    return json.loads(done.stdout) if code == 0 else done.output


class Stack:
    """A local stack of the tests' own, in `.ekkyo` under a folder that the commands run in."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.folder = Folder.at(home / ".ekkyo")

    def ekkyo(self, *args: str, **more: Any) -> Ran:
        return ekkyo(*args, cwd=self.home, **more)

    def up(self) -> Ran:
        """Start it, or start it again with all it has."""
        up = self.ekkyo("up", "--detach", "--json", within=120)
        assert up.code == 0, up.out + up.err
        return up

    @contextmanager
    def up_again(self) -> Iterator[None]:
        """Whatever is done to it inside, it runs afterwards: the other tests of this process use it too."""
        try:
            yield
        finally:
            if not self.folder.running:
                self.up()

    def parts(self) -> dict[str, Seen]:
        return {part.name: part for part in look(self.folder)}

    def port(self, part: str) -> int:
        state = self.folder.state()
        assert state
        return state.parts[part].port

    def token(self, sub: str, *roles: str) -> str:
        """What `ekkyo token` prints, without starting Python for each of many."""
        return self.folder.token(sub, list(roles), 3600)

    def as_(self, sub: str, *roles: str, user: str = "outside") -> Ekkyo:
        """A client, for `async with`."""
        assert self.folder.running, "a client would wait for it for ever"
        return Ekkyo.connect(
            f"nats://{LOOPBACK}:{self.port('nats')}",
            login=self.folder.login(user),
            token=self.token(sub, *roles),
            environment={},
        )


def wait_until(check: Callable[[], bool], within: float = 40) -> None:
    deadline = time.monotonic() + within
    while not check():
        assert time.monotonic() < deadline, "it did not come to pass"
        time.sleep(0.2)
