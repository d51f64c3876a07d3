"""What a suggestion is. Every part of it carries the numbers that it was made from."""

from typing import Literal

from ekkyo.contracts.base import Id, Instant, Model
from ekkyo.contracts.events import EventFormat

Because = Literal["said", "came", "unknown"]
"""said: people chose it in surveys. came: most came to events like this. unknown: neither is known."""


class OnTheme(Model):
    """An event on the theme. attended: None: it is still to come."""

    event_id: Id
    title: str
    starts_at: Instant
    attended: int | None = None


class Talk(Model):
    """What shows that a member knows the theme: a talk, an output on the board, or an event that they hosted."""

    kind: Literal["spoke", "shared", "hosted"]
    member_id: Id
    id: Id
    """The event, or the output."""
    title: str
    at: Instant | None = None


class Choice(Model):
    """A format, a weekday or a time of day, and what speaks for it."""

    answer: str
    because: Because
    people: int = 0
    """said: how many chose it."""
    answered: int = 0
    """said: how many answered the surveys that asked."""
    events: int = 0
    """came: to how many past events like this."""
    mean: float = 0.0
    """came: how many came to one of them on average."""
    others_mean: float | None = None
    """came: how many came to one of the others. None: there are none."""


class Expected(Model):
    """How many may come. With fewer past events than `needed`, nothing is told."""

    format: EventFormat
    events: int
    """Past events of this format that it is computed from, the latest."""
    needed: int
    median: float | None = None
    low: int | None = None
    high: int | None = None
    chance: float | None = None
    """How likely the next number lies from `low` to `high`, if the next event is like those."""


class Suggestion(Model):
    """A theme for the next event."""

    theme: str
    votes: int
    """How many asked for it in surveys lately."""
    mentions: int = 0
    """In how many comments it was mentioned lately. It decides only between themes that are wanted equally."""
    followers: int = 0
    """How many asked to be told when there is an event on it."""
    held: list[OnTheme] = []
    """Events on it lately, the latest first."""
    coming: list[OnTheme] = []
    """Events on it that are planned or announced."""
    score: float
    """Those who want it, for each event that served it and the one that is suggested."""
    teachers: int | None = None
    """How many members show whoever asks that they can teach it. None: it was not asked for."""
    talks: list[Talk] = []
    """Who spoke, shared something or was a host at an event on it, in this order, each the latest first."""


class Suggestions(Model):
    """Suggestions for a community, the most wanted and least served first."""

    community_id: Id
    name: str
    timezone: str
    since: Instant
    """Lately means since then."""
    suggestions: list[Suggestion]
    format: Choice
    weekday: Choice
    time: Choice
    starts_at: Instant
    """When the next event could start: the suited weekday and time, two weeks ahead, on a day without another event."""
    minutes: int
    """How long: as most past events."""
    expected: Expected
    capacity: int
