"""Facts of the draw of an event with a lottery."""

from typing import ClassVar

from pydantic import Field

from ekkyo.contracts.base import Id
from ekkyo.contracts.events.event import EventFact, nothing, unset


class DrawClosed(EventFact):
    """The time of the draw has come: the list of entrants is closed. The seed is not published yet."""

    subject: ClassVar[str] = "ekkyo.fact.events.draw_closed"
    draw_id: Id
    entrants: list[str]
    """One line for each: the id of a registration, which all of a group have in common, and its weight. Then ` size=`
    with the number of members of a group, ` online` where the places online are counted apart, and ` quotas=` with the
    quotas that it counts for, where there are any. Sorted."""
    entrants_sha256: str
    """SHA-256 of the lines in hexadecimal, each ending with a line feed."""


class DrawHeld(EventFact):
    """Places were drawn by lot. Each entrant has a fact of their own about what they got."""

    subject: ClassVar[str] = "ekkyo.fact.events.draw_held"
    draw_id: Id
    seed: str
    entrants_sha256: str
    order: list[Id]
    """All entrants, in the order drawn."""
    places: int
    """How many places there were to give; in the room, where those online are counted apart."""
    online_places: int | None = Field(default=None, exclude_if=unset)
    """How many places there were to give online, where they are counted apart."""
    kept: list[int] = Field(default=[], exclude_if=nothing)
    """How many of the places each quota of the event's terms kept, in their order. Nothing: there were no quotas."""
    withdrawn: list[Id] = []
    """Entrants who gave up, or may not come any more, since the list was closed."""
    placed: list[Id]
    """Entrants who got places, in the order drawn."""
