"""Who may see what about events and registrations."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, get_args

from ekkyo.contracts.base import Caller
from ekkyo.contracts.events import (
    CalendarEntry,
    CalendarPage,
    EventState,
    GetCalendar,
    GetFigures,
    MyRegistrationAnswer,
    Overlap,
    Registration,
    RegistrationStatus,
    RosterPage,
)

from ekkyo_events.model.arranged.counting import together
from ekkyo_events.model.arranged.quotas import keeps
from ekkyo_events.model.documents import Event, Seat, leads, not_found, registration, state
from ekkyo_events.model.line import place, places
from ekkyo_events.model.visibility import by_invitation, seen

HAS_SEAT = ("confirmed", "attended")
ANNOUNCED = ("published", "cancelled", "concluded")
OPEN = ("published", "cancelled")
"""An event in one of these is over when its end has come."""
IN_CALENDAR = ("confirmed", "waitlisted", "applied", "attended", "no_show", "withdrawn", "declined")
"""Places whose events a member's own calendar shows: of one that was given back or declined, that it is off."""
HOLDS = ("confirmed", "waitlisted", "applied")
"""A place at an event that is to come."""
HAS_OR_HAD = ("confirmed", "waitlisted", "applied", "attended", "no_show")
"""A place that counts as the member's: not one they gave back."""


def known_to(event: Event | None, who: Caller, seat: Seat | None = None) -> Event:
    """The event, if the caller may see it: only its leaders see a draft. seat: theirs."""
    if event is None or not seen(event, who, seat):
        raise not_found()
    return event


def led_by(event: Event | None, who: Caller) -> Event:
    """The event, if the caller leads its community."""
    event = known_to(event, who)
    who.must_lead(event.community_id)
    return event


def told_to(event: Event, who: Caller, seat: Seat | None) -> EventState:
    """The event as this caller sees it: only leaders, hosts and members with a seat see where to join."""
    has_seat = seat is not None and seat.key == who.sub and seat.status in HAS_SEAT
    told = state(event)
    return told if has_seat or who.sub in event.hosts or leads(who, event) else told.model_copy(update={"url": None})


def my_registration(
    event: Event,
    seat: Seat | None,
    waiting: Sequence[Seat],
    who: Caller,
    overlaps: Sequence[Overlap] = (),
    group: Sequence[Seat] = (),
) -> MyRegistrationAnswer:
    """A member's place, and where to join.

    waiting: all who wait. overlaps: the member's other events at that time. group: with whom they registered.
    """
    own = None
    if seat and not seat.only_invited:
        own = standing(event, seat, registration(event, seat, place(seat, waiting), together(seat, group)))
    return MyRegistrationAnswer(
        event=told_to(event, who, seat),
        registration=own,
        overlaps=list(overlaps),
    )


def standing(event: Event, seat: Seat, told: Registration) -> Registration:
    """A seat as it is told, with the quotas that are for its member while seats are kept: for them and for leaders."""
    return told.model_copy(update={"counts_for": seat.quotas}) if seat.quotas and keeps(event) else told


def may_overlap(event: Event, member_id: str, who: Caller, *, now: datetime) -> bool:
    """Whether to look for the member's other events at that time: for themself alone, while it is to come."""
    return who.sub == member_id and event.status == "published" and now < event.ends_at


def overlapping(event: Event, seats: Iterable[Seat]) -> dict[str, Any]:
    """Which of the events where these seats are take place at the same time as this one."""
    others = sorted({seat.document_id for seat in seats} - {event.id})
    at_that_time = {"starts_at": {"$lt": event.ends_at}, "ends_at": {"$gt": event.starts_at}}
    return {"id": {"$in": others}, "status": "published", **at_that_time}


def overlaps(events: Iterable[Event], seats: Iterable[Seat]) -> list[Overlap]:
    """Those events, with what the member has there."""
    held = {
        seat.document_id: seat.status if seat.status == "waitlisted" or seat.status == "applied" else "confirmed"
        for seat in seats
    }
    return [
        Overlap(
            event_id=event.id,
            title=event.title,
            starts_at=event.starts_at,
            ends_at=event.ends_at,
            status=held[event.id],
        )
        for event in events
    ]


