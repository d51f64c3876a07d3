"""A lottery: who registers enters it, and a draw that anybody can repeat gives the places."""

from datetime import timedelta
from typing import Any

import pytest
from ekkyo.contracts.base import Caller, Refused
from ekkyo.contracts.events import (
    CancelEvent,
    ChangeAttend,
    CheckIn,
    DrawClosed,
    DrawHeld,
    DuplicateEvent,
    EventCancelled,
    EventPublished,
    EventRescheduled,
    EventRevised,
    Lottery,
    PublishEvent,
    RegistrationApplied,
    RegistrationConfirmed,
    RegistrationPromoted,
    RegistrationWaitlisted,
    RegistrationWithdrawn,
    RescheduleEvent,
    ReviseEvent,
    SetTerms,
    Terms,
    UndoCheckIn,
    WantedTerms,
)
from ekkyo.decision import Cancel, EntriesInMemory, Set, draw
from ekkyo_common.draws import NothingDrawn, Verdict, verify
from ekkyo_common.earlier import missed_before
from ekkyo_events import model
from ekkyo_events.model import DrawTimer, Seat
from ekkyo_events.model.arranged import room_of, units
from hypothesis import given
from hypothesis import strategies as st

from tests.events.drawing import DRAWS, DUE, Held
from tests.events.people import EVERYBODY, LOT, gone
from tests.events.test_model import BEFORE, LEADER, NONE, START, details, event, seat

DAY = timedelta(days=1)


def setting(lottery: Lottery | None) -> SetTerms:
    return SetTerms(event_id="e1", terms=WantedTerms.model_validate({"lottery": lottery and lottery.model_dump()}))


def refused(decide: Any) -> str:
    with pytest.raises(Refused) as no:
        decide()
    return no.value.code


def test_the_event_is_published_with_the_hash_of_a_seed_that_nobody_hears_before_the_draw() -> None:
    it = Held()
    (published,) = it.of(EventPublished)
    assert published.event.draw.model_dump() == {
        "draw_id": "d1",
        "stage": "open",
        "seed_sha256": draw.commitment(LOT.seed),
    }
    assert [timer.at for timer in it.timers if timer.timer == DUE] == [DRAWS]
    it.register("a", "b", "c")
    assert not it.step()
    assert LOT.seed not in "".join(fact.model_dump_json() for fact in it.facts)
    assert LOT.seed not in model.state(it.event).model_dump_json()
    assert LOT.seed not in repr(it.event)
    assert not it.step()
    assert it.of(DrawHeld)[0].seed == it.facts[-1].event.draw.seed == LOT.seed


def test_who_registers_before_the_draw_applies_and_has_no_seat_whatever_is_free() -> None:
    it = Held(capacity=5)
    assert it.register("a").status == "applied"
    assert (it.event.applied, it.event.confirmed, it.event.waitlisted) == (1, 0, 0)
    (fact,) = it.of(RegistrationApplied)
    assert (fact.member_id, fact.registration_id, fact.event.applied) == ("a", it.seats.items["a"].registration_id, 1)
    it.withdraw("a")
    assert it.of(RegistrationWithdrawn)[0].was == "applied"
    assert it.event.applied == 0


def test_the_draw_gives_the_places_in_the_order_that_anybody_can_compute() -> None:
    it = Held(capacity=2)
    it.register(*"abcde")
    it.draw()
    (closed,), (held,) = it.of(DrawClosed), it.of(DrawHeld)
    units = {seat.registration_id: seat.key for seat in it.seats.items.values()}
    assert closed.entrants == sorted(f"{unit} 1" for unit in units)
    assert held.order == draw.order(LOT.seed, closed.entrants, "e1", "d1")
    assert (held.places, held.placed, held.withdrawn) == (2, held.order[:2], [])
    assert [fact.registration_id for fact in it.of(RegistrationConfirmed)] == held.order[:2]
    waits = it.of(RegistrationWaitlisted)
    assert [(fact.registration_id, fact.position) for fact in waits] == list(
        zip(held.order[2:], (1, 2, 3), strict=True)
    )
    assert {fact.because for fact in [*it.of(RegistrationConfirmed), *waits]} == {"draw"}
    assert (it.event.applied, it.event.confirmed, it.event.waitlisted) == (0, 2, 3)
    assert it.register("f", now=DRAWS).position == 4, "who comes later waits behind"
    it.withdraw(units[held.order[0]], now=DRAWS)
    assert [fact.registration_id for fact in it.of(RegistrationPromoted)] == [held.order[2]]
    assert verify(it.facts) == Verdict(verify(it.facts).checks, 5, 2, 2)
    assert verify(it.facts).is_right


