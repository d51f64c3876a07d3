"""What a message says of the terms of an event's registration."""

from collections.abc import Callable
from datetime import datetime

from ekkyo.contracts.events import EventState, Quota
from ekkyo.contracts.members import Locale
from ekkyo.words.text import one_line
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


def enter_by(event: EventState, zone: str, locale: Locale, now: datetime, *, named: bool) -> str:
    """Until when members can enter the draw of a lottery; nothing where there is none. named: with the time zone."""
    lottery = event.terms.lottery if event.terms else None
    if event.terms is None or lottery is None:
        return ""
    return _said(named)(min(lottery.draws_at, event.terms.closes_at or lottery.draws_at), zone, locale, now=now)


def kept_for(event: EventState, zone: str, locale: Locale, now: datetime, *, named: bool) -> dict[str, str] | None:
    """For whom free seats of an event are kept, and until when; None where none are. named: with the time zone."""
    quotas = event.terms.quotas if event.terms else None
    if quotas is None or not event.kept or now >= quotas.released_at:
        return None
    whom = LABELS[locale]["kept_and"].join(_whom(quota, locale) for quota in quotas.kept)
    return {"whom": whom, "at": _said(named)(quotas.released_at, zone, locale, now=now)}


def _whom(quota: Quota, locale: Locale) -> str:
    labels = LABELS[locale]
    if quota.first_timers:
        return labels["first_timers"]
    return labels["of_departments"].format(names=labels["kept_or"].join(map(one_line, quota.departments)))


def _kept(event: EventState, zone: str, locale: Locale, now: datetime, *, named: bool) -> list[tuple[str, str]]:
    """How many seats are kept for whom, until they are released."""
    quotas, labels = event.terms.quotas if event.terms else None, LABELS[locale]
    if quotas is None or event.kept is None or now >= quotas.released_at:
        return []
    each = labels["kept_and"].join(
        labels["kept_each"].format(seats=quota.seats, whom=_whom(quota, locale)) for quota in quotas.kept
    )
    at = _said(named)(quotas.released_at, zone, locale, now=now)
    return [(labels["kept"], labels["kept_until"].format(each=each, at=at))]


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
    """When members can register and which seats are kept, for those without a seat; for those with one, until when to
    give it back.

    named: with the time zone, as the message tells the event's time in two of them.
    """
    terms, labels = event.terms, LABELS[locale]
    if terms is None:
        return []
    wanted = {"withdraw_by": withdraw_by(event, own)}
    if not seated:
        draws_at = terms.lottery.draws_at if terms.lottery else None
        wanted = {"opens": terms.opens_at, "closes": terms.closes_at, "draw": draws_at}
    rows = [(labels[name], _said(named)(at, zone, locale, now=now)) for name, at in wanted.items() if at and now < at]
    return rows if seated else [*rows, *_kept(event, zone, locale, now, named=named)]


def _said(named: bool) -> Callable[..., str]:
    return until if named else moment
