"""Reports as they are made for whoever asks: hundreds of questions go into one, so each is kept for a minute.

It is kept for that member with those roles alone, since others may not know the same people; and only until the
community changes.
"""

from typing import Any, TypeVar

from ekkyo.contracts.base import Question
from ekkyo.contracts.reports import DepartmentReport, Period, Report
from ekkyo_common.report import figures_of, from_services, needed
from ekkyo_common.report.departments import department_report
from ekkyo_common.report.tallies import measured
from pydantic import BaseModel

from ekkyo_portal.lead.room import led_community
from ekkyo_portal.web.remembered import RememberedEach
from ekkyo_portal.web.visit import Visit

A = TypeVar("A", bound=BaseModel)
REPORTED = 30.0
"""Seconds that one question of a report may take: hundreds are asked."""


async def report_of(visit: Visit, community_id: str, period: Period | None, *, again: bool = False) -> Report:
    """The impact report. again: made now, whatever was kept. Raises Refused, also for those who do not lead there."""
    key = await _key(visit, community_id, str(period))
    if again:
        visit.site.reports.forget(key)

    async def make() -> Report:
        records = await from_services.gather(Patient(visit), community_id, periods=needed(period))
        return measured(figures_of(records, period), records, visit.now)

    kept: RememberedEach[Report] = visit.site.reports
    return _there(await kept.of(key, make))


async def department_report_of(visit: Visit, community_id: str, name: str, quarter: Period) -> DepartmentReport:
    """The report of a department. Raises Refused as `department_report` does."""
    key = await _key(visit, community_id, name, str(quarter))

    async def make() -> DepartmentReport:
        records = await from_services.gather(Patient(visit), community_id)
        return department_report(records, name, quarter, now=visit.now)

    kept: RememberedEach[DepartmentReport] = visit.site.department_reports
    return _there(await kept.of(key, make))


async def _key(visit: Visit, community_id: str, *what: str) -> tuple[Any, ...]:
    it = await led_community(visit, community_id)
    return it.community_id, it.revision, visit.me.member_id, visit.me.roles, *what


def _there(made: A | None) -> A:
    assert made is not None
    return made


class Patient:
    """Asks as the visitor, with time: a report asks several questions at once, and each may wait for the others."""

    def __init__(self, visit: Visit) -> None:
        self._visit = visit

    async def ask(self, question: Question[A], *, within: float = REPORTED) -> A:
        """The answer. Raises Refused."""
        return await self._visit.ask(question, within)
