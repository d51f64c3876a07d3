"""A message that failed, or was dropped for a reason that is gone, is sent once more: by whom it concerns, and once."""

from datetime import UTC, datetime, timedelta

import pytest
from ekkyo.contracts.base import Refused, new_id
from ekkyo.contracts.events import EventCancelled, EventPublished, RegistrationConfirmed, RegistrationWithdrawn
from ekkyo.contracts.members import MemberDeactivated, MemberErased, MemberState, PreferencesChanged
from ekkyo.contracts.notify import ConnectChannel, Delivered, Delivery, DeliveryFailed, ListDeliveries, ResendDelivery
from ekkyo.contracts.surveys import Results, SurveyClosed, SurveyOpened
from ekkyo_notify import model
from hypothesis import given
from hypothesis import strategies as st

from tests.notify.making import MEMBER, notice, survey
from tests.notify.test_failures import facts
from tests.notify.world import World, address, soon

SPAM = "554 5.7.1 looks like spam"
NOW = datetime(2026, 11, 26, 3, tzinfo=UTC)


async def failed(world: World, fact=None) -> Delivery:
    """A delivery to m1 that the mail server refused; now it takes mail again."""
    world.mail.answer = SPAM
    await world.join("m1")
    await world.tell(fact or EventPublished(event_id="e1", event=soon()))
    [delivery] = await world.done(1)
    assert delivery.status == "failed"
    world.mail.answer = ""
    return delivery


async def again(world: World, delivery: Delivery, resend_id: str | None = None, *who: str, member_id=None) -> Delivery:
    command = ResendDelivery(delivery_id=delivery.delivery_id, resend_id=resend_id or new_id(), member_id=member_id)
    return await world.send(command, *(who or ("boss", "steward")))


async def test_what_failed_is_sent_once_however_often_it_is_said_and_told_as_a_fact(world: World):
    delivery = await failed(world)
    named = new_id()
    for _ in range(3):
        sent = await again(world, delivery, named)
        assert (sent.status, sent.reason, sent.attempts) == ("sent", None, 2)
    assert world.mail.recipients == [address("m1")]
    with pytest.raises(Refused, match="delivery_sent"):
        await again(world, delivery)
    await world.quiet()
    told = [f for f in await facts(world, Delivered, DeliveryFailed) if f.delivery_id == delivery.delivery_id]
    assert [type(f) for f in told] == [DeliveryFailed, Delivered]
    kept = await world.it.context.get("deliveries").get(delivery.delivery_id)
    assert kept.kept is None
    assert kept.claimed_by is None


async def test_the_member_stewards_and_systems_may_and_nobody_else(world: World):
    delivery = await failed(world)
    for who in (("m2", "member"), ("m1", "member"), ("l1", "leader:c1"), ("p", "portal")):
        with pytest.raises(Refused, match="not_allowed"):
            await again(world, delivery, None, *who)
    for who in (("m2", "member"), ("boss", "steward"), ("hr", "system")):
        with pytest.raises(Refused, match="delivery_not_found"):
            await again(world, delivery, None, *who, member_id="m2")
    with pytest.raises(Refused, match="not_allowed"):
        await again(world, delivery, None, "m2", "member", member_id="m1")
    world.mail.answer = SPAM
    for who in (("m1", "member"), ("boss", "steward"), ("hr", "system")):
        assert (await again(world, delivery, None, *who, member_id="m1")).status == "failed"


async def test_three_times_a_day_and_a_try_that_fails_says_why(world: World):
    delivery = await failed(world)
    world.mail.answer = "451 4.3.0 try later"
    for _ in range(2):
        busy = await again(world, delivery)
        assert (busy.status, busy.reason) == ("failed", "smtp 451 4.3.0")
    await world.mail.stop()
    assert (await again(world, delivery)).reason == "smtp_unreachable"
    await world.mail.start()
    world.mail.answer = ""
    async with world.clients("boss", "steward") as steward:
        with pytest.raises(Refused, match="too_many_resends") as no:
            await steward.send(ResendDelivery(delivery_id=delivery.delivery_id, resend_id=new_id()), within=0.5)
    assert no.value.status == 409
    assert world.mail.recipients == []


