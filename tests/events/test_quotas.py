"""Quotas: seats kept for first-timers or for departments, until a time before the event."""

from datetime import timedelta
from typing import Any

import pytest
from ekkyo.contracts.base import Caller, Meta, Refused
from ekkyo.contracts.events import (
    Application,
    ApproveApplications,
    CancelEvent,
    CheckInUndone,
    ConcludeEvent,
    DrawClosed,
    DrawHeld,
    DuplicateEvent,
    EventRevised,
    MemberAttended,
    PublishEvent,
    RegistrationApplied,
    RegistrationConfirmed,
    RegistrationPromoted,
    RescheduleEvent,
    ReviseEvent,
    SeatsReleased,
    SetTerms,
    WantedTerms,
)
from ekkyo.decision import Cancel, EntriesInMemory, Set
from ekkyo_common.draws import verify
from ekkyo_common.earlier import first_timers
from ekkyo_events import model
from ekkyo_events.model import NotLookedUp, People, Person, ReleaseTimer, Seat, telling
from ekkyo_events.model.arranged import fill, room_of, units
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.events.drawing import DRAWS, Held
from tests.events.people import EVERYBODY, LOT, Known
from tests.events.test_model import BEFORE, LEADER, START, details, event

RELEASED = START - timedelta(days=1)
DUE = ReleaseTimer(id="e1", released_at=RELEASED)
NEW, SALES = {"first_timers": True}, {"departments": ["Sales"]}


class Came(dict[str, frozenset[str]]):
    """Looked up, all of them; who is not in it never came."""

    def __contains__(self, key: object) -> bool:
        return True

    def __missing__(self, key: str) -> frozenset[str]:
        return frozenset()


def people(*came: str, **departments: str) -> People:
    """Members of whom these came before, and in which departments some are. Who begins with o has always come."""
    known = Known({member: Person(id=member, department=one) for member, one in departments.items()})
    return People(known, sat_at={}, came=Came({member: frozenset({"e0"}) for member in came}))


def quotas(*kept: dict[str, Any], released_at: Any = RELEASED) -> dict[str, Any]:
    return {"kept": list(kept), "released_at": released_at}


class Keeping(Held):
    """An event that keeps seats. o1, o2, … came before; s1, s2, … are in Sales."""

    def __init__(self, capacity: int, *kept: dict[str, Any], **terms: Any) -> None:
        self.people = people(*(f"o{n}" for n in range(20)), **{f"s{n}": "Sales" for n in range(9)})
        self.event = event(capacity=capacity, status="draft", url_follows=True)
        self.seats = EntriesInMemory[Seat]()
        self.facts, self.timers = [], []
        self.set_terms(quotas(*kept) if kept else None, **terms)
        publish = PublishEvent(event_id="e1")
        self.decide(lambda e: model.publish(e, self.seats, publish, lot=LOT, who=LEADER, now=BEFORE))

    def set_terms(self, wanted: Any, now: Any = BEFORE, **terms: Any) -> Any:
        command = SetTerms(event_id="e1", terms=WantedTerms.model_validate({"quotas": wanted, **terms}))
        return self.decide(lambda e: model.set_terms(e, self.seats, command, people=self.people, who=LEADER, now=now))

    def release(self, due: ReleaseTimer = DUE, now: Any = RELEASED) -> None:
        for _ in range(2):
            self.decide(lambda e: model.release(e, self.seats, due, people=self.people, now=now))

    def why(self, member: str) -> str:
        seat = self.seats.items[member]
        waiting = self.seats.all(status="waitlisted")
        told = telling.my_registration(self.event, seat, waiting, Caller(member)).registration
        assert told
        return told.waiting_because or ""


def refused(decide: Any) -> tuple[str, list[tuple[str, str]]]:
    with pytest.raises(Refused) as no:
        decide()
    return no.value.code, [(error.field, error.code) for error in no.value.errors]


def test_kept_seats_go_to_those_whom_they_are_for_and_at_the_release_to_who_waits_longest() -> None:
    it = Keeping(4, {"seats": 2, **NEW})
    assert it.event.kept == 2
    it.register("o1", "o2", "o3", "o4")
    assert (it.have("confirmed"), it.have("waitlisted"), it.event.kept) == ({"o1", "o2"}, {"o3", "o4"}, 2)
    assert it.register("n1").status == "confirmed"
    assert it.event.kept == 1
    it.withdraw("o1")
    assert it.have("confirmed") == {"o2", "o3", "n1"}, "who gives a seat back that is not kept gives it to who waits"
    it.withdraw("n1")
    assert it.event.kept == 2, "and one that is kept stays kept"
    it.release()
    assert it.have("confirmed") == {"o2", "o3", "o4"}
    (released,) = it.of(SeatsReleased)
    assert (released.released, released.promoted, released.event.kept) == (2, ["o4"], None)
    assert [(f.member_id, f.because) for f in it.of(RegistrationPromoted)][-1] == ("o4", "seats_released")
    assert it.register("o5").status == "confirmed", "from now on every seat is for everybody"
    assert it.register("n2").status == "waitlisted"
    assert it.event.holders == {}


