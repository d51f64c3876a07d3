"""A series, who is registered for all of it, what is still to be carried out in its events, and its timer."""

import uuid
from datetime import date, datetime, time, timedelta
from typing import Any, ClassVar, Final, Literal
from zoneinfo import ZoneInfo

from ekkyo.contracts.base import Id, Instant
from ekkyo.contracts.events import (
    EventDetails,
    EventFormat,
    LeftAsItWas,
    RegistrationQuestion,
    SeriesRegistration,
    SeriesState,
)
from ekkyo.contracts.events.recurring import read_rule
from ekkyo.decision import Decision, Document, Entry, Set, Timer, recurrence
from pydantic import BaseModel, ConfigDict, Field

AHEAD: Final = timedelta(days=182)
"""How far ahead an endless series has events."""
EXTENDED_BEFORE: Final = timedelta(days=91)
"""When fewer days than these are left of its events, more are added."""
FURTHEST: Final = timedelta(days=731)
"""How far from its first date a series can reach."""
MOST_REGISTERED: Final = 1_000
"""Members who can be registered for all of a series: what they get of new events is told of each."""
REMEMBERED: Final = 50
"""How many changes, or withdrawn registrations, are remembered."""
NAMESPACE: Final = uuid.uuid5(uuid.NAMESPACE_URL, "urn:ekkyo:series")
Kind = Literal[
    "planned", "extended", "revised", "rescheduled", "cancelled", "registered", "withdrawn", "repeated", "asked"
]


class Planned(BaseModel):
    """One event of a series, as it was planned."""

    model_config = ConfigDict(frozen=True)
    event_id: Id
    recurrence_id: Instant
    starts_at: Instant
    ends_at: Instant
    off: bool = False
    """Another rule left it out: it is cancelled."""


class Step(BaseModel):
    """A change that is still to be carried out in the events from number `first` to number `last`."""

    model_config = ConfigDict(frozen=True)
    number: int
    change_id: Id
    kind: Kind
    first: int
    last: int
    details: dict[str, Any] = {}
    """The fields that changed; of other questions: those."""
    was: list[tuple[Instant, Instant]] = []
    """When these events were planned to be before they were rescheduled."""
    reason: str = ""
    member_id: Id | None = None
    because: Literal["asked", "extended"] = "asked"
    made: list[Id] = []
    """The events that another rule adds."""
    dropped: list[Id] = []
    """The events that another rule leaves out."""
    regulars: list[tuple[Id, Id]] = []
    """Who gets seats in the events that are added: members, and their registrations for the series."""


class Series(Document):
    """What recurs, by which rule, its events, and what is still to be carried out in them."""

    community_id: str
    title: str
    description: str = ""
    format: EventFormat
    context: str
    place: str | None = None
    url: str | None = None
    url_follows: bool = False
    capacity: int
    speakers: list[str] = []
    members_only: bool = False
    starts: str
    minutes: int
    timezone: str
    rule: str
    except_on: list[date] = []
    also_on: list[date] = []
    status: Literal["planned", "cancelled"] = "planned"
    ends_before: date | None = None
    occurrences: list[Planned] = []
    """All its events, by when they are planned to start."""
    made_until: date
    """The day until which the rule was followed."""
    registered: int = 0
    steps: list[Step] = []
    steps_made: int = 0
    questions: list[RegistrationQuestion] = Field(default=[], exclude_if=lambda asked: not asked)
    """What events that are added to it ask those who register."""
    changes: list[str] = []
    """The last changes that leaders asked for: said again, they change nothing."""
    left_as_they_were: list[LeftAsItWas] = []
    planned_as: str
    """A digest of the command that planned it: distinguishes a retry from another command with the same id."""

    @property
    def endless(self) -> bool:
        """Whether time adds events to it."""
        return self.status == "planned" and self.ends_before is None and read_rule(self.rule).endless


class Regular(Entry):
    """A member's registration for all of a series. `document_id` is the series, `key` the member."""

    status: Literal["registered", "withdrawn"]
    registration_id: str
    withdrawn: list[str] = []
    """Withdrawn registrations: sent again, they stay withdrawn."""
    moved_to: str | None = Field(default=None, exclude_if=lambda to: to is None)
    """The record that has this registration, since this one is a part of it."""
    both: bool = Field(default=False, exclude_if=lambda both: not both)
    """Whether both had one."""


class SeriesTimer(Timer):
    """There is something to carry out in the events of a series, or it is time to add events to it."""

    subject: ClassVar[str] = "ekkyo.timer.events.series"


Answer = Decision[Series, SeriesState]
_TOLD: Final = tuple(set(SeriesState.model_fields) - {"series_id", "revision"})


def series_state(series: Series, *, after: Series | None = None) -> SeriesState:
    """The series as facts and answers carry it. after: the series as read, when this is what a decision made of it."""
    revision = series.revision if after is None else after.revision + 1
    fields = {name: getattr(series, name) for name in _TOLD}
    return SeriesState.model_validate({**fields, "series_id": series.id, "revision": revision})


def series_registration(regular: Regular) -> SeriesRegistration:
    """A registration for all of a series as answers carry it."""
    return SeriesRegistration(
        series_id=regular.document_id,
        member_id=regular.key,
        registration_id=regular.registration_id,
        status=regular.status,
    )


def timers(series: Series, now: datetime) -> list[Set]:
    """When to look after the series again: at once while there is something to carry out."""
    if series.steps:
        return [SeriesTimer(id=series.id).at(now)]
    if series.endless:
        day, _ = recurrence.instant(series.made_until - EXTENDED_BEFORE, time(12), series.timezone)
        return [SeriesTimer(id=series.id).at(max(day, now + timedelta(days=1)))]
    return []


def with_step(series: Series, kind: Kind, change_id: str, *, first: int, **more: Any) -> Series:
    number = series.steps_made + 1
    last = len(series.occurrences) - 1
    step = Step(number=number, change_id=change_id, kind=kind, first=first, last=last, **more)
    return series.model_copy(update={"steps": [*series.steps, step], "steps_made": number})


def day_of(series: Series, at: datetime) -> date:
    return at.astimezone(ZoneInfo(series.timezone)).date()


def series_details(series: Series) -> EventDetails:
    """What the next events of a series will be like."""
    return EventDetails.model_validate({name: getattr(series, name) for name in EventDetails.model_fields})
