"""Merging two records of one person. The absorbed record is changed first, then the one that is kept.

Whatever comes between the two is made up for by the reaction to the first one's fact: both are decided again, and
what was done changes nothing.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from typing import ClassVar

from ekkyo.contracts import members as contract
from ekkyo.decision import Decision, Entries, Refused, Timer, turn

from ekkyo_members.model.importing import new_member_id
from ekkyo_members.model.journey import Step
from ekkyo_members.model.member import GONE, MERGED, Member, not_found, present
from ekkyo_members.model.parts import Absorbed, Merged
from ekkyo_members.model.roles import timers
from ekkyo_members.model.uniting import changed_by, united

UNDO_FOR = timedelta(days=1)


class MergeTimer(Timer):
    """A merge can be undone no more. Its id is the absorbed record's."""

    subject: ClassVar[str] = "ekkyo.timer.members.merge"


class Elsewhere(Exception):
    """What was to be decided about a record is to be decided about the one that it is part of."""

    def __init__(self, into: str) -> None:
        super().__init__(into)
        self.into = into


def here(member: Member) -> Member:
    """The record, if it is one of its own. Raises Elsewhere."""
    if member.merged_into:
        raise Elsewhere(member.merged_into)
    return member


def may_merge(kept: Member | None, absorbed: Member | None) -> tuple[Member, Member]:
    """Both records, if they can be merged."""
    if kept is None or absorbed is None:
        raise not_found()
    kept, absorbed = present(kept), present(absorbed)
    if absorbed.steward:
        raise Refused(
            "absorbed_steward",
            "The record to be absorbed is a steward's. Keep that one, or revoke the role there first.",
        )
    if kept.active != absorbed.active and any(
        (one.steward or one.leads) and not one.active for one in (kept, absorbed)
    ):
        raise Refused(
            "role_would_begin", "One of the records left with a role, which would begin again. Revoke it there first."
        )
    return kept, absorbed


def preview(
    kept: Member, absorbed: Member, current: contract.Current, steps: Sequence[Step], theirs: Sequence[Step]
) -> contract.MergePreview:
    """What would become of both. steps: what the kept one did; theirs: what the other one did."""
    kept, absorbed = may_merge(kept, absorbed)
    after, came = united(kept, absorbed, current), _came(steps)
    moved = _moved({step.key: step for step in steps}.get, theirs, kept.id, absorbed.id)
    both = sorted(came & _came(theirs))
    return contract.MergePreview(
        kept=kept.told(),
        absorbed=absorbed.told(),
        after=after.told(),
        communities=[
            contract.CommunityMoved(community_id=one, both=one in kept.communities) for one in absorbed.communities
        ],
        crossings=[one for one in after.crossings if one not in kept.crossings],
        attended=kept.attended + did_attend(moved),
        both_attended=[key.removeprefix("attended-") for key in both],
    )


def absorb(
    absorbed: Member, kept: Member | None, cmd: contract.MergeMembers, *, until: datetime, now: datetime
) -> Decision[Member, contract.Merge]:
    """The record to be absorbed is part of the other one from now on. Its number and address are free by it.

    until: how long no other merge is decided, so that no two records become part of each other.
    """
    if absorbed.merged and absorbed.merged.told.merge_id == cmd.merge_id and not absorbed.erased:
        return Decision(absorbed, absorbed.merged.told)
    if now >= until:
        raise turn.busy()
    kept, absorbed = may_merge(kept, absorbed)
    told = contract.Merge(
        merge_id=cmd.merge_id,
        kept_id=kept.id,
        absorbed_id=absorbed.id,
        merged_at=now,
        undo_until=now + UNDO_FOR,
    )
    before = absorbed.model_dump(mode="json", exclude={"id", "revision", "merged", "merged_into"})
    after = Member(
        id=absorbed.id,
        revision=absorbed.revision,
        number=MERGED + absorbed.id,
        email=GONE + absorbed.id,
        name="",
        department="",
        active=False,
        calendar=absorbed.calendar,
        merged_into=kept.id,
        merged=Merged(told=told, came_from=new_member_id(absorbed.number), before={**before, "current": cmd.current}),
    )
    told_as = absorbed.model_copy(update={"active": False, "memberships": [], "follows": [], "steward": False}).state()
    fact = contract.MemberMerged(member_id=after.id, member=told_as, merge_id=cmd.merge_id, kept_id=kept.id)
    return Decision(after, told, facts=[fact], timers=[MergeTimer(id=after.id).at(told.undo_until)])


def take_in(kept: Member, steps: Entries[Step], absorbed: Member, theirs: Sequence[Step]) -> Decision[Member, None]:
    """The kept record has everything that the absorbed one had. theirs: what that one did."""
    kept, said = here(kept), absorbed.merged
    if kept.erased or said is None or not absorbed.merged_into or said.before is None:
        return Decision(kept, None)
    if any(one.told.merge_id == said.told.merge_id for one in kept.absorbed):
        return Decision(kept, None)
    other = Member.model_validate({**said.before, "id": absorbed.id})
    moved = _moved(steps.get, theirs, kept.id, absorbed.id)
    after = united(kept, other, said.before["current"])
    was, since = changed_by(kept, after)
    after = after.model_copy(
        update={
            "attended": kept.attended + did_attend(moved),
            "absorbed": [*kept.absorbed, Absorbed(told=said.told, was=was, since=since)],
        }
    )
    fact = contract.RecordAbsorbed(
        member_id=kept.id,
        member=after.state(),
        merge_id=said.told.merge_id,
        absorbed_id=absorbed.id,
        crossings=after.crossings,
    )
    return Decision(after, None, entries=moved, facts=[fact], timers=timers(after))


def settle_absorbed(absorbed: Member, *, now: datetime) -> Decision[Member, contract.Merge | None]:
    """Keep of a merged record no more than where it leads; the answer is the merge."""
    said = absorbed.merged
    if said is None or not absorbed.merged_into or now < said.told.undo_until - timedelta(minutes=1):
        return Decision(absorbed, None)
    return Decision(absorbed.model_copy(update={"merged": said.model_copy(update={"before": None})}), said.told)


def settle_kept(kept: Member, merge_id: str) -> Decision[Member, None]:
    """Keep of a merge no more than that it was."""
    settled = [
        Absorbed(told=one.told) if one.told.merge_id == merge_id and one.was is not None else one
        for one in kept.absorbed
    ]
    return Decision(kept if settled == kept.absorbed else kept.model_copy(update={"absorbed": settled}), None)


def _moved(known: Callable[[str], Step | None], theirs: Sequence[Step], kept_id: str, absorbed_id: str) -> list[Step]:
    """What the other one did, as steps of the kept one: what that one did too is theirs already."""
    return [
        step.model_copy(update={"document_id": kept_id, "of": absorbed_id})
        for step in theirs
        if not step.undone and ((mine := known(step.key)) is None or mine.undone)
    ]


def did_attend(steps: Iterable[Step]) -> int:
    return sum(step.kind is None and not step.undone for step in steps)


def _came(steps: Iterable[Step]) -> set[str]:
    return {step.key for step in steps if step.kind is None and not step.undone}
