"""Reports as they are made for whoever asks: hundreds of questions go into one, so each is kept for a minute.

It is kept for that member with those roles alone, since others may not know the same people; and only until the
community changes.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final, TypeVar

from ekkyo.contracts.base import Question
from ekkyo.contracts.members import Community, LogoFile
from ekkyo.contracts.reports import DepartmentReport, Period, Report
from ekkyo.report import page
from ekkyo_common import learning
from ekkyo_common.report import figures_of, from_services, needed
from ekkyo_common.report.departments import department_report
from ekkyo_common.report.tallies import measured
from pydantic import BaseModel

from ekkyo_portal.web.remembered import RememberedEach
from ekkyo_portal.web.visit import Visit

A = TypeVar("A", bound=BaseModel)
T = TypeVar("T")
REPORTED: Final = 30.0
"""Seconds that one question of a report may take: hundreds are asked."""


async def report_of(visit: Visit, it: Community, period: Period | None, *, again: bool = False) -> Report:
    """The impact report. again: made now, whatever was kept. Raises Refused."""

    async def make() -> Report:
        records = await from_services.gather(Patient(visit), it.community_id, periods=needed(period))
        return measured(figures_of(records, period), records, visit.now)

    return await _kept(visit, it, ("report", str(period)), make, again=again)


async def report_page(visit: Visit, it: Community, period: Period | None, logo: LogoFile | None) -> str:
    """The same as a page in the visitor's language. Raises Refused."""
    locale = visit.reader.locale

    async def make() -> str:
        figures = await report_of(visit, it, period)
        return await asyncio.to_thread(page, figures, made_at=visit.now, locale=locale, logo=logo)

    return await _kept(visit, it, ("page", str(period), locale, logo.data if logo else None), make)


async def department_report_of(visit: Visit, it: Community, name: str, quarter: Period) -> DepartmentReport:
    """The report of a department. Raises Refused as `department_report` does."""

    async def make() -> DepartmentReport:
        records = await from_services.gather(Patient(visit), it.community_id)
        return department_report(records, name, quarter, now=visit.now)

    return await _kept(visit, it, ("department", name, str(quarter)), make)


async def hours_of(visit: Visit, it: Community, period: Period) -> learning.LearningHours:
    """Learning hours. Raises Refused."""

    async def make() -> learning.LearningHours:
        return await learning.gather(Patient(visit), it.community_id, period)

    return await _kept(visit, it, ("hours", str(period)), make)


async def _kept(
    visit: Visit, it: Community, what: tuple[str | None, ...], make: Callable[[], Awaitable[T]], *, again: bool = False
) -> T:
    key = (it.community_id, it.revision, visit.me.member_id, visit.me.roles, *what)
    kept: RememberedEach[T] = visit.site.made
    if again:
        kept.forget(key)
    made = await kept.of(key, make)
    assert made is not None
    return made


class Patient:
    """Asks as the visitor, with time: a report asks several questions at once, and each may wait for the others."""

    def __init__(self, visit: Visit) -> None:
        self._visit = visit

    async def ask(self, question: Question[A], *, within: float = REPORTED) -> A:
        """The answer. Raises Refused."""
        return await self._visit.ask(question, within)
