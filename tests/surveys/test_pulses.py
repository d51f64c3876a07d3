"""Pulses: when they open, whom they ask, and that nobody is asked too often."""

import asyncio
import hashlib
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from ekkyo.contracts.base import Refused
from ekkyo.contracts.surveys import (
    EndPulse,
    ListPulses,
    OpenSurvey,
    PlanPulse,
    PulseEnded,
    PulseHeld,
    PulsePlanned,
    PulseRound,
    PulseSkipped,
    SurveyOpened,
    pulse_of,
    survey_of_pulse,
)
from ekkyo.decision import Cancel, Decision, EntriesInMemory, Set
from ekkyo.decision.clock import utcnow
from ekkyo.publishing import timers
from ekkyo.testing.waiting import eventually
from ekkyo_surveys import forms, model
from ekkyo_surveys.model import Members, Pulse
from hypothesis import given, settings
from hypothesis import strategies as st

from .conftest import COMMUNITY, World

TOKYO = ZoneInfo("Asia/Tokyo")
NOW = datetime(2026, 5, 1, 12, tzinfo=TOKYO)
"""A Friday."""
LEADER = ("lead", f"leader:{COMMUNITY}")
KEY = "11" * 32


def plan(**changes: Any) -> PlanPulse:
    return PlanPulse.model_validate(
        {
            "community_id": COMMUNITY,
            "pulse": "how",
            "title": {"ja": "調子", "en": "How are we?"},
            "template": "post_event",
            "weeks": 1,
            "weekday": "TU",
            "clock": "10:00",
            "timezone": "Asia/Tokyo",
            "starts_on": "2026-05-01",
            "share": 20,
            **changes,
        }
    )


def planned(cmd: PlanPulse, pulse: Pulse | None = None, now: datetime = NOW, others: int = 0) -> Decision[Pulse, Any]:
    return model.plan_pulse(pulse, cmd, there=True, others=others, now=now)


def days(cmd: PlanPulse, count: int, now: datetime = NOW) -> list[datetime]:
    """When a pulse opens its first surveys."""
    pulse, found = planned(cmd, now=now).document, []
    for _ in range(count):
        assert pulse.next_at
        at = pulse.next_at
        found.append(at)
        on = model.due_on(pulse, at)
        assert on
        pulse = model.ran(pulse, PulseRound(day=on), now=at).document
    return found


def at(year: int, month: int, day: int, hour: int, zone: str = "Asia/Tokyo") -> datetime:
    return datetime(year, month, day, hour, tzinfo=ZoneInfo(zone))


def test_a_pulse_opens_on_its_weekday_every_so_many_weeks_or_each_month_by_the_clock_of_its_zone() -> None:
    assert days(plan(), 3) == [at(2026, 5, 5, 10), at(2026, 5, 12, 10), at(2026, 5, 19, 10)]
    fortnight = plan(weeks=2, starts_on="2026-05-13")
    assert days(fortnight, 2) == [at(2026, 5, 26, 10), at(2026, 6, 9, 10)], "counted from the week of the first day"
    monthly = plan(weeks=None, weekday="FR")
    assert days(monthly, 3) == [at(2026, 6, 5, 10), at(2026, 7, 3, 10), at(2026, 8, 7, 10)], "today's 10:00 is over"
    summer = days(plan(timezone="America/New_York", starts_on="2026-10-27"), 2)
    assert [one.astimezone(UTC).hour for one in summer] == [14, 15], "10:00 there, before and after the clock changes"


def test_planned_twice_it_is_planned_once_and_a_change_holds_from_the_next_day_on() -> None:
    first = planned(plan())
    assert [type(fact) for fact in first.facts] == [PulsePlanned]
    [timer] = first.timers
    assert isinstance(timer, Set)
    assert (timer.timer.id, timer.at) == (pulse_of(COMMUNITY, "how"), at(2026, 5, 5, 10))
    again = planned(plan(), first.document)
    assert (again.facts, again.timers, again.document is first.document) == ((), (), True)
    later = planned(plan(weekday="WE", clock="15:30"), first.document)
    assert later.answer.next_at == datetime(2026, 5, 6, 15, 30, tzinfo=TOKYO)
    held = model.ran(first.document, PulseRound(day=date(2026, 5, 5)), now=at(2026, 5, 5, 10)).document
    same_day = planned(plan(clock="16:00"), held, now=at(2026, 5, 5, 11))
    assert same_day.answer.next_on == date(2026, 5, 12), "a day that is over with does not come again"


