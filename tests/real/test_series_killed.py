"""The events service killed while it carries changes of a series out: each event takes each change once, in order."""

import asyncio
from datetime import timedelta

from ekkyo.contracts.events import (
    EventDetails,
    EventFact,
    EventPublished,
    EventRevised,
    PlanSeries,
    ReviseSeries,
    SeriesPlanned,
    SeriesRevised,
)
from ekkyo.decision.clock import utcnow

from tests.real.installation import Installation, insist
from tests.real.killing import chances, quiet, told_once_and_in_order

AGAIN = 2.0
"""Seconds after which what a killed process held is told again."""
DATES, CHANGES = 40, 5
DETAILS = EventDetails(title="もくもく会", format="onsite", place="本社", capacity=20)


async def test_a_series_is_carried_out_once_however_often_the_service_is_killed(installation: Installation) -> None:
    await installation.provision("events", ack_wait=AGAIN)
    process, chance = await installation.process("events"), chances()
    client = await installation.client("boss", "steward")
    starts = f"{utcnow() + timedelta(days=3):%Y-%m-%d}T18:00"
    rule = f"FREQ=DAILY;COUNT={DATES}"
    plan = PlanSeries(series_id="s1", community_id="c1", details=DETAILS, starts=starts, minutes=60, rule=rule)
    titles = [f"もくもく会 {n}" for n in range(CHANGES)]
    changes = [
        ReviseSeries(series_id="s1", change_id=f"ch{n}", details=DETAILS.model_copy(update={"title": title}))
        for n, title in enumerate(titles)
    ]
    process.start()
    for command in (plan, *changes):
        process.proxies.after(chance.randint(4, 60), process.kill, before=chance.random() < 0.5)
        sent = asyncio.create_task(insist(client, command))
        await asyncio.wait_for(process.dead.wait(), 60)
        process.proxies.disarm()
        process.start()
        await sent
    await quiet(installation, "events")
    facts = await installation.facts("events")
    told_once_and_in_order(facts, silent={"s1": 2 * CHANGES + 2})
    assert len([fact for fact in facts if isinstance(fact, EventPublished)]) == DATES
    assert len([fact for fact in facts if isinstance(fact, SeriesPlanned)]) == 1
    whole = [fact.change_id for fact in facts if isinstance(fact, SeriesRevised)]
    for event_id in {fact.event_id for fact in facts if isinstance(fact, EventFact)}:
        own = [fact for fact in facts if isinstance(fact, EventRevised) and fact.event_id == event_id]
        taken = [fact.series_change for fact in own]
        assert taken == sorted(set(taken)), "in order, each once"
        assert not own or own[-1].event.title == titles[-1]
    assert whole == sorted(set(whole))
