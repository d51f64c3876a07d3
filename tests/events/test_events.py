"""An event from its draft to its end, through the door."""

from datetime import timedelta
from typing import Any

import pytest
from ekkyo.contracts.base import Refused, new_id
from ekkyo.contracts.events import (
    CancelEvent,
    CheckIn,
    ConcludeEvent,
    DraftEvent,
    EventCancelled,
    EventConcluded,
    EventDetails,
    EventPublished,
    EventRescheduled,
    EventRevised,
    EventState,
    GetRoster,
    PublishEvent,
    RegistrationPromoted,
    RescheduleEvent,
    ReviseEvent,
    WithdrawFromEvent,
)
from ekkyo.decision.clock import utcnow

URL = "https://meet.example.com/1"


def details(event: EventState, **changed: Any) -> EventDetails:
    same = {name: getattr(event, name) for name in EventDetails.model_fields}
    return EventDetails.model_validate({**same, **changed})


async def test_a_draft_is_written_down_once_and_told_to_nobody(scene: Any) -> None:
    start = utcnow() + timedelta(days=7)
    command = DraftEvent(
        event_id=new_id(),
        community_id="c1",
        details=EventDetails(title="英語でランチ", format="onsite", place="食堂", capacity=12, context="English"),
        starts_at=start,
        ends_at=start + timedelta(hours=1),
        timezone="Asia/Tokyo",
    )
    state = await scene.twice(command)
    assert (state.status, state.title, state.place, state.revision) == ("draft", "英語でランチ", "食堂", 1)
    other = command.model_copy(update={"timezone": "Europe/Berlin"})
    assert await scene.refusal(scene.leads(other)) == ("event_taken", 409)
    await scene.leads(ReviseEvent(event_id=state.event_id, details=details(state, title="Lunch in English")))
    assert (await scene.leads(command)).title == "Lunch in English", "drafted already, whatever it became since"
    await scene.leads(PublishEvent(event_id=state.event_id))
    await scene.heard.until(EventPublished, state.event_id)
    assert scene.heard.kinds(state.event_id) == ["EventPublished"]


async def test_an_event_that_ends_before_it_starts_is_malformed(scene: Any) -> None:
    assert await scene.refusal(scene.draft(lasts=0)) == ("malformed", 400)


async def test_publishing_announces_an_event_and_who_did_it(scene: Any) -> None:
    event = await scene.draft()
    state = await scene.twice(PublishEvent(event_id=event.event_id))
    assert (state.status, state.sequence) == ("published", 0)
    (fact,) = await scene.heard.until(EventPublished, event.event_id)
    assert fact.event == state
    assert (fact.meta.revision, fact.meta.actor) == (state.revision, "leader-1")


async def test_an_event_that_began_before_it_was_published_is_not_published_any_more(scene: Any) -> None:
    event = await scene.draft(starts_in=-60)
    assert await scene.refusal(scene.leads(PublishEvent(event_id=event.event_id))) == ("event_in_the_past", 409)


async def test_what_is_not_there_cannot_be_published(scene: Any) -> None:
    assert await scene.refusal(scene.leads(PublishEvent(event_id=new_id()))) == ("event_not_found", 404)


@pytest.mark.parametrize(
    ("missing", "code", "field", "enough"),
    [
        ({"format": "onsite"}, "place_missing", "details.place", {"place": "食堂"}),
        ({"format": "hybrid", "url": URL}, "place_missing", "details.place", {"place": "食堂"}),
        ({"format": "hybrid", "place": "食堂", "url": None}, "url_missing", "details.url", {"url": URL}),
        ({"format": "online", "url": None}, "url_missing", "details.url", {"url_follows": True}),
    ],
)
async def test_an_event_is_announced_and_stays_announced_only_with_where_to_come(
    scene: Any, missing: dict[str, Any], code: str, field: str, enough: dict[str, Any]
) -> None:
    event = await scene.draft(**missing)
    with pytest.raises(Refused) as refused:
        await scene.leads(PublishEvent(event_id=event.event_id))
    assert (refused.value.code, refused.value.status) == (code, 409)
    assert [error.field for error in refused.value.errors] == [field]
    lacking = details(event)
    complete = ReviseEvent(event_id=event.event_id, details=lacking.model_copy(update=enough))
    await scene.leads(complete)
    published = await scene.leads(PublishEvent(event_id=event.event_id))
    assert {name: getattr(published, name) for name in enough} == enough
    again_lacking = ReviseEvent(event_id=event.event_id, details=lacking)
    assert await scene.refusal(scene.leads(again_lacking)) == (code, 409)
    (fact,) = await scene.heard.until(EventPublished, event.event_id)
    assert fact.event == published