def test_a_draw_with_places_for_all_lets_later_members_take_what_is_left() -> None:
    it = Held(capacity=3)
    it.register("a", "b")
    it.draw()
    assert it.register("c", now=DRAWS).status == "confirmed"
    assert it.register("d", now=DRAWS).status == "waitlisted"


def test_nobody_entered() -> None:
    it = Held(capacity=1)
    it.draw()
    assert it.of(DrawHeld)[0].placed == []
    assert verify(it.facts).is_right
    assert it.register("a", now=DRAWS).status == "confirmed"


def test_places_are_given_in_as_few_writes_as_the_document_holds() -> None:
    long = {"title": "題" * 200, "url": "https://example.com/" + "u" * 1900, "description": "説" * 4000}
    it = Held(capacity=300, **long, speakers=[f"{n:036}" for n in range(50)])
    it.seats = EntriesInMemory.of([seat(f"member-{n:030}", "applied") for n in range(1_500)])
    it.event = it.event.model_copy(update={"applied": 1_500})
    assert not it.step()
    assert not it.step()
    before, written, over = len(it.facts), [], False
    while not over:
        over = it.step()
        facts = it.facts[before:]
        written.append((len(facts), sum(len(fact.model_dump_json().encode()) + 600 for fact in facts)))
        before = len(it.facts)
    assert sum(count for count, _ in written) == 1_500
    assert max(size for _, size in written) < 7_000_000
    assert len(written) == 2
    assert (it.event.confirmed, it.event.waitlisted) == (300, 1_200)


def test_the_timer_said_again_or_of_another_time_draws_nothing() -> None:
    it = Held()
    it.register(*"abc")
    assert it.step(due=DrawTimer(id="e1", draws_at=DRAWS - DAY)), "the draw was moved since"
    it.draw()
    facts = list(it.facts)
    for _ in range(3):
        assert it.step()
    assert it.facts == facts


def test_who_withdraws_before_the_draw_is_not_in_it_and_who_does_after_the_list_is_passed_over() -> None:
    it = Held(capacity=3)
    it.register(*"abcd")
    it.withdraw("a")
    assert not it.step()
    (closed,) = it.of(DrawClosed)
    assert len(closed.entrants) == 3
    it.withdraw("b", now=DRAWS)  # the service stopped after the first step
    it.draw()
    (held,) = it.of(DrawHeld)
    assert held.withdrawn == it.seats.items["b"].withdrawn
    assert it.have("confirmed") == {"c", "d"}
    assert verify(it.facts).is_right


def test_a_place_that_is_given_back_while_places_are_given_goes_to_who_waits_longest() -> None:
    it = Held(capacity=1)
    it.register(*"abc")
    assert not it.step()
    assert not it.step()
    (held,) = it.of(DrawHeld)
    by_unit = {seat.registration_id: seat.key for seat in it.seats.items.values()}
    first, second, _ = (by_unit[unit] for unit in held.order)
    it.withdraw(first, now=DRAWS)
    it.register("late", now=DRAWS)
    it.draw()
    assert it.have("confirmed") == {second}
    assert it.event.waitlisted == 2
    assert verify(it.facts).is_right


def test_who_left_the_company_is_on_no_list_and_gets_no_place() -> None:
    it = Held(capacity=3)
    it.register(*"abc")
    it.people = gone("a")
    assert not it.step()
    assert len(it.of(DrawClosed)[0].entrants) == 2
    it.people = gone("a", "b")
    it.draw()
    assert it.have("confirmed") == {"c"}
    assert it.have("withdrawn") == {"a", "b"}
    assert {fact.because for fact in it.of(RegistrationWithdrawn)} == {"left"}
    assert verify(it.facts).is_right


