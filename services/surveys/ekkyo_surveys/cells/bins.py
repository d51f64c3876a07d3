"""The ranges that numbers and dates are counted in. They follow from the form alone, never from the answers. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from math import ceil

from ekkyo.contracts.surveys import FormQuestion

from ekkyo_surveys.cells.merging import FLOOR

FEW_VALUES = 11
"""So many whole numbers or fewer are counted one by one."""
BINS = 10
MONTHS_BEFORE, MONTHS_AFTER = 6, 18
"""Months before and after the survey opened in which days are counted by month."""
STEPS = (1, 2, 5)


@dataclass(frozen=True)
class Bin:
    """Values from `low` to `high`, both included, in units of the last digit."""

    low: int
    high: int
    key: str


def number_bins(question: FormQuestion) -> list[Bin]:
    """Ranges of the numbers that a question accepts."""
    unit = 10**question.decimals
    low = None if question.minimum is None else question.minimum * unit
    high = None if question.maximum is None else question.maximum * unit
    if low is not None and high is not None:
        count = min(BINS, high - low + 1) if high - low >= FEW_VALUES else high - low + 1
        width = ceil((high - low + 1) / count)
        starts = list(range(low, high + 1, width))
    else:
        upwards = [step * unit * 10**power for power in range(12) for step in STEPS]
        starts = sorted({-start + 1 for start in upwards} | {0} | set(upwards))
        starts = [at for at in starts if (low is None or at >= low) and (high is None or at <= high)]
        starts = [low, *(at for at in starts if at > low)] if low is not None else starts
    ends = [*(at - 1 for at in starts[1:]), high if high is not None else 10**12 * unit]
    return [Bin(a, b, _between(a, b, question.decimals)) for a, b in zip(starts, ends, strict=True)]


def bin_of(bins: Sequence[Bin], number: float, decimals: int) -> int:
    """The bin that a number lies in."""
    at = round(number * 10**decimals)
    return max(n for n, one in enumerate(bins) if n == 0 or one.low <= at)


def months(opened: date) -> list[str]:
    """Keys of the months that days are counted in, the first with all before and the last with all after."""
    first = opened.year * 12 + opened.month - 1 - MONTHS_BEFORE
    return [f"{n // 12}-{n % 12 + 1:02}" for n in range(first, first + MONTHS_BEFORE + MONTHS_AFTER + 1)]


def month_of(keys: Sequence[str], day: str) -> str:
    """The key that a day (`2026-12-24`) is counted in."""
    return min(max(day[:7], keys[0]), keys[-1])


def far_from_bounds(ranges: Sequence[tuple[int, int, int]], total: int) -> bool:
    """Whether a sum is so far from what it can be at least and at most that it tells nothing beside the ranges."""
    widest = max((high - low for low, high, _ in ranges), default=0)
    lowest, highest = (sum(one[end] * one[2] for one in ranges) for end in (0, 1))
    return widest > 1 and min(total - lowest, highest - total) >= max(FLOOR, 2 * widest)


def joined(first: str, last: str) -> str:
    """From the beginning of one range to the end of another."""
    if first == last:
        return first
    begin = first if first.count("-", 1) == 0 else first[: first.index("-", 1)]
    end = last if last.count("-", 1) == 0 else last[last.index("-", 1) + 1 :]
    return f"{begin}-{end}"


def _between(low: int, high: int, decimals: int) -> str:
    def shown(units: int) -> str:
        return f"{units / 10**decimals:.{decimals}f}"

    return shown(low) if low == high else f"{shown(low)}-{shown(high)}"
