"""What the link at the end of a report opens: a sponsor, who need not be a member, ends the reports (RFC 8058).

A mail program presses it by itself. What follows deletes who they were, so it cannot be undone by a press.
"""

from ekkyo.contracts.base import Refused
from ekkyo.contracts.members import RemoveSponsor
from starlette.responses import Response

from ekkyo_portal.me.routes import section
from ekkyo_portal.web.visit import Visit
from ekkyo_portal.web.visitor import Who


@section.get("/u/reports/{community_id}/{held}", who=Who.EVERYBODY)
async def ask_to_end(visit: Visit, community_id: str, held: str) -> Response:
    """What would end, and a button."""
    return _page(visit, "ask" if visit.site.signed_in.sponsor_by_link(held, community_id) else "over")


@section.post("/u/reports/{community_id}/{held}", who=Who.EVERYBODY)
async def end(visit: Visit, community_id: str, held: str) -> Response:
    """End the reports. Answers at once, without a redirect; pressed again, it says the same."""
    sponsor = visit.site.signed_in.sponsor_by_link(held, community_id)
    if sponsor is None:
        return _page(visit, "over")
    try:
        command = RemoveSponsor(sponsor_id=sponsor.member_id, community_id=community_id)
        await visit.asking.send(sponsor, command, 15.0)
    except Refused as why:
        if why.status != 404:
            raise
        return _page(visit, "over")
    return _page(visit, "ended")


def _page(visit: Visit, state: str) -> Response:
    return visit.page("me/no_reports.html", state, status=404 if state == "over" else 200)
