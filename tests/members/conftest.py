"""The members service on real servers, people who ask it, and what it announces."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime
from typing import Any

import pytest
import pytest_asyncio
from ekkyo import wire
from ekkyo.contracts.base import Fact
from ekkyo.contracts.events import (
    CheckInUndone,
    EventConcluded,
    EventFact,
    EventPublished,
    EventState,
    MemberAttended,
    OutputFact,
    OutputRemoved,
    OutputState,
    RegistrationConfirmed,
    RegistrationWaitlisted,
)
from ekkyo.service import Running
from ekkyo.testing import Nats, eventually
from ekkyo_members.app import service

STARTS = datetime(2026, 5, 1, 3, tzinfo=UTC)
Facts = Callable[..., Awaitable[list[Fact]]]


@pytest_asyncio.fixture
async def members(running: Any) -> AsyncIterator[Running]:
    """The members service, ready."""
    async with running(service) as it:
        yield it


@pytest_asyncio.fixture
async def steward(members: Running, client_as: Any) -> Any:
    """Somebody who administers Ekkyo."""
    return await client_as("steward-1", "steward")


@pytest_asyncio.fixture
async def facts(client_as: Any, nats: Nats) -> Facts:
    """`await facts(n)`: all facts announced so far, once there are at least n of them."""
    listener = await client_as("listener-1", user="ops")

    async def read(at_least: int = 0) -> list[Fact]:
        async def announced() -> list[Fact]:
            heard = [fact async for fact in listener.facts(follow=False)]
            assert len(heard) >= at_least
            return heard or [None]

        return [fact for fact in await eventually(announced, what=f"{at_least} facts") if fact]

    return read


class Events:
    """The events service, as far as others hear it."""

    def __init__(self, nats: Nats) -> None:
        self._nats = nats
        self._told = 0

    async def tell(self, fact: EventFact | OutputFact, *, id: int | None = None) -> str:
        """Announce a fact and return its id; with the `id` of an earlier telling, as something else to NATS."""
        self._told += 1
        message = wire.fact_message(
            fact, owner="events", revision=id or self._told, n=0, time=STARTS, actor="events", traceparent=None
        )
        headers = message.headers | {"Nats-Msg-Id": f"telling-{self._told}"}  # else NATS itself drops the second
        async with await self._nats.connect("events") as nc:
            await nc.jetstream().publish(message.subject, message.body, headers=headers)
        return message.headers["ce-id"]

    async def attended(self, member_id: str, event_id: str = "e1", *, id: int | None = None) -> str:
        fact = MemberAttended(event_id=event_id, event=event(event_id), member_id=member_id, by="check_in")
        return await self.tell(fact, id=id)

    async def registered(self, member_id: str, community_id: str, *, waits: bool = False, id: int | None = None) -> str:
        shown, told = event("e1", community_id), {"event_id": "e1", "member_id": member_id, "registration_id": "r1"}
        if waits:
            return await self.tell(RegistrationWaitlisted(event=shown, position=1, **told), id=id)
        return await self.tell(RegistrationConfirmed(event=shown, **told), id=id)

    async def output(self, fact: type[OutputFact], *authors: str, revision: int, **more: Any) -> str:
        shown = OutputState(
            output_id="o1", community_id="c1", kind="slides", title="Macros", url="https://x.example/1",
            authors=list(authors), status="removed" if fact is OutputRemoved else "attached", revision=revision,
        )  # fmt: skip
        return await self.tell(fact(output_id="o1", output=shown, **more), id=revision)

    async def undone(self, member_id: str, event_id: str = "e1", *, id: int | None = None) -> str:
        fact = CheckInUndone(event_id=event_id, event=event(event_id), member_id=member_id, status="confirmed")
        return await self.tell(fact, id=id)

    async def published(self, *speakers: str, event_id: str = "e1") -> str:
        shown = event(event_id).model_copy(update={"speakers": list(speakers), "status": "published"})
        return await self.tell(EventPublished(event_id=event_id, event=shown))

    async def concluded(self, *speakers: str, event_id: str = "e1", id: int | None = None) -> str:
        over = event(event_id).model_copy(update={"speakers": list(speakers), "status": "concluded"})
        return await self.tell(EventConcluded(event_id=event_id, event=over, attended=[], no_shows=[]), id=id)


@pytest.fixture
def events(nats: Nats) -> Events:
    return Events(nats)


def event(event_id: str, community_id: str = "c1") -> EventState:
    """An event that takes place."""
    return EventState(
        event_id=event_id,
        community_id=community_id,
        title="Macros for everyone",
        format="online",
        context="IT",
        capacity=20,
        starts_at=STARTS,
        ends_at=STARTS,
        timezone="Asia/Tokyo",
        status="published",
    )


async def all_of(*asked: Awaitable[Any]) -> list[Any]:
    """What became of all of these, at once: answers, and refusals."""
    return list(await asyncio.gather(*asked, return_exceptions=True))
