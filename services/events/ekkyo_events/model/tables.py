"""Tables at an event: made for all who have a seat, changed by hand, and kept true as seats come and go.

A table is a field of the member's seat. So what is kept of an event that is over says who met whom, and a seat that is
given back is no longer at any table.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from ekkyo.contracts.base import Caller, Refused
from ekkyo.contracts.events import MoveSeat, MyTableAnswer, SeatTables, Tables, TablesSeated
from ekkyo.decision import Decision, Entries

from ekkyo_events.model.documents import Event, Seat, must_be_published, state
from ekkyo_events.model.parts import Seating
from ekkyo_events.model.people import People
from ekkyo_events.model.seating import cheapest, seat

Answer = Decision[Event, Tables]

AT_TABLES = ["confirmed", "attended"]
"""Who sits at a table: who will come, and who came."""
SEATED_AT_ONCE = 500
"""More than this would take one decision longer than others should wait for it."""
REMEMBERED = 24
"""Earlier events with tables of a community, the latest, whose companions are kept apart."""


def seat_tables(event: Event, seats: Entries[Seat], cmd: SeatTables, *, people: People, who: Caller) -> Answer:
    """Part all who have a seat into tables. The same command again changes nothing."""
    who.must_lead(event.community_id)
    if event.seating and event.seating.id == cmd.seating_id:
        return Decision(event, told_tables(event, seats.all(status=AT_TABLES)))
    must_be_published(event, "have its tables made")
    present = seats.all(status=AT_TABLES)
    if not present:
        raise Refused("nobody_to_seat", "Nobody has a seat yet.")
    if len(present) > SEATED_AT_ONCE:
        raise Refused("too_many_to_seat", f"Tables can be made for at most {SEATED_AT_ONCE} people.")
    guests = people.guests(event, [each.key for each in present])
    tables = seat(guests, cmd.size, seed=cmd.seed)
    at = {member: number for number, table in enumerate(tables, start=1) for member in table}
    seating = Seating(id=cmd.seating_id, size=cmd.size, seed=cmd.seed, tables=len(tables))
    changed = [each.model_copy(update={"table": at[each.key]}) for each in present if each.table != at[each.key]]
    return _told(event.model_copy(update={"seating": seating}), seats, changed, moved=[], before=event)


def move_seat(event: Event, seats: Entries[Seat], cmd: MoveSeat, *, who: Caller) -> Answer:
    """Seat a member at another table, or let two change places. Who sits there already stays."""
    who.must_lead(event.community_id)
    must_be_published(event, "have its tables changed")
    if event.seating is None or cmd.table > event.seating.tables:
        raise Refused("table_not_found", "The event has no table with this number.")
    member = _at_table(seats.get(cmd.member_id))
    if member.table == cmd.table:
        return Decision(event, told_tables(event, seats.all(status=AT_TABLES)))
    changed = [member.model_copy(update={"table": cmd.table})]
    if cmd.swap_with is not None:
        other = _at_table(seats.get(cmd.swap_with))
        if other.table != cmd.table:
            raise Refused("not_at_table", "The member to change places with does not sit at this table.")
        if member.table is not None:  # who sat nowhere sits down beside them: nobody loses their table
            changed.append(other.model_copy(update={"table": member.table}))
    return _told(event, seats, changed, moved=[each.key for each in changed], before=event)


def given_tables(
    event: Event, seats: Entries[Seat], newcomers: Sequence[Seat], people: People, *, but: str | None = None
) -> list[Seat]:
    """These seats, each at the table where it costs least if the event has any. but: who leaves in this decision."""
    if event.seating is None or not newcomers:
        return list(newcomers)
    new = {each.key for each in newcomers}
    sitting = [each for each in seats.all(status=AT_TABLES) if each.key not in new and each.key != but and each.table]
    guests = {guest.id: guest for guest in people.guests(event, [each.key for each in [*sitting, *newcomers]])}
    tables = [[guests[member] for member in table] for table in _by_table(event.seating, sitting)]
    placed = []
    for each in newcomers:
        number = cheapest(guests[each.key], tables, event.seating.size)
        tables[number].append(guests[each.key])
        placed.append(each.model_copy(update={"table": number + 1}))
    return placed


def told_tables(event: Event, seats: Iterable[Seat]) -> Tables:
    """Who sits where, of these."""
    if event.seating is None:
        return Tables(event_id=event.id)
    size, seed = event.seating.size, event.seating.seed
    return Tables(event_id=event.id, size=size, seed=seed, tables=_by_table(event.seating, seats))


def my_table(event: Event, seat: Seat | None, there: Iterable[Seat]) -> MyTableAnswer:
    """A member's table. there: all who sit at it."""
    if seat is None or seat.table is None or seat.status not in AT_TABLES:
        return MyTableAnswer(event_id=event.id)
    companions = sorted(other.key for other in there if other.key != seat.key)
    return MyTableAnswer(event_id=event.id, table=seat.table, companions=companions)


def sat_together(seats: Iterable[Seat]) -> Mapping[str, frozenset[str]]:
    """At which tables everybody sat, by member: those of the same name met. seats: of members who came."""
    sat: dict[str, set[str]] = defaultdict(set)
    for each in seats:
        if each.table is not None:
            sat[each.key].add(f"{each.document_id}/{each.table}")
    return {member: frozenset(tables) for member, tables in sat.items()}


def _by_table(seating: Seating, seats: Iterable[Seat]) -> list[list[str]]:
    tables: list[list[str]] = [[] for _ in range(seating.tables)]
    for each in sorted(seats, key=lambda seat: seat.key):
        if each.table:
            tables[each.table - 1].append(each.key)
    return tables


def _at_table(seat: Seat | None) -> Seat:
    if seat is None or seat.status not in AT_TABLES:
        raise Refused("registration_not_found", "This member has no seat at the event.")
    return seat


def _told(event: Event, seats: Entries[Seat], changed: Sequence[Seat], *, moved: list[str], before: Event) -> Answer:
    now = {each.key: each for each in [*seats.all(status=AT_TABLES), *changed]}
    tables = told_tables(event, now.values())
    seating = event.seating
    assert seating is not None
    fact = TablesSeated(
        event_id=event.id,
        event=state(event, after=before),
        seating_id=seating.id,
        size=seating.size,
        seed=seating.seed,
        tables=tables.tables,
        moved=moved,
    )
    return Decision(event, tables, entries=changed, facts=[fact])
