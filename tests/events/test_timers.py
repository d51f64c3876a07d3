"""What the events service does by itself when the time has come, and what it leaves when that is no longer true."""

from datetime import timedelta
from typing import Any

from ekkyo.contracts.events import (
    Application,
    ApproveApplications,
    CancelEvent,
    CheckIn,
    ConcludeEvent,
    EventCancelled,
    EventConcluded,
    EventReminderDue,
    MyRegistration,
    PublishEvent,
    RegistrationApplied,
    RegistrationDeclined,
    RegistrationPromoted,
    RescheduleEvent,
    SeatsReleased,
    SetTerms,
    WantedTerms,
)
from ekkyo.decision.clock import utcnow
from ekkyo.testing import Nats, eventually
from nats.js.errors import NotFoundError

DAY = 86_400


async def timers(nats: Nats, event: Any) -> list[str]:
    """The names of the timers that the server holds for an event."""
    async with await nats.connect("ops") as connection:
        js = connection.jetstream()
        held = []
        for name in ("end", "reminder"):
            try:
                await js.get_last_msg("TIMERS", f"ekkyo.timer.events.{name}.{event.event_id}")
            except NotFoundError:
                continue
            held.append(name)
        return held


async def test_those_with_a_seat_are_reminded_a_day_before_once(scene: Any) -> None:
    event = await scene.published(starts_in=7 * DAY, capacity=2)
    for member in ("m1", "m2", "m3"):
        await scene.register(event, member)
    start = utcnow() + timedelta(seconds=DAY + 1.5)
    await scene.leads(RescheduleEvent(event_id=event.event_id, starts_at=start, ends_at=start + timedelta(hours=1)))
    (fact,) = await scene.heard.until(EventReminderDue, event.event_id)
    assert fact.confirmed == ["m1", "m2"]
    assert fact.event.starts_at - fact.meta.time < timedelta(seconds=DAY + 1)
    assert fact.meta.actor == "events"


async def test_an_event_concludes_by_itself_at_its_end(scene: Any) -> None:
    event = await scene.published(starts_in=1800)
    for member in ("m1", "m2"):
        await scene.register(event, member)
    await scene.leads(CheckIn(event_id=event.event_id, member_id="m1"))
    event = await scene.begins(event, lasts=0.5)
    (fact,) = await scene.heard.until(EventConcluded, event.event_id)
    assert (fact.attended, fact.no_shows, fact.event.status) == (["m1"], ["m2"], "concluded")
    assert fact.meta.time >= event.ends_at
    assert (await scene.now(event)).status == "concluded"


async def test_a_moved_event_reminds_at_its_new_time_only(scene: Any) -> None:
    event = await scene.published(starts_in=DAY + 2)
    await scene.register(event, "m1")
    later = event.starts_at + timedelta(seconds=1.5)
    await scene.leads(RescheduleEvent(event_id=event.event_id, starts_at=later, ends_at=later + timedelta(hours=1)))
    (fact,) = await scene.heard.until(EventReminderDue, event.event_id)
    assert fact.event.starts_at == later
    assert fact.meta.time >= later - timedelta(days=1)


async def test_a_longer_event_concludes_at_its_new_end_only(scene: Any) -> None:
    event = await scene.begins(await scene.published(), lasts=1.5)
    later = event.ends_at + timedelta(seconds=1.5)
    await scene.leads(RescheduleEvent(event_id=event.event_id, starts_at=event.starts_at, ends_at=later))
    (fact,) = await scene.heard.until(EventConcluded, event.event_id)
    assert fact.meta.time >= later


async def test_publishing_sets_the_timers_and_the_end_takes_them_away(scene: Any, nats: Nats) -> None:
    event = await scene.published(starts_in=2 * DAY)

    async def both() -> bool:
        return await timers(nats, event) == ["end", "reminder"]

    async def none() -> bool:
        return await timers(nats, event) == []

    await eventually(both)
    await scene.leads(CancelEvent(event_id=event.event_id))
    await eventually(none)
    event = await scene.begins(await scene.published())
    await scene.once_begun(ConcludeEvent(event_id=event.event_id))
    await eventually(none)


