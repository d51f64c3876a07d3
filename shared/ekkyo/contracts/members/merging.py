"""Two records of one person: merging them, undoing that, and a new personnel number for the same person."""

from typing import ClassVar, Literal

from pydantic import ConfigDict, model_validator

from ekkyo.contracts.base import Command, Id, Instant, Model, Question, may
from ekkyo.contracts.members.journey import CrossingReached
from ekkyo.contracts.members.member import Member, MemberFact, Number

Current = Literal["kept", "absorbed"]
"""Which of two records has the number, the name and the mail address that are true now."""


class Merge(Model):
    """That two records became one."""

    merge_id: Id
    kept_id: Id
    """The record that stays: everything is its own now."""
    absorbed_id: Id
    """The record that became part of it. Its id keeps leading to the kept one."""
    merged_at: Instant
    undo_until: Instant
    undone: bool = False


def _two(named: "MergeMembers | PreviewMerge") -> None:
    if named.kept_id == named.absorbed_id:
        raise ValueError("name two records: kept_id and absorbed_id are the same")


class MergeMembers(Command[Merge]):
    """Make two records of one person one.

    The absorbed record's places at events, its journey, its communities and its participation in surveys become the
    kept one's; its number, name and address are kept as former ones. Where both have a place at one event, the better
    one stays and the other is given back. It can be undone for a day.
    """

    subject: ClassVar[str] = "ekkyo.cmd.members.merge"
    may: ClassVar = may("steward", "system")
    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "merge_id": "0192f0c1-7a00-7000-8000-0000000000d4",
                "kept_id": "0192f0c1-7a00-7000-8000-0000000000a1",
                "absorbed_id": "0192f0c1-7a00-7000-8000-0000000000a2",
                "current": "kept",
            }
        }
    )
    merge_id: Id
    kept_id: Id
    absorbed_id: Id
    current: Current = "kept"
    """Whose number, name, address and other data of the personnel system are true from now on."""

    @model_validator(mode="after")
    def _of_two(self) -> "MergeMembers":
        _two(self)
        return self


class UndoMerge(Command[Merge]):
    """Make two records of one again, within a day. What came of the absorbed record's places since goes back with them.

    Where both had a place at one event, the one that was given back is returned if a seat is free; else the record is
    the first on the waitlist.
    """

    subject: ClassVar[str] = "ekkyo.cmd.members.undo_merge"
    may: ClassVar = may("steward", "system")
    absorbed_id: Id


class ChangeNumber(Command[Member]):
    """Give a member another personnel number. The earlier one stays known as a former number of this person."""

    subject: ClassVar[str] = "ekkyo.cmd.members.change_number"
    may: ClassVar = may("steward", "system")
    member_id: Id
    number: Number


# Questions


class CommunityMoved(Model):
    """A community that the kept record is in by a merge."""

    community_id: Id
    both: bool
    """Whether both records are in it: the earlier joining, the role and the newest accepted rules stay."""


class MergePreview(Model):
    """What a merge would do with what the members service holds. Places: `events.mine`. Surveys: `surveys.mine`."""

    kept: Member
    absorbed: Member
    after: Member
    """The kept record, as it would be."""
    communities: list[CommunityMoved] = []
    crossings: list[CrossingReached] = []
    """Of the absorbed record, those that the kept one has not, or reached later."""
    attended: int
    """How many events the person came to, each counted once."""
    both_attended: list[Id] = []
    """Events that both records came to: they count once."""


class PreviewMerge(Question[MergePreview]):
    """What would become of two records that are merged. It refuses what `members.merge` would refuse."""

    subject: ClassVar[str] = "ekkyo.ask.members.merge_preview"
    may: ClassVar = may("steward", "system")
    kept_id: Id
    absorbed_id: Id
    current: Current = "kept"

    @model_validator(mode="after")
    def _of_two(self) -> "PreviewMerge":
        _two(self)
        return self


class Merges(Model):
    """Merges that can still be undone, the newest first."""

    merges: list[Merge]


class ListMerges(Question[Merges]):
    """The merges into one record that can still be undone."""

    subject: ClassVar[str] = "ekkyo.ask.members.merges"
    may: ClassVar = may("steward", "system")
    member_id: Id


# Facts


class MemberMerged(MemberFact):
    """This record is part of another one from now on: all that was told of its id is true of `kept_id`.

    The record itself is no longer active and in no community.
    """

    subject: ClassVar[str] = "ekkyo.fact.members.merged"
    merge_id: Id
    kept_id: Id


class MergeUndone(MemberFact):
    """This record is one of its own again. What was told of it before the merge is true of it again."""

    subject: ClassVar[str] = "ekkyo.fact.members.merge_undone"
    merge_id: Id
    kept_id: Id
    crossings: list[CrossingReached] = []
    """All that it has."""


class RecordAbsorbed(MemberFact):
    """Another record of the same person became part of this one."""

    subject: ClassVar[str] = "ekkyo.fact.members.record_absorbed"
    merge_id: Id
    absorbed_id: Id
    crossings: list[CrossingReached] = []
    """All that the person has now."""


class RecordReleased(MemberFact):
    """What this record had absorbed is a record of its own again."""

    subject: ClassVar[str] = "ekkyo.fact.members.record_released"
    merge_id: Id
    absorbed_id: Id
    crossings: list[CrossingReached] = []
    """All that are left."""


__all__ = [
    "ChangeNumber",
    "CommunityMoved",
    "Current",
    "ListMerges",
    "MemberMerged",
    "Merge",
    "MergeMembers",
    "MergePreview",
    "MergeUndone",
    "Merges",
    "PreviewMerge",
    "RecordAbsorbed",
    "RecordReleased",
    "UndoMerge",
]
