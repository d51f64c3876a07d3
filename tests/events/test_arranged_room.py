"""Who gets places: whatever the units, capacities and quotas, all that fit do, in their order, and none is parted."""

from ekkyo_events.model.arranged.room import Room, fill, holders
from ekkyo_events.model.arranged.units import Unit, units
from ekkyo_events.model.documents import Seat
from hypothesis import given, settings
from hypothesis import strategies as st


def seat(key: str, ticket: int = 0, **fields: object) -> Seat:
    return Seat(document_id="e1", key=key, status="waitlisted", position=ticket, **fields)  # type: ignore[arg-type]


@st.composite
def lines(draw: st.DrawFn) -> list[Unit]:
    seats = []
    for n in range(draw(st.integers(0, 8))):
        size = draw(st.integers(1, 4))
        attend = draw(st.sampled_from(["onsite", "online"]))
        for m in range(size):
            quotas = sorted(draw(st.sets(st.integers(0, 2))))
            group = f"g{n}" if size > 1 else None
            seats.append(seat(f"m{n}-{m}", n + 1, group_id=group, attend=attend, quotas=quotas))
    return units(draw(st.permutations(seats)))


rooms = st.builds(
    Room,
    onsite=st.integers(-1, 9),
    online=st.integers(0, 5),
    kept=st.lists(st.integers(0, 4), max_size=3).map(tuple),
    holders=st.dictionaries(st.integers(1, 7), st.integers(1, 3), max_size=3),
)


@given(lines(), rooms)
@settings(max_examples=400, deadline=None)
def test_all_who_fit_get_places_in_their_order_and_no_group_is_parted(line: list[Unit], room: Room) -> None:
    filled = fill(line, room)
    assert sorted([*filled.taken, *filled.passed], key=line.index) == line
    assert [*filled.taken] == [unit for unit in line if unit in filled.taken], "in the order given"
    onsite = sum(seat.attend == "onsite" for unit in filled.taken for seat in unit.seats)
    online = sum(len(unit.seats) for unit in filled.taken) - onsite
    assert (filled.room.onsite, filled.room.online) == (room.onsite - onsite, room.online - online)
    assert onsite <= max(0, room.onsite)
    assert online <= room.online
    assert not any(filled.room.fits(unit) for unit in filled.passed), "no seat is free for one who is passed over"
    assert fill(filled.passed, filled.room).taken == [], "and said twice, it is done once"


@given(lines(), rooms)
@settings(max_examples=200, deadline=None)
def test_seats_that_are_kept_go_to_nobody_else(line: list[Unit], room: Room) -> None:
    free = max(0, room.onsite - room.held_back)
    filled = fill(line, room)
    others = [
        seat for unit in filled.taken for seat in unit.seats
        if seat.attend == "onsite" and not any(n < len(room.kept) for n in seat.quotas)
    ]  # fmt: skip
    assert len(others) <= free
    if room.onsite >= room.held_back:
        assert filled.room.onsite >= filled.room.held_back, "every quota can still be filled"


@given(
    st.lists(st.integers(0, 3), min_size=1, max_size=3),
    st.lists(st.sets(st.integers(0, 2), min_size=1), max_size=5),
)
@settings(max_examples=200, deadline=None)
def test_what_is_kept_is_what_no_matching_of_holders_to_quotas_uses_up(kept: list[int], held: list[set[int]]) -> None:
    people = [seat(f"h{n}", quotas=sorted(quotas)) for n, quotas in enumerate(held)]
    best = 0
    for choice in _choices(held, len(kept)):
        left, used = list(kept), 0
        for quota in choice:
            if quota is not None and left[quota]:
                left[quota] -= 1
                used += 1
        best = max(best, used)
    assert Room(99, kept=tuple(kept), holders=holders(people)).held_back == sum(kept) - best


def _choices(held: list[set[int]], quotas: int) -> list[list[int | None]]:
    found: list[list[int | None]] = [[]]
    for one in held:
        found = [[*before, quota] for before in found for quota in [None, *(n for n in one if n < quotas)]]
    return found


def test_a_group_that_does_not_fit_is_passed_over_and_the_next_that_fits_is_taken() -> None:
    three = [seat(f"a{n}", 1, group_id="a") for n in range(3)]
    line = units([seat("c", 3), *three, *[seat(f"b{n}", 2, group_id="b") for n in range(2)]])
    filled = fill(line, Room(2))
    assert [[one.key for one in unit.seats] for unit in filled.taken] == [["b0", "b1"]]
    assert [unit.ticket for unit in filled.passed] == [1, 3]


def test_a_kept_seat_waits_for_who_it_is_for() -> None:
    room = Room(2, kept=(2,))
    assert fill(units([seat("old", 1), seat("new", 2, quotas=[0])]), room).taken == units([seat("new", 2, quotas=[0])])
    assert len(fill(units([seat("old", 1), seat("new", 2, quotas=[0])]), Room(2)).taken) == 2, "until it is released"
