"""A draw that anybody can repeat: the list of entrants in canonical form, its hash, and the order. Pure.

The order is that of HMAC-SHA256 (RFC 2104) under a key of the seed and the hash of the list. The seed's own hash is
published before anybody enters, and the list before the seed: so nobody can choose one to suit the other.
docs/wire.md says it for every language.
"""

import hashlib
import hmac
import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from ekkyo.decision.places import Room, fill

MORE_AT_MOST = 3
"""How much more than 1 an entrant can weigh."""
HEAVIEST = 1 + MORE_AT_MOST
_LINE = re.compile(
    r"(?P<unit>[A-Za-z0-9_-]{1,64}) (?P<weight>[1-9][0-9]?)( size=(?P<size>[1-9][0-9]?))?(?P<online> online)?"
    r"( quotas=(?P<quotas>[0-9+,-]{1,200}))?"
)


@dataclass(frozen=True)
class Wanted:
    """A place that is wanted: how its member takes part, and the quotas that they count for."""

    attend: str | None = None
    quotas: tuple[int, ...] = ()


@dataclass(frozen=True)
class Entrant:
    """A unit that gets its places together or waits together: a registration, or a group."""

    unit: str
    """The id of the registration, which all of a group have in common."""
    weight: int = 1
    """How many tickets it has. The best one counts."""
    seats: tuple[Wanted, ...] = (Wanted(),)
    """The places it needs. All of a group take part in the same way."""

    @property
    def line(self) -> str:
        """The entrant in canonical form. What is as for most is left out."""
        size = f" size={len(self.seats)}" if len(self.seats) != 1 else ""
        online = " online" if self.seats[0].attend == "online" else ""
        of_each = sorted("+".join(map(str, sorted(seat.quotas))) or "-" for seat in self.seats)
        quotas = f" quotas={','.join(of_each)}" if any(seat.quotas for seat in self.seats) else ""
        return f"{self.unit} {self.weight}{size}{online}{quotas}"

    @classmethod
    def read(cls, line: str) -> "Entrant":
        """The entrant that a line says. Raises ValueError."""
        if found := _LINE.fullmatch(line):
            if line == f"{found['unit']} {found['weight']}":
                return cls(found["unit"], int(found["weight"]))
            size = int(found["size"] or 1)
            of_each = found["quotas"].split(",") if found["quotas"] else ["-"] * size
            quotas = [tuple(int(n) for n in one.split("+") if n.isdigit()) for one in of_each]
            seats = tuple(Wanted("online" if found["online"] else None, one) for one in quotas)
            entrant = cls(found["unit"], int(found["weight"]), seats)
            if len(seats) == size and entrant.line == line:
                return entrant
        raise ValueError(f"not an entrant in canonical form: {line[:100]!r}")


def commitment(seed: str) -> str:
    """SHA-256 of the seed's text, in hexadecimal: published when the draw opens."""
    return hashlib.sha256(seed.encode()).hexdigest()


def canonical(entrants: Iterable[Entrant]) -> list[str]:
    """The list of entrants: a line each, in the order of their bytes."""
    return sorted(entrant.line for entrant in entrants)


def digest(lines: Sequence[str]) -> str:
    """SHA-256 of the list in hexadecimal. Each line ends with a line feed."""
    return hashlib.sha256("".join(f"{line}\n" for line in lines).encode()).hexdigest()


def ticket(seed: str, entrants_sha256: str, event_id: str, draw_id: str, unit: str, number: int = 1) -> str:
    """One ticket of an entrant, in hexadecimal. number: which one, from 1 to the entrant's weight."""
    message = f"{event_id}/{draw_id}/{unit}/{number}"
    return hmac.digest((seed + entrants_sha256).encode(), message.encode(), "sha256").hex()


def order(seed: str, lines: Sequence[str], event_id: str, draw_id: str) -> list[str]:
    """The units in the order of the lowest ticket of each. Raises ValueError for a list that is not canonical.

    With w tickets a unit comes before another with one ticket w times in w + 1, exactly.
    """
    hashed = digest(lines)
    best = {
        entrant.unit: min(
            ticket(seed, hashed, event_id, draw_id, entrant.unit, number) for number in range(1, entrant.weight + 1)
        )
        for entrant in map(Entrant.read, lines)
    }
    if len(best) != len(lines) or list(lines) != sorted(lines):
        raise ValueError("the list of entrants is not in canonical form: sorted, and each unit once")
    return sorted(best, key=lambda unit: (best[unit], unit))


def placed(order: Iterable[str], lines: Iterable[str], room: Room, *, but: Collection[str] = ()) -> list[str]:
    """Who gets places, in the order drawn: each unit that fits whole into what is left of the room.

    but: units that gave up between the closing of the list and the draw.
    """
    entrants = {entrant.unit: entrant for entrant in map(Entrant.read, lines)}
    return [entrant.unit for entrant in fill([entrants[unit] for unit in order if unit not in but], room).taken]
