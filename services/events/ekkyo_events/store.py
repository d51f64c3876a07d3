"""Events, with members' places at them as their entries; and who left."""

from typing import Annotated

from ekkyo.store import Collection, CollectionWithEntries, Index
from faststream import Context

from ekkyo_events.model import Departure, Event, Seat

events = CollectionWithEntries.of(
    Event,
    Seat,
    "events",
    indexes=[Index("community_id", "starts_at"), Index("starts_at")],
    entry_indexes=[Index("document_id", "status", "position"), Index("key")],
)
departures = Collection.of(Departure, "departures")
Events = Annotated[CollectionWithEntries[Event, Seat], Context("events")]
Departures = Annotated[Collection[Departure], Context("departures")]
