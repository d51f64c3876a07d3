"""What suggestions are made from, asked of the services. To a leader of the community, a steward or a system."""

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from ekkyo.contracts.events import Board, EventState, ListEvents
from ekkyo.contracts.members import FindTeachers, GetCommunity, GetFollowedThemes
from ekkyo.contracts.surveys import GetSuits, GetVocabulary, RankThemes
from pydantic import ValidationError

from ekkyo_common.report.from_services import Asking
from ekkyo_common.suggestions.known import Known
from ekkyo_common.suggestions.suggested import Suggestions
from ekkyo_common.suggestions.suggesting import MOST, suggest

LATELY: Final = timedelta(days=180)
PAST: Final = 200
OUTPUTS: Final = 200
WITHIN: Final = 15.0
"""Seconds that the vocabulary may take: it is held against all closed surveys."""


async def gather(asking: Asking, community_id: str, now: datetime) -> Suggestions:
    """Suggestions for a community. Raises Refused, also when a service does not answer."""
    since = now - LATELY
    community, ranking, vocabulary = await asyncio.gather(
        asking.ask(GetCommunity(community_id=community_id)),
        asking.ask(RankThemes(community_id=community_id, since=since, limit=50)),
        asking.ask(GetVocabulary(community_id=community_id), within=WITHIN),
    )
    followed, suits, board = await asyncio.gather(
        asking.ask(GetFollowedThemes(community_id=community_id)),
        asking.ask(GetSuits(community_id=community_id, since=now - 2 * LATELY)),
        asking.ask(Board(community_id=community_id, limit=OUTPUTS)),
    )
    known = Known(
        community=community,
        now=now,
        since=since,
        wanted=ranking.themes,
        followed=followed.themes,
        suits=suits,
        past=await _past(asking, community_id),
        coming=await _coming(asking, community_id, now),
        outputs=board.outputs,
        vocabulary=vocabulary.vocabulary if vocabulary.vocabulary.revision else None,
    )
    themes = [one.theme for one in suggest(known).suggestions]
    return suggest(known.model_copy(update={"teachers": await _teachers(asking, community_id, themes)}))


async def _past(asking: Asking, community_id: str) -> list[EventState]:
    asked = ListEvents(community_id=community_id, status=["concluded"], newest_first=True, limit=PAST)
    return (await asking.ask(asked)).events


async def _coming(asking: Asking, community_id: str, now: datetime) -> list[EventState]:
    asked = ListEvents(community_id=community_id, status=["draft", "published"], starts_from=now, limit=PAST)
    return (await asking.ask(asked)).events


async def _teachers(asking: Asking, community_id: str, themes: Sequence[str]) -> dict[str, int]:
    """How many show whoever asks that they can teach each of these themes, at most a hundred."""
    found: dict[str, int] = {}
    for theme in themes[:MOST]:
        try:
            question = FindTeachers(community_id=community_id, topic=theme, limit=100)
        except ValidationError:  # longer than what one can look for
            continue
        found[theme] = len((await asking.ask(question)).teachers)
    return found
