"""The live desk: facts are read once, a new roster is made once and sent to all who may see it, while they may."""

import asyncio
import json
import zlib
from dataclasses import dataclass, field, replace
from types import SimpleNamespace
from typing import Any

import pytest
from ekkyo.contracts.base import Refused
from ekkyo.contracts.events import GetEvent, GetRoster
from ekkyo.contracts.members import FindMembers
from ekkyo_portal.lead import live as lead_live
from ekkyo_portal.lead.live import PING, Changes, live, told
from ekkyo_portal.signin import identities
from ekkyo_portal.signin.here import of
from ekkyo_portal.site import Site
from starlette.requests import Request

from tests.portal.leading import NO
from tests.portal.making import LEADER, NOW, STEWARD, Answering, Standing, opened, settings
from tests.portal.pictures import in_english
from tests.portal.test_events_pages import event
from tests.portal.test_lead_desk import LISTED, at_the_desk
from tests.portal.whole import identity


class Facts:
    """Facts about events that a test tells."""

    def __init__(self):
        self.queues, self.opened, self.closed = {}, 0, 0
        self.heard = asyncio.Event()

    async def hear(self, event_id):
        self.opened += 1
        queue = self.queues[event_id] = asyncio.Queue()
        self.heard.set()
        try:
            while True:
                yield await queue.get()
        finally:
            self.closed += 1

    async def tell(self, event_id, revision):
        await asyncio.wait_for(self.heard.wait(), 10)
        await self.queues[event_id].put(type("Fact", (), {"event": event(revision=revision)}))


@dataclass
class Desks:
    """A portal whose event e1 is looked at; its streams are read here as they are written."""

    revision: int = 6
    facts: Facts = field(default_factory=Facts)
    standing: Standing = field(default_factory=Standing)

    def __post_init__(self) -> None:
        self.changes = Changes(self.facts.hear)
        self.answering = Answering({**at_the_desk(), **dict.fromkeys((GetEvent, GetRoster), self.answer)})
        self.site = Site(settings(), self.answering, self.standing, clock=lambda: NOW, changes=self.changes)
        self.all: list[Any] = []

    def answer(self, question: Any) -> Any:
        return at_the_desk(*LISTED[:3], revision=self.revision)[type(question)]

    async def visit(self, visitor: Any, query: str = "since=6", **headers: str) -> Any:
        self.standing.visitor_now = visitor
        named = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
        scope = {"type": "http", "method": "GET", "path": "/e/e1/roster/live", "query_string": query.encode()}
        return await self.site.visit(Request({**scope, "server": ("x", 80), "headers": named, "path_params": {}}))

    async def open(self, visitor: Any, query: str = "since=6", **headers: str) -> Any:
        """A stream that has begun."""
        response = await live(await self.visit(visitor, query, **headers), "e1")
        self.all.append(stream := aiter(response.body_iterator))
        return stream

    async def change(self) -> None:
        self.revision += 1
        await self.facts.tell("e1", self.revision)

    async def close(self) -> None:
        for stream in self.all:
            await stream.aclose()


@pytest.fixture
async def desks():
    made = Desks()
    yield made
    await made.close()
    assert made.changes.read == 0


def roster_in(sent: bytes) -> tuple[int, str]:
    kind, at, data, *end = sent.decode().split("\n")
    assert (kind, end) == ("event: roster", ["", ""])
    return int(at.removeprefix("id: ")), json.loads(data.removeprefix("data: "))["parts"]["desk"]


async def test_a_new_roster_is_made_once_and_sent_to_all_who_look_and_read_alike(desks):
    elsewhere = replace(LEADER, member_id="jiro", leads=frozenset({"it", "other"}))
    streams = [await desks.open(LEADER if n % 2 else elsewhere) for n in range(20)]
    streams += [await desks.open(in_english(LEADER)), await desks.open(STEWARD)]
    assert {await anext(stream) for stream in streams} == {b"retry: 2000\n\n"}
    for times in (1, 2):
        waiting = [asyncio.create_task(anext(stream)) for stream in streams]
        await asyncio.sleep(0)
        await desks.change()
        got = [roster_in(sent) for sent in await asyncio.gather(*waiting)]
        assert len({page for _, page in got[:20]}) == 1
        assert "林 舞" in got[0][1]
        assert f'data-revision="{desks.revision}"' in got[0][1]
        assert {at for at, _ in got} == {desks.revision}
        assert "Undo" in got[20][1]
        assert len(desks.answering.sent(GetRoster)) == 3 * times
        assert [q.community_id for q in desks.answering.sent(FindMembers)].count(None) == times
    assert (desks.facts.opened, desks.changes.read) == (1, 1)
    await desks.close()
    await asyncio.sleep(0)
    assert (desks.facts.closed, desks.changes.read) == (1, 0)


