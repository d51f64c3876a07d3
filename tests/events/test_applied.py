"""What applied and declined mean wherever places are told, given back and counted."""

from datetime import timedelta

import pytest
from ekkyo.contracts.base import Caller
from ekkyo.contracts.events import (
    CancelEvent,
    CheckIn,
    EventCancelled,
    RegistrationWithdrawn,
    UndoCheckIn,
    WithdrawFromEvent,
)
from ekkyo.decision import EntriesInMemory
from ekkyo_events import model
from ekkyo_events.model import telling

from tests.events.people import EVERYBODY, gone
from tests.events.test_model import BEFORE, LEADER, START, event, seat

APPLIED = seat("m1", "applied", position=4)


def test_an_application_holds_no_seat_and_has_no_place_on_the_waitlist() -> None:
    it = event(applied=1)
    told = telling.my_registration(it, APPLIED, [seat("m2", "waitlisted", position=9)], Caller("m1"))
    assert told.registration
    assert (told.registration.status, told.registration.position, told.event.url) == ("applied", None, None)
    assert it.seats_in_use == 0
    assert telling.overlaps([it], [APPLIED])[0].status == "applied"
    assert "applied" not in event().model_dump()
    assert "applied" not in model.state(event()).model_dump()


@pytest.mark.parametrize("left", [False, True])
def test_an_application_is_given_back(left: bool) -> None:
    it, seats = event(applied=1), EntriesInMemory.of([APPLIED])
    cmd = WithdrawFromEvent(event_id="e1", member_id="m1")
    decided = (
        model.leave(it, seats, "m1", people=gone("m1"), now=BEFORE)
        if left
        else model.withdraw(it, seats, cmd, people=EVERYBODY, who=Caller("m1"), now=BEFORE)
    )
    assert decided.document.applied == 0
    assert decided.entries[0].status == "withdrawn"
    (fact,) = decided.facts
    assert isinstance(fact, RegistrationWithdrawn)
    assert (fact.was, fact.because) == ("applied", "left" if left else "asked")


def test_who_was_declined_has_nothing_to_give_back() -> None:
    it, seats = event(), EntriesInMemory.of([seat("m1", "declined", position=4)])
    cmd = WithdrawFromEvent(event_id="e1", member_id="m1")
    decided = model.withdraw(it, seats, cmd, people=EVERYBODY, who=Caller("m1"), now=BEFORE)
    assert (decided.answer.status, decided.document, decided.facts) == ("declined", it, ())


def test_who_applied_hears_that_the_event_is_cancelled() -> None:
    decided = model.cancel(event(applied=1), EntriesInMemory.of([APPLIED]), CancelEvent(event_id="e1"), who=LEADER)
    (fact,) = decided.facts
    assert isinstance(fact, EventCancelled)
    assert fact.applied == ["m1"]


def test_who_applied_and_comes_walks_in_and_has_applied_again_when_that_is_undone() -> None:
    now = START + timedelta(minutes=5)
    it, seats = event(applied=1), EntriesInMemory.of([APPLIED])
    came = model.check_in(it, seats, CheckIn(event_id="e1", member_id="m1"), people=EVERYBODY, who=LEADER, now=now)
    (there,) = came.entries
    assert (came.document.applied, came.document.walk_ins, there.walk_in) == (0, 1, True)
    undo = UndoCheckIn(event_id="e1", member_id="m1")
    back = model.undo_check_in(came.document, EntriesInMemory.of([there]), undo, people=EVERYBODY, who=LEADER, now=now)
    (again,) = back.entries
    assert (back.document.applied, back.document.walk_ins, again.status, again.position) == (1, 0, "applied", 4)
