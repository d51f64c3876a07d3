"""How the measures of a community stand, counted at most once a minute by an instance."""

from collections.abc import Sequence
from typing import TypeVar

from ekkyo.contracts.base import Question, Refused
from ekkyo.contracts.members import Community
from ekkyo.contracts.reports import MeasureFigures
from ekkyo.report.measures import MeasureView, shown
from ekkyo_common.report.tallies import of_services
from pydantic import BaseModel

from ekkyo_portal.web.visit import Visit

A = TypeVar("A", bound=BaseModel)
COUNTED = 10.0
"""Seconds that one count may take."""


async def standing(visit: Visit, it: Community) -> Sequence[MeasureView] | None:
    """Each measure as it is shown to this visitor. None: a service is away."""
    if not it.charter.measures:
        return []
    key = it.community_id, it.revision, visit.me.may_lead(it.community_id)
    figures = await visit.site.measures.of(key, lambda: _figures(visit, it))
    return None if figures is None else shown(figures, visit.reader.locale)


async def _figures(visit: Visit, it: Community) -> list[MeasureFigures] | None:
    try:
        return await of_services(_Visitor(visit), it, visit.now)
    except Refused as why:
        if why.status not in (429, 503):
            raise
        return None


class _Visitor:
    """Asks as the visitor."""

    def __init__(self, visit: Visit) -> None:
        self._visit = visit

    async def ask(self, question: Question[A], *, within: float = COUNTED) -> A:
        """The answer. Raises Refused."""
        return await self._visit.ask(question, within)
