"""What the members service can be asked to do with sponsors."""

import asyncio
from typing import Annotated

from ekkyo.broker import Router, asked
from ekkyo.contracts import members as contract
from ekkyo.contracts.base import Refused
from ekkyo.decision.clock import utcnow
from faststream import Context

from ekkyo_members import model
from ekkyo_members.settings import MembersSettings
from ekkyo_members.store import Communities, Members, Sponsors

router = Router()
MySettings = Annotated[MembersSettings, Context("settings")]


@router.subscriber(**asked(contract.AddSponsor))
async def add_sponsor(
    cmd: contract.AddSponsor, sponsors: Sponsors, communities: Communities, members: Members, settings: MySettings
) -> contract.Sponsor:
    """Have somebody get a community's report every month."""
    community, found, having = await asyncio.gather(
        communities.get(cmd.community_id),
        sponsors.find({"community_id": cmd.community_id}, limit=0),
        members.find({"email": cmd.email}, limit=1),
    )
    if community is None:
        raise Refused("community_not_found", "There is no community with this id.")
    zone, others = community.timezone, sum(1 for one in found if not one.removed_at)
    member_id, now = next((m.id for m in having), None), utcnow()
    return await sponsors.create(
        cmd.sponsor_id,
        lambda s: model.add_sponsor(s, cmd, zone, settings.reporting, others=others, member_id=member_id, now=now),
    )


@router.subscriber(**asked(contract.RemoveSponsor))
async def remove_sponsor(cmd: contract.RemoveSponsor, sponsors: Sponsors) -> contract.SponsorRemoval:
    """Send somebody no more reports, and forget who they were."""
    now = utcnow()
    return await sponsors.change(cmd.sponsor_id, lambda s: model.remove_sponsor(s, cmd.community_id, now=now))
