"""Series on real servers: what leaders plan and change is carried out in each event, once, and told once."""

from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from ekkyo.contracts.base import Fact, new_id
from ekkyo.contracts.events import (
    CancelEvent,
    CancelSeries,
    ChangeSeriesRule,
    DuplicateEvent,
    EventDetails,
    EventPublished,
    EventRescheduled,
    EventState,
    GetEvent,
    GetRegistrationForm,
    GetSeries,
    PlanSeries,
    PreviewSeries,
    PreviewSeriesRule,
    RegisterForSeries,
    RegistrationConfirmed,
    RegistrationPromoted,
    RegistrationQuestion,
    RescheduleEvent,
    RescheduleSeries,
    ReviseEvent,
    ReviseSeries,
    SeriesAnswer,
    SeriesCancelled,
    SeriesPlanned,
    SeriesRegistered,
    SeriesRescheduled,
    SeriesRevised,
    SeriesRuleChanged,
    SeriesWithdrawn,
    SetQuestions,
    WithdrawFromEvent,
    WithdrawFromSeries,
)
from ekkyo.decision.clock import utcnow
from ekkyo.testing import eventually

TOKYO = ZoneInfo("Asia/Tokyo")
DETAILS = EventDetails(title="もくもく会", format="online", url="https://meet.example.com/1", capacity=2)


def command(series_id: str = "", *, rule: str = "FREQ=WEEKLY;COUNT=4", **more: Any) -> PlanSeries:
    start = (utcnow() + timedelta(days=7)).astimezone(TOKYO)
    fields = {"starts": f"{start:%Y-%m-%d}T18:00", "minutes": 90, "rule": rule, "details": DETAILS, **more}
    return PlanSeries(series_id=series_id or new_id(), community_id="c1", **fields)


def told(scene: Any, kind: type[Fact], series_id: str) -> list[Any]:
    return [f for f in scene.heard.facts if isinstance(f, kind) and getattr(f, "series_id", "") == series_id]


async def until(scene: Any, kind: type[Fact], series_id: str, count: int = 1) -> list[Any]:
    def enough() -> list[Any]:
        found = told(scene, kind, series_id)
        return found if len(found) >= count else []

    return await eventually(enough, what=f"{kind.__name__} of {series_id}")


async def planned(scene: Any, **more: Any) -> SeriesPlanned:
    """A series of c1 whose events are there."""
    state = await scene.leads(command(**more))
    [fact] = await until(scene, SeriesPlanned, state.series_id)
    return fact


async def seen(scene: Any, series_id: str, who: str = "leader-1") -> SeriesAnswer:
    by = await scene.leader() if who == "leader-1" else await scene.as_(who)
    answer: SeriesAnswer = await by.ask(GetSeries(series_id=series_id))
    return answer


def change(kind: Any, series_id: str, **more: Any) -> Any:
    return kind(series_id=series_id, change_id=new_id(), **more)


async def test_a_series_is_planned_once_with_an_event_for_each_date(scene: Any) -> None:
    leader = await scene.leader()
    second, extra = ((utcnow() + timedelta(days=days)).astimezone(TOKYO).date() for days in (14, 9))
    plan = command(except_on=[second], also_on=[extra])
    first = await leader.send(plan)
    assert (await leader.send(plan)).model_copy(update={"revision": first.revision}) == first
    [fact] = await until(scene, SeriesPlanned, plan.series_id)
    assert len(fact.occurrences) == 4
    gaps = [b.starts_at - a.starts_at for a, b in zip(fact.occurrences, fact.occurrences[1:], strict=False)]
    assert gaps == [timedelta(days=2), timedelta(days=12), timedelta(days=7)]
    assert fact.occurrences[1].starts_at.astimezone(TOKYO).date() == extra
    for one in fact.occurrences:
        event: EventState = await leader.ask(GetEvent(event_id=one.event_id))
        assert (event.status, event.series_id, event.recurrence_id) == ("published", plan.series_id, one.starts_at)
        assert event.starts_at.astimezone(TOKYO).hour == 18
        assert event.ends_at - event.starts_at == timedelta(minutes=90)
        [published] = await scene.heard.until(EventPublished, one.event_id)
        assert published.series_change == fact.change_id
    other = plan.model_copy(update={"minutes": 60})
    assert await scene.refusal(leader.send(other)) == ("series_taken", 409)
    assert [event.event_id for event in (await seen(scene, plan.series_id)).events] == [
        one.event_id for one in fact.occurrences
    ]