def test_a_seat_that_uses_up_a_quota_frees_the_others_for_everybody() -> None:
    it = Keeping(3, {"seats": 1, **NEW})
    it.register("n1", "o1", "o2")
    assert it.have("confirmed") == {"n1", "o1", "o2"}


def test_who_waits_is_told_how_many_seats_are_kept_for_whom_and_until_when() -> None:
    it = Keeping(14, {"seats": 12, **NEW}, {"seats": 1, **SALES})
    it.register("o1", "o2", "o3")
    assert it.why("o2") == (
        "13 seats are kept for first-timers and members of Sales until 31 March 12:00, and the other seats are taken; "
        "nobody is before you; you get one as soon as another seat becomes free, or one of these is left at that time"
    )
    it.set_terms(quotas({"seats": 1, **SALES}), group_size=5)
    it.register(*(f"o{n}" for n in range(4, 13)))
    assert it.register_group("o13", "o14").registrations[0].waiting_because == (
        "1 seat is kept for members of Sales until 31 March 12:00; 1 seat is free, and your group of 2 needs 2 "
        "together; nobody is before you; you get them as soon as 2 seats that are not kept are free at once"
    )


def test_whom_quotas_are_for_is_told_to_the_member_and_to_leaders_alone() -> None:
    it = Keeping(3, {"seats": 1, **NEW}, {"seats": 1, **SALES}, group_size=2)
    group = it.register_group("s1", "n1")
    assert [one.counts_for for one in group.registrations] == [[], []], "not to colleagues"
    seat = it.seats.items["s1"]
    assert telling.my_registration(it.event, seat, [], Caller("s1")).registration.counts_for == [0, 1]  # type: ignore[union-attr]
    assert [one.counts_for for one in telling.roster(it.event, [seat], [], 9).registrations] == [[0, 1]]
    assert "Sales" not in "".join(fact.model_dump_json(exclude={"event"}) for fact in it.facts)
    assert "counts_for" not in "".join(fact.model_dump_json() for fact in it.facts)
    it.release()
    assert telling.my_registration(it.event, seat, [], Caller("s1")).registration.counts_for == []  # type: ignore[union-attr]


def test_what_somebody_is_counts_when_they_register() -> None:
    it = Keeping(2, {"seats": 1, **NEW})
    it.register("n1", "o1", "o2")
    it.people = people("n1", "o1", "o2")
    it.withdraw("o1")
    assert it.have("confirmed") == {"n1", "o2"}, "who came to another event meanwhile keeps the seat"


def test_an_event_that_they_are_at_is_not_an_earlier_one() -> None:
    here = People(Known(), came=Came({"m1": frozenset({"e1"}), "m2": frozenset({"e0", "e1"})}))
    assert here.came_before(event(), ["m1", "m2"]) == {"m2"}


def test_what_is_not_known_is_looked_up_and_only_what_is_needed() -> None:
    it = Keeping(2, {"seats": 1, **NEW})
    it.people = People({"m1": None})
    with pytest.raises(NotLookedUp) as need:
        it.register("m1")
    assert (need.value.members, need.value.came) == ([], ("c1", ["m1"]))
    sales = Keeping(2, {"seats": 1, **SALES})
    sales.people = People({"m1": None})
    sales.register("m1")
    assert sales.have("confirmed") == {"m1"}


def test_a_group_gets_kept_seats_as_far_as_its_members_count() -> None:
    it = Keeping(4, {"seats": 2, **NEW}, group_size=3)
    assert it.register_group("n1", "o1", "o2").registrations[0].status == "confirmed"
    assert it.register_group("n2", "o3").registrations[0].status == "waitlisted", "the last seat is for a first-timer"
    assert it.register("n3").status == "confirmed"


