"""Has requests that must not run at the same moment run one after another, in all instances of a service."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4

from ekkyo.decision import turn
from ekkyo.decision.clock import utcnow
from ekkyo.store.collection import Collection

PATIENCE = 3.0
"""Seconds that a request waits for its turn."""
AGAIN = 0.05
"""Seconds between two tries to get it."""


@dataclass(frozen=True)
class Turns:
    """The turns of one kind of request. name: the id of the document that says whose turn it is."""

    turns: Collection[turn.Turn]
    name: str

    @asynccontextmanager
    async def taken(self) -> AsyncIterator[datetime]:
        """Have the turn; gives the time until which the request may decide.

        Raises Refused `unavailable` (503) if others take too long.
        """
        holder = uuid4().hex
        now = await self._taken(holder)
        try:
            yield now + turn.USABLE
        finally:
            await asyncio.shield(self.turns.change(self.name, lambda it: turn.give_back(it, holder=holder)))

    async def _taken(self, holder: str) -> datetime:
        deadline = time.monotonic() + PATIENCE
        while not await self._take(holder, now := utcnow()):
            if time.monotonic() > deadline:
                raise turn.busy()
            await asyncio.sleep(AGAIN)
        return now

    async def _take(self, holder: str, now: datetime) -> bool:
        return await self.turns.create(self.name, lambda it: turn.take(it, name=self.name, holder=holder, now=now))
