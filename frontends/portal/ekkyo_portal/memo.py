"""What was made from the same input a while ago is not made again."""

import time
from collections.abc import Callable, Hashable
from typing import Final, TypeVar, cast

T = TypeVar("T")
LASTS: Final = 60.0
"""Seconds after which what was made is made again, or is forgotten: at most twice as long."""


class Memo:
    """Results of pure functions, by everything that they depend on: an id is never a key by itself.

    Two generations: what is used moves to the younger one, and the older one is dropped as a whole, after `LASTS`
    seconds or when the younger one has reached `most` bytes.
    """

    def __init__(self, most: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._most, self._clock = most, clock
        self._young: dict[Hashable, tuple[object, int]] = {}
        self._old: dict[Hashable, tuple[object, int]] = {}
        self._bytes, self._began = 0, clock()

    def of(self, key: Hashable, make: Callable[[], T], size: Callable[[T], int]) -> T:
        """The result for this key. size: about how many bytes it takes with its key. What `make` raises is not kept."""
        if self._clock() - self._began > LASTS:
            self._age()
        found = self._young.get(key)
        if found is None:
            found = self._old.pop(key, None)
            if found is None:
                made = make()
                found = made, size(made)
            if self._bytes + found[1] > self._most:
                self._age()
            if found[1] <= self._most:
                self._young[key] = found
                self._bytes += found[1]
        return cast(T, found[0])

    @property
    def bytes(self) -> int:
        """How much is held."""
        return self._bytes + sum(size for _, size in self._old.values())

    def _age(self) -> None:
        idle = self._clock() - self._began > 2 * LASTS
        self._old = {} if idle else self._young
        self._young, self._bytes, self._began = {}, 0, self._clock()