async def test_a_dropped_message_goes_out_once_its_reason_is_gone(world: World):
    await world.join("m1", channels=["chat"])
    await world.tell(EventPublished(event_id="e1", event=soon()))
    [delivery] = await world.done(1)
    assert (delivery.status, delivery.reason) == ("dropped", "channel_not_connected")
    with pytest.raises(Refused, match="channel_not_connected"):
        await again(world, delivery)
    await world.send(ConnectChannel(member_id="m1", url=world.chat.url("/mine")))
    assert (await again(world, delivery)).status == "sent"
    assert [path for path, _ in world.chat.posts] == ["/mine"]


async def test_it_says_how_things_stand_by_now(world: World):
    delivery = await failed(world)
    later = soon(title="新しい題名", revision=9)
    await world.tell(EventPublished(event_id="e1", event=later), n=1, revision=9)
    await world.quiet()
    assert (await again(world, delivery)).status == "sent"
    assert "新しい題名" in world.mail.to(address("m1"))[-1]["Subject"]


async def test_lists_tell_what_deliveries_are_about_by_its_newest_name_and_in_the_language_asked_for(world: World):
    await world.found(name="越境の会")
    await world.join("m1")
    await world.tell(EventPublished(event_id="e1", event=soon()))
    opened = survey(survey_id="s1", deadline=soon().starts_at, title={"ja": "春の問い", "en": "Spring"})
    await world.tell(SurveyOpened(survey_id="s1", survey=opened, invited=["m1"]))
    await world.done(2)
    later = soon(title="新しい題名", revision=9)
    await world.tell(EventPublished(event_id="e1", event=later), n=1, revision=9)
    await world.quiet()
    for locale, of_survey in (("ja", "春の問い"), ("en", "Spring")):
        page = await world.ask(ListDeliveries(member_id="m1", locale=locale))
        told = {(d.entity_id, d.title, d.community_name) for d in page.deliveries}
        assert told == {("e1", "新しい題名", "越境の会"), ("s1", of_survey, "越境の会")}


def state(**changes) -> MemberState:
    values = {
        "member_id": "m1",
        "number": "m1",
        "name": "m1",
        "email": address("m1"),
        "department": "x",
        "channels": ["mail"],
        "locale": "ja",
        "timezone": "Asia/Tokyo",
        "communities": [{"community_id": "c1", "joined_at": NOW}],
    }
    return MemberState(**values | changes)


ENDS = {
    "event_cancelled": EventCancelled(event_id="e1", event=soon(status="cancelled", revision=9), confirmed=[]),
    "event_over": EventCancelled(event_id="e1", event=soon(status="concluded", revision=9), confirmed=[]),
    "member_erased": MemberErased(member_id="m1", member=state(active=False)),
    "member_inactive": MemberDeactivated(member_id="m1", member=state(active=False)),
    "not_a_member": PreferencesChanged(member_id="m1", member=state(communities=[])),
    "muted": PreferencesChanged(member_id="m1", member=state(muted=["c1"])),
    "channel_not_connected": PreferencesChanged(member_id="m1", member=state(channels=[])),
}


@pytest.mark.parametrize("code", ENDS)
async def test_what_is_over_is_not_sent(world: World, code: str):
    delivery = await failed(world)
    await world.tell(ENDS[code], revision=9)
    await world.quiet()
    with pytest.raises(Refused, match=code):
        await again(world, delivery)
    assert world.mail.recipients == []


async def test_news_of_a_seat_that_was_given_back_is_not_sent(world: World):
    seat = {"event_id": "e1", "event": soon(), "member_id": "m1", "registration_id": "r1"}
    delivery = await failed(world, RegistrationConfirmed(**seat))
    await world.tell(RegistrationWithdrawn(**seat, was="confirmed"))
    await world.done(2)
    with pytest.raises(Refused, match="superseded"):
        await again(world, delivery)


async def test_nobody_is_asked_to_answer_a_survey_that_is_closed(world: World):
    opened = survey(survey_id="s1", deadline=soon().starts_at)
    delivery = await failed(world, SurveyOpened(survey_id="s1", survey=opened, invited=["m1"]))
    closed = opened.model_copy(update={"status": "closed", "revision": 2})
    results = Results(survey_id="s1", invited=1, answered=0, questions=[])
    await world.tell(SurveyClosed(survey_id="s1", survey=closed, results=results))
    await world.quiet()
    with pytest.raises(Refused, match="survey_closed"):
        await again(world, delivery)


