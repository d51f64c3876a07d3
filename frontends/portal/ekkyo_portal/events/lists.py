"""Lists of events and months: what is coming and what is over, of a community, in a format, on a theme."""

import asyncio
from datetime import timedelta
from typing import Any, Final

from ekkyo.contracts.base import Refused
from ekkyo.contracts.events import EventPage, ListEvents
from pydantic import ValidationError
from starlette.responses import Response

from ekkyo_portal.events import list_views, places
from ekkyo_portal.events import month as calendar
from ekkyo_portal.events.routes import known, section
from ekkyo_portal.web.visit import Visit

LATE: Final = timedelta(hours=3)
"""How long an event that has begun is listed among those that are coming."""
PAGE: Final = 48
MINE: Final = "mine"
"""What an address says for all communities that the visitor is in."""


@section.get("/")
async def coming(visit: Visit) -> Response:
    """What is coming."""
    return await _listed(visit, {"status": ["published"], "starts_from": visit.now - LATE}, past=False)


@section.get("/past")
async def past(visit: Visit) -> Response:
    """What is over, latest first."""
    asked = {"status": ["concluded", "published"], "starts_until": visit.now, "newest_first": True}
    return await _listed(visit, asked, past=True)


@section.get("/month")
async def month(visit: Visit) -> Response:
    """A month as a calendar."""
    query, reader = visit.request.query_params, visit.reader
    wanted, first = list_views.wanted(query), calendar.asked(query.get("m"), reader)
    start, end = calendar.reach(first, reader.zone)
    asked = {"status": ["published", "concluded", "cancelled"], "starts_from": start, "starts_until": end, "limit": 500}
    communities, page = await asyncio.gather(known(visit), _found(visit, _filters(visit, wanted) | asked))
    events = page.events if page else []
    view = calendar.month(reader, first, events, places.all_held(reader, page))
    find = list_views.finding(wanted, communities, events)
    return visit.page("events/month.html", view, away=page is None, find=find)


async def _listed(visit: Visit, asked: dict[str, Any], *, past: bool) -> Response:
    wanted = list_views.wanted(visit.request.query_params)
    asked |= _filters(visit, wanted) | {"after": visit.request.query_params.get("after"), "limit": PAGE}
    communities, page = await asyncio.gather(known(visit), _found(visit, asked))
    view = list_views.listed(visit.reader, page, wanted, communities, past=past)
    return visit.page("events/coming.html", view)


def _filters(visit: Visit, wanted: list_views.Wanted) -> dict[str, Any]:
    mine = sorted(visit.me.communities)[:200]
    return {
        "community_ids": mine if wanted.community == MINE else [wanted.community] if wanted.community else None,
        "format": wanted.format or None,
        "context": wanted.context or None,
    }


async def _found(visit: Visit, asked: dict[str, Any]) -> EventPage | None:
    try:
        question = ListEvents.model_validate(asked)
    except ValidationError:  # an address that names no community or format
        raise Refused("not_found", "There is no such list.", 404) from None
    return await visit.maybe(question)