def test_who_registers_when_the_time_has_come_waits_behind_all_who_are_in_the_draw() -> None:
    it = Held(capacity=1)
    it.register("a", "b")
    assert it.register("late", now=DRAWS).position == 3
    assert it.register("later", now=DRAWS - timedelta(seconds=1)).status == "waitlisted", "another clock is behind"
    it.draw(now=DRAWS + timedelta(hours=3))
    assert it.have("confirmed") < {"a", "b"}
    waiting = sorted(it.seats.all(status="waitlisted"), key=lambda seat: seat.position or 0)
    assert [seat.key for seat in waiting][1:] == ["late", "later"]


def test_a_draw_whose_time_came_while_nothing_ran_is_held_late_but_not_after_the_start() -> None:
    late, too_late = Held(), Held()
    for it in (late, too_late):
        it.register(*"abc")
    late.draw(now=START - timedelta(minutes=1))
    assert late.event.confirmed == 2
    assert too_late.step(now=START)
    assert not too_late.of(DrawClosed)
    with pytest.raises(NothingDrawn, match="not held yet"):
        verify(too_late.facts)
    later = RescheduleEvent(event_id="e1", starts_at=START + DAY, ends_at=START + DAY + timedelta(hours=1))
    too_late.decide(lambda e: model.reschedule(e, too_late.seats, later, who=LEADER, now=START))
    assert too_late.timers[-1] == Set(DUE, DRAWS), "it fires at once"
    too_late.draw(now=START)
    assert too_late.event.confirmed == 2


def test_who_is_drawn_after_the_deadline_to_withdraw_has_a_day() -> None:
    it = Held(capacity=1)
    it.event = it.event.model_copy(update={"terms": Terms(lottery=it.event.lottery, withdraw_by=DRAWS - DAY)})
    it.register("a")
    it.draw()
    assert it.of(RegistrationConfirmed)[0].withdraw_by == DRAWS + DAY
    it.withdraw("a", now=DRAWS + DAY)
    assert not it.of(RegistrationWithdrawn)[0].late


HYBRID: dict[str, Any] = {"format": "hybrid", "place": "3F", "terms": {"online_capacity": 2}}


def test_the_room_and_online_have_places_of_their_own_in_one_draw() -> None:
    it = Held(capacity=1, **HYBRID)
    it.register(*"abc")
    it.register(*"vwxyz", attend="online")
    assert it.have("applied") == set("abcvwxyz")
    assert not it.step()
    assert sum(line.endswith(" 1 online") for line in it.of(DrawClosed)[0].entrants) == 5
    it.draw()
    (held,) = it.of(DrawHeld)
    assert (held.places, held.online_places) == (1, 2)
    assert len(it.have("confirmed") & set("abc")) == 1
    assert len(it.have("confirmed") & set("vwxyz")) == 2
    assert (it.event.confirmed, it.event.online_taken) == (3, 2)
    assert sorted(fact.position for fact in it.of(RegistrationWaitlisted) if fact.attend == "online") == [1, 2, 3]
    assert sorted(fact.position for fact in it.of(RegistrationWaitlisted) if fact.attend == "onsite") == [1, 2]
    assert it.register("late", now=DRAWS, attend="online").position == 4
    assert verify(it.facts).is_right
    forged = [fact.model_copy(update={"places": 2}) if fact is held else fact for fact in it.facts]
    assert [check.what for check in verify(forged).checks if check.differs] == ["The places went by the order"]


GROUPS = {"terms": {"group_size": 4}}


def test_a_group_has_one_ticket_and_gets_places_together_or_waits_together() -> None:
    it = Held(capacity=4, **GROUPS)
    answer = it.register_group("a", "b", "c")
    assert {one.status for one in answer.registrations} == {"applied"}
    it.register(*"vwxyz")
    assert it.event.applied == 8
    assert {tuple(fact.group) for fact in it.of(RegistrationApplied) if fact.group_id} == {("a", "b", "c")}
    it.draw()
    (closed,), (held,) = it.of(DrawClosed), it.of(DrawHeld)
    assert f"{answer.group_id} 1 size=3" in closed.entrants
    assert len(held.order) == 6
    before = held.order.index(answer.group_id)
    together = it.have("confirmed") & set("abc")
    assert together == (set("abc") if before <= 1 else set())
    assert len(it.have("confirmed")) == 4
    waiting = [fact for fact in it.of(RegistrationWaitlisted) if fact.group_id]
    assert len({fact.position for fact in waiting}) <= 1
    assert verify(it.facts).is_right


