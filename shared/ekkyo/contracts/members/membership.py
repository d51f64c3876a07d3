"""Memberships: who is in a community, and which rules they accepted."""

from typing import ClassVar, Literal

from pydantic import Field

from ekkyo.contracts.base import (
    Command,
    Id,
    Model,
    may,
)
from ekkyo.contracts.members.member import Member, MemberFact


class Invited(Model):
    """Says that a member is invited to a community, or is in it already, and nothing else about them."""

    member_id: Id
    community_id: Id
    status: Literal["invited", "member"]


class InviteMember(Command[Invited]):
    """Invite somebody to a community. They accept by joining it; until then its leaders learn nothing of them."""

    subject: ClassVar[str] = "ekkyo.cmd.members.invite"
    may: ClassVar = may("leader", "steward", "system", community="community_id")
    member_id: Id
    community_id: Id


class DeclineInvitation(Command[Member]):
    """Decline an invitation to a community."""

    subject: ClassVar[str] = "ekkyo.cmd.members.decline"
    may: ClassVar = may("self")
    member_id: Id
    community_id: Id


class JoinCommunity(Command[Member]):
    """Become a member of a community, invited or not. A leader cannot join for somebody else: leaders invite."""

    subject: ClassVar[str] = "ekkyo.cmd.members.join"
    may: ClassVar = may("self", "leader", "steward", "system", community="community_id")
    member_id: Id
    community_id: Id


class LeaveCommunity(Command[Member]):
    """Leave a community; roles in it end."""

    subject: ClassVar[str] = "ekkyo.cmd.members.leave"
    may: ClassVar = may("self", "steward", "system")
    member_id: Id
    community_id: Id


class AcceptRules(Command[Member]):
    """Accept one version of a community's written rules. Nobody can accept for another."""

    subject: ClassVar[str] = "ekkyo.cmd.members.accept_rules"
    may: ClassVar = may("self", "system")
    member_id: Id
    community_id: Id
    rules_version: int = Field(ge=1)


class MemberInvited(MemberFact):
    """A member was invited to a community; who did it is the fact's actor."""

    subject: ClassVar[str] = "ekkyo.fact.members.invited"
    community_id: Id


class InvitationDeclined(MemberFact):
    """Somebody declined an invitation to a community."""

    subject: ClassVar[str] = "ekkyo.fact.members.invitation_declined"
    community_id: Id


class MemberJoined(MemberFact):
    """A member joined a community."""

    subject: ClassVar[str] = "ekkyo.fact.members.joined"
    community_id: Id


class MemberLeft(MemberFact):
    """A member left a community."""

    subject: ClassVar[str] = "ekkyo.fact.members.left"
    community_id: Id


class RulesAccepted(MemberFact):
    """A member accepted a version of a community's rules."""

    subject: ClassVar[str] = "ekkyo.fact.members.rules_accepted"
    community_id: Id
    rules_version: int
