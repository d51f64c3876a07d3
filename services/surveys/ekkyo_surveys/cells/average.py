"""An average of scores told beside their distribution: net promoter score, mean. Pure.

An average is one more equation: beside a distribution it can tell what the distribution hides. So a distribution is
told beside it only if the average follows from it, or (net promoter score) if one wide cell hides scores of all three
groups.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from itertools import pairwise
from operator import add

from ekkyo_surveys.cells.merging import FLOOR, Cell, few, neighbours

OPEN = 3
"""How far a sum must be from its lowest and its highest value, so that it leaves open who gave what."""
WORTH_IT = 3
"""Cells of a distribution that tell more than a mean."""


@dataclass(frozen=True)
class Average:
    """A distribution, and the sum of the scores, or of their weights, where that may be told; else None.

    squares: net promoter score: the largest number of promoters and detractors together that is possible then.
    """

    cells: list[Cell]
    total: int | None
    squares: int = 0


def mean(counts: Mapping[int, int], *, floor: int = FLOOR) -> Average:
    """All possible scores in order, with their counts: every score by itself and the mean, else a merged distribution,
    else the mean alone, else only how many there are."""
    cells = [Cell((str(score),), people) for score, people in counts.items()]
    total = sum(score * people for score, people in counts.items())
    people, merged = sum(counts.values()), neighbours(cells, floor=floor)
    if len(merged) == len(cells):
        return Average(cells, total)
    if len(merged) >= WORTH_IT:
        return Average(merged, None)
    scores = list(counts)
    from_bounds = min(total - people * scores[0], people * scores[-1] - total)
    is_open = len(scores) >= OPEN and from_bounds >= OPEN
    return Average([reduce(add, cells)], total if is_open else None)


def promoters(counts: Mapping[int, int], weight: Callable[[int], int], *, floor: int = FLOOR) -> Average:
    """All possible scores in order, with their counts. weight: -1, then 0, then 1.

    Tried in this order: cells of one weight each; one cell of all three weights, the narrowest first; one cell for all.
    If almost all gave the lowest or the highest weight, nothing is told but how many there are.
    """
    weights = [weight(score) for score in counts]
    cells = [Cell((str(score),), people) for score, people in counts.items()]
    total = sum(w * cell.people for w, cell in zip(weights, cells, strict=True))
    apart = _apart(cells, weights, floor)
    if apart is not None:
        return Average(apart, total, sum(w**2 * cell.people for w, cell in zip(weights, cells, strict=True)))
    wide = [(a, b) for a in range(len(cells)) for b in range(a + 1, len(cells) + 1) if len({*weights[a:b]}) == OPEN]
    for a, b in sorted(wide, key=lambda w: w[1] - w[0]):
        people = sum(cell.people for cell in cells[a:b])
        own = sum(w * cell.people for w, cell in zip(weights[a:b], cells[a:b], strict=True))
        left, right = _apart(cells[:a], weights[:a], floor), _apart(cells[b:], weights[b:], floor)
        is_open = people >= floor and people - abs(own) >= (OPEN if b - a == len(cells) else floor)
        if is_open and left is not None and right is not None:
            outside = zip([*weights[:a], *weights[b:]], [*cells[:a], *cells[b:]], strict=True)
            known = sum(w**2 * cell.people for w, cell in outside)
            squares = known + people - (people - own) % 2
            return Average([*left, reduce(add, cells[a:b]), *right], total, squares)
    return Average([reduce(add, cells)], None)


def _apart(cells: Sequence[Cell], weights: Sequence[int], floor: int) -> list[Cell] | None:
    """Cells of one weight each; None when the answers of one weight are few."""
    bounds = [0, *(n for n, (a, b) in enumerate(pairwise(weights), 1) if a != b), len(weights)]
    groups = [cells[a:b] for a, b in pairwise(bounds) if a < b]
    if any(few(sum(cell.people for cell in group), floor) for group in groups):
        return None
    return [cell for group in groups for cell in neighbours(group, floor=floor)]
