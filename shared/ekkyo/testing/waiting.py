"""Waiting for what happens by itself."""

import asyncio
import inspect
import time
from asyncio import TimerHandle
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from contextvars import Context
from typing import Any, TypeVar, overload

T = TypeVar("T")


@overload
async def eventually(
    check: Callable[[], Awaitable[T]],
    timeout: float = ...,  # noqa: ASYNC109
    *,
    every: float = ...,
    what: str = ...,
) -> T: ...
@overload
async def eventually(
    check: Callable[[], T],
    timeout: float = ...,  # noqa: ASYNC109
    *,
    every: float = ...,
    what: str = ...,
) -> T: ...
async def eventually(
    check: Callable[[], Any],
    timeout: float = 10,  # noqa: ASYNC109 - the assertion that failed last is worth more than a TimeoutError
    *,
    every: float = 0.02,
    what: str = "",
) -> Any:
    """Ask again and again until the answer is true and no assertion fails; `timeout` and `every` in seconds.

    Returns the answer. A check made of assertions ends in `return True`: None counts as not yet. Raises
    AssertionError with the last answer or failure.
    """
    deadline = time.monotonic() + timeout
    while True:
        failed: AssertionError | None = None
        found: Any = None
        try:
            answer = check()
            found = await answer if inspect.isawaitable(answer) else answer
            if found:
                return found
        except AssertionError as e:
            failed = e
        if time.monotonic() > deadline:
            raise failed or AssertionError(f"{what or 'it'} did not happen within {timeout:g} s; at the end: {found!r}")
        await asyncio.sleep(every)


@contextmanager
def run_out() -> Iterator[list[float]]:
    """The timers of the running loop that ran out meanwhile, each with the seconds for which it was set.

    Who waits for no clock leaves it empty, however busy the machine is. Timers that were set before do not count.
    """
    loop = asyncio.get_running_loop()
    ran_out: list[float] = []
    call_at = loop.call_at

    def watched(
        when: float, callback: Callable[..., object], *args: Any, context: Context | None = None
    ) -> TimerHandle:
        set_for = when - loop.time()

        def runs_out() -> None:
            ran_out.append(set_for)
            callback(*args)

        return call_at(when, runs_out, context=context)

    loop.call_at = watched  # type: ignore[assignment, method-assign]
    try:
        yield ran_out
    finally:
        del loop.call_at
