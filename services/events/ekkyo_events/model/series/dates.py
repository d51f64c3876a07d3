"""The dates of a series: which days its rule has, and the events that are planned for them."""

import uuid
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta

from ekkyo.contracts.base import FieldError, Refused
from ekkyo.contracts.events import PlanSeries, PreviewSeries, SeriesDate, SeriesDates
from ekkyo.contracts.events.recurring import MOST, read_rule
from ekkyo.decision import recurrence

from ekkyo_events.model.series.documents import AHEAD, FURTHEST, NAMESPACE, Planned, Series, day_of


def preview_series(ask: PreviewSeries, *, now: datetime) -> SeriesDates:
    """The dates that a series would have."""
    found, _ = first_dates(ask, now)
    clock = start_of(ask.starts).time()
    dates = []
    for day in found:
        at, changed = recurrence.instant(day, clock, ask.timezone)
        dates.append(SeriesDate(starts_at=at, ends_at=at + timedelta(minutes=ask.minutes), clock_changed=changed))
    return SeriesDates(dates=dates, endless=read_rule(ask.rule).endless)


def first_dates(asked: PlanSeries | PreviewSeries, now: datetime) -> tuple[list[date], date]:
    """The days of a new series, and until when the rule was followed. Raises Refused."""
    start, rule = start_of(asked.starts), read_rule(asked.rule)
    if recurrence.instant(start.date(), start.time(), asked.timezone)[0] <= now:
        raise Refused(
            "event_in_the_past",
            "A series cannot begin in the past.",
            errors=[_expected("starts", "must be in the future")],
        )
    furthest = start.date() + FURTHEST
    until = start.date() + AHEAD if rule.endless else furthest
    if not rule.endless and not recurrence.ends(rule, start, furthest, asked.timezone):
        told = _expected("rule", "must have a COUNT or an UNTIL within two years of the start, or neither")
        raise Refused(
            "series_too_long", "A series must end within two years. You can plan another series later.", errors=[told]
        )
    wrong_days = [day for day in asked.also_on if not start.date() <= day <= furthest]
    if wrong_days:
        told = _expected("also_on", "must be from the start to two years later")
        raise Refused("series_too_long", "All dates of a series must be within two years of its start.", errors=[told])
    days = sorted({*recurrence.days(rule, start, until, asked.timezone), *asked.also_on} - set(asked.except_on))
    if not days:
        told = _expected("rule", "must have at least one date that is not left out")
        raise Refused("series_without_dates", "No dates match this rule. Change the rule.", errors=[told])
    if len(days) > MOST:
        told = _expected("rule", f"must have at most {MOST} dates")
        raise Refused(
            "series_too_long", f"A series can have at most {MOST} dates. Choose an earlier end.", errors=[told]
        )
    return days, until


def by_rule(series: Series, until: date) -> list[date]:
    start = start_of(series.starts)
    days = recurrence.days(read_rule(series.rule), start, until, series.timezone)
    return [day for day in days if day not in series.except_on]


def planned(series: Series, days: Iterable[date]) -> list[Planned]:
    """An event for each day. Its id is made of the series and the day, so that it is made once."""
    clock, found = start_of(series.starts).time(), []
    there = {one.event_id for one in series.occurrences}
    for day in days:
        starts_at, _ = recurrence.instant(day, clock, series.timezone)
        ends_at = starts_at + timedelta(minutes=series.minutes)
        event_id = str(uuid.uuid5(NAMESPACE, f"{series.id}\n{day.isoformat()}"))
        if event_id in there:  # the event of this day moved to another, or was cancelled: this is one more
            event_id = str(uuid.uuid5(NAMESPACE, f"{series.id}\n{day.isoformat()}\n{series.steps_made}"))
        found.append(Planned(event_id=event_id, recurrence_id=starts_at, starts_at=starts_at, ends_at=ends_at))
    return found


def moved(series: Series, one: Planned, clock: time, minutes: int) -> Planned:
    """An event on its day, at another time of day."""
    day = day_of(series, one.starts_at)
    starts_at, _ = recurrence.instant(day, clock, series.timezone)
    return one.model_copy(update={"starts_at": starts_at, "ends_at": starts_at + timedelta(minutes=minutes)})


def start_of(starts: str) -> datetime:
    return datetime.fromisoformat(starts)


def _expected(field: str, what: str) -> FieldError:
    return FieldError(field=field, code="out_of_range", detail=what)
