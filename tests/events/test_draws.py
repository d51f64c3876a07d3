"""A draw on real servers: at its time, told, and repeated from the stream."""

import asyncio
from datetime import timedelta
from typing import Any

from ekkyo.contracts.events import (
    DrawHeld,
    EventFact,
    GetEvent,
    MyRegistration,
    PublishEvent,
    RegistrationConfirmed,
    RegistrationWaitlisted,
    SetTerms,
    WantedLottery,
    WantedTerms,
)
from ekkyo.decision.clock import utcnow
from ekkyo_common.draws import verify
from ekkyo_common.earlier import missed_before

MEMBERS = [f"m{n}" for n in range(8)]


async def test_places_are_drawn_at_the_time_and_the_draw_can_be_repeated_from_the_stream(two_instances: Any) -> None:
    scene = two_instances
    first = await drawn(scene, MEMBERS, capacity=3)
    again = await drawn(scene, MEMBERS, capacity=3)
    missed = {fact.member_id for fact in scene.heard.about(first) if isinstance(fact, RegistrationWaitlisted)}
    assert len(missed) == 5
    weights = {line.split(" ")[0]: line.split(" ")[1] for line in closed(scene, again).entrants}
    applied = {fact.registration_id: fact.member_id for fact in scene.heard.about(again) if hasattr(fact, "member_id")}
    assert {applied[unit] for unit, weight in weights.items() if weight == "2"} == missed
    facts = scene.heard.facts
    before = [fact for fact in facts[: facts.index(closed(scene, again))] if isinstance(fact, EventFact)]
    assert verify(scene.heard.about(again), missed_before(before, "c1")).is_right


async def drawn(scene: Any, members: list[str], **details: Any) -> str:
    """An event whose places were drawn among these members."""
    draft = await scene.draft(**details)
    terms = WantedTerms(lottery=WantedLottery(draws_at=utcnow() + timedelta(seconds=2.5)))
    await scene.leads(SetTerms(event_id=draft.event_id, terms=terms))
    event = await scene.leads(PublishEvent(event_id=draft.event_id))
    assert (event.draw.stage, event.draw.seed) == ("open", None)
    places = await asyncio.gather(*(scene.register(event, member) for member in members))
    assert {place.status for place in places} == {"applied"}
    id = event.event_id
    await scene.heard.until(RegistrationConfirmed, id, details["capacity"])
    await scene.heard.until(RegistrationWaitlisted, id, len(members) - details["capacity"])
    [held] = await scene.heard.until(DrawHeld, id)
    verdict = verify(scene.heard.about(id))
    assert verdict.is_right, verdict
    for unit, member in {
        fact.registration_id: fact.member_id for fact in scene.heard.about(id) if hasattr(fact, "member_id")
    }.items():
        mine = await (await scene.as_(member)).ask(MyRegistration(event_id=id, member_id=member))
        assert mine.registration.status == ("confirmed" if unit in held.placed else "waitlisted")
    told = await (await scene.as_("m0")).ask(GetEvent(event_id=id))
    assert (told.draw.stage, told.draw.seed, told.applied) == ("held", held.seed, 0)
    return id


def closed(scene: Any, event_id: str) -> Any:
    return next(fact for fact in scene.heard.about(event_id) if type(fact).__name__ == "DrawClosed")
