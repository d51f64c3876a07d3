"""What is published is safe against somebody who knows the rules: all inputs of small sizes, and larger ones by chance.

An atom is everything that one person may answer. Of all inputs with the same output, the attacker adds up the people
in every set of atoms. If the sum is the same for all these inputs, they know it; then it must not be 1 to 4.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from itertools import permutations
from typing import Any

import pytest
from ekkyo_surveys.cells import (
    FLOOR,
    Cell,
    crossed,
    left_out,
    mean,
    neighbours,
    others_together,
    promoters,
    ranks,
    several,
)
from hypothesis import given, settings
from hypothesis import strategies as st

People = tuple[int, ...]
"""How many people there are of each atom."""


def inputs(atoms: int, most: int, floor: int) -> Iterator[People]:
    """Everything that `floor` to `most` people may answer together."""

    def all_of(count: int, left: int) -> Iterator[People]:
        if left == 1:
            yield (count,)
            return
        for first in range(count + 1):
            for rest in all_of(count - first, left - 1):
                yield (first, *rest)

    for count in range(floor, most + 1):
        yield from all_of(count, atoms)


def computed(publish: Callable[[People], Any], atoms: int, most: int, *, floor: int = FLOOR) -> list[Any]:
    """Groups of fewer than `floor` people whose size follows from what is published."""
    alike: dict[str, list[People]] = defaultdict(list)
    for people in inputs(atoms, most, floor):
        alike[repr((sum(people), publish(people)))].append(people)
    found = []
    groups = [[n for n in range(atoms) if chosen >> n & 1] for chosen in range(1, 1 << atoms)]
    for output, possible in alike.items():
        first, *others = possible
        for members in groups:
            size = sum(first[n] for n in members)
            if 0 < size < floor and all(sum(people[n] for n in members) == size for people in others):
                found.append((output, members, size))
                break
    return found


def by_name(people: Sequence[int]) -> dict[str, int]:
    return {str(n): count for n, count in enumerate(people)}


def cells(people: Sequence[int]) -> list[Cell]:
    return [Cell((name,), count) for name, count in by_name(people).items()]


def test_the_attack_finds_what_plain_counts_and_path_dependent_merging_tell() -> None:
    assert computed(lambda people: people, 3, 8)

    def smaller_neighbour(people: People) -> list[Cell]:
        merged = cells(people)
        while len(merged) > 1 and (small := [n for n, cell in enumerate(merged) if 0 < cell.people < FLOOR]):
            at = min(small, key=lambda n: merged[n].people)
            other = min((n for n in (at - 1, at + 1) if 0 <= n < len(merged)), key=lambda n: merged[n].people)
            first = min(at, other)
            merged[first : first + 2] = [merged[first] + merged[first + 1]]
        return merged

    assert computed(smaller_neighbour, 4, 15)


@pytest.mark.parametrize(("atoms", "most", "floor"), [(3, 16, 5), (4, 15, 5), (5, 10, 3)])
def test_choices_and_neighbours_tell_of_no_few(atoms: int, most: int, floor: int) -> None:
    assert computed(lambda people: others_together(by_name(people), floor=floor), atoms, most, floor=floor) == []
    assert computed(lambda people: neighbours(cells(people), floor=floor), atoms, most, floor=floor) == []


@pytest.mark.parametrize(("weights", "most"), [((-1, 0, 1), 20), ((-1, -1, 0, 1), 15), ((-1, -1, 0, 0, 1, 1), 9)])
def test_a_net_promoter_score_beside_its_distribution_tells_of_no_few(weights: People, most: int) -> None:
    assert computed(lambda p: promoters(dict(enumerate(p)), lambda n: weights[n]), len(weights), most) == []


@pytest.mark.parametrize(("scores", "most"), [(2, 16), (3, 16), (4, 15), (5, 10)])
def test_a_mean_beside_its_distribution_tells_of_no_few(scores: int, most: int) -> None:
    assert computed(lambda people: mean(dict(enumerate(people))), scores, most) == []


def test_who_gave_no_answer_is_no_few_either() -> None:
    def published(people: People) -> Any:
        scores = [score for score, count in enumerate(people[:-1]) for _ in range(count)]
        without = set(left_out(scores, people[-1]))
        kept = [score for n, score in enumerate(scores) if n not in without]
        counts = {score: kept.count(score) for score in range(3)}
        return (len(kept), promoters(counts, lambda n: n - 1)) if len(kept) >= FLOOR else None

    assert computed(published, 4, 15) == []


@pytest.mark.parametrize(
    ("choices", "fewest", "most", "people", "floor"),
    [(2, 0, 2, 14, 5), (2, 1, 2, 16, 5), (3, 2, 2, 16, 5), (3, 2, 3, 13, 5), (3, 1, 3, 7, 3), (3, 0, 2, 7, 3)],
)
def test_several_answers_tell_of_no_few(choices: int, fewest: int, most: int, people: int, floor: int) -> None:
    atoms = [chosen for chosen in range(1 << choices) if fewest <= chosen.bit_count() <= most]

    def published(counts: People) -> Any:
        chosen = {
            str(n): sum(count for count, atom in zip(counts, atoms, strict=True) if atom >> n & 1)
            for n in range(choices)
        }
        return several(chosen, sum(counts), fewest=fewest, most=most, floor=floor)

    assert computed(published, len(atoms), people, floor=floor) == []


def test_the_places_of_a_ranking_tell_of_no_few() -> None:
    orders = list(permutations("abc"))

    def published(people: People) -> Any:
        return ranks([order for order, count in zip(orders, people, strict=True) for _ in range(count)], "abc")

    assert computed(published, len(orders), 9) == []


@pytest.mark.parametrize(("rows", "columns", "most", "floor"), [(2, 2, 16, 5), (2, 3, 9, 3)])
def test_two_questions_together_tell_of_no_few(rows: int, columns: int, most: int, floor: int) -> None:
    def published(people: People) -> Any:
        table = {(f"r{r}", f"c{c}"): people[r * columns + c] for r in range(rows) for c in range(columns)}
        down = others_together(
            {f"r{r}": sum(people[r * columns : (r + 1) * columns]) for r in range(rows)}, floor=floor
        )
        across = others_together({f"c{c}": sum(people[c::columns]) for c in range(columns)}, floor=floor)
        return down, across, crossed(down, across, table, floor=floor)

    assert computed(published, rows * columns, most, floor=floor) == []


@given(st.lists(st.integers(0, 12), min_size=2, max_size=11))
@settings(max_examples=60)
def test_nobody_is_lost_and_every_cell_counts_nobody_or_five(people: list[int]) -> None:
    total = sum(people)
    found = [others_together(by_name(people)), neighbours(cells(people)), mean(dict(enumerate(people))).cells]
    found.append(
        promoters(
            dict(enumerate(people)), lambda n: -1 if n < len(people) // 3 else 0 if n < len(people) - 1 else 1
        ).cells
    )
    for merged in found:
        assert sum(cell.people for cell in merged) == total
        assert sorted(answer for cell in merged for answer in cell.answers) == sorted(by_name(people))
        assert all(cell.people == 0 or cell.people >= FLOOR or len(merged) == 1 for cell in merged)


def test_what_merging_makes_of_an_example() -> None:
    told = promoters(dict(enumerate([0, 0, 0, 0, 0, 1, 2, 3, 6, 7, 6])), lambda score: (score >= 9) - (score <= 6))
    assert [(cell.answers[0], cell.answers[-1], cell.people) for cell in told.cells if cell.people] == [
        ("5", "9", 19),
        ("10", "10", 6),
    ]
    assert told.total == 10
    assert others_together({"yes": 9, "no": 2, "unsure": 3}) == [Cell(("yes",), 9), Cell(("no", "unsure"), 5)]
    assert others_together({"yes": 20, "no": 7, "unsure": 2}) == [Cell(("yes",), 20), Cell(("no", "unsure"), 9)]
    assert others_together({"yes": 9, "no": 2}) == [Cell(("yes", "no"), 11)]
    assert left_out(list(range(12)), 3) == [3, 9]
