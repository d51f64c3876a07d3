"""The addresses that calendar programs read. The secret in them shows whose events to tell: it is written nowhere."""

import asyncio
from dataclasses import replace
from email.utils import format_datetime, parsedate_to_datetime

from ekkyo.contracts.base import Refused
from ekkyo.contracts.events import CalendarEntry, GetCalendar
from ekkyo.contracts.members import Community, GetCommunity
from ekkyo.words.feed import Feed
from ekkyo.words.text import one_line
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from ekkyo_portal.calendars import secrets, views
from ekkyo_portal.web.sections import Section
from ekkyo_portal.web.visit import Visit
from ekkyo_portal.web.visitor import Who

section = Section("calendars")
PAGE = 250
"""Events that one question asks for: those with the longest descriptions still fit into one message."""
KEPT = "private, max-age=300"
"""A browser or a program may keep it for five minutes; what stands between may not."""
AGAIN = {429: "600", 503: "60"}
"""Seconds after which a program should try again."""


@section.get("/calendar/{secret}.ics", who=Who.EVERYBODY)
async def mine(visit: Visit, secret: str) -> Response:
    """The events where a member has, had or gave up a place."""
    return await _served(visit, secret, None)


@section.get("/calendar/{secret}/{community_id}.ics", who=Who.EVERYBODY)
async def of_community(visit: Visit, secret: str, community_id: str) -> Response:
    """The events of a community, with the places of the member whose address it is."""
    return await _served(visit, secret, community_id)


async def _served(visit: Visit, secret: str, community_id: str | None) -> Response:
    try:
        reader = await theirs(visit, secret)
        asked = (
            reader.asking.ask(reader.visitor, GetCommunity(community_id=community_id), 3.0) if community_id else None
        )
        community, entries = await asyncio.gather(asked or _none(), _entries(reader, community_id))
    except Refused as why:
        return refusal(why)
    name = one_line(community.name) if community else reader.reader.words.me.calendar_name
    made = await asyncio.to_thread(views.made, reader.reader, name, entries, visit.site.settings.portal_url)
    seen = visit.site.feeds.seen(secrets.digest(f"{secret}/{community_id or ''}"), made.tag, visit.now)
    return _response(visit.request, made, format_datetime(seen, usegmt=True))


async def _none() -> Community | None:
    return None


async def theirs(visit: Visit, secret: str) -> Visit:
    """The visit as the member whose address this is, with no role: what it tells is what any member may see.

    Raises Refused: 404 for an address that has ended or never was, 429 for one that is read too often.
    """
    host = visit.request.client.host if visit.request.client else ""
    if not visit.site.feeds.may_guess(host):
        raise Refused("too_many_requests", "Too many unknown addresses.", 429)
    visitor = await visit.site.signed_in.by_calendar(secrets.digest(secret)) if secrets.good(secret) else None
    if visitor is None:
        visit.site.feeds.guessed(host)
        raise Refused("calendar_not_found", "There is no calendar at this address any more. Make a new one in Ekkyo.")
    if not visit.site.feeds.may_read(visitor.member_id):
        raise Refused("too_many_requests", "This calendar is read too often. Once an hour is enough.", 429)
    reader = replace(visit.reader, locale=visitor.locale, zone=visitor.timezone)
    return replace(visit, visitor=visitor, reader=reader)


async def _entries(visit: Visit, community_id: str | None) -> list[CalendarEntry]:
    """All events, or none: a calendar that lacks some would have programs take them out. Raises Refused."""
    found: list[CalendarEntry] = []
    question = GetCalendar(
        member_id=visit.me.member_id, community_id=community_id, starts_from=views.since(visit.now), limit=PAGE
    )
    while True:
        page = await visit.ask(question)
        found += page.entries
        if page.next is None or len(found) >= views.MOST:
            return found
        question = question.model_copy(update={"after": page.next})


def _response(request: Request, made: Feed, modified: str) -> Response:
    headers = {"etag": f'W/"{made.tag}"', "last-modified": modified, "cache-control": KEPT, "vary": "Accept-Encoding"}
    if has(request, made.tag, modified):
        return Response(status_code=304, headers=headers)
    headers["content-disposition"] = 'inline; filename="ekkyo.ics"'
    return Response(made.data, media_type="text/calendar; charset=utf-8", headers=headers)


def has(request: Request, tag: str, modified: str) -> bool:
    """Whether a program has this already (RFC 9110, 13.1). Of a time alone only the very one that was told counts:
    another instance may have seen the calendar change earlier or later."""
    known = request.headers.get("if-none-match")
    if known is not None:
        return any(one.strip().removeprefix("W/") in ("*", f'"{tag}"') for one in known.split(","))
    try:
        return parsedate_to_datetime(request.headers["if-modified-since"]) == parsedate_to_datetime(modified)
    except (KeyError, ValueError):
        return False


def refusal(why: Refused) -> Response:
    """Why there is none, as a text: a program reads it."""
    status = 404 if why.status in (400, 403) else 503 if why.status >= 500 else why.status
    headers = {"retry-after": AGAIN[status]} if status in AGAIN else {}
    return PlainTextResponse(f"{why.detail or why.code}\n", status, headers)
