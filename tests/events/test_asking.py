"""Questions to who registers, and answers: what may be asked, what is accepted, what is kept."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from ekkyo.contracts.base import Caller, Refused
from ekkyo.contracts.events import (
    AnswerQuestions,
    Application,
    ApproveApplications,
    DeclineApplications,
    DuplicateEvent,
    EventDetails,
    GetAnswers,
    QuestionsChanged,
    RegisterForEvent,
    RegisterGroup,
    RegistrationConfirmed,
    RegistrationQuestion,
    ReviseEvent,
    SetQuestions,
    SetTerms,
    WantedTerms,
    WithdrawFromEvent,
)
from ekkyo.decision import EntriesInMemory
from ekkyo_events import model
from ekkyo_events.model import Event, Seat, asking
from hypothesis import given
from hypothesis import strategies as st

from tests.events.people import EVERYBODY, gone

START = datetime(2030, 4, 1, 3, tzinfo=UTC)
BEFORE = START - timedelta(days=7)
LEADER = Caller("leader-1", frozenset({"leader:c1"}))
SELF = Caller("m1")
LUNCH: dict[str, Any] = {"key": "lunch", "kind": "yes_no", "text": "Do you join for lunch?", "required": True}
MENU: dict[str, Any] = {
    "key": "menu", "kind": "choice", "text": "Which menu?", "choices": ["Meat", "Fish"], "required": True,
    "shown_if": {"question": "lunch", "answer": True},
}  # fmt: skip
TOPICS: dict[str, Any] = {"key": "topics", "kind": "choices", "text": "Topics?", "choices": ["RPA", "Excel", "BI"]}
NOTE: dict[str, Any] = {"key": "note", "kind": "text", "text": "Anything else?"}
ALL = [LUNCH, MENU, TOPICS, NOTE]


def questions(*each: dict[str, Any]) -> list[RegistrationQuestion]:
    return [RegistrationQuestion.model_validate(one) for one in each]


def event(*asked: dict[str, Any], **fields: Any) -> Event:
    about = {"id": "e1", "community_id": "c1", "title": "RPA", "format": "online", "context": "IT", "capacity": 2}
    when = {"starts_at": START, "ends_at": START + timedelta(hours=1), "timezone": "Asia/Tokyo", "status": "published"}
    return Event.model_validate({**about, **when, "questions": questions(*asked), **fields})


def seat(member: str = "m1", status: str = "confirmed", **fields: Any) -> Seat:
    held = {"document_id": "e1", "key": member, "status": status, "registration_id": f"r-{member}"}
    return Seat.model_validate({**held, **fields})


def register(it: Event, *seats: Seat, who: Caller = SELF, id: str = "r1", **answers: Any) -> Any:
    cmd = RegisterForEvent(event_id="e1", member_id="m1", registration_id=id, answers=answers)
    return model.register(it, EntriesInMemory.of(seats), cmd, people=EVERYBODY, who=who, now=BEFORE)


def answer(
    it: Event, held: Seat, who: Caller = SELF, now: datetime = BEFORE, people: Any = EVERYBODY, **given: Any
) -> Any:
    cmd = AnswerQuestions(event_id="e1", member_id="m1", answers=given)
    return model.answer_questions(it, EntriesInMemory.of([held]), cmd, people=people, who=who, now=now)


def asks(it: Event, *asked: dict[str, Any], seats: Any = (), who: Caller = LEADER, now: datetime = BEFORE) -> Any:
    cmd = SetQuestions(event_id="e1", questions=questions(*asked))
    return model.set_questions(it, EntriesInMemory.of(seats), cmd, who=who, now=now)


# What may be asked


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ([LUNCH, LUNCH], "questions.1.key"),
        ([{**TOPICS, "choices": ["RPA"]}], "questions.0.choices"),
        ([{**TOPICS, "choices": ["RPA", " RPA "]}], "questions.0.choices"),
        ([{**NOTE, "choices": ["a", "b"]}], "questions.0.choices"),
        ([MENU], "questions.0.shown_if.question"),
        ([MENU, LUNCH], "questions.0.shown_if.question"),
        ([{**NOTE, "key": "lunch"}, MENU], "questions.1.shown_if.question"),
        ([LUNCH, {**MENU, "shown_if": {"question": "lunch", "answer": "yes"}}], "questions.1.shown_if.answer"),
        ([TOPICS, {**NOTE, "shown_if": {"question": "topics", "answer": "Word"}}], "questions.1.shown_if.answer"),
        ([TOPICS, {**NOTE, "shown_if": {"question": "topics", "answer": True}}], "questions.1.shown_if.answer"),
    ],
)
def test_questions_that_contradict_each_other_are_refused_by_name(asked: list[dict[str, Any]], field: str) -> None:
    with pytest.raises(Refused) as no:
        asks(event(), *asked)
    assert (no.value.code, no.value.status) == ("malformed", 400)
    assert [error.field for error in no.value.errors] == [field]


def test_setting_questions_tells_who_has_to_answer_now_and_said_twice_tells_nothing() -> None:
    seats = [
        seat("m1", answers={"lunch": False}),
        seat("m2", answers={"lunch": True}),
        seat("m3", "waitlisted", position=1),
        seat("m4", "withdrawn"),
        seat("m5", "attended"),
    ]
    decided = asks(event(), *ALL, seats=seats)
    [fact] = decided.facts
    assert isinstance(fact, QuestionsChanged)
    assert (fact.unanswered, fact.event.asks) == (["m2", "m3"], True)
    again = asks(decided.document, *ALL, seats=seats)
    assert (list(again.facts), again.document, again.answer) == ([], decided.document, decided.answer)
    nothing_more = asks(decided.document, seats=seats)
    assert (nothing_more.facts[0].unanswered, nothing_more.facts[0].event.asks) == ([], False)


def test_a_draft_is_asked_about_without_a_fact_and_others_may_not() -> None:
    decided = asks(event(status="draft"), *ALL)
    assert (list(decided.facts), [q.key for q in decided.answer.questions]) == ([], ["lunch", "menu", "topics", "note"])
    for caller in (SELF, Caller("x", frozenset({"leader:c2"}))):
        with pytest.raises(Refused) as no:
            asks(event(), *ALL, who=caller)
        assert no.value.status == 403


def test_the_questions_of_an_event_that_has_started_or_is_over_stay() -> None:
    for it, code in ((event(), "answers_closed"), (event(status="concluded"), "event_concluded")):
        with pytest.raises(Refused) as no:
            asks(it, LUNCH, now=START)
        assert no.value.code == code


def test_answers_have_to_fit_into_one_write_for_all_seats() -> None:
    texts = [{**NOTE, "key": f"note{n}"} for n in range(20)]
    assert asks(event(capacity=100), *texts).facts
    with pytest.raises(Refused) as no:
        asks(event(capacity=200), *texts)
    assert no.value.code == "answers_too_large"
    assert "10110 characters" in no.value.detail
    full = asks(event(capacity=100), *texts).document
    more = EventDetails(title="RPA", format="online", url_follows=True, capacity=200)
    with pytest.raises(Refused) as no:
        model.revise(
            full,
            EntriesInMemory[Seat](),
            ReviseEvent(event_id="e1", details=more),
            people=EVERYBODY,
            who=LEADER,
            now=BEFORE,
        )
    assert no.value.code == "answers_too_large"


def test_places_online_count_as_seats_that_answers_have_to_fit() -> None:
    texts = [{**NOTE, "key": f"note{n}"} for n in range(20)]
    hybrid = asks(event(format="hybrid", place="x", capacity=100), *texts).document
    cmd = SetTerms(event_id="e1", terms=WantedTerms(online_capacity=100))
    with pytest.raises(Refused) as no:
        model.set_terms(hybrid, EntriesInMemory[Seat](), cmd, people=EVERYBODY, who=LEADER, now=BEFORE)
    assert no.value.code == "answers_too_large"


def test_a_draw_gives_fewer_places_in_one_write_where_answers_may_be_long() -> None:
    texts = questions(*({**NOTE, "key": f"note{n}"} for n in range(20)))
    assert [asking.seats_at_once(form, 2_000) for form in ([], questions(LUNCH), texts)] == [2_000, 2_000, 197]


def test_a_copy_of_an_event_asks_the_same_questions() -> None:
    cmd = DuplicateEvent(event_id="e2", like="e1", starts_at=START, ends_at=START + timedelta(hours=1))
    copied = model.duplicate(None, event(*ALL), cmd, who=LEADER)
    assert copied.document.questions == questions(*ALL)
    assert copied.answer.asks
    again = model.duplicate(copied.document, event(LUNCH), cmd, who=LEADER)
    assert again.document == copied.document


def test_an_event_that_asks_nothing_keeps_and_tells_nothing_of_it() -> None:
    assert "questions" not in event().model_dump()
    assert "asks" not in model.state(event()).model_dump()
    assert "unanswered" not in register(event()).answer.model_dump()
    assert "answers" not in register(event()).entries[0].model_dump()


# Registering


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


# Changing answers


def test_a_member_changes_their_answers_until_the_event_starts() -> None:
    it, held = event(*ALL, confirmed=1), seat(answers={"lunch": True, "menu": "Fish"})
    decided = answer(it, held, lunch=False)
    assert (decided.entries[0].answers, list(decided.facts)) == ({"lunch": False}, [])
    assert not answer(it, decided.entries[0], lunch=False).entries
    refusals = [
        (lambda: answer(it, held), "answers_needed"),
        (lambda: answer(it, held, now=START, lunch=False), "answers_closed"),
        (lambda: answer(it, seat(status="attended"), lunch=False), "answers_closed"),
        (lambda: answer(it, seat(status="withdrawn"), lunch=False), "registration_not_found"),
        (lambda: answer(it, seat("m2"), lunch=False), "registration_not_found"),
        (lambda: answer(it, held, who=Caller("m2"), lunch=False), "not_allowed"),
        (lambda: answer(it, held, people=gone("m1"), lunch=False), "member_inactive"),
        (lambda: answer(event(*ALL, status="cancelled"), held, lunch=False), "event_cancelled"),
        (lambda: answer(event(*ALL, status="draft"), held, lunch=False), "event_not_found"),
    ]
    for refused, code in refusals:
        with pytest.raises(Refused) as no:
            refused()
        assert no.value.code == code
    assert answer(it, held, who=LEADER).answer.unanswered


def test_questions_that_changed_keep_what_is_still_an_answer_and_ask_the_rest_again() -> None:
    held = seat(answers={"lunch": True, "menu": "Fish", "topics": ["RPA", "Excel"], "note": "none"})
    fewer = [LUNCH, {**MENU, "choices": ["Meat", "Curry"]}, {**TOPICS, "text": "Which topics?"}]
    changed = asks(event(*ALL), *fewer, seats=[held])
    assert changed.facts[0].unanswered == ["m1"]
    [told] = model.told_answers(changed.document, GetAnswers(event_id="e1"), [held], LEADER).entries
    assert (told.answers, told.unanswered) == ({"lunch": True, "topics": ["RPA", "Excel"]}, True)
    back = asks(changed.document, *ALL, seats=[held])
    assert back.facts[0].unanswered == []
    [told] = model.told_answers(back.document, GetAnswers(event_id="e1"), [held], LEADER).entries
    assert told.answers == held.answers
    given = answer(changed.document, held, lunch=True, menu="Curry").entries[0]
    assert given.answers == {"lunch": True, "menu": "Curry"}


def test_answers_are_told_to_leaders_and_to_who_gave_them_alone() -> None:
    one = GetAnswers(event_id="e1", member_id="m1")
    assert model.may_see_answers(event(), one, SELF)
    assert model.may_see_answers(event(), one, LEADER)
    assert model.may_see_answers(event(), GetAnswers(event_id="e1"), Caller("s", frozenset({"steward"})))
    for ask, who in (
        (one, Caller("m2")),
        (GetAnswers(event_id="e1"), SELF),
        (one, Caller("x", frozenset({"leader:c2"}))),
    ):
        with pytest.raises(Refused) as no:
            model.may_see_answers(event(), ask, who)
        assert no.value.status == 403


def test_what_an_erased_member_answered_is_dropped_also_where_the_event_is_over() -> None:
    for status, held in (("concluded", "attended"), ("concluded", "no_show"), ("cancelled", "confirmed")):
        seats = EntriesInMemory.of([seat(status=held, answers={"note": "mine"}), seat("m2", answers={"note": "other"})])
        decided = model.forget_answers(event(NOTE, status=status), seats, "m1")
        assert [(s.key, s.status, s.answers) for s in decided.entries] == [("m1", held, {})]
        assert not model.forget_answers(event(), EntriesInMemory.of(decided.entries), "m1").entries


# Whatever is asked and answered


@st.composite
def forms(draw: st.DrawFn) -> list[RegistrationQuestion]:
    made: list[RegistrationQuestion] = []
    for n in range(draw(st.integers(1, 6))):
        kind = draw(st.sampled_from(["text", "choice", "choices", "yes_no"]))
        choices = ["A", "B", "C"][: draw(st.integers(2, 3))] if kind in ("choice", "choices") else []
        on = draw(st.sampled_from([None, *(q for q in made if q.kind != "text")]))
        wanted = draw(st.booleans() if on and on.kind == "yes_no" else st.sampled_from(on.choices)) if on else None
        made.append(
            RegistrationQuestion.model_validate(
                {
                    "key": f"q{n}", "kind": kind, "text": f"Question {n}", "choices": choices,
                    "required": draw(st.booleans()), "shown_if": {"question": on.key, "answer": wanted} if on else None,
                }
            )
        )  # fmt: skip
    return made


values = st.one_of(
    st.booleans(), st.sampled_from(["", "A", "B", "Z", "x" * 501]), st.lists(st.sampled_from("ABZ"), max_size=3)
)
given_answers = st.dictionaries(st.sampled_from([f"q{n}" for n in range(6)]), values)


@given(forms(), given_answers)
def test_what_is_kept_is_exactly_what_is_asked(form: list[RegistrationQuestion], given: dict[str, Any]) -> None:
    asking.must_be_a_form(form)
    checked = asking.check(form, given)
    shown = [question for question in form if asking.is_shown(question, checked.answers)]
    keys = {question.key for question in shown}
    assert set(checked.answers) <= keys
    for question in form:  # shown only where what it depends on is shown and answered so
        if question.shown_if and question.key in keys:
            assert question.shown_if.question in keys
    required = {f"answers.{question.key}" for question in shown if question.required}
    wrong = {error.field for error in checked.wrong}
    answered = {f"answers.{key}" for key in checked.answers}
    assert {error.field for error in checked.missing} == required - answered - wrong
    assert not answered & wrong


@given(forms(), given_answers)
def test_what_was_kept_is_kept_again_and_is_answered_where_it_was_accepted(
    form: list[RegistrationQuestion], given: dict[str, Any]
) -> None:
    checked = asking.check(form, given)
    if checked.wrong or checked.missing:
        with pytest.raises(Refused) as no:
            asking.accepted(form, given, complete=True)
        assert no.value.errors
        assert "x" * 501 not in str(no.value.errors)
        return
    kept = asking.accepted(form, given, complete=True)
    assert asking.accepted(form, kept, complete=True) == kept
    assert asking.still_answers(form, kept) == kept
    assert not asking.is_unanswered(form, kept)


@given(forms(), forms(), given_answers)
def test_other_questions_never_make_an_answer_that_they_do_not_accept(
    before: list[RegistrationQuestion], after: list[RegistrationQuestion], given: dict[str, Any]
) -> None:
    kept = asking.check(before, given).answers
    told = asking.still_answers(after, kept)
    assert told.items() <= {**kept, **told}.items()
    assert not asking.check(after, told).wrong
    assert asking.is_unanswered(after, kept) == bool(asking.check(after, told).missing)
