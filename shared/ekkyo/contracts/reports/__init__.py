"""Reports: what services and front ends hand to each other about a whole community."""

from ekkyo.contracts.reports.department import DepartmentQuarter, DepartmentReport, EventHeld
from ekkyo.contracts.reports.measure import MeasureFigures, MeasurePoint, Outcome
from ekkyo.contracts.reports.period import Period, PeriodKind
from ekkyo.contracts.reports.report import (
    Before,
    CommunityHead,
    DepartmentFigures,
    EventFigures,
    Meetings,
    OtherDepartments,
    PlacesGiven,
    Report,
    SurveyFigures,
    ThemeServed,
    Way,
)

__all__ = [
    "Before",
    "CommunityHead",
    "DepartmentFigures",
    "DepartmentQuarter",
    "DepartmentReport",
    "EventFigures",
    "EventHeld",
    "MeasureFigures",
    "MeasurePoint",
    "Meetings",
    "OtherDepartments",
    "Outcome",
    "Period",
    "PeriodKind",
    "PlacesGiven",
    "Report",
    "SurveyFigures",
    "ThemeServed",
    "Way",
]