def test_an_ended_pulse_opens_nothing_and_can_be_planned_again() -> None:
    pulse = planned(plan()).document
    ended = model.end_pulse(pulse)
    assert [type(fact) for fact in ended.facts] == [PulseEnded]
    assert [type(timer) for timer in ended.timers] == [Cancel]
    assert model.end_pulse(ended.document).facts == ()
    assert model.due_on(ended.document, at(2026, 5, 5, 10)) is None
    assert model.ran(ended.document, None, now=at(2026, 5, 5, 10)).timers == ()
    assert planned(plan(), ended.document).answer.status == "active"
    with pytest.raises(Refused, match="pulse_not_found"):
        model.end_pulse(None)


def test_a_timer_too_early_is_set_again_and_one_told_twice_counts_once() -> None:
    pulse = planned(plan()).document
    assert model.due_on(pulse, at(2026, 5, 5, 9)) is None
    [timer] = model.ran(pulse, None, now=at(2026, 5, 5, 9)).timers
    assert isinstance(timer, Set)
    assert timer.at == at(2026, 5, 5, 10)
    round = PulseRound(day=date(2026, 5, 5), survey_id="s1", invited=7)
    held = model.ran(pulse, round, now=at(2026, 5, 5, 10))
    assert [type(fact) for fact in held.facts] == [PulseHeld]
    twice = model.ran(held.document, round, now=at(2026, 5, 5, 10))
    assert (twice.facts, twice.document is held.document) == ((), True)
    [timer] = twice.timers
    assert isinstance(timer, Set)
    assert timer.at == at(2026, 5, 12, 10)


def test_of_days_that_went_by_while_the_service_was_down_the_newest_opens_late_and_once() -> None:
    pulse = planned(plan()).document
    back = at(2026, 5, 21, 3)
    assert model.due_on(pulse, back) == date(2026, 5, 19)
    held = model.ran(pulse, PulseRound(day=date(2026, 5, 19)), now=back).document
    assert (held.next_on, model.due_on(held, back)) == (date(2026, 5, 26), None)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"title": {}}, "title"),
        ({"sample": 10}, "sample"),
        ({"share": None}, "sample"),
        ({"days": 8}, "days"),
        ({"starts_on": "2027-06-01"}, "starts_on"),
        ({"starts_on": "2024-06-01"}, "starts_on"),
    ],
)
def test_a_plan_that_makes_no_sense_is_refused_with_the_field(changes: dict[str, Any], field: str) -> None:
    with pytest.raises(Refused, match="malformed") as refused:
        planned(plan(**changes))
    assert [error.field for error in refused.value.errors] == [field]


def test_a_template_has_to_be_there_and_twenty_pulses_are_enough() -> None:
    with pytest.raises(Refused, match="template_not_found"):
        model.plan_pulse(None, plan(), there=False, others=0, now=NOW)
    with pytest.raises(Refused, match="too_many_pulses"):
        planned(plan(), others=20)
    assert planned(plan(days=5), planned(plan()).document, others=20).answer.days == 5


def day(members: Members, on: date = date(2026, 5, 5), form: bool = True, **changes: Any) -> model.Day:
    pulse = planned(plan(**changes)).document
    return model.Day(pulse, on, members, forms.newest("post_event") if form else None)


def test_the_survey_of_a_day_is_opened_once_for_its_sample_and_is_open_for_as_long_as_planned() -> None:
    it = day(Members(there=[f"m{n}" for n in range(40)]), share=25, days=5)
    until = NOW + timedelta(seconds=10)
    sample = it.sample
    assert (len(sample), sample) == (10, sorted(sample))
    opened = model.open_round(None, EntriesInMemory(), it, sample, key=KEY, now=NOW, until=until)
    [fact] = opened.facts
    assert isinstance(fact, SurveyOpened)
    assert (fact.invited, fact.survey.pulse_id) == (sample, it.pulse.id)
    assert fact.survey.title == {"ja": "調子 (2026-05-05)", "en": "How are we? (2026-05-05)"}
    assert fact.survey.deadline - fact.survey.opened_at == timedelta(days=5)
    again = model.open_round(opened.document, EntriesInMemory(), it, ["x"], key=KEY, now=NOW, until=until)
    assert (again.answer, again.facts) == (10, ()), "after a crash the survey that is there counts, not another sample"
    with pytest.raises(Refused, match="unavailable"):
        model.open_round(None, EntriesInMemory(), it, sample, key=KEY, now=until, until=until)


