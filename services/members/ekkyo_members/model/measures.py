"""The figures of a community's measures that others report, and the crossings that its people reached."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Final

from ekkyo.contracts import members as contract
from ekkyo.contracts.base import Span
from ekkyo.decision import Decision, Entries, Refused

from ekkyo_members.model.community import Community, CommunityPart, Reported
from ekkyo_members.model.member import Member

REMEMBERED: Final = 20
"""Reports of one day whose ids are kept."""


def reported_key(measure: str, on: date) -> str:
    """The key of the figure of one day."""
    return f"{measure}:{on.isoformat()}"


def report_measure(
    community: Community, parts: Entries[CommunityPart], cmd: contract.ReportMeasure
) -> Decision[Community, contract.MeasureReports]:
    """Take a figure of a day, instead of one that was reported before. A report that was taken once has no effect."""
    _reported_by_others(community, cmd.measure)
    before = parts.get(reported_key(cmd.measure, cmd.on))
    known = before if isinstance(before, Reported) else None
    if known and cmd.report_id in known.reports:
        return Decision(community, answer=_told(cmd.measure, [known]))
    reports = [*(known.reports if known else []), cmd.report_id][-REMEMBERED:]
    figure = Reported(
        document_id=community.id,
        key=reported_key(cmd.measure, cmd.on),
        measure=cmd.measure,
        on=cmd.on,
        value=cmd.value,
        reports=reports,
    )
    return Decision(
        community,
        answer=_told(cmd.measure, [figure]),
        entries=[figure],
        facts=[contract.MeasureReported.model_validate(cmd.model_dump())],
    )


def reported_ones(community: Community | None) -> list[str]:
    """The keys of the measures that others report. Refuses where there is no community."""
    if community is None:
        raise Refused("community_not_found", "There is no community with this id.")
    return [measure.key for measure in community.charter.measures if measure.counted == "reported"]


def measures(
    community_id: str, figures: dict[str, Sequence[CommunityPart]], members: Iterable[Member], spans: Sequence[Span]
) -> contract.Measures:
    """The reported figures of these measures, and how many crossings these people reached within each span."""
    reached = [c.reached_at for m in members for c in m.crossings if c.community_id == community_id]
    return contract.Measures(
        community_id=community_id,
        reports=[_told(key, some) for key, some in figures.items()],
        crossings=[sum((s.since is None or at >= s.since) and at < s.until for at in reached) for s in spans],
    )


def _reported_by_others(community: Community, key: str) -> None:
    measure = next((one for one in community.charter.measures if one.key == key), None)
    if measure is None:
        raise Refused("measure_not_found", "The charter has no measure with this key.")
    if measure.counted != "reported":
        raise Refused("measure_is_counted", "Ekkyo counts this measure itself; only reported measures take figures.")


def _told(key: str, parts: Iterable[CommunityPart]) -> contract.MeasureReports:
    found = [
        contract.MeasureValue(on=one.on, value=one.value)
        for one in parts
        if isinstance(one, Reported) and one.value is not None
    ]
    return contract.MeasureReports(key=key, values=sorted(found, key=lambda v: v.on)[-contract.MOST_VALUES :])
