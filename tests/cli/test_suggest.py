"""`ekkyo suggest`: what to hold next, in words and for programs."""

import json
from typing import Any

import pytest
from ekkyo_cli.commands import suggest
from ekkyo_cli.main import app
from typer.testing import CliRunner

from tests.cli.talking import answered_by
from tests.portal.test_suggestions_pages import NOTHING, SUGGESTED


def asked_of(replies: dict[type[Any], Any], monkeypatch: pytest.MonkeyPatch) -> None:
    class Asked:
        async def ask(self, message: Any, *, within: float = 5) -> Any:
            reply = replies[type(message)]
            return reply(message) if callable(reply) else reply

    answered_by(monkeypatch, Asked(), suggest)


def test_themes_are_told_with_what_speaks_for_them(monkeypatch: pytest.MonkeyPatch) -> None:
    asked_of(SUGGESTED, monkeypatch)
    told = CliRunner().invoke(app, ["suggest", "--community", "it"], env={"COLUMNS": "200"})
    assert told.exit_code == 0, told.output
    assert "15 of 22 chose it in surveys" in told.output
    assert "10 to 18 with a chance of 75%" in told.output
    assert "1 show it" in told.output
    found = json.loads(CliRunner().invoke(app, ["suggest", "--community", "it", "--json"]).output)
    assert [one["theme"] for one in found["suggestions"]] == ["エクセル", "RPA"]


def test_where_nobody_asked_for_anything_it_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    asked_of(NOTHING, monkeypatch)
    told = CliRunner().invoke(app, ["suggest", "--community", "it"], env={"COLUMNS": "200"})
    assert "Nobody asked for a theme yet" in told.output
    assert "nothing is known yet" in told.output
    assert "at least 5 are needed" in told.output