def test_with_fewer_than_five_to_ask_or_a_retired_template_nothing_opens_and_the_round_says_why() -> None:
    there = [f"m{n}" for n in range(12)]
    few = day(Members(there=there, rested=frozenset(there[:8]) | {"stranger"}))
    assert few.sample == []
    round = model.round_of(few, 0)
    assert (round.because, round.members, round.rested, round.survey_id) == ("too_few", 12, 8, None)
    retired = day(Members(there=there), form=False)
    assert (retired.sample, model.round_of(retired, 0).because) == ([], "template_retired")
    skipped = model.ran(retired.pulse, model.round_of(retired, 0), now=at(2026, 5, 5, 10))
    assert [type(fact) for fact in skipped.facts] == [PulseSkipped]
    assert skipped.document.next_on == date(2026, 5, 12), "and the next day is waited for"


def test_anybody_can_repeat_the_draw() -> None:
    members = Members(there=["a", "b", "c", "d", "e", "f", "g"], asked={"a": [NOW], "b": [NOW - timedelta(days=40)]})
    assert model.drawn("s1", members, 6) == ["b", "c", "d", "e", "f", "g"], "who waited longest comes first"
    assert model.ticket("s1", "c") == hashlib.sha256(b"s1/c").hexdigest()
    assert model.drawn("s1", Members(there="abcdefg"), 5) == model.drawn("s1", Members(there="gfedcba"), 5)


@dataclass(frozen=True)
class Asked:
    """A survey of a pulse that was."""

    day: int
    sample: frozenset[str]

    @property
    def invited(self) -> int:
        return len(self.sample)


def simulated(size: int, rounds: int, apart: int, wanted: int) -> tuple[dict[str, list[int]], list[set[str]]]:
    """On which days each member was asked, and each sample, for a pulse of so many days apart."""
    there, surveys = [f"m{n}" for n in range(size)], list[Asked]()
    samples: list[set[str]] = []
    for today in range(0, rounds * apart, apart):
        turns = reversed(model.looked_at(surveys, size))
        asked: dict[str, list[datetime]] = {}
        for one in turns:
            for member in one.sample:
                asked.setdefault(member, []).append(NOW + timedelta(days=one.day))
        rested = [one.sample for one in surveys if today - one.day < model.RESTS.days]
        members = Members(there=there, rested=frozenset().union(*rested), asked=asked)
        sample = model.drawn(survey_of_pulse("p", date(2026, 1, 1) + timedelta(days=today)), members, wanted)
        samples.append(set(sample))
        if sample:
            surveys.insert(0, Asked(today, frozenset(sample)))
    return {m: [one.day for one in reversed(surveys) if m in one.sample] for m in there}, samples


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 60), st.sampled_from([7, 14, 28]), st.integers(5, 20))
def test_nobody_is_asked_twice_in_30_days_and_everybody_in_turn(size: int, apart: int, wanted: int) -> None:
    asked, samples = simulated(size, 24, apart, wanted)
    for on in asked.values():
        assert all(later - earlier >= 30 for earlier, later in pairwise(on))
    assert all(not sample or 5 <= len(sample) <= wanted for sample in samples)
    for on in asked.values():
        for first, again in pairwise(on):
            passed_over = [one for one, days in asked.items() if not any(first <= day <= again for day in days)]
            assert passed_over == [], "nobody again before everybody else was asked, on the same day or since"


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_beside_other_anonymous_surveys_a_sample_tells_of_nobody_or_five(data: st.DataObject) -> None:
    there = [f"m{n}" for n in range(data.draw(st.integers(5, 25)))]
    groups = data.draw(st.lists(st.sets(st.sampled_from(there), min_size=5, max_size=len(there)), max_size=3))
    others = {f"o{n}": frozenset(group) for n, group in enumerate(groups)}
    wanted = data.draw(st.integers(5, 15))
    sample = set(model.drawn("s1", Members(there=there, others=others), wanted))
    assert not sample or len(sample) >= 5
    for group in others.values():
        apart = {len(sample - group), len(group - sample)}
        assert not (sample & group) or not (apart & {1, 2, 3, 4} or apart == {0})
    met = [group for group in others.values() if sample & group]
    assert len(met) < 2 or not model.tells_of_few([sample, *met])
    if not groups:
        assert len(sample) == min(wanted, len(there))


