"""How far the projections have got: whoever is unknown may only be not known yet."""

import asyncio
import time
from dataclasses import dataclass, field

from ekkyo.broker.broker import Broker

PATIENCE = 3.0
"""Seconds to wait in place; for longer waits the fact is delivered again."""


@dataclass
class Heard:
    """Whether all facts that feed some projections are handled, up to a position in the stream.

    projections: the durables that receive them. A position that was reached stays reached.
    """

    broker: Broker
    projections: tuple[str, ...]
    reached: int = 0
    _asking: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def soon(self, sequence: int, patience: float = PATIENCE) -> bool:
        """Wait for it for a moment; `patience` in seconds. Facts of different kinds arrive in any order."""
        until = time.monotonic() + patience
        while not await self.now(sequence):
            if time.monotonic() > until:
                return False
            await asyncio.sleep(0.05)
        return True

    async def now(self, sequence: int) -> bool:
        """Whether it is so now. One look serves all who ask at the same time."""
        async with self._asking:
            if sequence > self.reached:
                reached = [await self._reached(name, sequence) for name in self.projections]
                self.reached = max(self.reached, min(reached))
        return sequence <= self.reached

    async def _reached(self, durable: str, sequence: int) -> int:
        info = await self.broker.jetstream.consumer_info("FACTS", durable)
        if not info.num_pending and not info.num_ack_pending:
            return sequence  # it has all there is, and the notice's fact was there before this look
        return info.ack_floor.stream_seq if info.ack_floor else 0