async def test_a_stream_is_compressed_in_pieces_that_can_be_read_as_they_arrive_and_ends_whole(desks):
    streams = [await desks.open(LEADER, accept_encoding=coding) for coding in ("gzip, br", "identity")]
    reading, text = zlib.decompressobj(16 + zlib.MAX_WBITS), b""
    for n in range(3):
        waiting = [asyncio.create_task(anext(stream)) for stream in streams]
        if n:
            await asyncio.sleep(0)
            await desks.change()
        packed, plain = await asyncio.gather(*waiting)
        assert reading.decompress(packed) == plain
        assert len(packed) < len(plain) or len(plain) < 100
        text += plain
    await desks.changes.end()
    rest = b"".join([sent async for sent in streams[0]])
    reading.decompress(rest)
    assert reading.eof, "its length and its checksum are right"
    assert text.count(b"event: roster") == 2


async def test_a_page_that_is_behind_gets_the_roster_at_once_and_one_that_is_not_gets_none(desks):
    behind = [await desks.open(LEADER, "since=5"), await desks.open(LEADER, "since=6", last_event_id="3")]
    for stream in behind:
        await anext(stream)
        assert roster_in(await anext(stream))[0] == 6
    level = await desks.open(LEADER)
    await anext(level)
    waiting = asyncio.create_task(anext(level))
    await asyncio.sleep(0.02)
    assert not waiting.done()
    await desks.change()
    assert roster_in(await waiting)[0] == 7


async def test_changes_soon_after_each_other_are_told_together(desks):
    stream = await desks.open(LEADER)
    await anext(stream)
    waiting = asyncio.create_task(anext(stream))
    await asyncio.sleep(0)
    for _ in range(5):
        await desks.change()
    assert roster_in(await waiting)[0] == 11
    assert len(desks.answering.sent(GetRoster)) <= 2


@pytest.mark.parametrize("then", [NO, replace(LEADER, leads=frozenset()), None])
async def test_who_leads_no_more_sees_no_roster_a_minute_later(desks, then):
    visit = await desks.visit(LEADER)
    stream = told(visit, event("e1"), desks.changes.of("e1"), trusted=0)
    await anext(stream)
    waiting = asyncio.create_task(anext(stream))
    await desks.change()
    await waiting
    desks.standing.visitor_now = then
    waiting = asyncio.create_task(anext(stream))
    await asyncio.sleep(0)
    await desks.change()
    with pytest.raises(StopAsyncIteration):
        await waiting
    assert len(desks.answering.sent(GetRoster)) == 1
    with pytest.raises(Refused):
        await desks.open(NO)


@pytest.mark.parametrize(
    "waits", [[15.0], [14.9], [0.15], [15.0, 9.9, 15.0, 14.9, 15.0], [15.0, 15.0, 9.9, 3.9, 15.0]], ids=str
)
async def test_a_stream_ends_within_a_minute_after_its_reader_may_see_it_no_more(desks, monkeypatch, waits):
    """Also where nothing happens, and where something does just before it would be asked: on a clock of its own."""
    clock = [1000.0]
    monkeypatch.setattr(lead_live, "time", SimpleNamespace(monotonic=lambda: clock[0]))
    monkeypatch.setattr(identities.Identities.__init__, "__defaults__", (lambda: clock[0],))
    now = [identity("taro", leads=["it"])]

    async def answer(*_: Any, **__: Any) -> Any:
        return now[0]

    members = SimpleNamespace(ask=answer)
    members.with_token = lambda _token: members
    known = identities.Identities(members, lambda: "")

    async def visitor(_request: Request) -> Any:
        found = await known.of("taro")
        return of(found) if found and found.active else None

    desks.standing.visitor = visitor

    async def happens() -> Any:
        revision = 6
        while True:
            for wait in waits:
                clock[0] += wait
                revision += wait < PING
                yield revision if wait < PING else None

    visit = await desks.visit(None)
    now[0] = identity("taro", active=False)  # at the moment after it was asked
    async for _ in told(visit, event("e1"), happens(), alone=True):
        assert clock[0] < 1060
    assert clock[0] <= 1060


