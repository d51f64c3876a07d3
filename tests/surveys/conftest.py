"""The surveys service running alone on real servers, and the world around it: what events tells, who asks."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest_asyncio
from ekkyo import wire
from ekkyo.contracts.base import Fact, new_id
from ekkyo.contracts.events import CheckInUndone, EventConcluded, EventPublished, EventState, MemberAttended
from ekkyo.contracts.members import MemberDeactivated, MemberJoined, Membership, MemberState
from ekkyo.contracts.surveys import AnswerSurvey, OpenSurvey, survey_of_event
from ekkyo.testing.nats import Nats
from ekkyo.testing.plugin import Mongo, Run, Token
from ekkyo.testing.waiting import eventually
from ekkyo_surveys.app import service
from nats.aio.client import Client
from nats.errors import TimeoutError as NothingMore
from pymongo import MongoClient

COMMUNITY = "c1"
Stored = list[tuple[str, dict[str, str], bytes]]
"""Messages of a stream: subject, headers, body."""


def member_state(member: str, community: str) -> MemberState:
    """What the members service tells of somebody."""
    return MemberState(
        member_id=member,
        number=f"n-{member}",
        name=member,
        email=f"{member}@example.com",
        department="IT",
        channels=["mail"],
        locale="en",
        timezone="Asia/Tokyo",
        communities=[Membership(community_id=community, joined_at=datetime(2026, 1, 1, tzinfo=UTC))],
    )


@dataclass
class World:
    """Everything outside the surveys service."""

    nats: Nats
    mongo: Mongo
    token: Token
    outside: Client
    events: Client
    members: Client
    ops: Client
    told: int = 0
    registered: set[str] = field(default_factory=set)
    event: EventState = field(
        default_factory=lambda: EventState(
            event_id=new_id(),
            community_id=COMMUNITY,
            title="Spreadsheets",
            format="online",
            context="IT",
            capacity=100,
            starts_at=datetime(2026, 5, 1, 3, tzinfo=UTC),
            ends_at=datetime(2026, 5, 1, 4, tzinfo=UTC),
            timezone="Asia/Tokyo",
            status="concluded",
        )
    )

    async def ask(self, message: Any, sub: str, *roles: str) -> Any:
        """Send a command or a question as this caller. Raises Refused."""
        headers = {"Authorization": f"Bearer {self.token(sub, *roles)}"}
        reply = await self.outside.request(
            message.subject, message.model_dump_json().encode(), timeout=10, headers=headers
        )
        return wire.read_reply(message.answer_type(), reply.headers, reply.data)

    async def raw(self, subject: str, body: bytes, sub: str, *roles: str) -> tuple[dict[str, str], bytes]:
        """Send bytes as this caller."""
        headers = {"Authorization": f"Bearer {self.token(sub, *roles)}"}
        reply = await self.outside.request(subject, body, timeout=10, headers=headers)
        return dict(reply.headers or {}), reply.data

    @property
    def survey_id(self) -> str:
        """The survey after the event."""
        return survey_of_event(self.event.event_id)

    async def tell(self, fact: Fact, *, owner: str = "events") -> None:
        """Publish a fact as its owner does; each time as a message of its own."""
        self.told += 1
        message = wire.fact_message(
            fact, owner=owner, revision=self.told, n=0, time=datetime.now(UTC), actor=owner, traceparent=None
        )
        connection = self.events if owner == "events" else self.members
        await connection.jetstream().publish(message.subject, message.body, headers=message.headers)

    async def join(self, *members: str, community: str = COMMUNITY) -> None:
        """Tell that these are members of the community, of those who were not told before."""
        for member in sorted(set(members) - self.registered):
            self.registered.add(member)
            state = member_state(member, community)
            await self.tell(MemberJoined(member_id=member, member=state, community_id=community), owner="members")

    async def left_the_company(self, member: str) -> None:
        state = member_state(member, COMMUNITY).model_copy(update={"active": False})
        await self.tell(MemberDeactivated(member_id=member, member=state), owner="members")

    async def publish(self, event: EventState) -> None:
        await self.tell(EventPublished(event_id=event.event_id, event=event))

    async def conclude(self, *attended: str) -> None:
        await self.join(*attended)
        await self.tell(
            EventConcluded(event_id=self.event.event_id, event=self.event, attended=list(attended), no_shows=[])
        )

    async def attended(self, member: str, *, while_it_runs: bool = False) -> None:
        await self.join(member)
        event = self.event.model_copy(update={"status": "published" if while_it_runs else "concluded"})
        await self.tell(MemberAttended(event_id=event.event_id, event=event, member_id=member, by="import"))

    async def did_not_come(self, member: str) -> None:
        undone = {"event_id": self.event.event_id, "event": self.event, "member_id": member, "because": "report"}
        await self.tell(CheckInUndone.model_validate({**undone, "status": "no_show"}))

    async def opened_for(self, *members: str, anonymous: bool = True, **changes: Any) -> OpenSurvey:
        """A survey opened by hand for these, and for five others whom no other survey asks."""
        members = (*members, *(f"other-{new_id()[-12:]}" for _ in range(5)))
        await self.join(*members)
        await self.caught_up("people")
        cmd = OpenSurvey.model_validate(
            {
                "survey_id": new_id(),
                "community_id": COMMUNITY,
                "title": {"en": "How are we doing?"},
                "anonymous": anonymous,
                "invited": list(members),
                "deadline": datetime.now(UTC) + timedelta(days=1),
                **changes,
            }
        )
        await self.ask(cmd, "lead", f"leader:{COMMUNITY}")
        return cmd

    async def answer(self, survey_id: str, member: str, satisfaction: int = 9, **answers: Any) -> Any:
        cmd = AnswerSurvey(survey_id=survey_id, member_id=member, answers={"satisfaction": satisfaction, **answers})
        return await self.ask(cmd, member)

    async def stored(self, stream: str = "FACTS") -> Stored:
        """All messages of a stream."""
        js = self.ops.jetstream()
        count = (await js.stream_info(stream)).state.messages
        if not count:
            return []
        reader = await js.pull_subscribe(">", stream=stream)
        found: Stored = []
        with contextlib.suppress(NothingMore):
            while len(found) < count:
                batch = await reader.fetch(min(500, count - len(found)), timeout=1)
                found += [(m.subject, dict(m.headers or {}), m.data) for m in batch]
        await reader.unsubscribe()
        return found

    async def facts(self, *kinds: type[Fact]) -> list[Any]:
        """What the surveys service told, in order."""
        stored = [m for m in await self.stored() if m[0].startswith("ekkyo.fact.surveys.")]
        read = [wire.read_fact(subject, headers, body) for subject, headers, body in stored]
        return [f for f in read if not kinds or isinstance(f, kinds)]

    async def fact(self, kind: type[Fact], count: int = 1) -> Any:
        """The `count`-th fact of this kind, once it was told."""

        async def told() -> Any:
            found = await self.facts(kind)
            return found[count - 1] if len(found) >= count else None

        return await eventually(told)

    async def caught_up(self, reaction: str = "open_after_event") -> None:
        """Until every fact told so far was dealt with."""

        async def none_left() -> bool:
            info = await self.ops.jetstream().consumer_info("FACTS", f"surveys-{reaction}")
            return not info.num_pending and not info.num_ack_pending

        await eventually(none_left)

    def documents(self) -> dict[str, list[dict[str, Any]]]:
        """All collections of the service's database, in their natural order."""
        with contextlib.closing(MongoClient[dict[str, Any]](self.mongo.url)) as client:
            database = client[self.mongo.database("surveys")]
            return {name: list(database[name].find()) for name in database.list_collection_names()}

    async def at_rest(self) -> dict[str, list[dict[str, Any]]]:
        """All collections once nothing waits to be settled or tidied up."""

        def rests() -> dict[str, list[dict[str, Any]]]:
            found = self.documents()
            assert not any("_pending" in d for documents in found.values() for d in documents)
            return found

        return await eventually(rests)


@pytest_asyncio.fixture
async def around(nats: Nats, mongo: Mongo, token: Token) -> AsyncIterator[World]:
    """The world without the service."""
    connections = [await nats.connect(user) for user in ("outside", "events", "members", "ops")]
    yield World(nats, mongo, token, *connections)
    await asyncio.gather(*(c.close() for c in connections))


@pytest_asyncio.fixture
async def world(around: World, running: Run) -> AsyncIterator[World]:
    """The world with the surveys service running in it, and no other."""
    async with running(service):
        yield around