def test_seats_are_kept_in_the_room_and_not_online() -> None:
    it = Keeping(2)
    it.event = it.event.model_copy(update={"format": "hybrid"})
    it.set_terms(quotas({"seats": 2, **NEW}), online_capacity=1)
    assert it.register("n1", attend="online").status == "confirmed"
    assert it.event.kept == 2
    assert it.register("o1", attend="onsite").status == "waitlisted"
    assert "2 seats are kept for first-timers" in it.why("o1")
    it.register("o2", attend="online")
    assert it.why("o2") == (
        "the only seat online is taken; nobody is before you; you get one as soon as a seat online becomes free"
    )


def test_who_applied_is_approved_into_kept_seats_by_what_they_were() -> None:
    it = Keeping(2, {"seats": 1, **NEW}, approval=True)
    for member in ("o1", "o2", "n1"):
        assert it.register(member).status == "applied"
    named = [
        Application(member_id=seat.key, registration_id=seat.registration_id or "") for seat in it.seats.items.values()
    ]
    command = ApproveApplications(event_id="e1", applications=named)
    it.decide(lambda e: model.approve(e, it.seats, command, people=it.people, who=LEADER, now=BEFORE))
    assert (it.have("confirmed"), it.have("waitlisted")) == ({"o1", "n1"}, {"o2"})


def test_quotas_that_leaders_set_later_count_those_who_are_registered() -> None:
    it = Keeping(3)
    it.register("o1", "n1", "s1", "o2")
    assert it.have("waitlisted") == {"o2"}
    it.set_terms(quotas({"seats": 2, **NEW}))
    assert (it.event.holders, it.event.kept) == ({"1": 2}, 0)
    it.set_terms(quotas({"seats": 2, **SALES}))
    assert (it.event.holders, it.event.kept) == ({"1": 1}, 0), "nobody loses a seat"
    it.withdraw("n1")
    assert (it.have("waitlisted"), it.event.kept) == ({"o2"}, 1), "but what becomes free is kept"
    it.set_terms(None)
    assert (it.have("waitlisted"), it.event.kept, it.event.holders) == (set(), None, {})
    assert it.of(RegistrationPromoted)[-1].because == "seats_released"
    assert it.of(EventRevised)[-1].promoted == ["o2"]
    assert it.timers[-1] == Cancel(ReleaseTimer, "e1")


def test_fewer_kept_seats_go_to_who_waits() -> None:
    it = Keeping(3, {"seats": 3, **NEW})
    it.register("o1", "o2")
    it.set_terms(quotas({"seats": 2, **NEW}))
    assert it.have("confirmed") == {"o1"}


def test_seats_can_be_kept_again_after_the_release_for_those_who_come_then() -> None:
    it = Keeping(3, {"seats": 2, **NEW})
    it.register("n1")
    it.release()
    it.register("n2")
    assert it.seats.items["n2"].quotas == []
    it.set_terms(quotas({"seats": 3, **NEW}, released_at=START - timedelta(hours=1)))
    assert (it.event.kept, it.event.holders) == (1, {"1": 2})
    it.release()
    assert it.event.kept == 1, "the first timer says nothing any more"


def test_the_release_moves_with_the_event_until_it_has_come() -> None:
    it = Keeping(3, {"seats": 1, **NEW})
    assert [timer for timer in it.timers if isinstance(timer, Set) and timer.timer == DUE] == [DUE.at(RELEASED)]
    later = START + timedelta(days=7)

    def move(to: Any) -> None:
        command = RescheduleEvent(event_id="e1", starts_at=to, ends_at=to + timedelta(hours=1))
        it.decide(lambda e: model.reschedule(e, it.seats, command, who=LEADER, now=BEFORE))

    move(later)
    moved = RELEASED + timedelta(days=7)
    due = ReleaseTimer(id="e1", released_at=moved)
    assert it.timers[-1] == due.at(moved)
    it.release()
    assert it.event.kept == 1, "the timer of a release that was moved says nothing"
    it.release(due, moved)
    assert it.event.kept is None
    move(START)
    assert (it.event.kept, it.event.terms.quotas.released_at) == (None, moved), "what was released stays so"  # type: ignore[union-attr]


def test_what_is_called_off_or_over_releases_nothing() -> None:
    it = Keeping(1, {"seats": 1, **NEW})
    it.register("o1")
    cancel = CancelEvent(event_id="e1")
    it.decide(lambda e: model.cancel(e, it.seats, cancel, who=LEADER))
    assert Cancel(ReleaseTimer, "e1") in it.timers
    it.release()
    assert it.have("waitlisted") == {"o1"}
    held = Keeping(1, {"seats": 1, **NEW})
    held.decide(lambda e: model.conclude(e, held.seats, ConcludeEvent(event_id="e1"), who=LEADER, now=START))
    assert Cancel(ReleaseTimer, "e1") in held.timers


