"""The pages of communities: all of them, and one."""

import asyncio
from datetime import timedelta
from typing import Final

from ekkyo.contracts.base import Refused
from ekkyo.contracts.events import Board, ListEvents
from ekkyo.contracts.members import CommunityListed, GetMember, ListCommunities, Member
from ekkyo.contracts.surveys import RankThemes
from starlette.responses import Response

from ekkyo_portal.community import views
from ekkyo_portal.community.standing import standing
from ekkyo_portal.look.outputs import items
from ekkyo_portal.web.forms import Form
from ekkyo_portal.web.sections import Section
from ekkyo_portal.web.visit import Visit

section = Section("community")
PAGE: Final = 60
"""Communities on one page."""
COMING: Final = 4
"""Events that a community's page shows."""
LATE: Final = timedelta(hours=3)
"""How long an event that has begun is shown among those that are coming."""
THEMES: Final = 8
OUTPUTS: Final = 5


@section.get("/communities")
async def communities(visit: Visit) -> Response:
    """The communities there are; first those that the visitor is in or invited to."""
    after = visit.request.query_params.get("after")
    member, page = await asyncio.gather(
        visit.maybe(GetMember(member_id=visit.me.member_id)), visit.maybe(ListCommunities(after=after, limit=PAGE))
    )
    own = sorted(_own(member)) if member else []
    mine = await visit.maybe(ListCommunities(community_ids=own[:200], limit=200)) if own else None
    missing = member is None or (own and mine is None)
    view = views.communities(None if missing else member, mine, page, first=after is None)
    return visit.page("community/communities.html", view)


@section.get("/c/{community_id}")
async def community(visit: Visit, community_id: str) -> Response:
    """One community: what it is for, its rules, what is coming there."""
    return await shown(visit, community_id, Form())


async def shown(visit: Visit, community_id: str, form: Form, status: int = 200) -> Response:
    """The page of a community, with what was wrong in the form that joins it. Raises Refused."""
    coming = ListEvents(
        community_ids=[community_id], status=["published"], starts_from=visit.now - LATE, limit=COMING + 1
    )
    listed, member, events, outputs = await asyncio.gather(
        found(visit, community_id, cards=True),
        visit.ask(GetMember(member_id=visit.me.member_id)),
        visit.maybe(coming),
        visit.maybe(Board(community_id=community_id, limit=OUTPUTS)),
    )
    follows = any(one.community_id == community_id for one in member.follows)
    themes = await visit.maybe(RankThemes(community_id=community_id, limit=THEMES, words=follows))
    measures = await standing(visit, listed.community)
    view = views.community(visit.reader, visit.me, listed, member, events, themes, COMING)
    return visit.page(
        "community/community.html",
        view,
        status=status,
        form=form,
        measures=measures,
        outputs=items(visit.reader, outputs, {}, None),
    )


async def found(visit: Visit, community_id: str, *, cards: bool = False) -> CommunityListed:
    """The community with this id, with cards of its leaders where they are asked for. Raises Refused: there is none."""
    page = await visit.ask(ListCommunities(community_ids=[community_id], cards=cards))
    if not page.communities:
        raise Refused("community_not_found", "There is no such community.", 404)
    return page.communities[0]


def _own(member: Member) -> set[str]:
    """The communities that a member is in or invited to."""
    return {held.community_id for held in member.communities} | {one.community_id for one in member.invitations}