def test_a_group_weighs_as_much_as_the_lightest_of_it_and_goes_on_without_who_withdraws() -> None:
    it = Held(capacity=4, **GROUPS)
    group = it.register_group("a", "b", "c", "d").group_id
    it.withdraw("d")
    assert not it.step(missed={"a": 3, "b": 1, "c": 2})
    assert it.of(DrawClosed)[0].entrants == [f"{group} 2 size=3"]
    it.withdraw("a", now=DRAWS)
    it.people = gone("b")
    it.draw()
    assert it.have("confirmed") == {"c"}
    assert it.have("withdrawn") == {"a", "b", "d"}
    assert verify(it.facts).is_right


def test_a_group_that_comes_after_the_draw_waits_behind() -> None:
    it = Held(capacity=2, **GROUPS)
    it.register("a")
    assert {one.position for one in it.register_group("b", "c", now=DRAWS).registrations} == {2}
    it.draw()
    assert (it.have("confirmed"), it.have("waitlisted")) == ({"a"}, {"b", "c"})


def test_nobody_takes_a_place_otherwise_while_places_are_drawn() -> None:
    it = Held(capacity=5, **HYBRID)
    it.register("a", attend="online")
    assert it.register("late", now=DRAWS, attend="online").status == "waitlisted"
    change = ChangeAttend(event_id="e1", member_id="late", attend="onsite")

    def change_attend() -> Any:
        return model.change_attend(it.event, it.seats, change, people=EVERYBODY, who=Caller("late"), now=DRAWS)

    other = setting(it.event.lottery)  # without a capacity online
    assert refused(change_attend) == "draw_running"
    assert (
        refused(lambda: model.set_terms(it.event, it.seats, other, people=EVERYBODY, who=LEADER, now=DRAWS))
        == "draw_running"
    )
    it.draw()
    assert it.have("confirmed") == {"a", "late"}


def test_who_missed_before_weighs_more() -> None:
    it = Held()
    it.register(*"abcd")
    it.draw(missed={"a": 1, "b": 3, "c": 7})
    weights = dict(line.split(" ") for line in it.of(DrawClosed)[0].entrants)
    assert [weights[it.seats.items[member].registration_id or ""] for member in "abcd"] == ["2", "4", "4", "1"]
    assert verify(it.facts).is_right


def test_draws_are_missed_in_a_row_until_a_place_is_had() -> None:
    def seat(member: str, lot: str | None, **fields: Any) -> Seat:
        return Seat.model_validate({"document_id": "e", "key": member, "status": "waitlisted", "lot": lot, **fields})

    latest = [seat("a", "missed"), seat("b", "placed"), seat("c", "missed", was_promoted=True), seat("d", None)]
    before = [seat("a", "missed"), seat("b", "missed"), seat("c", "missed"), seat("d", "missed")]
    first = [seat("a", "placed"), seat("d", "placed")]
    assert model.missed_before([latest, before, first]) == {"a": 2, "d": 1}


# What leaders may change


def test_a_lottery_is_set_on_a_draft_alone_and_its_draw_is_moved_to_a_later_time_alone() -> None:
    it, lottery = Held(), Lottery(draws_at=DRAWS)

    def set_terms(wanted: Lottery | None, now: Any = BEFORE) -> Any:
        return model.set_terms(it.event, it.seats, setting(wanted), people=EVERYBODY, who=LEADER, now=now)

    plain = lambda: model.set_terms(event(), NONE, setting(lottery), people=EVERYBODY, who=LEADER, now=BEFORE)  # noqa: E731
    assert refused(plain) == refused(lambda: set_terms(None)) == "lottery_fixed"
    assert refused(lambda: set_terms(Lottery(draws_at=DRAWS - DAY))) == "draw_earlier"
    assert refused(lambda: set_terms(Lottery(draws_at=START))) == "malformed"
    later = Lottery(draws_at=DRAWS + DAY)
    assert refused(lambda: set_terms(later, now=DRAWS)) == "draw_closed"
    it.register("a")
    it.decide(lambda e: model.set_terms(e, it.seats, setting(later), people=EVERYBODY, who=LEADER, now=BEFORE))
    assert it.of(EventRevised)[0].applied == ["a"]
    assert it.timers[-1] == Set(DrawTimer(id="e1", draws_at=DRAWS + DAY), DRAWS + DAY)
    assert it.step(), "the timer of before"
    it.draw(due=DrawTimer(id="e1", draws_at=DRAWS + DAY), now=DRAWS + DAY)
    assert it.have("confirmed") == {"a"}
    assert set_terms(later, now=START).document is it.event


