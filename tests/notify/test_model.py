"""Deliveries and what they go through, decided without any server."""

from datetime import timedelta

import pytest
from ekkyo.contracts.base import Caller, Refused
from ekkyo.contracts.notify import ConnectChannel, Delivered, DeliveryFailed
from ekkyo_notify import model
from hypothesis import given
from hypothesis import strategies as st

from tests.notify.making import CHAT, MEMBER, NOON, SEATED, TOLD, event, notice, survey

HOSTS = model.ChatHosts.parse("chat.example.com")
PLANNED = model.plan(notice("registration_confirmed"), SEATED, "mail", TOLD)


def claimed(delivery=None, *, by="a", now=TOLD, useless=None):
    return model.claim(delivery, PLANNED, useless=useless, by=by, now=now)


def test_an_id_is_made_of_fact_topic_recipient_and_channel():
    of = {
        model.delivery_id(fact, topic, to, channel)
        for fact in ("events/e1/1/0", "events/e1/1/1")
        for topic in ("event_published", "event_revised")
        for to in (MEMBER, CHAT, model.Recipient(member_id="c1"))
        for channel in ("mail", "chat")
    }
    assert len(of) == 24
    again = model.delivery_id("events/e1/1/0", "event_published", model.Recipient(member_id="m1"), "mail")
    assert again == model.delivery_id("events/e1/1/0", "event_published", SEATED, "mail")


def test_the_first_claim_takes_a_delivery_and_the_same_claim_again_changes_nothing():
    first = claimed()
    assert (first.answer, first.document.attempts, first.document.status) == ("ours", 1, "planned")
    again = claimed(first.document)
    assert (again.answer, again.document) == ("ours", first.document)


def test_another_process_waits_until_the_lease_has_run_out():
    first = claimed()
    assert claimed(first.document, by="b").answer == "busy"
    later = claimed(first.document, by="b", now=TOLD + model.LEASE)
    assert (later.answer, later.document.attempts) == ("ours", 2)


def test_a_released_delivery_is_free_at_once_and_only_its_owner_releases_it():
    first = claimed().document
    assert model.released(first, by="b", reason="x").document == first
    free = model.released(first, by="a", reason="smtp 450").document
    assert (free.status, free.reason, free.claimed_until) == ("planned", "smtp 450", None)
    assert claimed(free, by="b").answer == "ours"


@pytest.mark.parametrize("end", ["sent", "failed", "dropped"])
def test_an_ended_delivery_stays_as_it_ended(end):
    ours = claimed().document
    ended = {
        "sent": lambda: model.sent(ours, message_id="<1@x>", now=NOON).document,
        "failed": lambda: model.failed(ours, reason="smtp 550", now=NOON).document,
        "dropped": lambda: claimed(useless="event_over").document,
    }[end]()
    assert (ended.status, ended.claimed_by, ended.done_at is not None) == (end, None, True)
    for decision in (
        claimed(ended, by="b", now=NOON + timedelta(days=1)),
        model.sent(ended, message_id="<2@x>", now=NOON),
        model.failed(ended, reason="other", now=NOON),
        model.released(ended, by="a", reason="other"),
    ):
        assert decision.document == ended
        assert not decision.facts


def test_sent_and_failed_are_announced_with_the_delivery_and_dropped_is_not():
    ours = claimed().document
    [told] = model.sent(ours, message_id="<1@x>", now=NOON).facts
    assert isinstance(told, Delivered)
    assert (told.delivery.status, told.delivery.message_id, told.delivery.member_id) == ("sent", "<1@x>", "m1")
    [failed] = model.failed(ours, reason="smtp 550", now=NOON).facts
    assert isinstance(failed, DeliveryFailed)
    assert failed.delivery.reason == "smtp 550"
    assert not claimed(useless="event_over").facts