async def test_an_event_moved_to_within_a_day_has_no_reminder(scene: Any, nats: Nats) -> None:
    event = await scene.published(starts_in=2 * DAY)
    soon = utcnow() + timedelta(hours=3)
    await scene.leads(RescheduleEvent(event_id=event.event_id, starts_at=soon, ends_at=soon + timedelta(hours=1)))

    async def only_the_end() -> bool:
        return await timers(nats, event) == ["end"]

    await eventually(only_the_end)


async def test_a_cancelled_event_reminds_nobody_and_never_concludes(scene: Any) -> None:
    reminded = await scene.published(starts_in=DAY + 2)
    ended = await scene.published(starts_in=1.5, lasts=0.5)
    witness = await scene.published(starts_in=DAY + 2.5)
    last = await scene.published(starts_in=1.5, lasts=1)
    for event in (reminded, ended):
        await scene.leads(CancelEvent(event_id=event.event_id))
        await scene.heard.until(EventCancelled, event.event_id)
    await scene.heard.until(EventReminderDue, witness.event_id)
    await scene.heard.until(EventConcluded, last.event_id)
    assert scene.heard.kinds(reminded.event_id) == ["EventPublished", "EventCancelled"]
    assert scene.heard.kinds(ended.event_id) == ["EventPublished", "EventCancelled"]


async def test_applications_are_decided_until_the_event_starts_and_then_declined(scene: Any) -> None:
    event = await scene.published(starts_in=1800)
    await scene.leads(SetTerms(event_id=event.event_id, terms=WantedTerms(approval=True)))
    for member in ("m1", "m2"):
        assert (await scene.register(event, member)).status == "applied"
    applied = await scene.heard.until(RegistrationApplied, event.event_id, 2)
    first = Application(member_id="m1", registration_id=applied[0].registration_id)
    done = await scene.leads(ApproveApplications(event_id=event.event_id, applications=[first]))
    assert [one.status for one in done.registrations] == ["confirmed"]
    await scene.begins(event)
    (fact,) = await scene.heard.until(RegistrationDeclined, event.event_id)
    assert (fact.member_id, fact.because, fact.event.applied) == ("m2", "not_decided", 0)
    own = await (await scene.as_("m2")).ask(MyRegistration(event_id=event.event_id, member_id="m2"))
    assert (own.registration.status, own.registration.declined_because) == ("declined", "not_decided")


async def test_kept_seats_are_for_first_timers_until_they_are_released_to_who_waits(scene: Any) -> None:
    earlier = await scene.published(starts_in=1800)
    for member in ("old", "older"):
        await scene.leads(CheckIn(event_id=earlier.event_id, member_id=member))
    event = await scene.draft(capacity=2)
    kept = [{"seats": 1, "first_timers": True}]
    late = WantedTerms.model_validate({"quotas": {"kept": kept, "released_at": event.starts_at - timedelta(hours=1)}})
    await scene.leads(SetTerms(event_id=event.event_id, terms=late))
    await scene.leads(PublishEvent(event_id=event.event_id))
    assert [(await scene.register(event, member)).status for member in ("old", "older")] == ["confirmed", "waitlisted"]
    older = await scene.as_("older")
    mine = await older.ask(MyRegistration(event_id=event.event_id, member_id="older"))
    assert (mine.event.kept, mine.registration.counts_for) == (1, [])
    assert mine.registration.waiting_because.startswith("1 seat is kept for first-timers until ")
    quotas = {"kept": kept, "released_at": utcnow() + timedelta(seconds=1)}
    await scene.leads(SetTerms(event_id=event.event_id, terms=WantedTerms.model_validate({"quotas": quotas})))
    (released,) = await scene.heard.until(SeatsReleased, event.event_id)
    (promoted,) = await scene.heard.until(RegistrationPromoted, event.event_id)
    assert (released.released, released.promoted, promoted.because) == (1, ["older"], "seats_released")
    assert (await scene.register(event, "new")).status == "waitlisted"
