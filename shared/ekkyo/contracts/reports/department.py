"""The report of one department, for its head: nothing about fewer than five people can be read or computed from it."""

from pydantic import Field

from ekkyo.contracts.base import Instant, Model
from ekkyo.contracts.events import EventFormat
from ekkyo.contracts.reports.period import Period
from ekkyo.contracts.reports.report import CommunityHead


class DepartmentQuarter(Model):
    """What people of the department did in one quarter, beside the community as a whole.

    None: not told apart, because it is about fewer than five people, or because subtracting what is told from a total
    would leave fewer than five.
    """

    period: Period
    events: int
    """That the community held."""
    everybody: int | None = None
    """Different people who attended, of all departments."""
    all_attendances: int | None = None
    """Theirs."""
    people: int | None = None
    """Different people of the department who attended."""
    attendances: int | None = None
    met: int | None = None
    """Other departments that they met."""


class EventHeld(Model):
    """An event that took place, without anything about who came."""

    title: str
    context: str
    format: EventFormat
    starts_at: Instant
    timezone: str


class DepartmentReport(Model):
    """The report of a department for one quarter that is over, with the quarters before it."""

    community: CommunityHead
    department: str
    known: int = Field(multiple_of=5)
    """How many people of the department are members or ever had a place at an event, rounded down to fives."""
    quarters: list[DepartmentQuarter] = Field(min_length=1)
    """Oldest first; the last is the one that the report is about."""
    events: list[EventHeld]
    """Of that quarter, oldest first."""
