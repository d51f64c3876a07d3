"""The notify service on real servers, told facts as the other services tell them."""

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest_asyncio
from ekkyo import wire
from ekkyo.contracts.base import Fact
from ekkyo.contracts.events import EventState
from ekkyo.contracts.members import (
    Charter,
    Community,
    CommunityFounded,
    MemberJoined,
    MemberLeft,
    Membership,
    MemberState,
)
from ekkyo.contracts.notify import Delivery, ListDeliveries, NotifyStatus, NotifyStatusAnswer
from ekkyo.decision import Timer
from ekkyo.decision.clock import utcnow
from ekkyo.publishing import timers
from ekkyo.testing import Nats, eventually
from ekkyo_notify.app import service

from tests.notify.making import event
from tests.notify.servers import CHATS_HERE, ChatServer, MailServer


def soon(**changes: Any) -> EventState:
    """An event that starts the day after tomorrow."""
    starts = utcnow() + timedelta(days=2)
    return event(**{"starts_at": starts, "ends_at": starts + timedelta(hours=1)} | changes)


def address(member: str) -> str:
    return f"{member}@example.co.jp"


@dataclass
class World:
    """notify, what it talks to, and how to tell it things."""

    nats: Nats
    mail: MailServer
    chat: ChatServer
    run: Callable[..., Any]
    clients: Callable[..., Any]
    it: Any = None
    _stack: AsyncExitStack = field(default_factory=AsyncExitStack)
    _connections: dict[str, Any] = field(default_factory=dict)
    _stack_of_service: AsyncExitStack | None = None
    revisions: dict[str, int] = field(default_factory=dict)

    async def start(self, **settings: object) -> None:
        self._stack_of_service = AsyncExitStack()
        chosen = {
            "smtp_url": self.mail.url,
            "mail_from": "no-reply@ekkyo.example.com",
            "chat_hosts": "chat.example.com",
            "chat_hosts_inside": CHATS_HERE,
        } | settings
        self.it = await self._stack_of_service.enter_async_context(self.run(service, **chosen))

    async def stop(self) -> None:
        if self._stack_of_service:
            await self._stack_of_service.aclose()
            self._stack_of_service = None

    async def close(self) -> None:
        await self.stop()
        await self._stack.aclose()

    async def tell(
        self, fact: Fact, *, times: int = 1, n: int = 0, revision: int | None = None, actor: str = "test"
    ) -> str:
        """Publish a fact as its owner does; several times as if nobody had noticed. Returns its id."""
        owner = type(fact).subject.split(".")[2]
        key = f"{owner}/{fact.entity_id}"
        if revision is None:
            revision = self.revisions.get(key, 0) + 1
        self.revisions[key] = max(revision, self.revisions.get(key, 0))
        out = wire.fact_message(fact, owner=owner, revision=revision, n=n, time=utcnow(), actor=actor, traceparent=None)
        if owner not in self._connections:
            nc = await self.nats.connect(owner)
            self._stack.push_async_callback(nc.close)
            self._connections[owner] = nc.jetstream()
        js = self._connections[owner]
        for copy in range(times):
            headers = out.headers | ({"Nats-Msg-Id": f"{out.headers['Nats-Msg-Id']}-{copy}"} if copy else {})
            await js.publish(out.subject, out.body, headers=headers)
        return out.headers["ce-id"]

    async def send_timer(self, timer: Timer) -> None:
        """Let a timer of notify be due now."""
        async with await self.nats.connect("notify") as nc:
            await timers.change(nc.jetstream(), timer.at(utcnow()))

    async def found(self, community: str = "c1", locale: str = "ja", name: str = "IT活用コミュニティ") -> None:
        charter = Charter(objective="o", who="w", what="w", how="h")
        told = Community(
            community_id=community, name=name, rules="", charter=charter, locale=locale, founded_at=utcnow(), revision=1
        )
        await self.tell(CommunityFounded(community_id=community, community=told))

    async def join(self, member: str, community: str = "c1", **changes: Any) -> None:
        values = {
            "member_id": member,
            "number": member,
            "name": f"{member} 太郎",
            "email": address(member),
            "department": "営業部",
            "channels": ["mail"],
            "locale": "ja",
            "timezone": "Asia/Tokyo",
            "communities": [Membership(community_id=community, joined_at=utcnow())],
        }
        state = MemberState(**values | changes)
        await self.tell(MemberJoined(member_id=member, member=state, community_id=community))

    async def leave(self, member: str, community: str = "c1") -> None:
        """The member, who joined, leaves the community."""
        contact = await self.it.context.get("contacts").get(member)
        state = MemberState(
            member_id=member,
            number=member,
            name=contact.name,
            email=contact.email,
            department="営業部",
            channels=contact.channels,
            locale=contact.locale,
            timezone=contact.timezone,
        )
        await self.tell(MemberLeft(member_id=member, member=state, community_id=community))

    async def ask(self, question: Any, sub: str = "boss", *roles: str) -> Any:
        async with self.clients(sub, *(roles or ("steward",))) as ekkyo:
            return await ekkyo.ask(question)

    async def send(self, command: Any, sub: str = "boss", *roles: str) -> Any:
        async with self.clients(sub, *(roles or ("steward",))) as ekkyo:
            return await ekkyo.send(command)

    async def deliveries(self, **where: Any) -> list[Delivery]:
        return (await self.ask(ListDeliveries(limit=500, **where))).deliveries

    async def done(self, count: int, within: float = 15, **where: Any) -> list[Delivery]:
        """Wait until so many deliveries are sent, failed or dropped; there are no others."""
        found: list[Delivery] = []

        async def all_done() -> bool:
            nonlocal found
            found = await self.deliveries(**where)
            assert [d.status for d in found if d.status == "planned"] == []
            assert len(found) == count, found
            return True

        await eventually(all_done, within, every=0.1)
        return found

    async def quiet(self) -> None:
        """Wait until notify has nothing left to do: every fact was handled, or is not wanted."""
        async with await self.nats.connect("ops") as nc:
            js = nc.jetstream()

            async def nothing_left() -> bool:
                for durable in service.durables()["FACTS"]:
                    info = await js.consumer_info("FACTS", durable)
                    if info.num_pending or info.num_ack_pending:
                        return False
                return True

            await eventually(nothing_left, 30, every=0.05)

    async def dead(self) -> int:
        async with await self.nats.connect("ops") as nc:
            return (await nc.jetstream().stream_info("DEAD")).state.messages

    async def status(self) -> NotifyStatusAnswer:
        return await self.ask(NotifyStatus())


@asynccontextmanager
async def opened(world: World) -> AsyncIterator[World]:
    try:
        yield world
    finally:
        await world.close()


@pytest_asyncio.fixture
async def stopped(nats: Nats, mail: MailServer, chat: ChatServer, running: Any, client_as: Any) -> AsyncIterator[World]:
    """Everything, with notify not running yet."""
    async with opened(World(nats, mail, chat, running, client_as)) as world:
        yield world


@pytest_asyncio.fixture
async def world(stopped: World) -> World:
    """Everything, with notify running and community c1 founded."""
    await stopped.start()
    await stopped.found()
    return stopped
