"""What the events service can be asked to tell of events, registrations and outputs."""

import asyncio
import secrets
from typing import Any

from ekkyo.broker import Router, Who, asked
from ekkyo.contracts.events import (
    AnswersPage,
    CalendarPage,
    DoorWord,
    EventPage,
    EventState,
    Figures,
    GetAnswers,
    GetCalendar,
    GetDoorWord,
    GetEvent,
    GetFigures,
    GetOverbookingAdvice,
    GetRegistrationForm,
    GetRoster,
    GetSeries,
    GetTables,
    ListEvents,
    ListInvitees,
    MyEvents,
    MyEventsPage,
    MyRegistration,
    MyRegistrationAnswer,
    MyTable,
    MyTableAnswer,
    OverbookingAdvice,
    Overlap,
    PreviewInvitation,
    PreviewSeries,
    PreviewSeriesRule,
    RegistrationForm,
    RosterPage,
    SeriesAnswer,
    SeriesDates,
    SeriesRulePreview,
    Tables,
)
from ekkyo.contracts.events.invitation import InvitationPreview, InviteePage
from ekkyo.decision.clock import utcnow

from ekkyo_events import model
from ekkyo_events.model import listing, telling
from ekkyo_events.questions.hosts import run_by
from ekkyo_events.store import AllSeries, Doors, Events, KnownPeople, RulesKnown, chosen, heard_of, seen_of

router = Router()
AT_ONCE = 20
"""Events whose seats are read at the same time for the figures."""


@router.subscriber(**asked(GetEvent))
async def get(ask: GetEvent, events: Events, who: Who) -> EventState:
    """One event."""
    event, seat = await events.entry(ask.event_id, who.sub)
    return telling.told_to(telling.known_to(event, who, seat), who, seat)


@router.subscriber(**asked(ListEvents))
async def list_events(ask: ListEvents, events: Events, who: Who) -> EventPage:
    """Events by start time."""
    sort = "-starts_at" if ask.newest_first else "starts_at"
    found = await seen_of(events, listing.listed(ask, who), who, sort=sort, after=ask.after, limit=ask.limit + 1)
    ids = [event.id for event in found]
    mine = await events.find_entries({"key": who.sub, "document_id": {"$in": ids}}, limit=len(ids)) if ids else []
    waits = listing.waits_for(found[: ask.limit], mine)
    waiting = {"document_id": {"$in": waits}, "status": "waitlisted"}
    return listing.page(ask, found, mine, await events.find_entries(waiting, limit=0) if waits else [], who)


@router.subscriber(**asked(GetRoster))
async def roster(ask: GetRoster, events: Events, people: KnownPeople, who: Who) -> RosterPage:
    """Who is registered, waits, withdrew, came or did not."""
    event = await run_by(ask.event_id, events, people, who)
    where = telling.on_roster(event, ask.status)
    seats = await events.entries(event.id, where=where, after=ask.after, limit=ask.limit + 1)
    waits = sorted({seat.status for seat in seats} & {"waitlisted", "applied"})
    waiting = await events.entries(event.id, where={"status": {"$in": waits}}) if waits else []
    ids = sorted({seat.group_id for seat in seats if seat.group_id})
    groups = await events.entries(event.id, where={"group_id": {"$in": ids}}) if ids else []
    return telling.roster(event, seats, waiting, ask.limit, groups)


@router.subscriber(**asked(MyRegistration))
async def my_registration(ask: MyRegistration, events: Events, who: Who) -> MyRegistrationAnswer:
    """A member's own place at an event, and why they still wait."""
    found, seat = await events.entry(ask.event_id, ask.member_id)
    event = telling.known_to(found, who, seat)
    who.must_lead(event.community_id, or_is=ask.member_id)
    waits = seat is not None and seat.status == "waitlisted"
    waiting = await events.entries(event.id, where={"status": "waitlisted"}) if waits else []
    group = await events.entries(event.id, where={"group_id": seat.group_id}) if seat and seat.group_id else []
    overlaps = await _overlaps(event, ask.member_id, events, who)
    return telling.my_registration(event, seat, waiting, who, overlaps, group)


