"""Tables: everybody sits once, sizes are even, the same guests sit the same way, and better than by chance."""

import csv
import io
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from random import Random

from ekkyo_events.model.seating import Guest, cheapest, cost, pair_cost, seat
from hypothesis import given, settings
from hypothesis import strategies as st

DATA = Path(__file__).parents[2] / "data"
FIRST_DAY = datetime(2026, 4, 1, tzinfo=UTC)

one_of = st.sampled_from([None, "a", "b", "c"])
guest_lists = st.lists(
    st.builds(
        Guest,
        id=st.integers(0, 10_000).map(str),
        department=one_of,
        site=one_of,
        joined_at=st.sampled_from([None, FIRST_DAY, FIRST_DAY.replace(year=2027)]),
        sat_at=st.frozensets(st.sampled_from(["e1/1", "e1/2", "e2/1"])),
    ),
    max_size=30,
    unique_by=lambda guest: guest.id,
)


@settings(max_examples=40, deadline=None)
@given(guest_lists, st.integers(2, 8), st.integers(0, 3), st.randoms())
def test_everybody_sits_once_at_tables_of_nearly_the_same_size(
    guests: list[Guest], size: int, seed: int, chance: Random
) -> None:
    tables = seat(guests, size, seed=seed)
    assert sorted(id for table in tables for id in table) == sorted(guest.id for guest in guests)
    sizes = [len(table) for table in tables]
    assert len(sizes) == -(-len(guests) // size)
    assert not sizes or (max(sizes) <= size and max(sizes) - min(sizes) <= 1)
    chance.shuffle(guests)
    assert seat(guests, size, seed=seed) == tables


def test_tables_are_at_least_as_good_as_the_best_of_ten_thousand_by_chance() -> None:
    """Of the people of the demo who stand in an attendance report."""
    guests, size = _of_the_demo(), 5
    assert len(guests) >= 25
    tables = seat(guests, size, seed=1)
    pairs = {(a.id, b.id): pair_cost(a, b) for a in guests for b in guests}
    chance, ids, count = Random(1), [guest.id for guest in guests], len(tables)
    best = 10**9
    for _ in range(10_000):
        chance.shuffle(ids)
        best = min(best, sum(pairs[a, b] for t in range(count) for a in ids[t::count] for b in ids[t::count] if a < b))
    assert cost(guests, tables) <= best
    again = [[by_id for by_id in guests if by_id.id in table] for table in tables]
    met = {guest.id: frozenset({f"e1/{n}"}) for n, table in enumerate(again) for guest in table}
    second = [Guest(id=g.id, department=g.department, site=g.site, sat_at=met[g.id]) for g in guests]
    assert max(Counter(next(iter(met[id])) for id in table).most_common(1)[0][1] for table in seat(second, size)) == 1


def test_one_more_guest_sits_where_it_costs_least_and_where_there_is_room() -> None:
    a, b, new = (Guest(id=name, department=of) for name, of in (("a", "IT"), ("b", "Sales"), ("new", "IT")))
    assert cheapest(new, [[a], [b]], size=2) == 1
    assert cheapest(new, [[a], [b, Guest(id="c")]], size=2) == 0, "there is room"
    assert cheapest(new, [[a, Guest(id="d")], [b, Guest(id="c")]], size=2) == 1, "all are full"
    assert cheapest(new, [[], [b]], size=2) == 0, "a table that all have left"


def _of_the_demo() -> list[Guest]:
    there = (DATA / "attendance.teams.csv").read_text("utf-16")
    people = csv.DictReader(io.StringIO((DATA / "employees.cp932.csv").read_text("cp932")))
    return [
        Guest(id=row["社員番号"], department=row["部署"], site=row["勤務地"])
        for row in people
        if row["メールアドレス"] in there or row["氏名"] in there
    ]
