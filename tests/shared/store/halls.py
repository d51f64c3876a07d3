"""A small domain for the store's tests: halls with seats, taken in order of arrival."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, ClassVar

from ekkyo.contracts.base import Fact, Refused
from ekkyo.decision import Decision, Document, Entries, Entry, Timer
from ekkyo.store import Collection, CollectionWithEntries, Index

SOON = datetime(2026, 5, 1, 9, 0, 0, 123000, tzinfo=UTC)


class Hall(Document):
    title: str = "もくもく会"
    capacity: int = 3
    taken: int = 0
    tickets: int = 0
    opens_at: datetime = SOON


class Seat(Entry):
    status: str
    position: int | None = None


class SeatTaken(Fact):
    subject: ClassVar[str] = "ekkyo.fact.events.seat_taken"
    about: ClassVar[str] = "hall_id"
    hall_id: str
    member_id: str
    revision: int


class SeatLeft(SeatTaken):
    subject: ClassVar[str] = "ekkyo.fact.events.seat_left"


class OpeningTimer(Timer):
    subject: ClassVar[str] = "ekkyo.timer.events.opening"


class Badge(Document):
    number: str
    name: str = ""
    size: int = 0


class Vote(Entry):
    unlinkable: ClassVar[bool] = True
    voted: bool = False
    papers: list[str] = []


halls = CollectionWithEntries.of(
    Hall,
    Seat,
    "halls",
    indexes=[Index("title", "opens_at")],
    entry_indexes=[Index("document_id", "status", "position")],
)
badges = Collection.of(
    Badge, "badges", indexes=[Index("number", unique=True, name="number", where={"number": {"$exists": True}})]
)
polls = CollectionWithEntries.of(Hall, Vote, "polls")


def build(id: str, capacity: int = 3) -> Decision[Hall, None]:
    return Decision(Hall(id=id, capacity=capacity), None)


def take(hall: Hall, seats: Entries[Seat], member: str) -> Decision[Hall, str]:
    """A seat, or a place on the waitlist; asked for twice, the same answer."""
    if (seat := seats.get(member)) and seat.status != "left":
        return Decision(hall, seat.status)
    confirmed = hall.taken < hall.capacity
    after = hall.model_copy(update={"taken": hall.taken + confirmed, "tickets": hall.tickets + 1})
    status = "confirmed" if confirmed else "waitlisted"
    return Decision(
        after,
        status,
        entries=[Seat(document_id=hall.id, key=member, status=status, position=after.tickets)],
        facts=[SeatTaken(hall_id=hall.id, member_id=member, revision=hall.revision + 1)],
    )


def leave(hall: Hall, seats: Entries[Seat], member: str) -> Decision[Hall, str | None]:
    """Give a seat back; who waits longest gets it. Answers with who that is."""
    seat = seats.get(member)
    if seat is None:
        raise Refused("seat_not_found")
    if seat.status == "left":
        return Decision(hall, None)
    changed = [seat.model_copy(update={"status": "left"})]
    facts: list[Fact] = [SeatLeft(hall_id=hall.id, member_id=member, revision=hall.revision + 1)]
    free = 1 if seat.status == "confirmed" else 0
    promoted = None
    if free and (waiting := seats.first(1, order="position", status="waitlisted")):
        promoted = waiting[0].key
        changed.append(waiting[0].model_copy(update={"status": "confirmed"}))
        facts.append(SeatTaken(hall_id=hall.id, member_id=promoted, revision=hall.revision + 1))
        free = 0
    after = hall.model_copy(update={"taken": hall.taken - free, "tickets": hall.tickets})
    return Decision(after, promoted, entries=changed, facts=facts)


def clear(hall: Hall, seats: Entries[Seat]) -> Decision[Hall, list[str]]:
    """Everybody leaves."""
    there = seats.all(status=["confirmed", "waitlisted"])
    return Decision(
        hall.model_copy(update={"taken": 0}),
        [s.key for s in there],
        entries=[s.model_copy(update={"status": "left"}) for s in there],
    )


def make_badge(badge: Badge | None, id: str, number: str, size: int = 0) -> Decision[Badge, str]:
    if badge:
        return Decision(badge, badge.number)
    return Decision(Badge(id=id, number=number, size=size), number)


def vote(hall: Hall, votes: Entries[Vote], member: str, box: str, paper: str) -> Decision[Hall, None]:
    mine = votes.get(member)
    papers = votes.get(box)
    assert mine is not None
    assert papers is not None
    if mine.voted:
        return Decision(hall, None)
    return Decision(
        hall.model_copy(update={"taken": hall.taken + 1}),
        None,
        entries=[
            mine.model_copy(update={"voted": True}),
            papers.model_copy(update={"papers": sorted([*papers.papers, paper])}),
        ],
    )


# Decisions with their arguments


def always(decision: Decision[Hall, Any]) -> Callable[[Hall | None, Entries[Any]], Decision[Hall, Any]]:
    return lambda _, __: decision


def building(id: str, capacity: int = 3) -> Callable[[Hall | None, Entries[Any]], Decision[Hall, None]]:
    return always(build(id, capacity))


def taking(member: str) -> Callable[[Hall, Entries[Seat]], Decision[Hall, str]]:
    return lambda hall, seats: take(hall, seats, member)


def leaving(member: str) -> Callable[[Hall, Entries[Seat]], Decision[Hall, str | None]]:
    return lambda hall, seats: leave(hall, seats, member)


def marking(status: str, *members: str) -> Callable[[Hall, Entries[Seat]], Decision[Hall, None]]:
    """Put a status on seats that are there."""

    def mark(hall: Hall, seats: Entries[Seat]) -> Decision[Hall, None]:
        there = [seat for member in members if (seat := seats.get(member))]
        return Decision(hall, None, entries=[seat.model_copy(update={"status": status}) for seat in there])

    return mark


def voting(member: str, box: str, paper: str) -> Callable[[Hall, Entries[Vote]], Decision[Hall, None]]:
    return lambda hall, votes: vote(hall, votes, member, box, paper)


def badge(id: str, number: str, size: int = 0) -> Callable[[Badge | None], Decision[Badge, str]]:
    return lambda made: make_badge(made, id, number, size)
