"""Reminders of surveys: to who has not answered, once, and told to nobody else."""

from datetime import timedelta

import pytest
from ekkyo.contracts.base import Meta, Refused, new_id
from ekkyo.contracts.notify import DeliveryFact, ListDeliveries, ResendDelivery
from ekkyo.contracts.surveys import SurveyAnswered, SurveyOpened, SurveyReminderDue
from ekkyo.decision.clock import utcnow
from ekkyo_notify import model

from tests.notify.making import NOON, notice, survey
from tests.notify.test_failures import facts
from tests.notify.world import World, address

MEMBERS = ["m1", "m2", "m3", "m4"]


async def test_who_has_not_answered_is_reminded_once_and_nobody_else_learns_who_that_is(world: World):
    await world.join("m1")
    await world.join("m2")
    await world.join("m3", surveys=False)
    await world.join("m4")
    open = survey(deadline=utcnow() + timedelta(days=3))
    await world.tell(SurveyOpened(survey_id="e1", survey=open, invited=MEMBERS))
    await world.done(4)
    world.mail.refuse = {address("m4"): "550 5.1.1 unknown"}
    await world.tell(SurveyAnswered(survey_id="e1", survey=open, member_id="m1"))
    await world.tell(SurveyReminderDue(survey_id="e1", survey=open, invited=MEMBERS), times=3)
    await world.quiet()
    asked, reminded = (f"【{what}】Excel ピボット入門のアンケート" for what in ("回答のお願い", "回答受付中"))
    subjects = {(mail["To"], mail["Subject"]) for mail in world.mail.mails}
    assert {to.split("<")[-1].strip(">") for to, subject in subjects if subject == reminded} == {address("m2")}
    assert len([1 for mail in world.mail.mails if mail["Subject"] == reminded]) == 1, "told three times, sent once"
    assert asked != reminded
    for filters in ({}, {"entity_id": "e1"}, {"member_id": "m2"}, {"topic": "survey_reminder"}):
        assert "survey_reminder" not in {one.topic for one in await world.deliveries(**filters)}, filters
    own = {}
    for member in MEMBERS:
        listed = await world.ask(ListDeliveries(member_id=member, topic="survey_reminder"), member, "member")
        own[member] = [(one.status, one.reason) for one in listed.deliveries]
    assert own["m1"] == []
    assert (own["m2"], own["m3"]) == ([("sent", None)], [("dropped", "muted")])
    assert [status for status, _ in own["m4"]] == ["failed"]
    announced = await facts(world, *DeliveryFact.__subclasses__())
    assert {one.delivery.topic for one in announced} == {"survey_opened"}
    [theirs] = (await world.ask(ListDeliveries(member_id="m4", topic="survey_reminder"), "m4", "member")).deliveries
    with pytest.raises(Refused, match="delivery_not_found"):
        await world.send(ResendDelivery(delivery_id=theirs.delivery_id, resend_id=new_id()))


def test_a_reminder_is_for_those_alone_who_have_not_answered():
    fact = SurveyReminderDue(survey_id="e1", survey=survey(), invited=["m1", "m2", "m2", "m3"])
    fact.told(Meta(id="surveys/e1/2/0", source="s", type="t", subject="e1", time=NOON, revision=2))
    told, to = model.survey_reminder(fact, {"m1"})
    assert (told.topic, [one.member_id for one in to]) == ("survey_reminder", ["m2", "m3"])
    assert model.kind_of(told.topic) == "surveys"


def test_what_became_of_a_reminder_is_in_no_fact_and_no_log():
    reminder = model.plan(notice("survey_reminder"), model.Recipient(member_id="m1"), "mail", NOON)
    assert model.sent(reminder, message_id="x", now=NOON).facts == []
    assert model.failed(reminder, reason="550", now=NOON, refused=3).facts == ()
    assert model.named_in_logs(notice("survey_reminder"), reminder.id) == {}
    assert model.named_in_logs(notice("survey_opened"), "d1") == {"delivery": "d1"}
