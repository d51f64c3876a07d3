"""Communities; and members, with what they did as their entries."""

from typing import Annotated

from ekkyo.store import Collection, CollectionWithEntries, Index
from faststream import Context

from ekkyo_members.model import Community, Member, Step

communities = Collection.of(Community, "communities")
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
    ],
)
Communities = Annotated[Collection[Community], Context("communities")]
Members = Annotated[CollectionWithEntries[Member, Step], Context("members")]
