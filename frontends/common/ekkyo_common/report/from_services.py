"""The records as the services tell them, by public questions alone, to a steward or a leader of the community."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from datetime import datetime
from itertools import zip_longest
from typing import Protocol, TypeVar

from ekkyo.contracts.base import Question, Refused
from ekkyo.contracts.events import Board, EventState, GetFigures, GetRoster, ListEvents, OutputState, Registration
from ekkyo.contracts.members import (
    Community,
    Crossing,
    FindMembers,
    GetCards,
    GetCommunity,
    GetLogo,
    GetMeasures,
    ListCrossings,
    ListErasures,
    LogoFile,
    MeasureReports,
    Member,
    MemberCard,
    MemberState,
)
from ekkyo.contracts.reports import Period
from ekkyo.contracts.surveys import GetResults, GetVocabulary, ListSurveys, RankThemes, SurveyState
from pydantic import BaseModel

from ekkyo_common.report.records import PeriodFigures, Records, SurveyRecord, departments_of, in_community

AT_ONCE = 32
A = TypeVar("A", bound=BaseModel)
T = TypeVar("T")
R = TypeVar("R")
Step = Callable[[str, int, int], None]
"""Told what is being gathered, how much of it is done, and how much there is."""


class Asking(Protocol):
    """Whoever asks for the records: an `Ekkyo`, or what speaks for a steward who is signed in."""

    async def ask(self, question: Question[A], *, within: float = ...) -> A: ...


def _silent(what: str, done: int, total: int) -> None:
    """Nobody watches."""


async def gather(ekkyo: Asking, community_id: str, *, periods: Sequence[Period] = (), step: Step = _silent) -> Records:
    """Ask the services for the records of one community, with the figures of these periods beside those of all.

    Raises Refused, also when a service does not answer.
    """
    community = await ekkyo.ask(GetCommunity(community_id=community_id))
    events = await events_of(ekkyo, community_id)
    rosters = await _each(events, lambda event: roster_of(ekkyo, event), "events", step)
    registrations = [place for roster in rosters for place in roster]
    members = await _members(ekkyo, FindMembers(community_id=community_id, limit=500))
    belong = set(in_community(members, community_id))
    people = belong | {place.member_id for place in registrations}
    known: dict[str, MemberState | MemberCard] = {**members}
    for cards in await _each(chunks(sorted(people - belong), 200), lambda some: _cards(ekkyo, some), "people", step):
        known |= cards
    grown = chunks(sorted(people | await _erased(ekkyo, community_id)))
    crossed = await _each(grown, lambda some: _crossed(ekkyo, some, community_id), "journeys", step)
    surveys = (await ekkyo.ask(ListSurveys(community_id=community_id))).surveys
    results = await _each(surveys, lambda survey: _survey(ekkyo, survey), "surveys", step)
    themes = await ekkyo.ask(RankThemes(community_id=community_id, limit=100))
    vocabulary = (await ekkyo.ask(GetVocabulary(community_id=community_id))).vocabulary
    return Records(
        community=community,
        departments=departments_of(known, people),
        members=sorted(belong),
        leaders=in_community(members, community_id, role="leader"),
        events=events,
        registrations=registrations,
        figures=await ekkyo.ask(GetFigures(community_id=community_id)),
        surveys=sorted(results, key=lambda record: record.survey.survey_id),
        themes=themes.themes,
        vocabulary=vocabulary if vocabulary.revision else None,
        crossings=sorted((one for found in crossed for one in found), key=lambda one: one[:2]),
        reports=await _reports(ekkyo, community),
        outputs=await _outputs(ekkyo, community_id),
        by_period=await _each(periods, lambda period: _figures(ekkyo, community, period), "periods", step),
    )


async def departments(ekkyo: Asking, community_id: str) -> list[str]:
    """The departments of its members. Raises Refused."""
    members = await _members(ekkyo, FindMembers(community_id=community_id, limit=500))
    return sorted({member.department for member in members.values()})


async def logo_of(ekkyo: Asking, community_id: str) -> LogoFile | None:
    """The community's logo as it is now; None: it has none. Raises Refused."""
    try:
        return await ekkyo.ask(GetLogo(community_id=community_id))
    except Refused as no:
        if no.code != "logo_not_found":
            raise
        return None


