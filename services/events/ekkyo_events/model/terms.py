"""The terms of an event's registration: set, moved with the event, and asked when somebody registers."""

from datetime import datetime, timedelta
from typing import TypeVar

from ekkyo.contracts.base import Caller, FieldError, Refused
from ekkyo.contracts.events import EventRevised, EventState, Lottery, SetTerms, Terms
from ekkyo.decision import Decision, Entries

from ekkyo_events.model.documents import Event, Seat, must_be_published, state, who_hears
from ekkyo_events.model.entering import draw_timers, must_fit_lottery, must_keep_lottery

T = TypeVar("T", bound=Terms | None)


def set_terms(
    event: Event, seats: Entries[Seat], cmd: SetTerms, *, who: Caller, now: datetime
) -> Decision[Event, EventState]:
    """Replace the terms of an event. Who has a place at it hears of the change."""
    who.must_lead(event.community_id)
    if event.status != "draft":
        must_be_published(event, "have other terms")
    wanted = cmd.terms.model_dump()
    terms = Terms.model_validate(wanted) if wanted else None
    if terms == event.terms:
        return Decision(event, state(event))
    if terms:
        _must_fit(event, terms)
    must_keep_lottery(event, terms, now)
    after = event.model_copy(update={"terms": terms})
    if event.status == "draft":
        return Decision(after, state(after, after=event))
    after = after.model_copy(update={"sequence": event.sequence + 1})
    told = state(after, after=event)
    fact = EventRevised(event_id=event.id, event=told, **who_hears(seats))
    return Decision(after, told, facts=[fact], timers=draw_timers(after))


def must_be_open(event: Event, who: Caller, *, now: datetime) -> None:
    """Refuse who registers before registration opens or after it closes, but for the event's leaders and stewards."""
    terms = event.terms
    if terms is None or "steward" in who.roles or event.community_id in who.led:
        return
    if terms.opens_at and now < terms.opens_at:
        raise Refused("registration_not_open", f"Registration opens at {_said(terms.opens_at)}.")
    if terms.closes_at and now >= terms.closes_at:
        raise Refused("registration_closed", f"Registration closed at {_said(terms.closes_at)}.")


def is_late(event: Event, *, now: datetime) -> bool:
    """Whether a seat that is given back now is a late cancellation."""
    return event.terms is not None and event.terms.withdraw_by is not None and now > event.terms.withdraw_by


def moved(terms: T, by: timedelta, starts_at: datetime, *, with_opening: bool = False, with_draw: bool = False) -> T:
    """The terms of an event whose start was moved by so much, to that time.

    with_opening: registration opens so much later too, as at another event like it. with_draw: so is the draw, which
    was promised to nobody yet.
    """
    if terms is None:
        return terms
    times = {name: getattr(terms, name) for name in ("closes_at", "withdraw_by")}
    changed: dict[str, datetime | Lottery] = {name: at + by for name, at in times.items() if at}
    closes_at = terms.closes_at + by if terms.closes_at else starts_at
    if terms.opens_at and (with_opening or terms.opens_at >= closes_at):
        changed["opens_at"] = terms.opens_at + by
    if terms.lottery and with_draw:
        changed["lottery"] = Lottery(draws_at=terms.lottery.draws_at + by)
    return terms.model_copy(update=changed)


def _must_fit(event: Event, terms: Terms) -> None:
    """Refuse times that cannot be."""
    wrong = [
        FieldError(field=f"terms.{name}", code="not_before_start", detail="must not be after the event starts")
        for name in ("opens_at", "closes_at", "withdraw_by")
        if (at := getattr(terms, name)) and at > event.starts_at
    ]
    if terms.opens_at and terms.opens_at >= (terms.closes_at or event.starts_at):
        detail = "must be before registration closes"
        wrong.append(FieldError(field="terms.opens_at", code="not_before_close", detail=detail))
    wrong += must_fit_lottery(event, terms)
    if wrong:
        raise Refused("malformed", "The terms do not fit the event.", 400, errors=wrong)


def _said(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M} UTC"