@pytest.mark.parametrize(
    ("terms", "code"),
    [
        ({"lottery": {"draws_at": START}}, "not_before_start"),
        ({"lottery": {"draws_at": DRAWS}, "opens_at": DRAWS}, "not_after_open"),
    ],
)
def test_the_draw_is_after_registration_opens_and_before_the_start(terms: Any, code: str) -> None:
    cmd = SetTerms(event_id="e1", terms=WantedTerms.model_validate(terms))
    with pytest.raises(Refused) as no:
        model.set_terms(event(status="draft"), NONE, cmd, people=EVERYBODY, who=LEADER, now=BEFORE)
    assert [(error.field, error.code) for error in no.value.errors] == [("terms.lottery.draws_at", code)]


def test_an_event_whose_draw_is_past_is_not_published() -> None:
    it = event(status="draft", terms=Terms(lottery=Lottery(draws_at=DRAWS)), url_follows=True)
    publish = PublishEvent(event_id="e1")
    assert refused(lambda: model.publish(it, NONE, publish, lot=LOT, who=LEADER, now=DRAWS)) == "draw_in_the_past"


def test_a_published_event_that_is_moved_keeps_the_time_of_its_draw() -> None:
    it = Held()
    it.register("a")

    def to(start: Any) -> RescheduleEvent:
        return RescheduleEvent(event_id="e1", starts_at=start, ends_at=start + timedelta(hours=1))

    early = lambda: model.reschedule(it.event, it.seats, to(DRAWS), who=LEADER, now=BEFORE)  # noqa: E731
    assert refused(early) == "draw_after_start"
    it.decide(lambda e: model.reschedule(e, it.seats, to(START + DAY), who=LEADER, now=BEFORE))
    assert it.of(EventRescheduled)[0].applied == ["a"]
    assert it.event.lottery == Lottery(draws_at=DRAWS)
    it.draw()
    assert it.have("confirmed") == {"a"}
    it.decide(lambda e: model.reschedule(e, it.seats, to(START), who=LEADER, now=DRAWS))


def test_a_draft_that_is_moved_or_copied_takes_its_draw_along() -> None:
    draft = event(status="draft", terms=Terms(lottery=Lottery(draws_at=DRAWS)))
    times = {"starts_at": START + DAY, "ends_at": START + DAY + timedelta(hours=1)}
    moved = model.reschedule(draft, NONE, RescheduleEvent(event_id="e1", **times), who=LEADER, now=BEFORE).document
    copied = model.duplicate(None, draft, DuplicateEvent(event_id="e2", like="e1", **times), who=LEADER).document
    assert moved.lottery == copied.lottery == Lottery(draws_at=DRAWS + DAY)
    again = model.duplicate(None, Held().event, DuplicateEvent(event_id="e2", like="e1", **times), who=LEADER)
    assert again.document.drawing is None


def test_an_event_that_is_cancelled_is_not_drawn_and_who_applied_hears_of_it() -> None:
    it = Held()
    it.register("a")
    it.decide(lambda e: model.cancel(e, it.seats, CancelEvent(event_id="e1"), who=LEADER))
    assert it.of(EventCancelled)[0].applied == ["a"]
    assert Cancel(DrawTimer, "e1") in it.timers
    assert it.step()
    assert not it.of(DrawClosed)


