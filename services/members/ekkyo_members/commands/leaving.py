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
    if whole is None or whole.erased:
        return await members.change(cmd.member_id, lambda m, _: model.erase(m, now=utcnow()))
    parts = await parts_of(whole.id, members)
    numbers, addresses = model.known_by(whole)
    found = await members.find({"$or": [{"number": {"$in": numbers}}, {"email": {"$in": addresses}}]}, limit=0)
    numbers, addresses = model.known_by(whole, but=[one for one in found if one.id != whole.id])
    ids = [one.id for one in (*parts, whole)]
    for one in await sponsors.find({"$or": [{"email": {"$in": addresses}}, {"member_id": {"$in": ids}}]}, limit=0):
        await sponsors.change(one.id, lambda s: model.remove_sponsor(s, s.community_id, now=utcnow()))
    managed = await members.find({"manager_number": {"$in": numbers}}, limit=0)
    await asyncio.gather(*(members.change(m.id, lambda m, _: model.without_manager(m, numbers)) for m in managed))
    for id in ids:
        await forget_introductions(id, introductions, wishes)
    for part in parts:
        await members.change(part.id, lambda m, _: model.erase(m, now=utcnow()))
    return await members.change(whole.id, lambda m, _: model.erase(m, now=utcnow()))
