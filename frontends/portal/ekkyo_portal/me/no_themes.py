"""What the link at the end of a mail about a followed theme opens: its reader follows no theme of the community then.

A mail program presses it by itself (RFC 8058). It can be pressed again; to follow a theme again, one says which.
"""

from dataclasses import replace

from ekkyo.contracts.members import FollowTheme, GetMember
from starlette.responses import Response

from ekkyo_portal.me.routes import room
from ekkyo_portal.web.visit import Visit
from ekkyo_portal.web.visitor import Who


@room.get("/u/themes/{community_id}/{held}", who=Who.EVERYBODY)
async def ask_to_unfollow(visit: Visit, community_id: str, held: str) -> Response:
    """What would end, and a button."""
    theirs = await _their(visit, community_id, held)
    return _page(theirs, community_id, "ask")


@room.post("/u/themes/{community_id}/{held}", who=Who.EVERYBODY)
async def unfollow(visit: Visit, community_id: str, held: str) -> Response:
    """Follow no theme of the community any more. Answers at once, without a redirect."""
    theirs = await _their(visit, community_id, held)
    if theirs.visitor is None:
        return _page(theirs, community_id, "ask")
    member = await theirs.ask(GetMember(member_id=theirs.me.member_id))
    for one in member.follows:
        if one.community_id == community_id:
            about = {"community_id": community_id, "theme": one.theme}
            await theirs.send(FollowTheme(member_id=member.member_id, wanted=False, **about))
    return _page(theirs, community_id, "ended")


async def _their(visit: Visit, community_id: str, held: str) -> Visit:
    """The visit as the one whom the mail was sent to; of nobody when the link is not, or no longer, good."""
    visitor = await visit.site.signed_in.by_link(held, f"themes/{community_id}")
    reader = replace(visit.reader, locale=visitor.locale) if visitor else visit.reader
    return replace(visit, visitor=visitor, reader=reader)


def _page(theirs: Visit, community_id: str, state: str) -> Response:
    if theirs.visitor is None:
        return theirs.page("me/no_themes.html", "over", status=404, community=community_id)
    return theirs.page("me/no_themes.html", state, community=community_id)
