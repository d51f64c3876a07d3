"""From a draft to its conclusion."""

import hashlib
from dataclasses import replace
from datetime import datetime
from typing import Protocol

from ekkyo.contracts.base import Caller, FieldError, Refused
from ekkyo.contracts.events import (
    CancelEvent,
    DraftEvent,
    DuplicateEvent,
    EventCancelled,
    EventDetails,
    EventFormat,
    EventPublished,
    EventReminderDue,
    EventRescheduled,
    EventState,
    FromTheme,
    PublishEvent,
    RescheduleEvent,
    ReviseEvent,
)
from ekkyo.decision import Cancel, Decision, Entries, Set

from ekkyo_events.model.approving import applications_timer
from ekkyo_events.model.arranged import must_fit_places
from ekkyo_events.model.arranged.counting import who_is_online
from ekkyo_events.model.arranged.quotas import must_release_later, release_timers
from ekkyo_events.model.asking import must_fit
from ekkyo_events.model.documents import (
    REMIND_BEFORE,
    Event,
    Seat,
    must_be_published,
    not_found,
    state,
    who_hears,
)
from ekkyo_events.model.entering import draw_timers, must_draw_before, must_not_be_drawn, opened
from ekkyo_events.model.hosting import NOBODY, Host, must_have_accepted
from ekkyo_events.model.hosts import named_at_publication
from ekkyo_events.model.inviting import at_publication
from ekkyo_events.model.late import after_move
from ekkyo_events.model.lottery import Lot
from ekkyo_events.model.people import People
from ekkyo_events.model.promoting import promote
from ekkyo_events.model.tables import AT_TABLES, told_tables
from ekkyo_events.model.terms import moved
from ekkyo_events.model.terms import revised as changed
from ekkyo_events.model.timers import EndTimer, ReminderTimer
from ekkyo_events.model.visibility import not_registered, seen

Answer = Decision[Event, EventState]


def draft(event: Event | None, cmd: DraftEvent) -> Answer:
    """Write an event down. The same command again finds it; another one with its id is refused."""
    digest = _digest(cmd)
    if event:
        if event.drafted_as != digest:
            raise Refused("event_taken", "Another event already has this id.")
        return Decision(event, state(event))
    must_end_after_start(cmd.starts_at, cmd.ends_at)
    new = Event(
        id=cmd.event_id,
        community_id=cmd.community_id,
        starts_at=cmd.starts_at,
        ends_at=cmd.ends_at,
        timezone=cmd.timezone,
        drafted_as=digest,
        from_theme=cmd.from_theme and FromTheme.model_validate(cmd.from_theme.model_dump()),
        **cmd.details.model_dump(),
    )
    return Decision(new, state(new, after=new))


def duplicate(event: Event | None, like: Event | None, cmd: DuplicateEvent, *, who: Caller) -> Answer:
    """Write an event down that is like another one, but for its time. The address to join is that of another day."""
    if like is None or not seen(like, who, None):
        raise not_found()
    who.must_lead(like.community_id)
    details = EventDetails.model_validate({name: getattr(like, name) for name in EventDetails.model_fields})
    follows = {"url": None, "url_follows": True} if like.url else {}
    as_drafted = DraftEvent(
        event_id=cmd.event_id,
        community_id=like.community_id,
        details=details.model_copy(update=follows),
        starts_at=cmd.starts_at,
        ends_at=cmd.ends_at,
        timezone=like.timezone,
    )
    terms = moved(like.terms, cmd.starts_at - like.starts_at, cmd.starts_at, with_opening=True, with_draw=True)
    digest = hashlib.sha256(cmd.model_dump_json().encode()).hexdigest()
    if event:
        if event.drafted_as != digest:
            raise Refused("event_taken", "Another event already has this id.")
        return Decision(event, state(event))
    drafted = draft(None, as_drafted)
    copied = {"drafted_as": digest, "terms": terms, "questions": like.questions, "from_theme": like.from_theme}
    new = drafted.document.model_copy(update=copied)
    return replace(drafted, document=new, answer=state(new, after=new))


