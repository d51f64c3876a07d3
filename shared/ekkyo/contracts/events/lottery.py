"""A lottery: places of an event are drawn by lot among all who registered until a time."""

from typing import Literal

from pydantic import ConfigDict, Field

from ekkyo.contracts.base import Id, Instant, Model

DrawStage = Literal["open", "closed", "held"]
"""open: members enter it by registering. closed: the list of entrants is published. held: the seed is published, and
places are given by the order drawn."""


def _unset(value: object) -> bool:
    return value is None


class Lottery(Model):
    """Places are drawn by lot, in place of first come, first served."""

    draws_at: Instant
    """When the draw is. Who registers before it has applied, and takes part in the draw. Who registers after it waits
    behind everybody who took part."""


class WantedLottery(Lottery):
    """A lottery as leaders set it."""

    model_config = ConfigDict(extra="forbid")


class Draw(Model):
    """The draw of an event with a lottery. docs/wire.md says how to repeat it."""

    draw_id: Id
    stage: DrawStage
    seed_sha256: str
    """The SHA-256 of the seed, in hexadecimal. It is published with the event and never changes."""
    entrants: int | None = Field(default=None, exclude_if=_unset)
    """How many registrations or groups are in the draw. None: it is open."""
    entrants_sha256: str | None = Field(default=None, exclude_if=_unset)
    """The SHA-256 of the list of entrants, in hexadecimal. None: it is open."""
    seed: str | None = Field(default=None, exclude_if=_unset)
    """The seed, when the draw is held: 64 hexadecimal digits."""
