"""What `ekkyo --help` says, of every command there is."""

from collections.abc import Iterator
from typing import Any

import pytest
import typer.main
from ekkyo_cli.main import app
from typer.testing import CliRunner


def commands(group: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Every command with what is typed for it."""
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            yield from commands(command, (*path, name))
        else:
            yield (*path, name), command


EVERY = dict(commands(typer.main.get_command(app)))
PROMISED = "up, down, status, env, token, call, members import, events attendance, facts tail, dead list, dead show"
PROMISED += ", dead replay, dead drop, mail list, mail show, report, members deactivate, members reactivate"
PROMISED += ", members erase, members erasures, backup, restore"


def test_every_promised_command_is_there() -> None:
    assert {tuple(name.split()) for name in PROMISED.split(", ")} <= EVERY.keys()


@pytest.mark.parametrize("path", EVERY, ids=" ".join)
def test_every_command_says_what_it_does_and_speaks_json(path: tuple[str, ...]) -> None:
    options = {option for parameter in EVERY[path].params for option in parameter.opts}
    assert "--json" in options
    helped = CliRunner().invoke(app, [*path, "--help"], env={"COLUMNS": "200"})
    assert helped.exit_code == 0
    first = str(EVERY[path].help).splitlines()[0]
    assert first.endswith(".")
    assert first[:60] in helped.output
    assert all(parameter.help for parameter in EVERY[path].params if parameter.name != "help"), path
