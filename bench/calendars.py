"""A member's calendar of 1,000 events, as a calendar program reads it through the portal's HTTP door on a local stack.

CPU is the portal's own, from the request to the compressed answer: four questions to the events service, whose answers
are read and written as iCalendar. Then the same calendar asked for with its ETag, which is answered “unchanged”. The
floor in the same run: a Starlette application that asks the first of these questions by hand, reads nothing of the
answer, and sends the same text, compressed for each request ([floors/page.py](../floors/page.py)). Wanted: less than
100 ms.
"""

import asyncio
import os
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from statistics import median

import httpx
from ekkyo.client import Ekkyo
from ekkyo.contracts.base import new_id
from ekkyo.contracts.events import DraftEvent, EventDetails, GetCalendar, PublishEvent, RegisterForEvent
from ekkyo.contracts.members import Charter, FoundCommunity, JoinCommunity, MakeCalendarAddress, Profile, RegisterMember
from ekkyo.decision.clock import utcnow
from ekkyo.installation.embedded import LOOPBACK, script
from ekkyo_cli.connection import connected
from ekkyo_cli.local.folder import PORTAL, Folder
from ekkyo_cli.local.parts import environ_of
from ekkyo_portal.calendars import secrets
from ekkyo_portal.calendars.routes import PAGE

from bench.browsing import Browser
from bench.installation import FLOORS, running
from bench.load import cpu_seconds
from bench.portal import at_rest

EVENTS = int(os.environ.get("BENCH_EVENTS", "1000"))
ROUNDS, EACH = 3, 6
"""With the first round, which warms up, 49 requests: a member may make 60 in a row."""
AT_ONCE = 32
ABOUT = "表計算の基本から、日々の作業を自動化するところまで、手を動かしながら学びます。\n持ち物: ノートPC。 " * 3
"""200 characters, as descriptions have."""


async def run() -> str:
    """Linux only: it looks into /proc."""
    async with local_stack() as folder, connected(folder.path, roles=("system", "portal")) as ekkyo:
        member_id, secret = await furnished(folder, ekkyo)
        await at_rest(ekkyo)
        state = folder.state()
        assert state
        portal = state.parts[PORTAL].process
        assert portal
        path = f"/calendar/{secret}.ics"
        browser = Browser(state.web, "")
        first = await browser.get(path)
        assert first.text.count("BEGIN:VEVENT") == EVENTS, first.text[:200]
        tag = await tag_of(state.web, path)
        async with floor(folder, member_id, first.text) as (bare_port, bare_pid):
            bare = Browser(bare_port)
            sides = {
                "floor": (bare_pid, bare, "/", "", 200),
                f"{EVENTS} events": (portal.pid, browser, path, "", 200),
                "asked again, unchanged": (portal.pid, browser, path, f"if-none-match: {tag}\r\n", 304),
            }
            cpu: dict[str, list[float]] = {name: [] for name in sides}
            sent: dict[str, int] = {}
            for n in range(ROUNDS + 1):
                for name, (pid, reads, where, more, status) in sides.items():
                    before = cpu_seconds(pid)
                    for _ in range(EACH):
                        page = await reads.get(where, more)
                        assert page.status == status, f"{name}: {page.status}"
                        sent[name] = page.sent
                    if n:  # the first one warms up
                        cpu[name].append(1000 * (cpu_seconds(pid) - before) / EACH)
            bare.close()
        browser.close()
    lines = ["| calendar | CPU ms | lowest to highest | × floor | kB sent |", "| --- | ---: | ---: | ---: | ---: |"]
    for name, values in cpu.items():
        times = median(a / b for a, b in zip(values, cpu["floor"], strict=True))
        spread = f"{min(values):.0f} to {max(values):.0f}"
        lines.append(f"| {name} | {median(values):.0f} | {spread} | {times:.1f} | {sent[name] / 1000:.1f} |")
    return "\n".join(lines) + f"\n\nThe text has {len(first.text.encode()) / 1000:.0f} kB."


@asynccontextmanager
async def local_stack() -> AsyncIterator[Folder]:
    """A stack of its own, with nothing in it."""
    with tempfile.TemporaryDirectory(prefix="ekkyo-bench-") as folder:
        stack, ekkyo = Path(folder) / "stack", script("ekkyo")
        up = [ekkyo, "up", "--detach", "--dir", str(stack)]
        await asyncio.to_thread(subprocess.run, up, check=True, stdout=subprocess.DEVNULL)
        try:
            yield Folder.at(stack)
        finally:
            subprocess.run([ekkyo, "down", "--dir", str(stack)], check=False, stdout=subprocess.DEVNULL)


async def furnished(folder: Folder, ekkyo: Ekkyo) -> tuple[str, str]:
    """A member with a seat at each of the events to come, half of them onsite, and the secret of their calendar."""
    member_id, community, secret = new_id(), new_id(), secrets.new()
    charter = Charter(objective="Learn", who="All", what="Talks", how="Weekly", figures=["100 attendances"])
    await ekkyo.send(FoundCommunity(community_id=community, name="表計算の会", rules="Ask.", charter=charter))
    profile = Profile(number="0001", name="藤田 真由美", email="fujita@example.co.jp", department="営業部")
    await ekkyo.send(RegisterMember(member_id=member_id, profile=profile))
    await ekkyo.send(JoinCommunity(member_id=member_id, community_id=community))
    waiting = iter(range(EVENTS))

    async def work() -> None:
        for n in waiting:
            event_id, start = new_id(), utcnow() + timedelta(days=1, hours=8 * n)
            where = {"format": "onsite", "place": "本社 3F"} if n % 2 else {"format": "online", "url_follows": True}
            details = EventDetails.model_validate(
                {"title": f"もくもく会 第{n + 1}回", "description": ABOUT, "capacity": 60, **where}
            )
            draft = {"event_id": event_id, "community_id": community, "starts_at": start}
            await ekkyo.send(DraftEvent(**draft, details=details, ends_at=start + timedelta(hours=1)))
            await ekkyo.send(PublishEvent(event_id=event_id))
            wish = RegisterForEvent(event_id=event_id, member_id=member_id, registration_id=new_id())
            await ekkyo.send(wish)

    await asyncio.gather(*(work() for _ in range(AT_ONCE)))
    own = ekkyo.with_token(folder.token(member_id, [], 800))
    await own.send(MakeCalendarAddress(member_id=member_id, digest=secrets.digest(secret)))
    return member_id, secret


async def tag_of(port: int, path: str) -> str:
    """The calendar's ETag."""
    async with httpx.AsyncClient() as http:
        return (await http.get(f"http://{LOOPBACK}:{port}{path}")).headers["etag"]


@asynccontextmanager
async def floor(folder: Folder, member_id: str, text: str) -> AsyncIterator[tuple[int, int]]:
    """The floor, as the portal's user of NATS: its port and its process."""
    state, page = folder.state(), folder.path / "floor.ics"
    assert state
    page.write_text(text)
    question = GetCalendar(member_id=member_id, starts_from=utcnow(), limit=PAGE)
    environment = environ_of(folder, PORTAL, state.ports()) | {
        "FLOOR_PAGE": str(page),
        "FLOOR_TOKEN": folder.token(member_id, [], 800),
        "FLOOR_SUBJECT": GetCalendar.subject,
        "FLOOR_QUESTION": question.model_dump_json(),
    }
    async with running([sys.executable, str(FLOORS / "page.py")], environment) as one:
        assert one.stdout
        yield int(await asyncio.to_thread(one.stdout.readline)), one.pid
