"""The events that a member's calendar programs show."""

from datetime import timedelta
from typing import Any

from ekkyo.contracts.events import CalendarEntry, CancelEvent, GetCalendar, WithdrawFromEvent
from ekkyo.decision.clock import utcnow

DAY = 86_400


async def shown(client: Any, member: str = "m1", **ask: Any) -> list[CalendarEntry]:
    """All entries, two on a page."""
    found: list[CalendarEntry] = []
    question = GetCalendar(member_id=member, **{"starts_from": utcnow() - timedelta(days=1), "limit": 2, **ask})
    while True:
        page = await client.ask(question)
        assert len(page.entries) <= 2
        found += page.entries
        if not page.next:
            return found
        question = question.model_copy(update={"after": page.next})


async def test_a_calendar_has_the_events_where_one_has_or_had_a_place_in_the_order_of_their_start(scene: Any) -> None:
    third, first, second, given_up = [await scene.published(capacity=1, starts_in=n * DAY) for n in (3, 1, 2, 4)]
    await scene.published()  # where they have no place
    await scene.register(second, "m2")
    for event in (third, first, second, given_up):
        await scene.register(event, "m1")
    await scene.leads(CancelEvent(event_id=third.event_id))
    member = await scene.as_("m1")
    await member.send(WithdrawFromEvent(event_id=given_up.event_id, member_id="m1"))
    told = [(e.event.event_id, e.event.status, e.status, bool(e.event.url)) for e in await shown(member)]
    assert told == [
        (first.event_id, "published", "confirmed", True),
        (second.event_id, "published", "waitlisted", False),
        (third.event_id, "cancelled", "confirmed", True),
        (given_up.event_id, "published", "withdrawn", False),
    ]
    later = await shown(member, starts_from=first.starts_at + timedelta(hours=1))
    assert [e.event.event_id for e in later] == [second.event_id, third.event_id, given_up.event_id]


async def test_a_communitys_calendar_has_all_but_its_drafts_and_ones_own_places(scene: Any) -> None:
    mine, other = [await scene.published(starts_in=n * DAY) for n in (1, 2)]
    await scene.draft(starts_in=3 * DAY)
    await scene.register(mine, "m1")
    for asks in (await scene.as_("m1"), await scene.as_("m1", "leader:c1")):
        told = [(e.event.event_id, e.status) for e in await shown(asks, community_id="c1")]
        assert told == [(mine.event_id, "confirmed"), (other.event_id, None)]
    assert [e.event.url for e in await shown(await scene.as_("m1"), community_id="c1")][1] is None
    assert await shown(await scene.as_("m1"), community_id="c2") == []