def test_how_many_places_there_are_changes_before_and_after_the_draw_but_not_while_it_runs() -> None:
    it = Held(capacity=1)
    it.register(*"abc")

    def revise(capacity: int) -> Any:
        cmd = ReviseEvent(event_id="e1", details=details(capacity=capacity))
        return it.decide(lambda e: model.revise(e, it.seats, cmd, people=EVERYBODY, who=LEADER, now=DRAWS))

    revise(2)
    assert it.of(EventRevised)[0].applied == ["a", "b", "c"]
    for _ in range(2):
        assert not it.step()
        assert refused(lambda: revise(3)) == "draw_running"
    it.draw()
    revise(3)
    assert it.have("confirmed") == {"a", "b", "c"}


def test_who_is_let_in_before_the_draw_has_left_it() -> None:
    it = Held(starts_at=DRAWS + timedelta(minutes=30), ends_at=START)
    it.register("a", "b")
    now = DRAWS - timedelta(minutes=5)
    it.decide(
        lambda e: model.check_in(
            e, it.seats, CheckIn(event_id="e1", member_id="a"), people=EVERYBODY, who=LEADER, now=now
        )
    )
    assert (it.event.applied, it.event.walk_ins) == (1, 1)
    undo = UndoCheckIn(event_id="e1", member_id="a")
    undone = model.undo_check_in(it.event, it.seats, undo, people=EVERYBODY, who=LEADER, now=now)
    assert (undone.answer.status, undone.document.applied) == ("applied", 2)
    it.draw()
    undone = model.undo_check_in(it.event, it.seats, undo, people=EVERYBODY, who=LEADER, now=now)
    assert (undone.answer.status, undone.document.applied) == ("withdrawn", 0)


