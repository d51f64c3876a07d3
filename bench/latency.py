"""From a command to its fact in a consumer's hands, at a steady 200 commands a second, spread over 20 events.

An open loop: each command has its time, and what is late counts from that time, not from when it was sent at last. The
floor in the same run: a bare publish to the same stream, heard by a bare pull consumer, at the same pace. Wanted: half
within 20 ms, 99 of 100 within 100 ms.
"""

import asyncio
import os
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from statistics import median, quantiles

from ekkyo.client import Ekkyo
from ekkyo.contracts.base import new_id
from ekkyo.contracts.events import RegisterForEvent, RegistrationConfirmed
from nats.aio.client import Client
from nats.errors import TimeoutError as NatsTimeout
from nats.js.api import AckPolicy, ConsumerConfig, DeliverPolicy

from bench.installation import installation
from bench.registrations import published

PER_SECOND, SECONDS, ROUNDS, EVENTS = 200, float(os.environ.get("BENCH_SECONDS", "15")), 3, 20
FLOOR = "ekkyo.fact.events.nothing"


@dataclass(frozen=True)
class Late:
    """Milliseconds after which so many of a hundred had arrived."""

    p50: float
    p99: float
    most: float


Send = Callable[[str, int], Awaitable[object]]


async def run() -> str:
    sides: dict[str, list[Late]] = {"floor": [], "command": []}
    async with installation() as on, on.service("events"), on.client() as ekkyo, on.client() as hearer:
        events = [await published(ekkyo, 20_000) for _ in range(EVENTS)]
        bare = await on.nats.connect("events")

        async def publish(id: str, n: int) -> None:
            await bare.jetstream().publish(f"{FLOOR}.{n % EVENTS}", b"{}", headers={"id": id})

        async def register(id: str, n: int) -> None:
            await ekkyo.send(RegisterForEvent(event_id=events[n % EVENTS], member_id=id, registration_id=id))

        for seconds in (2.0, *[SECONDS] * ROUNDS):
            floor, ours = (
                await _steadily(publish, lambda: _heard_bare(hearer.nc), seconds),
                await _steadily(register, lambda: _heard(hearer), seconds),
            )
            if seconds == SECONDS:  # before, it was warming up
                sides["floor"].append(floor)
                sides["command"].append(ours)
        await bare.close()
    lines = ["|  | p50 ms | p99 ms | longest ms | p99 of each round |", "| --- | ---: | ---: | ---: | ---: |"]
    names = {"floor": "bare publish to a bare pull consumer", "command": "command to fact"}
    for side, rounds in sides.items():
        p50, p99, most = (median(getattr(r, what) for r in rounds) for what in ("p50", "p99", "most"))
        each = " ".join(f"{r.p99:.0f}" for r in rounds)
        lines.append(f"| {names[side]} | {p50:.1f} | {p99:.1f} | {most:.0f} | {each} |")
    return "\n".join(lines) + f"\n\n{PER_SECOND} a second for {SECONDS:.0f} s, {ROUNDS} times, in turn."


async def _steadily(send: Send, hear: Callable[[], "AsyncIterator[AsyncIterator[str]]"], seconds: float) -> Late:
    """Send at this pace, whatever becomes of what was sent, and hear all of it."""
    due: dict[str, float] = {}
    late: list[float] = []
    count = int(PER_SECOND * seconds)

    async def listen(ids: AsyncIterator[str]) -> None:
        async for id in ids:
            late.append(1000 * (time.perf_counter() - due[id]))
            if len(late) == count:
                return

    async with hear() as ids:
        listening, sending = asyncio.create_task(listen(ids)), []
        began = time.perf_counter() + 0.1
        for n in range(count):
            when, id = began + n / PER_SECOND, new_id()
            due[id] = when
            await asyncio.sleep(max(0.0, when - time.perf_counter()))
            sending.append(asyncio.create_task(send(id, n)))
        await asyncio.gather(*sending)
        async with asyncio.timeout(30):
            await listening
    cuts = quantiles(late, n=100)
    return Late(cuts[49], cuts[98], max(late))


@asynccontextmanager
async def _heard(hearer: Ekkyo) -> AsyncIterator[AsyncIterator[str]]:
    """Through the client, as another system hears facts."""

    async def ids() -> AsyncIterator[str]:
        async for fact in hearer.facts(RegistrationConfirmed):
            yield fact.member_id

    reading = ids()
    first = asyncio.create_task(anext(reading))
    await asyncio.sleep(0.5)  # until it reads: only what is new is heard

    async def all_of_them() -> AsyncIterator[str]:
        yield await first
        async for id in reading:
            yield id

    yield all_of_them()
    await reading.aclose()


@asynccontextmanager
async def _heard_bare(nc: Client) -> AsyncIterator[AsyncIterator[str]]:
    js, name = nc.jetstream(), f"floor-{new_id()}"
    config = ConsumerConfig(
        name=name,
        filter_subject=f"{FLOOR}.*",
        ack_policy=AckPolicy.NONE,
        deliver_policy=DeliverPolicy.NEW,
        mem_storage=True,
        inactive_threshold=30,
    )
    await js.add_consumer("FACTS", config)
    pulled = await js.pull_subscribe_bind(durable=name, stream="FACTS", inbox_prefix=b"_INBOX.outside.")

    async def ids() -> AsyncIterator[str]:
        while True:
            try:
                for msg in await pulled.fetch(1, timeout=1):
                    yield (msg.headers or {})["id"]
            except NatsTimeout:
                continue

    reading = ids()
    yield reading
    await reading.aclose()
    await pulled.unsubscribe()
