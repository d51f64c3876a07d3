"""Surveys side by side: the scores of one community over time, and those of all communities. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from ekkyo.contracts.surveys import CommunityScores, Trend
from ekkyo.report import charts
from ekkyo.report.charts.timeline import Column
from ekkyo.words.numbers import signed
from ekkyo.words.text import one_line
from markupsafe import Markup

from ekkyo_portal.lead.said import title_of
from ekkyo_portal.look.reader import Reader


@dataclass(frozen=True)
class OverTime:
    """How answers changed from survey to survey."""

    community_id: str
    name: str
    picture: Markup | None
    rows: Sequence[tuple[str, str, str, str, str, str]]
    """Of each survey, newest first: id, day, title, answered, score, interval."""


def over_time(reader: Reader, community_id: str, name: str, trend: Trend) -> OverTime:
    """The scores of a community's surveys as a line and as a table."""
    columns = [
        Column(
            day=f"{point.survey.opened_at.astimezone(ZoneInfo(reader.zone)):%m/%d}",
            title=title_of(reader, point.survey),
            mark="",
            first=0,
            again=0,
            nps=point.nps,
            hidden=point.nps is None,
        )
        for point in trend.points
    ]
    rows = [
        (
            point.survey.survey_id,
            reader.day(point.survey.opened_at),
            title_of(reader, point.survey),
            f"{point.survey.answered}/{point.survey.invited}",
            "–" if point.nps is None else signed(point.nps),
            ""
            if point.nps_low is None or point.nps_high is None
            else f"{signed(point.nps_low)} … {signed(point.nps_high)}",
        )
        for point in reversed(trend.points)
    ]
    told = any(point.nps is not None for point in trend.points)
    picture = charts.course(columns, label=reader.words.told.trend) if told else None
    return OverTime(community_id, one_line(name), picture, rows)


def compared(scores: CommunityScores, names: dict[str, str]) -> list[tuple[str, str, Sequence[str]]]:
    """A row for each community: id, name, numbers."""
    return [
        (
            one.community_id,
            one_line(names.get(one.community_id, one.community_id)),
            [
                f"{one.surveys:,}",
                f"{one.answered:,}/{one.invited:,}",
                f"{100 * one.answered / one.invited:.0f}%" if one.invited else "–",
                "–" if one.nps is None else signed(one.nps),
                f"{one.scored:,}",
            ],
        )
        for one in scores.communities
    ]
