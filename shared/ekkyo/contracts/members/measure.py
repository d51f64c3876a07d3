"""Measures of a charter: what a community is judged by, in numbers, and the figures that other systems report."""

from typing import Annotated, ClassVar, Final, Literal, Self

from pydantic import ConfigDict, Field, model_validator

from ekkyo.contracts.base import MOST_SPANS, Command, Day, Fact, Id, Line, Model, Question, Span, Unit, may

Counted = Literal[
    "attendances",
    "people",
    "departments",
    "first_timers",
    "returners",
    "events",
    "outputs",
    "crossings",
    "answers",
    "nps",
    "reported",
]
"""What a measure counts, always within its period and of concluded events. attendances: once per person and event.
people: different people who attended. departments: different departments that they work in. first_timers: people
whose first event of this community it was. returners: people who came and had come before. events: held. outputs: on
the board. crossings: reached by members. answers: to surveys that are
closed. nps: of the
surveys that publish one. reported: a figure
that another system or a leader reports (`members.report_measure`)."""
Period = Literal["month", "quarter", "season", "whole"]
"""What a target is for. month, quarter: each calendar month or quarter by itself, in the community's time zone. season:
from `starts_on` to `until`. whole: since the community was founded."""
Amount = Annotated[float, Field(ge=-1e12, le=1e12, allow_inf_nan=False)]
"""A figure."""
MOST_VALUES: Final = 2000
"""How many reported figures of one measure are returned, the newest."""


class Measure(Model):
    """One figure that a community is judged by, and what it should come to."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "key": "help-desk-questions",
                "label": "Questions to the help desk",
                "counted": "reported",
                "target": 200,
                "baseline": 400,
                "period": "month",
                "direction": "down",
            }
        }
    )

    key: Id
    """Identifies it within the charter, for systems that report it. A measure with another key is another measure."""
    label: Line
    counted: Counted
    target: Amount
    baseline: Amount | None = None
    """What the figure was before the community existed."""
    unit: Unit = ""
    """Of a reported figure, such as `h`."""
    period: Period = "whole"
    direction: Literal["up", "down"] = "up"
    """up: the target is the least that is wanted. down: it is the most that is wanted."""
    combine: Literal["sum", "last"] = "sum"
    """How several reported figures of one period become one: they are added up, or the last one counts, which is right
    for a level such as a share."""
    starts_on: Day | None = None
    """The first day of a season."""
    until: Day | None = None
    """The last day of a season."""

    @model_validator(mode="after")
    def _season_has_days(self) -> Self:
        if self.period == "season":
            if self.starts_on is None or self.until is None:
                raise ValueError("a season needs starts_on and until")
            if self.until < self.starts_on:
                raise ValueError("a season must not end before it starts")
        return self


class MeasureValue(Model):
    """A reported figure, and the day it is of."""

    model_config = ConfigDict(json_schema_extra={"example": {"on": "2026-10-31", "value": 312}})

    on: Day
    value: Amount


class MeasureReports(Model):
    """The reported figures of one measure, by day."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {"key": "help-desk-questions", "values": [{"on": "2026-10-31", "value": 312}]},
        }
    )

    key: Id
    values: list[MeasureValue]


class ReportMeasure(Command[MeasureReports]):
    """Report a figure of a measure that is `reported`: of one day, or of the time since the figure before.

    Sending the same report again changes nothing. A later report for the same day replaces the earlier one.
    The answer holds the figure of that day as it is now.
    """

    subject: ClassVar[str] = "ekkyo.cmd.members.report_measure"
    may: ClassVar = may("leader", "steward", "system", community="community_id")
    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "report_id": "0192f0c1-7a00-7000-8000-0000000000f7",
                "community_id": "0192f0c1-7a00-7000-8000-000000000001",
                "measure": "help-desk-questions",
                "on": "2026-10-31",
                "value": 312,
            }
        }
    )
    report_id: Id
    community_id: Id
    measure: Id
    """The key of the measure in the charter."""
    on: Day
    value: Amount | None
    """None: there is no figure of that day after all."""


class Measures(Model):
    """What the members service knows about a community's measures."""

    community_id: Id
    reports: list[MeasureReports]
    """Of each measure in the charter that is reported, in the charter's order."""
    crossings: list[int] = []
    """How many crossings were reached within each span."""


class GetMeasures(Question[Measures]):
    """The reported figures of a community's measures, and how many crossings were reached within some spans."""

    subject: ClassVar[str] = "ekkyo.ask.members.measures"
    may: ClassVar = may("member")
    community_id: Id
    spans: list[Span] = Field(default=[], max_length=MOST_SPANS)


class MeasureReported(Fact):
    """A figure of one of a community's measures was reported."""

    subject: ClassVar[str] = "ekkyo.fact.members.measure_reported"
    about: ClassVar[str] = "community_id"
    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "community_id": "0192f0c1-7a00-7000-8000-000000000001",
                "report_id": "0192f0c1-7a00-7000-8000-0000000000f7",
                "measure": "help-desk-questions",
                "on": "2026-10-31",
                "value": 312,
            }
        }
    )
    community_id: Id
    report_id: Id
    measure: Id
    on: Day
    value: Amount | None = None
    """None: there is no figure of that day after all."""
