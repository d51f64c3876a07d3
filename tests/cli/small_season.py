"""Two small events played through the public commands: a waitlist, a promotion, a no-show, a walk-in, two surveys."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from datetime import UTC, datetime, timedelta

from ekkyo.client import Ekkyo
from ekkyo.contracts.events import (
    CheckIn,
    ConcludeEvent,
    DraftEvent,
    EventDetails,
    PublishEvent,
    RegisterForEvent,
    WithdrawFromEvent,
)
from ekkyo.contracts.members import Charter, FoundCommunity, GetJourney, JoinCommunity, Profile, RegisterMember
from ekkyo.contracts.notify import ConnectChannel
from ekkyo.contracts.surveys import AnswerSurvey, CloseSurvey, ListSurveys, survey_of_event
from ekkyo.testing.waiting import eventually

COMMUNITY = "season"
PEOPLE = [f"p{n}" for n in range(9)]
DEPARTMENTS = ["製造部", "人事部", "総務部"]
As = Callable[..., AbstractAsyncContextManager[Ekkyo]]


async def play(connect: As, chat_url: str) -> None:
    """Play it. `connect(sub, *roles)` gives a client."""
    async with connect("tests", "system") as ekkyo:
        await _found(ekkyo, chat_url)
        starts = datetime.now(UTC) + timedelta(seconds=3)
        for event_id, capacity in (("first", 6), ("second", 6)):
            await _publish(ekkyo, event_id, capacity, starts)
        for event_id, wanted in (("first", 8), ("second", 3)):
            for who in PEOPLE[:wanted]:
                await ekkyo.send(
                    RegisterForEvent(event_id=event_id, member_id=who, registration_id=f"{event_id}-{who}")
                )
        await ekkyo.send(WithdrawFromEvent(event_id="first", member_id="p1"))
        came = {"first": ["p2", "p3", "p4", "p5", "p6", "p8"], "second": ["p0", "p1", "p2"]}
        for event_id, people in came.items():
            for who in people:
                await ekkyo.send(CheckIn(event_id=event_id, member_id=who))
        await asyncio.sleep(max((starts - datetime.now(UTC)).total_seconds() + 0.1, 0))
        for event_id in came:
            await ekkyo.send(ConcludeEvent(event_id=event_id))
        await until(lambda: _surveys(ekkyo), 2)
        for event_id, people in came.items():
            for n, who in enumerate(people):
                async with connect(who) as member:
                    said = {"satisfaction": 10 - n, "useful": "yes", "themes": ["Excel"]}
                    await member.send(AnswerSurvey(survey_id=survey_of_event(event_id), member_id=who, answers=said))
            await ekkyo.send(CloseSurvey(survey_id=survey_of_event(event_id)))
        for who in {who for people in came.values() for who in people}:
            await until(lambda who=who: _crossings(ekkyo, who), 1)  # type: ignore[misc]


async def until(count: Callable[[], Awaitable[int]], wanted: int) -> None:
    """Wait until something has been counted so often."""

    async def enough() -> bool:
        return await count() >= wanted

    await eventually(enough, timeout=30, every=0.1)


async def _found(ekkyo: Ekkyo, chat_url: str) -> None:
    charter = Charter(objective="Fewer questions.", who="Everyone.", what="Talks.", how="Together.")
    await ekkyo.send(FoundCommunity(community_id=COMMUNITY, name="季節", rules="笑わない。", charter=charter))
    await ekkyo.send(ConnectChannel(community_id=COMMUNITY, url=chat_url))  # type: ignore[arg-type]
    for n, who in enumerate(PEOPLE):
        profile = Profile(
            number=f"SEASON-{n}",
            name=f"季節 {n}",
            email=f"{who}@example.co.jp",
            department=DEPARTMENTS[n % len(DEPARTMENTS)],
        )
        await ekkyo.send(RegisterMember(member_id=who, profile=profile))
        await ekkyo.send(JoinCommunity(member_id=who, community_id=COMMUNITY))


async def _publish(ekkyo: Ekkyo, event_id: str, capacity: int, starts: datetime) -> None:
    details = EventDetails(
        title=f"もくもく会 {event_id}", format="online", capacity=capacity, url="https://meet.example/1"
    )
    ends = starts + timedelta(hours=1)
    await ekkyo.send(
        DraftEvent(event_id=event_id, community_id=COMMUNITY, details=details, starts_at=starts, ends_at=ends)
    )
    await ekkyo.send(PublishEvent(event_id=event_id))


async def _surveys(ekkyo: Ekkyo) -> int:
    return len((await ekkyo.ask(ListSurveys(community_id=COMMUNITY))).surveys)


async def _crossings(ekkyo: Ekkyo, who: str) -> int:
    return len((await ekkyo.ask(GetJourney(member_id=who))).crossings)
