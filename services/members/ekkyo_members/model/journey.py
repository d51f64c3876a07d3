"""A member's journey: the crossings they reached, each once, with what proves it."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from ekkyo.contracts import members as contract
from ekkyo.contracts.events import EventState, OutputState
from ekkyo.decision import Caller, Decision, Entries, Entry, Refused
from ekkyo.words.themes import Vocabulary, starting
from pydantic import Field

from ekkyo_members.model.following import fulfilled
from ekkyo_members.model.member import Member, must_be_active


class Step(Entry):
    """Something a member did, stored so that a duplicate counts once. Its key is `attended-<event>` or `did-<id>`."""

    community_id: str
    kind: contract.ContributionKind | None = None
    """None: attended an event."""
    at: datetime
    proof: str
    event_revision: int = 0
    """The event's, or the output's, when this was told: what is older says nothing new."""
    undone: bool = False
    """Whether they did not attend after all, or are no author of the output any more."""
    of: str | None = Field(default=None, exclude_if=lambda of: of is None)
    """The record that did it and is part of this one; None: this record itself."""


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


def crossed(members: Iterable[Member], community_id: str) -> contract.CrossedList:
    """Who of these reached which crossings in this community, in the order of their ids."""
    reached = {
        m.id: sorted((c.crossing, c.reached_at) for c in m.crossings if c.community_id == community_id) for m in members
    }
    found = [
        contract.Crossed(member_id=one, crossings=[c for c, _ in some], reached_at=[at for _, at in some])
        for one, some in sorted(reached.items())
        if some
    ]
    return contract.CrossedList(members=found)


def attended(
    member: Member,
    steps: Entries[Step],
    *,
    event_id: str,
    community_id: str,
    proof: str,
    at: datetime,
    revision: int,
    event: EventState | None = None,
    words: Vocabulary | None = None,
) -> Decision[Member, None]:
    """Count that they came to an event; the first time in a community they took part.

    event: as the fact tells it; a theme that they followed and it was on, in the words of the community, is followed no
    more.
    """
    key = attended_key(event_id)
    before = steps.get(key)
    if member.erased or (before and before.event_revision >= revision):
        return Decision(member, answer=None)
    if before and not before.undone:
        return Decision(member, answer=None, entries=[before.model_copy(update={"event_revision": revision})])
    step = Step(document_id=member.id, key=key, community_id=community_id, at=at, proof=proof, event_revision=revision)
    follows = member.follows
    member = member.model_copy(update={"attended": member.attended + 1})
    member = fulfilled(member, event, words or starting()) if event else member
    member, facts = _reach(member, "took_part", community_id, at=at, proof=proof)
    if member.follows != follows and not facts:
        facts = [contract.PreferencesChanged(member_id=member.id, member=member.state())]
    return Decision(member, answer=None, entries=[step], facts=facts)


def did_not_attend(
    member: Member, steps: Entries[Step], *, event_id: str, community_id: str, proof: str, at: datetime, revision: int
) -> Decision[Member, None]:
    """Count no more that they came to an event; if nothing else proves that they took part, they have not.

    Kept also when it is heard before the attendance that it undoes.
    """
    key = attended_key(event_id)
    before = steps.get(key)
    if member.erased or (before and before.event_revision >= revision):
        return Decision(member, answer=None)
    undone = Step(
        document_id=member.id,
        key=key,
        community_id=community_id,
        at=at,
        proof=proof,
        event_revision=revision,
        undone=True,
    )
    if not before or before.undone:
        return Decision(member, answer=None, entries=[undone])
    member = member.model_copy(update={"attended": member.attended - 1})
    others = [s for s in steps.all(community_id=community_id) if s.kind is None and not s.undone and s.key != key]
    member, facts = _unproven(member, "took_part", before, others)
    return Decision(member, answer=None, entries=[undone], facts=facts)


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


def credited(member: Member, steps: Entries[Step], output: OutputState, *, at: datetime) -> Decision[Member, None]:
    """They are an author of this output, or are no more: on the board, it counts as a contribution of theirs.

    What is older than was heard of this output says nothing new. What it is is part of the contribution: a talk outside
    that turns out to be an article counts as what it is.
    """
    key, kind = contribution_key(output.output_id), _kind(output)
    before = steps.get(key)
    if member.erased or (before and before.event_revision >= output.revision):
        return Decision(member, answer=None)
    counts = output.status == "attached" and member.id in output.authors
    step = Step(
        document_id=member.id,
        key=key,
        community_id=output.community_id,
        kind=kind,
        at=before.at if before and counts and not before.undone and before.kind == kind else at,
        proof=output.output_id,
        event_revision=output.revision,
        undone=not counts,
    )
    counted = before is not None and not before.undone
    if counted and counts and before and before.kind == kind:
        return Decision(member, answer=None, entries=[step])
    facts: list[contract.MemberFact] = []
    if before and counted:
        member, gone = _uncredited(member, steps, before)
        facts += gone
    if counts:
        member, crossed = _reach(member, kind, output.community_id, at=at, proof=output.output_id)
        facts += [_recorded(member, output, kind), *crossed]
    return Decision(member, answer=None, entries=[step], facts=facts)


def _kind(output: OutputState) -> contract.ContributionKind:
    return "carried_outside" if output.kind == "talk_outside" else "shared"


def _recorded(member: Member, output: OutputState, kind: contract.ContributionKind) -> contract.ContributionRecorded:
    return contract.ContributionRecorded(
        member_id=member.id,
        member=member.state(),
        community_id=output.community_id,
        contribution_id=output.output_id,
        kind=kind,
        title=output.title,
        url=output.url,
    )


def _uncredited(member: Member, steps: Entries[Step], gone: Step) -> tuple[Member, list[contract.MemberFact]]:
    """The member without this contribution, and what is told of it."""
    kind = gone.kind or "shared"
    others = [s for s in steps.all(community_id=gone.community_id, kind=kind) if not s.undone and s.key != gone.key]
    member, facts = _unproven(member, kind, gone, others)
    undone = contract.ContributionUndone(
        member_id=member.id,
        member=member.state(),
        community_id=gone.community_id,
        contribution_id=gone.proof,
        kind=kind,
    )
    return member, [undone, *facts]


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
        member_id=member.id,
        member=member.state(),
        community_id=community_id,
        crossing=crossing,
        proof=proof,
        reached_at=at,
    )
    return member, [fact]


def _unproven(
    member: Member, crossing: contract.Crossing, gone: Step, others: Sequence[Step]
) -> tuple[Member, list[contract.MemberFact]]:
    """The member without what this step alone proved; where others prove it too, the earliest of them does now."""
    reached = [c for c in member.crossings if c.crossing == crossing and c.community_id == gone.community_id]
    if not reached or reached[0].proof != gone.proof:
        return member, []
    rest = [c for c in member.crossings if c != reached[0]]
    if others:
        first = min(others, key=lambda step: (step.at, step.key))
        proven = reached[0].model_copy(update={"reached_at": first.at, "proof": first.proof})
        member = member.model_copy(update={"crossings": [*rest, proven]})
        changed = contract.CrossingProofChanged(
            member_id=member.id,
            member=member.state(),
            community_id=gone.community_id,
            crossing=crossing,
            proof=first.proof,
            reached_at=first.at,
        )
        return member, [changed]
    member = member.model_copy(update={"crossings": rest})
    fact = contract.CrossingUndone(
        member_id=member.id, member=member.state(), community_id=gone.community_id, crossing=crossing, proof=gone.proof
    )
    return member, [fact]
