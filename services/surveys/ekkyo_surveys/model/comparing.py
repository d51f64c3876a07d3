"""Whether the results of several anonymous surveys together tell what fewer than five people said. Pure.

Whoever has the results of surveys that ask some of the same people can add and subtract them. What they can compute is
about groups whose members lie in the span of the groups that answered, so that is what is looked at: people who are in
exactly the same surveys cannot be told apart, and so form one atom.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from itertools import combinations

Atom = tuple[int, ...]
"""The numbers of the groups that some people are in."""
FEWEST = 5
PRIME = 2**31 - 1
"""Ranks are computed modulo this prime: quick, and never larger than they are."""
MOST_TRIED = 500
"""Sets of atoms that are tried; where there are more, the surveys count as too much alike."""


def tells_of_few(groups: Sequence[Collection[str]]) -> bool:
    """Whether sums and differences of the results of these groups are about one to four people."""
    of: dict[str, list[int]] = defaultdict(list)
    for number, group in enumerate(groups):
        for person in group:
            of[person].append(number)
    atoms: dict[Atom, int] = defaultdict(int)
    for found in of.values():
        atoms[tuple(found)] += 1
    small = [atom for atom, people in atoms.items() if people < FEWEST]
    columns = {atom: [int(n in atom) for n in range(len(groups))] for atom in atoms}
    whole = _rank(list(columns.values()))
    if not small or _rank([columns[atom] for atom in atoms if atom not in small]) == whole:
        return False
    for tried, few in enumerate(_of_few(small, atoms)):
        if tried >= MOST_TRIED or _rank([columns[atom] for atom in atoms if atom not in few]) < whole:
            return True
    return False


def _of_few(
    small: Sequence[tuple[int, ...]], atoms: dict[tuple[int, ...], int]
) -> Iterator[Collection[tuple[int, ...]]]:
    """Sets of atoms with fewer than five people together, the largest first."""
    for size in range(min(len(small), FEWEST - 1), 0, -1):
        yield from (few for few in combinations(small, size) if sum(atoms[atom] for atom in few) < FEWEST)


def _rank(vectors: Sequence[Sequence[int]]) -> int:
    rows = [list(vector) for vector in vectors]
    rank = 0
    for column in range(len(rows[0]) if rows else 0):
        pivot = next((n for n in range(rank, len(rows)) if rows[n][column] % PRIME), None)
        if pivot is None:
            continue
        rows[rank], rows[pivot] = rows[pivot], rows[rank]
        inverse = pow(rows[rank][column], -1, PRIME)
        for n in range(rank + 1, len(rows)):
            factor = rows[n][column] * inverse % PRIME
            if factor:
                rows[n] = [(a - factor * b) % PRIME for a, b in zip(rows[n], rows[rank], strict=True)]
        rank += 1
    return rank
