"""Quotas: seats of an event that are kept for some members until a time."""

from pydantic import ConfigDict, Field

from ekkyo.contracts.base import Instant, Line, Model


def _nothing(value: object) -> bool:
    return not value


class Quota(Model):
    """Seats that are kept for first-timers, or for members of some departments: either the one or the other."""

    seats: int = Field(ge=1, le=1_000)
    first_timers: bool = Field(default=False, exclude_if=_nothing)
    """For members who have never attended an event of the community."""
    departments: list[Line] = Field(default=[], max_length=20, exclude_if=_nothing)
    """For members of one of these departments, as their profiles name them."""


class Quotas(Model):
    """Seats that are kept for some members until `released_at`; then whoever waits longest gets those that are left.

    Each member for whom a quota is, and who has a seat, uses up one of its seats. So what is kept is never more than it
    takes to fill every quota. Whoever counts for several quotas uses up one of them. Where the room and online have a
    capacity each, only seats in the room are kept. For whom a quota is, is decided when they register, or when the
    quotas of a published event are changed: nobody loses a seat by what they become later.
    """

    kept: list[Quota] = Field(min_length=1, max_length=5)
    released_at: Instant
    """When the seats that are left are given to everybody. It moves with the event, as long as it has not come."""


class WantedQuota(Quota):
    """A quota as leaders set it."""

    model_config = ConfigDict(extra="forbid")


class WantedQuotas(Quotas):
    """Quotas as leaders set them."""

    model_config = ConfigDict(extra="forbid")
    kept: list[WantedQuota] = Field(min_length=1, max_length=5)  # type: ignore[assignment]
