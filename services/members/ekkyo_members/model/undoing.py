"""Undoing a merge: two records again. The kept record gives back first, then the absorbed one is restored."""

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from ekkyo.contracts import members as contract
from ekkyo.decision import Decision, Entries, Refused

from ekkyo_members.model.calendar import end_calendar_address
from ekkyo_members.model.journey import Step
from ekkyo_members.model.member import Member
from ekkyo_members.model.merging import MergeTimer, did_attend
from ekkyo_members.model.parts import Absorbed, Merged
from ekkyo_members.model.roles import timers
from ekkyo_members.model.uniting import returned

ALONE: Final = ("number", "email", "user_name")
"""What one record alone has, by unique indexes."""


def may_undo(absorbed: Member, *, now: datetime) -> Merged:
    """The merge of this record, if it can be undone."""
    if absorbed.erased or absorbed.merged is None:
        raise Refused("merge_not_found", "This record is not part of another one.")
    if absorbed.merged_into and (absorbed.merged.before is None or now >= absorbed.merged.told.undo_until):
        raise Refused("merge_final", "A merge can be undone for a day. Register the person again, if they are two.")
    return absorbed.merged


def given_back(said: Merged, kept: Member | None) -> list[dict[str, str]]:
    """What one record alone may have, of what the absorbed one and the kept one get back: as filters for who has it."""
    before = said.before or {}
    found = [{name: str(before[name])} for name in ALONE if before.get(name)]
    if kept and (mine := _taken_in(kept, said.told)):
        after = _without(kept, mine)
        found += [{name: getattr(after, name)} for name in ALONE if getattr(after, name) != getattr(kept, name)]
    return [one for one in found if all(one.values())]


def handed_on(name: str) -> Refused:
    """What is said where another member has by now what one of the two records gets back: one of `ALONE`."""
    if name == "number":
        return Refused(
            "number_handed_on",
            "By now another member has a number that one of the two records would get back. Change it first.",
        )
    if name == "email":
        return Refused("address_handed_on", "Another member has this person's address by now. Change it first.")
    return Refused(
        "user_name_handed_on", "The directory has this person's userName for another member by now. Change it there."
    )


def must_be_free(held: Iterable[Member], said: Merged, kept: Member | None = None) -> None:
    """Refuse to undo a merge where somebody else has by now what one of the two records gets back."""
    back = given_back(said, kept)
    for one in held:
        if one.id not in (said.told.kept_id, said.told.absorbed_id):
            _must_not_have(one, back)


def release(kept: Member, steps: Entries[Step], said: Merged, *, now: datetime) -> Decision[Member, list[Step]]:
    """The kept record has no more what it had by this merge; the answer is what the other one did, as known here.

    Sessions end: of those that began while both were one, nobody knows whose they are. So does an address for calendar
    programs that was made then.
    """
    told = said.told
    if kept.merged_into:
        raise Refused("merge_order", f"The kept record is part of {kept.merged_into} now. Undo that merge first.")
    found = _taken_in(kept, told)
    if kept.erased or found is None:
        return Decision(kept, [])
    theirs = [step for step in steps.all(of=told.absorbed_id) if not step.undone]
    after = _without(
        kept,
        found,
        attended=kept.attended - did_attend(theirs),
        absorbed=[one for one in kept.absorbed if one is not found],
        signed_out_before=max(now, kept.signed_out_before or now),
    )
    if after.calendar_since and after.calendar_since >= told.merged_at:
        after = end_calendar_address(after).document
    _must_not_have(after, given_back(said, None))
    fact = contract.RecordReleased(
        member_id=kept.id,
        member=after.state(),
        merge_id=told.merge_id,
        absorbed_id=told.absorbed_id,
        crossings=after.crossings,
    )
    gone = [step.model_copy(update={"undone": True, "event_revision": 0}) for step in theirs]
    return Decision(after, theirs, entries=gone, facts=[fact], timers=timers(after))


def restore(
    absorbed: Member, steps: Entries[Step], merge_id: str, known: Iterable[Step] = ()
) -> Decision[Member, contract.Merge]:
    """The absorbed record is one of its own again. known: what it did, as the kept one knew it."""
    said = absorbed.merged
    if said is None:
        raise Refused("merge_not_found", "This record is not part of another one.")
    if said.told.merge_id != merge_id or not absorbed.merged_into or said.before is None:
        return Decision(absorbed, said.told)
    told = said.told.model_copy(update={"undone": True})
    more = [
        step.model_copy(update={"document_id": absorbed.id, "of": None})
        for step in known
        if (before := steps.get(step.key)) is None or before.undone
    ]
    after = Member.model_validate(
        {
            **{name: value for name, value in said.before.items() if name != "current"},
            "id": absorbed.id,
            "revision": absorbed.revision,
            "merged": Merged(told=told, came_from=said.came_from),
        }
    )
    after = after.model_copy(update={"attended": after.attended + did_attend(more)})
    fact = contract.MergeUndone(
        member_id=after.id,
        member=after.state(),
        merge_id=merge_id,
        kept_id=told.kept_id,
        crossings=after.crossings,
    )
    return Decision(after, told, entries=more, facts=[fact], timers=[MergeTimer.cancel(after.id), *timers(after)])


def undoable(member: Member, *, now: datetime) -> contract.Merges:
    """The merges into this record that can still be undone."""
    found = [one.told for one in member.absorbed if one.was is not None and now < one.told.undo_until]
    return contract.Merges(merges=sorted(found, key=lambda one: one.merged_at, reverse=True))


def _must_not_have(one: Member, back: Iterable[dict[str, str]]) -> None:
    for name, value in (item for filter in back for item in filter.items()):
        if getattr(one, name) == value:
            raise handed_on(name)


def _taken_in(kept: Member, told: contract.Merge) -> Absorbed | None:
    """What the kept record holds of a merge that can be undone."""
    found = next((one for one in kept.absorbed if one.told.merge_id == told.merge_id), None)
    return found if found and found.was is not None and found.since is not None else None


def _without(kept: Member, other: Absorbed, **more: object) -> Member:
    """The kept record as it is again without another one."""
    back = returned(kept, other.was or {}, other.since or {})
    return Member.model_validate({**kept.model_dump(), **back, **more})
