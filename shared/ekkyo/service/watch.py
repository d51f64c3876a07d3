"""What only the streams know: how far reactions are behind, which timers are overdue, which letters are dead.

Asked when somebody reads /metrics, at most every few seconds; while NATS does not answer there are no such figures,
which is better than old ones.
"""

import asyncio
import time
from collections.abc import Sequence

from nats.errors import Error as NatsError
from nats.js import JetStreamContext
from prometheus_client import CollectorRegistry

from ekkyo.broker import Broker
from ekkyo.broker.routes import Reaction
from ekkyo.process import metrics

EVERY = 5.0
"""Seconds for which what was found is told again."""
WITHIN = 1.5
"""How long the reader of /metrics waits for NATS, in seconds."""


class Watch:
    """The figures that are asked of JetStream, for one service's reactions."""

    def __init__(self, service: str, broker: Broker, registry: CollectorRegistry) -> None:
        self._service, self._broker = service, broker
        self._pending = metrics.LAG.gauge(registry)
        self._unacknowledged = metrics.UNACKNOWLEDGED.gauge(registry)
        self._overdue = metrics.OVERDUE.gauge(registry)
        self._dead = metrics.DEAD.gauge(registry)
        self._looked = -EVERY
        self._looking = asyncio.Lock()

    async def look(self) -> None:
        """Bring the figures up to date, or take them away when NATS does not tell."""
        async with self._looking:
            if time.monotonic() - self._looked < EVERY:
                return
            try:
                async with asyncio.timeout(WITHIN):
                    await self._look()
            except (NatsError, TimeoutError, OSError):
                for gauge in (self._pending, self._unacknowledged, self._overdue, self._dead):
                    gauge.clear()
            self._looked = time.monotonic()

    async def _look(self) -> None:
        nc = self._broker._connection
        if nc is None or not nc.is_connected:
            raise NatsError("not connected")
        js, reactions = self._broker.jetstream, list(self._broker.guard.reactions.values())
        found = await asyncio.gather(*(js.consumer_info(each.stream, each.durable) for each in reactions))
        for reaction, info in zip(reactions, found, strict=True):
            pending, unacknowledged = info.num_pending or 0, info.num_ack_pending or 0
            self._pending.labels(reaction.durable).set(pending)
            self._unacknowledged.labels(reaction.durable).set(unacknowledged)
            if reaction.timer:
                self._overdue.labels(reaction.durable).set(pending + unacknowledged)
        await self._letters(js, reactions)

    async def _letters(self, js: JetStreamContext, reactions: Sequence[Reaction]) -> None:
        subjects = (await js.stream_info("DEAD", subjects_filter=f"ekkyo.dead.{self._service}.>")).state.subjects or {}
        for reaction in reactions:
            self._dead.labels(reaction.durable).set(subjects.get(reaction.dead_subject, 0))
