"""What the members service can be asked to do with two records of one person."""

from collections.abc import Iterator
from contextlib import contextmanager

from ekkyo.broker import Router, asked
from ekkyo.contracts import members as contract
from ekkyo.contracts.base import Refused
from ekkyo.decision.clock import utcnow

from ekkyo_members import model
from ekkyo_members.store import Members, MergeTurns, take_in

router = Router()


@router.subscriber(**asked(contract.MergeMembers))
async def merge(cmd: contract.MergeMembers, members: Members, merge_turns: MergeTurns) -> contract.Merge:
    """Make two records of one person one."""
    async with merge_turns.taken() as until:
        kept, now = await members.get(cmd.kept_id), utcnow()
        told = await members.change(cmd.absorbed_id, lambda m, _: model.absorb(m, kept, cmd, until=until, now=now))
        await take_in(await members.get(cmd.absorbed_id), members, now=now)
    return told


@router.subscriber(**asked(contract.UndoMerge))
async def undo_merge(cmd: contract.UndoMerge, members: Members) -> contract.Merge:
    """Make two records of one again. The kept one gives back first: a number and an address are one record's."""
    absorbed = await members.get(cmd.absorbed_id)
    if absorbed is None:
        raise model.not_found()
    said = model.may_undo(absorbed, now=utcnow())
    if not absorbed.merged_into:
        return said.told
    await take_in(absorbed, members, now=utcnow())
    kept = await members.get(said.told.kept_id)
    held = await members.find({"$or": model.given_back(said, kept)}, limit=0)
    model.must_be_free(held, said, kept)
    with _unless_handed_on():
        known = await members.change(said.told.kept_id, lambda m, steps: model.release(m, steps, said, now=utcnow()))
        return await members.change(
            cmd.absorbed_id,
            lambda m, steps: model.restore(m, steps, said.told.merge_id, known),
            entries=[step.key for step in known],
        )


@router.subscriber(**asked(contract.ChangeNumber))
async def change_number(cmd: contract.ChangeNumber, members: Members) -> contract.Member:
    """Give a member another personnel number."""
    return await members.change(cmd.member_id, lambda m, _: model.change_number(model.present(m), cmd.number))


@contextmanager
def _unless_handed_on() -> Iterator[None]:
    """Somebody may get such a number or address after it was looked: that is refused in the same words."""
    try:
        yield
    except Refused as no:
        for name in model.ALONE:
            if no.code == f"{name}_taken":
                raise model.handed_on(name) from no
        raise