@given(st.lists(st.sampled_from(["claim a", "claim b", "sent", "failed", "release a", "release b", "wait", "drop"])))
def test_whatever_happens_a_delivery_is_announced_at_most_once(steps):
    document, now, facts = None, TOLD, []
    for step in steps:
        what, _, by = step.partition(" ")
        if what == "wait":
            now += model.LEASE
        elif what in ("claim", "drop"):
            decision = claimed(document, by=by or "a", now=now, useless="event_over" if what == "drop" else None)
            document, facts = decision.document, [*facts, *decision.facts]
        elif document:
            if what == "sent":
                decision = model.sent(document, message_id="<1@x>", now=now)
            elif what == "failed":
                decision = model.failed(document, reason="r", now=now)
            else:
                decision = model.released(document, by=by, reason="r")
            document, facts = decision.document, [*facts, *decision.facts]
    assert len(facts) <= 1
    assert not facts or document.status in ("sent", "failed")


@pytest.mark.parametrize(
    ("topic", "at", "why"),
    [
        ("event_published", NOON - timedelta(seconds=1), None),
        ("event_published", NOON, "event_started"),
        ("event_reminder", NOON, "event_started"),
        ("registration_waitlisted", NOON, "event_started"),
        ("registration_confirmed", NOON, None),
        ("registration_confirmed", NOON + timedelta(hours=1), "event_over"),
        ("registration_withdrawn", NOON + timedelta(hours=1), "event_over"),
        ("event_cancelled", NOON, None),
        ("survey_opened", NOON, None),
        ("survey_opened", NOON + timedelta(days=7), "survey_closed"),
    ],
)
def test_when_telling_is_of_no_use_any_more(topic, at, why):
    assert model.useless(notice(topic), at) == why


def test_of_a_cancelled_event_only_the_cancellation_and_withdrawals_are_told():
    for topic in ("event_published", "registration_confirmed", "event_reminder", "event_rescheduled"):
        assert model.useless(notice(topic, about=event(status="cancelled")), TOLD) == "event_cancelled"
    for topic in ("event_cancelled", "registration_withdrawn"):
        assert model.useless(notice(topic, about=event(status="cancelled")), TOLD) is None
    assert model.useless(notice("survey_opened", survey=survey(status="closed")), TOLD) == "survey_closed"


def test_only_a_newer_event_takes_the_place_of_the_one_in_the_fact():
    told = notice("registration_confirmed")
    assert told.knowing(event(revision=2, title="older")).event.title == "Excel ピボット入門"
    assert told.knowing(event(revision=4, title="newer")).event.title == "newer"
    assert told.knowing(None) == told


def test_a_member_named_twice_is_told_once_as_one_with_a_seat():
    assert model.named(["m1", "m1"], ["m1", "m2"]) == [SEATED, model.Recipient(member_id="m2", seat="waitlisted")]


def test_an_address_shows_neither_in_a_connection_nor_in_its_command():
    cmd = ConnectChannel(community_id="c1", url="https://chat.example.com/s3cret")
    connection = model.connect(None, cmd, who=Caller("boss", frozenset({"steward"})), hosts=HOSTS, now=NOON).document
    for shown in (repr(cmd), str(cmd), repr(connection), str(connection), str(cmd.model_dump())):
        assert "s3cret" not in shown
    assert connection.model_dump()["url"] == "https://chat.example.com/s3cret"


def test_a_leader_does_not_connect_a_members_own_chat():
    cmd = ConnectChannel(member_id="m1", url="https://chat.example.com/x")
    with pytest.raises(Refused) as refused:
        model.connect(None, cmd, who=Caller("l1", frozenset({"leader:c1"})), hosts=HOSTS, now=NOON)
    assert refused.value.status == 403


def test_a_chat_is_connected_at_allowed_hosts_alone_and_the_refusal_does_not_repeat_the_address():
    for url in ("https://169.254.169.254/s3cret", "http://chat.example.com/s3cret", "https://127.0.0.1:9000/s3cret"):
        cmd = ConnectChannel(community_id="c1", url=url)
        with pytest.raises(Refused) as refused:
            model.connect(None, cmd, who=Caller("boss", frozenset({"steward"})), hosts=HOSTS, now=NOON)
        assert refused.value.code == "chat_host_not_allowed"
        assert "s3cret" not in str(refused.value)