def test_a_draw_takes_no_more_than_one_fact_can_list(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ekkyo_events.model.entering.ENTRANTS", 1)
    it = Held()
    it.register("a")
    assert refused(lambda: it.register("b")) == "draw_full"


def test_an_event_without_a_lottery_has_none_of_its_fields() -> None:
    plain = event().model_dump()
    assert not {"applied", "drawing", "drawn_at"} & plain.keys()
    assert not {"applied", "draw"} & model.state(event()).model_dump().keys()
    assert "lot" not in Seat(document_id="e1", key="m", status="confirmed").model_dump()


NAMES = "abcdefgh"
MEMBERS = st.sampled_from(NAMES)
DOING = st.lists(st.tuples(st.sampled_from(["register", "group", "withdraw", "leave", "step"]), MEMBERS), max_size=40)


@given(st.integers(1, 4), DOING, st.booleans(), st.booleans())
def test_whatever_happens_seats_are_neither_oversold_nor_left_empty_and_the_draw_can_be_repeated(
    capacity: int, doing: list[tuple[str, str]], hybrid: bool, grouped: bool
) -> None:
    how = dict(HYBRID) if hybrid else {}
    if grouped and capacity > 1:
        how["terms"] = {**how.get("terms", {}), "group_size": 2}
    it, left, stepped = Held(capacity, **how), list[str](), False
    for what, member in doing:
        now = DRAWS if stepped else BEFORE
        try:
            match what:
                case "register":
                    it.register(member, now=now, attend="online" if hybrid and member in "aceg" else None)
                case "group":
                    other = NAMES[NAMES.index(member) ^ 1]
                    it.register_group(member, other, now=now, attend="online" if hybrid else None)
                case "withdraw":
                    it.withdraw(member, now=now)
                case "leave":
                    left.append(member)
                    it.people = gone(*left)
                    it.decide(
                        lambda e, member=member, now=now: model.leave(  # type: ignore[misc]
                            e, it.seats, member, people=it.people, now=now
                        )
                    )
                case "step":
                    it.step()
                    stepped = True
        except Refused:
            pass
        _is_sound(it)
    it.draw()
    _is_sound(it)
    verdict = verify(it.facts)
    assert verdict.is_right, verdict
    assert not it.have("applied")
    waiting = [seat for seat in it.seats.items.values() if seat.status == "waitlisted"]
    assert not any(room_of(it.event).fits(unit) for unit in units(waiting))
    assert not {seat.key for seat in it.seats.items.values() if seat.status in ("confirmed", "waitlisted")} & set(left)


def _is_sound(it: Held) -> None:
    for status in ("applied", "confirmed", "waitlisted"):
        assert getattr(it.event, status) == len(it.have(status)), status
    online = it.event.online_taken or 0
    assert it.event.seats_in_use - online <= it.event.capacity
    assert online <= 2
    waiting = [seat for seat in it.seats.items.values() if seat.status == "waitlisted"]
    assert len({unit.ticket for unit in units(waiting)}) == len(units(waiting))


# Verifying


def facts_of_a_draw() -> list[Any]:
    it = Held(capacity=2)
    it.register(*"abcde")
    it.draw()
    return it.facts


def changed(kind: type[Any], **fields: Any) -> list[Any]:
    return [fact.model_copy(update=fields) if type(fact) is kind else fact for fact in facts_of_a_draw()]


def test_what_is_not_as_promised_is_found_and_named() -> None:
    facts = facts_of_a_draw()
    (closed,) = (fact for fact in facts if isinstance(fact, DrawClosed))
    (held,) = (fact for fact in facts if isinstance(fact, DrawHeld))

    def wrong(told: list[Any]) -> list[str]:
        return [check.what.split(" ")[1] for check in verify(told).checks if check.differs]

    assert wrong(facts) == []
    assert wrong(changed(DrawHeld, seed="0" * 64)) == ["seed", "order"]
    assert wrong(changed(DrawHeld, order=held.order[::-1])) == ["order", "places"]
    assert wrong(changed(DrawHeld, placed=held.order[1:3])) == ["places", "was"]
    assert wrong(changed(DrawHeld, draw_id="d2")) == ["draw", "order"]
    assert wrong(changed(DrawClosed, entrants=closed.entrants[1:])) == ["list", "who", "order", "places"]
    assert wrong([fact for fact in facts if not isinstance(fact, RegistrationWaitlisted)]) == ["was"]
    unheard = next(fact for fact in facts if isinstance(fact, RegistrationApplied))
    assert wrong([fact for fact in facts if fact is not unheard]) == ["who"]
    moved = [fact for fact in facts if fact is not held]
    assert wrong([held, *moved]) == ["list"]


def test_the_weights_follow_from_the_facts_of_earlier_draws() -> None:
    missed = {"a": 1, "b": 4}
    it = Held(capacity=2)
    it.register(*"abc")
    it.draw(missed=missed)
    assert verify(it.facts, missed).is_right
    [wrong] = [check for check in verify(it.facts, {"a": 1, "b": 1}).checks if check.differs]
    assert wrong.differs is not None
    assert wrong.differs.startswith("1 weighed otherwise than follows from earlier draws: r-b")


def test_what_members_missed_is_the_same_by_the_facts_as_by_the_seats() -> None:
    facts, seats = list[Any](), list[list[Seat]]()
    for n in range(8):
        it = Held(capacity=2)
        it.register(*"abcdef")
        it.draw(missed={"a": n % 3})
        if n % 2:
            it.withdraw(min(it.have("confirmed")), now=DRAWS)
        about = {"event_id": f"e{n}"}
        facts += [fact.model_copy(update=about) for fact in it.facts]
        if n == 5:
            it.decide(lambda e, it=it: model.cancel(e, it.seats, CancelEvent(event_id="e1"), who=LEADER))  # type: ignore[misc]
            facts.append(it.facts[-1].model_copy(update=about))
            continue
        seats.append(list(it.seats.items.values()))
    assert missed_before(facts, "c1") == model.missed_before(seats[::-1][: model.EARLIER])
    assert missed_before(facts, "c2") == {}


def test_before_the_draw_there_is_nothing_to_verify() -> None:
    with pytest.raises(NothingDrawn, match=r"not held yet.* The draw is at 2030-03-30 03:00 UTC"):
        verify(Held().facts)
    with pytest.raises(NothingDrawn, match="no lottery"):
        verify([])


def test_others_may_not_set_a_lottery() -> None:
    with pytest.raises(Refused) as no:
        model.set_terms(
            event(status="draft"),
            EntriesInMemory[Seat](),
            setting(Lottery(draws_at=DRAWS)),
            people=EVERYBODY,
            who=Caller("m"),
            now=BEFORE,
        )
    assert no.value.code == "not_allowed"
