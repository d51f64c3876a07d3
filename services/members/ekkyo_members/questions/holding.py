"""What is held on a member here."""

import asyncio

from ekkyo.broker import Router, Who, asked
from ekkyo.contracts import members as contract
from ekkyo.contracts.held import Held
from ekkyo.decision.clock import utcnow

from ekkyo_members import model
from ekkyo_members.store import AllIntroductions, AllWishes, Members, Sponsors, introductions_of, parts_of, steps_of

router = Router()


@router.subscriber(**asked(contract.HeldByMembers))
async def held(
    question: contract.HeldByMembers,
    members: Members,
    introductions: AllIntroductions,
    wishes: AllWishes,
    sponsors: Sponsors,
    who: Who,
) -> Held:
    """All that this service holds on a member; of a record that is part of another one, what is left of it."""
    member = await members.get(question.member_id)
    if member is None or member.erased:
        raise model.not_found()
    steps, parts, found, wished, reports = await asyncio.gather(
        steps_of([member.id], members),
        parts_of(member.id, members),
        introductions_of(member.id, introductions),
        wishes.get(member.id),
        sponsors.find({"member_id": member.id}, limit=0),
    )
    others = {one for kept in found for one in (kept.asked_by, kept.teacher_id) if one}
    known = {one.id: one for one in await members.find({"id": {"$in": sorted(others)}}, limit=0)} if others else {}
    beside = model.Beside(steps, parts, found, known, wished, reports)
    return model.held_on(question, member, beside, who, now=utcnow())