async def test_the_newest_deliveries_come_first_when_asked_for_page_by_page(world: World):
    await world.join("m1")
    for number in range(5):
        await world.tell(EventPublished(event_id=f"e{number}", event=soon(event_id=f"e{number}")))
        await world.done(number + 1)
    found: list[Delivery] = []
    after = None
    while True:
        page = await world.ask(ListDeliveries(member_id="m1", newest_first=True, after=after, limit=2))
        found += page.deliveries
        if (after := page.next) is None:
            break
    assert [d.entity_id for d in found] == ["e4", "e3", "e2", "e1", "e0"]
    assert found[::-1] == await world.deliveries(member_id="m1")


# The decision


@given(st.lists(st.tuples(st.integers(0, 172_800), st.integers(0, 40), st.booleans()), max_size=30))
def test_no_day_has_more_than_three_and_said_again_it_changes_nothing(tries: list[tuple[int, int, bool]]):
    """Tries at some second, by some name, that succeed or fail."""
    planned = model.plan(notice("event_published"), MEMBER, "mail", NOW)
    kept = model.Kept(notice=notice("event_published"))
    delivery = model.failed(planned, reason="x", now=NOW, kept=kept).document
    begun: dict[str, datetime] = {}
    for second, number, works in sorted(tries):
        now, name = NOW + timedelta(seconds=second), f"r{number}"
        command = ResendDelivery(delivery_id=delivery.id, resend_id=name)
        recent = sum(at > now - timedelta(hours=24) for at in begun.values())
        if name not in begun and (delivery.status == "sent" or recent == 3):
            code = "delivery_sent" if delivery.status == "sent" else "too_many_resends"
            with pytest.raises(Refused, match=code):
                model.resend(delivery, command, why_not=None, by="me", now=now)
            continue
        decided = model.resend(delivery, command, why_not=None, by="me", now=now)
        assert decided.answer == (name not in begun)
        if not decided.answer:
            assert decided.document == delivery
            continue
        begun[name] = now
        assert sum(at > now - timedelta(hours=24) for at in begun.values()) <= 3
        during = model.resend(decided.document, command, why_not=None, by="another", now=now)
        assert (during.document, during.answer) == (decided.document, False)
        if works:
            delivery = model.sent(decided.document, message_id=None, now=now).document
        else:
            delivery = model.failed(decided.document, reason="x", now=now, kept=kept).document


def test_a_try_that_a_crash_cut_off_is_made_again_by_the_same_name():
    planned = model.plan(notice("event_published"), MEMBER, "mail", NOW)
    kept = model.Kept(notice=notice("event_published"))
    delivery = model.dropped(planned, reason="muted", now=NOW, kept=kept).document
    command = ResendDelivery(delivery_id=delivery.id, resend_id="r")
    taken = model.resend(delivery, command, why_not=None, by="me", now=NOW).document
    over = NOW + model.LEASE
    decided = model.resend(taken, command, why_not=None, by="another", now=over)
    assert decided.answer
    assert decided.document.claimed_by == "another"
    assert len(decided.document.resends) == 1
    with pytest.raises(Refused, match="delivery_under_way"):
        model.resend(taken, command.model_copy(update={"resend_id": "s"}), why_not=None, by="x", now=NOW)


@pytest.mark.parametrize(
    ("reason", "code"), [("event_over", "event_over"), ("member_left", "member_inactive"), ("superseded", "superseded")]
)
def test_of_what_was_dropped_for_good_nothing_is_kept_and_the_refusal_says_why(reason: str, code: str):
    planned = model.plan(notice("event_published"), MEMBER, "mail", NOW)
    kept = model.Kept(notice=notice("event_published"))
    delivery = model.claim(None, planned, useless=reason, by="x", now=NOW, kept=kept).document
    assert delivery.kept is None
    with pytest.raises(Refused, match=code):
        model.resend(delivery, ResendDelivery(delivery_id="d", resend_id="r"), why_not=None, by="x", now=NOW)


def test_what_the_facts_reaction_still_tries_and_what_is_not_kept_is_not_sent_again():
    planned = model.plan(notice("event_published"), MEMBER, "mail", NOW)
    command = ResendDelivery(delivery_id=planned.id, resend_id="r")
    with pytest.raises(Refused, match="delivery_under_way"):
        model.resend(planned, command, why_not=None, by="x", now=NOW + timedelta(days=1))
    old = model.failed(planned, reason="x", now=NOW).document
    with pytest.raises(Refused, match="delivery_not_kept"):
        model.resend(old, command, why_not=None, by="x", now=NOW)
