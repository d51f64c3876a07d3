"""The report of one department, for its head. Pure.

A figure about fewer than five people is not told, nor one whose complement is about fewer than five: of the people of
the department, or of all who came (`apart`). Among the departments of a quarter, as many more are left out as are
needed for those left out to be five people together, so that the reports of all other departments do not tell it.

Quarters do not overlap, and are told once they are over. So no two reports can be subtracted from each other: what they
tell are unions of groups that have five people at least each.
"""

from collections import Counter
from datetime import date, datetime
from typing import Final
from zoneinfo import ZoneInfo

from ekkyo.contracts.base import Refused
from ekkyo.contracts.reports import DepartmentQuarter, DepartmentReport, EventHeld, Period

from ekkyo_common.report.apart import floored, known_of, left_too_few, told_apart
from ekkyo_common.report.figures import head_of
from ekkyo_common.report.meetings import came_to, together_at
from ekkyo_common.report.periods import first_day
from ekkyo_common.report.records import UNKNOWN, Records

QUARTERS: Final = 8
"""How many a report shows."""


def department_report(records: Records, department: str, quarter: Period, *, now: datetime) -> DepartmentReport:
    """The report of a department for a quarter that is over.

    Raises Refused: `department_not_found`, `quarter_expected`, `quarter_not_over`.
    """
    if department not in departments(records):
        raise Refused("department_not_found", "Nobody of this department has been part of the community.", 404)
    if quarter.kind != "quarter":
        raise Refused("quarter_expected", "Department reports are made for a quarter, such as 2026-Q3.", 400)
    if quarter.until(records.community.timezone) > now:
        raise Refused("quarter_not_over", "A department's report is made once the quarter is over.", 409)
    return DepartmentReport(
        community=head_of(records),
        department=department,
        known=floored(len(known_of(records)[department])),
        quarters=[_quarter(records, department, one) for one in _up_to(quarter, first_day(records))],
        events=[
            EventHeld(**event.model_dump(include={"title", "context", "format", "starts_at", "timezone"}))
            for event in sorted(records.events, key=lambda e: (e.starts_at, e.event_id))
            if quarter.holds(event.starts_at, records.community.timezone)
        ],
    )


def departments(records: Records) -> list[str]:
    """Those that have a report: of members, and of everybody who ever had a place at an event."""
    return sorted(set(records.departments.values()) - {UNKNOWN})


def last_quarter(now: datetime, zone: str) -> Period:
    """The newest one that is over."""
    return Period.quarter(now.astimezone(ZoneInfo(zone)).date()).before()


def _up_to(quarter: Period, first: date) -> list[Period]:
    found = [quarter]
    while len(found) < QUARTERS and (before := found[0].before()).ends_on >= first:
        found.insert(0, before)
    return found


def _quarter(records: Records, department: str, quarter: Period) -> DepartmentQuarter:
    zone = records.community.timezone
    held = [event for event in records.events if quarter.holds(event.starts_at, zone)]
    ids = {event.event_id for event in held}
    places = [place for place in records.registrations if place.event_id in ids]
    here = records.model_copy(update={"events": held, "registrations": places})
    attended = came_to(here)
    times = Counter(person for people in attended.values() for person in people)
    came: dict[str, set[str]] = {}
    for person in times:
        came.setdefault(records.departments[person], set()).add(person)
    figures = DepartmentQuarter(period=quarter, events=len(held))
    known = known_of(records)
    told = told_apart(came, known)
    if not left_too_few(came, known, told):
        figures = figures.model_copy(update={"everybody": len(times), "all_attendances": times.total()})
    if department not in told:
        return figures
    own = came.get(department, set())
    tables = [people for groups in together_at(here, attended) for people in groups if own & set(people)]
    met = {records.departments[person] for people in tables for person in people}
    return figures.model_copy(
        update={
            "people": len(own),
            "attendances": sum(times[person] for person in own),
            "met": len(met - {UNKNOWN, department}),
        }
    )
