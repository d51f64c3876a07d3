"""The terms of an event's registration: set, and moved with the event."""

from datetime import datetime, timedelta
from typing import TypeVar

from ekkyo.contracts.base import Caller, FieldError, Refused
from ekkyo.contracts.events import EventRevised, EventState, Lottery, Quotas, SetTerms, Terms
from ekkyo.decision import Cancel, Decision, Entries, Set

from ekkyo_events.model.approving import applications_timer, must_fit_approval, must_keep_approval
from ekkyo_events.model.arranged import must_fit_places, must_keep_places
from ekkyo_events.model.arranged.counting import who_is_online
from ekkyo_events.model.arranged.quotas import must_fit_quotas, must_keep_quotas, release_timers, with_quotas
from ekkyo_events.model.asking import must_fit
from ekkyo_events.model.documents import Event, Seat, must_be_published, state, who_hears
from ekkyo_events.model.entering import draw_timers, must_fit_lottery, must_keep_lottery, must_not_be_drawn
from ekkyo_events.model.people import People
from ekkyo_events.model.promoting import Promotion, promote
from ekkyo_events.model.timers import ReleaseTimer
from ekkyo_events.model.undoing import With
from ekkyo_events.model.visibility import not_registered

T = TypeVar("T", bound=Terms | None)


def set_terms(
    event: Event, seats: Entries[Seat], cmd: SetTerms, *, people: People, who: Caller, now: datetime
) -> Decision[Event, EventState]:
    """Replace the terms of an event, and give seats that become free by it. Who has a place hears of the change."""
    who.must_lead(event.community_id)
    if event.status != "draft":
        must_be_published(event, "have other terms")
    wanted = cmd.terms.model_dump()
    terms = Terms.model_validate(wanted) if wanted else None
    if terms == event.terms:
        return Decision(event, state(event))
    if terms:
        _must_fit(event, terms, now)
    must_keep_lottery(event, terms, now)
    must_keep_quotas(event, terms)
    must_not_be_drawn(event)
    must_keep_places(event, seats, terms)
    must_keep_approval(event, terms)
    after = event.model_copy(update={"terms": terms})
    must_fit_places(after)
    if event.questions and after.seats_offered > event.seats_offered:
        must_fit(event.questions, after.seats_offered)
    if event.status == "draft":
        return Decision(after, state(after, after=event))
    after, counted = with_quotas(event, after.model_copy(update={"sequence": event.sequence + 1}), seats, people)
    fewer_kept = (event.terms and event.terms.quotas) != (terms and terms.quotas)
    there = With(seats, counted) if counted else seats
    promotion = promote(after, there, people, "seats_released" if fewer_kept else "more_capacity").at(now)
    told = state(promotion.event, after=event)
    fact = revised(event, promotion, seats, told)
    return Decision(
        promotion.event,
        told,
        entries=list({seat.key: seat for seat in [*counted, *promotion.entries]}.values()),
        facts=[fact, *promotion.facts(told)],
        timers=[*draw_timers(after), *applications_timer(after), *_release(event, after)],
    )


def _release(event: Event, after: Event) -> list[Set | Cancel]:
    """The timer that the quotas need now, and none where they were removed."""
    had = event.terms is not None and event.terms.quotas is not None
    has = after.terms is not None and after.terms.quotas is not None
    return [ReleaseTimer.cancel(event.id)] if had and not has else release_timers(after)


def revised(event: Event, promotion: Promotion, seats: Entries[Seat], told: EventState) -> EventRevised:
    """The fact that an event changed. promotion: who got seats by it; seats: as they were before."""
    hear = who_hears(seats)
    moved = {seat.key for seat in promotion.seats}
    left = {seat.key for seat in promotion.entries}
    elsewhere = (event.place, event.format) != (told.place, told.format)
    return EventRevised(
        event_id=event.id,
        event=told,
        confirmed=sorted({*hear["confirmed"], *moved}),
        waitlisted=[member for member in hear["waitlisted"] if member not in left],
        applied=hear["applied"],
        promoted=sorted(moved),
        online=who_is_online(promotion.event, seats),
        invited=not_registered(event, seats) if elsewhere else [],
    )


def moved(
    terms: T,
    by: timedelta,
    starts_at: datetime,
    *,
    with_opening: bool = False,
    with_draw: bool = False,
    released: bool = False,
) -> T:
    """The terms of an event whose start was moved by so much, to that time. released: kept seats were released before.

    with_opening: registration opens so much later too, as at another event like it. with_draw: so is the draw, which
    was promised to nobody yet.
    """
    if terms is None:
        return terms
    times = {name: getattr(terms, name) for name in ("closes_at", "withdraw_by")}
    changed: dict[str, datetime | Lottery | Quotas] = {name: at + by for name, at in times.items() if at}
    closes_at = terms.closes_at + by if terms.closes_at else starts_at
    if terms.opens_at and (with_opening or terms.opens_at >= closes_at):
        changed["opens_at"] = terms.opens_at + by
    if terms.lottery and with_draw:
        changed["lottery"] = Lottery(draws_at=terms.lottery.draws_at + by)
    if terms.quotas and not released:
        changed["quotas"] = Quotas(kept=terms.quotas.kept, released_at=terms.quotas.released_at + by)
    return terms.model_copy(update=changed)


def _must_fit(event: Event, terms: Terms, now: datetime) -> None:
    """Refuse times that cannot be. Who has a seat must hear of a deadline before it is over."""
    wrong = [
        FieldError(field=f"terms.{name}", code="not_before_start", detail="must not be after the event starts")
        for name in ("opens_at", "closes_at", "withdraw_by")
        if (at := getattr(terms, name)) and at > event.starts_at
    ]
    if terms.opens_at and terms.opens_at >= (terms.closes_at or event.starts_at):
        detail = "must be before registration closes"
        wrong.append(FieldError(field="terms.opens_at", code="not_before_close", detail=detail))
    was = event.terms.withdraw_by if event.terms else None
    if event.status == "published" and terms.withdraw_by and terms.withdraw_by != was and terms.withdraw_by < now:
        wrong.append(FieldError(field="terms.withdraw_by", code="in_the_past", detail="must be later than now"))
    wrong += must_fit_lottery(event, terms)
    wrong += must_fit_quotas(event, terms, now)
    if wrong:
        raise Refused("malformed", "The terms do not fit the event.", 400, errors=wrong)
    must_fit_approval(terms)
