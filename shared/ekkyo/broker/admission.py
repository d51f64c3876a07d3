"""Limits on concurrent requests, in total and per caller, so that no caller can starve the others."""

from collections.abc import Callable, Set
from dataclasses import dataclass
from functools import partial

from ekkyo.broker.defence import Limits
from ekkyo.contracts.base import Refused


@dataclass(slots=True)
class _Held:
    """Requests that are being answered, and their bytes."""

    requests: int = 0
    size: int = 0


class Admission:
    """Admits requests up to the limits, and counts those that one instance is answering."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._all, self._callers = _Held(), dict[str, _Held]()

    def admit(self, sub: str, size: int) -> Callable[[], None]:
        """Admit this caller's request of so many bytes; gives what to call when it is answered. Raises Refused 429."""
        all, mine, limits = self._all, self._callers.get(sub) or _Held(), self._limits
        if all.requests >= limits.requests or all.size + size > limits.size:
            raise busy()
        if mine.requests >= limits.per_caller or mine.size + size > limits.size_per_caller:
            raise busy()
        self._callers[sub] = mine
        for held in (all, mine):
            held.requests += 1
            held.size += size
        return partial(self._leave, sub, size)

    @property
    def callers(self) -> Set[str]:
        """Those whose requests are being answered."""
        return self._callers.keys()

    def _leave(self, sub: str, size: int) -> None:
        mine = self._callers[sub]
        for held in (self._all, mine):
            held.requests -= 1
            held.size -= size
        if not mine.requests:
            del self._callers[sub]


def busy() -> Refused:
    return Refused("too_many_requests", "Too many requests at once. Try again in a moment.", 429)