async def _each(items: Sequence[T], ask: Callable[[T], Awaitable[R]], what: str, step: Step) -> list[R]:
    """The answer for each item, a few asked at once."""
    limit, done = asyncio.Semaphore(AT_ONCE), 0

    async def one(item: T) -> R:
        nonlocal done
        async with limit:
            answer = await ask(item)
        done += 1
        step(what, done, len(items))
        return answer

    return list(await asyncio.gather(*(one(item) for item in items)))


async def _figures(ekkyo: Asking, community: Community, period: Period) -> PeriodFigures:
    since, until = period.since(community.timezone), period.until(community.timezone)
    asked = GetFigures(community_id=community.community_id, since=since, until=until)
    return PeriodFigures(period=period, figures=await ekkyo.ask(asked))


async def events_of(ekkyo: Asking, community_id: str) -> list[EventState]:
    """All concluded events of a community."""
    found: list[EventState] = []
    after: str | None = None
    while True:
        page = await ekkyo.ask(ListEvents(community_id=community_id, status=["concluded"], after=after, limit=500))
        found += page.events
        after = page.next
        if after is None:
            return found


async def roster_of(ekkyo: Asking, event: EventState) -> list[Registration]:
    """All places at an event."""
    found: list[Registration] = []
    after: str | None = None
    while True:
        page = await ekkyo.ask(GetRoster(event_id=event.event_id, after=after, limit=1000))
        found += page.registrations
        after = page.next
        if after is None:
            return found


async def _members(ekkyo: Asking, question: FindMembers) -> dict[str, Member]:
    found: dict[str, Member] = {}
    while True:
        page = await ekkyo.ask(question)
        found |= {member.member_id: member for member in page.members}
        if page.next is None:
            return found
        question = question.model_copy(update={"after": page.next})


async def _cards(ekkyo: Asking, some: list[str]) -> dict[str, MemberCard]:
    """Guests, as far as whoever asks may know them."""
    return {card.member_id: card for card in (await ekkyo.ask(GetCards(member_ids=some))).cards}


async def _erased(ekkyo: Asking, community_id: str) -> set[str]:
    """Who of this community was erased: what they reached counts, though nobody knows them."""
    were_in = set[str]()
    after: str | None = None
    while True:
        page = await ekkyo.ask(ListErasures(community_id=community_id, after=after, limit=500))
        were_in |= {found.member_id for found in page.erasures}
        after = page.next
        if after is None:
            return were_in


async def _crossed(ekkyo: Asking, some: list[str], community_id: str) -> list[tuple[str, Crossing, datetime | None]]:
    told = await ekkyo.ask(ListCrossings(community_id=community_id, member_ids=some))
    return [
        (one.member_id, crossing, at)
        for one in told.members
        for crossing, at in zip_longest(one.crossings, one.reached_at)
    ]


async def _outputs(ekkyo: Asking, community_id: str) -> list[OutputState]:
    found: list[OutputState] = []
    after: str | None = None
    while True:
        page = await ekkyo.ask(Board(community_id=community_id, after=after, limit=200))
        found += page.outputs
        after = page.next
        if after is None:
            return found[::-1]


async def _reports(ekkyo: Asking, community: Community) -> list[MeasureReports]:
    if not any(measure.counted == "reported" for measure in community.charter.measures):
        return []
    return (await ekkyo.ask(GetMeasures(community_id=community.community_id))).reports


async def _survey(ekkyo: Asking, survey: SurveyState) -> SurveyRecord:
    if survey.status != "closed":
        return SurveyRecord(survey=survey)
    answer = await ekkyo.ask(GetResults(survey_id=survey.survey_id))
    return SurveyRecord(survey=answer.survey, results=answer.results)


def chunks(ids: Iterable[str], size: int = 500) -> list[list[str]]:
    """These, so many at a time."""
    ids = list(ids)
    return [ids[n : n + size] for n in range(0, len(ids), size)]
