"""How many may come: what past events of the same format say of the next one."""

from collections.abc import Sequence
from statistics import median
from typing import Final

from ekkyo.contracts.events import EventFormat

from ekkyo_common.suggestions.suggested import Expected

NEEDED: Final = 5
"""Fewer past events tell too little."""
WANTED: Final = 0.8
LATEST: Final = 40


def expected(came: Sequence[int], format: EventFormat) -> Expected:
    """The interval in which the next number lies. came: how many came to each past event, the latest first.

    If the next event is one like those, its number is as likely to fall into each of the n + 1 gaps between the
    sorted numbers: so it lies between the k-th smallest and the k-th largest with a chance of (n + 1 - 2k) / (n + 1)
    at least (Wilks 1941, distribution-free). The narrowest such interval with a chance of 80 % is told; with fewer
    than nine events, the widest there is, with its own chance.
    """
    counts = sorted(came[:LATEST])
    n = len(counts)
    told = Expected(format=format, events=n, needed=NEEDED)
    if n < NEEDED:
        return told
    k = max(1, int((n + 1) * (1 - WANTED) / 2 + 1e-9))
    chance = round((n + 1 - 2 * k) / (n + 1), 2)
    interval = {"low": counts[k - 1], "high": counts[n - k], "chance": chance}
    return told.model_copy(update={"median": float(median(counts)), **interval})
