"""`ekkyo events verify-draw`, with the facts of a draw in memory."""

import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
from ekkyo.contracts.base import Fact
from ekkyo.contracts.events import DrawHeld
from ekkyo_cli.commands import draws
from ekkyo_cli.main import app
from typer.testing import CliRunner

from tests.cli.talking import answered_by
from tests.events.drawing import Held


class Stream:
    """A client that has read these facts."""

    def __init__(self, facts: list[Any]) -> None:
        self._facts = facts

    async def facts(
        self, *kinds: type[Fact], entity: str | None = None, since: int, follow: bool
    ) -> AsyncIterator[Fact]:
        assert (since, follow) == (1, False)
        for fact in self._facts:
            if isinstance(fact, kinds) and entity in (None, "e1"):
                yield fact


def verified(monkeypatch: pytest.MonkeyPatch, facts: list[Any], *options: str) -> Any:
    answered_by(monkeypatch, Stream(facts), draws, roles=())
    return CliRunner().invoke(app, ["events", "verify-draw", "e1", *options])


def test_a_draw_is_verified_from_the_facts_and_what_differs_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    it = Held(capacity=2)
    it.register(*"abcde")
    it.draw()
    right = verified(monkeypatch, it.facts)
    assert right.exit_code == 0
    assert "The draw was held as promised. 5 entrants, 2 places, 2 drawn." in right.output
    forged = [fact.model_copy(update={"seed": "0" * 64}) if isinstance(fact, DrawHeld) else fact for fact in it.facts]
    wrong = verified(monkeypatch, forged)
    assert wrong.exit_code == 1
    assert "✗ The seed is the one that was promised: it is 60e05bd1b195af2f" in wrong.output
    told = json.loads(verified(monkeypatch, forged, "--json").stdout)
    assert (told["right"], told["entrants"]) == (False, 5)
    assert [check["what"] for check in told["checks"] if check["differs"]] == [
        "The seed is the one that was promised",
        "The order is the one that follows from the seed and the list",
    ]


def test_before_the_draw_it_says_when_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    none = verified(monkeypatch, Held().facts)
    assert (none.exit_code, getattr(none.exception, "code", "")) == (1, "nothing_drawn")
    assert "The draw is at 2030-03-30 03:00 UTC." in str(none.exception)
    odd = CliRunner().invoke(app, ["events", "verify-draw", "e/1"])
    assert odd.exit_code == 2
