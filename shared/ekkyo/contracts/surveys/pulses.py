"""Pulses: short surveys that open by themselves on a schedule, each for a sample of a community's members."""

import uuid
from datetime import date
from typing import ClassVar, Final, Literal

from pydantic import ConfigDict, Field

from ekkyo.contracts.base import Command, Day, Fact, Id, Instant, Line, Model, Question, Zone, may
from ekkyo.contracts.events.recurring import Clock
from ekkyo.contracts.members import Locale
from ekkyo.contracts.surveys.form import Key, TemplateKey

PULSES: Final = uuid.UUID("d1a7f0c4-8e0f-5a3b-9f53-2b6c5f1e9a64")
"""The namespace of the ids of pulses and of their surveys."""
Weekday = Literal["MO", "TU", "WE", "TH", "FR", "SA", "SU"]
PulseStatus = Literal["active", "ended"]
SkippedBecause = Literal["too_few", "template_retired"]
"""too_few: fewer than five members could be asked. template_retired: its questions are not used any more."""


def pulse_of(community_id: str, pulse: str) -> str:
    """The id of a pulse: a UUIDv5, so that no survey of a caller's own can have it."""
    return str(uuid.uuid5(PULSES, f"{community_id}/{pulse}"))


def survey_of_pulse(pulse_id: str, day: date) -> str:
    """The id of the survey that a pulse opens on a day: a UUIDv5. So there is one survey for each of its days."""
    return str(uuid.uuid5(PULSES, f"{pulse_id}/{day.isoformat()}"))


class PulseRound(Model):
    """One day of a pulse, and what became of it."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "day": "2026-05-12",
                "survey_id": "7f6c2a10-3b5e-5d49-8a21-0c9e4b7d5f36",
                "because": None,
                "members": 120,
                "rested": 24,
                "invited": 24,
            }
        }
    )
    day: Day
    survey_id: Id | None = None
    """None: no survey was opened."""
    because: SkippedBecause | None = None
    """Why not."""
    members: int = 0
    """How many active members the community had."""
    rested: int = 0
    """How many of them were asked in the 30 days before."""
    invited: int = 0


class PulseState(Model):
    """A pulse as facts and answers carry it."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "pulse_id": "1d8f3b52-6c7a-5e94-b0d3-5a2e9c4f7b18",
                "community_id": "0192f0c1-7a00-7000-8000-000000000001",
                "pulse": "how_are_we",
                "title": {"ja": "いまの調子", "en": "How are we doing?"},
                "template": "post_event",
                "anonymous": True,
                "weeks": 2,
                "weekday": "TU",
                "clock": "10:00",
                "timezone": "Asia/Tokyo",
                "starts_on": "2026-05-12",
                "days": 7,
                "share": 20,
                "status": "active",
                "next_on": "2026-05-26",
                "next_at": "2026-05-26T01:00:00Z",
                "rounds": [],
                "revision": 2,
            }
        }
    )
    pulse_id: Id
    community_id: Id
    pulse: Key
    title: dict[Locale, Line]
    template: TemplateKey
    anonymous: bool
    weeks: int | None
    weekday: Weekday
    clock: Clock
    timezone: Zone
    starts_on: Day
    days: int
    sample: int | None = None
    share: int | None = None
    status: PulseStatus
    next_on: Day | None = None
    """The next day on which a survey opens."""
    next_at: Instant | None = None
    rounds: list[PulseRound] = []
    """The newest 24, newest first."""
    revision: int


# Commands


class PlanPulse(Command[PulseState]):
    """Plan a pulse, or change it: said again with other values, those hold from the next round on.

    On each of its days a survey opens for a sample of the community's active members. Nobody is asked who was invited
    to a survey of any pulse, or to one opened by hand, in the 30 days before; surveys after events do not count. Those
    who have waited longest are asked first. If fewer than five can be asked, no survey opens and the leaders are told.
    A pulse that was ended starts again.
    """

    subject: ClassVar[str] = "ekkyo.cmd.surveys.plan_pulse"
    may: ClassVar = may("leader", "steward", "system", community="community_id")
    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "community_id": "0192f0c1-7a00-7000-8000-000000000001",
                "pulse": "how_are_we",
                "title": {"ja": "いまの調子", "en": "How are we doing?"},
                "template": "post_event",
                "weeks": 2,
                "weekday": "TU",
                "clock": "10:00",
                "timezone": "Asia/Tokyo",
                "starts_on": "2026-05-12",
                "days": 7,
                "share": 20,
            }
        }
    )
    community_id: Id
    pulse: Key
    """A key of the caller's own for it. The community and this make its id."""
    title: dict[Locale, Line]
    template: TemplateKey
    """Which questions each survey asks, in the version that is the newest when it opens."""
    anonymous: bool = True
    weeks: int | None = Field(default=None, ge=1, le=12)
    """A survey opens every so many weeks; without it, on the first such weekday of each month."""
    weekday: Weekday
    clock: Clock
    """When it opens, on the clock of the time zone."""
    timezone: Zone
    starts_on: Day
    """The first day on which a survey may open. Weeks are counted from the week of this day."""
    days: int = Field(default=7, ge=1, le=28)
    """For how many days each survey is open. It closes before the next one opens."""
    sample: int | None = Field(default=None, ge=5, le=5000)
    """How many members are asked each time."""
    share: int | None = Field(default=None, ge=1, le=100)
    """How many percent of the members, at least five people. Either this or `sample`."""


class EndPulse(Command[PulseState]):
    """Open no more surveys of a pulse. One that is open stays open."""

    subject: ClassVar[str] = "ekkyo.cmd.surveys.end_pulse"
    may: ClassVar = may("leader", "steward", "system", community="community_id")
    community_id: Id
    pulse: Key


# Questions


class PulseList(Model):
    """The pulses of a community, by key, and how many of its members could be asked now."""

    pulses: list[PulseState]
    members: int
    """How many active members the community has."""
    rested: int
    """How many of them were asked in the last 30 days, by a pulse or by a survey opened by hand."""


class ListPulses(Question[PulseList]):
    """The pulses of a community with their newest rounds, and how many members can be asked."""

    subject: ClassVar[str] = "ekkyo.ask.surveys.pulses"
    may: ClassVar = may("leader", "steward", "system", community="community_id")
    community_id: Id


# Facts


class PulseFact(Fact):
    """What all facts about a pulse carry."""

    about: ClassVar[str] = "pulse_id"
    pulse_id: Id
    pulse: PulseState


class PulsePlanned(PulseFact):
    """A pulse was planned, changed, or started again."""

    subject: ClassVar[str] = "ekkyo.fact.surveys.pulse_planned"


class PulseEnded(PulseFact):
    """A pulse opens no more surveys."""

    subject: ClassVar[str] = "ekkyo.fact.surveys.pulse_ended"


class PulseHeld(PulseFact):
    """A pulse opened the survey of one of its days."""

    subject: ClassVar[str] = "ekkyo.fact.surveys.pulse_held"
    round: PulseRound


class PulseSkipped(PulseFact):
    """A pulse opened no survey on one of its days; the round says why."""

    subject: ClassVar[str] = "ekkyo.fact.surveys.pulse_skipped"
    round: PulseRound
