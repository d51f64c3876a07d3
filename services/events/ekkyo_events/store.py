"""Events and series, with members' places at them as their entries; who left; and what is known of members."""

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from typing import Annotated, Any, TypeVar

from ekkyo.contracts.base import Caller
from ekkyo.contracts.events import InviteMembers, PreviewInvitation
from ekkyo.decision import Decision, Entries
from ekkyo.store import Beside, Collection, CollectionWithEntries, Index, Kept, Projection
from faststream import Context

from ekkyo_events.model import (
    EARLIER,
    TABLES_REMEMBERED,
    Departure,
    Door,
    Drew,
    Event,
    KnownRules,
    NotLookedUp,
    Output,
    People,
    Person,
    Regular,
    Seat,
    Series,
    in_segment,
    missed_before,
    must_choose,
    sat_together,
)
from ekkyo_events.model.telling import of_seen, to_look_up

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
        Index("hosts", where={"hosts": {"$exists": True}}),
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
people = Projection.of(Person, "people", indexes=[Index("merged_into", where={"merged_into": {"$exists": True}})])
rules = Projection.of(KnownRules, "rules")
Events = Annotated[CollectionWithEntries[Event, Seat], Context("events")]
AllSeries = Annotated[CollectionWithEntries[Series, Regular], Context("series")]
Departures = Annotated[Collection[Departure], Context("departures")]
Doors = Annotated[Collection[Door], Context("doors")]
Outputs = Annotated[Collection[Output], Context("outputs")]
KnownPeople = Annotated[Projection[Person], Context("people")]
RulesKnown = Annotated[Projection[KnownRules], Context("rules")]


AT_ONCE = 50
"""Events whose seats are read together."""
MEMBERS_AT_ONCE = 200
"""Members of whom it is read together to which events they came."""
SatAt = Mapping[str, frozenset[str]] | None
"""At which tables members sat before, by member; None: not looked up."""


async def parts_of(member_id: str, people: KnownPeople) -> list[str]:
    """The ids of records that are part of this one of the same person, as far as it was heard.

    Facts arrive in any order: for a while, two may seem to be part of each other.
    """
    found, ask = list[str](), [member_id]
    while ask:
        parts = await people.find({"merged_into": {"$in": ask}}, limit=0)
        ask = [one.id for one in parts if one.id not in (member_id, *found)]
        found += ask
    return found


async def whole_records(ids: set[str], people: KnownPeople) -> dict[str, str]:
    """Of those of these records that are part of another one, that one's id."""
    into, ask = dict[str, str](), ids
    while ask:
        known = await people.read(ask)
        into |= {one.id: one.merged_into for one in known.values() if one.merged_into}
        ask = {into[one] for one in known if one in into} - into.keys()
    return {one: _end_of(one, into) for one in ids & into.keys()}


def _end_of(record: str, into: Mapping[str, str]) -> str:
    """The record that this one is a part of, over others. Of two that seem to be part of each other, the other one."""
    seen, at = {record}, into[record]
    while at in into and into[at] not in seen:
        seen.add(at)
        at = into[at]
    return at


async def heard_of(members: Sequence[str], people: KnownPeople) -> People:
    """These members as far as anything was heard of them, for a question that is answered in one read."""
    found = await people.read(members) if members else {}
    return People({member: found.get(member) for member in members})


async def knowing(
    members: Iterable[str],
    people: KnownPeople,
    events: Events,
    change: Callable[[Beside[Person], People], Awaitable[A]],
    looked_up: list[str] | None = None,
) -> A:
    """Change something with these members looked up, and with what else the decision turns out to need of whom.

    They are looked up by the change itself, `beside` its document, so that every try is judged by what is known then.
    looked_up: whom the change before this one needed, where several follow each other; it is kept up to date.
    """
    wanted = [*members, *(looked_up or ())]
    sat_at: SatAt = None
    came: dict[str, frozenset[str]] = {}
    while True:
        beside = people.beside(wanted)
        try:
            return await change(beside, People(beside, sat_at, came))
        except NotLookedUp as need:
            wanted += need.members
            if looked_up is not None:
                looked_up += need.members
            if need.tables_of is not None:
                sat_at = await _sat_together(need.tables_of, events)
            if need.came is not None:
                came |= await _came_to(*need.came, events)


