"""The rules of a community over time, and who accepted which version."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime

from ekkyo.contracts import members as contract

from ekkyo_members.model.community import Community, CommunityPart, EarlierRules
from ekkyo_members.model.member import Member


def rules_versions(community: Community, parts: Iterable[CommunityPart]) -> contract.RulesVersions:
    """All versions, the newest first. Of those replaced before texts were kept, only the number is known."""
    kept = {part.version: part for part in parts if isinstance(part, EarlierRules)}
    earlier = [
        contract.RulesVersion(version=n, text=kept[n].text, since=kept[n].since)
        if n in kept
        else contract.RulesVersion(version=n)
        for n in range(community.rules_version - 1, 0, -1)
    ]
    newest = contract.RulesVersion(version=community.rules_version, text=community.rules, since=_since(community))
    return contract.RulesVersions(community_id=community.id, versions=[newest, *earlier])


def acceptances(
    community: Community, members: Sequence[Member], question: contract.ListAcceptances
) -> contract.Acceptances:
    """Which version each of these members, in the order of their numbers, accepted."""
    held = [(member, place) for member in members if (place := member.membership(community.id)) and member.active]
    counted = Counter(place.rules_accepted for _, place in held)
    meant = [
        (member, place)
        for member, place in held
        if not question.missing or place.rules_accepted < community.rules_version
    ]
    ids = [member.id for member, _ in meant]
    first = ids.index(question.after) + 1 if question.after in ids else 0
    page = meant[first : first + question.limit]
    return contract.Acceptances(
        community_id=community.id,
        rules_version=community.rules_version,
        counted=[contract.VersionAccepted(version=v, members=counted[v]) for v in sorted(counted, reverse=True)],
        members=[
            contract.Acceptance(member_id=member.id, version=place.rules_accepted, accepted_at=place.rules_accepted_at)
            for member, place in page
        ],
        next=page[-1][0].id if len(meant) > first + len(page) else None,
    )


def _since(community: Community) -> datetime | None:
    return community.rules_since or (community.founded_at if community.rules_version == 1 else None)
