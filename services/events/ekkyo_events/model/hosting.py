"""Who publishes an event, and what is asked of them."""

from dataclasses import dataclass
from typing import Final

from ekkyo.contracts.base import Refused
from ekkyo.contracts.members import CharterRevised, CommunityFounded
from ekkyo.decision import Document

from ekkyo_events.model.people import Person, Restricted, accepted_version


class KnownRules(Document):
    """The newest version of a community's rules: a projection of the members service's facts."""

    version: int

    @classmethod
    def of(cls, fact: CommunityFounded | CharterRevised) -> "KnownRules":
        return cls(id=fact.community_id, revision=fact.meta.revision, version=fact.community.rules_version)


@dataclass(frozen=True)
class Host:
    """Who publishes. person: None where they are no member, such as a system. rules: None where none were heard of."""

    person: Person | None = None
    rules: int | None = None


NOBODY: Final = Host()


def has_accepted(community: str, host: Host) -> bool:
    """Whether a member of the community accepted its newest rules; of others nothing is asked.

    Of whom only that they accepted some version is known, as before versions were kept, nothing is asked either.
    """
    person = host.person
    if person is None or host.rules is None or community not in person.communities:
        return True
    untold = community in person.accepted and not any(one.startswith(f"{community}/") for one in person.versions)
    return untold or accepted_version(community, host.rules) in person.versions


def must_have_accepted(event: Restricted, host: Host) -> None:
    """Refuse a member of the community who announces something there and has not accepted its newest rules."""
    if not has_accepted(event.community_id, host):
        raise Refused("rules_not_accepted", "Accept the community's current rules before you publish its events.")
