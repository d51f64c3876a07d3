"""What the members service can be asked to do with sponsors."""

import asyncio
from typing import Annotated

from ekkyo.broker import Router, asked
from ekkyo.contracts import members as contract
from ekkyo.contracts.base import Refused
from ekkyo.decision import Decision
from ekkyo.decision.clock import utcnow
from faststream import Context

from ekkyo_members import model
from ekkyo_members.settings import MembersSettings
from ekkyo_members.store import Communities, Members, Sponsors, SponsorTurns

router = Router()
MySettings = Annotated[MembersSettings, Context("settings")]


@router.subscriber(**asked(contract.AddSponsor))
async def add_sponsor(
    cmd: contract.AddSponsor,
    sponsors: Sponsors,
    communities: Communities,
    members: Members,
    sponsor_turns: SponsorTurns,
    settings: MySettings,
) -> contract.Sponsor:
    """Have somebody get a community's report every month. It needs the turn: how many there may be is counted."""
    community, having = await asyncio.gather(
        communities.get(cmd.community_id), members.find({"email": cmd.email}, limit=1)
    )
    if community is None:
        raise Refused("community_not_found", "There is no community with this id.")
    zone, member_id = community.timezone, next((m.id for m in having), None)
    async with sponsor_turns.taken() as until:
        found = await sponsors.find({"community_id": cmd.community_id}, limit=0)
        others = sum(1 for one in found if not one.removed_at)

        def added(sponsor: model.Sponsor | None) -> Decision[model.Sponsor, contract.Sponsor]:
            return model.add_sponsor(
                sponsor, cmd, zone, settings.reporting, others=others, until=until, member_id=member_id, now=utcnow()
            )

        return await sponsors.create(cmd.sponsor_id, added)


@router.subscriber(**asked(contract.RemoveSponsor))
async def remove_sponsor(cmd: contract.RemoveSponsor, sponsors: Sponsors) -> contract.SponsorRemoval:
    """Send somebody no more reports, and forget who they were."""
    now = utcnow()
    return await sponsors.change(cmd.sponsor_id, lambda s: model.remove_sponsor(s, cmd.community_id, now=now))
