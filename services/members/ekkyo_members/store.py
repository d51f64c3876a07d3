"""Communities, each with its logo and the figures reported of it; members, each with what they did; and whose turn it
is to revoke a steward."""

from typing import Annotated

from ekkyo.decision import turn
from ekkyo.store import Collection, CollectionWithEntries, Index, Turns
from faststream import Context

from ekkyo_members.model import Community, CommunityPart, Member, Step

communities = CollectionWithEntries.of(Community, CommunityPart, "communities")
members = CollectionWithEntries.of(
    Member,
    Step,
    "members",
    indexes=[
        Index("number", unique=True, name="number"),
        Index("email", unique=True, name="email"),
        Index("communities", "number"),
        Index("name"),
        Index("came_from"),
        Index("manager_number"),
        Index("calendar"),
    ],
)
turns = Collection.of(turn.Turn, "turns")
Communities = Annotated[CollectionWithEntries[Community, CommunityPart], Context("communities")]
Members = Annotated[CollectionWithEntries[Member, Step], Context("members")]
StewardTurns = Annotated[Turns, Context("steward_turns")]