def publish(
    event: Event, seats: Entries[Seat], cmd: PublishEvent, *, lot: Lot, host: Host = NOBODY, who: Caller, now: datetime
) -> Answer:
    """Announce a draft and set its timers. lot: the secret of its draw, if places are drawn by lot."""
    who.must_lead(event.community_id)
    if event.status == "published":
        return Decision(event, state(event))
    if event.status != "draft":
        must_be_published(event, "be published")
    if event.starts_at <= now:
        raise Refused("event_in_the_past", "An event that has started cannot be published.")
    must_have_accepted(event, host)
    must_say_where(event)
    must_release_later(event, now)
    after = opened(event.model_copy(update={"status": "published"}), lot, now)
    told = state(after, after=event)
    hosts, invited = named_at_publication(event, told), at_publication(event, seats, told)
    facts = [EventPublished(event_id=event.id, event=told), *hosts, *invited]
    return Decision(after, told, facts=facts, timers=[*event_timers(after, now), *draw_timers(after)])


def revise(
    event: Event,
    seats: Entries[Seat],
    cmd: ReviseEvent,
    *,
    people: People,
    host: Host = NOBODY,
    who: Caller,
    now: datetime,
) -> Answer:
    """Change what an event is, and give new seats to those who wait longest."""
    who.must_lead(event.community_id)
    if event.status != "draft":
        must_be_published(event, "be revised")
    revised = event.model_copy(update=cmd.details.model_dump())
    if revised == event:
        return Decision(event, state(event))
    if event.questions and revised.seats_offered > event.seats_offered:
        must_fit(event.questions, revised.seats_offered)
    if revised.capacity < (in_use := event.seats_in_use - (event.online_taken or 0)):
        raise Refused("capacity_below_confirmed", f"{in_use} seats are already taken.")
    if revised.capacity != event.capacity:
        must_not_be_drawn(event)
    if event.terms:
        must_fit_places(revised)
    if event.status == "draft":
        return Decision(revised, state(revised, after=event))
    must_have_accepted(event, host)
    must_say_where(revised)
    revised = revised.model_copy(update={"sequence": event.sequence + 1})
    promotion = promote(revised, seats, people, "more_capacity").at(now)
    told = state(promotion.event, after=event)
    fact = changed(event, promotion, seats, told)
    return Decision(promotion.event, told, entries=promotion.entries, facts=[fact, *promotion.facts(told)])


def reschedule(event: Event, seats: Entries[Seat], cmd: RescheduleEvent, *, who: Caller, now: datetime) -> Answer:
    """Move an event, and its timers with it."""
    who.must_lead(event.community_id)
    if event.status != "draft":
        must_be_published(event, "be moved")
    must_end_after_start(cmd.starts_at, cmd.ends_at)
    times = {"starts_at": cmd.starts_at, "ends_at": cmd.ends_at, "timezone": cmd.timezone or event.timezone}
    after = event.model_copy(update=times)
    by, is_draft = after.starts_at - event.starts_at, event.status == "draft"
    terms = moved(event.terms, by, after.starts_at, with_draw=is_draft, released=event.released)
    after = after.model_copy(update={"terms": terms})
    if after == event:
        return Decision(event, state(event))
    if event.status == "draft":
        return Decision(after, state(after, after=event))
    if after.ends_at <= now or (after.starts_at <= now and after.starts_at != event.starts_at):
        raise Refused("event_in_the_past", "An event cannot be moved into the past.")
    must_draw_before(after)
    after = after.model_copy(
        update={"sequence": event.sequence + 1, "terms": after_move(after.terms, after.starts_at, now=now)}
    )
    told = state(after, after=event)
    fact = EventRescheduled(
        event_id=event.id,
        event=told,
        was_starts_at=event.starts_at,
        was_ends_at=event.ends_at,
        **who_hears(seats),
        online=who_is_online(event, seats),
        invited=not_registered(event, seats),
    )
    return Decision(after, told, facts=[fact], timers=[*event_timers(after, now), *draw_timers(after)])


