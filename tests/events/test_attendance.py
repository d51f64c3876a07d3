"""Who came: checked in, walked in, or named by a meeting tool's report."""

from typing import Any

import pytest
from ekkyo.contracts.events import (
    Attendee,
    CancelEvent,
    CheckIn,
    ConcludeEvent,
    EventConcluded,
    GetRoster,
    ImportAttendance,
    MemberAttended,
    WithdrawFromEvent,
)


def came(event: Any, *members: str) -> ImportAttendance:
    return ImportAttendance(event_id=event.event_id, attendees=[Attendee(member_id=m, minutes=45) for m in members])


async def roster(scene: Any, event: Any) -> dict[str, tuple[str, bool]]:
    page = await (await scene.leader()).ask(GetRoster(event_id=event.event_id))
    return {r.member_id: (r.status, r.walk_in) for r in page.registrations}


async def test_a_member_checks_in_on_their_own_seat(scene: Any) -> None:
    event = await scene.published(starts_in=1800)
    seat = await scene.register(event, "m1")
    registration = await scene.twice(CheckIn(event_id=event.event_id, member_id="m1"), by=await scene.as_("m1"))
    assert (registration.status, registration.walk_in) == ("attended", False)
    (fact,) = await scene.heard.until(MemberAttended, event.event_id)
    assert (fact.member_id, fact.registration_id, fact.walk_in, fact.by) == (
        "m1",
        seat.registration_id,
        False,
        "check_in",
    )
    assert (fact.event.attended, fact.event.confirmed) == (1, 0)


async def test_check_in_opens_an_hour_before_the_event(scene: Any) -> None:
    event = await scene.published(starts_in=2 * 3600)
    await scene.register(event, "m1")
    early = CheckIn(event_id=event.event_id, member_id="m1")
    assert await scene.refusal(scene.leads(early)) == ("check_in_not_open", 409)


async def test_who_has_no_seat_is_let_in_by_leaders_only_and_takes_none(scene: Any) -> None:
    event = await scene.published(starts_in=1800, capacity=1)
    for member in ("m1", "m2"):
        await scene.register(event, member)
    for member in ("m2", "m3"):
        command = CheckIn(event_id=event.event_id, member_id=member)
        assert await scene.refusal((await scene.as_(member)).send(command)) == ("no_seat", 409)
        assert (await scene.twice(command)).walk_in
    state = await scene.now(event)
    assert (state.confirmed, state.waitlisted, state.attended) == (1, 0, 2)
    facts = await scene.heard.until(MemberAttended, event.event_id, 2)
    assert [(f.member_id, f.walk_in) for f in facts] == [("m2", True), ("m3", True)]
    assert facts[1].registration_id is None
    assert await roster(scene, event) == {
        "m1": ("confirmed", False),
        "m2": ("attended", True),
        "m3": ("attended", True),
    }


async def test_a_meeting_report_records_all_who_came_once(scene: Any) -> None:
    event = await scene.published(starts_in=1800, capacity=3)
    for member in ("m1", "m2", "m3", "m4"):
        await scene.register(event, member)
    await scene.leads(CheckIn(event_id=event.event_id, member_id="m1"))
    assert await scene.refusal(scene.leads(came(event, "m1"))) == ("event_not_started", 409)
    await scene.begins(event)
    report = came(event, "m1", "m2", "m4", "m9", "m2")
    first = await scene.once_begun(report)
    assert (first.attended, first.already, first.walk_ins) == (3, 1, 2)
    again = await scene.twice(report)
    assert (again.attended, again.already, again.walk_ins) == (0, 4, 0)
    facts = await scene.heard.until(MemberAttended, event.event_id, 4)
    assert [(f.member_id, f.walk_in, f.by) for f in facts] == [
        ("m1", False, "check_in"),
        ("m2", False, "import"),
        ("m4", True, "import"),
        ("m9", True, "import"),
    ]


async def test_a_report_that_comes_after_the_end_turns_no_shows_into_attended(scene: Any) -> None:
    event = await scene.concluded(capacity=2, registered=["m1", "m2"], attended=["m1"])
    (conclusion,) = await scene.heard.until(EventConcluded, event.event_id)
    assert conclusion.no_shows == ["m2"]
    result = await scene.leads(came(event, "m1", "m2", "m9"))
    assert (result.attended, result.already, result.walk_ins) == (2, 1, 1)
    facts = await scene.heard.until(MemberAttended, event.event_id, 3)
    assert [(f.member_id, f.walk_in, f.event.status) for f in facts[1:]] == [
        ("m2", False, "concluded"),
        ("m9", True, "concluded"),
    ]
    state = await scene.now(event)
    assert (state.status, state.attended) == ("concluded", 3)


@pytest.mark.parametrize("status", ["draft", "cancelled"])
async def test_what_did_not_take_place_has_no_attendance(scene: Any, status: str) -> None:
    event = await (scene.draft() if status == "draft" else scene.published())
    if status == "cancelled":
        await scene.leads(CancelEvent(event_id=event.event_id))
    code = "event_not_published" if status == "draft" else "event_cancelled"
    assert await scene.refusal(scene.leads(came(event, "m1"))) == (code, 409)


async def test_who_withdrew_and_came_all_the_same_walked_in(scene: Any) -> None:
    event = await scene.published()
    await scene.register(event, "m1")
    await scene.leads(WithdrawFromEvent(event_id=event.event_id, member_id="m1"))
    await scene.begins(event)
    result = await scene.once_begun(came(event, "m1"))
    assert (result.attended, result.walk_ins) == (1, 1)
    await scene.leads(ConcludeEvent(event_id=event.event_id))
    assert await roster(scene, event) == {"m1": ("attended", True)}


async def test_a_report_of_two_thousand_is_recorded_at_once(scene: Any) -> None:
    event = await scene.published(description="会の説明" * 1000)
    await scene.begins(event)
    crowd = [f"m{n:04}" for n in range(2000)]
    result = await scene.once_begun(came(event, *crowd))
    assert (result.attended, result.walk_ins) == (2000, 2000)
    facts = await scene.heard.until(MemberAttended, event.event_id, 2000)
    assert [f.member_id for f in facts] == crowd
