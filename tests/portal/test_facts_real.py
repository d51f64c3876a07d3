"""Facts over HTTP from a real stream, with the portal's own rights: who hears what, going on, slow readers, losses."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import httpx
import pytest
import pytest_asyncio
from ekkyo import wire
from ekkyo.client import Ekkyo
from ekkyo.contracts import FACTS
from ekkyo.contracts.base import Fact
from ekkyo.contracts.members import MemberErased, MemberPurged
from ekkyo.decision.clock import utcnow
from ekkyo.testing import Nats
from ekkyo.testing.waiting import eventually
from ekkyo.wire.tokens import Verifier
from ekkyo_portal.api import Door, Facts
from ekkyo_portal.api import facts as facts_module
from ekkyo_portal.api.facts import OF_ONE
from ekkyo_portal.serving import Web
from ekkyo_portal.web.measured import Measured
from prometheus_client import CollectorRegistry
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware

FORGOTTEN = {owner: FACTS[f"ekkyo.fact.{owner}.member_forgotten"] for owner in ("events", "surveys", "notify")}
WITHIN = 15


@dataclass
class Reader:
    """Another team's program, which reads the stream as the specification of server-sent events says."""

    lines: AsyncIterator[str]
    pings: int = 0

    async def next(self) -> dict[str, Any]:
        """The next fact, with the id that its event had."""
        event: dict[str, str] = {}
        async with asyncio.timeout(WITHIN):
            async for line in self.lines:
                if line.startswith(":"):
                    self.pings += 1
                elif not line and "data" in event:
                    fact: dict[str, Any] = json.loads(event["data"])
                    assert event["id"] == str(fact["position"])
                    return fact
                name, _, value = line.partition(": ")
                event[name] = value
        raise EOFError

    async def take(self, number: int) -> list[int]:
        return [(await self.next())["position"] for _ in range(number)]

    async def rest(self) -> None:
        """Read until the stream ends."""
        async with asyncio.timeout(WITHIN):
            async for _ in self.lines:
                pass


@dataclass
class Stream:
    """The door on a port, and who tells facts."""

    nats: Nats
    facts: Facts
    ekkyo: Ekkyo
    http: httpx.AsyncClient
    token: Any
    told: int = 0

    async def tell(self, *facts: Fact) -> None:
        """Facts as their services publish them."""
        for fact in facts:
            owner = fact.subject.split(".")[2]
            self.told += 1
            message = wire.fact_message(
                fact, owner=owner, revision=self.told, n=0, time=utcnow(), actor="m1", traceparent=None
            )
            async with await self.nats.connect(owner) as nc:
                await nc.jetstream().publish(message.subject, message.body, headers=message.headers, timeout=10)

    def headers(self, *who: str, **more: str) -> dict[str, str]:
        return {"authorization": f"Bearer {self.token(*(who or ('seats', 'system')))}", **more}

    @asynccontextmanager
    async def read(self, query: str = "", *who: str, last: int | None = None, token: str = "") -> AsyncIterator[Reader]:
        headers = self.headers(*who)
        if last is not None:
            headers["last-event-id"] = str(last)
        if token:
            headers["authorization"] = f"Bearer {token}"
        async with self.http.stream("GET", f"/api/facts?{query}", headers=headers) as response:
            if response.status_code != 200:
                await response.aread()
            assert response.status_code == 200, response.text
            assert response.headers["content-type"].startswith("text/event-stream")
            yield Reader(response.aiter_lines())

    async def all(self, query: str = "", *who: str) -> list[tuple[str, str]]:
        """Type and entity of everything that is there."""
        said = await self.http.get(f"/api/facts?follow=false&format=ndjson&{query}", headers=self.headers(*who))
        assert said.status_code == 200, said.text
        assert said.headers["content-type"].startswith("application/x-ndjson")
        facts = [json.loads(line) for line in said.text.splitlines() if line]
        return [(fact["type"].removeprefix("ekkyo."), fact["subject"]) for fact in facts]

    async def refused(self, query: str, headers: dict[str, str]) -> tuple[int, str]:
        said = await self.http.get(f"/api/facts?{query}", headers=headers)
        assert said.headers["content-type"] == "application/problem+json"
        return said.status_code, said.json()["code"]

    async def none_open(self) -> None:
        """Wait until the portal has noticed that nobody reads any more."""
        await eventually(lambda: not self.facts.open)


