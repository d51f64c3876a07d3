"""The impact report of a community as other programs get it: what came of it, held against its charter."""

from typing import Literal

from pydantic import Field

from ekkyo.contracts.base import Id, Instant, Model
from ekkyo.contracts.events import EventFormat, Figures, OutputState
from ekkyo.contracts.events.terms import nothing
from ekkyo.contracts.members import Charter, Crossing, Locale
from ekkyo.contracts.reports.measure import MeasureFigures
from ekkyo.contracts.reports.period import Period
from ekkyo.contracts.surveys import ThemeCount


class CommunityHead(Model):
    """The community a report is about, and the charter it is held against."""

    community_id: Id
    name: str
    logo_url: str | None = None
    colour: str | None = None
    locale: Locale
    timezone: str
    charter: Charter
    founded_at: Instant
    members: int
    leaders: int


class EventFigures(Model):
    """One concluded event in figures."""

    event_id: Id
    title: str
    format: EventFormat
    context: str
    starts_at: Instant
    timezone: str
    capacity: int
    """With the seats online, where they are counted apart."""
    registered: int
    """Who ever asked for a place."""
    attended: int
    first_timers: int
    """Of those who came, those who came to an event of this community for the first time."""
    returners: int
    walk_ins: int
    withdrawn: int
    no_shows: int
    late_cancellations: int = 0
    """Of those who withdrew."""
    departments: int
    invited: int = 0
    """To the survey after it."""
    answered: int = 0
    suppressed: bool = False
    nps: float | None = None


class DepartmentFigures(Model):
    """How far the community reaches into one department."""

    department: str
    members: int
    """Members of the community who work there, rounded down to fives."""
    people: int
    """Different people from there who attended: nobody, or five at least."""
    attendances: int


class OtherDepartments(Model):
    """The departments that are not told apart, together."""

    departments: int
    people: int
    """Different people who attended, with those whose department nobody knows any more."""
    attendances: int


class Meetings(Model):
    """Which departments met: at how many events both were present, or sat at one table where the event had tables.

    In the order of `departments`.
    """

    departments: list[str]
    """Those told apart, of which people attended."""
    events: list[list[int]]
    pairs: int
    """Pairs of departments that met at least once, of all departments."""
    possible: int


class SurveyFigures(Model):
    """What the surveys say together. Those with too few answers count in the numbers of answers alone."""

    surveys: int
    open: int
    suppressed: int
    invited: int
    answered: int
    response_rate: float | None = None
    """Per cent of the invited."""
    nps: float | None = None
    """Of the surveys that tell one, weighted by their answers."""
    satisfaction: dict[str, int] = {}
    """How many gave each score from 0 to 10; scores that a survey tells together have a key such as `0-6`."""
    choices: dict[str, dict[str, int]] = {}
    """The other questions with a number or a choice as answer."""


class ThemeServed(Model):
    """A theme, from what people asked for to who came."""

    theme: str
    asked: int
    """How many asked for it in the surveys of the report."""
    held: int
    """Concluded events on it: those that were drafted from it, or whose title or subject names it."""
    came: int
    """Attendances at those."""


class Before(Model):
    """The figures of the period before, to stand beside those of a report's period."""

    period: Period
    totals: Figures
    first_timers: int
    """Who came to an event of this community for the first time."""
    pairs: int
    """Pairs of departments that met at least once."""
    surveys: SurveyFigures
    outputs: int
    crossings: dict[Crossing, int] = {}
    """How many people reached each in it."""


Way = Literal["lottery", "approval", "quotas", "together", "series"]
"""How places are given. lottery: they were drawn by lot. approval: a leader decided. quotas: seats were kept for
first-timers or departments. together: members could register together. series: the event is one date of a series."""


class PlacesGiven(Model):
    """How many events gave places in one way beside first come, first served. An event may be in several ways."""

    way: Way
    events: int
    registrations: int
    """At these events, however each of them got a place."""


class Report(Model):
    """The impact report of a community: of all that was, or of a period.

    Of a period are the events that started in it, the surveys about them, other surveys that opened in it, what was
    attached to the board and the crossings that were reached in it, and the measures as they stood at its end. How many
    people belong to the community, and in which departments they work, is told as it is now. Who comes for the first
    time is so in the whole life of the community.

    Of a department nothing is told of which fewer than five people can be told apart, by itself or by what is left of
    all others.
    """

    community: CommunityHead
    totals: Figures
    attendances_by_format: dict[EventFormat, int]
    given: list[PlacesGiven] = Field(default=[], exclude_if=nothing)
    """The ways in which places were given at some event."""
    events: list[EventFigures]
    """Oldest first."""
    departments: list[DepartmentFigures]
    """Those told apart, most attendances first."""
    others: OtherDepartments | None = None
    """None: all are told apart."""
    meetings: Meetings
    surveys: SurveyFigures
    themes: list[ThemeCount]
    loop: list[ThemeServed] = []
    """The same themes and those that events were drafted from: how many asked, what was held, how many came."""
    crossings: dict[Crossing, int]
    """How many people reached each, in the period or ever."""
    outputs: list[OutputState] = []
    """What came of it, as the board has it, oldest first."""
    measures: list[MeasureFigures] = []
    """The charter's, each against its target as it stands now, or as it stood when the report's period ended."""
    period: Period | None = None
    """None: all that was."""
    before: Before | None = None
    """None: no period was asked for, or nothing was before it."""
