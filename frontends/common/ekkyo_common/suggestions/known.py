"""What suggestions are made from, as the services tell it."""

from datetime import datetime

from ekkyo.contracts.base import Model
from ekkyo.contracts.events import EventState, OutputState
from ekkyo.contracts.members import Community, ThemeFollowers
from ekkyo.contracts.surveys import Suits, ThemeCount, VocabularyState


class Known(Model):
    """Answers to questions that leaders may ask."""

    community: Community
    now: datetime
    since: datetime
    """What was asked for since then counts."""
    wanted: list[ThemeCount]
    """Themes in surveys since then."""
    followed: list[ThemeFollowers] = []
    suits: Suits
    past: list[EventState]
    """Concluded events, the latest first."""
    coming: list[EventState] = []
    """Drafts and announced events that did not start."""
    outputs: list[OutputState] = []
    vocabulary: VocabularyState | None = None
    """None: its leaders changed nothing."""
    teachers: dict[str, int] = {}
    """How many show that they can teach it, by theme, of themes for which that was asked."""
