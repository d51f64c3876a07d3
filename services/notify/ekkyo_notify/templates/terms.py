"""What a message says of the terms of an event's registration."""

from collections.abc import Callable
from datetime import datetime

from ekkyo.contracts.events import EventState
from ekkyo.contracts.members import Locale
from ekkyo.words.times import moment, until

from ekkyo_notify.templates.labels import LABELS


def is_open(event: EventState, now: datetime) -> bool:
    """Whether members can register when they are told of the event."""
    return not opens_later(event, now) and not closed(event, now)


def opens_later(event: EventState, now: datetime) -> bool:
    """Whether members cannot register yet when they are told of the event."""
    return event.terms is not None and event.terms.opens_at is not None and now < event.terms.opens_at


def closed(event: EventState, now: datetime) -> bool:
    """Whether members cannot register any more when they are told of the event."""
    return event.terms is not None and event.terms.closes_at is not None and now >= event.terms.closes_at


def drawn_at(event: EventState, zone: str, locale: Locale, now: datetime, *, named: bool) -> str:
    """When places are drawn by lot; nothing where they are not. named: with the time zone."""
    lottery = event.terms.lottery if event.terms else None
    return _said(named)(lottery.draws_at, zone, locale, now=now) if lottery else ""


def online_capacity(event: EventState) -> int | None:
    """How many can take part online, where that is counted apart."""
    return event.terms.online_capacity if event.terms else None


def withdraw_by(event: EventState, own: datetime | None) -> datetime | None:
    """Until when a seat can be given back without being late. own: the recipient's own deadline, if they have one."""
    by = event.terms.withdraw_by if event.terms else None
    return max(by, own) if by and own else by


def term_rows(
    event: EventState,
    zone: str,
    locale: Locale,
    *,
    named: bool,
    seated: bool,
    now: datetime,
    own: datetime | None = None,
) -> list[tuple[str, str]]:
    """When members can register, for those without a seat; until when to give a seat back, for those with one.

    named: with the time zone, as the message tells the event's time in two of them.
    """
    terms, labels = event.terms, LABELS[locale]
    if terms is None:
        return []
    wanted = {"withdraw_by": withdraw_by(event, own)}
    if not seated:
        draws_at = terms.lottery.draws_at if terms.lottery else None
        wanted = {"opens": terms.opens_at, "closes": terms.closes_at, "draw": draws_at}
    return [(labels[name], _said(named)(at, zone, locale, now=now)) for name, at in wanted.items() if at and now < at]


def _said(named: bool) -> Callable[..., str]:
    return until if named else moment
