"""The waitlist: who is where on it, and why."""

from collections.abc import Iterable
from typing import Protocol
from zoneinfo import ZoneInfo

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
    @property
    def kept(self) -> int | None: ...
    @property
    def timezone(self) -> str: ...


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
    """Why somebody at this place of the waitlist has no seat, and what has to happen, in words.

    together: how many their group has.
    """
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
    kept = 0 if seat is not None and seat.attend == "online" else event.kept or 0
    if kept:
        taken = f"{_kept(event, kept)}, and the other seats{where} are taken"
    if together > 1:
        if (free := capacity - used - kept) > 0:
            seats = "1 seat" if free == 1 else f"{free} seats"
            first = f"{_kept(event, kept)}; " if kept else ""
            taken = f"{first}{seats}{where} {'is' if free == 1 else 'are'} free"
        taken = f"{taken}, and your group of {together} needs {together} together"
    match place - 1:
        case 0:
            before = "nobody is before you"
        case 1:
            before = "1 person is before you"
        case people:
            before = f"{people} people are before you"
    return f"{taken}; {before}; {_given(place, together, where, kept)}"


def _given(place: int, together: int, where: str, kept: int) -> str:
    """When somebody who waits gets a seat. A group gets seats before those who need more at once than are free."""
    if together > 1:
        return f"you get them as soon as {together} seats{where}{' that are not kept' if kept else ''} are free at once"
    turn = "" if place == 1 else " and nobody is before you"
    if kept:
        return f"you get one as soon as another seat{where} becomes free, or one of these is left at that time{turn}"
    return f"you get one as soon as a seat{where} becomes free{turn}"


def _kept(event: WaitedFor, kept: int) -> str:
    """For whom seats are kept, and until when by the clock of the event."""
    quotas = event.terms.quotas if event.terms else None
    assert quotas is not None
    whom = [
        "first-timers" if quota.first_timers else f"members of {' or '.join(quota.departments)}"
        for quota in quotas.kept
    ]
    at = quotas.released_at.astimezone(ZoneInfo(event.timezone))
    seats = "1 seat is" if kept == 1 else f"{kept} seats are"
    return f"{seats} kept for {' and '.join(whom)} until {at.day} {at:%B %H:%M}"
