"""What the events service tells, and to whom it keeps what."""

from datetime import timedelta
from typing import Any

import pytest
from ekkyo.contracts.base import Span, new_id
from ekkyo.contracts.events import (
    Attendee,
    CheckIn,
    ConcludeEvent,
    CountEvents,
    DraftEvent,
    EventDetails,
    GetEvent,
    GetFigures,
    GetOverbookingAdvice,
    GetRoster,
    ImportAttendance,
    ListEvents,
    MyRegistration,
    PublishEvent,
    RegistrationWithdrawn,
    SetTerms,
    WantedTerms,
    WithdrawFromEvent,
)
from ekkyo.decision.clock import utcnow

URL = "https://meet.example.com/1"


async def test_where_to_join_is_told_to_those_with_a_seat_and_to_leaders(scene: Any) -> None:
    event = await scene.published(capacity=1, starts_in=1800)
    for member in ("m1", "m2"):
        await scene.register(event, member)
    sees = {
        "m1": URL,
        "m2": None,
        "m3": None,
    }
    for member, url in sees.items():
        client = await scene.as_(member)
        assert (await client.ask(GetEvent(event_id=event.event_id))).url == url
        assert (await client.ask(MyRegistration(event_id=event.event_id, member_id=member))).event.url == url
        assert [e.url for e in (await client.ask(ListEvents(community_id="c1"))).events] == [url]
    for role in ("steward", "system", "leader:c1"):
        client = await scene.as_("boss", role)
        assert (await client.ask(GetEvent(event_id=event.event_id))).url == URL
        assert [e.url for e in (await client.ask(ListEvents(community_id="c1"))).events] == [URL]
        asked = MyRegistration(event_id=event.event_id, member_id="m2")
        assert (await client.ask(asked)).event.url == URL
    other = await scene.as_("boss", "leader:c2")
    assert (await other.ask(GetEvent(event_id=event.event_id))).url is None
    await (await scene.as_("m1")).send(CheckIn(event_id=event.event_id, member_id="m1"))
    assert (await (await scene.as_("m1")).ask(GetEvent(event_id=event.event_id))).url == URL


async def test_who_gave_the_seat_back_is_not_told_where_to_join_any_more(scene: Any) -> None:
    event = await scene.published()
    await scene.register(event, "m1")
    member = await scene.as_("m1")
    await member.send(WithdrawFromEvent(event_id=event.event_id, member_id="m1"))
    mine = await member.ask(MyRegistration(event_id=event.event_id, member_id="m1"))
    assert (mine.registration.status, mine.event.url) == ("withdrawn", None)


async def test_a_draft_is_told_to_its_leaders_only(scene: Any) -> None:
    draft = await scene.draft()
    leader = await scene.leader()
    assert (await leader.ask(GetEvent(event_id=draft.event_id))).status == "draft"
    assert [e.event_id for e in (await leader.ask(ListEvents())).events] == [draft.event_id]
    for client in (await scene.as_("m1"), await scene.as_("boss", "leader:c2")):
        assert (await client.ask(ListEvents())).events == []
        assert (await client.ask(ListEvents(status=["draft"]))).events == []
        for ask in (GetEvent(event_id=draft.event_id), GetEvent(event_id=new_id())):
            assert await scene.refusal(client.ask(ask)) == ("event_not_found", 404)
    member = await scene.as_("m1")
    mine = MyRegistration(event_id=draft.event_id, member_id="m1")
    assert await scene.refusal(member.ask(mine)) == ("event_not_found", 404)


