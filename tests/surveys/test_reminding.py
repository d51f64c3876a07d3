"""The reminder at half time: once, and without a word of who has not answered."""

import json
from datetime import UTC, datetime, timedelta

from ekkyo.contracts.surveys import InvitationWithdrawn, SurveyReminderDue
from ekkyo.decision import Set
from ekkyo_surveys import model

from .conftest import World as Servers
from .test_model import FIVE, NOW, World, known, open_cmd

HALF = timedelta(days=3, hours=12)


def remind(world: World, now: datetime) -> list[SurveyReminderDue]:
    assert world.survey
    told = len(world.facts)
    world.keep(model.remind_when_due(world.survey, world.parts, now=now))
    return [fact for fact in world.facts[told:] if isinstance(fact, SurveyReminderDue)]


def test_at_half_time_the_invited_are_announced_once_and_not_who_has_answered() -> None:
    world = World()
    world.conclude(*FIVE)
    world.answer("b")
    world.did_not_come("c", revision=2)
    assert remind(world, NOW + HALF - timedelta(minutes=2)) == [], "a timer that is too early is set again"
    last = world.timers[-1]
    assert isinstance(last, Set)
    assert (type(last.timer), last.at) == (model.RemindTimer, NOW + HALF)
    [due] = remind(world, NOW + HALF)
    assert due.invited == ["a", "b", "d", "e"], "not who is invited no more, and nothing of who has answered"
    assert remind(world, NOW + HALF) == [], "told twice, announced once"
    assert isinstance(world.facts[2], InvitationWithdrawn)


def test_a_service_that_was_down_at_half_time_reminds_late_but_not_after_the_deadline_or_the_close() -> None:
    late, over, closed = World(), World(), World()
    for world in (late, over, closed):
        world.conclude(*FIVE)
    closed.close()
    assert len(remind(late, NOW + timedelta(days=6))) == 1
    assert remind(over, NOW + timedelta(days=7)) == []
    assert remind(closed, NOW + HALF) == []


def test_nobody_is_reminded_where_all_have_answered_or_the_survey_is_short() -> None:
    world = World()
    world.conclude("a", "b")
    world.answer("a")
    world.answer("b")
    assert remind(world, NOW + HALF) == []
    short = open_cmd(deadline=NOW + timedelta(hours=23))
    opened = model.open_by_hand(None, World().parts, short, known(*FIVE), key="11" * 32, now=NOW)
    assert [type(one.timer) for one in opened.timers if isinstance(one, Set)] == [model.CloseTimer]


async def test_the_reminder_comes_from_a_timer_and_names_nobody_who_has_not_answered(world: Servers) -> None:
    """The timer is moved to now by publishing it again; the service looks at the document all the same."""
    survey = await world.opened_for("a", "b", deadline=datetime.now(UTC) + timedelta(days=1, seconds=5))
    await world.answer(survey.survey_id, "a")
    timers = [one for one in await world.stored("TIMERS") if one[0].startswith("ekkyo.timer.surveys.remind")]
    assert [subject.rpartition(".")[2] for subject, _, _ in timers] == [survey.survey_id]
    assert json.loads(timers[0][2]) == {"id": survey.survey_id}, "a timer names nobody"
    at = datetime.fromisoformat(timers[0][1]["Nats-Schedule"].removeprefix("@at "))
    assert abs(at - datetime.now(UTC) - timedelta(hours=12)) < timedelta(minutes=1)
