"""The draw of a lottery, as an event keeps it, and the timer of its time."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Literal

from ekkyo.contracts.events import Draw
from ekkyo.decision import Timer
from pydantic import BaseModel, ConfigDict, Field

Stage = Literal["open", "closed", "held", "done"]
Result = Literal["placed", "missed"]


@dataclass(frozen=True)
class Lot:
    """The id and the secret of a draw, made by whoever asks for a decision that opens one."""

    draw_id: str
    seed: str


class Drawing(BaseModel):
    """The draw of an event, with its secret. The lists are kept while they are needed: the facts have them for ever."""

    model_config = ConfigDict(frozen=True, extra="ignore")
    id: str
    seed: str = Field(repr=False)
    """64 hexadecimal digits. No fact, answer or log has it before the draw is held."""
    seed_sha256: str
    stage: Stage = "open"
    """done: every entrant has a place or waits."""
    entrants: list[str] = []
    """The list in canonical form, while it is closed."""
    count: int = 0
    """How many entrants there are or were."""
    entrants_sha256: str | None = None
    order: list[str] = []
    """The units in the order drawn, until the draw is done."""
    placed: list[str] = []
    """Those of them who got places, until the draw is done."""
    given: int = 0
    """For how many of the order it is saved what they got."""

    @property
    def told(self) -> Draw:
        """The draw as facts and answers carry it."""
        held = self.stage in ("held", "done")
        return Draw(
            draw_id=self.id,
            stage="held" if self.stage == "done" else self.stage,
            seed_sha256=self.seed_sha256,
            entrants=None if self.stage == "open" else self.count,
            entrants_sha256=self.entrants_sha256,
            seed=self.seed if held else None,
        )


class DrawTimer(Timer):
    """The time of a draw has come."""

    subject: ClassVar[str] = "ekkyo.timer.events.draw"
    draws_at: datetime
    """The time it was set for: of a draw that was moved since, it says nothing."""