@pytest_asyncio.fixture
async def stream(nats: Nats, keys: Any) -> AsyncIterator[Stream]:
    """The door on a port, connected to NATS with the portal's rights; `hr` is named for facts of members."""
    web = Web("127.0.0.1", 0)
    async with Ekkyo.connect(nats.url, login=nats.login("portal"), environment={}) as ekkyo:
        facts = Facts(ekkyo, Verifier(keys.jwks_file), frozenset({"hr"}), ping=0.2)
        door = Door(ekkyo, Measured(CollectorRegistry()), facts, within=1)
        await web.start(Starlette(routes=[door.route], middleware=[Middleware(GZipMiddleware)]))
        try:
            async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{web.port}", timeout=20) as http:
                yield Stream(nats, facts, ekkyo, http, keys.token)
        finally:
            await facts.end()
            await web.stop()


async def test_a_system_hears_what_it_asks_for_and_of_members_only_if_it_is_named_for_it(stream: Stream) -> None:
    await stream.tell(FORGOTTEN["events"](member_id="m1"), MemberPurged(member_id="m1"), MemberErased(member_id="m1"))
    between = utcnow() + timedelta(milliseconds=2)
    await eventually(lambda: utcnow() > between, what="the next millisecond")
    await stream.tell(FORGOTTEN["surveys"](member_id="m1"), FORGOTTEN["events"](member_id="m2"))
    events, purged, erased = (("events.member_forgotten", "m1"), ("members.purged", "m1"), ("members.erased", "m1"))
    surveys, other = ("surveys.member_forgotten", "m1"), ("events.member_forgotten", "m2")
    for query, who, found in [
        ("", ("seats", "system"), [events, erased, surveys, other]),
        ("", ("hr", "system"), [events, purged, erased, surveys, other]),
        ("type=events.member_forgotten", ("seats", "system"), [events, other]),
        (
            "type=events.member_forgotten&type=surveys.member_forgotten&entity=m1",
            ("seats", "system"),
            [events, surveys],
        ),
        ("entity=m1", ("seats", "system"), [events, erased, surveys]),
        ("since=3", ("seats", "system"), [erased, surveys, other]),
        (f"since={between.isoformat().replace('+00:00', 'Z')}", ("hr", "system"), [surveys, other]),
        ("type=members.purged", ("hr", "system"), [purged]),
    ]:
        assert (query, await stream.all(query, *who)) == (query, found)

    system = stream.headers()
    for query, headers, refusal in [
        ("type=members.purged", system, (403, "facts_of_members")),
        ("", {}, (401, "token_missing")),
        ("", {"authorization": "Bearer a.b.c"}, (401, "token_invalid")),
        ("", {"authorization": f"Bearer {stream.token('hr', 'system', ttl=-60)}"}, (401, "token_expired")),
        # what the portal's own key may sign, and the named system's name without the role
        *(("", stream.headers("hr", role), (403, "not_allowed")) for role in ("steward", "leader:c1", "portal")),
        ("", stream.headers("hr"), (403, "not_allowed")),
        ("type=events.nothing", system, (400, "malformed")),
        ("entity=*", system, (400, "malformed")),
        ("entity=%3E", system, (400, "malformed")),
        ("since=yesterday", system, (400, "malformed")),
        ("since=2026-05-01T09:00:00", system, (400, "malformed")),
        ("since=1&since=2", system, (400, "malformed")),
        ("format=xml", system, (400, "malformed")),
        ("colour=red", system, (400, "malformed")),
        ("since=7", system, (409, "position_unknown")),
        ("", {**system, "last-event-id": "6"}, (409, "position_unknown")),
        ("", {**system, "last-event-id": "x"}, (400, "malformed")),
    ]:
        assert (query, headers, await stream.refused(query, headers)) == (query, headers, refusal)
    posted = await stream.http.post("/api/facts", headers=system)
    assert (posted.status_code, posted.headers["allow"]) == (405, "GET")


