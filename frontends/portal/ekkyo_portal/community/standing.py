"""How the measures of a community stand, counted at most once a minute by an instance."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from ekkyo.contracts.base import Question, Refused
from ekkyo.contracts.members import Community, Locale
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
    counted = await visit.site.measures.of(key, lambda: _counted(visit, it))
    return None if counted is None else counted.shown(visit.reader.locale)


@dataclass(frozen=True)
class Counted:
    """What was counted, and how it is shown in each language that somebody has read it in."""

    figures: Sequence[MeasureFigures]
    _shown: dict[Locale, Sequence[MeasureView]] = field(default_factory=dict)

    def shown(self, locale: Locale) -> Sequence[MeasureView]:
        """Each measure as it is shown."""
        if locale not in self._shown:
            self._shown[locale] = shown(self.figures, locale)
        return self._shown[locale]


async def _counted(visit: Visit, it: Community) -> Counted | None:
    try:
        return Counted(await of_services(_Visitor(visit), it, visit.now))
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
