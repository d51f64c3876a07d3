"""What the members service can be asked to tell of the measures of a charter."""

import asyncio

from ekkyo.broker import Router, asked
from ekkyo.contracts import members as contract

from ekkyo_members import model
from ekkyo_members.store import Communities, Members

router = Router()


@router.subscriber(**asked(contract.GetMeasures))
async def measures(question: contract.GetMeasures, communities: Communities, members: Members) -> contract.Measures:
    """The reported figures of a community's measures, and how many crossings were reached within some spans."""
    asked_for = model.reported_ones(await communities.get(question.community_id))
    figures = await asyncio.gather(
        *(communities.entries(question.community_id, {"measure": {"$in": [key]}}) for key in asked_for)
    )
    there = {"$in": [question.community_id]}  # by the second, members who were stored before the first was
    crossed = {"$or": [{"crossed_in": there}, {"crossings.community_id": there}]}
    people = await members.find(crossed, limit=0) if question.spans else []
    return model.measures(question.community_id, dict(zip(asked_for, figures, strict=True)), people, question.spans)