async def test_who_goes_on_after_the_last_fact_misses_none_and_hears_none_twice(stream: Stream) -> None:
    forgotten = [FORGOTTEN["events"](member_id=f"m{n}") for n in range(6)]
    await stream.tell(*forgotten[:3])
    async with stream.read("since=1") as reader:
        assert await reader.take(2) == [1, 2]
    async with stream.read("since=1", last=2) as reader:  # a browser keeps the address and sends the header
        assert await reader.take(1) == [3]
        await stream.tell(forgotten[3])
        assert await reader.take(1) == [4]
    async with stream.read() as reader:
        await stream.tell(forgotten[4])
        assert await reader.take(1) == [5]
    await stream.none_open()


async def test_while_nats_is_away_one_is_told_to_come_back_and_streams_go_on_afterwards(stream: Stream) -> None:
    forgotten = [FORGOTTEN["events"](member_id=f"m{n}") for n in range(6)]
    headers = stream.headers("m1", "system")
    asked = ("GET", "/api/questions/events.list"), ("POST", "/api/commands/events.publish"), ("GET", "/api/facts")
    await stream.tell(forgotten[0])
    async with stream.read("since=1") as reader, stream.read() as silent:
        assert await reader.take(1) == [1]
        stream.nats.server.kill()
        await eventually(lambda: not stream.ekkyo.nc.is_connected)
        for method, path in asked:
            body = {"json": {"event_id": "e1"}} if method == "POST" else {}
            said = await stream.http.request(method, path, headers=headers, **body)
            assert (path, said.status_code, said.headers["retry-after"]) == (path, 503, "5")
            assert said.json()["code"] in ("unavailable", "no_answer")
        stream.nats.server.restart()
        await stream.tell(*forgotten[1:4])
        assert await reader.take(3) == [2, 3, 4]
        assert await silent.take(3) == [2, 3, 4]
        assert reader.pings
    async with stream.read(last=2) as reader:
        assert await reader.take(2) == [3, 4]
        await stream.tell(forgotten[4])
        assert await reader.take(1) == [5]


async def test_a_stream_ends_with_its_token_and_when_the_portal_stops_and_leaves_room_for_the_next(
    stream: Stream, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ekkyo_portal.api.facts.LEEWAY", 0)
    monkeypatch.setattr("ekkyo.wire.tokens.LEEWAY", 0)
    async with stream.read(token=stream.token("seats", "system", ttl=2)) as reader:
        await reader.rest()
    await stream.none_open()
    async with AsyncExitStack() as several:
        for _ in range(OF_ONE):
            await several.enter_async_context(stream.read())
        assert await stream.refused("", stream.headers()) == (429, "too_many_streams")
        async with stream.read("", "another", "system"):
            pass
    await stream.none_open()
    async with stream.read() as reader:
        await stream.facts.end()
        await reader.rest()
    assert await stream.refused("", stream.headers()) == (503, "unavailable")


async def test_a_reader_that_does_not_read_is_held_back_and_gets_everything_in_the_end(
    stream: Stream, monkeypatch: pytest.MonkeyPatch
) -> None:
    number, made, line = 200, list[Fact](), facts_module.line

    def long(fact: Fact, form: Any) -> str:
        made.append(fact)
        return f":{' ' * 150_000}\n{line(fact, form)}"

    monkeypatch.setattr(facts_module, "line", long)
    async with await stream.nats.connect("events") as nc:
        js = nc.jetstream()
        for n in range(number):
            message = wire.fact_message(
                FORGOTTEN["events"](member_id=f"m{n}"),
                owner="events",
                revision=1,
                n=0,
                time=utcnow(),
                actor=None,
                traceparent=None,
            )
            await js.publish_async(message.subject, message.body, headers=message.headers)
        await js.publish_async_completed()
    async with stream.read("since=1") as reader:
        assert await reader.take(1) == [1]
        before = -1
        while before != len(made):  # it takes no more once the connection's buffers are full
            before = len(made)
            await asyncio.sleep(0.5)
        assert before < number
        assert await reader.take(number - 1) == list(range(2, number + 1))