def test_a_copy_keeps_seats_as_long_before_its_own_start() -> None:
    it = Keeping(3, {"seats": 1, **NEW})
    it.release()
    start = START + timedelta(days=30)
    command = DuplicateEvent(event_id="e2", like="e1", starts_at=start, ends_at=start + timedelta(hours=1))
    copy = model.duplicate(None, it.event, command, who=LEADER).document
    assert copy.terms
    assert copy.terms.quotas
    assert (copy.terms.quotas.released_at, copy.kept) == (RELEASED + timedelta(days=30), 1)


@pytest.mark.parametrize(
    ("kept", "more", "code", "wrong"),
    [
        ([{"seats": 1}], {}, "malformed", [("terms.quotas.kept.0", "for_whom")]),
        ([{"seats": 1, **NEW, **SALES}], {}, "malformed", [("terms.quotas.kept.0", "for_whom")]),
        ([{"seats": 1, **NEW}, {"seats": 2, **NEW}], {}, "malformed", [("terms.quotas.kept.1", "twice")]),
        ([{"seats": 2, **NEW}, {"seats": 2, **SALES}], {}, "terms_conflict", [("terms.quotas", "above_capacity")]),
        (
            [{"seats": 1, **SALES}],
            {"lottery": {"draws_at": DRAWS}},
            "terms_conflict",
            [("terms.quotas", "department_drawn"), ("terms.lottery", "department_drawn")],
        ),
        (
            [{"seats": 1, **NEW}],
            {"lottery": {"draws_at": RELEASED}},
            "malformed",
            [("terms.quotas.released_at", "not_after_draw")],
        ),
    ],
)
def test_quotas_that_cannot_be_are_refused(kept: Any, more: Any, code: str, wrong: Any) -> None:
    assert refused(lambda: Keeping(3, *kept, **more)) == (code, wrong)


def test_times_of_a_release_that_cannot_be_are_refused() -> None:
    it = Keeping(3)
    kept = {"seats": 1, **NEW}
    field = "terms.quotas.released_at"
    at_start = refused(lambda: it.set_terms(quotas(kept, released_at=START)))
    assert at_start == ("malformed", [(field, "not_before_start")])
    past = refused(lambda: it.set_terms(quotas(kept, released_at=BEFORE)))
    assert past == ("malformed", [(field, "in_the_past")])
    draft = it.event.model_copy(update={"status": "draft"})
    terms = SetTerms(event_id="e1", terms=WantedTerms.model_validate({"quotas": quotas(kept, released_at=BEFORE)}))
    set_ = model.set_terms(draft, it.seats, terms, people=EVERYBODY, who=LEADER, now=BEFORE).document
    publish = PublishEvent(event_id="e1")
    late = refused(lambda: model.publish(set_, it.seats, publish, lot=LOT, who=LEADER, now=BEFORE))
    assert late == ("release_in_the_past", [(field, "in_the_past")])
    smaller = ReviseEvent(event_id="e1", details=details(capacity=1))
    it.set_terms(quotas({"seats": 2, **NEW}))
    assert refused(lambda: model.revise(it.event, it.seats, smaller, people=it.people, who=LEADER, now=BEFORE)) == (
        "terms_conflict",
        [("terms.quotas", "above_capacity")],
    )


@given(
    capacity=st.integers(1, 8),
    first=st.integers(1, 4),
    sales=st.integers(0, 4),
    line=st.lists(st.tuples(st.sampled_from("nos"), st.integers(1, 3), st.booleans()), min_size=4, max_size=12),
)
@settings(max_examples=80, deadline=None)
def test_before_and_after_the_release_no_seat_is_free_for_who_waits_and_none_is_given_twice(
    capacity: int, first: int, sales: int, line: list[tuple[str, int, bool]]
) -> None:
    kept = [{"seats": first, **NEW}, *([{"seats": sales, **SALES}] if sales else [])]
    if first + sales > capacity:
        kept = [{"seats": capacity, **NEW}]
    it = Keeping(capacity, *kept, **({"group_size": min(3, capacity)} if capacity > 1 else {}))
    names = [f"{kind}{n}" for n, (kind, _, _) in enumerate(line)]
    it.people = people(
        *(f"{one}{more}" for one in names if one[0] == "o" for more in ("", "b", "c")),
        **{f"{one}{more}": "Sales" for one in names if one[0] == "s" for more in ("", "b")},
    )
    for n, (name, (_, size, leaves)) in enumerate(zip(names, line, strict=True)):
        group = [name, f"{name}b", f"{name}c"][: min(size, capacity)]
        it.register_group(*group) if len(group) > 1 else it.register(name)
        if leaves:
            it.withdraw(names[max(0, n - size)])
        assert_fair(it)
    promised = len(it.of(RegistrationConfirmed))
    it.release()
    assert it.event.kept is None
    assert len(it.of(RegistrationConfirmed)) == promised
    assert_fair(it)


