"""Cells of one question merged until each counts nobody or at least five people. Pure.

Among all ways to merge, the finest that is allowed is taken, and among equally fine ones the first in an order that
does not depend on the answers. A way that depends on them, such as "join the smaller neighbour", tells somebody who
knows the rule why it was taken.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import add
from typing import Final, TypeVar

FLOOR: Final = 5
"""How few people are never told apart from others."""
NO_ANSWER: Final = ""
"""The key of those who were asked a question and gave no answer to it."""

A = TypeVar("A")


@dataclass(frozen=True)
class Cell:
    """How many people gave one of these answers."""

    answers: tuple[str, ...]
    people: int

    def __add__(self, other: "Cell") -> "Cell":
        return Cell((*self.answers, *other.answers), self.people + other.people)


def few(people: int, floor: int = FLOOR) -> bool:
    """Whether so few people must not be told apart; nobody is not few."""
    return 0 < people < floor


def others_together(counts: Mapping[str, int], *, floor: int = FLOOR) -> list[Cell]:
    """Answers without an order: those that few or none gave are told together, in one cell at the end.

    Another cell joins them, the last that makes it right, if there is only one, if they are few together, or if their
    sum tells that each has `floor - 1`. One cell alone tells how many there are, and nothing else.
    """
    cells = [Cell((answer,), people) for answer, people in counts.items()]
    if not any(few(cell.people, floor) for cell in cells):
        return cells
    small = [cell for cell in cells if cell.people < floor]
    large = [cell for cell in cells if cell.people >= floor]
    pools = [small] if len(small) > 1 else []
    pools += [[cell for cell in cells if cell in small or cell is joined] for joined in reversed(large)]
    pool = next((pool for pool in pools if _hides(pool, floor)), cells)
    return [*(cell for cell in cells if cell not in pool), reduce(add, pool)]


def neighbours(cells: Sequence[Cell], *, floor: int = FLOOR) -> list[Cell]:
    """Answers in their order, neighbours merged: as many cells as possible, the first ones as small as possible.

    Where anything is merged, an answer that nobody gave joins a neighbour as well: told alone, it would tell why.
    """
    if not any(few(cell.people, floor) for cell in cells):
        return list(cells)
    end = len(cells)
    most: list[int | None] = [None] * end + [0]
    until = [end] * end
    for start in reversed(range(end)):
        people = 0
        for stop in range(start + 1, end + 1):
            people += cells[stop - 1].people
            rest, best = most[stop], most[start]
            if people >= floor and rest is not None and (best is None or rest + 1 > best):
                most[start], until[start] = rest + 1, stop
    found, at = [], 0
    while at < end:
        found.append(reduce(add, cells[at : until[at]]))
        at = until[at]
    return found


def left_out(answers: Sequence[A], without: int, *, floor: int = FLOOR) -> list[int]:
    """Which of these sorted answers are left out, so that those who gave none are nobody or at least `floor`.

    They lie evenly among the answers, so that averages and shares hardly change.
    """
    if not few(without, floor):
        return []
    missing = min(floor - without, len(answers))
    return [(2 * n + 1) * len(answers) // (2 * missing) for n in range(missing)]


def _hides(pool: Sequence[Cell], floor: int) -> bool:
    people = sum(cell.people for cell in pool)
    return people >= floor and people != (floor - 1) * len(pool)
