"""Events, with members' places at them as their entries; and who left."""

from typing import Annotated

from ekkyo.store import Collection, CollectionWithEntries, Index
from faststream import Context

from ekkyo_events.model import Departure, Event, Seat

events = CollectionWithEntries.of(
    Event,
    Seat,
    "events",
    indexes=[Index("starts_at")],  # for one community too: each index makes every registration dearer
    entry_indexes=[Index("document_id", "status", "position"), Index("key")],
)
departures = Collection.of(Departure, "departures")
Events = Annotated[CollectionWithEntries[Event, Seat], Context("events")]
Departures = Annotated[Collection[Departure], Context("departures")]
