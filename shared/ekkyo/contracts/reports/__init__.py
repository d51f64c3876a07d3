"""Reports: what services and front ends hand to each other about a whole community."""

from ekkyo.contracts.reports.report import (
    CommunityHead,
    DepartmentFigures,
    EventFigures,
    Meetings,
    Report,
    SurveyFigures,
)

__all__ = [
    "CommunityHead",
    "DepartmentFigures",
    "EventFigures",
    "Meetings",
    "Report",
    "SurveyFigures",
]
