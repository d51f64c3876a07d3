"""Pages of the portal on a local stack with the demo's data and two dozen coming events: CPU, times, bytes, rosters.

CPU is the portal's own, page by page, one at a time, after notify has sent the mails of the new events. Times are of an
open loop of 50 pages a second, all of these pages in turn, each from when it was due. The floor in the same run, under
the same load: a Starlette application that asks one question by hand, reads nothing of the answer, and sends the HTML
of the first page ([floors/page.py](../floors/page.py)). Then 500 browsers of ten leaders have a roster open and members
are checked in: from the command until the stream has brought all of them the new roster, compressed. Wanted: 4 ms of
CPU a page, p99 60 ms, 60 kB at first and 15 kB next, 150 MB, 300 ms.

All of it runs on the same processors: browsers, portal, services and servers. `BENCH_STACK` names the folder of a demo
that runs already.
"""

import asyncio
import os
import re
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from itertools import cycle, islice
from pathlib import Path
from statistics import median, quantiles

from ekkyo.client import Ekkyo
from ekkyo.contracts.base import new_id
from ekkyo.contracts.events import CheckIn, DraftEvent, EventDetails, ListEvents, PublishEvent, RegisterForEvent
from ekkyo.contracts.members import FindMembers, GrantRole, Identify
from ekkyo.contracts.notify import NotifyStatus
from ekkyo.contracts.surveys import MySurveys
from ekkyo.decision.clock import utcnow
from ekkyo.installation.embedded import script
from ekkyo_cli.connection import connected
from ekkyo_cli.local.folder import PORTAL, Folder
from ekkyo_cli.local.parts import environ_of
from ekkyo_portal.signin.sessions import LASTS, PURPOSE
from ekkyo_portal.signin.signed import Signed

from bench.browsing import Browser, steadily
from bench.installation import FLOORS, running
from bench.load import cpu_seconds, resident

PER_SECOND, SECONDS, ROUNDS, EACH = 50, float(os.environ.get("BENCH_SECONDS", "8")), 3, 30
COMING, EXPECTED, ROSTERS, LEADERS, AT_ONCE, CHECK_INS = 24, 40, 500, 10, 32, 5
QUIET = 5.0
"""Seconds in which notify sends nothing when it has sent everything."""
REVISION, ROSTER = re.compile(r'data-revision="(\d+)"'), re.compile(r"event: roster\nid: (\d+)\n")
ROOT = Path(__file__).parent.parent


@dataclass(frozen=True)
class World:
    """A stack, and who opens which page. cookies: by who they are."""

    folder: Folder
    port: int
    pid: int
    cookies: dict[str, str]
    pages: dict[str, tuple[str, str]]
    """By its name: who opens it, and its path."""
    event_id: str
    expected: list[str]

    def browser(self, who: str) -> Browser:
        return Browser(self.port, self.cookies[who])


@dataclass(frozen=True)
class Floor:
    port: int
    pid: int


