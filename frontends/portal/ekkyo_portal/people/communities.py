"""Communities as stewards see them: all, and a new one with its charter and its rules."""

import asyncio
from typing import Any, Final

from ekkyo.contracts.base import Refused
from ekkyo.contracts.members import FindMembers, FoundCommunity, ListCommunities, ReviseCharter
from ekkyo.contracts.members.community import Community
from starlette.responses import Response

from ekkyo_portal.look.colours import OURS
from ekkyo_portal.look.marks import Mark, mark, marks
from ekkyo_portal.people.routes import STEWARDS, section
from ekkyo_portal.web.forms import Form
from ekkyo_portal.web.visit import Visit
from ekkyo_portal.web.visitor import Who

TEXTS: Final = ("objective", "who", "what", "how")
"""Of the charter, in the order they are written in."""


@section.get("/people-communities", who=STEWARDS)
async def communities(visit: Visit) -> Response:
    """All communities, with their leaders."""
    page, leaders = await asyncio.gather(
        visit.maybe(ListCommunities(limit=200)), visit.maybe(FindMembers(role="leader", limit=500))
    )
    names = {m.member_id: m.name for m in leaders.members} if leaders else {}
    return visit.page("people/communities.html", page and page.communities, names=names, marks=marks(page))


@section.get("/people-communities/new", who=STEWARDS)
async def new(visit: Visit) -> Response:
    """The form of a new community."""
    return visit.page("people/community.html", Form.filled({"timezone": visit.reader.zone, "locale": "ja"}), now=None)


@section.post("/people-communities/new", who=STEWARDS)
async def found(visit: Visit) -> Response:
    """Found it. The form names it, so that a second press founds no second one."""
    form = await visit.form()
    command = form.make(
        FoundCommunity,
        community_id=form["community_id"],
        name=form["name"],
        rules=form["rules"],
        charter=_charter(form),
        locale=form["locale"],
        timezone=form["timezone"],
    )
    if command is None:
        return visit.page("people/community.html", form, status=400, now=None)
    await visit.send(command)
    visit.site.communities.forget()
    return visit.see_other("/people-communities", did="people.founded")


@section.get("/c/{community_id}/charter", who=Who.LEADERS)
async def charter(visit: Visit, community_id: str) -> Response:
    """The form of a community's charter and rules."""
    return charter_form(visit, await led(visit, community_id))


def charter_form(
    visit: Visit,
    now: Community,
    form: Form | None = None,
    look: Form | None = None,
    *,
    seen: Mark | None = None,
    chosen: str = "",
    status: int = 200,
) -> Response:
    """The page with the forms of a community. form, look: as they were sent, the charter's and that of its look.

    seen: how it would look. chosen: the logo that was chosen for that, in base64.
    """
    if form is None:
        values = {name: getattr(now.charter, name) for name in TEXTS}
        form = Form.filled({**values, "figures": "\n".join(now.charter.figures), "rules": now.rules})
    if look is None:
        look = Form.filled({"name": now.name, "colour": now.colour or OURS})
    shown = {"look": look, "mark": mark(now), "seen": seen, "chosen": chosen, "now": now}
    return visit.page("people/community.html", form, status=status, **shown)


@section.post("/c/{community_id}/charter", who=Who.LEADERS)
async def revise(visit: Visit, community_id: str) -> Response:
    """Change the charter or the rules. Members accept changed rules again, so unchanged ones are not sent."""
    form, now = await visit.form(), await led(visit, community_id)
    rules = form["rules"] if form["rules"] != now.rules else None
    command = form.make(
        ReviseCharter,
        community_id=community_id,
        charter={**_charter(form), "measures": now.charter.measures},
        rules=rules,
    )
    if command is None:
        return charter_form(visit, now, form, status=400)
    await visit.send(command)
    return visit.see_other(f"/c/{community_id}", did="people.revised")


def _charter(form: Form) -> dict[str, Any]:
    for name in (*TEXTS, "rules"):
        if not form[name]:
            form.wrong(name, "missing")
    figures = [line.strip() for line in form["figures"].splitlines() if line.strip()]
    return {**{name: form[name] for name in TEXTS}, "figures": figures}


async def led(visit: Visit, community_id: str) -> Community:
    """The community, for those who lead it. Raises Refused for everybody else."""
    page = await visit.ask(ListCommunities(community_ids=[community_id]))
    if not page.communities:
        raise Refused("community_not_found", "There is no such community.", 404)
    if not visit.me.may_lead(community_id):
        raise Refused("not_allowed", "Only leaders of this community and stewards may do this.", 403)
    return page.communities[0].community
