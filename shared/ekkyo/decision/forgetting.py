"""The receipt for a member who was erased: kept by each service that has forgotten them, and announced once."""

from ekkyo.contracts.members import MemberForgotten
from ekkyo.decision import Decision, Document


class Forgotten(Document):
    """This service has forgotten a member. Its id is the member's id, which no longer identifies anybody."""


def receipt(kept: Forgotten | None, fact: MemberForgotten) -> Decision[Forgotten, None]:
    """Record that the member is forgotten, and publish the fact; idempotent."""
    if kept:
        return Decision(kept, None)
    return Decision(Forgotten(id=fact.member_id), None, facts=[fact])
