"""No reply in any test carries a code that docs/refusals.md does not list for its message."""

from functools import cache
from pathlib import Path
from typing import Any

from ekkyo.contracts.base import name_of
from ekkyo.docs import catalogue

SERVICES = Path(__file__).parents[1] / "services"
OF_THE_CLIENT = {"no_answer", "unreadable_answer", "error"}
"""What our client says of a reply that it did not get, or could not read."""


@cache
def _listed() -> tuple[set[str], dict[str, list[str]]]:
    return {r.code for r in catalogue.common()} | OF_THE_CLIENT, catalogue.codes(SERVICES)


def must_be_listed(message: type[Any], code: str) -> None:
    """Fail on a code that the message may not be refused with."""
    common, codes = _listed()
    name = name_of(message)
    assert code in common or code in codes[name], (
        f"{name} was refused with {code}, which docs/refusals.md does not list"
    )
