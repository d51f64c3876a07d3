"""Lists of events, and of a member's own, as each caller sees them."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from ekkyo.contracts.base import Caller
from ekkyo.contracts.events import EventPage, ListEvents, MyEvent, MyEvents, MyEventsPage, Registration

from ekkyo_events.model.documents import Event, Seat, registration
from ekkyo_events.model.line import place
from ekkyo_events.model.telling import HAS_OR_HAD, OPEN, of_period, told_to


def listed(ask: ListEvents, who: Caller) -> dict[str, Any]:
    """Which events a list may hold: what was asked for, without drafts of communities that the caller does not lead."""
    where = {**of_period(None, ask.starts_from, ask.starts_until), **_kinds(ask)}
    wanted = ask.status or ["draft", "published", "cancelled", "concluded"]
    if who.leads_all or "draft" not in wanted:
        return {**where, "status": {"$in": wanted}}
    announced = {"status": {"$in": [status for status in wanted if status != "draft"]}}
    if not who.led:
        return {**where, **announced}
    return {**where, "$or": [announced, {"status": "draft", "community_id": {"$in": sorted(who.led)}}]}


def page(
    ask: ListEvents, events: Sequence[Event], mine: Iterable[Seat], waiting: Iterable[Seat], who: Caller
) -> EventPage:
    """A page of events. events: one more than the page holds, if there are more. mine: the caller's places.

    waiting: all who wait where the caller does.
    """
    own, lines = {seat.document_id: seat for seat in mine}, _lines(waiting)
    on_page = events[: ask.limit]
    return EventPage(
        events=[told_to(event, who, own.get(event.id)) for event in on_page],
        next=on_page[-1].id if len(events) > ask.limit else None,
        registrations=[
            _own(event, own[event.id], lines)
            for event in on_page
            if event.id in own and own[event.id].status in HAS_OR_HAD and not own[event.id].only_invited
        ],
    )


def _kinds(ask: ListEvents) -> dict[str, Any]:
    """Of which communities, in which format, about what."""
    one, any_of = ask.community_id, ask.community_ids
    of: dict[str, Any] = {"community_id": one} if one else {}
    if any_of is not None:
        of = {"community_id": {"$in": [id for id in any_of if one in (None, id)]}}
    return {
        **of,
        **({"format": ask.format} if ask.format else {}),
        **({"context": ask.context} if ask.context else {}),
    }


def mine(ask: MyEvents, seats: Iterable[Seat], *, now: datetime) -> dict[str, Any]:
    """Which of the events where these seats are: those that are over, or those that are not."""
    where: dict[str, Any] = {"id": {"$in": sorted(seat.document_id for seat in seats)}}
    if ask.upcoming:
        return {**where, "status": {"$in": OPEN}, "ends_at": {"$gt": now}}
    return {**where, "$or": [{"status": "concluded"}, {"status": {"$in": OPEN}, "ends_at": {"$lte": now}}]}


def waits_for(events: Iterable[Event], seats: Iterable[Seat]) -> list[str]:
    """The ids of those events at which the member waits for a seat."""
    waits = {seat.document_id for seat in seats if seat.status == "waitlisted"}
    return [event.id for event in events if event.id in waits]


def my_events(
    ask: MyEvents,
    events: Sequence[Event],
    seats: Iterable[Seat],
    waiting: Iterable[Seat],
    hosted: Iterable[Event],
    who: Caller,
) -> MyEventsPage:
    """A page of a member's events. events: one more than the page holds, if there are more. waiting: all who wait.

    hosted: those that the member hosts.
    """
    own, lines = {seat.document_id: seat for seat in seats}, _lines(waiting)
    on_page = events[: ask.limit]
    entries = [
        MyEvent(event=told_to(event, who, own[event.id]), registration=_own(event, own[event.id], lines))
        for event in on_page
    ]
    return MyEventsPage(
        entries=entries,
        next=on_page[-1].id if len(events) > ask.limit else None,
        hosted=[told_to(event, who, own.get(event.id)) for event in hosted],
    )


def _lines(waiting: Iterable[Seat]) -> dict[str, list[Seat]]:
    """Who waits, by event."""
    lines: dict[str, list[Seat]] = {}
    for seat in waiting:
        lines.setdefault(seat.document_id, []).append(seat)
    return lines


def _own(event: Event, seat: Seat, lines: Mapping[str, Sequence[Seat]]) -> Registration:
    return registration(event, seat, place(seat, lines.get(event.id, [])))
