"""What is held on a member, as each service tells it. Pure."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from pydantic import BaseModel, JsonValue, TypeAdapter

from ekkyo.contracts.base import Caller, Refused
from ekkyo.contracts.held import Held, HeldQuestion, HeldSection, Row

MOST_ROWS: Final = 500
LARGEST: Final = 200_000
"""Bytes of one answer, about: it must fit into a message. The next answer goes on."""
_JSON: Final = TypeAdapter[JsonValue](JsonValue)


def row(document: BaseModel, *, without: Iterable[str] = (), **named: Any) -> Row:
    """All fields of a document that say something, but for these. named: what is told first, beside them."""
    fields: dict[str, Any] = named | document.model_dump(mode="json", exclude={"revision", *without})
    return {name: value for name, value in fields.items() if value not in (None, "", [], {})}


def held(ask: HeldQuestion, sections: Mapping[str, Iterable[Row]], who: Caller, *, own: Iterable[str] = ()) -> Held:
    """The answer, from where the one before it ended. own: sections that are told to the member alone."""
    withheld = set(own) if who.sub != ask.member_id else set[str]()
    rows = [(name, one) for name, some in sections.items() if name not in withheld for one in some]
    told: dict[str, list[Row]] = {}
    size, at = 0, ask.after
    while at < len(rows) and at < ask.after + MOST_ROWS and (at == ask.after or size < LARGEST):
        name, one = rows[at]
        told.setdefault(name, []).append(one)
        size += len(_JSON.dump_json(one))
        at += 1
    return Held(
        member_id=ask.member_id,
        sections=[HeldSection(name=name, rows=some) for name, some in told.items()],
        withheld=sorted(withheld),
        next=at if at < len(rows) else None,
    )


def erased() -> Refused:
    """What is said of a member of whom nothing is held any more."""
    return Refused("member_not_found", "There is no member with this id.")