def roster(
    event: Event, seats: Sequence[Seat], waiting: Sequence[Seat], limit: int, groups: Sequence[Seat] = ()
) -> RosterPage:
    """A page of members' places. seats: one more than the page holds, if there are more. waiting: who waits or applied.

    groups: all of the groups to which members on the page belong.
    """
    counted = Counter((seat.group_id, seat.status) for seat in groups)
    line = places([seat for seat in waiting if seat.status == "waitlisted"])
    queue = sorted((seat.position, seat.key) for seat in waiting if seat.status == "applied" and seat.position)
    line |= {key: n for n, (_, key) in enumerate(queue, start=1)}
    page = seats[:limit]
    return RosterPage(
        event=state(event),
        registrations=[
            standing(
                event,
                s,
                registration(event, s, line.get(s.key), counted[s.group_id, s.status] if s.group_id else None),
            )
            for s in page
        ],
        next=page[-1].key if len(seats) > limit else None,
    )


def on_roster(event: Event, status: Sequence[str] | None) -> dict[str, Any]:
    """Which of an event's seats its roster holds: not those of members who never answered an invitation."""
    where: dict[str, Any] = {"status": {"$in": list(status)}} if status else {}
    where["moved"] = {"$exists": False}
    if not event.invited:
        return where
    held = [one for one in get_args(RegistrationStatus) if one != "withdrawn"]
    answered = [{"invited": {"$exists": False}}, {"registration_id": {"$gt": ""}}, {"status": {"$in": held}}]
    return {**where, "$or": answered}


def to_look_up(events: Iterable[Event], who: Caller) -> list[str]:
    """The ids of those events that this caller sees only if they are invited or have a place."""
    return [event.id for event in events if by_invitation(event) and not seen(event, who, None)]


def of_seen(events: Iterable[Event], seats: Iterable[Seat], who: Caller) -> list[Event]:
    """Those of the events that the caller sees. seats: theirs."""
    own = {seat.document_id: seat for seat in seats}
    return [event for event in events if not by_invitation(event) or seen(event, who, own.get(event.id))]


def in_calendar(ask: GetCalendar, seats: Iterable[Seat]) -> dict[str, Any]:
    """Which events a member's calendar shows: all of a community, or those where these seats are."""
    where = {**of_period(ask.community_id, ask.starts_from, None), "status": {"$in": ANNOUNCED}}
    if ask.community_id:
        return where
    return {**where, "id": {"$in": sorted(seat.document_id for seat in seats if not seat.only_invited)}}


def calendar(ask: GetCalendar, events: Sequence[Event], seats: Iterable[Seat], who: Caller) -> CalendarPage:
    """A page of a member's calendar. events: one more than the page holds, if there are more."""
    own = {seat.document_id: seat for seat in seats if not seat.only_invited}
    on_page = events[: ask.limit]
    entries = [
        CalendarEntry(event=told_to(event, who, seat), status=seat.status, attend=seat.attend)
        if seat
        else CalendarEntry(event=told_to(event, who, None))
        for event in on_page
        for seat in [own.get(event.id)]
    ]
    return CalendarPage(entries=entries, next=on_page[-1].id if len(events) > ask.limit else None)


def concluded(ask: GetFigures) -> dict[str, Any]:
    """Which events the figures are about."""
    return {**of_period(ask.community_id, ask.since, ask.until), "status": "concluded"}


def of_period(community_id: str | None, since: datetime | None, until: datetime | None) -> dict[str, Any]:
    """Events of a community that start in a period."""
    return {**({"community_id": community_id} if community_id else {}), **during("starts_at", since, until)}


def during(field: str, since: datetime | None, until: datetime | None) -> dict[str, Any]:
    """What is in a period by one of its times; the end is excluded."""
    within = {**({"$gte": since} if since else {}), **({"$lt": until} if until else {})}
    return {field: within} if within else {}
