"""A member's own events, and lists of one kind of events."""

from datetime import timedelta
from typing import Any

from ekkyo.contracts.events import CancelEvent, ListEvents, MyEvents, MyRegistration, RescheduleEvent, WithdrawFromEvent

DAY = 86_400


async def mine(client: Any, member: str, **ask: Any) -> list[Any]:
    """All of a member's events, two on a page."""
    found: list[Any] = []
    after = None
    while True:
        page = await client.ask(MyEvents(member_id=member, after=after, limit=2, **ask))
        assert len(page.entries) <= 2
        found += page.entries
        after = page.next
        if not after:
            return found


async def test_a_members_events_to_come_are_told_page_by_page_earliest_first(scene: Any) -> None:
    third, first, second, left = [await scene.published(starts_in=n * DAY) for n in (3, 1, 2, 4)]
    await scene.published()  # where they have no place
    for event in (third, first, second, left):
        await scene.register(event, "m1")
    await scene.leads(CancelEvent(event_id=second.event_id))
    member = await scene.as_("m1")
    await member.send(WithdrawFromEvent(event_id=left.event_id, member_id="m1"))
    told = await mine(member, "m1")
    assert [(e.event.event_id, e.event.status, e.registration.status) for e in told] == [
        (first.event_id, "published", "confirmed"),
        (second.event_id, "cancelled", "confirmed"),
        (third.event_id, "published", "confirmed"),
    ]
    assert await mine(member, "m1", upcoming=False) == []
    assert await mine(await scene.as_("m2"), "m2") == []


async def test_what_is_over_is_told_latest_first_with_what_became_of_the_place(scene: Any) -> None:
    older = await scene.concluded(registered=["m1"], attended=["m1"])
    newer = await scene.concluded(registered=["m1"], attended=[])
    coming = await scene.published()
    await scene.register(coming, "m1")
    member = await scene.as_("m1")
    assert [(e.event.event_id, e.registration.status) for e in await mine(member, "m1", upcoming=False)] == [
        (newer.event_id, "no_show"),
        (older.event_id, "attended"),
    ]
    assert [e.event.event_id for e in await mine(member, "m1")] == [coming.event_id]


async def test_where_to_join_and_the_place_in_the_line_are_told_as_in_my_registration(scene: Any) -> None:
    event, other = [await scene.published(capacity=1, starts_in=n * DAY) for n in (1, 2)]
    for guest in ("m1", "m2", "m3"):
        await scene.register(event, guest)
    await scene.register(other, "m3")
    waits, has = await mine(await scene.as_("m3"), "m3")
    assert (waits.registration.status, waits.registration.position, waits.event.url) == ("waitlisted", 2, None)
    assert waits.registration.waiting_because == (
        "the only seat is taken; 1 person is before you; "
        "you get one as soon as a seat becomes free and nobody is before you"
    )
    assert (has.registration.position, has.event.url) == (None, "https://meet.example.com/1")
    assert [e.registration.status for e in await mine(await scene.as_("boss", "steward"), "m3")] == [
        "waitlisted",
        "confirmed",
    ]


async def test_other_events_at_that_time_are_told_to_the_member_alone(scene: Any) -> None:
    this, has, waits, after, off = [
        await scene.published(capacity=1, starts_in=DAY + n) for n in (0, 60, 1800, 3600, 9)
    ]
    await scene.register(waits, "m2")
    for event in (has, waits, after, off):
        await scene.register(event, "m1")
    await scene.leads(CancelEvent(event_id=off.event_id))
    member = await scene.as_("m1")
    ask = MyRegistration(event_id=this.event_id, member_id="m1")
    for _ in range(2):  # before there is a seat, and with one
        told = (await member.ask(ask)).overlaps
        assert [(o.event_id, o.starts_at, o.status) for o in told] == [
            (has.event_id, has.starts_at, "confirmed"),
            (waits.event_id, waits.starts_at, "waitlisted"),
        ]
        await scene.register(this, "m1")
    assert (await (await scene.as_("boss", "steward")).ask(ask)).overlaps == []
    assert (await (await scene.as_("m2")).ask(MyRegistration(event_id=this.event_id, member_id="m2"))).overlaps != []
    await member.send(WithdrawFromEvent(event_id=has.event_id, member_id="m1"))
    assert [o.event_id for o in (await member.ask(ask)).overlaps] == [waits.event_id]


async def test_a_moved_event_takes_its_new_turn(scene: Any) -> None:
    one, two = await scene.published(starts_in=DAY), await scene.published(starts_in=2 * DAY)
    for event in (one, two):
        await scene.register(event, "m1")
    later = two.starts_at + timedelta(days=1)
    await scene.leads(RescheduleEvent(event_id=one.event_id, starts_at=later, ends_at=later + timedelta(hours=1)))
    assert [e.event.event_id for e in await mine(await scene.as_("m1"), "m1")] == [two.event_id, one.event_id]


async def test_a_list_may_be_of_one_format_and_about_one_theme(scene: Any) -> None:
    lunch = await scene.published(format="onsite", place="食堂", url=None, context="lunch")
    talk = await scene.published(context="English")
    member = await scene.as_("m1")

    async def listed(**ask: Any) -> list[str]:
        return [e.event_id for e in (await member.ask(ListEvents(**ask))).events]

    assert await listed(format="onsite") == [lunch.event_id]
    assert await listed(format="online") == [talk.event_id]
    assert await listed(context="lunch") == [lunch.event_id]
    assert await listed(context="lunch", format="online") == []
    assert await listed(community_ids=["c1"], context="English") == [talk.event_id]


async def test_a_list_tells_the_caller_their_own_places_alone(scene: Any) -> None:
    full, open_one, left, none = [await scene.published(capacity=1 + n, starts_in=n * DAY + 1) for n in range(4)]
    for event, guests in ((full, ("m1", "m2", "m3")), (open_one, ("m3",)), (left, ("m3", "m1"))):
        for guest in guests:
            await scene.register(event, guest)
    member = await scene.as_("m3")
    await member.send(WithdrawFromEvent(event_id=left.event_id, member_id="m3"))
    page = await member.ask(ListEvents(community_id=none.community_id))
    assert [one.event_id for one in page.events] == [one.event_id for one in (full, open_one, left, none)]
    assert [(own.event_id, own.member_id, own.status, own.position) for own in page.registrations] == [
        (full.event_id, "m3", "waitlisted", 2),
        (open_one.event_id, "m3", "confirmed", None),
    ]
    assert page.registrations[0].waiting_because
    told = {own.event.event_id: own.registration for own in (await member.ask(MyEvents(member_id="m3"))).entries}
    assert [told[own.event_id] for own in page.registrations] == page.registrations
    first = await member.ask(ListEvents(community_id=none.community_id, limit=1))
    assert (len(first.registrations), bool(first.next)) == (1, True)
    assert not (await (await scene.as_("m4")).ask(ListEvents(community_id=none.community_id))).registrations
    assert not (await scene.leads(ListEvents(community_id=none.community_id))).registrations
