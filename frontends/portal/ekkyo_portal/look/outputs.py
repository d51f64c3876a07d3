"""Outputs in lists, for every section that shows some."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from ekkyo.contracts.events import OutputKind, OutputPage, OutputState
from ekkyo.contracts.members import Cards
from ekkyo.words.text import http_url, one_line

from ekkyo_portal.look.marks import Mark
from ekkyo_portal.look.reader import Reader

ICONS: Final[dict[OutputKind, str]] = {
    "article": "pencil",
    "slides": "chart",
    "recording": "video",
    "code": "list",
    "photos": "camera",
    "talk_outside": "flag",
}


@dataclass(frozen=True)
class Item:
    """An output in a list."""

    output_id: str
    title: str
    kind: str
    icon: str
    url: str | None
    authors: str
    event_id: str | None
    event: str
    when: str
    mark: Mark | None


def item(reader: Reader, it: OutputState, communities: Mapping[str, Mark], cards: Cards | None) -> Item:
    """An output in a list. Authors whose names nobody may know are left out."""
    names = {card.member_id: one_line(card.name) for card in cards.cards} if cards else {}
    return Item(
        output_id=it.output_id,
        title=one_line(it.title),
        kind=reader.words.names.output_kinds[it.kind],
        icon=ICONS[it.kind],
        url=http_url(it.url) if it.url else None,
        authors=reader.words.outputs.between.join(names[author] for author in it.authors if author in names),
        event_id=it.event_id,
        event=one_line(it.event_title or ""),
        when=reader.day(it.attached_at) if it.attached_at else "",
        mark=communities.get(it.community_id),
    )


def items(
    reader: Reader, page: OutputPage | None, communities: Mapping[str, Mark], cards: Cards | None
) -> tuple[Item, ...] | None:
    """Outputs as lists show them; None: the service is away."""
    return tuple(item(reader, one, communities, cards) for one in page.outputs) if page else None
