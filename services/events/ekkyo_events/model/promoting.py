"""Free seats: who gets them, of those who wait."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from ekkyo.contracts.base import Refused
from ekkyo.contracts.events import (
    EventState,
    RegistrationPromoted,
    RegistrationWithdrawn,
)
from ekkyo.decision import Entries

from ekkyo_events.model.arranged import next_in_line
from ekkyo_events.model.arranged.counting import arrangement, arranges, recounted
from ekkyo_events.model.documents import (
    Event,
    Seat,
    told_each,
    unanswered,
)
from ekkyo_events.model.late import with_time_to_decide
from ekkyo_events.model.people import People
from ekkyo_events.model.tables import given_tables

Because = Literal["withdrawal", "more_capacity", "seats_released"]

PROMOTED_AT_ONCE = 2_000
"""All who are promoted together are saved in one write: more would not fit."""
REMEMBERED = 100
"""How many withdrawn registrations a seat remembers."""


@dataclass(frozen=True)
class Promotion:
    """The event after those who waited longest got the free seats."""

    event: Event
    because: Because
    seats: Sequence[Seat] = ()
    passed_over: Sequence[Seat] = ()
    """Of those who may have no seat any more: they do not wait from now on."""

    def at(self, now: datetime) -> "Promotion":
        """The same, where it is decided now: close to a deadline, those who got a seat have time to decide."""
        if self.event.terms is None:
            return self
        return replace(self, seats=[with_time_to_decide(self.event, seat, now=now) for seat in self.seats])

    @property
    def entries(self) -> list[Seat]:
        return [*self.passed_over, *self.seats]

    def facts(self, told: EventState) -> list[RegistrationWithdrawn | RegistrationPromoted]:
        """One for each of them, in the order in which they waited; first of those who were passed over."""
        each = told_each(told, len(self.entries))
        about = [
            {"event_id": self.event.id, "event": event, "member_id": seat.key, "registration_id": seat.registration_id}
            for seat, event in zip(self.entries, each, strict=False)
        ]
        gone = len(self.passed_over)
        return [
            *(RegistrationWithdrawn(was="waitlisted", because="left", **fields) for fields in about[:gone]),
            *(
                RegistrationPromoted(
                    because=self.because,
                    table=seat.table,
                    withdraw_by=seat.withdraw_by,
                    unanswered=unanswered(self.event, seat),
                    **arrangement(seat, self.seats),
                    **fields,
                )
                for seat, fields in zip(self.seats, about[gone:], strict=True)
            ),
        ]


def promote(
    event: Event, seats: Entries[Seat], people: People, because: Because, *, but: str | None = None
) -> Promotion:
    """Give the free seats to those who wait longest. but: a member who leaves the waitlist in the same decision."""
    if event.is_to_be_drawn:
        return Promotion(event, because)
    if arranges(event):
        chosen, gone = next_in_line(event, seats, people, but)
        _must_not_be_too_many(len(chosen) + len(gone))
    else:
        free = min(event.capacity - event.seats_in_use, event.waitlisted)
        if free <= 0:
            return Promotion(event, because)
        _must_not_be_too_many(free)
        chosen, gone = _next(event, seats, people, free, but)
    promoted = [
        seat.model_copy(update={"status": "confirmed", "position": None, "was_promoted": True}) for seat in chosen
    ]
    promoted = given_tables(event, seats, promoted, people, but=but)
    counts = {"confirmed": event.confirmed + len(chosen), "waitlisted": event.waitlisted - len(chosen) - len(gone)}
    after = recounted(event.model_copy(update=counts), chosen, promoted)
    return Promotion(after, because, promoted, [without_place(seat) for seat in gone])


def _must_not_be_too_many(promoted: int) -> None:
    if promoted > PROMOTED_AT_ONCE:
        raise Refused(
            "too_many_promotions",
            f"At most {PROMOTED_AT_ONCE} members can be promoted at once. Raise the capacity in steps.",
        )


def _next(
    event: Event, seats: Entries[Seat], people: People, free: int, but: str | None
) -> tuple[list[Seat], list[Seat]]:
    """Those who wait longest of those who may have a seat, and those beside them who may not."""
    beside = 1 if but else 0
    look = free + beside
    while True:
        waiting = seats.first(look, order="position", status="waitlisted")
        line = [seat for seat in waiting if seat.key != but]
        barred = people.barred(event, [seat.key for seat in line])
        able = [seat for seat in line if seat.key not in barred][:free]
        if len(able) == free or len(waiting) < look:
            return able, [seat for seat in line if seat.key in barred]
        look = free + beside + len(barred)


def without_place(seat: Seat) -> Seat:
    """The seat of a member who gave it back. It remembers the registration, which cannot be made again."""
    given_back = [*seat.withdrawn, *([seat.registration_id] if seat.registration_id else [])][-REMEMBERED:]
    nothing: dict[str, object] = {"position": None, "table": None, "attend": None, "group_id": None, "quotas": []}
    return seat.model_copy(update={**nothing, "status": "withdrawn", "answers": {}, "withdrawn": given_back})
