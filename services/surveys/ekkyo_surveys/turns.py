"""Anonymous surveys are opened by hand one at a time, so that each is compared with all that were opened before; so are
surveys for a sample, so that nobody is in two; and surveys that are compared with others close one at a time."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from ekkyo.decision import turn
from ekkyo.decision.clock import utcnow
from ekkyo.store import Turns
from faststream import Context, ContextRepo


@dataclass(frozen=True)
class OpeningTurns:
    """Lets one request at a time open an anonymous survey."""

    anonymous: Turns

    @classmethod
    async def open(cls, context: ContextRepo) -> None:
        """Make it known to handlers as `opening_turns`."""
        context.set_global("opening_turns", cls(Turns(context.get("turns"), "anonymous")))

    @asynccontextmanager
    async def for_survey(self, *, anonymous: bool, sample: bool = False) -> AsyncIterator[datetime]:
        """Wait for the turn if the survey is anonymous or for a sample; gives the time until which it may be opened.

        Raises Refused `unavailable` (503) if others take too long.
        """
        if not (anonymous or sample):
            yield utcnow() + turn.USABLE
            return
        async with self.anonymous.taken() as until:
            yield until

    @asynccontextmanager
    async def for_closing(self, compared: list[str]) -> AsyncIterator[list[str]]:
        """Wait for the turn if a survey that closes is compared with others, so that no two close at the same moment.

        Gives those others. Raises Refused `unavailable` (503) if others take too long.
        """
        if not compared:
            yield []
            return
        async with self.anonymous.taken():
            yield compared


Opening = Annotated[OpeningTurns, Context("opening_turns")]
