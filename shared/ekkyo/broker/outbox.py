"""The store's outbox: what a document's change made known goes to JetStream over the broker's connection."""

from collections.abc import Sequence

from ekkyo.broker.broker import Broker
from ekkyo.publishing import ATTEMPT, WITHIN, publish
from ekkyo.wire import OutMessage, trace


class JetStreamOutbox:
    """The store's outbox: returns when JetStream has confirmed every message, raises NotPublished otherwise."""

    def __init__(self, broker: Broker, *, within: float = WITHIN, attempt: float = ATTEMPT) -> None:
        self._broker, self._within, self._attempt = broker, within, attempt

    async def __call__(self, messages: Sequence[OutMessage]) -> None:
        with trace.relayed(messages) as told:
            await publish(self._broker.jetstream, told, within=self._within, attempt=self._attempt)
        self._broker.guard.metrics.published(messages)
