"""What suits members: formats, weekdays and times of day that they chose in surveys."""

from typing import ClassVar, Final, Literal

from pydantic import ConfigDict

from ekkyo.contracts.base import Id, Instant, Model, Question, may

Suiting = Literal["format", "weekday", "time"]
SUITING: Final[dict[Suiting, tuple[str, ...]]] = {
    "format": ("online", "onsite", "hybrid"),
    "weekday": ("mon", "tue", "wed", "thu", "fri", "sat", "sun"),
    "time": ("morning", "lunch", "afternoon", "evening"),
}
"""The keys of the questions that ask what suits, and of their choices. The built-in template `next_events` has them; a
community's own template may have them too."""


class Suited(Model):
    """A format, a weekday or a time of day, and how many chose it."""

    answer: str
    people: int


class Suits(Model):
    """What people said suits them, most chosen first."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "community_id": "0192f0c1-7a00-7000-8000-000000000001",
                "surveys": 1,
                "answered": 22,
                "format": [{"answer": "online", "people": 15}, {"answer": "onsite", "people": 7}],
                "weekday": [{"answer": "wed", "people": 12}],
                "time": [{"answer": "lunch", "people": 17}],
            }
        }
    )
    community_id: Id
    surveys: int
    """How many surveys told anything of it."""
    answered: int
    """How many answered those surveys."""
    format: list[Suited] = []
    weekday: list[Suited] = []
    time: list[Suited] = []


class GetSuits(Question[Suits]):
    """Which formats, weekdays and times of day people said suit them, in closed surveys.

    It counts the questions `format`, `weekday` and `time`, and of anonymous surveys only what their results tell: a
    choice that is merged with others is left out.
    """

    subject: ClassVar[str] = "ekkyo.ask.surveys.suits"
    may: ClassVar = may("leader", "steward", "system", community="community_id")
    community_id: Id
    since: Instant | None = None
    """Only surveys that opened at this time or later. None: all that closed."""
