"""Whom to make leaders of a community."""

import asyncio
from zoneinfo import ZoneInfo

from ekkyo.broker import Router, Who, asked
from ekkyo.contracts import members as contract
from ekkyo.contracts.base import Refused
from ekkyo.decision.clock import utcnow

from ekkyo_members import model
from ekkyo_members.store import Communities, Members, active_people, steps_of

router = Router()


@router.subscriber(**asked(contract.SuggestLeaders))
async def suggest_leaders(
    question: contract.SuggestLeaders, communities: Communities, members: Members, who: Who
) -> contract.SuggestedLeaders:
    """Whom to make leaders of a community, so that together they mirror the company or the community."""
    model.may_suggest(question, who)
    community = await communities.get(question.community_id)
    if community is None:
        raise Refused("community_not_found", "There is no community with this id.")
    within = community.id if question.of == "community" else None
    people = await active_people(within, members)
    steps = await steps_of(model.may_have_done(question, people), members)
    done = model.counted(steps, within)
    today = utcnow().astimezone(ZoneInfo(community.timezone)).date()
    return await asyncio.to_thread(model.suggest, question, people, done, today)