async def _overlaps(event: model.Event, member_id: str, events: Events, who: Who) -> list[Overlap]:
    if not telling.may_overlap(event, member_id, who, now=utcnow()):
        return []
    held = await events.find_entries({"key": member_id, "status": {"$in": telling.HOLDS}}, limit=0)
    if all(seat.document_id == event.id for seat in held):
        return []
    found = await events.find(telling.overlapping(event, held), sort="starts_at", limit=10)
    return telling.overlaps(found, held)


@router.subscriber(**asked(GetRegistrationForm))
async def registration_form(ask: GetRegistrationForm, events: Events, who: Who) -> RegistrationForm:
    """What members are asked when they register."""
    event, seat = await events.entry(ask.event_id, who.sub)
    return model.form(telling.known_to(event, who, seat))


@router.subscriber(**asked(GetAnswers))
async def answers(ask: GetAnswers, events: Events, who: Who) -> AnswersPage:
    """What members answered: one, or all."""
    found, seat = await events.entry(ask.event_id, who.sub)
    event = model.may_see_answers(telling.known_to(found, who, seat), ask, who)
    where: dict[str, Any] = {"status": {"$in": list(model.HAS_ANSWERS)}}
    if ask.member_id:
        where["key"] = {"$in": [ask.member_id]}
    return model.told_answers(
        event, ask, await events.entries(event.id, where=where, after=ask.after, limit=ask.limit + 1), who
    )


@router.subscriber(**asked(GetTables))
async def tables(ask: GetTables, events: Events, who: Who) -> Tables:
    """Who sits where."""
    event = telling.led_by(await events.get(ask.event_id), who)
    seated = await events.entries(event.id, where={"status": {"$in": model.AT_TABLES}}) if event.seating else []
    return model.told_tables(event, seated)


@router.subscriber(**asked(MyTable))
async def my_table(ask: MyTable, events: Events, who: Who) -> MyTableAnswer:
    """Where a member sits, and with whom."""
    found, seat = await events.entry(ask.event_id, ask.member_id)
    event = telling.known_to(found, who, seat)
    who.must_lead(event.community_id, or_is=ask.member_id)
    where = {"status": {"$in": model.AT_TABLES}, "table": seat.table if seat else None}
    there = await events.entries(event.id, where=where) if seat and seat.table else []
    return model.my_table(event, seat, there)


@router.subscriber(**asked(MyEvents))
async def mine(ask: MyEvents, events: Events, who: Who) -> MyEventsPage:
    """The events at which a member has or had a place."""
    seats = await events.find_entries({"key": ask.member_id, "status": {"$in": telling.HAS_OR_HAD}}, limit=0)
    where = listing.mine(ask, seats, now=utcnow())
    sort = "starts_at" if ask.upcoming else "-starts_at"
    found = await events.find(where, sort=sort, after=ask.after, limit=ask.limit + 1) if seats else []
    waits = listing.waits_for(found[: ask.limit], seats)
    waiting = {"document_id": {"$in": waits}, "status": "waitlisted"}
    line = await events.find_entries(waiting, limit=0) if waits else []
    hosts = model.hosted(ask.member_id, now=utcnow())
    hosted = await events.find(hosts, sort="starts_at", limit=ask.limit) if ask.hosted else []
    return listing.my_events(ask, found, seats, line, hosted, who)


@router.subscriber(**asked(GetCalendar))
async def calendar(ask: GetCalendar, events: Events, who: Who) -> CalendarPage:
    """What a member's calendar programs show."""
    every = {"key": ask.member_id, "status": {"$in": telling.IN_CALENDAR}}
    seats = [] if ask.community_id else await events.find_entries(every, limit=0)
    where = telling.in_calendar(ask, seats)
    found = await seen_of(events, where, who, sort="starts_at", after=ask.after, limit=ask.limit + 1)
    if ask.community_id and found:
        there = {"key": ask.member_id, "document_id": {"$in": [event.id for event in found]}}
        seats = await events.find_entries(there, limit=0)
    return telling.calendar(ask, found, seats, who)


