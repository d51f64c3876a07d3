"""Who gets places: units in some order, and what is free. Pure; it knows no event and no waitlist.

A quota keeps seats for those whom it is for. Each of them who has a seat uses one of its seats up, whichever was free:
what is kept is never more than it takes for every quota to be filled. Somebody may count for several quotas and uses
one of them up, the one that leaves the least to be kept: a largest matching, found as a smallest cut (Ford and
Fulkerson 1956), for which a few sums do as quotas are few.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Generic, Protocol, TypeVar


class Asked(Protocol):
    """What somebody asked for who wants a place: how they take part, and the quotas that they count for."""

    @property
    def attend(self) -> str | None: ...
    @property
    def quotas(self) -> Sequence[int]: ...


class Together(Protocol):
    """Who gets places at once: one member, or a group."""

    @property
    def seats(self) -> Sequence[Asked]: ...


U = TypeVar("U", bound=Together)


@dataclass(frozen=True)
class Room:
    """The seats that are free, and those that are kept.

    onsite: free seats of the event, or in the room of a hybrid event with a capacity each. online: free seats online,
    where they are counted apart.
    kept: how many seats each quota keeps, in the order of the terms; empty once they are released. They are among those
    of `onsite`.
    holders: who has a seat already: how many count for exactly these quotas (a bit for each, the lowest for the first).
    """

    onsite: int
    online: int = 0
    kept: tuple[int, ...] = ()
    holders: Mapping[int, int] = field(default_factory=dict)

    @property
    def held_back(self) -> int:
        """How many seats must stay free now, so that every quota can still be filled."""
        return self._held_back(self.holders)

    def fits(self, unit: Together) -> bool:
        """Whether all members of a unit can have seats."""
        there = [seat for seat in unit.seats if not _is_online(seat)]
        if len(there) > self.onsite or len(unit.seats) - len(there) > self.online:
            return False
        if not self.kept or not there:
            return True
        now = self.held_back
        uses_up = now - self._held_back(_counted(self.holders, there))
        return len(there) - uses_up <= max(0, self.onsite - now)

    def without(self, unit: Together) -> "Room":
        """What is free and kept after a unit got seats."""
        there = [seat for seat in unit.seats if not _is_online(seat)]
        return replace(
            self,
            onsite=self.onsite - len(there),
            online=self.online - (len(unit.seats) - len(there)),
            holders=_counted(self.holders, there) if self.kept else self.holders,
        )

    def _held_back(self, holders: Mapping[int, int]) -> int:
        quotas, every = range(len(self.kept)), (1 << len(self.kept)) - 1
        used_up = min(
            sum(self.kept[n] for n in quotas if chosen >> n & 1)
            + sum(many for counts_for, many in holders.items() if counts_for & every & ~chosen)
            for chosen in range(every + 1)
        )
        return sum(self.kept) - used_up


@dataclass(frozen=True)
class Filled(Generic[U]):
    """Who gets places, and who is passed over, each in the order given; and what is free afterwards."""

    taken: list[U]
    passed: list[U]
    room: Room


def fill(units: Iterable[U], room: Room) -> Filled[U]:
    """Give places to units in this order: each that fits whole gets them, each that does not is passed over.

    One pass is enough: who did not fit before others got places does not fit after it either.
    """
    taken, passed = list[U](), list[U]()
    for unit in units:
        if room.fits(unit):
            taken.append(unit)
            room = room.without(unit)
        else:
            passed.append(unit)
    return Filled(taken, passed, room)


def holders(seats: Iterable[Asked]) -> Mapping[int, int]:
    """How many of these, who have seats, count for which quotas. Who takes part online uses up none."""
    return _counted({}, [seat for seat in seats if not _is_online(seat)])


def _counted(holders: Mapping[int, int], more: Sequence[Asked]) -> Mapping[int, int]:
    return Counter(holders) + Counter(sum(1 << n for n in seat.quotas) for seat in more if seat.quotas)


def _is_online(seat: Asked) -> bool:
    return seat.attend == "online"
