"""What the pages of outputs show, made from answers. Pure."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, get_args
from urllib.parse import urlencode

from ekkyo.contracts.events import OutputKind, OutputPage, OutputState
from ekkyo.contracts.members import Cards
from ekkyo.words.text import several_lines

from ekkyo_portal.look.marks import Mark
from ekkyo_portal.look.outputs import Item, item, items
from ekkyo_portal.look.reader import Reader
from ekkyo_portal.web.visitor import Visitor


@dataclass(frozen=True)
class Wanted:
    """Which outputs are to be listed; empty: any."""

    community: str = ""
    kind: Any = ""


@dataclass(frozen=True)
class BoardView:
    """The board. None: the service is away. waiting: what a leader has to decide; None: the visitor is no leader."""

    items: Sequence[Item] | None
    waiting: Sequence[Item] | None
    next: str | None
    wanted: Wanted
    communities: Sequence[tuple[str, str]]
    kinds: Sequence[tuple[str, str]]
    adds: Sequence[tuple[str, str]]
    """The communities that the visitor may add an output to."""


@dataclass(frozen=True)
class OutputView:
    """The page of an output."""

    item: Item
    community_id: str
    status: str
    reason: str
    leads: bool
    removes: bool
    """Whether the visitor may take it off the board."""


def wanted(query: Mapping[str, str]) -> Wanted:
    """What an address asks for."""
    return Wanted(query.get("community", ""), query.get("kind", ""))


def kinds(reader: Reader) -> list[tuple[str, str]]:
    """All kinds of outputs, with their names."""
    return [(kind, reader.words.names.output_kinds[kind]) for kind in get_args(OutputKind)]


def board(
    reader: Reader,
    wanted: Wanted,
    found: OutputPage | None,
    waiting: OutputPage | None,
    communities: Mapping[str, Mark],
    cards: Cards | None,
    *,
    mine: Collection[str],
) -> BoardView:
    """The board with what is wanted of it."""
    on = {name: text for name, text in vars(wanted).items() if text}
    return BoardView(
        items=items(reader, found, communities, cards),
        waiting=items(reader, waiting, communities, cards),
        next=urlencode({**on, "after": found.next}) if found and found.next else None,
        wanted=wanted,
        communities=[(key, mark.name) for key, mark in communities.items()],
        kinds=kinds(reader),
        adds=[(key, mark.name) for key, mark in communities.items() if key in mine],
    )


def output(
    reader: Reader, visitor: Visitor, it: OutputState, communities: Mapping[str, Mark], cards: Cards | None
) -> OutputView:
    """One output."""
    leads = visitor.may_lead(it.community_id)
    own = visitor.member_id in (*it.authors, it.proposed_by)
    return OutputView(
        item=item(reader, it, communities, cards),
        community_id=it.community_id,
        status=it.status,
        reason=several_lines(it.reason),
        leads=leads,
        removes=(leads or own) and it.status in ("attached", "proposed"),
    )
