"""What a report is made of, wherever it was gathered from. Pure."""

from collections.abc import Mapping

from ekkyo.contracts.base import Id, Instant, Model
from ekkyo.contracts.events import EventState, Figures, OutputState, Registration
from ekkyo.contracts.members import Community, Crossing, MeasureReports, MemberCard, MemberState
from ekkyo.contracts.reports import Period
from ekkyo.contracts.surveys import Results, SurveyState, ThemeCount, VocabularyState

UNKNOWN = "?"
"""The department of somebody who is not known any more."""


class SurveyRecord(Model):
    """One survey of the community, and its results once it closed."""

    survey: SurveyState
    results: Results | None = None


class PeriodFigures(Model):
    """The events service's figures of one period."""

    period: Period
    figures: Figures


class Records(Model):
    """A community, its people, its concluded events and who came, its surveys, and the crossings its people reached."""

    community: Community
    departments: dict[Id, str]
    """Of everybody who is a member or ever had a place at an event."""
    members: list[Id]
    leaders: list[Id]
    events: list[EventState]
    registrations: list[Registration]
    figures: Figures
    surveys: list[SurveyRecord]
    themes: list[ThemeCount]
    vocabulary: VocabularyState | None = None
    """As the community's leaders changed it last; None: they never did."""
    crossings: list[tuple[Id, Crossing, Instant | None]]
    """Who reached which, and when; None: a members service of an earlier version does not tell it."""
    reports: list[MeasureReports] = []
    """The reported figures of the charter's measures."""
    outputs: list[OutputState] = []
    """What is on the board, oldest first."""
    by_period: list[PeriodFigures] = []
    """The figures of the periods that were asked for when these records were gathered."""


def in_community(members: Mapping[str, MemberState], community_id: str, *, role: str | None = None) -> list[str]:
    """The ids of those who belong to a community, or have a role in it."""
    return sorted(
        member_id
        for member_id, member in members.items()
        for place in member.communities
        if place.community_id == community_id and (role is None or place.role == role)
    )


def departments_of(members: Mapping[str, MemberState | MemberCard], people: set[str]) -> dict[str, str]:
    """The department of each of these people, `?` where nobody knows them any more."""
    return {p: members[p].department if p in members else UNKNOWN for p in sorted(people)}