@router.subscriber(**asked(GetDoorWord))
async def door_word(ask: GetDoorWord, events: Events, doors: Doors, people: KnownPeople, who: Who) -> DoorWord:
    """The word to show at the door. Who asks first makes the secret that all words of the event come from."""
    event = model.has_a_door(await run_by(ask.event_id, events, people, who))
    secret = secrets.token_hex(32)
    door = await doors.create(event.id, lambda found: model.door(found, event.id, secret=secret))
    return model.word_now(door, now=utcnow())


@router.subscriber(**asked(GetFigures))
async def figures(ask: GetFigures, events: Events) -> Figures:
    """What came of a community's concluded events."""
    concluded = await events.find(telling.concluded(ask), limit=0)
    counted: list[tuple[model.Event, list[model.Seat]]] = []
    for at in range(0, len(concluded), AT_ONCE):
        some = concluded[at : at + AT_ONCE]
        seats = await asyncio.gather(*(events.entries(event.id) for event in some))
        counted += zip(some, seats, strict=True)
    return model.figures(ask.community_id, counted)


@router.subscriber(**asked(GetOverbookingAdvice))
async def overbooking_advice(ask: GetOverbookingAdvice, events: Events, who: Who) -> OverbookingAdvice:
    """How far to overbook an event, from what became of registrations at past events of its kind."""
    event = telling.led_by(await events.get(ask.event_id), who)
    past = await events.find(model.past_of(event, utcnow()), sort="-starts_at", limit=model.LOOKED_AT)
    uncounted = model.uncounted(past)
    counted = await events.find_entries(uncounted, limit=0) if uncounted else []
    return await asyncio.to_thread(model.advice, event, past, counted, ask)  # it computes for up to half a second


@router.subscriber(**asked(ListInvitees))
async def invitees(ask: ListInvitees, events: Events, who: Who) -> InviteePage:
    """Who is invited to an event."""
    event = telling.led_by(await events.get(ask.event_id), who)
    return model.invitee_page(
        event, await events.entries(event.id, {"invited": True}, after=ask.after, limit=ask.limit + 1), ask.limit
    )


@router.subscriber(**asked(PreviewInvitation))
async def preview_invitation(
    ask: PreviewInvitation, events: Events, people: KnownPeople, rules: RulesKnown, who: Who
) -> InvitationPreview:
    """Whom an invitation would reach."""
    event = telling.led_by(await events.get(ask.event_id), who)
    members = await chosen(event, ask, events, people, rules)
    seats = await events.find_entries({"document_id": event.id, "key": {"$in": members}}, limit=0)
    return model.preview_invitation(event, seats, ask, members, people=await heard_of(members, people))


@router.subscriber(**asked(PreviewSeries))
async def preview_series(ask: PreviewSeries) -> SeriesDates:
    """The dates that a series would have."""
    return model.preview_series(ask, now=utcnow())


@router.subscriber(**asked(PreviewSeriesRule))
async def preview_series_rule(ask: PreviewSeriesRule, series: AllSeries, events: Events, who: Who) -> SeriesRulePreview:
    """What another rule would do to the events of a series."""
    found, now = await series.get(ask.series_id), utcnow()
    coming = await events.find(model.not_over(found, now), sort="starts_at", limit=0) if found else []
    there = {"document_id": {"$in": [event.id for event in coming]}, "status": {"$in": model.HAS_A_PLACE}}
    seats = await events.find_entries(there, limit=0) if coming else []
    return model.preview_rule(found, coming, seats, ask, who=who, now=now)


@router.subscriber(**asked(GetSeries))
async def get_series(ask: GetSeries, series: AllSeries, events: Events, who: Who) -> SeriesAnswer:
    """A series with its events that are not over."""
    found, regular = await series.entry(ask.series_id, who.sub)
    coming = await events.find(model.not_over(found, utcnow()), sort="starts_at", limit=0) if found else []
    mine = {"key": who.sub, "document_id": {"$in": [event.id for event in coming]}}
    seats = await events.find_entries(mine, limit=0) if coming else []
    waits = listing.waits_for(coming, seats)
    waiting = {"document_id": {"$in": waits}, "status": "waitlisted"}
    line = await events.find_entries(waiting, limit=0) if waits else []
    return model.tell_series(found, coming, regular, seats, line, who)