def test_by_hand_everybody_or_a_sample_is_invited_and_said_again_nobody_else() -> None:
    cmd = OpenSurvey(
        survey_id="s1", community_id="c1", title={"en": "?"}, whom="sample", sample=6, deadline=NOW + timedelta(days=1)
    )
    members = Members(there=[f"m{n}" for n in range(20)], rested=frozenset({"m0", "m1"}))
    drawn = model.with_invited(cmd, members).invited
    assert (len(drawn), {"m0", "m1"} & set(drawn)) == (6, set())
    everybody = cmd.model_copy(update={"whom": "everybody", "sample": None})
    assert model.with_invited(everybody, members).invited == sorted(members.there)
    assert model.with_invited(everybody, None).invited == [], "it is open already"
    wrong = [
        (cmd.model_copy(update={"sample": None}), members, "sample"),
        (cmd.model_copy(update={"invited": ["m1"]}), members, "invited"),
        (everybody, Members(there=[f"m{n}" for n in range(5001)]), "whom"),
    ]
    for said, among, field in wrong:
        with pytest.raises(Refused, match="malformed") as refused:
            model.with_invited(said, among)
        assert [error.field for error in refused.value.errors] == [field]


async def due_now(world: World, pulse_id: str, times: int = 1) -> None:
    async with await world.nats.connect("surveys") as nc:
        for _ in range(times):
            await timers.change(nc.jetstream(), model.PulseTimer(id=pulse_id).at(utcnow()))


async def test_a_pulse_opens_by_its_timer_once_for_those_who_were_not_asked_lately(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first time, what became of the day cannot be noted down once its survey is open: as if killed in between."""
    note_down, failures = model.ran, iter([OSError("killed")])

    def fails_once(*given: Any, **named: Any) -> Any:
        if failure := next(failures, None):
            raise failure
        return note_down(*given, **named)

    monkeypatch.setattr(model, "ran", fails_once)
    await world.join(*(f"m{n:02}" for n in range(13)))
    await world.caught_up("people")
    if (into_the_minute := datetime.now(TOKYO).second) > 52:
        await asyncio.sleep(60 - into_the_minute)
    soon = (datetime.now(TOKYO) + timedelta(minutes=1)).replace(second=0)
    when = {"weekday": ("MO", "TU", "WE", "TH", "FR", "SA", "SU")[soon.weekday()], "clock": f"{soon:%H:%M}"}
    when["starts_on"] = soon.date().isoformat()
    sizes = {"first": 6, "second": 5, "third": 5}
    for key, sample in sizes.items():
        cmd = plan(pulse=key, share=None, sample=sample, **when)
        state = await world.ask(cmd, *LEADER)
        assert (await world.ask(cmd, *LEADER)) == state
    await due_now(world, pulse_of(COMMUNITY, "first"), times=2)
    held = await world.fact(PulseHeld)
    assert (held.round.invited, held.round.members, held.round.rested) == (6, 13, 0)
    assert next(failures, None) is None
    await due_now(world, pulse_of(COMMUNITY, "second"))
    await world.fact(PulseHeld, 2)
    await due_now(world, pulse_of(COMMUNITY, "third"))
    skipped = await world.fact(PulseSkipped)
    assert (skipped.round.because, skipped.round.rested) == ("too_few", 11)
    opened = await world.facts(SurveyOpened)
    assert [len(fact.invited) for fact in opened] == [6, 5], "told twice, opened once"
    assert not set(opened[0].invited) & set(opened[1].invited)
    by_hand = OpenSurvey(
        survey_id="s1", community_id=COMMUNITY, title={"en": "All"}, whom="sample", sample=5,
        deadline=utcnow() + timedelta(days=1),
    )  # fmt: skip
    with pytest.raises(Refused, match="malformed") as refused:
        await world.ask(by_hand, *LEADER)
    assert [(error.field, error.code) for error in refused.value.errors] == [("whom", "too_few")]
    everybody = by_hand.model_copy(update={"whom": "everybody", "sample": None, "anonymous": False})
    for _ in range(2):
        assert (await world.ask(everybody, *LEADER)).invited == 13, "whom a leader means is not left out"
    assert len(await world.facts(SurveyOpened)) == 3
    told = await world.ask(ListPulses(community_id=COMMUNITY), *LEADER)
    assert (told.members, told.rested, [one.pulse for one in told.pulses]) == (13, 13, sorted(sizes))
    assert [len(one.rounds) for one in told.pulses] == [1, 1, 1]
    ended = await world.ask(EndPulse(community_id=COMMUNITY, pulse="first"), *LEADER)
    assert (ended.status, ended.next_on) == ("ended", None)

    async def settled() -> bool:
        left = {subject for subject, _, _ in await world.stored("TIMERS") if "timer.surveys.pulse" in subject}
        return left == {f"ekkyo.timer.surveys.pulse.{pulse_of(COMMUNITY, key)}" for key in ("second", "third")}

    await eventually(settled)