async def test_a_list_is_by_start_time_page_by_page_with_what_was_asked_for(scene: Any) -> None:
    leader = await scene.as_("boss", "steward")
    start = utcnow() + timedelta(days=1)

    async def event(community: str, after: int, status: str) -> str:
        begins = start + timedelta(hours=after)
        command = DraftEvent(
            event_id=new_id(),
            community_id=community,
            details=EventDetails(title=f"{community} {after}", format="online", url_follows=True, capacity=5),
            starts_at=begins,
            ends_at=begins + timedelta(hours=1),
        )
        await leader.send(command)
        if status == "published":
            await leader.send(PublishEvent(event_id=command.event_id))
        return command.event_id

    third, first, same = [await event("c1", n, "published") for n in (9, 1, 1)]
    second = await event("c1", 5, "draft")
    other = await event("c2", 7, "published")
    early = sorted([first, same])

    async def listed(client: Any, **ask: Any) -> list[str]:
        found: list[str] = []
        after = None
        while True:
            page = await client.ask(ListEvents(**ask, after=after, limit=2))
            found += [e.event_id for e in page.events]
            after = page.next
            if not after:
                return found

    member = await scene.as_("m1")
    assert await listed(leader) == [*early, second, other, third]
    assert await listed(member) == [*early, other, third]
    assert await listed(member, community_id="c1") == [*early, third]
    assert await listed(await scene.leader()) == [*early, second, other, third]
    assert await listed(leader, status=["draft"]) == [second]
    assert await listed(member, community_ids=["c2", "c1"]) == [*early, other, third]
    assert await listed(member, community_ids=["c2"]) == [other]
    assert await listed(member, community_ids=["c2"], community_id="c1") == []
    assert await listed(member, community_ids=[]) == []
    assert await listed(await scene.leader(), community_ids=["c1", "c2"], status=["draft", "published"]) == [
        *early,
        second,
        other,
        third,
    ]
    assert await listed(member, newest_first=True) == [third, other, *reversed(early)]
    assert await listed(member, newest_first=True, starts_until=start + timedelta(hours=8)) == [
        other,
        *reversed(early),
    ]
    assert await listed(member, format="online") == [*early, other, third]
    assert await listed(member, format="onsite") == []
    assert await listed(leader, starts_from=start + timedelta(hours=5), starts_until=start + timedelta(hours=9)) == [
        second,
        other,
    ]


async def test_a_roster_comes_page_by_page_with_everyones_place(scene: Any) -> None:
    event = await scene.published(capacity=2)
    for member in ("m4", "m3", "m2", "m1", "m0"):
        await scene.register(event, member)
    leader = await scene.leader()
    await leader.send(WithdrawFromEvent(event_id=event.event_id, member_id="m4"))
    first = await leader.ask(GetRoster(event_id=event.event_id, limit=3))
    assert [(r.member_id, r.status, r.position) for r in first.registrations] == [
        ("m0", "waitlisted", 2),
        ("m1", "waitlisted", 1),
        ("m2", "confirmed", None),
    ]
    assert first.registrations[0].waiting_because == (
        "all 2 seats are taken; 1 person is before you; "
        "you get one as soon as a seat becomes free and nobody is before you"
    )
    rest = await leader.ask(GetRoster(event_id=event.event_id, limit=3, after=first.next))
    assert [(r.member_id, r.status) for r in rest.registrations] == [("m3", "confirmed"), ("m4", "withdrawn")]
    assert rest.next is None
    some = await leader.ask(GetRoster(event_id=event.event_id, status=["withdrawn", "waitlisted"], limit=2))
    assert [r.member_id for r in some.registrations] == ["m0", "m1"]
    assert some.next == "m1"


async def test_a_member_without_a_place_is_told_so(scene: Any) -> None:
    event = await scene.published()
    mine = await (await scene.as_("m1")).ask(MyRegistration(event_id=event.event_id, member_id="m1"))
    assert (mine.event.event_id, mine.registration) == (event.event_id, None)


@pytest.mark.parametrize("ask", [GetRoster, MyRegistration, GetEvent])
async def test_what_is_not_there_is_not_found(scene: Any, ask: Any) -> None:
    member = {"member_id": "m1"} if ask is MyRegistration else {}
    leader = await scene.leader()
    assert await scene.refusal(leader.ask(ask(event_id=new_id(), **member))) == ("event_not_found", 404)


