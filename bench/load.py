"""Load: many requests, so many at once, each timed."""

import asyncio
import os
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import quantiles
from typing import TypeVar

T = TypeVar("T")


@dataclass(frozen=True)
class Measured:
    """One run: how many per second, and in milliseconds how long each took, and what CPU it took of the one who served.

    That last one is the same however busy the machine is with other things.
    """

    per_second: float
    p50: float
    p99: float
    cpu: float


async def drive(
    items: Sequence[T], do: Callable[[T], Awaitable[object]], *, served_by: int, at_once: int = 256
) -> Measured:
    """Do all of them, so many at once. served_by: a process."""
    times: list[float] = []
    waiting = iter(items)

    async def work() -> None:
        for item in waiting:
            began = time.perf_counter()
            await do(item)
            times.append(time.perf_counter() - began)

    began, cpu = time.perf_counter(), cpu_seconds(served_by)
    await asyncio.gather(*(work() for _ in range(at_once)))
    took = time.perf_counter() - began
    cuts = quantiles(times, n=100)
    cpu = cpu_seconds(served_by) - cpu
    return Measured(len(items) / took, 1000 * cuts[49], 1000 * cuts[98], 1000 * cpu / len(items))


def cpu_seconds(pid: int) -> float:
    """User and system time of a process so far. Linux only."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
