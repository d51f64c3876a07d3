"""Anonymous surveys are opened by hand one at a time, so that each is compared with all that were opened before."""

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
    async def for_survey(self, *, anonymous: bool) -> AsyncIterator[datetime]:
        """Wait for the turn if the survey is anonymous; gives the time until which it may be opened.

        Raises Refused `unavailable` (503) if others take too long.
        """
        if not anonymous:
            yield utcnow() + turn.USABLE
            return
        async with self.anonymous.taken() as until:
            yield until


Opening = Annotated[OpeningTurns, Context("opening_turns")]