async def test_a_preview_writes_nothing_and_says_where_the_clock_changes(scene: Any) -> None:
    year = utcnow().year + 1
    dates = await (await scene.leader()).ask(
        PreviewSeries(starts=f"{year}-01-01T02:30", minutes=60, timezone="Europe/Berlin", rule="FREQ=DAILY;COUNT=200")
    )
    changed = [one for one in dates.dates if one.clock_changed]
    assert [one.clock_changed for one in changed] == ["skipped"]
    assert changed[0].starts_at.astimezone(ZoneInfo("Europe/Berlin")).strftime("%H:%M") == "03:30"
    assert not dates.endless
    assert scene.heard.facts == []


async def test_a_change_for_all_leaves_alone_what_was_changed_for_one_alone(scene: Any) -> None:
    fact = await planned(scene)
    _, second, third, last = fact.occurrences
    own = DETAILS.model_copy(update={"place": "大阪", "format": "hybrid"})
    await scene.leads(ReviseEvent(event_id=second.event_id, details=own))
    for member in ("m1", "m2"):
        await (await scene.as_(member)).send(
            RegisterForSeries(series_id=fact.series_id, member_id=member, registration_id=f"r-{member}")
        )
    await until(scene, SeriesRegistered, fact.series_id, 2)
    new = DETAILS.model_copy(update={"title": "木曜もくもく会"})
    revise = change(ReviseSeries, fact.series_id, details=new, from_event=second.event_id)
    await scene.leads(revise)
    await scene.leads(revise)
    [revised] = await until(scene, SeriesRevised, fact.series_id)
    assert revised.changed == ["title"]
    assert [one.event_id for one in revised.occurrences] == [second.event_id, third.event_id, last.event_id]
    assert {one.member_id: one.confirmed for one in revised.people} == {"m1": [0, 1, 2], "m2": [0, 1, 2]}
    events = {event.event_id: event for event in (await seen(scene, fact.series_id)).events}
    assert [events[one.event_id].title for one in fact.occurrences] == ["もくもく会", *["木曜もくもく会"] * 3]
    assert [events[one.event_id].place for one in fact.occurrences] == [None, "大阪", None, None]
    assert [one.revision for one in revised.occurrences] == [events[o.event_id].revision for o in revised.occurrences]


async def test_a_change_that_an_event_cannot_take_leaves_it_as_it_was_and_says_so(scene: Any) -> None:
    fact = await planned(scene)
    for member in ("m1", "m2"):
        await scene.register((await seen(scene, fact.series_id)).events[1], member)
    await scene.leads(change(ReviseSeries, fact.series_id, details=DETAILS.model_copy(update={"capacity": 1})))
    [revised] = await until(scene, SeriesRevised, fact.series_id)
    assert len(revised.occurrences) == 3
    answer = await seen(scene, fact.series_id)
    [left] = answer.left_as_they_were
    assert (left.event_id, left.code) == (fact.occurrences[1].event_id, "capacity_below_confirmed")
    assert (await seen(scene, fact.series_id, "m1")).left_as_they_were == []


async def test_a_series_moves_to_another_time_of_day_and_keeps_its_places(scene: Any) -> None:
    fact = await planned(scene)
    await (await scene.as_("m1")).send(
        RegisterForSeries(series_id=fact.series_id, member_id="m1", registration_id="r1")
    )
    await until(scene, SeriesRegistered, fact.series_id)
    alone = fact.occurrences[1]
    later = {"starts_at": alone.starts_at + timedelta(days=1), "ends_at": alone.ends_at + timedelta(days=1)}
    await scene.leads(RescheduleEvent(event_id=alone.event_id, **later))
    await scene.leads(change(RescheduleSeries, fact.series_id, clock="19:30", minutes=60))
    [moved] = await until(scene, SeriesRescheduled, fact.series_id)
    assert alone.event_id not in [one.event_id for one in moved.occurrences]
    for one in moved.occurrences:
        event: EventState = await (await scene.leader()).ask(GetEvent(event_id=one.event_id))
        assert event.starts_at.astimezone(TOKYO).strftime("%H:%M") == "19:30"
        assert event.ends_at - event.starts_at == timedelta(hours=1)
        assert (event.recurrence_id, event.confirmed) == (one.recurrence_id, 1)
        [rescheduled] = await scene.heard.until(EventRescheduled, one.event_id)
        assert rescheduled.series_change == moved.change_id
    [by_itself] = await scene.heard.until(EventRescheduled, alone.event_id)
    assert by_itself.series_change is None
    kept: EventState = await (await scene.leader()).ask(GetEvent(event_id=alone.event_id))
    assert (kept.starts_at, kept.recurrence_id) == (later["starts_at"], alone.recurrence_id)


