"""What the company's directory asks the members service to do."""

from typing import Annotated

from ekkyo.broker import Router, asked
from ekkyo.contracts import members as contract
from ekkyo.contracts.base import Refused
from ekkyo.decision.clock import utcnow
from faststream import Context

from ekkyo_members import model
from ekkyo_members.settings import MembersSettings
from ekkyo_members.store import Members

router = Router()
MySettings = Annotated[MembersSettings, Context("settings")]


@router.subscriber(**asked(contract.ProvisionMember))
async def provision(cmd: contract.ProvisionMember, members: Members, settings: MySettings) -> contract.Provisioned:
    """Apply what the directory says of a person, who is known by number."""
    member_id = model.new_member_id(cmd.number)
    known = await members.find({"number": cmd.number}, limit=1)
    if known:
        return await members.change(known[0].id, lambda m, _: model.provision(m, cmd, now=utcnow()))
    if await members.find({"came_from": {"$in": [member_id]}}, limit=1):
        raise Refused("member_erased", "The member with this number was erased.")
    if kept := await members.find({"signs_in_as": {"$in": [cmd.number]}}, limit=1):
        raise model.merged(kept[0].id)
    return await members.create(member_id, lambda m, _: model.provision(m, cmd, settings.company, now=utcnow()))


@router.subscriber(**asked(contract.DeprovisionMember))
async def deprovision(cmd: contract.DeprovisionMember, members: Members) -> contract.Provisioned:
    """The directory no longer has this person."""
    return await members.change(cmd.member_id, lambda m, _: model.deprovision(m, cmd.revision))
