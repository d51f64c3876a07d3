"""Communities, with their logo as an entry; and members, with what they did as theirs."""

from typing import Annotated

from ekkyo.store import CollectionWithEntries, Index
from faststream import Context

from ekkyo_members.model import Community, Logo, Member, Step

communities = CollectionWithEntries.of(Community, Logo, "communities")
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
Communities = Annotated[CollectionWithEntries[Community, Logo], Context("communities")]
Members = Annotated[CollectionWithEntries[Member, Step], Context("members")]