async def test_pages_ask_for_themselves_when_the_roster_cannot_be_had_and_when_they_do_not_say_what_they_show(desks):
    before, away = await desks.open(LEADER, ""), await desks.open(LEADER)
    desks.answering.replies[GetRoster] = Refused("no_answer", "x", 503)
    for stream in (before, away):
        await anext(stream)
    assert await anext(before) == b"event: changed\ndata: 6\n\n"
    waiting = [asyncio.create_task(anext(stream)) for stream in (before, away)]
    await asyncio.sleep(0)
    await desks.change()
    assert set(await asyncio.gather(*waiting)) == {b"event: changed\ndata: 7\n\n"}


async def test_a_stream_pings_ends_by_itself_and_ends_when_the_process_stops():
    facts = Facts()
    changes = Changes(facts.hear)
    assert {one async for one in changes.of("e1", within=0.05, ping=0.03)} == {None}
    assert changes.read == 0
    stream = changes.of("e1")
    waiting = asyncio.create_task(anext(stream))
    await asyncio.sleep(0.01)
    await changes.end()
    with pytest.raises(StopAsyncIteration):
        await waiting


async def test_a_reading_that_fails_is_begun_again(monkeypatch):
    facts, tries = Facts(), []

    async def hear(event_id):
        tries.append(event_id)
        if len(tries) == 1:
            raise ConnectionError("gone")
        async for fact in facts.hear(event_id):
            yield fact

    real = asyncio.sleep
    monkeypatch.setattr("ekkyo_portal.lead.live.asyncio.sleep", lambda _: real(0))
    changes = Changes(hear)
    stream = changes.of("e1")
    waiting = asyncio.create_task(anext(stream))
    await real(0.02)
    await facts.tell("e1", 3)
    assert await waiting == 3
    await stream.aclose()


async def test_after_a_change_a_roster_is_made_once_for_all_leaders_who_look_at_it():
    facts = Facts()
    changes = Changes(facts.hear)
    part = {"headers": {"x-part": "desk"}}
    async with opened(at_the_desk(), LEADER, changes=changes) as browser:
        stream = changes.of("e1")
        for revision, asked in ((7, 1), (8, 2)):
            waiting = asyncio.create_task(anext(stream))
            await facts.tell("e1", revision)
            await waiting
            same = [await browser.get("/e/e1/roster", **part) for _ in range(3)]
            assert len({one.text for one in same}) == 1
            assert "山田 健" in same[0].json()["parts"]["desk"]
            assert same[0].headers["content-encoding"] == "gzip"
            plain = await browser.get("/e/e1/roster", headers={"x-part": "desk", "accept-encoding": "identity"})
            assert "content-encoding" not in plain.headers
            assert plain.json() == same[0].json()
            assert len(browser.answering.sent(GetRoster)) == asked
        other = replace(LEADER, leads=frozenset({"other"}))
        assert (await browser.as_(other).get("/e/e1/roster", **part)).status_code == 403
        await browser.as_(STEWARD).get("/e/e1/roster", **part)
        assert len(browser.answering.sent(GetRoster)) == 4
        await browser.as_(LEADER).get("/e/e1/roster?q=ken", **part)
        assert len(browser.answering.sent(GetRoster)) == 5
        await stream.aclose()


async def test_a_roster_that_could_not_be_had_is_not_shared():
    facts = Facts()
    changes = Changes(facts.hear)
    replies = at_the_desk()
    there = replies.pop(GetRoster)
    async with opened(replies, LEADER, changes=changes) as browser:
        stream = changes.of("e1")
        waiting = asyncio.create_task(anext(stream))
        await facts.tell("e1", 7)
        await waiting
        part = {"headers": {"x-part": "desk"}}
        assert (await browser.get("/e/e1/roster", **part)).status_code == 503
        browser.answering.replies[GetRoster] = there
        assert (await browser.get("/e/e1/roster", **part)).status_code == 200
        await stream.aclose()
