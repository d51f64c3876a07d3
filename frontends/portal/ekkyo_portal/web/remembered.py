"""What is the same for everybody and seldom changes: asked once a minute by an instance, not for each page."""

import time
from collections.abc import Awaitable, Callable
from typing import Any, Final, Generic, TypeVar

A = TypeVar("A")
LASTS: Final = 60.0


class Remembered(Generic[A]):
    """An answer that any member may have. A service that is away is asked again by the next page."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._known: tuple[float, A] | None = None

    async def of(self, ask: Callable[[], Awaitable[A | None]]) -> A | None:
        """The answer of the last minute, else a new one; None: the service is away."""
        if self._known and self._clock() - self._known[0] < LASTS:
            return self._known[1]
        found = await ask()
        if found is not None:
            self._known = (self._clock(), found)
        return found

    def forget(self) -> None:
        """Ask again: something about it was changed here."""
        self._known = None


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
