"""An events service on real servers, people who use it, and somebody who hears every fact."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from typing import Any, TypeVar

import pytest_asyncio
from ekkyo.contracts.base import Command, Fact, Refused, new_id
from ekkyo.contracts.events import (
    CheckIn,
    ConcludeEvent,
    DraftEvent,
    EventDetails,
    EventFact,
    EventState,
    GetEvent,
    ImportAttendance,
    PublishEvent,
    RegisterForEvent,
    Registration,
    RescheduleEvent,
)
from ekkyo.decision.clock import utcnow
from ekkyo.testing import Nats, eventually
from ekkyo.wire import read_fact
from ekkyo_events.app import service
from nats.aio.client import Client
from nats.errors import TimeoutError as NothingNew
from nats.js.api import AckPolicy, ConsumerConfig
from pydantic import BaseModel

A = TypeVar("A", bound=BaseModel)
F = TypeVar("F", bound=EventFact)


class Heard:
    """Every fact of the events service, in the order of the stream."""

    def __init__(self) -> None:
        self.facts: list[Fact] = []

    async def listen(self, connection: Client) -> None:
        config = ConsumerConfig(ack_policy=AckPolicy.NONE)
        reader = await connection.jetstream().pull_subscribe("ekkyo.fact.events.>", stream="FACTS", config=config)
        while True:
            with contextlib.suppress(NothingNew):
                for message in await reader.fetch(100, timeout=5):
                    self.facts.append(read_fact(message.subject, message.headers, message.data))

    def about(self, event_id: str) -> list[EventFact]:
        return [fact for fact in self.facts if isinstance(fact, EventFact) and fact.event_id == event_id]

    def kinds(self, event_id: str) -> list[str]:
        return [type(fact).__name__ for fact in self.about(event_id)]

    async def until(self, kind: type[F], event_id: str, count: int = 1) -> list[F]:
        """All facts of a kind about an event, once there are so many."""

        def enough() -> list[F]:
            found = [fact for fact in self.about(event_id) if isinstance(fact, kind)]
            return found if len(found) >= count else []

        return await eventually(enough, what=f"{kind.__name__} of {event_id}")


class Scene:
    """The service with its users: `leader` leads the community c1, `system` is another system."""

    def __init__(self, client_as: Callable[..., Awaitable[Any]], heard: Heard) -> None:
        self._client_as = client_as
        self._clients: dict[tuple[str, ...], Any] = {}
        self.heard = heard

    async def as_(self, sub: str, *roles: str) -> Any:
        """A client with this person's token."""
        if (sub, *roles) not in self._clients:
            self._clients[sub, *roles] = await self._client_as(sub, *roles)
        return self._clients[sub, *roles]

    async def leader(self) -> Any:
        return await self.as_("leader-1", "leader:c1")

    async def draft(self, *, starts_in: float = 7 * 86400, lasts: float = 3600, **details: Any) -> EventState:
        """An event of c1 that starts in so many seconds."""
        start = utcnow() + timedelta(seconds=starts_in)
        fields = {"title": "RPAもくもく会", "format": "online", "url": "https://meet.example.com/1", "capacity": 2}
        state: EventState = await (await self.leader()).send(
            DraftEvent(
                event_id=new_id(),
                community_id="c1",
                details=EventDetails.model_validate({**fields, **details}),
                starts_at=start,
                ends_at=start + timedelta(seconds=lasts),
            )
        )
        return state

    async def published(self, **drafted: Any) -> EventState:
        event = await self.draft(**drafted)
        state: EventState = await (await self.leader()).send(PublishEvent(event_id=event.event_id))
        return state

    async def concluded(self, *, registered: list[str], attended: list[str], **drafted: Any) -> EventState:
        """An event that is over."""
        event = await self.published(starts_in=1800, **drafted)
        for member in registered:
            await self.register(event, member)
        for member in attended:
            await self.leads(CheckIn(event_id=event.event_id, member_id=member))
        await self.begins(event)
        return await self.once_begun(ConcludeEvent(event_id=event.event_id))

    async def begins(self, event: EventState, *, lasts: float = 3600) -> EventState:
        """Move an event so that it begins in a moment, and ends so many seconds later."""
        for moment in (0.15, 1, 5):
            start = utcnow() + timedelta(seconds=moment)
            move = RescheduleEvent(event_id=event.event_id, starts_at=start, ends_at=start + timedelta(seconds=lasts))
            with contextlib.suppress(Refused):  # on a busy machine the moment may have passed
                return await self.leads(move)
        raise AssertionError("the service takes longer than five seconds to move an event")

    async def leads(self, command: Command[A]) -> A:
        """Send a command as the community's leader."""
        answer: A = await (await self.leader()).send(command)
        return answer

    async def once_begun(self, command: Command[A]) -> A:
        """Send a command of the leader as soon as the event has begun."""

        async def send() -> list[A]:
            try:
                return [await self.leads(command)]
            except Refused as refused:
                if refused.code != "event_not_started":
                    raise
                return []

        (answer,) = await eventually(send, what=f"the start of {command}")
        return answer

    async def register(self, event: EventState, member: str, wish: str | None = None) -> Registration:
        """A member registers."""
        command = RegisterForEvent(event_id=event.event_id, member_id=member, registration_id=wish or new_id())
        answer: Registration = await (await self.as_(member)).send(command)
        return answer

    async def now(self, event: EventState) -> EventState:
        """The event as its leader sees it."""
        state: EventState = await (await self.leader()).ask(GetEvent(event_id=event.event_id))
        return state

    async def refusal(self, answer: Awaitable[Any]) -> tuple[str, int]:
        """Code and status with which this is refused."""
        try:
            found = await answer
        except Refused as refused:
            return refused.code, refused.status
        raise AssertionError(f"not refused, but answered: {found}")

    async def twice(self, command: Command[A], *, by: Any = None) -> A:
        """Send a command and send it again: the same answer, and the event is left as it was."""
        who = by or await self.leader()
        first: A = await who.send(command)
        event_id = command.event_id  # type: ignore[attr-defined]
        before = await (await self.leader()).ask(GetEvent(event_id=event_id))
        second = await who.send(command)
        assert await (await self.leader()).ask(GetEvent(event_id=event_id)) == before
        if not isinstance(command, ImportAttendance):
            assert second == first
        return first


@pytest_asyncio.fixture
async def heard(nats: Nats) -> AsyncIterator[Heard]:
    """Hears the facts from the beginning."""
    listener = Heard()
    async with await nats.connect("ops") as connection:
        listening = asyncio.create_task(listener.listen(connection))
        yield listener
        listening.cancel()
        await asyncio.gather(listening, return_exceptions=True)


@pytest_asyncio.fixture
async def scene(running: Any, client_as: Any, heard: Heard) -> AsyncIterator[Scene]:
    """One instance of the service, and its users."""
    async with running(service):
        yield Scene(client_as, heard)


@pytest_asyncio.fixture
async def two_instances(running: Any, client_as: Any, heard: Heard) -> AsyncIterator[Scene]:
    """Two instances of the service on the same database, which share the work."""
    async with running(service), running(service):
        yield Scene(client_as, heard)
