"""Registrations through the events service against two floors, in one run, 256 at once.

A rush goes to one event of 300 seats, a spread to 500 events. The floors: a bare FastStream echo; and nats-py and Motor
by hand, with one read, one compare-and-replace and one fact for each request, which checks and promises nothing.
CPU is what the one who serves needs for each request; it tells more than the speed where other things run beside.

The portal asks, in the account of the services, and there is no other system. In the row that has one, that system
asks: it has an account of its own with a mirror of FACTS, so nats-server stores every fact twice, and passes requests
and replies from one account to the other. The events service does the same work in both.
"""

import json
from datetime import timedelta
from typing import Any

from ekkyo.client import Ekkyo
from ekkyo.contracts.base import new_id
from ekkyo.contracts.events import DraftEvent, EventDetails, GetEvent, PublishEvent, RegisterForEvent
from ekkyo.decision.clock import utcnow

from bench.installation import Installation, installation
from bench.load import Measured, drive
from bench.table import Row, table

MEMBERS, SEATS, EVENTS = 5000, 300, 500
ROUNDS = 5


async def run() -> str:
    """Interleaved, so that a machine that changes its speed changes all of them."""
    sides: dict[str, list[Measured]] = {"echo": [], "floor": [], "rush": [], "mirrored": [], "spread": []}
    async with (
        installation(outside=False) as on,
        installation() as other,
        on.service("events") as events,
        on.floor("echo") as echo,
        on.floor("handwritten") as handwritten,
        on.client() as ekkyo,
        other.service("events") as mirrored_events,
        other.client() as system,
    ):
        load, mirrored = Load(on, ekkyo), Load(other, system)
        await load.rush(events.pid, 500)  # warm
        await mirrored.rush(mirrored_events.pid, 500)
        for _ in range(ROUNDS):
            sides["echo"].append(await load.echo(echo.pid))
            sides["floor"].append(await load.floor(handwritten.pid))
            sides["rush"].append(await load.rush(events.pid))
            sides["mirrored"].append(await mirrored.rush(mirrored_events.pid))
            sides["spread"].append(await load.spread(events.pid))
    echoed, written = sides["echo"], sides["floor"]
    rows = [
        Row.of("bare FastStream echo", echoed, None, None),
        Row.of("by hand, spread", written, echoed, None),
        Row.of(f"rush: {MEMBERS} members, {SEATS} seats", sides["rush"], echoed, None),
        Row.of("the same rush with one other system that mirrors the facts", sides["mirrored"], echoed, None),
        Row.of(f"spread over {EVENTS} events", sides["spread"], echoed, written),
    ]
    return table(rows, ("echo", "by hand"))


class Load:
    """Requests made beforehand: what makes the load must not take the time of who serves it."""

    def __init__(self, on: Installation, ekkyo: Ekkyo) -> None:
        self._ekkyo = ekkyo
        self._headers: dict[str, Any] = {"Authorization": f"Bearer {on.keys.token('bench', 'system')}"}

    async def echo(self, pid: int) -> Measured:
        return await self._ask("ekkyo.cmd.events.echo", [wish("e", n) for n in range(MEMBERS)], pid)

    async def floor(self, pid: int) -> Measured:
        events = [new_id() for _ in range(EVENTS)]
        wishes = [wish(events[n % EVENTS], n) | {"capacity": SEATS} for n in range(MEMBERS)]
        return await self._ask("ekkyo.cmd.events.floor", wishes, pid)

    async def rush(self, pid: int, members: int = MEMBERS, *, at_most: float | None = None) -> Measured:
        event_id = await published(self._ekkyo, SEATS)
        wishes = [wish(event_id, n) for n in range(members)]
        found = await self._ask(RegisterForEvent.subject, wishes, pid, at_most)
        if at_most is None:
            event = await self._ekkyo.ask(GetEvent(event_id=event_id))
            assert (event.confirmed, event.waitlisted) == (min(SEATS, members), max(0, members - SEATS)), "oversold"
        return found

    async def spread(self, pid: int) -> Measured:
        events = [await published(self._ekkyo, SEATS) for _ in range(EVENTS)]
        return await self._ask(RegisterForEvent.subject, [wish(events[n % EVENTS], n) for n in range(MEMBERS)], pid)

    async def more(self, event_id: str, members: range, pid: int) -> Measured:
        """These members too register for an event."""
        return await self._ask(RegisterForEvent.subject, [wish(event_id, n) for n in members], pid)

    async def _ask(
        self, subject: str, wishes: list[dict[str, Any]], pid: int, at_most: float | None = None
    ) -> Measured:
        nc = self._ekkyo.nc

        async def ask(body: bytes) -> None:
            reply = await nc.request(subject, body, timeout=60, headers=self._headers)
            assert "Nats-Service-Error" not in (reply.headers or {}), reply.data

        return await drive([json.dumps(wish).encode() for wish in wishes], ask, served_by=pid, at_most=at_most)


def wish(event_id: str, n: int) -> dict[str, Any]:
    """What the n-th member asks for."""
    return {"event_id": event_id, "member_id": f"member-{n}", "registration_id": f"wish-{n}"}


async def published(ekkyo: Ekkyo, capacity: int = SEATS) -> str:
    """An event that is open for registration."""
    event_id, starts_at = new_id(), utcnow() + timedelta(days=30)
    details = EventDetails(title="Rush", format="online", url_follows=True, capacity=capacity)
    draft = DraftEvent(event_id=event_id, community_id="bench", details=details, starts_at=starts_at,
                       ends_at=starts_at + timedelta(hours=1))  # fmt: skip
    await ekkyo.send(draft)
    await ekkyo.send(PublishEvent(event_id=event_id))
    return event_id
