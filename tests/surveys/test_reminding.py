"""The reminder at half time: once, and without a word of who has not answered."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from ekkyo.contracts.surveys import InvitationWithdrawn, SurveyReminderDue
from ekkyo.decision import Set
from ekkyo.publishing import timers as timers_of_services
from ekkyo.testing import eventually
from ekkyo_surveys import model, reactions

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


async def test_the_reminder_comes_from_a_timer_and_names_nobody_who_has_not_answered(
    world: Servers, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The timer is moved to now by publishing it again; the service looks at the document and its clock all the same.

    Half a day later, by the service's clock, it tells; fired again, or a day later, it tells nothing more.
    """
    survey = await world.opened_for("a", "b", deadline=datetime.now(UTC) + timedelta(days=1, seconds=5))
    await world.answer(survey.survey_id, "a")
    timers = [one for one in await world.stored("TIMERS") if one[0].startswith("ekkyo.timer.surveys.remind")]
    assert [subject.rpartition(".")[2] for subject, _, _ in timers] == [survey.survey_id]
    assert json.loads(timers[0][2]) == {"id": survey.survey_id}, "a timer names nobody"
    at = datetime.fromisoformat(timers[0][1]["Nats-Schedule"].removeprefix("@at "))
    assert abs(at - datetime.now(UTC) - timedelta(hours=12)) < timedelta(minutes=1)

    async def due(after: timedelta, times: int = 1) -> None:
        monkeypatch.setattr(reactions, "utcnow", lambda: datetime.now(UTC) + after)
        async with await world.nats.connect("surveys") as nc:
            for _ in range(times):
                await timers_of_services.change(
                    nc.jetstream(), model.RemindTimer(id=survey.survey_id).at(datetime.now(UTC))
                )
        await eventually(lambda: nothing_due(world), 10)

    await due(timedelta(0))
    assert await world.facts(SurveyReminderDue) == [], "too early"
    await due(timedelta(hours=12, minutes=1), times=2)
    [told] = await world.facts(SurveyReminderDue)
    assert {"a", "b"} <= set(told.invited)
    await due(timedelta(days=2))
    assert len(await world.facts(SurveyReminderDue)) == 1


async def nothing_due(world: Servers) -> bool:
    """Whether every timer that fired was handled, and none of now waits."""
    waiting = [
        datetime.fromisoformat(headers["Nats-Schedule"].removeprefix("@at "))
        for subject, headers, _ in await world.stored("TIMERS")
        if subject.startswith("ekkyo.timer.surveys.remind")
    ]
    now = datetime.now(UTC)
    info = await world.ops.jetstream().consumer_info("TIMERS", "surveys-due-remind")  # after it: one may fire meanwhile
    return not info.num_pending and not info.num_ack_pending and all(at > now for at in waiting)
