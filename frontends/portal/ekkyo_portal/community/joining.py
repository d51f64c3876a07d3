"""Joining a community and leaving it: accepting its rules, an invitation declined."""

from typing import Any

from ekkyo.contracts.base import Refused
from ekkyo.contracts.members import AcceptRules, DeclineInvitation, GetMember, JoinCommunity, LeaveCommunity
from starlette.responses import Response

from ekkyo_portal.community.routes import found, section, shown
from ekkyo_portal.signin import onward
from ekkyo_portal.web.forms import Form
from ekkyo_portal.web.visit import Visit


@section.post("/c/{community_id}/join")
async def join(visit: Visit, community_id: str) -> Response:
    """Join, invited or not, by accepting the rules that were shown. A second press changes nothing."""
    form = await visit.form()
    command = _accepts(visit, community_id, form)
    if command is not None:
        now = (await found(visit, community_id)).community.rules_version
        if command.rules_version != now:  # nobody joins by rules that they have not read
            form.wrong("accept", "changed")
    if form.errors or command is None:
        return await shown(visit, community_id, Form(errors=form.errors), 400)
    await visit.change(JoinCommunity(member_id=visit.me.member_id, community_id=community_id))
    try:
        await visit.send(command)
    except Refused as why:  # they changed in this moment: the community's page shows the new ones, to be accepted
        if why.code != "rules_version_not_current":
            raise
    return visit.see_other(f"/c/{community_id}", did="community.joined")


@section.post("/c/{community_id}/accept")
async def accept(visit: Visit, community_id: str) -> Response:
    """Accept rules that changed since one joined."""
    form = await visit.form()
    command = _accepts(visit, community_id, form)
    try:
        if command is not None:
            await visit.send(command)
    except Refused as why:
        if why.code != "rules_version_not_current":
            raise
        form.wrong("accept", "changed")
    if form.errors:
        return await shown(visit, community_id, Form(errors=form.errors), 400)
    return visit.see_other(f"/c/{community_id}", did="community.accepted")


def _accepts(visit: Visit, community_id: str, form: Form) -> AcceptRules | None:
    if not form.on("accept"):
        form.wrong("accept", "not_accepted")
    version: Any = form["rules_version"]
    return form.make(
        AcceptRules,
        {"rules_version": "accept"},
        member_id=visit.me.member_id,
        community_id=community_id,
        rules_version=version,
    )


@section.post("/c/{community_id}/decline")
async def decline(visit: Visit, community_id: str) -> Response:
    """Decline an invitation, and go on where the form says: back to the page with all that waits for an answer."""
    form = await visit.form()
    await visit.send(DeclineInvitation(member_id=visit.me.member_id, community_id=community_id))
    return visit.see_other(onward.path(form["next"] or "/communities"), did="community.declined")


@section.get("/c/{community_id}/leave")
async def leaving(visit: Visit, community_id: str) -> Response:
    """What leaving means, before one leaves."""
    listed = await found(visit, community_id)
    member = await visit.ask(GetMember(member_id=visit.me.member_id))
    held = next((one for one in member.communities if one.community_id == community_id), None)
    if held is None:
        return visit.see_other(f"/c/{community_id}")
    return visit.page("community/leave.html", listed.community, leads=held.role == "leader")


@section.post("/c/{community_id}/leave")
async def leave(visit: Visit, community_id: str) -> Response:
    """Leave. Whoever has left already is told the same."""
    await visit.change(LeaveCommunity(member_id=visit.me.member_id, community_id=community_id))
    return visit.see_other("/communities", did="community.left")
