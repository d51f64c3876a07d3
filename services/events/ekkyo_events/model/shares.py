"""How large a share of those with a seat does not come, learnt from past events, and how many would come of so many.

Each event has a share of its own, drawn from a beta distribution: events of one kind differ by more than chance alone.
What is not known of that distribution (its mean, and how much events differ) is learnt on a grid.
The share at the next event is then summed up as one beta distribution, so that the number who come is beta-binomial.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from math import exp, lgamma
from typing import Final

MEANS: Final = tuple((n + 0.5) / 200 for n in range(200))
"""Mean shares that are considered, each as likely as the others before anything is known."""
ALIKE: Final = tuple(float(2**n) for n in range(2, 10))
"""How alike events are (the sum of the beta distribution's parameters), each as likely as the others at first."""
OTHERS_COUNT_AS: Final = 3
"""What is known of other events counts as much as so many events do at most."""
LIKELY: Final = 0.9
"""How probable it is that a value lies within the interval that is told with it."""


@dataclass(frozen=True)
class Past:
    """How many had a seat at an event, and how many of them did not come."""

    seated: int
    absent: int


@dataclass(frozen=True)
class Share:
    """What is known of the share that does not come. low, high: of its mean over events of this kind.

    come, stay: the parameters of the beta distribution of those who come, at the next event.
    """

    mean: float
    low: float
    high: float
    come: float
    stay: float


def learnt(past: Sequence[Past], others: Sequence[Past] = ()) -> Share:
    """What these events say of the next one of their kind. others: events of other kinds, which count for little."""
    weight = min(1.0, OTHERS_COUNT_AS / len(others)) if others else 0.0
    times = {event: float(n) for event, n in Counter(past).items()}
    for event, n in Counter(others).items():
        times[event] = times.get(event, 0.0) + weight * n
    grid = [(mean, alike, _log_likelihood(times, mean, alike)) for mean in MEANS for alike in ALIKE]
    best = max(found for _, _, found in grid)
    weights = [(mean, alike, exp(found - best)) for mean, alike, found in grid]
    total = sum(w for _, _, w in weights)
    expected = sum(w * mean for mean, _, w in weights) / total
    squared = sum(w * (mean * mean + mean * (1 - mean) / (alike + 1)) for mean, alike, w in weights) / total
    together = expected * (1 - expected) / (squared - expected * expected) - 1
    per_mean = [sum(w for _, _, w in weights[n : n + len(ALIKE)]) / total for n in range(0, len(weights), len(ALIKE))]
    low, high = (_mean_at(per_mean, tail) for tail in ((1 - LIKELY) / 2, (1 + LIKELY) / 2))
    return Share(expected, low, high, come=(1 - expected) * together, stay=expected * together)


def coming(share: Share, confirmed: int) -> list[float]:
    """How probable each number of people who come is, from 0 to all who are confirmed."""
    a, b = share.come, share.stay

    def log_of(k: int) -> float:
        chosen = lgamma(confirmed + 1) - lgamma(k + 1) - lgamma(confirmed - k + 1)
        return chosen + lgamma(k + a) + lgamma(confirmed - k + b) - lgamma(confirmed + a + b)

    middle = round(confirmed * (a - 1) / (a + b - 2)) if a > 1 and b > 1 else 0
    start = max((0, min(max(middle, 0), confirmed), confirmed), key=log_of)
    found = [0.0] * (confirmed + 1)
    found[start] = 1.0
    for k in range(start, confirmed):
        found[k + 1] = found[k] * (confirmed - k) * (k + a) / ((k + 1) * (confirmed - k - 1 + b))
    for k in range(start, 0, -1):
        found[k - 1] = found[k] * k * (confirmed - k + b) / ((confirmed - k + 1) * (k - 1 + a))
    total = sum(found)
    return [p / total for p in found]


def risk(chances: Sequence[float], seats: int) -> float:
    """How probable it is that more come than there are seats."""
    return sum(chances[seats + 1 :])


def likely(chances: Sequence[float]) -> tuple[int, int]:
    """The fewest and the most who come, as far as is likely."""
    reached = list(accumulate(chances))
    tail = (1 - LIKELY) / 2
    low = next(k for k, p in enumerate(reached) if p > tail)
    high = next((k for k, p in enumerate(reached) if p >= 1 - tail), len(chances) - 1)
    return low, high


def most(share: Share, seats: int, *, at_most: int, limit: float) -> int:
    """The highest number of confirmed, from `seats` to `at_most`, at which the risk is not above the limit."""
    low, high = seats, at_most
    while low < high:
        middle = (low + high + 1) // 2
        if risk(coming(share, middle), seats) <= limit:
            low = middle
        else:
            high = middle - 1
    return low


def _log_likelihood(times: dict[Past, float], mean: float, alike: float) -> float:
    """Of these events, each counted so often, where shares are beta-distributed: the beta-binomial's, but for what is
    the same everywhere on the grid."""
    a, b = mean * alike, (1 - mean) * alike
    nothing = lgamma(a) + lgamma(b) - lgamma(alike)
    return sum(
        n * (lgamma(e.absent + a) + lgamma(e.seated - e.absent + b) - lgamma(e.seated + alike) - nothing)
        for e, n in times.items()
    )


def _mean_at(per_mean: Sequence[float], wanted: float) -> float:
    """The mean share below which so much of the probability lies, between two points of the grid in proportion."""
    reached, width = 0.0, 1 / len(per_mean)
    for n, p in enumerate(per_mean):
        if reached + p >= wanted:
            return width * (n + (wanted - reached) / p)
        reached += p
    return 1.0
