"""Seats and the waitlist, through the door."""

import asyncio
import random
from collections import Counter
from typing import Any

from ekkyo.contracts.base import new_id
from ekkyo.contracts.events import (
    CheckIn,
    ConcludeEvent,
    GetRoster,
    MyRegistration,
    RegisterForEvent,
    RegistrationConfirmed,
    RegistrationPromoted,
    RegistrationWaitlisted,
    RegistrationWithdrawn,
    WithdrawFromEvent,
)
from ekkyo.testing import eventually


def wish(event: Any, member: str, registration_id: str = "") -> RegisterForEvent:
    return RegisterForEvent(event_id=event.event_id, member_id=member, registration_id=registration_id or new_id())


async def test_a_member_gets_a_seat_while_there_is_one(scene: Any) -> None:
    event = await scene.published(capacity=2)
    command = wish(event, "m1")
    registration = await scene.twice(command, by=await scene.as_("m1"))
    assert (registration.status, registration.registration_id) == ("confirmed", command.registration_id)
    assert (registration.position, registration.waiting_because) == (None, None)
    (fact,) = await scene.heard.until(RegistrationConfirmed, event.event_id)
    assert (fact.member_id, fact.registration_id) == ("m1", command.registration_id)
    assert (fact.meta.actor, fact.event.confirmed, fact.event.title) == ("m1", 1, event.title)


async def test_a_full_event_puts_the_next_guests_on_the_waitlist_and_tells_them_why(scene: Any) -> None:
    event = await scene.published(capacity=1)
    await scene.register(event, "m1")
    first = await scene.register(event, "m2")
    second = await scene.twice(wish(event, "m3"), by=await scene.as_("m3"))
    assert (first.status, first.position) == ("waitlisted", 1)
    assert (second.status, second.position) == ("waitlisted", 2)
    assert second.waiting_because == (
        "the only seat is taken; 1 person is before you; "
        "you get one as soon as a seat becomes free and nobody is before you"
    )
    facts = await scene.heard.until(RegistrationWaitlisted, event.event_id, 2)
    assert [(f.member_id, f.position) for f in facts] == [("m2", 1), ("m3", 2)]


async def test_a_seat_given_back_goes_at_once_to_who_waits_longest(scene: Any) -> None:
    event = await scene.published(capacity=1)
    for member in ("m9", "m5", "m1"):
        await scene.register(event, member)
    given_back = await scene.twice(WithdrawFromEvent(event_id=event.event_id, member_id="m9"), by=await scene.as_("m9"))
    assert given_back.status == "withdrawn"
    mine = await (await scene.as_("m5")).ask(MyRegistration(event_id=event.event_id, member_id="m5"))
    assert mine.registration.status == "confirmed"
    next_ = await (await scene.as_("m1")).ask(MyRegistration(event_id=event.event_id, member_id="m1"))
    assert next_.registration.position == 1
    assert next_.registration.waiting_because == (
        "the only seat is taken; nobody is before you; you get one as soon as a seat becomes free"
    )
    (promoted,) = await scene.heard.until(RegistrationPromoted, event.event_id)
    (withdrawn,) = await scene.heard.until(RegistrationWithdrawn, event.event_id)
    assert (promoted.member_id, promoted.because) == ("m5", "withdrawal")
    assert (withdrawn.member_id, withdrawn.was, withdrawn.event.confirmed) == ("m9", "confirmed", 1)


async def test_who_leaves_the_waitlist_frees_no_seat(scene: Any) -> None:
    event = await scene.published(capacity=1)
    for member in ("m1", "m2", "m3"):
        await scene.register(event, member)
    await scene.leads(WithdrawFromEvent(event_id=event.event_id, member_id="m2"))
    (fact,) = await scene.heard.until(RegistrationWithdrawn, event.event_id)
    assert (fact.was, fact.event.confirmed, fact.event.waitlisted) == ("waitlisted", 1, 1)
    assert "RegistrationPromoted" not in scene.heard.kinds(event.event_id)


async def test_a_wish_given_back_stays_given_back_and_a_new_one_counts(scene: Any) -> None:
    event = await scene.published()
    member = await scene.as_("m1")
    old = wish(event, "m1")
    await member.send(old)
    await member.send(WithdrawFromEvent(event_id=event.event_id, member_id="m1"))
    again = await scene.twice(old, by=member)
    assert (again.status, again.registration_id) == ("withdrawn", old.registration_id)
    new = wish(event, "m1")
    assert (await member.send(new)).status == "confirmed"
    late = await member.send(
        WithdrawFromEvent(event_id=event.event_id, member_id="m1", registration_id=old.registration_id)
    )
    assert late.status == "withdrawn"
    mine = await member.ask(MyRegistration(event_id=event.event_id, member_id="m1"))
    assert (mine.registration.status, mine.registration.registration_id) == ("confirmed", new.registration_id)


