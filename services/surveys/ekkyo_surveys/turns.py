"""Whose turn it is to open an anonymous survey, among all instances of the service."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated
from uuid import uuid4

from ekkyo.decision.clock import utcnow
from faststream import Context, ContextRepo

from ekkyo_surveys.model import turn
from ekkyo_surveys.store import TurnCollection

PATIENCE = 3.0
"""Seconds that a request waits for its turn."""
AGAIN = 0.05
"""Seconds after which it asks again."""


@dataclass
class TurnTaking:
    """One at a time, whichever instance a request reaches."""

    turns: TurnCollection

    @classmethod
    async def open(cls, context: ContextRepo) -> None:
        """Make it known to handlers as `turn_taking`."""
        context.set_global("turn_taking", cls(context.get("turns")))

    @asynccontextmanager
    async def for_survey(self, *, anonymous: bool) -> AsyncIterator[datetime]:
        """Have the turn, if the survey is anonymous; gives the time until which it may be opened.

        Raises Refused `unavailable` (503) if others take too long.
        """
        holder, now = uuid4().hex, utcnow()
        if anonymous:
            now = await self._taken(holder)
        try:
            yield now + turn.USABLE
        finally:
            if anonymous:
                await asyncio.shield(self.turns.change(turn.THE_ONE, lambda it: turn.give_back(it, holder=holder)))

    async def _taken(self, holder: str) -> datetime:
        deadline = time.monotonic() + PATIENCE
        while not await self._take(holder, now := utcnow()):
            if time.monotonic() > deadline:
                raise turn.busy()
            await asyncio.sleep(AGAIN)
        return now

    async def _take(self, holder: str, now: datetime) -> bool:
        return await self.turns.create(turn.THE_ONE, lambda it: turn.take(it, holder=holder, now=now))


Turns = Annotated[TurnTaking, Context("turn_taking")]
