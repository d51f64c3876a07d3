"""What the page about overbooking shows, made from an answer. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from ekkyo.contracts.events import EventState, OverbookingAdvice, OverbookingOption
from ekkyo.words.numbers import fill
from ekkyo.words.text import one_line

from ekkyo_portal.events.views import when
from ekkyo_portal.look.reader import Reader
from ekkyo_portal.web.forms import Form


@dataclass(frozen=True)
class Expected:
    """How many are likely to come to an event."""

    event: EventState
    title: str
    when: str
    form: Form
    away: bool
    silent: str
    """Why there is no advice; empty: there is."""
    said: str
    """What became of registrations so far."""
    advised: str
    options: Sequence[tuple[int, str, str, str, str]]
    """Numbers of confirmed, with how many come then, the risk that those are too many, and what to note of it."""
    too_many: str
    may: bool
    """Whether the number of seats can still be changed."""


def expected(reader: Reader, event: EventState, told: OverbookingAdvice | None, form: Form) -> Expected:
    """The advice in words. told: None where the form was wrong, or the service is away."""
    words = reader.words.overbooking
    silent = _silent(reader, told) if told else ""
    speaks = told is not None and not silent
    return Expected(
        event=event,
        title=one_line(event.title),
        when=when(reader, event).first,
        form=form,
        away=told is None and not form.errors,
        silent=silent,
        said=_said(reader, told) if told and speaks else "",
        advised=_advised(reader, told) if told and speaks else "",
        options=[_row(reader, event, told, one) for one in told.options] if told else [],
        too_many=words.too_many.format(seats=told.seats) if told else "",
        may=event.status in ("draft", "published"),
    )


def _silent(reader: Reader, told: OverbookingAdvice) -> str:
    words, said = reader.words.overbooking, ""
    kind = _kind(reader, told)
    if told.silent_because == "too_few_events":
        said = fill(words.too_few_events, kind=kind, needed=told.needed_events, n=told.events)
    elif told.silent_because:
        said = fill(words.too_few_registrations, kind=kind, needed=told.needed_registrations, n=told.registrations)
    return said


def _said(reader: Reader, told: OverbookingAdvice) -> str:
    share, low, high = (_per_cent(part or 0) for part in (told.share, told.share_from, told.share_to))
    return str(
        fill(
            reader.words.overbooking.said,
            kind=_kind(reader, told),
            events=told.events,
            registrations=told.registrations,
            absent=told.did_not_come,
            share=share,
            low=low,
            high=high,
        )
    )


def _advised(reader: Reader, told: OverbookingAdvice) -> str:
    words = reader.words.overbooking
    limit = _per_cent(told.risk_limit)
    if told.advised is None or told.advised <= told.seats:
        return str(fill(words.none_more, seats=told.seats, limit=limit))
    at = next(one for one in told.options if one.confirmed == told.advised)
    return str(
        fill(
            words.advised,
            seats=told.seats,
            advised=told.advised,
            risk=_risk(reader, at.risk),
            low=at.likely_from,
            high=at.likely_to,
            limit=limit,
        )
    )


def _row(
    reader: Reader, event: EventState, told: OverbookingAdvice, one: OverbookingOption
) -> tuple[int, str, str, str, str]:
    words = reader.words.overbooking
    come = words.come.format(low=one.likely_from, high=one.likely_to)
    best = words.best if one.confirmed == told.advised else ""
    now = words.now if one.confirmed == event.capacity else ""
    return one.confirmed, come, _risk(reader, one.risk), best, now


def _kind(reader: Reader, told: OverbookingAdvice) -> str:
    words, format = reader.words.overbooking, reader.words.names.formats[told.format]
    if told.context:
        return str(words.kind_about.format(format=format, context=one_line(told.context)))
    return str(words.kind.format(format=format))


def _risk(reader: Reader, risk: float) -> str:
    if risk == 0:
        return str(reader.words.overbooking.never)
    return str(reader.words.overbooking.below) if risk < 0.01 else f"{100 * risk:.1f}%"


def _per_cent(share: float) -> str:
    return f"{100 * share:.0f}"
