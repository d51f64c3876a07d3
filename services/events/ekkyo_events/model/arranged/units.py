"""Who gets places at once: one member, or a group. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass

from ekkyo_events.model.documents import Seat


@dataclass(frozen=True)
class Unit:
    """One member, or a group that gets its places together. It is never parted."""

    seats: tuple[Seat, ...]

    @property
    def ticket(self) -> int:
        """The ticket on the waitlist. All members of a group have the same."""
        return self.seats[0].position or 0


def units(seats: Iterable[Seat]) -> list[Unit]:
    """These seats as units: who has been on the waitlist longest first, and without a ticket by id."""
    found: dict[tuple[int, str], list[Seat]] = {}
    for seat in sorted(seats, key=lambda one: one.key):
        name = f"group {seat.group_id}" if seat.group_id else f"member {seat.key}"
        found.setdefault((seat.position or 0, name), []).append(seat)
    return [Unit(tuple(members)) for _, members in sorted(found.items())]
