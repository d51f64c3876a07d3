"""A member's journey: the crossings they reached, each once, with what proves it."""

from datetime import datetime

from ekkyo.contracts import members as contract
from ekkyo.decision import Caller, Decision, Entries, Entry, Refused

from ekkyo_members.model.member import Member, must_be_active


class Step(Entry):
    """Something a member did, stored so that a duplicate counts once. Its key is `attended-<event>` or `did-<id>`."""

    community_id: str
    kind: contract.ContributionKind | None = None
    """None: attended an event."""
    at: datetime
    proof: str


def attended_key(event_id: str) -> str:
    """The key of the step that says they came to this event."""
    return f"attended-{event_id}"


def contribution_key(contribution_id: str) -> str:
    """The key of the step that this contribution is."""
    return f"did-{contribution_id}"


def journey(member: Member) -> contract.Journey:
    """The crossings they reached, oldest first, and how often they came."""
    return contract.Journey(
        member_id=member.id,
        crossings=sorted(member.crossings, key=lambda c: (c.reached_at, c.community_id, c.crossing)),
        attended=member.attended,
    )


def journey_for(member: Member, who: Caller) -> contract.Journey:
    """As this caller sees it: leaders see the crossings in communities they lead."""
    told = journey(member)
    if who.sub == member.id or who.leads_all:
        return told
    return told.model_copy(update={"crossings": [c for c in told.crossings if c.community_id in who.led]})


def attended(
    member: Member, steps: Entries[Step], *, event_id: str, community_id: str, proof: str, at: datetime
) -> Decision[Member, None]:
    """Count that they came to an event; the first time in a community they took part."""
    key = attended_key(event_id)
    if member.erased or steps.get(key):
        return Decision(member, answer=None)
    step = Step(document_id=member.id, key=key, community_id=community_id, at=at, proof=proof)
    member = member.model_copy(update={"attended": member.attended + 1})
    member, facts = _reach(member, "took_part", community_id, at=at, proof=proof)
    return Decision(member, answer=None, entries=[step], facts=facts)


def taught(member: Member, *, community_id: str, proof: str, at: datetime) -> Decision[Member, None]:
    """They spoke at an event that took place; the first time in a community they taught."""
    if member.erased:
        return Decision(member, answer=None)
    member, facts = _reach(member, "taught", community_id, at=at, proof=proof)
    return Decision(member, answer=None, facts=facts)


def record_contribution(
    member: Member, steps: Entries[Step], cmd: contract.RecordContribution, *, now: datetime
) -> Decision[Member, contract.Journey]:
    """Record what they shared with the community or carried outside; the first of each kind is a crossing."""
    key = contribution_key(cmd.contribution_id)
    if steps.get(key):
        return Decision(member, answer=journey(member))
    if member.membership(cmd.community_id) is None:
        raise Refused("not_a_member", "Only members of this community can contribute to it.")
    must_be_active(member)
    step = Step(
        document_id=member.id,
        key=key,
        community_id=cmd.community_id,
        kind=cmd.kind,
        at=now,
        proof=cmd.contribution_id,
    )
    member, crossed = _reach(member, cmd.kind, cmd.community_id, at=now, proof=cmd.contribution_id)
    recorded = contract.ContributionRecorded(member=member.state(), **cmd.model_dump())
    return Decision(member, answer=journey(member), entries=[step], facts=[recorded, *crossed])


def _reach(
    member: Member, crossing: contract.Crossing, community_id: str, *, at: datetime, proof: str
) -> tuple[Member, list[contract.MemberFact]]:
    """The member with this crossing, and the fact that they reached it, unless they did before.

    What was heard first stays the proof, even when an earlier event is told of later: it has been announced.
    """
    if any(c.crossing == crossing and c.community_id == community_id for c in member.crossings):
        return member, []
    reached = contract.CrossingReached(crossing=crossing, community_id=community_id, reached_at=at, proof=proof)
    member = member.model_copy(update={"crossings": [*member.crossings, reached]})
    fact = contract.MemberCrossed(
        member_id=member.id, member=member.state(), community_id=community_id, crossing=crossing, proof=proof
    )
    return member, [fact]
