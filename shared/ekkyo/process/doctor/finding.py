"""What the doctor found, in words and for programs."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal


@dataclass(frozen=True)
class Finding:
    """The result of one check. unseen: it cannot be checked from here. No text contains a secret."""

    check: str
    state: Literal["well", "wrong", "unseen"]
    found: str
    remedy: str = ""
    """What to do about it."""

    def __str__(self) -> str:
        head = f"{self.state:<7} {self.check:<18} {self.found}"
        return f"{head}\n{'':<27}→ {self.remedy}" if self.remedy else head


def well(check: str, found: str) -> Finding:
    return Finding(check, "well", found)


def wrong(check: str, found: str, remedy: str) -> Finding:
    return Finding(check, "wrong", found, remedy)


def unseen(check: str, found: str, remedy: str) -> Finding:
    return Finding(check, "unseen", found, remedy)


def either(check: str, trouble: Sequence[str], fine: str, remedy: str) -> Finding:
    """All of it wrong together, or fine."""
    return wrong(check, "; ".join(trouble), remedy) if trouble else well(check, fine)


Check = Callable[[Any], Awaitable[list[Finding]]]
"""Looks at something of a service's own, given its settings."""
