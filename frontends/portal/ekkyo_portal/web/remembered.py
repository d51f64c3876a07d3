"""What is the same for everybody and seldom changes: asked once a minute by an instance, not for each page."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any, Final, Generic, TypeVar

A = TypeVar("A")
LASTS: Final = 60.0
"""Seconds for which an answer is given."""
RENEWED: Final = 50.0
"""Seconds after which the next page has it asked for again, without waiting."""


class Remembered(Generic[A]):
    """An answer that any member may have. A service that is away is asked again by the next page."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._known: tuple[float, A] | None = None
        self._asking: asyncio.Task[A | None] | None = None

    async def of(self, ask: Callable[[], Awaitable[A | None]]) -> A | None:
        """The answer of the last minute, else a new one; None: the service is away. Raises what asking raises.

        Pages that want one at the same time share it. Shortly before it is too old it is asked for again, and no page
        waits for that.
        """
        age = self._clock() - self._known[0] if self._known else LASTS
        if age >= RENEWED and self._asking is None:
            self._asking = asyncio.create_task(self._ask(ask))
            self._asking.add_done_callback(_seen)
        if self._known and age < LASTS:
            return self._known[1]
        assert self._asking is not None
        return await asyncio.shield(self._asking)

    def forget(self) -> None:
        """Ask again: something about it was changed here. What is being asked for may be from before."""
        self._known = self._asking = None

    async def _ask(self, ask: Callable[[], Awaitable[A | None]]) -> A | None:
        own = asyncio.current_task()
        try:
            found = await ask()
            if found is not None and self._asking is own:
                self._known = (self._clock(), found)
            return found
        finally:
            if self._asking is own:
                self._asking = None


def _seen(asking: "asyncio.Task[Any]") -> None:
    """What failed where no page waited is asked again by the next one, and nothing to log."""
    if not asking.cancelled():
        asking.exception()


class RememberedEach(Generic[A]):
    """An answer for each of several keys, at most so many of them."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._each: dict[Any, Remembered[A]] = {}

    async def of(self, key: Any, ask: Callable[[], Awaitable[A | None]]) -> A | None:
        """The answer for this key, of the last minute, else a new one; None: the service is away."""
        if len(self._each) >= self._most and key not in self._each:
            self._each.clear()
        return await self._each.setdefault(key, Remembered()).of(ask)

    def forget(self, key: Any) -> None:
        """Ask again for this key."""
        self._each.pop(key, None)
