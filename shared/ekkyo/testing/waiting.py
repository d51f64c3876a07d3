"""Waiting for what happens by itself."""

import asyncio
import inspect
import time
from collections.abc import Awaitable, Callable
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
