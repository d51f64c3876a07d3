"""Decisions about series: what is refused, what a killed service goes on with, and how an endless series goes on."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from dateutil.rrule import rrulestr
from ekkyo.contracts.base import Caller, Fact, Refused
from ekkyo.contracts.events import (
    CancelSeries,
    ChangeSeriesRule,
    EventDetails,
    EventFact,
    PlanSeries,
    PreviewSeriesRule,
    QuestionsChanged,
    RegisterForSeries,
    RegistrationQuestion,
    RescheduleSeries,
    ReviseSeries,
    SeriesRegistered,
    SeriesRevised,
    SeriesRuleChanged,
    SeriesWithdrawn,
    SetQuestions,
    Terms,
    WithdrawFromSeries,
)
from ekkyo.decision import Decision, EntriesInMemory, Set
from ekkyo_events import model
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.events.people import EVERYBODY, gone

NOW = datetime(2026, 12, 1, 3, tzinfo=UTC)
LEADER = Caller("boss", frozenset({"leader:c1"}))
DETAILS = EventDetails(title="もくもく会", format="online", url="https://meet.example.com/1", capacity=2)


def planning(**more: Any) -> PlanSeries:
    fields = {"starts": "2026-12-03T18:00", "minutes": 90, "rule": "FREQ=WEEKLY;COUNT=4", "details": DETAILS}
    return PlanSeries(series_id="s1", community_id="c1", **{**fields, **more})


@dataclass
class Stored:
    """What the store keeps of one series and its events, in memory."""

    series: model.Series | None = None
    regulars: dict[str, model.Regular] = field(default_factory=dict)
    events: dict[str, model.Event] = field(default_factory=dict)
    seats: dict[tuple[str, str], model.Seat] = field(default_factory=dict)
    facts: list[Fact] = field(default_factory=list)
    timers: list[Any] = field(default_factory=list)

    def decide(self, made: Decision[Any, Any]) -> Any:
        document = made.document
        if made.facts or made.entries or made.timers or document != self._known(document):
            self._keep(document.model_copy(update={"revision": document.revision + 1}))
        for entry in made.entries:
            if isinstance(entry, model.Regular):
                self.regulars[entry.key] = entry
            elif isinstance(entry, model.Seat):
                self.seats[entry.document_id, entry.key] = entry
        self.facts += made.facts
        if isinstance(document, model.Series):
            self.timers += made.timers
        return made.answer

    def _known(self, document: Any) -> Any:
        return self.series if isinstance(document, model.Series) else self.events.get(document.id)

    def _keep(self, document: Any) -> None:
        if isinstance(document, model.Series):
            self.series = document
        else:
            self.events[document.id] = document

    def all_regulars(self) -> EntriesInMemory[model.Regular]:
        return EntriesInMemory(dict(self.regulars))

    def plan(self, **more: Any) -> "Stored":
        self.decide(model.plan_series(self.series, planning(**more), now=NOW))
        return self

    def lead(self, decide: Any, cmd: Any, now: datetime = NOW) -> Any:
        return self.decide(decide(self.series, cmd, who=LEADER, now=now))

    def rule(self, rule: str, starts: str = "2026-12-08T18:00", change: str = "c", **more: Any) -> Any:
        cmd = ChangeSeriesRule(series_id="s1", change_id=change, starts=starts, minutes=90, rule=rule, **more)
        return self.decide(model.change_rule(self.series, self.all_regulars(), cmd, who=LEADER, now=NOW))

    def preview(self, rule: str, starts: str = "2026-12-08T18:00", **more: Any) -> Any:
        ask = PreviewSeriesRule(series_id="s1", starts=starts, minutes=90, rule=rule, **more)
        seats = self.seats.values()
        return model.preview_rule(self.series, self.events.values(), seats, ask, who=LEADER, now=NOW)

    def coming(self) -> list[datetime]:
        return sorted(event.starts_at for event in self.events.values() if event.status == "published")

    def register(self, member: str, now: datetime = NOW, people: Any = EVERYBODY) -> Any:
        cmd = RegisterForSeries(series_id="s1", member_id=member, registration_id=f"r-{member}")
        who = Caller(member)
        made = model.register_series(self.series, self.all_regulars(), cmd, people=people, who=who, now=now)
        return self.decide(made)

    def carry_out(self, now: datetime = NOW, *, until: int = 10_000) -> None:
        """What the reaction does, until it is killed after so many writes."""
        found = self.decide(model.extend_series(self.series, self.all_regulars(), now=now))
        left = until
        for step in found.steps:
            outcomes = []
            for number in range(step.first, step.last + 1):
                if left == 0:
                    return
                left -= 1
                outcomes.append(self.decide(self._take(found, step, number, now)))
            for number in range(step.first, step.last + 1):  # as the reaction does where a rule adds events
                if step.kind == "repeated" and found.occurrences[number].event_id in step.made:
                    for member, registration in step.regulars:
                        if left == 0:
                            return
                        left -= 1
                        seat = {"kind": "registered", "member_id": member, "change_id": registration}
                        self.decide(self._take(found, step.model_copy(update=seat), number, now))
                    outcomes[number - step.first] = self.decide(self._take(found, step, number, now))
            if left == 0:
                return
            left -= 1
            self.decide(model.carried_out(self.series, step, outcomes, now=now))

    def go_on(self, kills: Iterable[int]) -> None:
        """Carry out what is left, killed again and again; then to the end, and told to do it once more."""
        for until in kills:
            self.carry_out(until=until)
        self.carry_out()
        self.carry_out()

    def _take(self, series: model.Series, step: model.Step, number: int, now: datetime) -> Any:
        event_id = series.occurrences[number].event_id
        event = self.events.get(event_id)
        seats = EntriesInMemory.of(seat for (of, _), seat in self.seats.items() if of == event_id)
        if step.member_id:
            return model.seat_of(step, people=EVERYBODY, now=now)(event, seats)  # type: ignore[arg-type]
        return model.take(series, step, number, people=EVERYBODY, now=now)(event, seats)

    def kinds(self) -> list[str]:
        return [type(fact).__name__ for fact in self.facts]


def all_done(kills: Iterable[int] = ()) -> Stored:
    """A series that was planned, registered for, changed, moved, withdrawn from and cancelled in part.

    kills: after how many writes the service is killed, before it carries everything out in the end.
    """
    stored = Stored().plan()
    for member in ("m1", "m2", "m3"):
        stored.register(member)
    stored.go_on(kills)
    details = DETAILS.model_copy(update={"title": "木曜もくもく会"})
    stored.lead(model.revise_series, ReviseSeries(series_id="s1", change_id="a", details=details))
    stored.lead(model.reschedule_series, RescheduleSeries(series_id="s1", change_id="b", clock="19:00", minutes=60))
    stored.go_on(kills)
    stored.rule("FREQ=WEEKLY;COUNT=5;BYDAY=TU", starts="2026-12-08T19:00", change="d")
    cmd = WithdrawFromSeries(series_id="s1", member_id="m1")
    stored.decide(
        model.withdraw_series(stored.series, stored.all_regulars(), cmd, who=Caller("m1"), now=NOW)  # type: ignore[arg-type]
    )
    last = stored.series.occurrences[-1].event_id  # type: ignore[union-attr]
    stored.lead(model.cancel_series, CancelSeries(series_id="s1", change_id="c", from_event=last))
    stored.go_on(kills)
    return stored


def shape(facts: Iterable[Fact]) -> list[Any]:
    return sorted(
        (type(f).__name__, f.entity_id, getattr(f, "member_id", ""), getattr(f, "series_change", "")) for f in facts
    )


@settings(deadline=None)
@given(st.lists(st.integers(0, 40), max_size=4))
def test_a_service_that_is_killed_again_and_again_ends_where_one_that_is_not_does(kills: list[int]) -> None:
    smooth, rough = all_done(), all_done(kills)
    assert shape(rough.facts) == shape(smooth.facts)
    assert rough.seats == smooth.seats
    assert {id: e.model_copy(update={"revision": 0}) for id, e in rough.events.items()} == {
        id: e.model_copy(update={"revision": 0}) for id, e in smooth.events.items()
    }
    assert rough.series
    assert rough.series.steps == []


def test_every_change_is_told_by_the_series_once_and_promotions_by_their_events() -> None:
    stored = all_done()
    told = [kind for kind in stored.kinds() if kind.startswith("Series")]
    assert told == [
        "SeriesPlanned", *["SeriesRegistered"] * 3, "SeriesRevised", "SeriesRescheduled", "SeriesRuleChanged",
        "SeriesWithdrawn", "SeriesCancelled",
    ]  # fmt: skip
    own = [f for f in stored.facts if isinstance(f, EventFact) and f.series_change is None]
    assert {type(f).__name__ for f in own} == {"RegistrationPromoted"}
    third = next(f for f in stored.facts if isinstance(f, SeriesRegistered) and f.member_id == "m3")
    assert {one.seat for one in third.occurrences} == {"waitlisted"}
    [withdrawn] = [f for f in stored.facts if isinstance(f, SeriesWithdrawn)]
    assert len(withdrawn.occurrences) == 5


def test_who_withdraws_from_all_dates_is_told_on_which_it_was_late() -> None:
    stored = Stored().plan()
    stored.register("m1")
    stored.carry_out()
    assert stored.series
    for number in (0, 2):
        first = stored.series.occurrences[number].event_id
        deadline = {"terms": Terms(withdraw_by=NOW - timedelta(hours=1))}
        stored.events[first] = stored.events[first].model_copy(update=deadline)
    cmd = WithdrawFromSeries(series_id="s1", member_id="m1")
    stored.decide(model.withdraw_series(stored.series, stored.all_regulars(), cmd, who=Caller("m1"), now=NOW))
    stored.go_on([2, 3])
    [withdrawn] = [f for f in stored.facts if isinstance(f, SeriesWithdrawn)]
    assert withdrawn.late == [0, 2]


def test_who_registers_again_is_not_told_of_a_seat_at_a_date_that_was_cancelled_meanwhile() -> None:
    stored = Stored().plan()
    stored.register("m1")
    stored.carry_out()
    assert stored.series
    first = stored.series.occurrences[0].event_id
    off = stored.events[first].model_copy(update={"status": "cancelled"})
    stored.events[first] = off
    cmd = WithdrawFromSeries(series_id="s1", member_id="m1")
    stored.decide(model.withdraw_series(stored.series, stored.all_regulars(), cmd, who=Caller("m1"), now=NOW))
    again = RegisterForSeries(series_id="s1", member_id="m1", registration_id="again")
    regulars, who = stored.all_regulars(), Caller("m1")
    stored.decide(model.register_series(stored.series, regulars, again, people=EVERYBODY, who=who, now=NOW))
    stored.carry_out()
    *_, registered = [f for f in stored.facts if isinstance(f, SeriesRegistered)]
    assert first not in [one.event_id for one in registered.occurrences]
    assert len(registered.occurrences) == 3


def test_an_event_that_belongs_to_no_series_keeps_and_tells_nothing_of_one() -> None:
    event = model.Event(id="e", community_id="c1", starts_at=NOW, ends_at=NOW, timezone="UTC", **DETAILS.model_dump())
    assert not {"series_id", "recurrence_id", "series_step"} & event.model_dump().keys()
    assert "series" not in model.state(event).model_dump_json()
    assert "recurrence" not in model.state(event).model_dump_json()


def test_an_endless_series_goes_on_for_half_a_year_and_is_extended_with_seats_for_who_is_registered() -> None:
    stored = Stored().plan(rule="FREQ=WEEKLY", except_on=[date(2026, 12, 31)])
    stored.register("m1")
    stored.carry_out()
    assert stored.series
    before = len(stored.series.occurrences)
    assert before == 26
    timer = stored.timers[-1]
    assert isinstance(timer, Set)
    assert timer.at > NOW + timedelta(days=80)
    stored.carry_out(timer.at)
    assert len(stored.series.occurrences) == 39
    days = [one.starts_at for one in stored.series.occurrences]
    gaps = {b - a for a, b in pairwise(days[4:])}
    assert gaps == {timedelta(days=7)}
    *_, registered = [f for f in stored.facts if isinstance(f, SeriesRegistered)]
    assert (registered.because, len(registered.occurrences)) == ("extended", 13)
    assert stored.kinds()[-2:] != ["SeriesExtended", "SeriesExtended"]
    told = len(stored.facts)
    stored.carry_out(timer.at)
    assert len(stored.facts) == told


def test_who_may_have_no_seat_any_more_gets_none_in_events_that_are_added() -> None:
    stored = Stored().plan(rule="FREQ=WEEKLY")
    stored.register("m1")
    stored.carry_out()
    assert stored.series
    stored.decide(model.leave_series(stored.series, stored.all_regulars(), "m1", people=EVERYBODY))
    assert stored.regulars["m1"].status == "registered"
    stored.decide(model.leave_series(stored.series, stored.all_regulars(), "m1", people=gone("m1")))
    assert (stored.regulars["m1"].status, stored.series.registered) == ("withdrawn", 0)
    with pytest.raises(Refused, match="member_inactive"):
        stored.register("m2", people=gone("m2"))


def test_a_cancelled_rest_ends_an_endless_series() -> None:
    stored = Stored().plan(rule="FREQ=WEEKLY")
    stored.carry_out()
    assert stored.series
    third = stored.series.occurrences[2].event_id
    stored.lead(model.cancel_series, CancelSeries(series_id="s1", change_id="c", from_event=third))
    stored.carry_out()
    stored.carry_out(NOW + timedelta(days=400))
    assert len(stored.events) == 27
    assert [event.status for event in stored.events.values()] == ["published"] * 2 + ["cancelled"] * 25


def test_a_place_in_the_series_is_kept_through_a_change_of_clocks() -> None:
    stored = Stored().plan(rule="FREQ=DAILY;COUNT=140", timezone="Europe/Berlin", starts="2026-12-03T02:30")
    assert stored.series
    shown = {one.starts_at.hour * 60 + one.starts_at.minute for one in stored.series.occurrences}
    assert shown == {90, 30}  # 2:30 in winter, 2:30 in summer; skipped on one day, when it is 3:30
    ids = {one.event_id for one in stored.series.occurrences}
    stored.lead(model.reschedule_series, RescheduleSeries(series_id="s1", change_id="b", clock="03:00", minutes=30))
    assert {one.event_id for one in stored.series.occurrences} == ids


@pytest.mark.parametrize(
    ("more", "code", "named"),
    [
        ({"starts": "2026-11-30T18:00"}, "event_in_the_past", "starts"),
        ({"rule": "FREQ=WEEKLY;UNTIL=20300101"}, "series_too_long", "rule"),
        ({"rule": "FREQ=DAILY;UNTIL=20271231"}, "series_too_long", "rule"),
        ({"rule": "FREQ=YEARLY;COUNT=4"}, "series_too_long", "rule"),
        ({"rule": "FREQ=DAILY;COUNT=200", "also_on": [date(2027, 12, 1)]}, "series_too_long", "rule"),
        ({"also_on": [date(2026, 12, 2)]}, "series_too_long", "also_on"),
        ({"rule": "FREQ=MONTHLY;BYDAY=MO;BYMONTHDAY=31;BYSETPOS=5"}, "series_without_dates", "rule"),
        ({"rule": "FREQ=WEEKLY;COUNT=1", "except_on": [date(2026, 12, 3)]}, "series_without_dates", "rule"),
        ({"details": DETAILS.model_copy(update={"url": None})}, "url_missing", "details.url"),
    ],
)
def test_a_series_that_cannot_be_is_refused_with_the_field_and_what_was_expected(
    more: dict[str, Any], code: str, named: str
) -> None:
    with pytest.raises(Refused) as refused:
        Stored().plan(**more)
    assert refused.value.code == code
    assert [error.field for error in refused.value.errors] == [named]
    assert refused.value.errors[0].detail


def test_nothing_is_changed_of_a_series_that_is_over_or_by_an_event_of_another() -> None:
    stored = Stored().plan()
    stored.carry_out()
    late = NOW + timedelta(days=60)
    cancel = CancelSeries(series_id="s1", change_id="c")
    with pytest.raises(Refused, match="series_over"):
        stored.lead(model.cancel_series, cancel, late)
    with pytest.raises(Refused, match="event_not_in_series"):
        stored.lead(model.cancel_series, cancel.model_copy(update={"from_event": "other"}))
    with pytest.raises(Refused, match="series_over"):
        stored.register("m1", late)
    past = RescheduleSeries(series_id="s1", change_id="d", clock="00:00", minutes=60)
    with pytest.raises(Refused, match="event_in_the_past"):
        stored.lead(model.reschedule_series, past, datetime(2026, 12, 3, 1, tzinfo=UTC))


def at(*days: str) -> list[datetime]:
    return [datetime.fromisoformat(f"{day}T09:00:00+00:00") for day in days]


def test_another_rule_keeps_moves_cancels_and_adds_as_the_preview_said_and_is_told_once_to_each() -> None:
    stored = Stored().plan()  # Thursdays, 3 to 24 December
    stored.register("m1")
    stored.carry_out()
    told = len(stored.facts)
    rule = {"rule": "FREQ=WEEKLY;BYDAY=TU;UNTIL=20261215", "also_on": [date(2026, 12, 24), date(2026, 12, 28)]}
    seen = stored.preview(**rule)
    assert seen.cancelled == at("2026-12-03")
    assert [(one.was_starts_at, one.starts_at) for one in seen.moved] == [
        (*at("2026-12-10"), *at("2026-12-08")),
        (*at("2026-12-17"), *at("2026-12-15")),
    ]
    assert (seen.kept, [one.starts_at for one in seen.made]) == (at("2026-12-24"), at("2026-12-28"))
    assert seen.members == 1
    assert len(stored.facts) == told
    places = {event.id: event.starts_at for event in stored.events.values()}
    stored.rule(**rule)
    stored.carry_out()
    stored.carry_out()
    stored.rule(**rule)  # told twice
    assert stored.coming() == at("2026-12-08", "2026-12-15", "2026-12-24", "2026-12-28")
    [changed] = [fact for fact in stored.facts[told:] if isinstance(fact, SeriesRuleChanged)]
    assert [one.status for one in changed.occurrences].count("cancelled") == 1
    assert [changed.occurrences[n].starts_at for n in changed.made] == at("2026-12-28")
    [person] = changed.people
    assert (person.member_id, person.confirmed) == ("m1", [0, 1, 2, 3])
    assert all(f.series_change for f in stored.facts[told:] if isinstance(f, EventFact))
    assert not [fact for fact in stored.facts[told:] if isinstance(fact, SeriesRegistered)]
    moved = [event for event in stored.events.values() if places.get(event.id, event.starts_at) != event.starts_at]
    assert [event.recurrence_id for event in moved] == at("2026-12-10", "2026-12-17")
    assert {stored.seats[event.id, "m1"].status for event in moved} == {"confirmed"}


def test_this_and_later_leaves_what_is_before_and_an_event_that_was_moved_or_cancelled_alone_stays() -> None:
    stored = Stored().plan()
    stored.carry_out()
    assert stored.series
    second, third, last = (one.event_id for one in stored.series.occurrences[1:])
    alone = {"starts_at": at("2026-12-16")[0], "ends_at": at("2026-12-16")[0] + timedelta(hours=1)}
    stored.events[third] = stored.events[third].model_copy(update=alone)
    stored.events[last] = stored.events[last].model_copy(update={"status": "cancelled"})
    stored.rule("FREQ=WEEKLY;COUNT=3", from_event=second)
    stored.carry_out()
    assert stored.coming() == at("2026-12-03", "2026-12-08", "2026-12-16")


def test_leaders_are_told_of_an_event_whose_terms_kept_it_from_a_change() -> None:
    details = DETAILS.model_copy(update={"format": "hybrid", "place": "Hall 1"})
    stored = Stored().plan(details=details)
    stored.carry_out()
    assert stored.series
    first = stored.series.occurrences[0].event_id
    apart = stored.events[first].model_copy(update={"terms": Terms(online_capacity=5)})
    stored.events[first] = apart
    stored.lead(model.revise_series, ReviseSeries(series_id="s1", change_id="a", details=DETAILS))
    stored.carry_out()
    assert [(one.event_id, one.code) for one in stored.series.left_as_they_were] == [(first, "terms_conflict")]
    assert [event.format for event in stored.events.values()] == ["hybrid", *["online"] * 3]


def test_a_day_that_a_rule_left_out_gets_an_event_of_its_own_when_a_later_rule_has_it_again() -> None:
    stored = Stored().plan(rule="FREQ=WEEKLY")
    stored.carry_out()
    stored.rule("FREQ=MONTHLY;BYDAY=1TH;COUNT=2", "2027-01-07T18:00", change="c")
    stored.carry_out()
    assert stored.coming() == at("2027-01-07", "2027-02-04")
    stored.rule("FREQ=WEEKLY", "2026-12-03T18:00", change="d")
    stored.carry_out()
    days = stored.coming()
    assert (days[0], {b - a for a, b in pairwise(days)}) == (*at("2026-12-03"), {timedelta(days=7)})
    timer = stored.timers[-1]
    stored.carry_out(timer.at)
    days = stored.coming()
    assert {b - a for a, b in pairwise(days)} == {timedelta(days=7)}
    assert len(days) > 30


def test_another_rule_waits_for_a_change_that_is_being_carried_out_and_only_leaders_give_one() -> None:
    stored = Stored().plan()
    with pytest.raises(Refused, match="series_under_way"):
        stored.rule("FREQ=WEEKLY;COUNT=3")
    stored.carry_out()
    cmd = ChangeSeriesRule(series_id="s1", change_id="c", starts="2026-12-08T18:00", minutes=60, rule="FREQ=DAILY")
    other = Caller("m1", frozenset({"leader:c2"}))
    with pytest.raises(Refused, match="not_allowed"):
        model.change_rule(stored.series, stored.all_regulars(), cmd, who=other, now=NOW)  # type: ignore[arg-type]
    ask = PreviewSeriesRule(series_id="s1", **cmd.model_dump(include={"starts", "minutes", "rule"}))
    with pytest.raises(Refused, match="not_allowed"):
        model.preview_rule(stored.series, [], [], ask, who=other, now=NOW)


RULES = st.builds(
    "FREQ={};INTERVAL={}{};COUNT={}".format,
    st.sampled_from(["DAILY", "WEEKLY", "MONTHLY"]),
    st.integers(1, 3),
    st.sampled_from(["", ";BYDAY=MO,TH", ";BYDAY=FR"]),
    st.integers(1, 12),
)


@settings(deadline=None, max_examples=60)
@given(st.lists(st.tuples(RULES, st.dates(date(2026, 12, 2), date(2027, 1, 20))), min_size=1, max_size=3))
def test_after_every_change_of_its_rule_a_series_has_exactly_the_dates_that_dateutil_finds(
    rules: list[tuple[str, date]],
) -> None:
    stored = Stored().plan()
    stored.register("m1")
    stored.carry_out()
    for number, (rule, first) in enumerate(rules):
        start = datetime(first.year, first.month, first.day, 18)  # noqa: DTZ001
        found = [day - timedelta(hours=9) for day in rrulestr(rule, dtstart=start)]
        if (found[-1].date() - first).days > 700:
            continue
        seen = stored.preview(rule, f"{start:%Y-%m-%dT%H:%M}")
        assert sorted([*seen.kept, *(one.starts_at for one in (*seen.moved, *seen.made))]) == [
            day.replace(tzinfo=UTC) for day in found
        ]
        stored.rule(rule, f"{start:%Y-%m-%dT%H:%M}", change=f"c{number}")
        stored.carry_out()
        assert stored.coming() == [day.replace(tzinfo=UTC) for day in found]
        live = [event.id for event in stored.events.values() if event.status == "published"]
        assert {stored.seats[id, "m1"].status for id in live} == {"confirmed"}
        assert stored.series
        planned = [one.starts_at for one in stored.series.occurrences]
        assert planned == sorted(planned)


LUNCH = RegistrationQuestion(key="lunch", kind="choice", text="Lunch?", choices=["A", "B"], required=True)


def ask(stored: Stored, number: int, *questions: RegistrationQuestion, who: Caller = LEADER) -> None:
    """As the command does: of one event, then of those after it."""
    event = stored.events[stored.series.occurrences[number].event_id]
    seats = EntriesInMemory.of(seat for (of, _), seat in stored.seats.items() if of == event.id)
    cmd = SetQuestions(event_id=event.id, questions=list(questions), later=True)
    stored.decide(model.set_questions(event, seats, cmd, who=who, now=NOW))
    stored.decide(model.ask_in_series(stored.series, cmd, who=who, now=NOW))


@pytest.mark.parametrize("kills", [[], [1, 1, 1], [2]])
def test_questions_set_once_are_asked_on_later_dates_and_on_those_that_are_added(kills: list[int]) -> None:
    stored = Stored().plan(rule="FREQ=WEEKLY")
    stored.register("m1")
    stored.go_on([])
    told = len(stored.facts)
    ask(stored, 1, LUNCH)
    stored.go_on(kills)
    asks = [stored.events[one.event_id].questions for one in stored.series.occurrences]
    assert (asks[0], asks[1:]) == ([], [[LUNCH]] * (len(asks) - 1))
    news = stored.facts[told:]
    [once] = [fact for fact in news if isinstance(fact, SeriesRevised)]
    assert once.changed == ["questions"]
    assert [(one.member_id, one.confirmed) for one in once.people] == [("m1", list(range(len(asks) - 2)))]
    parts = [fact for fact in news if isinstance(fact, QuestionsChanged)]
    assert [fact.series_change is None for fact in parts] == [True] + [False] * (len(asks) - 2), "told by itself, once"
    before = dict(stored.events), list(stored.facts)
    ask(stored, 1, LUNCH)
    stored.go_on([])
    assert (stored.events, stored.facts) == before, "said again, nothing changes"
    stored.carry_out(NOW + timedelta(days=120))
    later = [stored.events[one.event_id] for one in stored.series.occurrences[len(asks) :]]
    assert later
    assert all(event.questions == [LUNCH] for event in later)


def test_only_leaders_ask_on_later_dates_and_only_in_a_series() -> None:
    stored = Stored().plan()
    stored.go_on([])
    with pytest.raises(Refused) as no:
        ask(stored, 0, LUNCH, who=Caller("m1"))
    assert no.value.status == 403
    cmd = SetQuestions(event_id=stored.series.occurrences[0].event_id, questions=[LUNCH], later=True)
    with pytest.raises(Refused) as no:
        model.ask_in_series(stored.series, cmd, who=Caller("m1"), now=NOW)
    assert no.value.status == 403
    alone = stored.events[cmd.event_id].model_copy(update={"series_id": None})
    with pytest.raises(Refused) as no:
        model.set_questions(alone, EntriesInMemory.of([]), cmd, who=LEADER, now=NOW)
    assert (no.value.code, [one.field for one in no.value.errors]) == ("event_not_in_series", ["later"])
