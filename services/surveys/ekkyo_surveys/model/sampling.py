"""Whom a survey for a sample asks: who has waited longest, then by a draw that anybody can repeat. Pure.

The draw: SHA-256 of the survey's id, a slash and the member's id, in hexadecimal, lowest first. What this order
promises, and why it is this one: docs/decisions/pulses.md.
"""

import hashlib
from collections.abc import Collection, Mapping, Sequence, Set
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final, Protocol, TypeVar

from ekkyo_surveys.model.comparing import FEWEST, tells_of_few

RESTS: Final = timedelta(days=30)
"""For how long who was asked by a pulse or a survey opened by hand is in no sample."""


@dataclass(frozen=True)
class Members:
    """Those among whom a sample is drawn."""

    there: Collection[str] = ()
    """The active members of the community."""
    rested: Set[str] = frozenset()
    """Who was asked in the last 30 days by a pulse, or by a survey opened by hand, or is still being asked."""
    asked: Mapping[str, Sequence[datetime]] = field(default_factory=dict)
    """When each was asked by this pulse, the newest last. Who is not named was never asked."""
    others: Mapping[str, Set[str]] = field(default_factory=dict)
    """Whom other anonymous surveys invite that the sample is compared with, by the survey's id."""


class Turn(Protocol):
    """A survey, as far as it tells whose turn it was."""

    @property
    def invited(self) -> int:
        """How many it asks."""


T = TypeVar("T", bound=Turn)


def looked_at(surveys: Sequence[T], there: int) -> list[T]:
    """Those of a pulse's surveys, newest first, by which the turn is decided: together they ask three times as many.

    So everybody who waits for their turn is among them, unless they were never asked.
    """
    found: list[T] = []
    for survey in surveys:
        if sum(one.invited for one in found) >= 3 * there:
            break
        found.append(survey)
    return found


def ticket(survey_id: str, member_id: str) -> str:
    """What decides the order among members who have waited equally long."""
    return hashlib.sha256(f"{survey_id}/{member_id}".encode()).hexdigest()


def size(there: int, *, sample: int | None, share: int | None) -> int:
    """How many are asked: so many, or so many percent, rounded up; at least five."""
    return max(FEWEST, sample if sample is not None else -(-there * (share or 0) // 100))


def drawn(survey_id: str, members: Members, wanted: int) -> list[str]:
    """The sample, by id; empty where fewer than five can be asked.

    Where the results of the sample and of other surveys together would tell of one to four people, nobody of such a
    survey is asked this time: they stay ahead of the others next time.
    """
    waiting = sorted(
        (member for member in members.there if member not in members.rested),
        key=lambda member: (*_turn(members.asked.get(member, ())), ticket(survey_id, member)),
    )
    left_out: set[str] = set()
    while True:
        chosen = [member for member in waiting if member not in left_out][:wanted]
        if len(chosen) < FEWEST:
            return []
        close = _too_close(set(chosen), members.others)
        if close is None:
            return sorted(chosen)
        left_out |= members.others[close]


def _turn(asked: Sequence[datetime]) -> tuple[float, int]:
    """Who was asked longest ago comes first; of those asked on the same day, who was asked less often."""
    return (asked[-1].timestamp(), len(asked)) if asked else (0.0, 0)


def _too_close(chosen: Set[str], others: Mapping[str, Set[str]]) -> str | None:
    """The other survey beside which the sample's results would tell of few, None if there is none."""
    met = {id: invited for id, invited in sorted(others.items()) if chosen & invited}
    for id, invited in met.items():
        if tells_apart(len(chosen), len(invited), len(chosen & invited)):
            return id
    if len(met) > 1 and tells_of_few([chosen, *met.values()]):
        return max(met, key=lambda id: (len(chosen & met[id]), id))
    return None


def tells_apart(one: int, other: int, shared: int) -> bool:
    """Whether the difference of two surveys that ask so many, and so many of both, is about one to four people."""
    apart = (one - shared, other - shared)
    return shared > 0 and (not any(apart) or any(0 < people < FEWEST for people in apart))