async def test_a_revised_event_tells_those_it_concerns_and_counts_its_sequence(scene: Any) -> None:
    event = await scene.published(capacity=1)
    for member in ("m1", "m2"):
        await scene.register(event, member)
    state = await scene.twice(ReviseEvent(event_id=event.event_id, details=details(event, title="RPA もくもく会 #2")))
    assert (state.title, state.sequence) == ("RPA もくもく会 #2", 1)
    (fact,) = await scene.heard.until(EventRevised, event.event_id)
    assert (fact.confirmed, fact.waitlisted, fact.event) == (["m1"], ["m2"], state)


async def test_more_capacity_promotes_those_who_wait_longest(scene: Any) -> None:
    event = await scene.published(capacity=1)
    for member in ("m3", "m2", "m1"):
        await scene.register(event, member)
    state = await scene.twice(ReviseEvent(event_id=event.event_id, details=details(event, capacity=2)))
    assert (state.confirmed, state.waitlisted) == (2, 1)
    (fact,) = await scene.heard.until(RegistrationPromoted, event.event_id)
    assert (fact.member_id, fact.because, fact.event) == ("m2", "more_capacity", state)


async def test_capacity_never_falls_below_the_seats_that_are_taken(scene: Any) -> None:
    event = await scene.published(capacity=2, starts_in=1800)
    for member in ("m1", "m2"):
        await scene.register(event, member)
    await scene.leads(CheckIn(event_id=event.event_id, member_id="m1"))
    smaller = ReviseEvent(event_id=event.event_id, details=details(event, capacity=1))
    assert await scene.refusal(scene.leads(smaller)) == ("capacity_below_confirmed", 409)
    await scene.leads(WithdrawFromEvent(event_id=event.event_id, member_id="m2"))
    assert (await scene.leads(smaller)).capacity == 1


async def test_a_moved_event_tells_from_when_to_when(scene: Any) -> None:
    event = await scene.published(capacity=1)
    for member in ("m1", "m2"):
        await scene.register(event, member)
    later = event.starts_at + timedelta(days=1)
    command = RescheduleEvent(
        event_id=event.event_id, starts_at=later, ends_at=later + timedelta(hours=2), timezone="Europe/Berlin"
    )
    state = await scene.twice(command)
    assert (state.starts_at, state.ends_at, state.timezone) == (later, later + timedelta(hours=2), "Europe/Berlin")
    assert state.sequence == 1
    (fact,) = await scene.heard.until(EventRescheduled, event.event_id)
    assert (fact.was_starts_at, fact.was_ends_at) == (event.starts_at, event.ends_at)
    assert (fact.confirmed, fact.waitlisted, fact.event) == (["m1"], ["m2"], state)


async def test_a_moved_draft_is_nobodys_news(scene: Any) -> None:
    event = await scene.draft()
    later = event.starts_at + timedelta(days=1)
    state = await scene.twice(RescheduleEvent(event_id=event.event_id, starts_at=later, ends_at=later + timedelta(1)))
    assert (state.status, state.sequence, state.timezone) == ("draft", 0, "Asia/Tokyo")
    await scene.leads(CancelEvent(event_id=event.event_id))
    assert scene.heard.kinds(event.event_id) == []


