"""The board as a feed, for feed readers and a company's own portal: Atom (RFC 4287) and JSON Feed 1.1."""

import asyncio
import json
from collections.abc import Sequence
from email.utils import format_datetime
from hashlib import sha256
from typing import Final
from xml.etree import ElementTree

from ekkyo.contracts.base import Refused
from ekkyo.contracts.events import Board, OutputState
from ekkyo.contracts.members import Cards, GetCards, GetCommunity
from ekkyo.words.text import http_url, one_line
from pydantic import ValidationError
from starlette.responses import Response

from ekkyo_portal.calendars import secrets
from ekkyo_portal.calendars.routes import KEPT, has, refusal, section, theirs
from ekkyo_portal.web.visit import Visit
from ekkyo_portal.web.visitor import Who

NEWEST: Final = 50
"""Outputs in a feed."""
ATOM: Final = "http://www.w3.org/2005/Atom"


@section.get("/board/{secret}.atom", who=Who.EVERYBODY)
async def atom(visit: Visit, secret: str) -> Response:
    """The newest outputs as an Atom feed; `?community=` for those of one community."""
    return await _served(visit, secret, "application/atom+xml; charset=utf-8")


@section.get("/board/{secret}.json", who=Who.EVERYBODY)
async def json_feed(visit: Visit, secret: str) -> Response:
    """The same as a JSON Feed."""
    return await _served(visit, secret, "application/feed+json; charset=utf-8")


async def _served(visit: Visit, secret: str, kind: str) -> Response:
    community_id = visit.request.query_params.get("community") or None
    try:
        reader = await theirs(visit, secret)
        try:
            question = Board(community_id=community_id, limit=NEWEST)
        except ValidationError:
            raise Refused("community_not_found", "There is no such community.") from None
        page, name = await asyncio.gather(reader.ask(question), _name(reader, community_id))
        authors = list(dict.fromkeys(author for one in page.outputs for author in one.authors))[:200]
        cards = await reader.maybe(GetCards(member_ids=authors)) if authors else None
    except Refused as why:
        return refusal(why)
    base = str(visit.site.settings.portal_url)
    make = _atom if "atom" in kind else _json
    body = make(name, base, community_id, page.outputs, _names(cards), reader.reader.locale)
    tag = sha256(body).hexdigest()[:32]
    feed = secrets.digest(f"{secret}/board/{kind}/{community_id or ''}")
    modified = format_datetime(visit.site.feeds.seen(feed, tag, visit.now), usegmt=True)
    headers = {"etag": f'W/"{tag}"', "last-modified": modified, "cache-control": KEPT, "vary": "Accept-Encoding"}
    if has(visit.request, tag, modified):
        return Response(status_code=304, headers=headers)
    return Response(body, media_type=kind, headers=headers)


async def _name(visit: Visit, community_id: str | None) -> str:
    """What the feed is called. Raises Refused when there is no such community."""
    title: str = visit.reader.words.outputs.title
    if community_id is None:
        return f"{visit.reader.words.common.product}: {title}"
    return f"{one_line((await visit.ask(GetCommunity(community_id=community_id))).name)}: {title}"


def _names(cards: Cards | None) -> dict[str, str]:
    return {card.member_id: one_line(card.name) for card in cards.cards} if cards else {}


def _page(base: str, community_id: str | None) -> str:
    return f"{base}/board?community={community_id}" if community_id else f"{base}/board"


def _at(output: OutputState) -> str:
    return output.attached_at.isoformat().replace("+00:00", "Z") if output.attached_at else ""


def _newest(outputs: Sequence[OutputState]) -> str:
    """When the feed last changed; long ago for an empty one."""
    return max((_at(one) for one in outputs), default="1970-01-01T00:00:00Z")


def _atom(
    name: str, base: str, community: str | None, outputs: Sequence[OutputState], names: dict[str, str], locale: str
) -> bytes:
    ElementTree.register_namespace("", ATOM)
    feed = ElementTree.Element(f"{{{ATOM}}}feed", {"{http://www.w3.org/XML/1998/namespace}lang": locale})

    def add(parent: ElementTree.Element, tag: str, text: str = "", **attributes: str) -> ElementTree.Element:
        made = ElementTree.SubElement(parent, f"{{{ATOM}}}{tag}", attributes)
        made.text = text or None
        return made

    add(feed, "id", _page(base, community))
    add(feed, "title", name)
    add(feed, "updated", _newest(outputs))
    add(feed, "link", rel="alternate", type="text/html", href=_page(base, community))
    add(add(feed, "author"), "name", "Ekkyo")
    for one in outputs:
        entry = add(feed, "entry")
        add(entry, "id", f"{base}/o/{one.output_id}")
        add(entry, "title", one_line(one.title))
        add(entry, "updated", _at(one))
        add(entry, "published", _at(one))
        add(entry, "link", rel="alternate", type="text/html", href=f"{base}/o/{one.output_id}")
        if one.url and (url := http_url(one.url)):
            add(entry, "link", rel="related", href=url)
        add(entry, "category", term=one.kind)
        for author in one.authors:
            if author in names:
                add(add(entry, "author"), "name", names[author])
        if one.event_title:
            add(entry, "summary", one_line(one.event_title), type="text")
    made: bytes = ElementTree.tostring(feed, encoding="utf-8", xml_declaration=True)
    return made


def _json(
    name: str, base: str, community: str | None, outputs: Sequence[OutputState], names: dict[str, str], locale: str
) -> bytes:
    feed = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": name,
        "home_page_url": _page(base, community),
        "language": locale,
        "items": [
            {
                "id": f"{base}/o/{one.output_id}",
                "url": f"{base}/o/{one.output_id}",
                **({"external_url": url} if one.url and (url := http_url(one.url)) else {}),
                "title": one_line(one.title),
                "content_text": one_line(one.event_title or one.title),
                "date_published": _at(one),
                "tags": [one.kind],
                "authors": [{"name": names[author]} for author in one.authors if author in names],
            }
            for one in outputs
        ],
    }
    return json.dumps(feed, ensure_ascii=False).encode()
