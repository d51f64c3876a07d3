"""Tables: who sits with whom at an event, so that people meet whom they do not meet every day."""

from typing import ClassVar

from pydantic import Field

from ekkyo.contracts.base import Command, Id, Model, Question, may
from ekkyo.contracts.events.event import EventFact


class Tables(Model):
    """Who sits at each table: the first list is table 1. No list: the event has no tables."""

    event_id: Id
    size: int | None = None
    """How many people a table is meant for."""
    seed: int | None = None
    tables: list[list[Id]] = []


class SeatTables(Command[Tables]):
    """Part those who have a seat into tables, whose sizes differ by at most one.

    Pairs of the same department and site, or who joined the community at nearly the same time, are kept few, and so are
    pairs who sat together at earlier events of the community. The same guests, size and seed give the same tables.
    Tables that were made before are replaced. From then on whoever gets a seat gets a place at a table with it.
    `seating_id` identifies the request: sent again, it changes nothing.
    """

    subject: ClassVar[str] = "ekkyo.cmd.events.seat_tables"
    may: ClassVar = may("leader", "steward", "system")
    event_id: Id
    seating_id: Id
    size: int = Field(ge=2, le=50)
    """At most so many people at a table."""
    seed: int = Field(default=0, ge=0, le=1_000_000)
    """Another number gives other tables."""


class MoveSeat(Command[Tables]):
    """Seat a member at another table, by hand. With `swap_with`, who sits there takes their place.

    Whoever sits at that table already stays there.
    """

    subject: ClassVar[str] = "ekkyo.cmd.events.move_seat"
    may: ClassVar = may("leader", "steward", "system")
    event_id: Id
    member_id: Id
    table: int = Field(ge=1, le=10_000)
    swap_with: Id | None = None


class GetTables(Question[Tables]):
    """Who sits where at an event, of those who have a seat or came."""

    subject: ClassVar[str] = "ekkyo.ask.events.tables"
    may: ClassVar = may("leader", "steward", "system")
    event_id: Id


class MyTableAnswer(Model):
    """A member's table, and who else sits there."""

    event_id: Id
    table: int | None = None
    """None: the event has no tables, or they have no place at one."""
    companions: list[Id] = []


class MyTable(Question[MyTableAnswer]):
    """Where a member sits at an event, and with whom."""

    subject: ClassVar[str] = "ekkyo.ask.events.my_table"
    may: ClassVar = may("self", "leader", "steward", "system")
    event_id: Id
    member_id: Id


class TablesSeated(EventFact):
    """Who sits where at an event, after its tables were made or changed by hand.

    Later registrations, promotions and check-ins carry the table they gave; whoever withdraws leaves theirs.
    """

    subject: ClassVar[str] = "ekkyo.fact.events.tables_seated"
    seating_id: Id
    size: int
    seed: int
    tables: list[list[Id]]
    """The first list is table 1."""
    moved: list[Id] = []
    """Who was moved by hand. Nobody: the tables were made."""
