"""What the company's directory asks the members service to tell."""

import asyncio
from typing import Any

from ekkyo.broker import Router, asked
from ekkyo.contracts import members as contract

from ekkyo_members import model
from ekkyo_members.store import Members

router = Router()


@router.subscriber(**asked(contract.FindProvisioned))
async def provisioned(question: contract.FindProvisioned, members: Members) -> contract.ProvisionedPage:
    """Provisioned members who meet all these conditions."""
    where: dict[str, Any] = {"user_name": {"$gt": ""}}
    for field in ("external_id", "number", "email", "name", "department", "active"):
        if (wanted := getattr(question, field)) is not None:
            where[field] = wanted
    if question.user_name is not None:
        where["user_name"] = question.user_name.casefold()
    if question.member_ids is not None:
        where["id"] = {"$in": question.member_ids}
    if question.community_id is not None:
        where["communities"] = {"$in": [question.community_id]}
    if question.limit == 0:
        return contract.ProvisionedPage(members=[], total=await members.count(where), start=question.start)
    found, total = await asyncio.gather(
        members.find(where, sort="number", skip=question.start - 1, limit=question.limit), members.count(where)
    )
    return contract.ProvisionedPage(
        members=[model.told_to_directory(m) for m in found], total=total, start=question.start
    )
