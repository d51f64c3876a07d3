"""Load: many requests, so many at once, each timed."""

import asyncio
import os
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
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
    items: Sequence[T],
    do: Callable[[T], Awaitable[object]],
    *,
    served_by: int,
    at_once: int = 256,
    at_most: float | None = None,
) -> Measured:
    """Do all of them, so many at once. served_by: a process. at_most: after so many seconds what was done counts."""
    times: list[float] = []
    waiting = iter(items)

    async def work() -> None:
        for item in waiting:
            began = time.perf_counter()
            await do(item)
            times.append(time.perf_counter() - began)

    began, cpu = time.perf_counter(), cpu_seconds(served_by)
    with suppress(TimeoutError):
        async with asyncio.timeout(at_most):
            await asyncio.gather(*(work() for _ in range(at_once)))
    took = time.perf_counter() - began
    cuts = quantiles(times, n=100)
    cpu = cpu_seconds(served_by) - cpu
    return Measured(len(times) / took, 1000 * cuts[49], 1000 * cuts[98], 1000 * cpu / len(times))


def cpu_seconds(pid: int) -> float:
    """User and system time of a process so far. Linux only."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def resident(pid: int, *, at_most: bool = False) -> float:
    """The megabytes of memory that a process has now, or had at most. Linux only."""
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.partition("VmHWM:" if at_most else "VmRSS:")[2].split()[0]) / 1024
