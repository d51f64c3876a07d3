"""Load: many requests, so many at once, each timed."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from statistics import quantiles
from typing import TypeVar

T = TypeVar("T")


@dataclass(frozen=True)
class Measured:
    """One run: how many per second, and how long each took, in milliseconds."""

    per_second: float
    p50: float
    p99: float


async def drive(items: Sequence[T], do: Callable[[T], Awaitable[object]], *, at_once: int = 256) -> Measured:
    """Do all of them, so many at once."""
    times: list[float] = []
    waiting = iter(items)

    async def work() -> None:
        for item in waiting:
            began = time.perf_counter()
            await do(item)
            times.append(time.perf_counter() - began)

    began = time.perf_counter()
    await asyncio.gather(*(work() for _ in range(at_once)))
    took = time.perf_counter() - began
    cuts = quantiles(times, n=100)
    return Measured(len(items) / took, 1000 * cuts[49], 1000 * cuts[98])
