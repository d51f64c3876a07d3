"""Rankings: the mean place of each choice. Pure."""

from collections.abc import Sequence
from itertools import combinations

from ekkyo_surveys.cells.merging import FLOOR, few

MOST = 10
"""Choices of a ranking whose places are told."""


def ranks(orders: Sequence[Sequence[str]], choices: Sequence[str], *, floor: int = FLOOR) -> dict[str, int]:
    """The sum of the places (1 is the first) of each choice, over orders of all choices; empty where it tells too much.

    If nearly everybody put the same choices on top, the sums tell how few did not.
    """
    if len(orders) < floor or len(choices) > MOST:
        return {}
    sums = {choice: sum(order.index(choice) + 1 for order in orders) for choice in choices}
    for size in range(1, len(choices)):
        least = len(orders) * size * (size + 1) // 2
        if any(few(sum(sums[choice] for choice in top) - least, floor) for top in combinations(choices, size)):
            return {}
    return sums
