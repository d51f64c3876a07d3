"""What the members service can be asked to do with the roles that members have."""

from datetime import datetime
from typing import Annotated

from ekkyo.broker import Router, Who, asked
from ekkyo.contracts import members as contract
from ekkyo.contracts.base import Refused
from ekkyo.decision import Decision, Entries
from ekkyo.decision.clock import utcnow
from faststream import Context

from ekkyo_members import model
from ekkyo_members.settings import MembersSettings
from ekkyo_members.store import Communities, DeputyTurns, Members, StewardTurns

router = Router()
MySettings = Annotated[MembersSettings, Context("settings")]


@router.subscriber(**asked(contract.GrantRole))
async def grant_role(cmd: contract.GrantRole, members: Members, communities: Communities, who: Who) -> contract.Member:
    """Make a member of a community one of its leaders, or name another end of that."""
    zone = await _zone(cmd.community_id, communities)
    return await members.change(
        cmd.member_id,
        lambda m, _: model.grant_role(model.present(m), cmd, model.Granting(who.sub, utcnow(), zone)),
    )


@router.subscriber(**asked(contract.RevokeRole))
async def revoke_role(cmd: contract.RevokeRole, members: Members) -> contract.Member:
    """End a member's role in a community."""
    return await members.change(cmd.member_id, lambda m, _: model.revoke_role(model.present(m), cmd))


@router.subscriber(**asked(contract.NameDeputy))
async def name_deputy(
    cmd: contract.NameDeputy, members: Members, communities: Communities, deputy_turns: DeputyTurns, who: Who
) -> contract.Member:
    """Have another member of the community stand in for a leader. It needs the turn: a leader has one deputy."""
    zone = await _zone(cmd.community_id, communities)
    async with deputy_turns.taken() as until:
        leader = await members.get(cmd.member_id)
        found = await members.find({"stands_in_for": {"$in": [cmd.member_id]}}, limit=0)
        others = model.OtherDeputies(found, until)

        def named(deputy: model.Member, _: Entries[model.Step]) -> Decision[model.Member, contract.Member]:
            granting = model.Granting(who.sub, utcnow(), zone)
            return model.name_deputy(model.present(deputy), cmd, leader, others, granting)

        return await members.change(cmd.deputy_id, named)


@router.subscriber(**asked(contract.EndDeputy))
async def end_deputy(cmd: contract.EndDeputy, members: Members) -> contract.Member:
    """Have a deputy no longer."""
    return await members.change(cmd.deputy_id, lambda m, _: model.end_deputy(model.present(m), cmd))


@router.subscriber(**asked(contract.GrantSteward))
async def grant_steward(
    cmd: contract.GrantSteward, members: Members, turns: StewardTurns, settings: MySettings, who: Who
) -> contract.Member:
    """Make somebody a steward, or name another end of that. An end needs the turn: one steward stays without one."""
    zone = settings.company.timezone or "UTC"

    async def granted(others: model.OtherStewards | None) -> contract.Member:
        return await members.change(
            cmd.member_id,
            lambda m, _: model.grant_steward(model.present(m), cmd, others, model.Granting(who.sub, utcnow(), zone)),
        )

    if cmd.until is None:
        return await granted(None)
    async with turns.taken() as until:
        return await granted(await _others(cmd.member_id, members, until))


@router.subscriber(**asked(contract.RevokeSteward))
async def revoke_steward(cmd: contract.RevokeSteward, members: Members, turns: StewardTurns) -> contract.Member:
    """Take the role of a steward away, while another steward is left. Of who is none there is no turn to wait for."""
    member = await members.get(cmd.member_id)
    if member is None or not member.steward:
        return await members.change(cmd.member_id, lambda m, _: model.unchanged(model.present(m)))
    async with turns.taken() as until:
        left = await _others(cmd.member_id, members, until)
        return await members.change(
            cmd.member_id, lambda m, _: model.revoke_steward(model.present(m), left, now=utcnow())
        )


async def _others(member_id: str, members: Members, until: datetime) -> model.OtherStewards:
    found = await members.find({"steward": True, "active": True}, limit=0)
    return model.OtherStewards(any(model.lasting(one, member_id) for one in found), until)


async def _zone(community_id: str, communities: Communities) -> str:
    """The time zone of a community. Refuses for one that does not exist."""
    community = await communities.get(community_id)
    if community is None:
        raise Refused("community_not_found", "There is no community with this id.")
    return community.timezone
