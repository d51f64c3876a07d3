"""Applications: approved in any order, declined with a reason, and what is left of them when the event starts."""

from datetime import timedelta
from typing import Any

import pytest
from ekkyo.contracts.base import Caller, Refused
from ekkyo.contracts.events import (
    ApproveApplications,
    CheckIn,
    DeclineApplications,
    Lottery,
    RegistrationApplied,
    RegistrationConfirmed,
    RegistrationDeclined,
    RegistrationWaitlisted,
    SetTerms,
    Terms,
    UndoCheckIn,
    WantedTerms,
)
from ekkyo.decision import EntriesInMemory, Set
from ekkyo_events import model
from ekkyo_events.model import ApplicationsTimer, Event, Seat

from tests.events.approving import APPROVAL, STEWARD, SYSTEM, applied, approve, decline, it, named, register, statuses
from tests.events.people import EVERYBODY, gone
from tests.events.test_model import BEFORE, LEADER, START, event, seat


@pytest.mark.parametrize("who", [Caller("m1"), SYSTEM])
def test_who_registers_has_applied_and_holds_no_seat(who: Caller) -> None:
    decided = register(it(), [], "m1", who)
    (fact,) = decided.facts
    assert isinstance(fact, RegistrationApplied)
    assert (decided.answer.status, decided.answer.position) == ("applied", None)
    assert (fact.event.applied, fact.event.confirmed) == (1, 0)
    again = register(decided.document, list(decided.entries), "m1", who)
    assert (again.answer, again.facts) == (decided.answer, ())
    other = register(decided.document, list(decided.entries), "m1", who, again="-2")
    assert (other.answer.registration_id, other.facts) == ("r-m1", ())


@pytest.mark.parametrize("who", [LEADER, STEWARD])
def test_whom_a_leader_registers_needs_no_approval(who: Caller) -> None:
    assert register(it(), [], "m1", who).answer.status == "confirmed"


def test_members_are_approved_while_there_are_seats_and_wait_by_who_applied_first() -> None:
    seats = applied("m1", "m2", "m3", "m4")
    first = approve(it(applied=4), seats, "m4", "m2")
    assert statuses(first) == {"m2": "confirmed", "m4": "confirmed"}
    assert [type(fact) for fact in first.facts] == [RegistrationConfirmed, RegistrationConfirmed]
    assert (first.document.applied, first.document.confirmed) == (2, 2)
    now = [*[one for one in seats if one.key in ("m1", "m3")], *first.entries]
    third = approve(first.document, now, "m3")
    (fact,) = third.facts
    assert isinstance(fact, RegistrationWaitlisted)
    assert (fact.position, third.answer.registrations[0].position) == (1, 1)
    now = [seats[0], *first.entries, *third.entries]
    last = approve(third.document, now, "m1", "m3")
    assert [(one.member_id, one.position) for one in last.answer.registrations] == [("m1", 1), ("m3", 2)]
    assert len(last.facts) == 1, "m3 was approved before"


def test_said_twice_an_approval_has_one_effect() -> None:
    first = approve(it(applied=1), applied("m1"), "m1")
    again = approve(first.document, list(first.entries), "m1")
    assert (again.answer, again.document, again.facts) == (first.answer, first.document, ())
    late = approve(first.document, list(first.entries), "m1", now=START)
    assert late.answer == first.answer
    withdrawn = seat("m1", "withdrawn", withdrawn=["r-m1"], registration_id="r-m1")
    told = approve(it(), [withdrawn], "m1")
    assert (told.answer.registrations[0].status, told.facts) == ("withdrawn", ())


def test_who_may_have_no_seat_is_passed_over_and_the_others_are_approved() -> None:
    decided = approve(it(applied=2), applied("m1", "m2"), "m1", "m2", people=gone("m1"))
    assert decided.answer.passed_over == ["m1"]
    assert statuses(decided) == {"m2": "confirmed"}
    assert decided.document.applied == 1


def test_what_was_never_an_application_is_refused_by_its_place_in_the_list() -> None:
    with pytest.raises(Refused) as no:
        approve(it(applied=1), applied("m1"), "m1", "m9")
    assert no.value.code == "registration_not_found"
    assert [error.field for error in no.value.errors] == ["applications.1.registration_id"]


@pytest.mark.parametrize("act", [approve, decline])
@pytest.mark.parametrize(
    ("fields", "now", "code"),
    [
        ({}, START, "applications_closed"),
        ({"status": "cancelled"}, BEFORE, "event_cancelled"),
        ({"status": "concluded"}, BEFORE, "event_concluded"),
    ],
)
def test_nothing_is_decided_once_the_event_has_started_or_is_off(act: Any, fields: Any, now: Any, code: str) -> None:
    with pytest.raises(Refused) as no:
        act(it(applied=1, **fields), applied("m1"), "m1", now=now)
    assert no.value.code == code


@pytest.mark.parametrize("who", [Caller("m1"), Caller("boss", frozenset({"leader:c2"}))])
def test_only_leaders_of_the_community_decide(who: Caller) -> None:
    seats = EntriesInMemory.of(applied("m1"))
    cmd = ApproveApplications(event_id="e1", applications=named("m1"))
    with pytest.raises(Refused) as no:
        model.approve(it(applied=1), seats, cmd, people=EVERYBODY, who=who, now=BEFORE)
    assert no.value.status == 403
    declining = DeclineApplications(event_id="e1", applications=named("m1"), reason="full")
    with pytest.raises(Refused) as no:
        model.decline_applications(it(applied=1), seats, declining, who=who, now=BEFORE)
    assert no.value.status == 403


