"""The events of a round: drafted from what is suggested where there is something, completed by a leader, published."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from ekkyo.contracts import events as e
from ekkyo.contracts.base import new_id
from ekkyo.decision.clock import utcnow

from ekkyo_cli.demo import season
from ekkyo_cli.demo.loop import suggesting
from ekkyo_cli.demo.loop.suggesting import Drafted
from ekkyo_cli.demo.play import BEFORE_START, Season
from ekkyo_cli.demo.season import Plan
from ekkyo_cli.demo.terms.setting import set_terms


@dataclass(frozen=True)
class Planned:
    """One event of a round before it is published. drafted: None: no suggestion asked for it."""

    plan: Plan
    drafted: Drafted | None = None


async def plan(story: Season, plans: Sequence[Plan]) -> list[Planned]:
    """Some members follow themes; then a leader makes a draft of each of the first suggestions."""
    wanted = sum("{theme}" in plan.title for plan in plans)
    if not wanted:
        return [Planned(plan) for plan in plans]
    following = story.random.sample(story.people, season.FOLLOWERS)
    themes = story.random.choices(season.THEMES, season.THEME_WEIGHTS, k=len(following))
    await suggesting.follow(story.as_, list(zip(following, themes, strict=True)), story.community_id)
    leader = story.leaders[0].member_id
    drafts = await suggesting.draft(story.address, leader, story.community_id, wanted)
    story.say(
        "  Each is made from a suggestion, the most wanted and least served themes first: "
        + ", ".join(str(one) for one in drafts)
    )
    return list(shared_out(plans, drafts))


async def publish(story: Season, it: Planned, starts_at: datetime, leader: int) -> e.EventState:
    """A leader says what the event is, when it is and on which terms, and announces it."""
    plan, who = it.plan, story.leaders[leader % len(story.leaders)]
    speaker = who if plan.context != "IT" or not it.drafted else story.random.choice(story.people)
    as_leader = story.leader(leader)
    first = starts_at + timedelta(days=1) if plan.moved else starts_at
    length = timedelta(seconds=3) if plan.by_timer else timedelta(hours=1)
    details = e.EventDetails(
        title=plan.title.format(theme=it.drafted.theme if it.drafted else ""),
        format=plan.format,
        context=plan.context,
        capacity=plan.capacity,
        place=plan.place,
        url=None if plan.format == "onsite" else "https://meet.example.co.jp/ekkyo",
        speakers=[speaker.member_id],
    )
    if it.drafted:
        event_id = it.drafted.event_id
        await as_leader.send(e.ReviseEvent(event_id=event_id, details=details))
        await as_leader.send(e.RescheduleEvent(event_id=event_id, starts_at=first, ends_at=first + length))
    else:
        event_id = new_id()
        draft = e.DraftEvent(
            event_id=event_id,
            community_id=story.community_id,
            details=details,
            starts_at=first,
            ends_at=first + length,
        )
        await as_leader.send(draft)
    await set_terms(as_leader, event_id, plan, starts_at)
    event = await as_leader.send(e.PublishEvent(event_id=event_id))
    if plan.moved:
        moved = e.RescheduleEvent(event_id=event_id, starts_at=starts_at, ends_at=starts_at + length)
        event = await as_leader.send(moved)
    return event


async def hold(story: Season, number: int, plans: Sequence[Plan]) -> None:
    """One round of events, from the first draft to the last survey."""
    story.say(f"Round {number}: {len(plans)} events")
    planned = await plan(story, plans)
    starts_at = utcnow() + BEFORE_START
    events = [await publish(story, it, starts_at, number + place) for place, it in enumerate(planned)]
    await story.play(plans, events)


def shared_out(plans: Sequence[Plan], drafts: Sequence[Drafted]) -> Iterator[Planned]:
    """Each event with its draft: a theme goes to the kind of event that suits it, else to the next one."""
    left = {one.theme: one for one in drafts}
    suited = {plan.title: left.pop(plan.suits) for plan in plans if plan.suits in left}
    rest = iter(left.values())
    for plan in plans:
        yield Planned(plan, suited.get(plan.title) or (next(rest) if "{theme}" in plan.title else None))
