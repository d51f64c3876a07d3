"""Events and series, with members' places at them as their entries; who left; and what is known of members."""

from collections.abc import Awaitable, Callable, Iterable
from typing import Annotated, TypeVar

from ekkyo.store import Beside, Collection, CollectionWithEntries, Index, Projection
from faststream import Context

from ekkyo_events.model import Departure, Door, Event, NotLookedUp, Output, Person, Regular, Seat, Series

A = TypeVar("A")

events = CollectionWithEntries.of(
    Event,
    Seat,
    "events",
    indexes=[Index("starts_at")],  # for one community too: each index makes every registration dearer
    entry_indexes=[Index("document_id", "status", "position"), Index("key")],
)
series = CollectionWithEntries.of(Series, Regular, "series", entry_indexes=[Index("key")])
departures = Collection.of(Departure, "departures")
doors = Collection.of(Door, "doors")
outputs = Collection.of(
    Output, "outputs", indexes=[Index("community_id", "attached_at"), Index("event_id"), Index("authors")]
)
people = Projection.of(Person, "people")
Events = Annotated[CollectionWithEntries[Event, Seat], Context("events")]
AllSeries = Annotated[CollectionWithEntries[Series, Regular], Context("series")]
Departures = Annotated[Collection[Departure], Context("departures")]
Doors = Annotated[Collection[Door], Context("doors")]
Outputs = Annotated[Collection[Output], Context("outputs")]
KnownPeople = Annotated[Projection[Person], Context("people")]


async def knowing(members: Iterable[str], people: KnownPeople, change: Callable[[Beside[Person]], Awaitable[A]]) -> A:
    """Change something with these members looked up, and with whom else the decision turns out to need.

    They are looked up by the change itself, `beside` its document, so that every try is judged by what is known then.
    """
    wanted = list(members)
    while True:
        try:
            return await change(people.beside(wanted))
        except NotLookedUp as need:
            wanted += need.members
