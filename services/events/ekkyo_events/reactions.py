"""What the events service does when a timer is due, and on hearing of members."""

import asyncio
from collections.abc import Awaitable

from ekkyo.broker import Router, due, told
from ekkyo.contracts.members import (
    CharterRevised,
    CommunityFounded,
    MemberDeactivated,
    MemberErased,
    MemberFact,
    MemberJoined,
    MemberLeft,
    MemberReactivated,
    MemberRegistered,
    ProfileChanged,
    RulesAccepted,
)
from ekkyo.decision.clock import utcnow

from ekkyo_events import model
from ekkyo_events.store import AllSeries, Departures, Events, KnownPeople, RulesKnown, decided, knowing, missed_draws

router = Router()
AT_ONCE = 20
"""Events of a series that a change is carried out in at the same time."""


@router.subscriber(**due(model.ReminderTimer))
async def remind(timer: model.ReminderTimer, events: Events) -> None:
    """Remind those who have a seat, a day before the event."""
    await events.change(timer.id, lambda e, seats: model.remind(e, seats, timer, now=utcnow()))


@router.subscriber(**due(model.EndTimer))
async def end(timer: model.EndTimer, events: Events) -> None:
    """Conclude an event that nobody concluded by its end."""
    await events.change(timer.id, lambda e, seats: model.end(e, seats, timer))


@router.subscriber(**due(model.DrawTimer))
async def draw(timer: model.DrawTimer, events: Events, people: KnownPeople) -> None:
    """Draw the places of an event by lot, step by step: each is saved before the next is decided."""
    event = await events.get(timer.id)
    missed = await missed_draws(event, events) if event and model.is_to_be_closed(event) else {}
    over, looked_up = False, list[str]()
    while not over:
        over = await decided(
            timer.id,
            (),
            people,
            events,
            lambda e, seats, known: model.draw(e, seats, timer, people=known, missed=missed, now=utcnow()),
            looked_up=looked_up,
        )


@router.subscriber(**due(model.ReleaseTimer))
async def release(timer: model.ReleaseTimer, events: Events, people: KnownPeople) -> None:
    """Give seats that were kept for some to those who wait longest."""
    await decided(
        timer.id,
        (),
        people,
        events,
        lambda e, seats, known: model.release(e, seats, timer, people=known, now=utcnow()),
    )


@router.subscriber(**due(model.ApplicationsTimer))
async def expire(timer: model.ApplicationsTimer, events: Events) -> None:
    """Decline the applications that nobody had decided when the event started."""
    while await events.change(timer.id, lambda e, seats: model.expire(e, seats, timer)):
        pass


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


@router.subscriber(
    **told(
        MemberRegistered, ProfileChanged, MemberJoined, MemberLeft, RulesAccepted, MemberDeactivated, MemberReactivated,
        MemberErased, by="events", name="people", start="beginning",
    )
)  # fmt: skip
async def know_person(fact: MemberFact | MemberErased, people: KnownPeople) -> None:
    """Remember whether a member is active, where they belong, and what counts at a table."""
    await people.put(fact.member_id, fact.meta.revision, model.Person.of(fact))


@router.subscriber(**told(CommunityFounded, CharterRevised, by="events", name="rules", start="beginning"))
async def know_rules(fact: CommunityFounded | CharterRevised, rules: RulesKnown) -> None:
    """Remember the newest version of a community's rules, which its hosts must have accepted."""
    await rules.put(fact.community_id, fact.meta.revision, model.KnownRules.of(fact))


@router.subscriber(**told(MemberDeactivated, MemberErased, MemberLeft, by="events", name="gone", start="beginning"))
async def give_places_back(
    fact: model.Leaving, events: Events, series: AllSeries, people: KnownPeople, departures: Departures
) -> None:
    """Give the places of somebody who left or was erased, at events to come, to those who wait longest.

    That they left is remembered first: from then on no decision gives them a seat.
    """
    await people.put(fact.member_id, fact.meta.revision, model.Person.of(fact))
    if model.is_news(await departures.get(fact.member_id), fact):
        await _give_back(fact.member_id, events, series, people)
        if isinstance(fact, MemberErased):
            await _forget(fact.member_id, events)
    await departures.create(fact.member_id, lambda d: model.departed(d, fact, now=utcnow()))


@router.subscriber(**due(model.DepartureTimer))
async def give_back_again(
    timer: model.DepartureTimer, events: Events, series: AllSeries, people: KnownPeople, departures: Departures
) -> None:
    """Give back what somebody was given while it was being heard that they left."""
    await _give_back(timer.id, events, series, people)
    departure = await departures.get(timer.id)
    if departure and departure.erased:
        await _forget(timer.id, events)


async def _forget(member_id: str, events: Events) -> None:
    """Drop what somebody answered at any event, and what was written to them, also at those that are over."""
    for seat in await events.find_entries({"key": member_id}, limit=0):
        if seat.answers or seat.note or seat.quotas:
            await events.change(
                seat.document_id, lambda e, seats: model.forget_answers(e, seats, member_id), entries=[member_id]
            )


async def _give_back(member_id: str, events: Events, series: AllSeries, people: KnownPeople) -> None:
    for regular in await series.find_entries({"key": member_id, "status": "registered"}, limit=0):
        await knowing(
            [member_id],
            people,
            events,
            lambda beside, known, series_id=regular.document_id: series.change(  # type: ignore[misc]
                series_id,
                lambda s, regulars: model.leave_series(s, regulars, member_id, people=known),
                entries=[member_id],
                beside=beside,
            ),
        )
    concerned = {"key": member_id, "$or": [{"status": {"$in": model.HAS_A_PLACE}}, {"invited": True}]}
    for seat in await events.find_entries(concerned, limit=0):
        await knowing(
            [member_id],
            people,
            events,
            lambda beside, known, event_id=seat.document_id: events.change(  # type: ignore[misc]
                event_id,
                lambda e, seats: model.leave(e, seats, member_id, people=known, now=utcnow()),
                entries=[member_id],
                beside=beside,
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
