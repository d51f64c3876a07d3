"""A broker on a real server, under the permissions that a real service has."""

import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime
from typing import Any

import pytest
import pytest_asyncio
from ekkyo.broker import Broker, Router, consumer_configs, make_broker
from ekkyo.contracts.events import EventPublished, EventState
from ekkyo.service.provision import provision_consumers
from ekkyo.testing import eventually, settled
from ekkyo.testing.keys import Keys
from ekkyo.testing.nats import Nats
from ekkyo.wire import OutMessage, fact_message
from ekkyo.wire.tokens import Verifier

from .hearing import QUICK

Serve = Callable[..., Awaitable[Broker]]
Ask = Callable[..., Awaitable[Any]]


@pytest_asyncio.fixture
async def provisioned(nats: Nats) -> Callable[..., Awaitable[None]]:
    """`await provisioned(router, service)`: what `provision` does for a service."""

    async def provision(router: Router, service: str = "events") -> None:
        streams = {stream for r in router.reactions for stream in (r.stream,)}
        durables = {s: tuple(r.durable for r in router.reactions if r.stream == s) for s in streams}
        await nats.allow(service, durables)
        async with await nats.connect() as ops:
            await provision_consumers(ops.jetstream(), consumer_configs([router]))

    return provision


@pytest_asyncio.fixture
async def make(nats: Nats, keys: Keys) -> AsyncIterator[Callable[..., Broker]]:
    """`make(router, service, **options)`: a broker that is not started, stopped at the test's end."""
    async with contextlib.AsyncExitStack() as until_the_end:

        def made(router: Router, service: str = "events", **options: Any) -> Broker:
            chosen: dict[str, Any] = {
                "retries": QUICK,
                "verifier": Verifier(keys.jwks_file),
                "user": service,
                "reconnect_wait": 0.1,
            }
            broker = make_broker(
                nats.url, service, routers=[router], password=nats.passwords[service], **(chosen | options)
            )
            until_the_end.push_async_callback(broker.stop)
            return broker

        yield made


@pytest_asyncio.fixture
async def serve(make: Callable[..., Broker], provisioned: Callable[..., Awaitable[None]]) -> Serve:
    """`await serve(router, service, **options)`: a provisioned broker that serves."""

    async def start(router: Router, service: str = "events", **options: Any) -> Broker:
        await provisioned(router, service)
        broker = make(router, service, **options)
        await broker.start()
        return broker

    return start


@pytest_asyncio.fixture
async def ask(nats: Nats, token: Callable[..., str]) -> AsyncIterator[Ask]:
    """`await ask(subject, body, roles=["steward"], headers=None)`: a bare request of an outside system."""
    async with await nats.connect("outside", allow_reconnect=True) as nc:

        async def request(
            subject: str, body: bytes, *, roles: tuple[str, ...] = ("steward",), headers: dict[str, str] | None = None
        ) -> Any:
            if headers is None:
                headers = {"Authorization": f"Bearer {token('m-1', *roles)}"}
            return await nc.request(subject, body, headers=headers, timeout=5)

        async def arrived(count: int) -> None:
            """Wait until the server has passed on so many requests."""
            await eventually(lambda: nc.stats["out_msgs"] >= count)
            await settled(nc)

        request.arrived = arrived  # type: ignore[attr-defined]
        yield request


@pytest.fixture
def published() -> Callable[..., OutMessage]:
    """`published(event_id, revision, traceparent)`: the fact that an event was published, ready to be told."""

    def make_fact(event_id: str = "e-1", revision: int = 1, traceparent: str | None = None) -> OutMessage:
        now = datetime.now(UTC)
        state = EventState(
            event_id=event_id,
            community_id="c-1",
            title="もくもく会",
            format="online",
            context="IT",
            capacity=5,
            starts_at=now,
            ends_at=now,
            timezone="Asia/Tokyo",
            status="published",
        )
        fact = EventPublished(event_id=event_id, event=state)
        return fact_message(
            fact, owner="events", revision=revision, n=0, time=now, actor="m-1", traceparent=traceparent
        )

    return make_fact
