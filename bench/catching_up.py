"""A service that was down while 50,000 facts passed, from its start until it is level again.

notify, with 50,000 people registered and changed by the members service; surveys, with the attendances of 500 events of
99 people, each event then concluded: 500 surveys opened. The facts are made as the services make them and published
with the owner's rights through the services' own outbox, without the services. Memory is the resident set, seen ten
times a second. Wanted: level within 60 s, and memory flat. `BENCH_FACTS` takes another number.
"""

import asyncio
import os
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractAsyncContextManager, nullcontext
from datetime import timedelta
from itertools import islice

from ekkyo.contracts.base import Fact, new_id
from ekkyo.contracts.events import EventConcluded, EventState, MemberAttended
from ekkyo.contracts.members import MemberJoined, MemberRegistered, Membership, MemberState, ProfileChanged
from ekkyo.decision.clock import utcnow
from ekkyo.publishing import publish
from ekkyo.wire import OutMessage, fact_message

from bench.installation import Installation, installation
from bench.load import cpu_seconds, resident

FACTS = int(os.environ.get("BENCH_FACTS", "50000"))
GUESTS = 99
INVITED = [new_id() for _ in range(GUESTS)]
Watch = Callable[[int], AbstractAsyncContextManager[None]]


async def run() -> str:
    lines = [
        "| service | facts | level after s | a second | CPU ms each | MB at first | a quarter | level | highest |",
        "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |",
        await after("notify"),
        await after("surveys"),
    ]
    return "\n".join(lines)


async def after(service: str, watch: Watch = lambda _pid: nullcontext()) -> str:
    """The facts pass, the service comes up, and catches up. watch: what surrounds it from its start on."""
    owner, durable, facts = {
        "notify": ("members", "notify-contacts", people()),
        "surveys": ("events", "surveys-open_after_event", attendances()),
    }[service]
    async with installation() as on:
        await on.provision(service)
        if service == "surveys":
            await _told(on, "members", joined())
        told = await _told(on, owner, facts)
        nc = await on.nats.connect()
        began = time.perf_counter()
        async with on.service(service, provisioned=True) as process, watch(process.pid):
            seen = [resident(process.pid)]
            left, quarter = told, 0.0
            while left:
                await asyncio.sleep(0.1)
                seen.append(resident(process.pid))
                info = await nc.jetstream().consumer_info("FACTS", durable)
                left = (info.num_pending or 0) + (info.num_ack_pending or 0)
                quarter = quarter or (seen[-1] if left < 0.75 * told else 0.0)
            took, cpu = time.perf_counter() - began, cpu_seconds(process.pid)
        await nc.close()
    memory = " | ".join(f"{mb:.0f}" for mb in (seen[0], quarter, seen[-1], max(seen)))
    return f"| {service} | {told:,} | {took:.1f} | {told / took:,.0f} | {1000 * cpu / told:.2f} | {memory} |"


async def _told(on: Installation, owner: str, facts: Iterator[tuple[Fact, int]]) -> int:
    """Publish them as their owner does."""
    nc, told = await on.nats.connect(owner), 0
    while some := [_message(fact, owner, revision) for fact, revision in islice(facts, 500)]:
        await publish(nc.jetstream(), some)
        told += len(some)
    await nc.close()
    return told


def _message(fact: Fact, owner: str, revision: int) -> OutMessage:
    return fact_message(fact, owner=owner, revision=revision, n=0, time=utcnow(), actor="bench", traceparent=None)


def people() -> Iterator[tuple[Fact, int]]:
    """Each is registered, and a later fact changes them."""
    members = [
        MemberState(
            member_id=new_id(), number=f"{n:06}", name=f"社員 {n}", email=f"member{n}@example.co.jp",
            department="情報システム部", channels=["mail"], locale="ja", timezone="Asia/Tokyo",
        )
        for n in range(FACTS // 2)
    ]  # fmt: skip
    for member in members:
        yield MemberRegistered(member_id=member.member_id, member=member), 1
    for member in members:
        changed = member.model_copy(update={"department": "人事部"})
        yield ProfileChanged(member_id=member.member_id, member=changed), 2


def joined() -> Iterator[tuple[Fact, int]]:
    """Those who come are members of the community: nobody else is invited to a survey."""
    place = Membership(community_id="bench", joined_at=utcnow())
    for n, guest in enumerate(INVITED):
        member = MemberState(
            member_id=guest, number=f"{n:06}", name=f"社員 {n}", email=f"guest{n}@example.co.jp", communities=[place],
            department="情報システム部", channels=["mail"], locale="ja", timezone="Asia/Tokyo",
        )  # fmt: skip
        yield MemberJoined(member_id=guest, member=member, community_id="bench"), 1


def attendances() -> Iterator[tuple[Fact, int]]:
    """Events one after another: people are checked in, then it is over."""
    begin = utcnow() - timedelta(hours=2)
    for number in range(FACTS // (GUESTS + 1)):
        event = EventState(
            event_id=new_id(), community_id="bench", title=f"もくもく会 {number}", format="online", context="IT",
            capacity=300, status="published", timezone="Asia/Tokyo", starts_at=begin, ends_at=begin,
        )  # fmt: skip
        for n, guest in enumerate(INVITED, start=1):
            yield MemberAttended(event_id=event.event_id, event=event, member_id=guest, by="check_in"), n
        over = event.model_copy(update={"status": "concluded", "attended": GUESTS})
        yield EventConcluded(event_id=event.event_id, event=over, attended=INVITED, no_shows=[]), GUESTS + 1
