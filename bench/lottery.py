"""A draw of 5,000 entrants for 300 places, from its time until the last of them has been told by a fact.

Everything is in it: the timer, who may come and who missed out before, the list and its hash, the order, the places,
5,000 facts about members and the two about the draw, heard by a consumer. The same members enter one draw after
another, so that each later one looks up more earlier draws of the community. Then the draw is verified from the facts.
With two processors for the service and the servers, it takes about half of the CPU that is theirs together.
"""

import os
import time
from datetime import datetime, timedelta
from pathlib import Path

from ekkyo.client import Ekkyo
from ekkyo.contracts.base import new_id
from ekkyo.contracts.events import (
    DraftEvent,
    DrawClosed,
    DrawHeld,
    EventDetails,
    EventFact,
    PublishEvent,
    RegistrationConfirmed,
    RegistrationWaitlisted,
    SetTerms,
    WantedLottery,
    WantedTerms,
)
from ekkyo.decision.clock import utcnow
from ekkyo_common.draws import verify

from bench.installation import installation
from bench.load import cpu_seconds, resident
from bench.registrations import Load

ENTRANTS, PLACES, DRAWS = 5_000, 300, 4
FILLED = timedelta(seconds=30)
"""In this time all have entered, on a machine that is busy with other things too."""


async def run() -> str:
    lines = [
        "| earlier draws | list closed, s | seed published, s | everybody told, s"
        " | CPU of events, s | with servers, s | verified in, s |",
        "| ---: | ---: | ---: | ---: | ---: | ---: | ---: |",
    ]
    async with installation() as on, on.service("events") as events, on.client() as ekkyo:
        load = Load(on, ekkyo)
        for earlier in range(DRAWS):
            event_id, draws_at = await opened(ekkyo)
            await load.more(event_id, range(ENTRANTS), events.pid)
            cpu, all_cpu = cpu_seconds(events.pid), everything()
            assert utcnow() < draws_at, "not all entered in time"
            closed, held, told = [(when - draws_at).total_seconds() for when in await over(ekkyo, event_id)]
            cpu, all_cpu = cpu_seconds(events.pid) - cpu, everything() - all_cpu
            about = [fact async for fact in ekkyo.facts(EventFact, entity=event_id, since=1, follow=False)]
            began = time.perf_counter()
            verdict = verify(fact for fact in about if isinstance(fact, EventFact))
            took = time.perf_counter() - began
            assert verdict.is_right, verdict
            assert (verdict.entrants, verdict.placed) == (ENTRANTS, PLACES)
            lines.append(
                f"| {earlier} | {closed:.2f} | {held:.2f} | {told:.2f} | {cpu:.2f} | {all_cpu:.2f} | {took:.2f} |"
            )
        memory = resident(events.pid, at_most=True)
    return "\n".join(lines) + f"\n\nThe service had at most {memory:.0f} MB."


async def over(ekkyo: Ekkyo, event_id: str) -> tuple[datetime, datetime, datetime]:
    """When the list was closed, when the seed was published, and when everybody was told."""
    closed = held = utcnow()
    told = 0
    async for fact in ekkyo.facts(
        DrawClosed, DrawHeld, RegistrationConfirmed, RegistrationWaitlisted, entity=event_id, since=1
    ):
        closed = utcnow() if isinstance(fact, DrawClosed) else closed
        held = utcnow() if isinstance(fact, DrawHeld) else held
        told += isinstance(fact, RegistrationConfirmed | RegistrationWaitlisted)
        if told == ENTRANTS:
            break
    return closed, held, utcnow()


def everything() -> float:
    """CPU of the service and both servers so far, in seconds: of all processes that this one started. Linux only."""
    started = Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()
    return sum(cpu_seconds(int(pid)) for pid in started)


async def opened(ekkyo: Ekkyo) -> tuple[str, datetime]:
    """An event whose places are drawn when all have entered, and when that is."""
    event_id, starts_at, draws_at = new_id(), utcnow() + timedelta(days=30), utcnow() + FILLED
    details = EventDetails(title="Draw", format="online", url_follows=True, capacity=PLACES)
    ends_at = starts_at + timedelta(hours=1)
    await ekkyo.send(
        DraftEvent(event_id=event_id, community_id="bench", details=details, starts_at=starts_at, ends_at=ends_at)
    )
    terms = WantedTerms(lottery=WantedLottery(draws_at=draws_at))
    await ekkyo.send(SetTerms(event_id=event_id, terms=terms))
    await ekkyo.send(PublishEvent(event_id=event_id))
    return event_id, draws_at
