"""What the events service does when something is to be carried out in the events of a series."""

import asyncio
from collections.abc import Awaitable

from ekkyo.broker import Router, due
from ekkyo.decision.clock import utcnow

from ekkyo_events import model
from ekkyo_events.store import AllSeries, Events, KnownPeople, knowing

router = Router()
AT_ONCE = 20
"""Events of a series that a change is carried out in at the same time."""


@router.subscriber(**due(model.SeriesTimer))
async def carry_out(timer: model.SeriesTimer, series: AllSeries, events: Events, people: KnownPeople) -> None:
    """Carry out in its events what was decided about a series, and add events to an endless one.

    Each change is told when it is true of every event. What was carried out before this was stopped changes nothing.
    """
    found = await series.change(timer.id, lambda s, regulars: model.extend_series(s, regulars, now=utcnow()))
    for step in found.steps:
        outcomes: list[model.Outcome] = []
        for first in range(step.first, step.last + 1, AT_ONCE):
            some = range(first, min(first + AT_ONCE, step.last + 1))
            outcomes += await asyncio.gather(*(_take(found, step, number, events, people) for number in some))
        if step.regulars:
            outcomes = await _seat_regulars(found, step, outcomes, events, people)
        await series.change(
            timer.id,
            lambda s, regulars, step=step, outcomes=outcomes: model.carried_out(  # type: ignore[misc]
                s, step, outcomes, now=utcnow()
            ),
        )


async def _seat_regulars(
    series: model.Series, step: model.Step, outcomes: list[model.Outcome], events: Events, people: KnownPeople
) -> list[model.Outcome]:
    """Give who is registered for all of a series seats in the events that another rule added: told with the change."""
    after = list(outcomes)
    for at, number in enumerate(range(step.first, step.last + 1)):
        event_id = series.occurrences[number].event_id
        if event_id not in step.made:
            continue
        for member_id, registration_id in step.regulars:
            seat = step.model_copy(update={"kind": "registered", "member_id": member_id, "change_id": registration_id})
            await _take(series, seat, number, events, people)
        after[at] = await _take(series, step, number, events, people)
    return after


def _take(
    series: model.Series, step: model.Step, number: int, events: Events, people: KnownPeople
) -> Awaitable[model.Outcome]:
    """Carry a change of a series out in one of its events."""
    event_id = series.occurrences[number].event_id
    if step.kind in ("planned", "extended") or (step.kind == "repeated" and event_id in step.made):
        return events.create(event_id, model.take(series, step, number, people=model.People(), now=utcnow()))
    if step.member_id is None:
        return knowing(
            (),
            people,
            events,
            lambda beside, known: events.change(
                event_id,
                model.take(series, step, number, people=known, now=utcnow()),
                beside=beside,
            ),
        )
    member_id = step.member_id
    return knowing(
        [member_id],
        people,
        events,
        lambda beside, known: events.change(
            event_id,
            model.seat_of(step, people=known, now=utcnow()),
            entries=[member_id],
            beside=beside,
        ),
    )
