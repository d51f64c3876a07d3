"""No reply in any test carries a code that docs/refusals.md does not list for its message."""

import re
from functools import cache
from pathlib import Path
from typing import Any

from ekkyo.contracts.base import name_of

PAGE = Path(__file__).parents[1] / "docs" / "refusals.md"
"""Made of the services' source, which `make docs-check` compares it with."""
OF_THE_CLIENT = {"no_answer", "unreadable_answer", "error"}
"""What our client says of a reply that it did not get, or could not read."""


@cache
def _listed() -> tuple[set[str], dict[str, set[str]]]:
    """The codes of every message, and by the name of each message those of its own."""
    _, of_every_message, *by_owner = PAGE.read_text("utf-8").split("\n## ")
    rows = (row for section in by_owner for row in _rows(section))
    own = {name: set(re.findall(r"`([^`]+)`", codes)) for name, codes in rows if "." in name}
    return {code for code, _ in _rows(of_every_message)} | OF_THE_CLIENT, own


def _rows(section: str) -> list[tuple[str, str]]:
    """The first two cells of each row whose first is code."""
    return re.findall(r"^\| `([^`]+)` \| ([^|]*) \|", section, flags=re.M)


def must_be_listed(message: type[Any], code: str) -> None:
    """Fail on a code that the message may not be refused with."""
    common, codes = _listed()
    name = name_of(message)
    assert code in common or code in codes[name], (
        f"{name} was refused with {code}, which docs/refusals.md does not list"
    )
