"""What the link at the end of a mail about a followed theme opens: its reader follows no theme of the community then.

A mail program presses it by itself (RFC 8058). It can be pressed again; to follow a theme again, one says which.
"""

from dataclasses import replace

from ekkyo.contracts.members import FollowedTheme, FollowTheme, GetMember
from ekkyo.words.text import one_line
from starlette.responses import Response

from ekkyo_portal.me.routes import section
from ekkyo_portal.web.visit import Visit
from ekkyo_portal.web.visitor import Who


@section.get("/u/themes/{community_id}/{held}", who=Who.EVERYBODY)
async def ask_to_unfollow(visit: Visit, community_id: str, held: str) -> Response:
    """The themes that would end, and a button; that there are none, where they have ended."""
    theirs = await _their(visit, community_id, held)
    themes = [one.theme for one in await _followed(theirs, community_id)]
    return _page(theirs, community_id, themes)


@section.post("/u/themes/{community_id}/{held}", who=Who.EVERYBODY)
async def unfollow(visit: Visit, community_id: str, held: str) -> Response:
    """Follow no theme of the community any more. Answers at once, without a redirect."""
    theirs = await _their(visit, community_id, held)
    for one in await _followed(theirs, community_id):
        about = {"community_id": community_id, "theme": one.theme}
        await theirs.send(FollowTheme(member_id=theirs.me.member_id, wanted=False, **about))
    return _page(theirs, community_id, [])


async def _followed(theirs: Visit, community_id: str) -> list[FollowedTheme]:
    if theirs.visitor is None:
        return []
    member = await theirs.ask(GetMember(member_id=theirs.me.member_id))
    return [one for one in member.follows if one.community_id == community_id]


async def _their(visit: Visit, community_id: str, held: str) -> Visit:
    """The visit as the one whom the mail was sent to; of nobody when the link is not, or no longer, good."""
    visitor = await visit.site.signed_in.by_link(held, f"themes/{community_id}")
    reader = replace(visit.reader, locale=visitor.locale) if visitor else visit.reader
    return replace(visit, visitor=visitor, reader=reader)


def _page(theirs: Visit, community_id: str, themes: list[str]) -> Response:
    """themes: those that would end; where there are none, they have ended."""
    if theirs.visitor is None:
        return theirs.page("me/no_themes.html", "over", status=404, community=community_id)
    state, named = "ask" if themes else "ended", [one_line(theme) for theme in themes]
    return theirs.page("me/no_themes.html", state, community=community_id, themes=named)
