"""Who sits with whom: guests are parted into tables so that people meet whom they do not meet every day.

Partitioning into groups of nearly equal size with as few costly pairs as possible is the maximally diverse grouping
problem, which is NP-hard. It is solved as usual: a deal round the tables, then exchanges of two guests while one lowers
the cost, then the same again from a shaken seating (iterated local search; Brimberg, Mladenović, Urošević 2015,
doi:10.1016/j.ejor.2014.09.047). The work is bounded by the number of exchanges that are looked at, never by a clock, so
that the same guests, size and seed give the same tables on every machine.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from random import Random
from typing import Final

SAT_TOGETHER: Final = 6
"""What a pair costs for each time they sat together before,"""
SAME_DEPARTMENT: Final = 4
SAME_SITE: Final = 1
NEAR_TENURE: Final = 1
NEAR: Final = timedelta(days=90)
"""when they joined the community within this time of each other."""
LOOKS: Final = 1_000_000
"""Exchanges that are looked at for one seating: about a quarter of a second."""
MOST_SHAKES: Final = 100


@dataclass(frozen=True)
class Guest:
    """What counts of a person at a table. None: not known, and like nobody."""

    id: str
    department: str | None = None
    site: str | None = None
    joined_at: datetime | None = None
    sat_at: frozenset[str] = frozenset()
    """The tables at which they sat before: names that those who sat there with them share."""


def pair_cost(a: Guest, b: Guest) -> int:
    """What it costs to seat these two together."""
    same_department = a.department is not None and a.department == b.department
    same_site = a.site is not None and a.site == b.site
    near = a.joined_at is not None and b.joined_at is not None and abs(a.joined_at - b.joined_at) < NEAR
    before = len(a.sat_at & b.sat_at) if a.sat_at and b.sat_at else 0
    return SAT_TOGETHER * before + SAME_DEPARTMENT * same_department + SAME_SITE * same_site + NEAR_TENURE * near


def cost(guests: Sequence[Guest], tables: Sequence[Sequence[str]]) -> int:
    """What a seating costs: the sum over all pairs that sit together."""
    by_id = {guest.id: guest for guest in guests}
    return sum(pair_cost(by_id[a], by_id[b]) for table in tables for n, a in enumerate(table) for b in table[n + 1 :])


def seat(guests: Sequence[Guest], size: int, *, seed: int = 0) -> list[list[str]]:
    """Ids of the guests at each table, in order of id.

    As few tables as hold everybody with at most `size` (at least 1) at each; their sizes differ by at most one. The
    order of the guests does not matter.
    """
    if not guests:
        return []
    count = -(-len(guests) // size)
    dealt = _dealt(guests, seed)
    plan = _Plan(dealt, count)
    if count > 1:
        _improve(plan, Random(seed))  # noqa: S311 - repeatable
    tables: list[list[str]] = [[] for _ in range(count)]
    for guest, at in zip(dealt, plan.best, strict=True):
        tables[at].append(guest.id)
    return [sorted(table) for table in tables]


def cheapest(guest: Guest, tables: Sequence[Sequence[Guest]], size: int) -> int:
    """The index of the table at which one more guest costs least: of those with room, else of the smallest."""
    smallest = min(len(table) for table in tables)
    room = [n for n, table in enumerate(tables) if len(table) < size or (smallest >= size and len(table) == smallest)]
    return min(room, key=lambda n: (sum(pair_cost(guest, other) for other in tables[n]), len(tables[n]), n))


def _dealt(guests: Sequence[Guest], seed: int) -> list[Guest]:
    """The guests as they are dealt: the largest department first, then by site, then shuffled by the seed."""
    largest = Counter(guest.department for guest in guests)
    lot = {guest.id: sha256(f"{seed}/{guest.id}".encode()).digest() for guest in guests}
    return sorted(guests, key=lambda g: (-largest[g.department], g.department or "", g.site or "", lot[g.id]))


class _Plan:
    """A seating, and what sitting at each table would cost each guest: an exchange is looked at in a few additions."""

    def __init__(self, guests: Sequence[Guest], tables: int) -> None:
        people = range(len(guests))
        self.pairs = [[0] * len(guests) for _ in people]
        for a in people:
            for b in range(a):
                self.pairs[a][b] = self.pairs[b][a] = pair_cost(guests[a], guests[b])
        self.at = [n % tables for n in people]
        self.tables = tables
        self.best, self.cost = list(self.at), 0
        self.to_table: list[list[int]] = []
        self.set(self.at)
        self.least = self.cost

    def set(self, at: Sequence[int]) -> None:
        """Seat everybody like this."""
        self.at = list(at)
        self.to_table = [[0] * self.tables for _ in self.at]
        for row, costs in zip(self.to_table, self.pairs, strict=True):
            for table, price in zip(self.at, costs, strict=True):
                row[table] += price
        self.cost = sum(row[table] for row, table in zip(self.to_table, self.at, strict=True)) // 2

    def exchange(self, a: int, b: int) -> None:
        """Let two guests of different tables change places."""
        here, there = self.at[a], self.at[b]
        to = self.to_table
        self.cost += to[a][there] + to[b][here] - to[a][here] - to[b][there] - 2 * self.pairs[a][b]
        self.at[a], self.at[b] = there, here
        for row, left, came in zip(to, self.pairs[a], self.pairs[b], strict=True):
            row[here] += came - left
            row[there] += left - came

    def keep(self) -> None:
        """Remember this seating if it is the best so far."""
        if self.cost < self.least:
            self.least, self.best = self.cost, list(self.at)


def _improve(plan: _Plan, chance: Random) -> None:
    """Search from the deal, then from the best seating with a few guests exchanged at random."""
    looked = _descend(plan, 0)
    plan.keep()
    people = len(plan.at)
    for _ in range(MOST_SHAKES):
        if looked >= LOOKS or plan.least == 0:
            return
        plan.set(plan.best)
        for _ in range(2 + people // 20):
            a, b = chance.randrange(people), chance.randrange(people)
            if plan.at[a] != plan.at[b]:
                plan.exchange(a, b)
        looked = _descend(plan, looked)
        plan.keep()


def _descend(plan: _Plan, looked: int) -> int:
    """Exchange guests while that lowers the cost; answers how many exchanges were looked at so far."""
    people, to, pairs = len(plan.at), plan.to_table, plan.pairs
    lowered = True
    while lowered and looked < LOOKS:
        lowered = False
        for a in range(people):
            at, row, costs = plan.at, to[a], pairs[a]
            here = at[a]
            if row[here] == 0:
                continue  # nobody there costs them anything; whoever does is asked in their turn
            looked += people
            mine = row[here]
            best, with_whom = 0, -1
            for b in range(people):
                there = at[b]
                if there != here:
                    change = row[there] - mine + to[b][here] - to[b][there] - 2 * costs[b]
                    if change < best:
                        best, with_whom = change, b
            if with_whom >= 0:
                plan.exchange(a, with_whom)
                lowered = True
    return looked
