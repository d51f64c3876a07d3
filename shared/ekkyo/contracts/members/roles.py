"""Roles: leaders of a community, their deputies, and stewards; each with or without an end."""

from typing import ClassVar

from ekkyo.contracts.base import Command, Day, Id, may
from ekkyo.contracts.members.member import CommunityRole, Member, MemberFact

LONGEST_YEARS = 10
"""How many years ahead the end of a role can be."""


class GrantRole(Command[Member]):
    """Make a member of a community one of its leaders, or name another end of that role."""

    subject: ClassVar[str] = "ekkyo.cmd.members.grant_role"
    may: ClassVar = may("steward", "system")
    member_id: Id
    community_id: Id
    role: CommunityRole = "leader"
    until: Day | None = None
    """The last day on which they have the role, in the community's time zone. None: until it is revoked."""


class RevokeRole(Command[Member]):
    """End a member's role in a community."""

    subject: ClassVar[str] = "ekkyo.cmd.members.revoke_role"
    may: ClassVar = may("steward", "system")
    member_id: Id
    community_id: Id
    role: CommunityRole = "leader"


class GrantSteward(Command[Member]):
    """Make somebody a steward, who administers all communities, or name another end of that role.

    Refused with an end where no other active steward has none.
    """

    subject: ClassVar[str] = "ekkyo.cmd.members.grant_steward"
    may: ClassVar = may("steward", "system")
    member_id: Id
    until: Day | None = None
    """The last day on which they have the role, in the company's time zone. None: until it is revoked."""


class RevokeSteward(Command[Member]):
    """Remove the role of steward. Refused for the last active steward whose role has no end."""

    subject: ClassVar[str] = "ekkyo.cmd.members.revoke_steward"
    may: ClassVar = may("steward", "system")
    member_id: Id


class NameDeputy(Command[Member]):
    """Name another member of the community as the deputy of a leader: for that time they may do what a leader may.

    A leader has one deputy at a time, and a deputy has none.
    """

    subject: ClassVar[str] = "ekkyo.cmd.members.name_deputy"
    may: ClassVar = may("self", "steward")
    member_id: Id
    """The leader."""
    community_id: Id
    deputy_id: Id
    since: Day | None = None
    """The first day, in the community's time zone. None: today."""
    until: Day | None = None
    """The last day, which counts. None: until the leader ends it, or no longer leads."""


class EndDeputy(Command[Member]):
    """Have a deputy no longer, or not any more in the future."""

    subject: ClassVar[str] = "ekkyo.cmd.members.end_deputy"
    may: ClassVar = may("self", "steward")
    member_id: Id
    """The leader."""
    community_id: Id
    deputy_id: Id


class RoleGranted(MemberFact):
    """A member was given a role in a community, or another end of it was named."""

    subject: ClassVar[str] = "ekkyo.fact.members.role_granted"
    community_id: Id
    role: CommunityRole
    until: Day | None = None
    deputy_of: Id | None = None
    """The leader for whom they stand in."""


class RoleRevoked(MemberFact):
    """A member's role in a community ended."""

    subject: ClassVar[str] = "ekkyo.fact.members.role_revoked"
    community_id: Id
    role: CommunityRole
    planned: bool = False
    """Whether it ended on the day that was named for it. The actor is then who named it."""
    deputy_of: Id | None = None


class StewardGranted(MemberFact):
    """Somebody became a steward, or another end of that role was named."""

    subject: ClassVar[str] = "ekkyo.fact.members.steward_granted"
    until: Day | None = None


class StewardRevoked(MemberFact):
    """Somebody is no steward any more."""

    subject: ClassVar[str] = "ekkyo.fact.members.steward_revoked"
    planned: bool = False
    """Whether it ended on the day that was named for it. The actor is then who named it."""


class DeputyNamed(MemberFact):
    """A leader named a member as their deputy. The role itself is announced when it begins."""

    subject: ClassVar[str] = "ekkyo.fact.members.deputy_named"
    community_id: Id
    leader_id: Id
    since: Day
    until: Day | None = None


class DeputyRemoved(MemberFact):
    """A member who was named as a deputy will not be one. Of deputies who had begun, the role is revoked."""

    subject: ClassVar[str] = "ekkyo.fact.members.deputy_removed"
    community_id: Id
    leader_id: Id


__all__ = [
    "LONGEST_YEARS",
    "DeputyNamed",
    "DeputyRemoved",
    "EndDeputy",
    "GrantRole",
    "GrantSteward",
    "NameDeputy",
    "RevokeRole",
    "RevokeSteward",
    "RoleGranted",
    "RoleRevoked",
    "StewardGranted",
    "StewardRevoked",
]