async def decided(
    event_id: str,
    members: Sequence[str],
    people: KnownPeople,
    events: Events,
    decide: Callable[[Event, Entries[Seat], People], Decision[Event, A]],
    entries: Sequence[str] | None = None,
    looked_up: list[str] | None = None,
    kept: Kept[Seat] | None = None,
) -> A:
    """Change an event with these members looked up. entries: whose seats to read with it, where those are others.

    looked_up: as for `knowing`. kept: the seats that the change before this one knew, where several follow each other.
    """
    seats_of, kept = members if entries is None else entries, kept or Kept()
    return await knowing(
        members,
        people,
        events,
        lambda beside, known: events.change(
            event_id, lambda e, seats: decide(e, seats, known), entries=seats_of, beside=beside, kept=kept
        ),
        looked_up,
    )


async def seen_of(
    events: Events, where: Mapping[str, Any], who: Caller, *, sort: str, after: str | None, limit: int
) -> list[Event]:
    """Events that meet these conditions and that the caller sees, in this order: so many, as far as there are."""
    found: list[Event] = []
    while True:
        some = await events.find(where, sort=sort, after=after, limit=limit)
        found += of_seen(some, await places_at(events, some, who), who)
        if len(found) >= limit or len(some) < limit:
            return found[:limit]
        after = some[-1].id


async def places_at(events: Events, some: Sequence[Event], who: Caller) -> list[Seat]:
    """The caller's places at those of the events that they see only if they are invited or have one."""
    ids = to_look_up(some, who)
    return await events.find_entries({"key": who.sub, "document_id": {"$in": ids}}, limit=0) if ids else []


async def chosen(
    event: Event,
    wanted: InviteMembers | PreviewInvitation,
    events: Events,
    people: KnownPeople,
    rules: RulesKnown,
) -> list[str]:
    """The members whom an invitation names, and those of its segment, each once."""
    must_choose(wanted)
    named = dict.fromkeys(wanted.members)
    if wanted.segment is None:
        return list(named)
    newest = await rules.get(event.community_id) if wanted.segment.accepted_rules else None
    meant = in_segment(event, wanted.segment, newest.version if newest else None)
    found = await people.find(meant, limit=0)
    came = await _came_before(event, events) if wanted.segment.never_came else set()
    return list(named | dict.fromkeys(person.id for person in found if person.id not in came))


async def _came_before(event: Event, events: Events) -> set[str]:
    """Who attended an event of the community."""
    held = await events.find(
        {"community_id": event.community_id, "status": {"$in": ["published", "concluded"]}}, limit=0
    )
    came: set[str] = set()
    for at in range(0, len(held), AT_ONCE):
        ids = [one.id for one in held[at : at + AT_ONCE]]
        seats = await events.find_entries({"document_id": {"$in": ids}, "status": "attended"}, limit=0)
        came |= {seat.key for seat in seats}
    return came


async def _came_to(community_id: str, members: Sequence[str], events: Events) -> dict[str, frozenset[str]]:
    """Which events of the community each of these members attended."""
    came: dict[str, set[str]] = {member: set() for member in members}
    for at in range(0, len(members), MEMBERS_AT_ONCE):
        some = {"key": {"$in": members[at : at + MEMBERS_AT_ONCE]}, "status": "attended"}
        seats = await events.find_entries(some, limit=0)
        ids = sorted({seat.document_id for seat in seats})
        held = await events.find({"community_id": community_id, "id": {"$in": ids}}, limit=0) if ids else []
        of_community = {event.id for event in held}
        for seat in seats:
            if seat.document_id in of_community:
                came[seat.key].add(seat.document_id)
    return {member: frozenset(attended) for member, attended in came.items()}


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
    entrants = [await events.fields(one.id, Drew._fields, where={"lot": {"$exists": True}}) for one in drawn]
    return missed_before([Drew(*fields) for fields in of_one] for of_one in entrants)