async def run() -> str:
    """Linux only: it looks into /proc."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    async with demo() as folder, connected(folder.path, roles=("system", "portal")) as ekkyo:
        on = await furnished(folder, ekkyo)
        await at_rest(ekkyo)
        async with floor(on) as bare:
            cpu = await _cpu(on, bare)
            times = await _times(on, bare)
        return "\n\n".join([_pages(cpu, await _bytes(on)), times, await _rosters(on, ekkyo)])


@asynccontextmanager
async def demo() -> AsyncIterator[Folder]:
    """A stack on which the demo's season was played."""
    if there := os.environ.get("BENCH_STACK"):
        yield Folder.at(Path(there))
        return
    with tempfile.TemporaryDirectory(prefix="ekkyo-bench-") as folder:
        stack = str(Path(folder) / "stack")
        play = [sys.executable, "-m", "ekkyo_cli.demo", "--keep", "--dir", stack]
        try:
            await asyncio.to_thread(subprocess.run, play, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
            yield Folder.at(Path(stack))
        finally:
            subprocess.run([script("ekkyo"), "down", "--dir", stack], check=False, stdout=subprocess.DEVNULL)


async def furnished(folder: Folder, ekkyo: Ekkyo) -> World:
    """Events to come, one of which begins within the hour, with people who have a seat there."""
    leader = (await ekkyo.ask(FindMembers(role="leader", limit=1))).members[0].member_id
    steward = (await ekkyo.ask(FindMembers(steward=True, limit=1))).members[0].member_id
    community = (await ekkyo.ask(Identify(member_id=leader))).leads[0]
    people = [m.member_id for m in (await ekkyo.ask(FindMembers(community_id=community, limit=500))).members]
    people = [one for one in people if one not in (leader, steward)]
    events = [new_id() for _ in range(COMING)]
    for n, event_id in enumerate(events):
        start = utcnow() + timedelta(minutes=50, hours=7 * n)
        details = EventDetails(title=f"もくもく会 第{n + 1}回", format="online", url_follows=True, capacity=60)
        end = start + timedelta(hours=1)
        await ekkyo.send(DraftEvent(event_id=event_id, community_id=community, details=details, starts_at=start,
                                    ends_at=end))  # fmt: skip
        await ekkyo.send(PublishEvent(event_id=event_id))
        for member_id in people[: EXPECTED if n == 0 else 3]:
            wish = RegisterForEvent(event_id=event_id, member_id=member_id, registration_id=new_id())
            await ekkyo.send(wish)
    state, signed = folder.state(), Signed.read(folder.session_key)
    assert state
    assert state.parts[PORTAL].process
    whom = {"member": people[0], "leader": leader, "steward": steward}
    for n, member_id in enumerate(people[-LEADERS:]):
        await ekkyo.send(GrantRole(member_id=member_id, community_id=community))
        whom[f"leader {n}"] = member_id
    whom["respondent"], survey_id = await respondent(ekkyo, people)
    cookies = {
        who: f"ekkyo={signed.make(PURPOSE, {'sub': member_id}, now=utcnow(), lasts=LASTS)}"
        for who, member_id in whom.items()
    }
    past = await ekkyo.ask(ListEvents(community_id=community, status=["concluded"], limit=1))
    pages = {
        "what is coming": ("member", "/"),
        "a month": ("member", "/month"),
        "an event": ("member", f"/e/{events[0]}"),
        "a community": ("member", f"/c/{community}"),
        "a survey": ("respondent", f"/s/{survey_id}"),
        "my page": ("member", "/me"),
        "my messages": ("member", "/me/messages"),
        "writing an event": ("leader", f"/c/{community}/events/new"),
        "results of an event": ("leader", f"/e/{past.events[0].event_id}/results"),
        f"a roster of {EXPECTED}": ("leader", f"/e/{events[0]}/roster"),
        "people": ("steward", "/people"),
    }
    return World(folder, state.web, state.parts[PORTAL].process.pid, cookies, pages, events[0], people[:EXPECTED])


async def respondent(ekkyo: Ekkyo, people: Iterable[str]) -> tuple[str, str]:
    """Somebody who was invited to a survey, and that survey."""
    for member_id in people:
        if invited := (await ekkyo.ask(MySurveys(member_id=member_id))).surveys:
            return member_id, invited[0].survey.survey_id
    raise LookupError("the demo invited none of them to a survey")


async def at_rest(ekkyo: Ekkyo) -> None:
    """Wait until notify has sent the mails of the new events."""
    before, now = None, await ekkyo.ask(NotifyStatus())
    while now != before:
        await asyncio.sleep(QUIET)
        before, now = now, await ekkyo.ask(NotifyStatus())


@asynccontextmanager
async def floor(on: World) -> AsyncIterator[Floor]:
    """The floor, as the portal's user of NATS."""
    state = on.folder.state()
    assert state
    page = on.folder.path / "floor.html"
    page.write_text((await on.browser("member").get("/")).text)
    question = ListEvents(status=["published"], starts_from=utcnow(), limit=48)
    environment = environ_of(on.folder, PORTAL, state.ports()) | {
        "FLOOR_PAGE": str(page),
        "FLOOR_TOKEN": on.folder.token(on.expected[0], [], 800),
        "FLOOR_SUBJECT": ListEvents.subject,
        "FLOOR_QUESTION": question.model_dump_json(),
    }
    async with running([sys.executable, str(FLOORS / "page.py")], environment) as one:
        assert one.stdout
        yield Floor(int(await asyncio.to_thread(one.stdout.readline)), one.pid)


async def _cpu(on: World, bare: Floor) -> dict[str, list[float]]:
    """Milliseconds of CPU a page, one value for each round. Each round has all pages, and the floor."""
    found: dict[str, list[float]] = {"floor": [], **{name: [] for name in on.pages}}
    for n in range(ROUNDS + 1):
        for name, values in found.items():
            who, path = on.pages.get(name, ("member", "/"))
            browser, pid = (on.browser(who), on.pid) if name in on.pages else (Browser(bare.port), bare.pid)
            before = cpu_seconds(pid)
            for _ in range(EACH):
                page = await browser.get(path)
                assert page.status == 200, f"{path}: {page.status}"
            browser.close()
            if n:  # the first one warms up
                values.append(1000 * (cpu_seconds(pid) - before) / EACH)
    return found


async def _bytes(on: World) -> dict[str, tuple[int, int]]:
    """By page: bytes with all it loads, and without what a browser keeps from then on."""
    found: dict[str, tuple[int, int]] = {}
    for name, (who, path) in on.pages.items():
        browser = on.browser(who)
        page = await browser.get(path)
        loaded = [(await browser.get(file)).sent for file in page.files if not file.endswith("/jsqr.js")]
        found[name] = (page.sent + sum(loaded), page.sent)
        browser.close()
    return found


def _pages(cpu: dict[str, list[float]], sizes: dict[str, tuple[int, int]]) -> str:
    lines = ["| page | CPU ms | lowest to highest | × floor | kB at first | kB next |",
             "| --- | ---: | ---: | ---: | ---: | ---: |"]  # fmt: skip
    for name, values in cpu.items():
        times = median(a / b for a, b in zip(values, cpu["floor"], strict=True))
        first, after = (f"{size / 1000:.1f}" for size in sizes[name]) if name in sizes else ("", "")
        spread = f"{min(values):.1f} to {max(values):.1f}"
        lines.append(f"| {name} | {median(values):.1f} | {spread} | {times:.1f} | {first} | {after} |")
    return "\n".join(lines)


async def _times(on: World, bare: Floor) -> str:
    """Rounds of floor and portal in turn."""
    ours = [(on.browser(who), path) for who, path in islice(cycle(on.pages.values()), AT_ONCE)]
    theirs = [(Browser(bare.port), "/") for _ in range(AT_ONCE)]
    sides: dict[str, list[list[float]]] = {"floor": [], "the portal's pages": []}
    for n, seconds in enumerate((2.0, *[SECONDS] * ROUNDS)):
        for name, browsers in (("floor", theirs), ("the portal's pages", ours)):
            took = await steadily(cycle(browsers), PER_SECOND, seconds)
            if n:  # the first one warms up
                sides[name].append([*(quantiles(took, n=100)[at] for at in (49, 98)), max(took)])
    for browser, _ in (*ours, *theirs):
        browser.close()
    lines = [f"| {PER_SECOND} a second | p50 ms | p99 ms | longest ms | p99 of each round | p99 × floor |",
             "| --- | ---: | ---: | ---: | ---: | ---: |"]  # fmt: skip
    for name, rounds in sides.items():
        times = median(a[1] / b[1] for a, b in zip(rounds, sides["floor"], strict=True))
        half, most = (median(one[at] for one in rounds) for at in (0, 1))
        each = " ".join(f"{one[1]:.0f}" for one in rounds)
        longest = max(one[2] for one in rounds)
        lines.append(f"| {name} | {half:.1f} | {most:.1f} | {longest:.0f} | {each} | {times:.1f} |")
    return "\n".join(lines)


async def _rosters(on: World, ekkyo: Ekkyo) -> str:
    """Check-ins while many look at the roster."""
    before, shown, sizes = resident(on.pid), [], set()
    arrivals: asyncio.Queue[tuple[float, int, int]] = asyncio.Queue()
    path = f"/e/{on.event_id}/roster"
    since = int(REVISION.findall((await on.browser("leader").get(path)).text)[0])

    async def look(who: str) -> None:
        async for text, size in on.browser(who).told(f"{path}/live?since={since}"):
            if found := ROSTER.match(text):
                arrivals.put_nowait((time.perf_counter(), int(found[1]), size))

    async with asyncio.TaskGroup() as group:
        watching = []
        for n in range(ROSTERS):
            watching.append(group.create_task(look(f"leader {n % LEADERS}")))
            await asyncio.sleep(0.01)
        await asyncio.sleep(5)
        opened = resident(on.pid)
        for member_id in on.expected[:CHECK_INS]:
            began, used = time.perf_counter(), cpu_seconds(on.pid)
            await ekkyo.send(CheckIn(event_id=on.event_id, member_id=member_id))
            async with asyncio.timeout(60):
                there = [await arrivals.get() for _ in range(ROSTERS)]
            assert len({revision for _, revision, _ in there}) == 1, "each has this roster, and none twice"
            sizes |= {size for _, _, size in there}
            shown.append((1000 * (max(at for at, _, _ in there) - began), 1000 * (cpu_seconds(on.pid) - used)))
            await asyncio.sleep(1)
        after = resident(on.pid)
        for task in watching:
            task.cancel()
    cpu = median(used for _, used in shown)
    return "\n".join([
        f"| {ROSTERS} open rosters | |",
        "| --- | ---: |",
        f"| MB before, while open, after {CHECK_INS} check-ins | {before:.0f}, {opened:.0f}, {after:.0f} |",
        f"| all were sent the new roster after ms | {' '.join(f'{one:.0f}' for one, _ in shown)} |",
        f"| kB of a new roster, as it is sent | {max(sizes) / 1000:.1f} |",
        f"| the portal's CPU for a check-in, ms | {cpu:.0f} |",
    ])  # fmt: skip
