"""Facts about one entity, read from the stream when they are needed, instead of being kept as a projection."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import TypeVar

from nats.js.errors import NotFoundError

from ekkyo.broker.broker import Broker
from ekkyo.contracts.base import Fact
from ekkyo.wire import Malformed, read_fact

F = TypeVar("F", bound=Fact)


@dataclass(frozen=True)
class Past:
    """Reads what was announced before. For what is needed seldom and should not be stored a second time."""

    broker: Broker

    async def of(self, kind: type[F], id: str, *, after: int = 0) -> AsyncIterator[F]:
        """All facts of this kind about this entity that the stream has after a position in it, oldest first.

        The stream's leader is asked for one after the other, so whatever was acknowledged before is found. A fact that
        cannot be read is passed over. Raises nats.errors.Error when the stream does not answer.
        """
        next = after + 1
        while True:
            try:
                found = await self.broker.jetstream.get_msg("FACTS", next, f"{kind.subject}.{id}", next=True)
            except NotFoundError:
                return
            assert found.seq is not None
            assert found.subject is not None
            next = found.seq + 1
            try:
                fact = read_fact(found.subject, found.headers, found.data or b"", found.seq)
            except Malformed:
                continue
            assert isinstance(fact, kind)
            yield fact

    async def newest(self, owner: str, id: str) -> Fact | None:
        """The newest of all facts of a service about this entity. Raises as `of` does."""
        try:
            found = await self.broker.jetstream.get_last_msg("FACTS", f"ekkyo.fact.{owner}.*.{id}")
        except NotFoundError:
            return None
        assert found.seq is not None
        assert found.subject is not None
        try:
            return read_fact(found.subject, found.headers, found.data or b"", found.seq)
        except Malformed:
            return None
