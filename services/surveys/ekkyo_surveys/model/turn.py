"""Anonymous surveys are opened by hand one at a time, so that each is compared with all that opened before. Pure."""

from datetime import datetime, timedelta

from ekkyo.contracts.base import Instant
from ekkyo.decision import Decision, Document, Refused

THE_ONE = "anonymous"
"""The id of the one document that says whose turn it is."""
LASTS = timedelta(seconds=60)
"""How long a turn lasts if its process dies in it."""
USABLE = timedelta(seconds=30)
"""For how much of it a survey may be opened: the rest is for clocks that differ, and for the write."""


class Turn(Document):
    """Which request may open an anonymous survey now."""

    holder: str | None = None
    until: Instant


def take(turn: Turn | None, *, holder: str, now: datetime) -> Decision[Turn, bool]:
    """Take the turn unless another request has it; tells whether it was taken."""
    if turn and turn.holder not in (None, holder) and now < turn.until:
        return Decision(turn, False)
    if turn is None:
        return Decision(Turn(id=THE_ONE, holder=holder, until=now + LASTS), True)
    return Decision(turn.model_copy(update={"holder": holder, "until": now + LASTS}), True)


def give_back(turn: Turn, *, holder: str) -> Decision[Turn, None]:
    """Let the next request open one; nothing happens if the turn has passed to another already."""
    if turn.holder != holder:
        return Decision(turn, None)
    return Decision(turn.model_copy(update={"holder": None}), None)


def busy() -> Refused:
    """The answer while other anonymous surveys are being opened."""
    return Refused("unavailable", "Another anonymous survey is being opened at the moment. Try again.", 503)
