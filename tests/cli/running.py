"""Runs `ekkyo` as people do: a process of its own, with its exit code and what it printed."""

import json
import os
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ekkyo.embedded import script


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
    done = subprocess.run(
        [script("ekkyo"), *args],
        cwd=cwd,
        env=plain | {"COLUMNS": "200", "NO_COLOR": "1"} | (env or {}),
        input=input,
        capture_output=True,
        text=True,
        timeout=within,
    )
    return Ran(done.returncode, done.stdout, done.stderr)
