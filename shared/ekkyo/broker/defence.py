"""The numbers that the broker defends itself with, and what a handler may raise."""

import random
from dataclasses import dataclass

from ekkyo.contracts.base import Refused
from ekkyo.process.logs import where


class NotYet(Exception):
    """A reaction needs a fact that has not arrived yet, and is tried again shortly. It counts as a try."""


@dataclass(frozen=True)
class Retries:
    """How often and after what pauses a reaction is tried. Times in seconds; each pause varies by a fifth."""

    tries: int = 8
    first: float = 1.0
    longest: float = 300.0
    not_yet: float = 0.25
    """The first pause after NotYet; it doubles."""

    def pause(self, tried: int) -> float:
        """The pause after the n-th failed try, counted from 1: 1 s, 2.6 s, 6.7 s, … 5 min."""
        return min(self.longest, self.first * 2.6 ** (tried - 1)) * random.uniform(0.8, 1.2)  # noqa: S311

    def pause_not_yet(self, tried: int) -> float:
        return min(self.longest, self.not_yet * 2.0 ** (tried - 1)) * random.uniform(0.8, 1.2)  # noqa: S311


@dataclass(frozen=True)
class Limits:
    """What one instance takes on. Times in seconds, sizes in bytes."""

    requests: int = 8192
    """Requests at once; more are answered 429."""
    per_caller: int = 320
    """Of these from one token's subject: one caller cannot shut out the others, who wait for so many at most."""
    size: int = 64_000_000
    """Bytes of the requests at once; more are answered 429."""
    size_per_caller: int = 16_000_000
    """Of these from one token's subject."""
    request_size: int = 1_000_000
    """Bytes of a command or a question; a larger one is answered 400."""
    reactions: int = 64
    """Messages of one durable at once."""
    heartbeat: float = 10.0
    """How often a reaction in progress extends its hold on the message. Well below the durable's ack_wait."""
    drain: float = 20.0
    """How long what has begun may take to end when the service stops."""


def safe_text(error: BaseException) -> str:
    """What went wrong, without anything of the message: the exception's own text may quote it."""
    if isinstance(error, Refused):
        fields = ", ".join(f"{e.field} {e.code}" for e in error.errors[:10])
        return f"{error.code} ({fields})" if fields else error.code
    if isinstance(error, NotYet):
        return f"not yet: {error}"[:200]  # written by us, about what is missing
    places = where(error)
    return f"{type(error).__name__} at {places[-1]}" if places else type(error).__name__
