"""The records of a period, and the figures of the period before. Pure."""

from collections.abc import Mapping
from datetime import date, datetime
from zoneinfo import ZoneInfo

from ekkyo.contracts.reports import EventFigures, Period

from ekkyo_common.report.records import Records, SurveyRecord
from ekkyo_common.report.themes import together


def within(records: Records, period: Period) -> Records:
    """Of these records what belongs to the period. Raises KeyError when they were gathered without its figures."""
    zone = records.community.timezone
    events = [event for event in records.events if period.holds(event.starts_at, zone)]
    held = {event.event_id for event in events}
    starts = {event.event_id: event.starts_at for event in records.events}
    surveys = [record for record in records.surveys if period.holds(_asked_at(record, starts), zone)]
    told = [(s.results.themes, s.results.mentions) for s in surveys if s.results and not s.results.suppressed]
    figures = {str(one.period): one.figures for one in records.by_period}
    return records.model_copy(
        update={
            "events": events,
            "registrations": [place for place in records.registrations if place.event_id in held],
            "figures": figures[str(period)],
            "surveys": surveys,
            "themes": together(told, records.vocabulary),
            "outputs": [o for o in records.outputs if o.attached_at and period.holds(o.attached_at, zone)],
            "crossings": [one for one in records.crossings if one[2] and period.holds(one[2], zone)],
        }
    )


def until(records: Records, end: datetime) -> Records:
    """What the measures of a charter are counted from, as far as it was before the end of a day."""
    events = [event for event in records.events if event.starts_at < end]
    held = {event.event_id for event in events}
    day = _day(end, records.community.timezone)
    return records.model_copy(
        update={
            "events": events,
            "registrations": [place for place in records.registrations if place.event_id in held],
            "surveys": [one for one in records.surveys if one.survey.opened_at < end],
            "outputs": [one for one in records.outputs if one.attached_at and one.attached_at < end],
            "crossings": [one for one in records.crossings if one[2] and one[2] < end],
            "reports": [
                one.model_copy(update={"values": [value for value in one.values if value.on < day]})
                for one in records.reports
            ],
        }
    )


def of_period(events: list[EventFigures], period: Period, zone: str) -> list[EventFigures]:
    """The events that started in it."""
    return [event for event in events if period.holds(event.starts_at, zone)]


def first_day(records: Records) -> date:
    """The day the community was founded, or that of an event before."""
    moments = [records.community.founded_at, *(event.starts_at for event in records.events)]
    return _day(min(moments), records.community.timezone)


def needed(period: Period | None) -> list[Period]:
    """Which periods' figures to gather for a report of this one."""
    return [period, period.before()] if period else []


def _asked_at(record: SurveyRecord, starts: Mapping[str, datetime]) -> datetime:
    """A survey about an event belongs to the day of the event, another one to the day it opened."""
    return starts.get(record.survey.event_id or "", record.survey.opened_at)


def _day(at: datetime, zone: str) -> date:
    return at.astimezone(ZoneInfo(zone)).date()
