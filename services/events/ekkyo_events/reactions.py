"""What the events service does when a timer is due, and on hearing of members."""

from ekkyo.broker import Router, due, told
from ekkyo.contracts.members import (
    MemberDeactivated,
    MemberErased,
    MemberFact,
    MemberJoined,
    MemberLeft,
    MemberReactivated,
)
from ekkyo.decision.clock import utcnow

from ekkyo_events import model
from ekkyo_events.store import Departures, Events, KnownPeople, knowing

router = Router()


@router.subscriber(**due(model.ReminderTimer))
async def remind(timer: model.ReminderTimer, events: Events) -> None:
    """Remind those who have a seat, a day before the event."""
    await events.change(timer.id, lambda e, seats: model.remind(e, seats, timer, now=utcnow()))


@router.subscriber(**due(model.EndTimer))
async def end(timer: model.EndTimer, events: Events) -> None:
    """Conclude an event that nobody concluded by its end."""
    await events.change(timer.id, lambda e, seats: model.end(e, seats, timer))


@router.subscriber(
    **told(
        MemberJoined, MemberLeft, MemberDeactivated, MemberReactivated, MemberErased,
        by="events", name="people", start="beginning",
    )
)  # fmt: skip
async def know_person(fact: MemberFact | MemberErased, people: KnownPeople) -> None:
    """Remember whether a member is active, and where they belong."""
    await people.put(fact.member_id, fact.meta.revision, model.Person.of(fact))


@router.subscriber(**told(MemberDeactivated, MemberErased, MemberLeft, by="events", name="gone", start="beginning"))
async def give_places_back(fact: model.Leaving, events: Events, people: KnownPeople, departures: Departures) -> None:
    """Give the places of somebody who left or was erased, at events to come, to those who wait longest.

    That they left is remembered first: from then on no decision gives them a seat.
    """
    await people.put(fact.member_id, fact.meta.revision, model.Person.of(fact))
    if model.is_news(await departures.get(fact.member_id), fact):
        await _give_back(fact.member_id, events, people)
    await departures.create(fact.member_id, lambda d: model.departed(d, fact, now=utcnow()))


@router.subscriber(**due(model.DepartureTimer))
async def give_back_again(timer: model.DepartureTimer, events: Events, people: KnownPeople) -> None:
    """Give back what somebody was given while it was being heard that they left."""
    await _give_back(timer.id, events, people)


async def _give_back(member_id: str, events: Events, people: KnownPeople) -> None:
    for seat in await events.find_entries({"key": member_id, "status": {"$in": model.HAS_A_PLACE}}, limit=0):
        await knowing(
            [member_id],
            people,
            lambda known, event_id=seat.document_id: events.change(  # type: ignore[misc]
                event_id,
                lambda e, seats: model.withdraw_who_left(e, seats, member_id, people=known, now=utcnow()),
                entries=[member_id],
            ),
        )
