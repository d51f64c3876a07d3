"""What the members service can be asked to tell of a community's rules."""

import asyncio

from ekkyo.broker import Router, asked
from ekkyo.contracts import members as contract
from ekkyo.contracts.base import Refused

from ekkyo_members import model
from ekkyo_members.store import Communities, Members

router = Router()


@router.subscriber(**asked(contract.GetRulesVersions))
async def rules_versions(question: contract.GetRulesVersions, communities: Communities) -> contract.RulesVersions:
    """The rules of a community as they are and as they were."""
    community, parts = await asyncio.gather(
        _community(question.community_id, communities),
        communities.entries(question.community_id, {"key": {"$gte": model.RULES, "$lt": model.RULES + "~"}}),
    )
    return model.rules_versions(community, parts)


@router.subscriber(**asked(contract.ListAcceptances))
async def rules_acceptances(
    question: contract.ListAcceptances, communities: Communities, members: Members
) -> contract.Acceptances:
    """Which version of the rules each active member of a community accepted."""
    community = await _community(question.community_id, communities)
    found = await members.find({"communities": community.id, "active": True}, sort="number", limit=0)
    return model.acceptances(community, found, question)


async def _community(community_id: str, communities: Communities) -> model.Community:
    if (community := await communities.get(community_id)) is None:
        raise Refused("community_not_found", "There is no community with this id.")
    return community
