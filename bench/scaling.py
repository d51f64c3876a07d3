"""One, two and four instances of events and of notify: how much they do together, and how evenly it is shared.

events: 5,000 registrations spread over 500 events, and a rush of 5,000 to one, 256 at once; the CPU includes making and
announcing the events. notify: ten events announced to 200 members, whose mails a catcher in this process takes. Shares
are what the busiest and the idlest instance did of an even share. All runs on this one machine: what is to be had
is what its processors leave.
"""

import re
import time
from contextlib import AsyncExitStack
from datetime import timedelta
from typing import Any

import httpx
from ekkyo.contracts.base import Fact, new_id
from ekkyo.contracts.events import EventPublished, EventState
from ekkyo.contracts.members import MemberJoined, Membership, MemberState
from ekkyo.decision.clock import utcnow
from ekkyo.installation.embedded import LOOPBACK, free_port
from ekkyo.publishing import publish
from ekkyo.testing import eventually
from ekkyo.wire import fact_message
from nats.aio.client import Client

from bench.installation import Installation, installation
from bench.load import cpu_seconds
from bench.registrations import EVENTS, MEMBERS, Load
from tests.notify.servers import MailServer

INSTANCES = (1, 2, 4)
READERS, ANNOUNCED = 200, 10


async def run() -> str:
    lines = [
        "| service | instances | what | a second | × one | CPU ms each | busiest and idlest, of an even share |",
        "| --- | ---: | --- | ---: | ---: | ---: | ---: |",
    ]
    first: dict[str, float] = {}
    for count in INSTANCES:
        for service, what, done, took, cpu, shares in [*await _events(count), await _notify(count)]:
            speed = done / took
            first.setdefault(what, speed)
            even = sum(shares) / count
            lines.append(
                f"| {service} | {count} | {what} | {speed:,.0f} | {speed / first[what]:.2f} | {1000 * cpu / done:.2f} "
                f"| {max(shares) / even:.2f} {min(shares) / even:.2f} |"
            )
    return "\n".join(lines)


Line = tuple[str, str, int, float, float, list[float]]
"""Service, what was done, how often, in how many seconds, with how many seconds of CPU, and each instance's part."""


class Instances:
    """So many of one service, provisioned and ready."""

    def __init__(self, on: Installation, name: str, figure: str) -> None:
        self._on, self._name, self._figure = on, name, re.compile(rf"^{figure}(?:{{.*}})? ([\d.e+]+)$", re.MULTILINE)
        self._ports: list[int] = []
        self.pids: list[int] = []

    async def start(self, count: int, opened: AsyncExitStack, **settings: str) -> None:
        await self._on.provision(self._name)
        for _ in range(count):
            port = free_port()
            self._ports.append(port)
            made = self._on.service(self._name, provisioned=True, port=port, **settings)
            self.pids.append((await opened.enter_async_context(made)).pid)

    async def done(self) -> list[float]:
        """What each has done so far, by its own figures."""
        async with httpx.AsyncClient(timeout=30) as http:
            pages = [(await http.get(f"http://{LOOPBACK}:{port}/metrics")).text for port in self._ports]
        return [sum(map(float, self._figure.findall(page))) for page in pages]

    def cpu(self) -> float:
        return sum(map(cpu_seconds, self.pids))


async def _events(count: int) -> list[Line]:
    lines: list[Line] = []
    async with installation() as on, AsyncExitStack() as opened, on.client() as ekkyo:
        services = Instances(on, "events", "ekkyo_request_seconds_count")
        await services.start(count, opened)
        load, pid = Load(on, ekkyo), services.pids[0]
        await load.rush(pid, 500)  # warm
        for what, doing in ((f"spread over {EVENTS} events", load.spread), ("rush to one event", load.rush)):
            before, cpu = await services.done(), services.cpu()
            measured = await doing(pid)
            shares = [now - then for now, then in zip(await services.done(), before, strict=True)]
            lines.append(("events", what, MEMBERS, MEMBERS / measured.per_second, services.cpu() - cpu, shares))
    return lines


async def _notify(count: int) -> Line:
    async with installation() as on, AsyncExitStack() as opened:
        mail = await MailServer().start()
        opened.push_async_callback(mail.stop)
        services = Instances(on, "notify", "ekkyo_delivery_seconds_count")
        await services.start(count, opened, EKKYO_SMTP_URL=mail.url, EKKYO_MAIL_FROM="bench@example.com")
        ops = await on.nats.connect()
        for name in ("warm", "bench"):
            await _tell(on, "members", [_joined(name, n) for n in range(READERS)])
            await eventually(lambda: _heard(ops), 60)
            before, cpu, began = await services.done(), services.cpu(), time.perf_counter()
            wanted = len(mail.contents) + READERS * ANNOUNCED
            await _tell(on, "events", [_announced(name) for _ in range(ANNOUNCED)])
            await eventually(lambda wanted=wanted: len(mail.contents) >= wanted, 120)  # type: ignore[misc]
            took = time.perf_counter() - began
        await ops.close()
        shares = [now - then for now, then in zip(await services.done(), before, strict=True)]
        mails = READERS * ANNOUNCED
        return "notify", f"{mails:,} mails of {ANNOUNCED} events", mails, took, services.cpu() - cpu, shares


async def _heard(ops: Client) -> bool:
    """Whether notify knows everybody it was told of."""
    info = await ops.jetstream().consumer_info("FACTS", "notify-contacts")
    return not info.num_pending and not info.num_ack_pending


async def _tell(on: Installation, owner: str, facts: list[Fact]) -> None:
    """Publish them as their owner does, which does not run here."""
    about: dict[str, Any] = {"owner": owner, "revision": 1, "n": 0, "actor": "bench", "traceparent": None}
    nc = await on.nats.connect(owner)
    await publish(nc.jetstream(), [fact_message(fact, time=utcnow(), **about) for fact in facts])
    await nc.close()


def _joined(community: str, n: int) -> Fact:
    id = new_id()
    member = MemberState(
        member_id=id, number=f"{community}{n}", name=f"社員 {n}", email=f"{community}{n}@example.co.jp",
        department="情報システム部", channels=["mail"], locale="ja", timezone="Asia/Tokyo",
        communities=[Membership(community_id=community, joined_at=utcnow())],
    )  # fmt: skip
    return MemberJoined(member_id=id, member=member, community_id=community)


def _announced(community: str) -> Fact:
    begins = utcnow() + timedelta(days=9)
    event = EventState(
        event_id=new_id(), community_id=community, title="もくもく会", format="online", context="IT", capacity=30,
        status="published", timezone="Asia/Tokyo", starts_at=begins, ends_at=begins + timedelta(hours=1),
    )  # fmt: skip
    return EventPublished(event_id=event.event_id, event=event)
