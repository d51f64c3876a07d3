"""A community: its name, its rules and its charter."""

from datetime import datetime

from ekkyo.contracts import members as contract
from ekkyo.decision import Decision, Document, Refused


class Community(Document):
    """A community that people join."""

    name: str
    logo_url: str | None = None
    rules: str
    rules_version: int = 1
    charter: contract.Charter
    locale: contract.Locale
    timezone: str
    founded_at: datetime

    def told(self) -> contract.Community:
        """As everyone with a token may know it."""
        return contract.Community(community_id=self.id, **self.model_dump(exclude={"id"}))

    def next_told(self) -> contract.Community:
        """As the fact that makes this change known tells it."""
        return self.told().model_copy(update={"revision": self.revision + 1})


def found(
    community: Community | None, cmd: contract.FoundCommunity, *, now: datetime
) -> Decision[Community, contract.Community]:
    """Found a community, unless this very one stands already."""
    if community is not None:
        if not _founded_by(community, cmd):
            raise Refused("community_exists", "Another community already has this id.")
        return Decision(community, answer=community.told())
    community = Community(
        id=cmd.community_id, founded_at=now, **cmd.model_dump(exclude={"community_id", "charter"}), charter=cmd.charter
    )
    told = community.next_told()
    return Decision(
        community, answer=told, facts=[contract.CommunityFounded(community_id=community.id, community=told)]
    )


def revise_charter(community: Community, cmd: contract.ReviseCharter) -> Decision[Community, contract.Community]:
    """Change the charter, the rules, or both. Changed rules get the next version, which members must accept."""
    changes: dict[str, object] = {}
    if cmd.charter is not None and cmd.charter != community.charter:
        changes["charter"] = cmd.charter
    if cmd.rules is not None and cmd.rules != community.rules:
        changes |= {"rules": cmd.rules, "rules_version": community.rules_version + 1}
    if not changes:
        return Decision(community, answer=community.told())
    revised = community.model_copy(update=changes)
    told = revised.next_told()
    return Decision(revised, answer=told, facts=[contract.CharterRevised(community_id=revised.id, community=told)])


def _founded_by(community: Community, cmd: contract.FoundCommunity) -> bool:
    """Whether this is the command that founded it; charter and rules may have been revised since."""
    lasting = ("name", "logo_url", "locale", "timezone")
    revisable = ("rules", "charter") if community.revision <= 1 else ()
    return all(getattr(community, name) == getattr(cmd, name) for name in lasting + revisable)
