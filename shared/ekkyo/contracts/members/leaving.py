"""Leaving: members who are deactivated or erased."""

from typing import ClassVar, Literal

from pydantic import Field

from ekkyo.contracts.base import (
    Command,
    Fact,
    Id,
    Instant,
    Model,
    Question,
    may,
)
from ekkyo.contracts.members.journey import CrossingReached
from ekkyo.contracts.members.member import Member, MemberFact


class DeactivateMember(Command[Member]):
    """Say that a person left the company. They are told nothing any more and give their seats back; all they did stays.

    An import does not bring them back.
    """

    subject: ClassVar[str] = "ekkyo.cmd.members.deactivate"
    may: ClassVar = may("steward", "system")
    member_id: Id


class ReactivateMember(Command[Member]):
    """Say that a person who left came back, or never left."""

    subject: ClassVar[str] = "ekkyo.cmd.members.reactivate"
    may: ClassVar = may("steward", "system")
    member_id: Id


Forgetter = Literal["events", "notify", "surveys"]
"""A service that knows members by what it heard, and tells when it has forgotten one."""


class Erasure(Model):
    """How far the erasure of a member has got. Nothing in it is personal: the id leads to nobody any more."""

    member_id: Id
    erased_at: Instant
    receipts: dict[Forgetter, Instant] = {}
    """The services that have forgotten the member, and since when."""
    waits_for: list[Forgetter] = []
    """The services that have not said so yet."""
    purged_at: Instant | None = None
    """Since when the stream holds no fact any more that tells who the member was: the erasure is complete."""
    communities: list[Id] = []
    """Which communities the member was in, for the figures of these."""


class EraseMember(Command[Erasure]):
    """Forget who a member was, everywhere and for good. What they took part in stays in the counts.

    The answer comes when the members service has forgotten them; `GetErasure` tells how far the others are. The id is
    never given to anybody again, and no import brings the person back: register them anew with another id.
    """

    subject: ClassVar[str] = "ekkyo.cmd.members.erase"
    may: ClassVar = may("steward", "system")
    member_id: Id


class GetErasure(Question[Erasure]):
    """How far the erasure of one member has got: which services have answered, and whether the stream is purged."""

    subject: ClassVar[str] = "ekkyo.ask.members.erasure"
    may: ClassVar = may("steward", "system")
    member_id: Id


class ErasurePage(Model):
    """Erasures in the order of ids; `next` continues where this page ends."""

    erasures: list[Erasure]
    next: str | None = None


class ListErasures(Question[ErasurePage]):
    """Members who were erased: all, or those whose erasure is complete, or is not."""

    subject: ClassVar[str] = "ekkyo.ask.members.erasures"
    may: ClassVar = may("steward", "system")
    complete: bool | None = None
    after: str | None = None
    limit: int = Field(default=100, ge=1, le=500)


class MemberDeactivated(MemberFact):
    """A person left the company: they are told nothing any more, and do not come."""

    subject: ClassVar[str] = "ekkyo.fact.members.deactivated"


class MemberReactivated(MemberFact):
    """A person who had left is back."""

    subject: ClassVar[str] = "ekkyo.fact.members.reactivated"


class MemberErased(Fact):
    """A member is to be forgotten by all who know them. It says nothing of who they were, and stays for ever."""

    subject: ClassVar[str] = "ekkyo.fact.members.erased"
    about: ClassVar[str] = "member_id"
    member_id: Id
    communities: list[Id] = []
    """Which communities they were in."""
    crossings: list[CrossingReached] = []
    """The crossings they reached, which stay in the counts."""


class MemberForgotten(Fact):
    """What every service says that has forgotten a member who was erased."""

    about: ClassVar[str] = "member_id"
    member_id: Id


class MemberPurged(Fact):
    """Every service has forgotten a member, and the facts that told who they were have left the stream."""

    subject: ClassVar[str] = "ekkyo.fact.members.purged"
    about: ClassVar[str] = "member_id"
    member_id: Id