def test_a_member_is_declined_with_a_reason_and_the_note_is_in_no_fact() -> None:
    decided = decline(it(applied=2), applied("m1", "m2"), "m1", note="In autumn there is a course for you.")
    (fact,) = decided.facts
    assert isinstance(fact, RegistrationDeclined)
    assert (fact.because, fact.event.applied) == ("full", 1)
    assert "autumn" not in fact.model_dump_json()
    (told,) = decided.answer.registrations
    assert (told.status, told.declined_because, told.note) == (
        "declined",
        "full",
        "In autumn there is a course for you.",
    )
    again = decline(decided.document, list(decided.entries), "m1", note="Another.", reason="other")
    assert (again.answer, again.facts) == (decided.answer, ()), "it stays as it was decided first"


def test_who_was_declined_cannot_apply_again_and_can_still_be_approved() -> None:
    declined = decline(it(applied=1), applied("m1"), "m1", note="Full.")
    seats = list(declined.entries)
    assert register(declined.document, seats, "m1", Caller("m1")).answer.status == "declined"
    for who in (Caller("m1"), LEADER):
        with pytest.raises(Refused) as no:
            register(declined.document, seats, "m1", who, again="-2")
        assert no.value.code == "application_declined"
    decided = approve(declined.document, seats, "m1")
    (entry,) = decided.entries
    assert (entry.status, entry.note, entry.declined_because) == ("confirmed", "", None)
    assert (decided.document.confirmed, decided.document.applied) == (1, 0)


def test_what_was_written_to_somebody_goes_when_they_are_erased() -> None:
    declined = decline(it(applied=1), applied("m1"), "m1", note="Full.")
    decided = model.forget_answers(declined.document, EntriesInMemory.of(list(declined.entries)), "m1")
    assert [one.note for one in decided.entries] == [""]
    assert model.forget_answers(declined.document, EntriesInMemory.of(list(decided.entries)), "m1").entries == ()


def test_what_nobody_decided_is_declined_when_the_event_starts() -> None:
    timer = ApplicationsTimer(id="e1", starts_at=START)
    seats = EntriesInMemory.of([*applied("m1", "m2"), seat("m3", "confirmed")])
    decided = model.expire(it(applied=2, confirmed=1), seats, timer)
    assert statuses(decided) == {"m1": "declined", "m2": "declined"}
    assert [fact.because for fact in decided.facts if isinstance(fact, RegistrationDeclined)] == ["not_decided"] * 2
    assert (decided.document.applied, decided.answer) == (0, False)
    assert model.expire(decided.document, EntriesInMemory.of(list(decided.entries)), timer).facts == ()
    moved = it(applied=2, starts_at=START + timedelta(days=1), ends_at=START + timedelta(days=2))
    assert model.expire(moved, seats, timer).facts == ()


def test_applications_are_declined_in_portions() -> None:
    timer = ApplicationsTimer(id="e1", starts_at=START)
    seats = {one.key: one for one in applied(*(f"m{n}" for n in range(700)))}
    of, more, rounds = it(applied=700), True, 0
    while more:
        decided = model.expire(of, EntriesInMemory.of(list(seats.values())), timer)
        seats |= {one.key: one for one in decided.entries}
        of, more, rounds = decided.document, decided.answer, rounds + 1
    assert (of.applied, rounds) == (0, 2)


def set_terms(of: Event, seats: list[Seat], terms: Terms) -> Any:
    cmd = SetTerms(event_id="e1", terms=WantedTerms(**terms.model_dump()))
    return model.set_terms(of, EntriesInMemory.of(seats), cmd, people=EVERYBODY, who=LEADER, now=BEFORE)


def test_approval_can_be_switched_off_when_no_application_waits() -> None:
    with pytest.raises(Refused) as no:
        set_terms(it(applied=1), applied("m1"), Terms())
    assert (no.value.code, [error.field for error in no.value.errors]) == ("applications_waiting", ["terms.approval"])
    assert set_terms(it(), [], Terms()).document.terms is None
    assert "approval" not in Terms().model_dump()


@pytest.mark.parametrize("other", [{"group_size": 3}, {"lottery": Lottery(draws_at=BEFORE + timedelta(days=1))}])
def test_a_draw_or_groups_cannot_be_combined_with_approval(other: Any) -> None:
    with pytest.raises(Refused) as no:
        set_terms(event(status="draft"), [], Terms(approval=True, **other))
    (name,) = other
    fields = [error.field for error in no.value.errors]
    assert (no.value.code, fields) == ("terms_conflict", ["terms.approval", f"terms.{name}"])


def test_the_timer_stands_at_the_start_of_events_whose_leaders_approve() -> None:
    on = set_terms(event(), [], APPROVAL)
    (timer,) = on.timers
    assert isinstance(timer, Set)
    assert (timer.timer, timer.at) == (ApplicationsTimer(id="e1", starts_at=START), START)
    assert len(model.events.event_timers(on.document, BEFORE)) == 3
    assert len(model.events.event_timers(event(), BEFORE)) == 2


def test_who_applied_is_declined_if_their_check_in_is_undone_after_the_event() -> None:
    now = START + timedelta(minutes=5)
    came = model.check_in(
        it(applied=1),
        EntriesInMemory.of(applied("m1")),
        CheckIn(event_id="e1", member_id="m1"),
        people=EVERYBODY,
        who=LEADER,
        now=now,
    )
    over = came.document.model_copy(update={"status": "concluded"})
    undo = UndoCheckIn(event_id="e1", member_id="m1")
    seats = EntriesInMemory.of(list(came.entries))
    back = model.undo_check_in(over, seats, undo, people=EVERYBODY, who=LEADER, now=now)
    assert (back.answer.status, back.answer.declined_because, back.document.applied) == ("declined", "not_decided", 0)
