"""What comes after the season: one event that is still open, so that the portal has something to show."""

from datetime import timedelta
from typing import Final

from ekkyo.contracts import events as e
from ekkyo.contracts.base import new_id
from ekkyo.decision.clock import utcnow

from ekkyo_cli.demo import pages
from ekkyo_cli.demo.play import Season

TITLE: Final = "次のシーズンの作戦会議"
ABOUT: Final = "アンケートの声をもとに、次に何をするかを決めます。\nはじめての方も歓迎です。"
NOON: Final = 3
"""In Tokyo, as an hour in UTC."""
COME: Final = 12
"""How many have a seat already."""


async def announce(story: Season) -> e.EventState:
    """A leader publishes it; one member takes a seat on its page, and others with another front end."""
    leader, event_id = story.leaders[0].member_id, new_id()
    starts = (utcnow() + timedelta(days=9)).replace(hour=NOON, minute=0, second=0, microsecond=0)
    details = e.EventDetails(
        title=TITLE,
        description=ABOUT,
        format="hybrid",
        context="ふりかえり",
        place="大阪本社 3階 食堂",
        url="https://meet.example.co.jp/ekkyo",
        capacity=40,
        speakers=[leader],
    )
    as_leader = story.as_(leader, f"leader:{story.community_id}")
    await as_leader.send(
        e.DraftEvent(
            event_id=event_id,
            community_id=story.community_id,
            details=details,
            starts_at=starts,
            ends_at=starts + timedelta(hours=1),
        )
    )
    event = await as_leader.send(e.PublishEvent(event_id=event_id))
    first, *others = [story.some()["a member"], *story.people[-COME:]]
    await pages.register(story.address, first.member_id, event)
    for who in others:
        await story.register(who, event)
    await story.heard.seated(event_id, [who.member_id for who in (first, *others)])
    story.say(f"To come: {event.title}; {first.name} registered for it on the portal's page")
    return event
