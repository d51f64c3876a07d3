"""Registrations through the events service against a bare FastStream echo, in one run.

A rush goes to one event of 300 seats, a spread to 500 events.
"""

import json
from datetime import timedelta
from typing import Any

from ekkyo.client import Ekkyo
from ekkyo.clock import utcnow
from ekkyo.contracts.base import new_id
from ekkyo.contracts.events import DraftEvent, EventDetails, GetEvent, PublishEvent, RegisterForEvent

from bench.load import Measured, drive
from bench.stage import Stage, stage
from bench.table import Row, ratio

MEMBERS, SEATS, EVENTS = 5000, 300, 500
ROUNDS = 3


async def run() -> list[Row]:
    """Interleaved: echo, rush, spread, and again."""
    sides: dict[str, list[Measured]] = {"echo": [], "rush": [], "spread": []}
    async with stage() as on, on.service("events"), on.floor("echo"), on.client() as ekkyo:
        await _rush(ekkyo, 500)  # warm
        for _ in range(ROUNDS):
            sides["echo"].append(await _echo(on, ekkyo))
            sides["rush"].append(await _rush(ekkyo, MEMBERS))
            sides["spread"].append(await _spread(ekkyo))
    return [
        Row.of("bare FastStream echo", sides["echo"]),
        Row.of(f"rush: {MEMBERS} members, {SEATS} seats", sides["rush"], ratio(sides["rush"], sides["echo"])),
        Row.of(f"spread over {EVENTS} events", sides["spread"], ratio(sides["spread"], sides["echo"])),
    ]


async def _echo(on: Stage, ekkyo: Ekkyo) -> Measured:
    headers: dict[str, Any] = {"Authorization": f"Bearer {on.keys.token('bench', 'system')}"}

    async def ask(body: bytes) -> None:
        await ekkyo.nc.request("ekkyo.cmd.events.echo", body, timeout=30, headers=headers)

    return await drive([json.dumps(_wish("e", n)).encode() for n in range(MEMBERS)], ask)


def _wish(event_id: str, n: int) -> dict[str, str]:
    return {"event_id": event_id, "member_id": f"member-{n}", "registration_id": f"wish-{n}"}


async def _published(ekkyo: Ekkyo, capacity: int) -> str:
    event_id, starts_at = new_id(), utcnow() + timedelta(days=30)
    details = EventDetails(title="Rush", format="online", capacity=capacity)
    draft = DraftEvent(event_id=event_id, community_id="bench", details=details, starts_at=starts_at,
                       ends_at=starts_at + timedelta(hours=1))  # fmt: skip
    await ekkyo.send(draft)
    await ekkyo.send(PublishEvent(event_id=event_id))
    return event_id


async def _register(ekkyo: Ekkyo, wish: dict[str, str]) -> None:
    await ekkyo.send(RegisterForEvent(**wish), within=60)


async def _rush(ekkyo: Ekkyo, members: int) -> Measured:
    event_id = await _published(ekkyo, SEATS)
    found = await drive([_wish(event_id, n) for n in range(members)], lambda wish: _register(ekkyo, wish))
    event = await ekkyo.ask(GetEvent(event_id=event_id))
    assert (event.confirmed, event.waitlisted) == (min(SEATS, members), max(0, members - SEATS)), "oversold"
    return found


async def _spread(ekkyo: Ekkyo) -> Measured:
    events = [await _published(ekkyo, SEATS) for _ in range(EVENTS)]
    return await drive([_wish(events[n % EVENTS], n) for n in range(MEMBERS)], lambda wish: _register(ekkyo, wish))
