"""What the members service can be asked to do with people who leave the company, or are to be forgotten."""

import asyncio

from ekkyo.broker import Router, asked
from ekkyo.contracts import members as contract
from ekkyo.decision.clock import utcnow

from ekkyo_members import model
from ekkyo_members.store import (
    AllIntroductions,
    AllWishes,
    Members,
    Sponsors,
    forget_introductions,
    parts_of,
    the_record,
)

router = Router()


@router.subscriber(**asked(contract.DeactivateMember))
async def deactivate(cmd: contract.DeactivateMember, members: Members) -> contract.Member:
    """Say that a person left the company."""
    return await members.change(cmd.member_id, lambda m, _: model.deactivate(model.present(m)))


@router.subscriber(**asked(contract.ReactivateMember))
async def reactivate(cmd: contract.ReactivateMember, members: Members) -> contract.Member:
    """Say that a person who left is back."""
    member = await members.get(cmd.member_id)
    held = await members.find({"email": member.address}, limit=2) if member else []
    handed_on = any(one.id != cmd.member_id for one in held)
    return await members.change(cmd.member_id, lambda m, _: model.reactivate(model.present(m), handed_on=handed_on))


@router.subscriber(**asked(contract.EraseMember))
async def erase(
    cmd: contract.EraseMember, members: Members, introductions: AllIntroductions, wishes: AllWishes, sponsors: Sponsors
) -> contract.Erasure:
    """Forget who a member was, also as a sponsor and with those whom they manage or asked, and have others forget.

    Records that are part of one another are of one person: all are erased.
    """
    asked_for = await members.get(cmd.member_id)
    whole = await the_record(asked_for, members) if asked_for else None
    for part in await parts_of(whole.id, members) if whole else []:
        await members.change(part.id, lambda m, _: model.erase(m, now=utcnow()))
    if whole and whole.id != cmd.member_id:
        cmd = cmd.model_copy(update={"member_id": whole.id})
    if (member := await members.get(cmd.member_id)) and not member.erased:
        number, theirs = member.number, {"$or": [{"email": member.address}, {"member_id": member.id}]}
        for one in await sponsors.find(theirs, limit=0):
            await sponsors.change(one.id, lambda s: model.remove_sponsor(s, s.community_id, now=utcnow()))
        managed = await members.find({"manager_number": number}, limit=0)
        await asyncio.gather(*(members.change(m.id, lambda m, _: model.without_manager(m, number)) for m in managed))
        await forget_introductions(cmd.member_id, introductions, wishes)
    return await members.change(cmd.member_id, lambda m, _: model.erase(m, now=utcnow()))
