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


def must_have_accepted(event: Restricted, host: Host) -> None:
    """Refuse a member of the community who has not accepted its newest rules.

    Of whom only that they accepted some version is known, as before versions were kept, nothing is asked.
    """
    person, community = host.person, event.community_id
    if person is None or host.rules is None or community not in person.communities:
        return
    untold = community in person.accepted and not any(one.startswith(f"{community}/") for one in person.versions)
    if not untold and accepted_version(community, host.rules) not in person.versions:
        raise Refused("rules_not_accepted", "Accept the community's current rules before you publish its events.")