async def test_another_rule_is_previewed_and_carried_out_once_with_seats_for_who_is_registered(scene: Any) -> None:
    fact = await planned(scene)
    await (await scene.as_("m1")).send(
        RegisterForSeries(series_id=fact.series_id, member_id="m1", registration_id="r1")
    )
    await until(scene, SeriesRegistered, fact.series_id)
    one, two, _, _ = fact.occurrences
    was = two.starts_at.astimezone(TOKYO)
    day = was + timedelta(days=1 if was.weekday() < 6 else -1)  # in the same week
    recurs = {"from_event": two.event_id, "minutes": 60, "rule": "FREQ=WEEKLY;COUNT=5"}
    recurs["starts"] = f"{day:%Y-%m-%dT%H:%M}"
    ask = PreviewSeriesRule(series_id=fact.series_id, **recurs)
    preview = await (await scene.leader()).ask(ask)
    assert (len(preview.moved), len(preview.made), preview.cancelled, preview.kept) == (3, 2, [], [])
    assert preview.members == 1
    cmd = change(ChangeSeriesRule, fact.series_id, **recurs)
    await scene.leads(cmd)
    await scene.leads(cmd)
    [changed] = await until(scene, SeriesRuleChanged, fact.series_id)
    assert (len(changed.occurrences), changed.made) == (5, [3, 4])
    assert [(person.member_id, person.confirmed) for person in changed.people] == [("m1", [0, 1, 2, 3, 4])]
    events = (await seen(scene, fact.series_id)).events
    assert [event.event_id for event in events][:2] == [one.event_id, two.event_id]
    assert [event.confirmed for event in events] == [1] * 6
    assert events[1].starts_at == day
    assert events[1].recurrence_id == two.recurrence_id


async def test_one_is_cancelled_or_this_and_later_or_all_and_each_is_told_once(scene: Any) -> None:
    fact = await planned(scene)
    one, two, three, four = fact.occurrences
    await scene.leads(CancelEvent(event_id=two.event_id))
    cancel = change(CancelSeries, fact.series_id, from_event=four.event_id, reason="年度末のため")
    await scene.leads(cancel)
    state = await scene.leads(cancel)
    assert state.status == "planned"
    assert state.ends_before == four.starts_at.astimezone(TOKYO).date()
    await until(scene, SeriesCancelled, fact.series_id)
    state = await scene.leads(change(CancelSeries, fact.series_id))
    assert state.status == "cancelled"
    part, rest = await until(scene, SeriesCancelled, fact.series_id, 2)
    assert ([o.event_id for o in part.occurrences], part.reason) == ([four.event_id], "年度末のため")
    assert [o.event_id for o in rest.occurrences] == [one.event_id, three.event_id]
    assert {event.status for event in (await seen(scene, fact.series_id)).events} == {"cancelled"}
    again = scene.leads(change(CancelSeries, fact.series_id))
    assert await scene.refusal(again) == ("series_cancelled", 409)


