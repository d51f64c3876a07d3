"""When an event's registration is open, and until when a seat can be given back in time."""

from datetime import datetime

from ekkyo.contracts.base import Caller, Refused

from ekkyo_events.model.documents import Event


def must_be_open(event: Event, who: Caller, *, now: datetime) -> None:
    """Refuse who registers before registration opens or after it closes, but for the event's leaders and stewards."""
    terms = event.terms
    if terms is None or by_leader(event, who):
        return
    if terms.opens_at and now < terms.opens_at:
        raise Refused("registration_not_open", f"Registration opens at {_said(terms.opens_at)}.")
    if terms.closes_at and now >= terms.closes_at:
        raise Refused("registration_closed", f"Registration closed at {_said(terms.closes_at)}.")


def by_leader(event: Event, who: Caller) -> bool:
    """Whether a leader of the community or a steward asks, who decide who comes."""
    return "steward" in who.roles or event.community_id in who.led


def is_late(event: Event, *, now: datetime) -> bool:
    """Whether a seat that is given back now is a late cancellation."""
    return event.terms is not None and event.terms.withdraw_by is not None and now > event.terms.withdraw_by


def _said(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M} UTC"
