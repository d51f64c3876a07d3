"""Turns: requests that must not run at the same moment run one after another. Pure."""

from datetime import datetime, timedelta

from ekkyo.contracts.base import Instant, Refused
from ekkyo.decision.decision import Decision, Document

LASTS = timedelta(seconds=20)
"""How long a turn lasts if the process that has it dies."""
USABLE = timedelta(seconds=10)
"""In this part of a turn a decision may be made. The rest allows for clocks that differ, and for the write."""


class Turn(Document):
    """Which request may go on now."""

    holder: str | None = None
    until: Instant


def take(turn: Turn | None, *, name: str, holder: str, now: datetime) -> Decision[Turn, bool]:
    """Take the turn unless another request has it. The answer says whether it was taken."""
    if turn and turn.holder not in (None, holder) and now < turn.until:
        return Decision(turn, False)
    if turn is None:
        return Decision(Turn(id=name, holder=holder, until=now + LASTS), True)
    return Decision(turn.model_copy(update={"holder": holder, "until": now + LASTS}), True)


def give_back(turn: Turn, *, holder: str) -> Decision[Turn, None]:
    """Let the next request go on. Changes nothing if another request has the turn by now."""
    if turn.holder != holder:
        return Decision(turn, None)
    return Decision(turn.model_copy(update={"holder": None}), None)


def busy() -> Refused:
    """The answer to a request whose turn does not come soon, or was too short."""
    return Refused("unavailable", "Other requests of this kind are being handled at the moment. Try again.", 503)
