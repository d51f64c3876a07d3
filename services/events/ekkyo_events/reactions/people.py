"""What the events service does on hearing of members and of rules."""

from collections.abc import Callable

from ekkyo.broker import NotYet, Router, due, told
from ekkyo.contracts.base import Refused
from ekkyo.contracts.members import (
    CharterRevised,
    CommunityFounded,
    MemberDeactivated,
    MemberErased,
    MemberFact,
    MemberJoined,
    MemberLeft,
    MemberMerged,
    MemberReactivated,
    MemberRegistered,
    MergeUndone,
    ProfileChanged,
    RecordAbsorbed,
    RecordReleased,
    RulesAccepted,
)
from ekkyo.decision import Decision, Entries
from ekkyo.decision.clock import utcnow

from ekkyo_events import model
from ekkyo_events.store import AllSeries, Departures, Events, KnownPeople, RulesKnown, decided, knowing

router = Router()


@router.subscriber(
    **told(
        MemberRegistered, ProfileChanged, MemberJoined, MemberLeft, RulesAccepted, MemberDeactivated, MemberReactivated,
        MemberErased, MemberMerged, MergeUndone, RecordAbsorbed, RecordReleased,
        by="events", name="people", start="beginning",
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


@router.subscriber(**told(MemberMerged, MergeUndone, by="events", name="merges", start="beginning"))
async def follow_merge(
    fact: model.Merging, events: Events, series: AllSeries, people: KnownPeople, departures: Departures
) -> None:
    """Make the places of a record that became part of another one that one's; and what came of them its own again.

    That it is a part is remembered first: from then on no decision gives it a place.
    """
    await people.put(fact.member_id, fact.meta.revision, model.Person.of(fact))
    if not model.is_news(await departures.get(fact.member_id), fact):
        return
    if isinstance(fact, MemberMerged):
        await _move(fact.member_id, fact.kept_id, fact.merge_id, events, series, people, departures)
    else:
        await _move_back(fact.member_id, fact.kept_id, events, series, people, departures)
    await departures.create(fact.member_id, lambda d: model.merged(d, fact, now=utcnow()))


@router.subscriber(**due(model.DepartureTimer))
async def give_back_again(
    timer: model.DepartureTimer, events: Events, series: AllSeries, people: KnownPeople, departures: Departures
) -> None:
    """Give back what somebody was given while it was being heard that they left, or move it to whose it is."""
    departure = await departures.get(timer.id)
    if departure and departure.merged_into and departure.merge_id:
        into, merge_id = departure.merged_into, departure.merge_id
        await _move(timer.id, into, merge_id, events, series, people, departures)
        return
    await _give_back(timer.id, events, series, people)
    if departure and departure.erased:
        await _forget(timer.id, events)


async def _forget(member_id: str, events: Events) -> None:
    """Drop what somebody answered at any event, and what was written to them, also at those that are over."""
    for seat in await events.find_entries({"key": member_id}, limit=0):
        if seat.answers or seat.note or seat.quotas:
            await events.change(
                seat.document_id, lambda e, seats: model.forget_answers(e, seats, member_id), entries=[member_id]
            )


async def _move(
    absorbed_id: str,
    kept_id: str,
    merge_id: str,
    events: Events,
    series: AllSeries,
    people: KnownPeople,
    departures: Departures,
) -> None:
    """Move all places of a record to the one that it is a part of, or that this one is a part of by now."""
    while (further := await departures.get(kept_id)) and further.merged_into:
        kept_id = further.merged_into
    for regular in await series.find_entries({"key": absorbed_id, "status": "registered"}, limit=0):
        await series.change(
            regular.document_id,
            lambda s, regulars: model.move_regular(s, regulars, absorbed_id, kept_id),
            entries=[absorbed_id, kept_id],
        )
    hosted = await events.find({"hosts": {"$in": [absorbed_id]}}, limit=0)
    if alone := [event.id for event in hosted if kept_id not in event.hosts]:
        await departures.create(absorbed_id, lambda d: model.hosted_before(d, absorbed_id, alone))
    for event in hosted:
        await events.change(event.id, lambda e, seats: model.move_host(e, absorbed_id, kept_id))
    for seat in await events.find_entries({"key": absorbed_id, "moved": {"$exists": False}}, limit=0):
        await _in_event(
            seat.document_id,
            [absorbed_id, kept_id],
            events,
            people,
            lambda e, seats, known: model.move(e, seats, absorbed_id, kept_id, merge_id, people=known, now=utcnow()),
        )


async def _move_back(
    absorbed_id: str, kept_id: str, events: Events, series: AllSeries, people: KnownPeople, departures: Departures
) -> None:
    for event_id in departure.hosted if (departure := await departures.get(absorbed_id)) else ():
        await events.change(event_id, lambda e, seats: model.move_host(e, kept_id, absorbed_id))
    for regular in await series.find_entries({"key": absorbed_id, "moved_to": {"$exists": True}}, limit=0):
        await series.change(
            regular.document_id,
            lambda s, regulars: model.move_regular_back(s, regulars, absorbed_id),
            entries=[absorbed_id, regular.moved_to or absorbed_id],
        )
    for seat in await events.find_entries({"key": absorbed_id, "moved": {"$exists": True}}, limit=0):
        two = [absorbed_id, seat.moved.to] if seat.moved else [absorbed_id]
        await _in_event(
            seat.document_id,
            two,
            events,
            people,
            lambda e, seats, known: model.move_back(e, seats, absorbed_id, people=known, now=utcnow()),
        )


async def _in_event(
    event_id: str,
    members: list[str],
    events: Events,
    people: KnownPeople,
    decide: Callable[[model.Event, Entries[model.Seat], model.People], Decision[model.Event, None]],
) -> None:
    """Decide about places of an event. While its places are being drawn, later."""
    try:
        await decided(event_id, members, people, events, decide)
    except Refused as no:
        if no.code == "draw_running":
            raise NotYet("the places of an event are being drawn") from no
        raise


async def _give_back(member_id: str, events: Events, series: AllSeries, people: KnownPeople) -> None:
    for event in await events.find({"hosts": {"$in": [member_id]}}, limit=0):
        await decided(
            event.id,
            [member_id],
            people,
            events,
            lambda e, seats, known: model.host_left(e, member_id, known),
            entries=[],
        )
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