async def test_who_has_a_place_keeps_it_whatever_wish_comes_next(scene: Any) -> None:
    event = await scene.published()
    first = await scene.register(event, "m1")
    assert await scene.register(event, "m1") == first


async def test_registration_closes_when_the_event_begins(scene: Any) -> None:
    event = await scene.published()
    seat = await scene.register(event, "m1", "r1")
    await scene.begins(event)
    codes = await eventually(lambda: _refused(scene, event))
    assert codes == ("registration_closed", 409)
    assert await scene.register(event, "m1", "r1") == seat, "said again, it is what it was"


async def _refused(scene: Any, event: Any) -> Any:
    return await scene.refusal(scene.leads(wish(event, new_id())))


async def test_only_published_events_are_registered_for(scene: Any) -> None:
    draft = await scene.draft()
    assert await scene.refusal(scene.register(draft, "m1")) == ("event_not_found", 404)
    assert await scene.refusal(scene.leads(wish(draft, "m1"))) == ("event_not_published", 409)
    over = await scene.concluded(registered=[], attended=[])
    assert await scene.refusal(scene.register(over, "m1")) == ("event_concluded", 409)


async def test_who_is_not_registered_or_came_already_cannot_withdraw(scene: Any) -> None:
    event = await scene.published(starts_in=1800)
    withdraw = WithdrawFromEvent(event_id=event.event_id, member_id="m1")
    member = await scene.as_("m1")
    assert await scene.refusal(member.send(withdraw)) == ("registration_not_found", 404)
    await scene.register(event, "m1")
    await member.send(CheckIn(event_id=event.event_id, member_id="m1"))
    assert await scene.refusal(member.send(withdraw)) == ("already_attended", 409)


async def test_a_hundred_members_race_for_ten_seats_while_some_change_their_minds(scene: Any) -> None:
    await _race(scene)


async def test_two_instances_of_the_service_share_one_race(two_instances: Any) -> None:
    await _race(two_instances)


async def _race(scene: Any) -> None:
    event = await scene.published(capacity=10)
    leader = await scene.leader()
    members = [f"m{n:03}" for n in range(100)]

    async def come_and_go(member: str, dice: random.Random) -> None:
        command = wish(event, member)
        first, second = await asyncio.gather(leader.send(command), leader.send(command))
        assert first.registration_id == second.registration_id
        if dice.random() < 0.4:
            await leader.send(WithdrawFromEvent(event_id=event.event_id, member_id=member))
            if dice.random() < 0.5:
                await leader.send(wish(event, member))

    await asyncio.gather(*(come_and_go(member, random.Random(member)) for member in members))
    state = await scene.now(event)
    roster = await leader.ask(GetRoster(event_id=event.event_id))
    count = Counter(r.status for r in roster.registrations)
    assert state.confirmed == count["confirmed"] == 10
    assert state.waitlisted == count["waitlisted"]
    assert sum(count.values()) == 100
    line = sorted((r for r in roster.registrations if r.status == "waitlisted"), key=lambda r: r.position or 0)
    assert [r.position for r in line] == list(range(1, len(line) + 1))
    await _facts_tell_the_same(scene, event, roster)


async def _facts_tell_the_same(scene: Any, event: Any, roster: Any) -> None:
    """What the facts say, heard in order, ends in the same roster; nobody is ever confirmed beyond the capacity."""
    last = await scene.now(event)
    await eventually(lambda: scene.heard.about(event.event_id)[-1].meta.revision == last.revision)
    told: dict[str, str] = {}
    for fact in scene.heard.about(event.event_id):
        assert fact.event.confirmed <= event.capacity
        match fact:
            case RegistrationConfirmed() | RegistrationPromoted():
                assert told.get(fact.member_id) != "confirmed"
                told[fact.member_id] = "confirmed"
            case RegistrationWaitlisted():
                told[fact.member_id] = "waitlisted"
            case RegistrationWithdrawn():
                assert told[fact.member_id] == fact.was
                told[fact.member_id] = "withdrawn"
    assert told == {r.member_id: r.status for r in roster.registrations}


async def test_a_withdrawal_during_the_event_still_promotes(scene: Any) -> None:
    event = await scene.published(capacity=1)
    for member in ("m1", "m2"):
        await scene.register(event, member)
    await scene.begins(event)
    await eventually(lambda: _refused(scene, event))
    await scene.leads(WithdrawFromEvent(event_id=event.event_id, member_id="m1"))
    (fact,) = await scene.heard.until(RegistrationPromoted, event.event_id)
    assert fact.member_id == "m2"
    await scene.once_begun(ConcludeEvent(event_id=event.event_id))
