"""What the members service can be asked to tell of two records of one person."""

import asyncio

from ekkyo.broker import Router, asked
from ekkyo.contracts import members as contract
from ekkyo.decision.clock import utcnow

from ekkyo_members import model
from ekkyo_members.store import Members

router = Router()


@router.subscriber(**asked(contract.PreviewMerge))
async def merge_preview(question: contract.PreviewMerge, members: Members) -> contract.MergePreview:
    """What would become of two records that are merged."""
    both = await asyncio.gather(members.get(question.kept_id), members.get(question.absorbed_id))
    kept, absorbed = model.may_merge(*both)
    steps, theirs = await asyncio.gather(members.entries(kept.id), members.entries(absorbed.id))
    return model.preview(kept, absorbed, question.current, steps, theirs)


@router.subscriber(**asked(contract.ListMerges))
async def merges(question: contract.ListMerges, members: Members) -> contract.Merges:
    """The merges into one record that can still be undone."""
    member = await members.get(question.member_id)
    if member is None:
        raise model.not_found()
    return model.undoable(model.present(member), now=utcnow())