def cancel(event: Event, seats: Entries[Seat], cmd: CancelEvent, *, who: Caller) -> Answer:
    """Cancel an event. A draft is removed without a fact, since it was never announced."""
    who.must_lead(event.community_id)
    if event.status == "cancelled":
        return Decision(event, state(event))
    if event.status == "draft":
        after = event.model_copy(update={"status": "cancelled"})
        return Decision(after, state(after, after=event))
    must_be_published(event, "be cancelled")
    after = event.model_copy(update={"status": "cancelled", "sequence": event.sequence + 1})
    told = state(after, after=event)
    hear = {**who_hears(seats), "invited": not_registered(event, seats)}
    fact = EventCancelled(event_id=event.id, event=told, reason=cmd.reason, **hear)
    return Decision(after, told, facts=[fact], timers=[*no_timers(after), *draw_timers(after)])


def remind(event: Event, seats: Entries[Seat], timer: ReminderTimer, *, now: datetime) -> Answer:
    """Remind those who have a seat, unless the event was moved, called off, or began meanwhile."""
    stale = event.starts_at != timer.starts_at or event.reminded_for == event.starts_at or event.starts_at <= now
    if event.status != "published" or stale:
        return Decision(event, state(event))
    after = event.model_copy(update={"reminded_for": event.starts_at})
    told = state(after, after=event)
    confirmed = [seat.key for seat in seats.all(status="confirmed")]
    tables = told_tables(event, seats.all(status=AT_TABLES)).tables if event.seating else None
    online = who_is_online(event, seats)
    fact = EventReminderDue(event_id=event.id, event=told, confirmed=confirmed, tables=tables, online=online)
    return Decision(after, told, facts=[fact])


def event_timers(event: Event, now: datetime) -> list[Set | Cancel]:
    """The reminder, when a day is left until the start, the end, and the start where leaders approve."""
    remind_at = event.starts_at - REMIND_BEFORE
    reminder = ReminderTimer(id=event.id, starts_at=event.starts_at).at(remind_at) if remind_at > now else None
    end_of_it = EndTimer(id=event.id, ends_at=event.ends_at).at(event.ends_at)
    return [reminder or ReminderTimer.cancel(event.id), end_of_it, *applications_timer(event), *release_timers(event)]


def no_timers(event: Event) -> list[Set | Cancel]:
    """For an event that is cancelled or concluded, which is as it is afterwards."""
    return [ReminderTimer.cancel(event.id), EndTimer.cancel(event.id), *release_timers(event)]


def _digest(cmd: DraftEvent) -> str:
    """The same for the same command, also for one that was sent before these fields were added to the contract."""
    unsaid = {name for name in ("members_only", "url_follows") if not getattr(cmd.details, name)}
    return hashlib.sha256(cmd.model_dump_json(exclude={"details": unsaid}).encode()).hexdigest()


class SaysWhere(Protocol):
    """What is held somewhere: an event, or a series of them."""

    @property
    def format(self) -> EventFormat: ...
    @property
    def place(self) -> str | None: ...
    @property
    def url(self) -> str | None: ...
    @property
    def url_follows(self) -> bool: ...


def must_say_where(event: SaysWhere) -> None:
    """Refuse to publish an event without a place or an address."""
    if event.format != "online" and not event.place:
        missing = FieldError(field="details.place", code="missing", detail="is needed for onsite and hybrid events")
        raise Refused("place_missing", "An onsite or hybrid event needs `place`.", errors=[missing])
    if event.format != "onsite" and not (event.url or event.url_follows):
        missing = FieldError(field="details.url", code="missing", detail="is needed, or url_follows in its stead")
        raise Refused(
            "url_missing",
            "An online or hybrid event needs `url`, or `url_follows` if the address comes later.",
            errors=[missing],
        )


def must_end_after_start(starts_at: datetime, ends_at: datetime) -> None:
    if ends_at <= starts_at:
        wrong = FieldError(field="ends_at", code="not_after_start", detail="must be after starts_at")
        raise Refused("malformed", "An event must end after it starts.", 400, errors=[wrong])