async def test_who_registers_for_the_series_gets_a_seat_in_each_or_a_place_in_line(scene: Any) -> None:
    fact = await planned(scene)
    for member in ("m1", "m2"):
        await scene.register((await seen(scene, fact.series_id)).events[0], member)
    m3 = await scene.as_("m3")
    register = RegisterForSeries(series_id=fact.series_id, member_id="m3", registration_id="r3")
    first = await m3.send(register)
    assert await m3.send(register) == first
    [registered] = await until(scene, SeriesRegistered, fact.series_id)
    assert [one.seat for one in registered.occurrences] == ["waitlisted", "confirmed", "confirmed", "confirmed"]
    assert registered.occurrences[0].position == 1
    for one in registered.occurrences[1:]:
        [confirmed] = await scene.heard.until(RegistrationConfirmed, one.event_id)
        assert confirmed.series_change == "r3"
    mine = await seen(scene, fact.series_id, "m3")
    assert mine.mine
    assert mine.mine.status == "registered"
    assert [one.status for one in mine.registrations] == ["waitlisted", "confirmed", "confirmed", "confirmed"]
    assert [bool(event.url) for event in mine.events] == [False, True, True, True]
    await (await scene.as_("m1")).send(WithdrawFromEvent(event_id=fact.occurrences[0].event_id, member_id="m1"))
    [promoted] = await scene.heard.until(RegistrationPromoted, fact.occurrences[0].event_id)
    assert (promoted.member_id, promoted.series_change) == ("m3", None)
    await scene.register((await seen(scene, fact.series_id)).events[1], "m4")
    await m3.send(WithdrawFromSeries(series_id=fact.series_id, member_id="m3"))
    [withdrawn] = await until(scene, SeriesWithdrawn, fact.series_id)
    assert [one.event_id for one in withdrawn.occurrences] == [one.event_id for one in fact.occurrences]
    after = await seen(scene, fact.series_id, "m3")
    assert after.mine
    assert after.mine.status == "withdrawn"
    assert {one.status for one in after.registrations} == {"withdrawn"}
    assert (await m3.send(register)).status == "withdrawn"
    assert len(told(scene, SeriesRegistered, fact.series_id)) == 1


async def test_a_seat_that_was_asked_for_alone_stays(scene: Any) -> None:
    fact = await planned(scene)
    await scene.register((await seen(scene, fact.series_id)).events[2], "m1")
    m1 = await scene.as_("m1")
    await m1.send(RegisterForSeries(series_id=fact.series_id, member_id="m1", registration_id="r1"))
    await until(scene, SeriesRegistered, fact.series_id)
    await m1.send(WithdrawFromSeries(series_id=fact.series_id, member_id="m1"))
    await until(scene, SeriesWithdrawn, fact.series_id)
    held = [one.status for one in (await seen(scene, fact.series_id, "m1")).registrations]
    assert held == ["withdrawn", "withdrawn", "confirmed", "withdrawn"]


async def test_an_event_is_copied_as_a_draft_of_its_own(scene: Any) -> None:
    fact = await planned(scene)
    like, start = fact.occurrences[0], utcnow() + timedelta(days=3)
    copy = DuplicateEvent(event_id=new_id(), like=like.event_id, starts_at=start, ends_at=start + timedelta(hours=1))
    made = await scene.twice(copy)
    assert (made.status, made.title, made.capacity, made.series_id) == ("draft", "もくもく会", 2, None)
    assert (made.url, made.url_follows) == (None, True)
    other = copy.model_copy(update={"like": fact.occurrences[1].event_id})
    assert await scene.refusal(scene.leads(other)) == ("event_taken", 409)
    stranger = await scene.as_("leader-2", "leader:c2")
    assert await scene.refusal(stranger.send(copy.model_copy(update={"event_id": new_id()}))) == ("not_allowed", 403)


async def test_members_see_a_series_without_the_address_to_join(scene: Any) -> None:
    fact = await planned(scene)
    told_to_m1 = await seen(scene, fact.series_id, "m1")
    assert told_to_m1.series.url is None
    assert {event.url for event in told_to_m1.events} == {None}
    assert (await seen(scene, fact.series_id)).series.url
    missing = (await scene.as_("m1")).ask(GetSeries(series_id="none"))
    assert await scene.refusal(missing) == ("series_not_found", 404)


async def test_questions_of_one_date_are_asked_on_all_later_ones_and_told_once(scene: Any) -> None:
    fact = await planned(scene, rule="FREQ=WEEKLY;COUNT=3")
    ids = [one.event_id for one in fact.occurrences]
    for one in fact.occurrences:
        await scene.register(one, "m1")
    asked = RegistrationQuestion(key="lunch", kind="yes_no", text="Lunch?", required=True)
    wanted = SetQuestions(event_id=ids[0], questions=[asked], later=True)
    await scene.leads(wanted)
    await scene.leads(wanted)
    [revised] = await until(scene, SeriesRevised, fact.series_id)
    assert [(one.member_id, one.confirmed) for one in revised.people] == [("m1", [0, 1])]
    assert [one.event_id for one in revised.occurrences] == ids[1:]
    member = await scene.as_("m1")
    for event_id in ids:
        assert (await member.ask(GetRegistrationForm(event_id=event_id))).questions == [asked]
    assert (await scene.refusal(member.send(wanted)))[1] == 403
