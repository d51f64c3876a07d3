"""Late cancellations: who is late, who has more time, and what is counted and shown of it."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from ekkyo.contracts.base import Caller, Refused
from ekkyo.contracts.events import (
    ConcludeEvent,
    RegisterForEvent,
    RegisterGroup,
    RegistrationPromoted,
    RegistrationWithdrawn,
    RescheduleEvent,
    ReviseEvent,
    SetTerms,
    Terms,
    WantedTerms,
    WithdrawFromEvent,
)
from ekkyo.decision import EntriesInMemory
from ekkyo_events import model
from ekkyo_events.model import Event, People, Person, Seat, telling

from tests.events.people import EVERYBODY
from tests.events.test_model import LEADER, START, details, event, seat

HOUR = timedelta(hours=1)
DEADLINE = Terms(withdraw_by=START - 48 * HOUR)


def withdrawn(it: Event, seats: EntriesInMemory[Seat], hours_before: float, who: Caller | None = None) -> Any:
    cmd = WithdrawFromEvent(event_id="e1", member_id="m1")
    return model.withdraw(it, seats, cmd, people=EVERYBODY, who=who or Caller("m1"), now=START - HOUR * hours_before)


def taken(seats: EntriesInMemory[Seat], decision: Any) -> EntriesInMemory[Seat]:
    return EntriesInMemory.of(list({**seats.items, **{one.key: one for one in decision.entries}}.values()))


@pytest.mark.parametrize("who", [Caller("m1"), LEADER])
def test_a_late_cancellation_is_one_whoever_enters_it(who: Caller) -> None:
    decision = withdrawn(event(confirmed=1, terms=DEADLINE), EntriesInMemory.of([seat("m1", "confirmed")]), 3, who)
    assert decision.facts[0].late
    assert decision.answer.late
    named = WithdrawFromEvent(event_id="e1", member_id="m1", registration_id="r-m1")
    for again in (named, named.model_copy(update={"registration_id": None})):
        repeated = model.withdraw(
            decision.document, EntriesInMemory.of(decision.entries), again, people=EVERYBODY, who=who, now=START
        )
        assert (repeated.document, repeated.facts, repeated.answer) == (decision.document, (), decision.answer)


def test_who_leaves_the_company_is_never_late() -> None:
    it, seats = event(confirmed=1, terms=DEADLINE), EntriesInMemory.of([seat("m1", "confirmed")])
    gone = People({"m1": Person(id="m1", active=False)})
    (fact,) = model.leave(it, seats, "m1", people=gone, now=START - HOUR).facts
    assert isinstance(fact, RegistrationWithdrawn)
    assert (fact.because, fact.late) == ("left", False)


@pytest.mark.parametrize(
    ("given_back", "own", "late_after"),
    [
        (200, None, 47),  # days before the deadline
        (60, START - 36 * HOUR, 35),  # a day from then
        (30, START - 6 * HOUR, 5),
        (3, START, None),
    ],
)
def test_who_gets_a_seat_from_the_waitlist_has_a_day_to_give_it_back(
    given_back: float, own: datetime | None, late_after: float | None
) -> None:
    it = event(capacity=1, confirmed=1, waitlisted=1, tickets=1, terms=DEADLINE)
    seats = EntriesInMemory.of([seat("m2", "confirmed"), seat("m1", "waitlisted", position=1)])
    cmd = WithdrawFromEvent(event_id="e1", member_id="m2")
    first = model.withdraw(it, seats, cmd, people=EVERYBODY, who=Caller("m2"), now=START - HOUR * given_back)
    promoted = first.facts[1]
    assert isinstance(promoted, RegistrationPromoted)
    assert promoted.withdraw_by == own
    assert ("withdraw_by" in promoted.model_dump()) == (own is not None)
    after = taken(seats, first)
    mine = after.get("m1")
    assert mine
    assert model.registration(first.document, mine).withdraw_by == own
    if own:
        in_time = withdrawn(first.document, after, (START - own) / HOUR)
        assert not in_time.facts[0].late
        assert in_time.entries[0].withdraw_by is None, "it was that seat's"
    if late_after is not None:
        assert withdrawn(first.document, after, late_after).facts[0].late


@pytest.mark.parametrize("who", [Caller("m1"), LEADER])
@pytest.mark.parametrize("terms", [DEADLINE, DEADLINE.model_copy(update={"online_capacity": 5})])
@pytest.mark.parametrize(("hours_before", "own"), [(100, None), (50, START - 26 * HOUR), (10, START)])
def test_who_is_registered_by_somebody_else_has_a_day_to_give_it_back(
    who: Caller, terms: Terms, hours_before: float, own: datetime | None
) -> None:
    it = event(terms=terms, format="hybrid" if terms.online_capacity else "online", place="Hall 1")
    cmd = RegisterForEvent(event_id="e1", member_id="m1", registration_id="r1")
    now = START - HOUR * hours_before
    decision = model.register(it, EntriesInMemory[Seat](), cmd, people=EVERYBODY, who=who, now=now)
    has = own if who == LEADER else None
    assert (decision.answer.withdraw_by, decision.facts[0].withdraw_by) == (has, has)  # type: ignore[attr-defined]
    late = withdrawn(decision.document, EntriesInMemory.of(decision.entries), 9).facts[0].late
    assert late is (has is None or has < START)


def test_colleagues_who_are_registered_along_have_a_day_to_give_it_back() -> None:
    it = event(capacity=3, terms=DEADLINE.model_copy(update={"group_size": 3}))
    cmd = RegisterGroup(event_id="e1", member_id="m1", group_id="g1", with_members=["m2", "m3"])
    who, now = Caller("m1"), START - 10 * HOUR
    decision = model.register_group(it, EntriesInMemory[Seat](), cmd, people=EVERYBODY, who=who, now=now)
    assert [one.withdraw_by for one in decision.answer.registrations] == [None, START, START]
    assert [fact.withdraw_by for fact in decision.facts] == [None, START, START]  # type: ignore[attr-defined]


def test_more_seats_give_those_who_get_them_a_day_too() -> None:
    it = event(capacity=1, confirmed=1, waitlisted=1, tickets=1, terms=DEADLINE)
    seats = EntriesInMemory.of([seat("m2", "confirmed"), seat("m1", "waitlisted", position=1)])
    cmd = ReviseEvent(event_id="e1", details=details(capacity=2))
    decision = model.revise(it, seats, cmd, people=EVERYBODY, who=LEADER, now=START - 30 * HOUR)
    assert decision.facts[-1].withdraw_by == START - 6 * HOUR  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("moved_by", "hours_before", "expected"),
    [
        (240, 100, 240 - 48),  # as much as the start
        (240, 12, 240 - 48),  # although it was over
        (10, 24, 0),  # it would have been over: a day from now
        (-10, 100, -58),
        (-10, 60, -36),
        (-10, 20, -10),  # not beyond the start
    ],
)
def test_when_an_event_is_moved_who_cannot_come_then_has_time_to_say_so(
    moved_by: float, hours_before: float, expected: float
) -> None:
    to = START + HOUR * moved_by
    cmd = RescheduleEvent(event_id="e1", starts_at=to, ends_at=to + HOUR)
    it, seats = event(confirmed=1, terms=DEADLINE), EntriesInMemory.of([seat("m1", "confirmed")])
    decision = model.reschedule(it, seats, cmd, who=LEADER, now=START - HOUR * hours_before)
    assert decision.document.terms == Terms(withdraw_by=START + HOUR * expected)
    later = model.reschedule(decision.document, seats, cmd, who=LEADER, now=START - HOUR * (hours_before - 1))
    assert later.document is decision.document, "the same move again gives nobody more time"


def test_leaders_see_who_was_late_until_they_register_again_or_come() -> None:
    it, late = event(terms=DEADLINE), seat("m1", "withdrawn", late=True, withdrawn=["r-m1"])
    page = telling.roster(it, [late, seat("m2", "withdrawn")], [], 10)
    assert [one.late for one in page.registrations] == [True, False]
    assert "late" not in page.registrations[1].model_dump()
    came = late.model_copy(update={"status": "attended", "walk_in": True})
    assert not model.registration(it, came).late
    cmd = RegisterForEvent(event_id="e1", member_id="m1", registration_id="r2")
    again = model.register(it, EntriesInMemory.of([late]), cmd, people=EVERYBODY, who=Caller("m1"), now=START - HOUR)
    assert not again.answer.late


def test_late_seats_that_nobody_took_count_as_not_filled_at_the_end() -> None:
    late = [seat(f"m{n}", "withdrawn", late=True) for n in range(3)]
    seats = EntriesInMemory.of([*late, seat("a", "attended"), seat("b", "attended"), seat("c", "confirmed")])
    for capacity, unfilled in ((3, None), (4, 1), (30, 3)):
        it = event(capacity=capacity, confirmed=1, attended=2, terms=DEADLINE)
        decision = model.conclude(it, seats, ConcludeEvent(event_id="e1"), who=LEADER, now=START + HOUR)
        assert (decision.document.seated, decision.document.late_unfilled) == (3, unfilled)
    plain = event(confirmed=1, attended=2)
    done = model.conclude(plain, seats, ConcludeEvent(event_id="e1"), who=LEADER, now=START + HOUR).document
    assert "late_unfilled" not in done.model_dump()


def test_a_kind_counts_its_late_cancellations() -> None:
    seats = [seat("m1", "withdrawn", late=True), seat("m2", "withdrawn"), seat("m3", "attended", late=True)]
    figures = model.figures("c1", [(event(status="concluded"), seats)])
    assert (figures.withdrawn, figures.late_cancellations) == (2, 1)
    assert figures.kinds[0].late_cancellations == 1


def test_without_a_deadline_nobody_is_late_and_nothing_is_kept() -> None:
    decision = withdrawn(event(confirmed=1), EntriesInMemory.of([seat("m1", "confirmed")]), 0.1)
    assert not decision.facts[0].late
    assert not {"late", "withdraw_by"} & decision.entries[0].model_dump().keys()


def test_who_has_a_seat_hears_of_a_deadline_before_it_is_over() -> None:
    def sets(it: Event, terms: Terms, hours_before: float) -> Any:
        cmd = SetTerms(event_id="e1", terms=WantedTerms(**terms.model_dump()))
        now = START - HOUR * hours_before
        return model.set_terms(it, EntriesInMemory[Seat](), cmd, people=EVERYBODY, who=LEADER, now=now)

    with pytest.raises(Refused) as no:
        sets(event(), DEADLINE, 47)
    assert [(error.field, error.code) for error in no.value.errors] == [("terms.withdraw_by", "in_the_past")]
    assert sets(event(), DEADLINE, 49).document.terms == DEADLINE
    assert sets(event(status="draft"), DEADLINE, 47).document.terms == DEADLINE, "nobody has a seat yet"
    kept = DEADLINE.model_copy(update={"closes_at": START - HOUR})
    assert sets(event(terms=DEADLINE), kept, 47).document.terms == kept, "other terms can still be changed"
