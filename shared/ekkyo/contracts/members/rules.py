"""The rules of a community over time: the text of each version, and who accepted which."""

from typing import ClassVar, Literal

from pydantic import Field

from ekkyo.contracts.base import Id, Instant, Model, Question, may
from ekkyo.contracts.members.member import MemberFact

__all__ = [
    "Acceptance",
    "Acceptances",
    "GetRulesVersions",
    "ListAcceptances",
    "RulesDue",
    "RulesVersion",
    "RulesVersions",
    "VersionAccepted",
]


class RulesVersion(Model):
    """One version of a community's rules."""

    version: int
    text: str | None = None
    """None: it was replaced before texts of earlier versions were kept."""
    since: Instant | None = None
    """When it became the newest; None: that was not kept either."""


class RulesVersions(Model):
    """All versions of a community's rules, the newest first."""

    community_id: Id
    versions: list[RulesVersion]


class GetRulesVersions(Question[RulesVersions]):
    """The rules of a community as they are and as they were."""

    subject: ClassVar[str] = "ekkyo.ask.members.rules_versions"
    may: ClassVar = may("member")
    community_id: Id


class Acceptance(Model):
    """Which version of the rules a member accepted last."""

    member_id: Id
    version: int
    """0: none yet."""
    accepted_at: Instant | None = None
    """None: not yet, or before this was kept."""


class VersionAccepted(Model):
    """How many members accepted this version last."""

    version: int
    members: int


class Acceptances(Model):
    """Who accepted which version, in the order of personnel numbers; `next` continues where this page ends."""

    community_id: Id
    rules_version: int
    """The newest version."""
    counted: list[VersionAccepted]
    """Over all active members, the newest version first; 0 stands for those who accepted none."""
    members: list[Acceptance]
    next: str | None = None


class ListAcceptances(Question[Acceptances]):
    """Which version of the rules each active member of a community accepted."""

    subject: ClassVar[str] = "ekkyo.ask.members.rules_acceptances"
    may: ClassVar = may("leader", "steward", "system", community="community_id")
    community_id: Id
    missing: bool = False
    """True: only members who have not accepted the newest version."""
    after: str | None = None
    limit: int = Field(default=100, ge=1, le=200)


class RulesDue(MemberFact):
    """A member has not accepted the newest version of a community's rules. It is told once for each version."""

    subject: ClassVar[str] = "ekkyo.fact.members.rules_due"
    community_id: Id
    rules_version: int
    because: Literal["days", "event"] = "days"
    """days: some days have passed. event: they lead the community or host its event, which is near."""
