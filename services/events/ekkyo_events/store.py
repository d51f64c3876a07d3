"""Events and series, with members' places at them as their entries; who left; and what is known of members."""

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from typing import Annotated, TypeVar

from ekkyo.decision import Decision, Entries
from ekkyo.store import Beside, Collection, CollectionWithEntries, Index, Projection
from faststream import Context

from ekkyo_events.model import (
    EARLIER,
    TABLES_REMEMBERED,
    Departure,
    Door,
    Event,
    NotLookedUp,
    Output,
    People,
    Person,
    Regular,
    Seat,
    Series,
    missed_before,
    sat_together,
)

A = TypeVar("A")
HELD = ["published", "concluded"]
"""Events whose draws count for the next one."""

events = CollectionWithEntries.of(
    Event,
    Seat,
    "events",
    indexes=[
        Index("starts_at"),  # for one community too: each index makes every registration dearer
        Index("community_id", "starts_at", name="seated", where={"seating": {"$exists": True}}),
        Index("community_id", "drawn_at", name="drawn", where={"drawn_at": {"$exists": True}}),
    ],
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


SatAt = Mapping[str, frozenset[str]] | None
"""At which tables members sat before, by member; None: not looked up."""


async def knowing(
    members: Iterable[str], people: KnownPeople, events: Events, change: Callable[[Beside[Person], SatAt], Awaitable[A]]
) -> A:
    """Change something with these members looked up, and with whom else the decision turns out to need.

    They are looked up by the change itself, `beside` its document, so that every try is judged by what is known then.
    """
    wanted = list(members)
    sat_at: SatAt = None
    while True:
        try:
            return await change(people.beside(wanted), sat_at)
        except NotLookedUp as need:
            wanted += need.members
            if need.tables_of is not None:
                sat_at = await _sat_together(need.tables_of, events)


async def decided(
    event_id: str,
    members: Sequence[str],
    people: KnownPeople,
    events: Events,
    decide: Callable[[Event, Entries[Seat], People], Decision[Event, A]],
    entries: Sequence[str] | None = None,
) -> A:
    """Change an event with these members looked up. entries: whose seats to read with it, where those are others."""
    seats_of = members if entries is None else entries
    return await knowing(
        members,
        people,
        events,
        lambda known, sat: events.change(
            event_id, lambda e, seats: decide(e, seats, People(known, sat)), entries=seats_of, beside=known
        ),
    )


async def _sat_together(community_id: str, events: Events) -> SatAt:
    """From the last events of the community that had tables: what they remember does not grow without end."""
    where = {"community_id": community_id, "seating": {"$exists": True}, "status": "concluded"}
    seated = await events.find(where, sort="-starts_at", limit=TABLES_REMEMBERED)
    came = {"document_id": {"$in": [event.id for event in seated]}, "status": "attended"}
    return sat_together(await events.find_entries(came, limit=0) if seated else [])


async def missed_draws(event: Event, events: Events) -> Mapping[str, int]:
    """How many draws of the community each member missed in a row before. Those of cancelled events do not count."""
    where = {"community_id": event.community_id, "drawn_at": {"$exists": True}, "status": {"$in": HELD}}
    drawn = await events.find(where, sort="-drawn_at", limit=EARLIER)
    return missed_before([await events.entries(earlier.id, where={"lot": {"$exists": True}}) for earlier in drawn])
