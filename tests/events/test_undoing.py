"""A check-in taken back: the place is what it was, and nobody else loses or gains by it."""

from typing import Any

import pytest
from ekkyo.contracts.base import Caller, Refused
from ekkyo.contracts.events import (
    CheckIn,
    CheckInUndone,
    ConcludeEvent,
    EventConcluded,
    GetRoster,
    MemberAttended,
    RegistrationPromoted,
    UndoCheckIn,
    WithdrawFromEvent,
)
from ekkyo.decision import EntriesInMemory
from ekkyo_events import model
from ekkyo_events.model import Seat

from tests.events.people import EVERYBODY, gone
from tests.events.test_model import START, event, seat


async def comes(scene: Any, event: Any, *members: str) -> None:
    for member in members:
        await scene.leads(CheckIn(event_id=event.event_id, member_id=member))


def undo(event: Any, member: str) -> UndoCheckIn:
    return UndoCheckIn(event_id=event.event_id, member_id=member)


async def roster(scene: Any, event: Any) -> dict[str, tuple[str, int | None]]:
    page = await (await scene.leader()).ask(GetRoster(event_id=event.event_id))
    return {r.member_id: (r.status, r.position) for r in page.registrations}


async def test_every_place_is_what_it_was_before(scene: Any) -> None:
    event = await scene.published(starts_in=1800, capacity=1)
    for member in ("m1", "m2", "m3", "m4"):
        await scene.register(event, member)
    await (await scene.as_("m4")).send(WithdrawFromEvent(event_id=event.event_id, member_id="m4"))
    before = await roster(scene, event)
    await comes(scene, event, "m1", "m2", "m4", "m9")
    back = [await scene.twice(undo(event, member)) for member in ("m9", "m4", "m2", "m1")]
    assert [(r.status, r.position, r.walk_in, r.checked_in_at) for r in back] == [
        ("withdrawn", None, False, None),
        ("withdrawn", None, False, None),
        ("waitlisted", 1, False, None),
        ("confirmed", None, False, None),
    ]
    assert await roster(scene, event) == {**before, "m9": ("withdrawn", None)}
    now = await scene.now(event)
    assert (now.confirmed, now.waitlisted, now.attended) == (1, 2, 0)
    facts = await scene.heard.until(CheckInUndone, event.event_id, 4)
    assert [(f.member_id, f.status, f.position, f.event.attended) for f in facts] == [
        ("m9", "withdrawn", None, 3),
        ("m4", "withdrawn", None, 2),
        ("m2", "waitlisted", 1, 1),
        ("m1", "confirmed", None, 0),
    ]
    assert facts[0].registration_id is None


async def test_members_take_back_their_own_and_come_again(scene: Any) -> None:
    event = await scene.published(starts_in=1800)
    await scene.register(event, "m1")
    member = await scene.as_("m1")
    await member.send(CheckIn(event_id=event.event_id, member_id="m1"))
    assert await scene.refusal((await scene.as_("m2")).send(undo(event, "m1"))) == ("not_allowed", 403)
    assert (await scene.twice(undo(event, "m1"), by=member)).status == "confirmed"
    await member.send(CheckIn(event_id=event.event_id, member_id="m1"))
    await scene.heard.until(MemberAttended, event.event_id, 2)
    assert scene.heard.kinds(event.event_id)[-3:] == ["MemberAttended", "CheckInUndone", "MemberAttended"]
    assert (await scene.now(event)).attended == 1


async def test_who_did_not_come_after_all_is_no_show_and_is_not_asked_how_it_was(scene: Any) -> None:
    event = await scene.published(starts_in=1800)
    for member in ("m1", "m2"):
        await scene.register(event, member)
    await comes(scene, event, "m1", "m2")
    await scene.leads(undo(event, "m2"))
    await scene.begins(event)
    await scene.once_begun(ConcludeEvent(event_id=event.event_id))
    (over,) = await scene.heard.until(EventConcluded, event.event_id)
    assert (over.attended, over.no_shows) == (["m1"], ["m2"])
    assert await scene.refusal((await scene.as_("m1")).send(undo(event, "m1"))) == ("event_concluded", 409)
    assert (await scene.twice(undo(event, "m1"))).status == "no_show"
    (_, late) = await scene.heard.until(CheckInUndone, event.event_id, 2)
    assert (late.status, late.event.status, late.event.attended) == ("no_show", "concluded", 0)


async def test_who_waited_gets_the_seat_that_became_free_meanwhile(scene: Any) -> None:
    event = await scene.published(starts_in=1800, capacity=1)
    for member in ("m1", "m2"):
        await scene.register(event, member)
    await comes(scene, event, "m2")
    await scene.leads(WithdrawFromEvent(event_id=event.event_id, member_id="m1"))
    assert (await scene.twice(undo(event, "m2"))).status == "confirmed"
    (promoted,) = await scene.heard.until(RegistrationPromoted, event.event_id)
    assert (promoted.member_id, promoted.event.confirmed, promoted.event.waitlisted) == ("m2", 1, 0)


async def test_who_never_came_has_nothing_to_take_back(scene: Any) -> None:
    event = await scene.published(starts_in=1800)
    assert await scene.refusal(scene.leads(undo(event, "m1"))) == ("registration_not_found", 404)
    await scene.register(event, "m1")
    assert (await scene.twice(undo(event, "m1"))).status == "confirmed"
    assert "CheckInUndone" not in scene.heard.kinds(event.event_id)


def test_the_seat_of_who_left_meanwhile_goes_to_who_waits() -> None:
    came = seat("m1", "attended", came_from="confirmed")
    seats = EntriesInMemory.of([came, seat("m2", "waitlisted", position=7)])
    before = event(capacity=1, attended=1, waitlisted=1)
    command = UndoCheckIn(event_id="e1", member_id="m1")
    decision = model.undo_check_in(before, seats, command, people=gone("m1"), who=Caller("m1"), now=START)
    assert (decision.document.confirmed, decision.document.waitlisted, decision.document.attended) == (1, 0, 0)
    assert {s.key: s.status for s in decision.entries if isinstance(s, Seat)} == {"m1": "withdrawn", "m2": "confirmed"}
    assert [type(fact) for fact in decision.facts] == [CheckInUndone, RegistrationPromoted]


@pytest.mark.parametrize(("walk_in", "becomes"), [(False, "confirmed"), (True, "withdrawn")])
def test_a_seat_from_before_this_could_be_undone_is_undone_too(walk_in: bool, becomes: str) -> None:
    seats = EntriesInMemory.of([seat("m1", "attended", walk_in=walk_in)])
    before = event(attended=1, walk_ins=int(walk_in))
    command = UndoCheckIn(event_id="e1", member_id="m1")
    decision = model.undo_check_in(before, seats, command, people=EVERYBODY, who=Caller("m1"), now=START)
    assert decision.answer.status == becomes
    assert (decision.document.seats_in_use, decision.document.walk_ins) == (int(not walk_in), 0)


def test_a_draft_is_unknown_to_its_members() -> None:
    command = UndoCheckIn(event_id="e1", member_id="m1")
    draft = event(status="draft")
    with pytest.raises(Refused, match="event_not_found"):
        model.undo_check_in(draft, EntriesInMemory[Seat](), command, people=EVERYBODY, who=Caller("m1"), now=START)
