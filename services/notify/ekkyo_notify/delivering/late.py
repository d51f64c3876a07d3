"""What is sent late is held against what was announced since: put off, it may have become untrue."""

from collections.abc import Sequence
from dataclasses import dataclass

from ekkyo.broker import Past
from ekkyo.contracts.events import EventFact
from ekkyo.decision.clock import utcnow

from ekkyo_notify import model
from ekkyo_notify.model import Notice, Recipient


@dataclass(frozen=True)
class Late:
    """Reads what was announced about the same thing since a notice."""

    past: Past

    async def outdated(self, notice: Notice, recipients: Sequence[Recipient]) -> frozenset[Recipient]:
        """For which of these the notice is no longer true. What is told at once is not looked into.

        Raises nats.errors.Error when the stream does not answer.
        """
        if utcnow() - notice.told_at < model.LATE:
            return frozenset()
        if notice.topic == "applications_waiting" and not await self._waiting(notice):
            return frozenset(recipients)
        kinds = model.UNDONE_BY.get(notice.topic, ())
        since = [fact for kind in kinds async for fact in self.past.of(kind, notice.entity_id, after=notice.sequence)]
        return model.outdated(notice, recipients, since)

    async def _waiting(self, notice: Notice) -> bool:
        """Whether applications wait for the leaders still. Every fact about an event counts them."""
        newest = await self.past.newest("events", notice.entity_id)
        return not isinstance(newest, EventFact) or newest.event.applied > 0
