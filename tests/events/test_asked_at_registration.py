"""Answers that are given with a registration: who has to give them, what is accepted, and where they go."""

from typing import Any

import pytest
from ekkyo.contracts.base import Caller, Refused
from ekkyo.contracts.events import (
    Application,
    ApproveApplications,
    DeclineApplications,
    RegisterGroup,
    RegistrationConfirmed,
    WithdrawFromEvent,
)
from ekkyo.decision import EntriesInMemory
from ekkyo_events import model
from ekkyo_events.model import Seat

from tests.events.asking import ALL, BEFORE, LEADER, SELF, answer, event, register, seat
from tests.events.people import EVERYBODY


def test_required_questions_that_are_shown_must_be_answered_by_who_registers() -> None:
    with pytest.raises(Refused) as no:
        register(event(*ALL))
    assert (no.value.code, no.value.status) == ("answers_needed", 409)
    assert [(e.field, e.code, e.detail) for e in no.value.errors] == [
        ("answers.lunch", "missing", "Expected true or false.")
    ]
    with pytest.raises(Refused) as no:
        register(event(*ALL), lunch=True)
    assert [error.field for error in no.value.errors] == ["answers.menu"]
    decided = register(event(*ALL), lunch=False)
    assert (decided.entries[0].answers, decided.answer.unanswered) == ({"lunch": False}, False)
    assert "lunch" not in decided.facts[0].model_dump_json()
    assert "unanswered" not in decided.facts[0].model_dump()


def test_a_leader_who_registers_alone_answers_too_and_somebody_they_register_answers_later() -> None:
    with pytest.raises(Refused):
        register(event(*ALL), who=Caller("m1", frozenset({"leader:c1"})))
    decided = register(event(*ALL), who=LEADER)
    assert decided.answer.unanswered
    assert decided.facts[0].unanswered
    assert answer(decided.document, decided.entries[0], lunch=False).answer.unanswered is False
    full = event(*ALL, capacity=1, confirmed=1)
    waits = register(full, seat("m2", answers={"lunch": False}), who=LEADER)
    assert waits.facts[0].unanswered
    seats = EntriesInMemory.of([seat("m2", answers={"lunch": False}), *waits.entries])
    leaves = WithdrawFromEvent(event_id="e1", member_id="m2")
    facts = model.withdraw(waits.document, seats, leaves, people=EVERYBODY, who=LEADER, now=BEFORE).facts
    assert [fact.unanswered for fact in facts] == [False, True]


def test_who_is_registered_for_a_whole_series_answers_later() -> None:
    step = model.Step(number=1, change_id="r9", kind="registered", first=0, last=0, member_id="m1")
    taken = model.seat_of(step, people=EVERYBODY, now=BEFORE)(event(*ALL), EntriesInMemory[Seat]())
    assert taken.answer.registration
    assert (taken.answer.registration.status, taken.answer.registration.unanswered) == ("confirmed", True)


def test_everybody_in_a_group_answers_later() -> None:
    cmd = RegisterGroup(event_id="e1", member_id="m1", group_id="g1", with_members=["m2"])
    both = event(*ALL, terms={"group_size": 2})
    decided = model.register_group(both, EntriesInMemory[Seat](), cmd, people=EVERYBODY, who=SELF, now=BEFORE)
    assert [one.unanswered for one in decided.answer.registrations] == [True, True]
    assert [fact.unanswered for fact in decided.facts if isinstance(fact, RegistrationConfirmed)] == [True, True]


def test_who_is_declined_leaves_no_answers_and_is_asked_again_when_approved_after_all() -> None:
    it = event(*ALL, terms={"approval": True})
    applied = register(it, lunch=False)
    one = [Application(member_id="m1", registration_id="r1")]
    assert (applied.answer.status, applied.entries[0].answers) == ("applied", {"lunch": False})
    no = DeclineApplications(event_id="e1", applications=one, reason="full")
    declined = model.decline_applications(
        applied.document, EntriesInMemory.of(applied.entries), no, who=LEADER, now=BEFORE
    )
    assert [(s.status, s.answers) for s in declined.entries] == [("declined", {})]
    yes = ApproveApplications(event_id="e1", applications=one)
    seats = EntriesInMemory.of(declined.entries)
    approved = model.approve(declined.document, seats, yes, people=EVERYBODY, who=LEADER, now=BEFORE)
    assert [fact.unanswered for fact in approved.facts] == [True]


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"lunch": "yes"}, "answers.lunch: Expected true or false."),
        ({"lunch": True, "menu": "Bread"}, "answers.menu: Expected one of Meat, Fish."),
        ({"lunch": True, "menu": ["Meat"]}, "answers.menu: Expected one of Meat, Fish."),
        ({"topics": ["RPA", "Word"]}, "answers.topics: Expected a list of one or more of RPA, Excel, BI."),
        ({"note": "x" * 501}, "answers.note: Expected a text of at most 500 characters."),
        ({"note": True}, "answers.note: Expected a text of at most 500 characters."),
        ({"secret": "hush"}, "answers: Expected no other keys than lunch, menu, topics, note."),
    ],
)
def test_a_wrong_answer_names_its_question_and_what_was_expected(given: dict[str, Any], expected: str) -> None:
    with pytest.raises(Refused) as no:
        register(event(*ALL), **({"lunch": False} | given))
    assert (no.value.code, no.value.status) == ("malformed", 400)
    assert [f"{error.field}: {error.detail}" for error in no.value.errors] == [expected]
    with pytest.raises(Refused):
        register(event(*ALL), who=LEADER, **given)


def test_answers_at_an_event_that_asks_nothing_are_refused() -> None:
    with pytest.raises(Refused) as no:
        register(event(), lunch=True)
    assert no.value.errors[0].detail == "This event asks no questions."


def test_answers_that_are_hidden_by_their_condition_are_left_out() -> None:
    decided = register(event(*ALL), lunch=False, menu="Bread", note="  none \r\n at\tall ")
    assert decided.entries[0].answers == {"lunch": False, "note": "none \n at all"}


def test_registered_twice_keeps_the_answers_and_another_registration_with_others_is_refused() -> None:
    decided = register(event(*ALL), lunch=False)
    [held] = decided.entries
    assert not register(decided.document, held, lunch=True, menu="Fish").entries
    assert register(decided.document, held, id="r2", lunch=False).answer == decided.answer
    assert register(decided.document, held, id="r2").answer == decided.answer
    for others in ({"lunch": True, "menu": "Fish"}, {"lunch": "?"}):
        with pytest.raises(Refused) as no:
            register(decided.document, held, id="r2", **others)
        assert no.value.code == "already_registered"


def test_answers_go_with_the_member_to_the_waitlist_and_to_a_seat_and_away_with_the_place() -> None:
    full = event(*ALL, capacity=1, confirmed=1)
    waits = register(full, seat("m2", answers={"lunch": False, "note": "m2's"}), lunch=False)
    assert (waits.answer.status, waits.entries[0].answers) == ("waitlisted", {"lunch": False})
    seats = EntriesInMemory.of([seat("m2", answers={"lunch": False, "note": "m2's"}), *waits.entries])
    cmd = WithdrawFromEvent(event_id="e1", member_id="m2")
    decided = model.withdraw(waits.document, seats, cmd, people=EVERYBODY, who=Caller("m2"), now=BEFORE)
    assert {s.key: (s.status, s.answers) for s in decided.entries} == {
        "m2": ("withdrawn", {}),
        "m1": ("confirmed", {"lunch": False}),
    }
