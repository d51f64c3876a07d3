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
    """Record that a person left the company. They get no more messages and give up their seats; what they did is kept.
    An import does not reactivate them.
    """

    subject: ClassVar[str] = "ekkyo.cmd.members.deactivate"
    may: ClassVar = may("steward", "system")
    member_id: Id


class ReactivateMember(Command[Member]):
    """Record that a person who left came back, or never left."""

    subject: ClassVar[str] = "ekkyo.cmd.members.reactivate"
    may: ClassVar = may("steward", "system")
    member_id: Id


Forgetter = Literal["events", "notify", "surveys"]
"""A service that keeps data about members, and confirms when it has forgotten one."""


class Erasure(Model):
    """The progress of a member's erasure. It holds no personal data: the id no longer identifies anybody."""

    member_id: Id
    erased_at: Instant
    receipts: dict[Forgetter, Instant] = {}
    """The services that have forgotten the member, and since when."""
    waits_for: list[Forgetter] = []
    """The services that have not confirmed it yet."""
    purged_at: Instant | None = None
    """When the facts about who the member was were purged from the stream: the erasure is complete."""
    communities: list[Id] = []
    """Which communities the member was in, for the figures of those communities."""


class EraseMember(Command[Erasure]):
    """Delete a member's personal data everywhere, permanently. What they took part in stays in the counts.

    The answer comes when the members service has forgotten them; `GetErasure` says which others have. The id is never
    given to anybody again, and no import restores the person: use another id to register them again.
    """

    subject: ClassVar[str] = "ekkyo.cmd.members.erase"
    may: ClassVar = may("steward", "system")
    member_id: Id


class GetErasure(Question[Erasure]):
    """The progress of one member's erasure: which services have confirmed it, and whether the stream is purged."""

    subject: ClassVar[str] = "ekkyo.ask.members.erasure"
    may: ClassVar = may("steward", "system")
    member_id: Id


class ErasurePage(Model):
    """Erasures in the order of ids; `next` continues where this page ends."""

    erasures: list[Erasure]
    next: str | None = None


class ListErasures(Question[ErasurePage]):
    """Members who were erased: all, or those whose erasure is complete, or is not.

    Leaders name a community that they lead, and learn of no other one.
    """

    subject: ClassVar[str] = "ekkyo.ask.members.erasures"
    may: ClassVar = may("leader", "steward", "system")
    community_id: Id | None = None
    """Only of those who were in this community. A page of them may hold fewer than `limit`."""
    complete: bool | None = None
    after: str | None = None
    limit: int = Field(default=100, ge=1, le=500)


class MemberDeactivated(MemberFact):
    """A person left the company: they get no more messages and cannot attend."""

    subject: ClassVar[str] = "ekkyo.fact.members.deactivated"


class MemberReactivated(MemberFact):
    """A person who had left is back."""

    subject: ClassVar[str] = "ekkyo.fact.members.reactivated"


class MemberErased(Fact):
    """Every service must forget this member. The fact does not say who they were, and stays in the stream for ever."""

    subject: ClassVar[str] = "ekkyo.fact.members.erased"
    about: ClassVar[str] = "member_id"
    member_id: Id
    communities: list[Id] = []
    """Which communities they were in."""
    crossings: list[CrossingReached] = []
    """The crossings they reached, which stay in the counts."""


class MemberForgotten(Fact):
    """What each service publishes when it has forgotten an erased member."""

    about: ClassVar[str] = "member_id"
    member_id: Id


class MemberPurged(Fact):
    """Every service has forgotten a member, and the facts about who they were are purged from the stream."""

    subject: ClassVar[str] = "ekkyo.fact.members.purged"
    about: ClassVar[str] = "member_id"
    member_id: Id