async def test_the_figures_are_those_of_the_concluded_events_and_of_their_facts(scene: Any) -> None:
    lunch = await scene.concluded(
        format="onsite", place="食堂", capacity=2, registered=["m1", "m2", "m3", "m4"], attended=["m1", "m9"]
    )
    talk = await scene.published(capacity=1)
    for member in ("m1", "m2", "m5"):
        await scene.register(talk, member)
    await scene.leads(WithdrawFromEvent(event_id=talk.event_id, member_id="m1"))
    await scene.register(talk, "m1")
    await scene.leads(WithdrawFromEvent(event_id=talk.event_id, member_id="m5"))
    talk = await scene.begins(talk)
    await scene.once_begun(
        ImportAttendance(event_id=talk.event_id, attendees=[Attendee(member_id=m) for m in ("m1", "m2")])
    )
    leader = await scene.leader()
    figures = await leader.ask(GetFigures(community_id="c1"))
    assert (figures.events, figures.attendances) == ({"onsite": 1}, 2), "the talk is not over yet"

    await scene.leads(ConcludeEvent(event_id=talk.event_id))
    await scene.published()
    figures = await leader.ask(GetFigures(community_id="c1"))
    (counted,) = (await leader.ask(CountEvents(community_id="c1", spans=[Span(until=utcnow())]))).counts
    assert (counted.events, counted.attendances, counted.people, counted.returners) == (2, 4, 3, 1)
    assert figures.model_dump() == {
        "community_id": "c1",
        "events": {"onsite": 1, "online": 1},
        "attendances": 4,
        "people": 3,
        "returners": 1,
        "registrations": 7,
        "waitlisted": 5,
        "promoted": 1,
        "withdrawn": 1,
        "no_shows": 1,
        "late_cancellations": 0,
        "walk_ins": 2,
        "kinds": [
            {
                "format": "online",
                "context": "IT",
                "events": 1,
                "registrations": 3,
                "came": 2,
                "no_shows": 0,
                "late_cancellations": 0,
                "walk_ins": 1,
            },
            {
                "format": "onsite",
                "context": "IT",
                "events": 1,
                "registrations": 4,
                "came": 2,
                "no_shows": 1,
                "late_cancellations": 0,
                "walk_ins": 1,
            },
        ],
    }
    only = await leader.ask(GetFigures(community_id="c1", since=talk.starts_at))
    assert only.events == {"online": 1}
    only = await leader.ask(GetFigures(community_id="c1", until=talk.starts_at))
    assert (only.events, only.people) == ({"onsite": 1}, 2)
    assert (await (await scene.as_("s", "steward")).ask(GetFigures(community_id="c9"))).people == 0
    assert lunch.attended == 2


async def test_a_late_cancellation_is_told_counted_and_seen_by_its_leaders_and_nobody_else(scene: Any) -> None:
    talk = await scene.draft(capacity=3)
    past = WantedTerms(withdraw_by=utcnow() - timedelta(hours=1))
    await scene.leads(SetTerms(event_id=talk.event_id, terms=past))
    await scene.leads(PublishEvent(event_id=talk.event_id))
    for member in ("m1", "m2", "m3"):
        await scene.register(talk, member)
    member, other, leader = await scene.as_("m1"), await scene.as_("m2"), await scene.leader()
    gone = await member.send(WithdrawFromEvent(event_id=talk.event_id, member_id="m1"))
    assert gone.late
    (fact,) = await scene.heard.until(RegistrationWithdrawn, talk.event_id)
    assert fact.late
    page = await leader.ask(GetRoster(event_id=talk.event_id))
    assert [one.member_id for one in page.registrations if one.late] == ["m1"]
    assert await scene.refusal(other.ask(GetRoster(event_id=talk.event_id))) == ("not_allowed", 403)
    talk = await scene.begins(talk)
    await scene.once_begun(ImportAttendance(event_id=talk.event_id, attendees=[Attendee(member_id="m2")]))
    await scene.leads(ConcludeEvent(event_id=talk.event_id))
    figures = await leader.ask(GetFigures(community_id="c1"))
    assert (figures.withdrawn, figures.late_cancellations, figures.no_shows) == (1, 1, 1)
    asked = GetOverbookingAdvice(event_id=(await scene.published()).event_id)
    told = await leader.ask(asked)
    assert (told.events, told.registrations, told.did_not_come) == (1, 3, 2), "nobody took the seat"
    assert told.silent_because == "too_few_events"
    assert await scene.refusal(other.ask(asked)) == ("not_allowed", 403)
