"""What comes next for a member, and how their communities grew through them. Nobody is compared with anybody."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from ekkyo.contracts.events import Board, EventPage, EventState, ListEvents, OutputPage
from ekkyo.contracts.members import GetMember, GetSkills, Journey, Member, SkillsSeen
from ekkyo.contracts.surveys import RankThemes, ThemeRanking
from ekkyo.words.numbers import count
from ekkyo.words.text import one_line
from ekkyo.words.themes import is_on, same, starting, vocabulary_of

from ekkyo_portal.look.lines import Line
from ekkyo_portal.look.reader import Reader
from ekkyo_portal.web.visit import Visit

STEPS: Final = 5
COMMUNITIES: Final = 3
"""Communities whose themes are looked through."""


@dataclass(frozen=True)
class Growing:
    """The page's two lists. None: a service is away."""

    next: Sequence[Line] | None
    grew: Sequence[str] | None
    talks: Sequence[Line] = ()
    """Where they spoke, and how many came."""


async def growing(visit: Visit, journey: Journey | None) -> Growing:
    """What there is to say, asked of the services."""
    who, communities = visit.me.member_id, sorted(visit.me.communities)
    asked = ListEvents(community_ids=communities, limit=200)
    member, skills, board = await asyncio.gather(
        visit.maybe(GetMember(member_id=who)),
        visit.maybe(GetSkills(member_id=who)),
        visit.maybe(Board(author_id=who, limit=200)),
    )
    coming, past = await asyncio.gather(
        visit.maybe(asked.model_copy(update={"status": ["published"], "starts_from": visit.now})),
        visit.maybe(asked.model_copy(update={"status": ["concluded"], "newest_first": True})),
    )
    wanted = await asyncio.gather(
        *(visit.maybe(RankThemes(community_id=one, limit=20, words=True)) for one in communities[:COMMUNITIES])
    )
    came = journey is None or bool(journey.attended)
    return Growing(
        next=coming_next(visit.reader, coming, member, skills, [one for one in wanted if one], came=came),
        grew=grew(visit.reader, past, board, who),
        talks=talks(visit.reader, past, who),
    )


def coming_next(
    reader: Reader,
    coming: EventPage | None,
    member: Member | None,
    skills: SkillsSeen | None,
    wanted: Sequence[ThemeRanking],
    *,
    came: bool,
) -> list[Line] | None:
    """Events on what they wait for or want to learn, what others want that they can teach, and a first event."""
    if coming is None:
        return None
    words = reader.words.growing
    waits = [(one.theme, one.community_id) for one in member.follows] if member else []
    learns = skills.interests if skills else []
    said_in = {one.community_id: vocabulary_of(one.vocabulary) for one in wanted}
    found: dict[str, Line] = {}
    for event in coming.events:
        words_there = said_in.get(event.community_id, starting())
        if any(there == event.community_id and is_on(event, theme, words_there) for theme, there in waits):
            found[event.event_id] = _event(reader, event, words.wait)
        elif what := next((one for one in learns if is_on(event, one, words_there)), ""):
            found[event.event_id] = _event(reader, event, words.learn.format(what=one_line(what)))
    if not came and not found and coming.events:
        found["first"] = _event(reader, coming.events[0], words.first)
    return [*found.values(), *_teach(reader, skills, wanted)][:STEPS]


def talks(reader: Reader, past: EventPage | None, member_id: str) -> list[Line]:
    """Where they spoke, the latest first."""
    spoke = [one for one in past.events if member_id in one.speakers] if past else []
    came = reader.words.growing.came
    return [_event(reader, one, count(came, one.attended)) for one in spoke[:STEPS]]


def grew(reader: Reader, past: EventPage | None, board: OutputPage | None, member_id: str) -> list[str] | None:
    """How many came to their talks, and how much of theirs is on the board."""
    if past is None and board is None:
        return None
    words = reader.words.growing
    came = sum(one.attended for one in past.events if member_id in one.speakers) if past else 0
    outputs = len(board.outputs) if board else 0
    return [count(text, n) for text, n in ((words.spoke, came), (words.outputs, outputs)) if n]


def _teach(reader: Reader, skills: SkillsSeen | None, wanted: Sequence[ThemeRanking]) -> list[Line]:
    """Themes that others want and they can teach, most wanted first."""
    found = []
    teaches = skills.teaches if skills else []
    for ranking in wanted:
        vocabulary = vocabulary_of(ranking.vocabulary)
        for one in ranking.themes:
            what = next((said for said in teaches if same(said, one.theme, vocabulary)), "")
            if what:
                texts = {"theme": one_line(one.theme), "what": one_line(what), "n": one.votes}
                text = reader.words.growing.teach.format(**texts)
                found.append((one.votes, Line(text, "", "", f"/c/{ranking.community_id}")))
    return [line for _, line in sorted(found, key=lambda pair: -pair[0])]


def _event(reader: Reader, event: EventState, why: str) -> Line:
    at: datetime = event.starts_at
    return Line(one_line(event.title), reader.day(at), "", f"/e/{event.event_id}", more=why)
