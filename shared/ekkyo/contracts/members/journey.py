"""Journeys: a member's contributions and crossings."""

from typing import ClassVar, Literal

from pydantic import Field

from ekkyo.contracts.base import (
    Command,
    Id,
    Instant,
    Line,
    Model,
    Question,
    Url,
    may,
)
from ekkyo.contracts.members.member import MemberFact

Crossing = Literal["took_part", "shared", "taught", "carried_outside"]
"""The small crossings a member grows through, in this order."""


ContributionKind = Literal["shared", "carried_outside"]


class CrossingReached(Model):
    """One step of a journey, with the fact that proves it."""

    crossing: Crossing
    community_id: Id
    reached_at: Instant
    proof: str
    """The id of the fact, or of the contribution, that proves it."""


class Journey(Model):
    """A member's crossings over time, oldest first."""

    member_id: Id
    crossings: list[CrossingReached]
    attended: int
    """Events attended, over all communities."""


class RecordContribution(Command[Journey]):
    """Record that a member shared something with the community, or carried it outside the company."""

    subject: ClassVar[str] = "ekkyo.cmd.members.record_contribution"
    may: ClassVar = may("self", "leader", "steward", "system", community="community_id")
    contribution_id: Id
    member_id: Id
    community_id: Id
    kind: ContributionKind
    title: Line
    url: Url | None = None


class GetJourney(Question[Journey]):
    """A member's crossings, each with its proof; also of somebody who was erased."""

    subject: ClassVar[str] = "ekkyo.ask.members.journey"
    may: ClassVar = may("self", "leader", "steward", "system")
    member_id: Id


class Crossed(Model):
    """The crossings that a person reached in one community."""

    member_id: Id
    crossings: list[Crossing]
    reached_at: list[Instant] = []
    """When they reached each, in the order of `crossings`."""


class CrossedList(Model):
    """Those of the requested people who reached a crossing there, in the order of their ids."""

    members: list[Crossed]


class ListCrossings(Question[CrossedList]):
    """Which crossings people reached in one community: its members, its guests, and those who were erased."""

    subject: ClassVar[str] = "ekkyo.ask.members.crossings"
    may: ClassVar = may("leader", "steward", "system", community="community_id")
    community_id: Id
    member_ids: list[Id] = Field(max_length=500)


class ContributionRecorded(MemberFact):
    """A member shared something, or carried it outside."""

    subject: ClassVar[str] = "ekkyo.fact.members.contribution_recorded"
    community_id: Id
    contribution_id: Id
    kind: ContributionKind
    title: str
    url: str | None = None


class ContributionUndone(MemberFact):
    """A contribution no longer counts: its output is no longer on the board, or names other authors."""

    subject: ClassVar[str] = "ekkyo.fact.members.contribution_undone"
    community_id: Id
    contribution_id: Id
    kind: ContributionKind


class MemberCrossed(MemberFact):
    """A member reached a crossing for the first time."""

    subject: ClassVar[str] = "ekkyo.fact.members.crossed"
    community_id: Id
    crossing: Crossing
    proof: str
    reached_at: Instant | None = None
    """None in facts that are older than this field: when the fact was published."""


class CrossingProofChanged(MemberFact):
    """What proved a crossing was undone, and something else that the member did proves it: they reached it then."""

    subject: ClassVar[str] = "ekkyo.fact.members.crossing_proof_changed"
    community_id: Id
    crossing: Crossing
    proof: str
    reached_at: Instant


class CrossingUndone(MemberFact):
    """A member did not reach a crossing after all: what proved it was undone. They may reach it later."""

    subject: ClassVar[str] = "ekkyo.fact.members.crossing_undone"
    community_id: Id
    crossing: Crossing
    proof: str
    """The proof that MemberCrossed named, or the one that replaced it since."""