def assert_fair(it: Keeping) -> None:
    room = room_of(it.event)
    assert len(it.have("confirmed")) <= it.event.capacity
    assert room.onsite == it.event.capacity - len(it.have("confirmed"))
    assert room.onsite >= room.held_back
    assert fill(units(it.seats.all(status="waitlisted")), room).taken == []


def test_the_draw_of_a_lottery_keeps_seats_for_first_timers_and_anybody_can_repeat_it() -> None:
    it = Keeping(4, {"seats": 2, **NEW}, lottery={"draws_at": DRAWS}, group_size=2)
    it.register(*(f"o{n}" for n in range(1, 9)), "n1")
    it.register_group("o9", "n2")
    again = refused(lambda: it.set_terms(quotas({"seats": 3, **NEW}), lottery={"draws_at": DRAWS}, group_size=2))
    assert again == ("lottery_fixed", [("terms.quotas", "fixed_draw")]), "members were told with the publication"
    it.release()
    assert it.event.kept == 2, "quotas count in the draw, however late it is held"
    it.draw()
    (closed,), (held,) = it.of(DrawClosed), it.of(DrawHeld)
    assert sorted(line.partition(" ")[2] for line in closed.entrants) == [
        *["1"] * 8,
        "1 quotas=0",
        "1 size=2 quotas=-,0",
    ]
    assert (held.places, held.kept, "n1" in it.have("confirmed")) == (4, [2], True)
    first = {fact.member_id: fact.member_id.startswith("n") for fact in it.of(RegistrationApplied)}
    assert verify(it.facts, {}, first).is_right, verify(it.facts, {}, first)
    wrong = verify(it.facts, {}, {**first, "o3": True})
    assert [check.what for check in wrong.checks if check.differs] == ["Seats are kept for those who never came before"]
    fewer = [fact.model_copy(update={"kept": [1]}) if fact is held else fact for fact in it.facts]
    assert [check.what for check in verify(fewer).checks if check.differs] == ["The places went by the order"]
    it.release()
    assert it.event.kept is None
    assert_fair(it)


def test_a_draw_that_is_held_after_the_release_gives_what_nobody_took_to_who_waits() -> None:
    it = Keeping(2, {"seats": 2, **NEW}, lottery={"draws_at": DRAWS})
    it.register("o1", "o2", "n1")
    it.release()
    it.draw(now=RELEASED)
    assert ("n1" in it.have("confirmed"), len(it.have("confirmed")), it.event.kept) == (True, 2, None)
    assert it.of(DrawHeld)[0].placed == [it.seats.items["n1"].registration_id]
    (released,) = it.of(SeatsReleased)
    assert (released.released, it.of(RegistrationPromoted)[0].because) == (1, "seats_released")
    assert verify(it.facts).is_right


def test_who_was_a_first_timer_follows_from_the_facts() -> None:
    it = Keeping(2, {"seats": 1, **NEW}, lottery={"draws_at": DRAWS})
    it.register("m1", "m2", "m3", "m4")
    earlier = model.state(event(id="e0"))

    def heard(fact: Any, minutes: int) -> Any:
        time = BEFORE + timedelta(minutes=minutes)
        return fact.model_copy().told(Meta(id="f", source="/", type="t", subject="s", time=time, revision=1))

    def came(member: str) -> MemberAttended:
        return MemberAttended(event_id="e0", event=earlier, member_id=member, by="check_in", walk_in=False)

    undone = CheckInUndone(event_id="e0", event=earlier, member_id="m2", status="confirmed", because="asked")
    facts = [
        heard(came("m1"), 0), heard(came("m2"), 0), heard(undone, 1), heard(came("m3"), 9),
        *(heard(fact, 10) for fact in it.of(RegistrationApplied)), heard(came("m4"), 20),
    ]  # fmt: skip
    assert first_timers(facts, "e1", "c1") == {"m1": False, "m2": True, "m3": False, "m4": True}
    assert first_timers([heard(came("m1"), 10), *facts[4:5]], "e1", "c1") == {"m1": None}
    assert first_timers([*facts[4:5], heard(came("m1"), 10)], "e1", "c1") == {"m1": None}
