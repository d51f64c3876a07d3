"""Parting guests into tables of six: CPU of the one decision, and what the tables cost against the best of 1,000 random
seatings. Guests are of fourteen departments of unlike sizes and three sites, and sat at ten tables before."""

import time
from datetime import UTC, datetime, timedelta
from random import Random

from ekkyo_events.model.seating import Guest, cost, seat

SIZE, SEATINGS = 6, 1_000
FIRST_DAY = datetime(2026, 1, 1, tzinfo=UTC)


async def run() -> str:
    lines = ["| guests | CPU, s | cost | best of random |", "| ---: | ---: | ---: | ---: |"]
    for count in (50, 200, 500):
        guests = _guests(count)
        before = time.process_time()
        tables = seat(guests, SIZE)
        took = time.process_time() - before
        lines.append(f"| {count} | {took:.2f} | {cost(guests, tables)} | {_best_of_random(guests, len(tables))} |")
    return "\n".join(lines)


def _guests(count: int) -> list[Guest]:
    chance = Random(count)
    return [
        Guest(
            id=f"member-{n}",
            department=f"department-{int(14 * chance.random() ** 2)}",
            site=f"site-{chance.randrange(3)}",
            joined_at=FIRST_DAY + timedelta(days=chance.randrange(900)),
            sat_at=frozenset(f"{event}/{chance.randrange(-(-count // SIZE))}" for event in range(10)),
        )
        for n in range(count)
    ]


def _best_of_random(guests: list[Guest], tables: int) -> int:
    chance, ids, best = Random(1), [guest.id for guest in guests], None
    for _ in range(SEATINGS):
        chance.shuffle(ids)
        price = cost(guests, [ids[n::tables] for n in range(tables)])
        best = price if best is None else min(best, price)
    assert best is not None
    return best