async def test_an_event_is_not_moved_into_the_past(scene: Any) -> None:
    event = await scene.published()
    past = utcnow() - timedelta(hours=3)
    command = RescheduleEvent(event_id=event.event_id, starts_at=past, ends_at=past + timedelta(hours=1))
    assert await scene.refusal(scene.leads(command)) == ("event_in_the_past", 409)
    backwards = RescheduleEvent(event_id=event.event_id, starts_at=event.ends_at, ends_at=event.starts_at)
    assert await scene.refusal(scene.leads(backwards)) == ("malformed", 400)


async def test_a_cancelled_event_tells_all_who_wanted_to_come_and_stays_cancelled(scene: Any) -> None:
    event = await scene.published(capacity=1)
    for member in ("m1", "m2", "m3"):
        await scene.register(event, member)
    await (await scene.as_("m3")).send(WithdrawFromEvent(event_id=event.event_id, member_id="m3"))
    state = await scene.twice(CancelEvent(event_id=event.event_id, reason="台風"))
    assert (state.status, state.sequence) == ("cancelled", 1)
    (fact,) = await scene.heard.until(EventCancelled, event.event_id)
    assert (fact.reason, fact.confirmed, fact.waitlisted) == ("台風", ["m1"], ["m2"])
    for command in (
        PublishEvent(event_id=event.event_id),
        ReviseEvent(event_id=event.event_id, details=details(event, capacity=9)),
        RescheduleEvent(event_id=event.event_id, starts_at=event.ends_at, ends_at=event.ends_at + timedelta(hours=1)),
        ConcludeEvent(event_id=event.event_id),
        WithdrawFromEvent(event_id=event.event_id, member_id="m1"),
    ):
        assert await scene.refusal(scene.leads(command)) == ("event_cancelled", 409)
    assert await scene.refusal(scene.register(event, "m9")) == ("event_cancelled", 409)


async def test_a_concluded_event_tells_who_came_and_who_did_not(scene: Any) -> None:
    event = await scene.published(capacity=2, starts_in=1800)
    for member in ("m1", "m2", "m3"):
        await scene.register(event, member)
    assert await scene.refusal(scene.leads(ConcludeEvent(event_id=event.event_id))) == ("event_not_started", 409)
    for member in ("m1", "m9"):
        await scene.leads(CheckIn(event_id=event.event_id, member_id=member))
    await scene.begins(event)
    state = await scene.once_begun(ConcludeEvent(event_id=event.event_id))
    assert await scene.twice(ConcludeEvent(event_id=event.event_id)) == state
    assert (state.status, state.confirmed, state.attended, state.waitlisted) == ("concluded", 0, 2, 1)
    (fact,) = await scene.heard.until(EventConcluded, event.event_id)
    assert (fact.attended, fact.no_shows, fact.event) == (["m1", "m9"], ["m2"], state)
    roster = await (await scene.leader()).ask(GetRoster(event_id=event.event_id))
    assert {r.member_id: r.status for r in roster.registrations} == {
        "m1": "attended",
        "m2": "no_show",
        "m3": "waitlisted",
        "m9": "attended",
    }
    for command in (
        CancelEvent(event_id=event.event_id),
        ReviseEvent(event_id=event.event_id, details=details(event, capacity=9)),
        WithdrawFromEvent(event_id=event.event_id, member_id="m3"),
        CheckIn(event_id=event.event_id, member_id="m2"),
    ):
        assert await scene.refusal(scene.leads(command)) == ("event_concluded", 409)


@pytest.mark.parametrize("command", [ConcludeEvent, CheckIn])
async def test_a_draft_neither_concludes_nor_lets_anybody_in(scene: Any, command: Any) -> None:
    event = await scene.draft()
    member = {"member_id": "m1"} if command is CheckIn else {}
    assert await scene.refusal(scene.leads(command(event_id=event.event_id, **member))) == ("event_not_published", 409)
