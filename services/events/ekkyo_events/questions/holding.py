"""What is held on a member here."""

import asyncio

from ekkyo.broker import Router, Who, asked
from ekkyo.contracts.events import HeldByEvents
from ekkyo.contracts.held import Held
from ekkyo.decision.holding import erased

from ekkyo_events import model
from ekkyo_events.store import AllSeries, Departures, Events, KnownPeople, Outputs

router = Router()


@router.subscriber(**asked(HeldByEvents))
async def held(
    ask: HeldByEvents,
    events: Events,
    series: AllSeries,
    outputs: Outputs,
    people: KnownPeople,
    departures: Departures,
    who: Who,
) -> Held:
    """All that this service holds on a member."""
    one = ask.member_id
    person, departure, seats, regulars = await asyncio.gather(
        people.get(one),
        departures.get(one),
        events.find_entries({"key": one}, limit=0),
        series.find_entries({"key": one}, limit=0),
    )
    hosts, speaks, in_series, wrote, proposed = await asyncio.gather(
        events.find({"hosts": {"$in": [one]}}, limit=0),
        events.find({"speakers": {"$in": [one]}}, limit=0),
        series.find({"speakers": {"$in": [one]}}, limit=0),
        outputs.find({"authors": {"$in": [one]}}, limit=0),
        outputs.find({"proposed_by": one}, limit=0),
    )
    if departure and departure.erased:
        raise erased()
    theirs = sorted({seat.document_id for seat in seats})
    registered = sorted({regular.document_id for regular in regulars})
    at, of = await asyncio.gather(
        events.find({"id": {"$in": theirs}}, limit=0), series.find({"id": {"$in": registered}}, limit=0)
    )
    it = model.OfMember(
        person,
        departure,
        seats,
        {event.id: event for event in at},
        regulars,
        {some.id: some for some in of},
        list({event.id: event for event in [*hosts, *speaks]}.values()),
        in_series,
        list({output.id: output for output in [*wrote, *proposed]}.values()),
    )
    return model.held_on(ask, it, who)
