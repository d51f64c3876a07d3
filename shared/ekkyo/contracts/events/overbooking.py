"""Advice on how many registrations to confirm for so many seats."""

from typing import ClassVar, Literal

from pydantic import ConfigDict, Field

from ekkyo.contracts.base import Id, Model, Question, may
from ekkyo.contracts.events.event import EventFormat


class OverbookingOption(Model):
    """What to expect if this many registrations are confirmed."""

    confirmed: int
    expected: float
    """How many of them come on average."""
    likely_from: int
    likely_to: int
    """With a probability of at least 90 per cent, this many come, from the lowest to the highest."""
    risk: float
    """How probable it is that more come than there are seats, from 0 to 1."""


class OverbookingAdvice(Model):
    """How many registrations to confirm for so many seats, judged by past events of the same kind.

    Nobody is named, and nothing is changed: a leader decides, and raises the event's capacity.
    """

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "event_id": "0192f0c1-7a00-7000-8000-0000000000e1",
                "seats": 30,
                "format": "onsite",
                "context": "IT",
                "events": 9,
                "registrations": 312,
                "did_not_come": 69,
                "share": 0.225,
                "share_from": 0.184,
                "share_to": 0.269,
                "advised": 33,
                "risk_limit": 0.05,
                "options": [
                    {"confirmed": 30, "expected": 23.3, "likely_from": 19, "likely_to": 27, "risk": 0.0},
                    {"confirmed": 33, "expected": 25.6, "likely_from": 21, "likely_to": 30, "risk": 0.025},
                    {"confirmed": 34, "expected": 26.4, "likely_from": 21, "likely_to": 31, "risk": 0.06},
                ],
                "silent_because": None,
                "needed_events": 5,
                "needed_registrations": 50,
            }
        }
    )
    event_id: Id
    seats: int
    """How many people the room holds, or how many can join. At a hybrid event with a capacity each: the room."""
    format: EventFormat
    context: str | None = None
    """The past events had this context. None: there were too few of those, so any context counts."""
    events: int
    """Concluded events of this kind, the last two hundred of the community at most. Events at which nobody was recorded
    as attending are left out."""
    registrations: int
    """Members who had a seat at them until the end, and late cancellations whose seat nobody took."""
    did_not_come: int
    """Those of them who did not come: no-shows, and these late cancellations."""
    share: float | None = None
    """The share that does not come, from 0 to 1, on average over events of this kind. None: too little is known."""
    share_from: float | None = None
    share_to: float | None = None
    """With a probability of 90 per cent, that average lies between these two."""
    advised: int | None = None
    """The highest number of confirmed at which the risk is not above `risk_limit`. None: too little is known."""
    risk_limit: float
    """How probable it may be that more come than there are seats."""
    options: list[OverbookingOption] = []
    """What to expect at some numbers of confirmed, from `seats` to a few more than `advised`, and at the event's
    capacity; at most eight."""
    silent_because: Literal["too_few_events", "too_few_registrations"] | None = None
    """Why there is no advice."""
    needed_events: int
    """How many past events of this kind it takes."""
    needed_registrations: int
    """How many registrations they must have had together."""


class GetOverbookingAdvice(Question[OverbookingAdvice]):
    """How far to overbook an event, from what became of registrations at the community's past events of its kind."""

    subject: ClassVar[str] = "ekkyo.ask.events.overbooking_advice"
    may: ClassVar = may("leader", "steward", "system")
    event_id: Id
    seats: int | None = Field(default=None, ge=1, le=20_000)
    """How many people the room holds. None: as many as the event's capacity."""
