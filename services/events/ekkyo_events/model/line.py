"""The waitlist: who is where on it, and why."""

from collections.abc import Iterable
from typing import Protocol

from ekkyo.contracts.events import Attend, EventStatus, RegistrationStatus, Terms


class Waits(Protocol):
    """A place at an event, as far as the waitlist goes."""

    @property
    def key(self) -> str: ...
    @property
    def status(self) -> RegistrationStatus: ...
    @property
    def position(self) -> int | None: ...
    @property
    def attend(self) -> Attend | None: ...


class WaitedFor(Protocol):
    """What is waited for: an event."""

    @property
    def status(self) -> EventStatus: ...
    @property
    def capacity(self) -> int: ...
    @property
    def terms(self) -> Terms | None: ...
    @property
    def is_to_be_drawn(self) -> bool: ...
    @property
    def seats_in_use(self) -> int: ...
    @property
    def online_taken(self) -> int | None: ...


def place(seat: Waits | None, waiting: Iterable[Waits]) -> int | None:
    """Which place on the waitlist a member has, from 1, given all who wait; None for who does not.

    Who waits for a seat online has nobody before them who waits for one in the room, where they are counted apart.
    """
    if seat is None or seat.position is None or seat.status != "waitlisted":
        return None
    ticket, attend = seat.position, seat.attend or "onsite"
    before = (other for other in waiting if other.position is not None and other.position < ticket)
    return 1 + sum((other.attend or "onsite") == attend for other in before)


def places(waiting: Iterable[Waits]) -> dict[str, int]:
    """The place on the waitlist of each of these, who are all who wait."""
    found: dict[str, int] = {}
    lines: dict[str, list[Waits]] = {}
    for seat in sorted(waiting, key=lambda one: one.position or 0):
        line = lines.setdefault(seat.attend or "onsite", [])
        together = bool(line) and line[-1].position == seat.position
        found[seat.key] = found[line[-1].key] if together else len(line) + 1
        line.append(seat)
    return found


def waiting_because(event: WaitedFor, place: int, seat: Waits | None = None, together: int = 1) -> str:
    """Why somebody at this place of the waitlist has no seat, in words. together: how many their group has."""
    if event.status == "cancelled":
        return "the event was cancelled"
    if event.status == "concluded":
        return "the event is over"
    if event.is_to_be_drawn:
        return "the draw comes first; then who registered after it gets the seats that are left"
    capacity, where, used = event.capacity, "", event.seats_in_use
    if event.terms and event.terms.online_capacity is not None:
        online = seat is not None and seat.attend == "online"
        capacity, where = (event.terms.online_capacity, " online") if online else (capacity, " in the room")
        used = (event.online_taken or 0) if online else used - (event.online_taken or 0)
    taken = f"the only seat{where} is taken" if capacity == 1 else f"all {capacity} seats{where} are taken"
    if together > 1:
        if capacity - used > 0:
            seats = "1 seat" if capacity - used == 1 else f"{capacity - used} seats"
            taken = f"{seats}{where} {'is' if seats == '1 seat' else 'are'} free"
        taken = f"{taken}, and your group of {together} needs {together} together"
    match place - 1:
        case 0:
            return f"{taken}; nobody is before you"
        case 1:
            return f"{taken}; 1 person is before you"
        case before:
            return f"{taken}; {before} people are before you"
