"""What is held on a member, as a page and as files: for themselves, and for stewards."""

from typing import Final

from ekkyo.contracts.members import GetMember, ListCommunities
from ekkyo_common.held import as_json, as_page, gathered
from ekkyo_common.held.shown import Service, service
from starlette.responses import HTMLResponse, Response

from ekkyo_portal.web.headers import in_no_page
from ekkyo_portal.web.visit import Visit

SHOWN: Final = 20
"""Records of one kind that a page shows; files have all."""


async def held_on(visit: Visit, member_id: str) -> list[Service]:
    """What every service holds on a member, in the reader's words."""
    names = await _names(visit)
    return [service(visit.reader, part, names, SHOWN) for part in await gathered(visit.ask, member_id)]


async def file_of(visit: Visit, member_id: str) -> Response:
    """The same as JSON, with everything in it."""
    content = as_json(await gathered(visit.ask, member_id), member_id, visit.reader.now)
    return Response(in_no_page(content), media_type="application/json", headers=_named("held.json"))


async def page_file_of(visit: Visit, member_id: str) -> Response:
    """The same as a page of its own, with everything in it, to be read without the portal."""
    member = await visit.ask(GetMember(member_id=member_id))
    if member_id not in (member.member_id, visit.me.member_id):  # a record that is part of this one
        return visit.see_other(f"/people/{member.member_id}/held.html")
    names, parts = await _names(visit), await gathered(visit.ask, member_id)
    reader = visit.reader
    page = as_page(parts, member, names, locale=reader.locale, zone=reader.zone, at=reader.now)
    return HTMLResponse(page, headers=_named("held.html"))


async def page_of(visit: Visit, member_id: str) -> Response:
    """The page for a steward. Nothing is held of somebody who was erased: 404."""
    member = await visit.ask(GetMember(member_id=member_id))
    if member.member_id != member_id:  # a record that is part of this one
        return visit.see_other(f"/people/{member.member_id}/held")
    return visit.page("people/held.html", member, held_by=await held_on(visit, member_id))


async def _names(visit: Visit) -> dict[str, str]:
    communities = await visit.maybe(ListCommunities(limit=200))
    return {one.community.community_id: one.community.name for one in communities.communities} if communities else {}


def _named(file: str) -> dict[str, str]:
    return {"content-disposition": f'attachment; filename="{file}"', "cache-control": "no-store"}
