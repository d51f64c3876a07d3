"""What `ekkyo --help` says, of every command there is."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer.main
from ekkyo_cli.local.folder import MAIL_IN, PARTS, WEB, Folder
from ekkyo_cli.local.parts import environ_of, of_new_members_in_words
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
PROMISED = "up, down, status, env, token, call, members import, events attendance, events import, facts tail"
PROMISED += ", dead list, dead show, dead replay, dead drop, mail list, mail show, mail reply"
PROMISED += ", report, members deactivate, members reactivate"
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


def test_a_local_stack_takes_the_language_and_time_zone_of_new_members_from_its_caller_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ports = dict.fromkeys((*PARTS, WEB, MAIL_IN), 1)
    monkeypatch.setenv("EKKYO_LOCALE", "ja")
    monkeypatch.setenv("EKKYO_TIMEZONE", "Asia/Tokyo")
    monkeypatch.setenv("EKKYO_NATS_USER", "somebody")
    environ = environ_of(Folder.at(tmp_path), "members", ports)
    assert (environ["EKKYO_LOCALE"], environ["EKKYO_TIMEZONE"]) == ("ja", "Asia/Tokyo")
    assert environ["EKKYO_NATS_USER"] == "members"
    assert "EKKYO_LOCALE" not in environ_of(Folder.at(tmp_path), "events", ports)


@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        (
            {},
            "New members get the language and the time zone of the first community they join;"
            " set EKKYO_LOCALE and EKKYO_TIMEZONE for others.",
        ),
        (
            {"EKKYO_LOCALE": "ja"},
            "New members have the language ja unless their import says otherwise."
            " New members get the time zone of the first community they join; set EKKYO_TIMEZONE for others.",
        ),
        (
            {"EKKYO_LOCALE": "ja", "EKKYO_TIMEZONE": "Asia/Tokyo"},
            "New members have the language ja and the time zone Asia/Tokyo unless their import says otherwise.",
        ),
    ],
)
def test_who_starts_a_stack_is_told_the_language_and_time_zone_of_new_members(
    monkeypatch: pytest.MonkeyPatch, environ: dict[str, str], expected: str
) -> None:
    for name in ("EKKYO_LOCALE", "EKKYO_TIMEZONE"):
        monkeypatch.setenv(name, environ.get(name, ""))
    assert of_new_members_in_words() == expected
