"""Events, with members' places at them as their entries."""

from typing import Annotated

from ekkyo.store import CollectionWithEntries, Index
from faststream import Context

from ekkyo_events.model import Event, Seat

events = CollectionWithEntries.of(
    Event,
    Seat,
    "events",
    indexes=[Index("community_id", "starts_at"), Index("starts_at")],
    entry_indexes=[Index("document_id", "status", "position"), Index("key")],
)
Events = Annotated[CollectionWithEntries[Event, Seat], Context("events")]
