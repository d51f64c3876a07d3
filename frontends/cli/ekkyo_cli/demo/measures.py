"""The figures that the charter's measures are held against: what another system reports, and how they stand."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from ekkyo.client import Ekkyo
from ekkyo.contracts.base import new_id
from ekkyo.contracts.members import ReportMeasure
from ekkyo.contracts.reports import MeasureFigures
from ekkyo.report.measures import number, shown

from ekkyo_cli.demo import season


async def report(help_desk: Ekkyo, community_id: str, today: date) -> None:
    """The help desk's system reports how many questions it got in each of the last months."""
    for value, on in zip(reversed(season.ASKED), _month_ends(today), strict=False):
        await help_desk.send(
            ReportMeasure(report_id=new_id(), community_id=community_id, measure=season.HELP_DESK, on=on, value=value)
        )


def lines(figures: Sequence[MeasureFigures]) -> Iterator[tuple[str, str]]:
    """Each measure, and how it stands against its target."""
    for one, view in zip(figures, shown(figures, "en"), strict=True):
        began = "" if one.measure.baseline is None else f" (began at {number(one.measure.baseline, one.measure)})"
        of = f" in {view.of}" if view.of else ""
        yield view.label, f"{view.value}{of}{began}. {view.goal}. {view.outcome}"


def _month_ends(today: date) -> Iterator[date]:
    """The last days of the months that are over, the latest first."""
    while True:
        today = today.replace(day=1) - timedelta(days=1)
        yield today
