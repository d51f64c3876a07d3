"""Two questions counted together. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product

from ekkyo_surveys.cells.merging import FLOOR, Cell, few

Answers = tuple[str, ...]
MOST = 14
"""Cells of both questions together; more are not crossed, since there are too many ways to merge them."""


@dataclass(frozen=True)
class Crossed:
    """How many people gave these answers to one question and those to another."""

    rows: list[Answers]
    columns: list[Answers]
    people: list[list[int]]


def crossed(
    rows: Sequence[Cell], columns: Sequence[Cell], together: Mapping[tuple[str, str], int], *, floor: int = FLOOR
) -> Crossed | None:
    """Cells of two questions, as they are told, counted together; None where nothing is left to tell.

    Neighbouring rows and columns are merged until every cell counts nobody or at least `floor`: the table with most
    cells is taken, and among equally large ones the first in an order that does not depend on the answers.
    """
    down, across = [cell.answers for cell in rows], [cell.answers for cell in columns]
    if len(down) + len(across) > MOST:
        return None
    tables = sorted(product(_merges(down), _merges(across)), key=lambda both: -len(both[0]) * len(both[1]))
    for one, other in tables:
        if len(one) > 1 and len(other) > 1:
            people = [[sum(together.get((a, b), 0) for a in row for b in column) for column in other] for row in one]
            if not any(few(cell, floor) for line in people for cell in line):
                return Crossed(one, other, people)
    return None


def _merges(cells: Sequence[Answers]) -> Iterator[list[Answers]]:
    """All ways to merge neighbours."""
    for cuts in product((True, False), repeat=len(cells) - 1):
        merged = [cells[0]]
        for cut, cell in zip(cuts, cells[1:], strict=True):
            if cut:
                merged.append(cell)
            else:
                merged[-1] = (*merged[-1], *cell)
        yield merged
