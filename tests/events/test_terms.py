"""The terms of registration: when members can register, when a withdrawal is late, and what a move does to them."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from ekkyo.contracts.base import Caller, Refused
from ekkyo.contracts.events import (
    DuplicateEvent,
    EventRevised,
    Lottery,
    Quota,
    Quotas,
    RegisterForEvent,
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
from hypothesis import given
from hypothesis import strategies as st

from tests.events.people import EVERYBODY
from tests.events.test_model import BEFORE, LEADER, NONE, START, details, event, seat

HOUR = timedelta(hours=1)
MEMBER = Caller("m1")
SYSTEM = Caller("portal", frozenset({"system"}))


def before(**hours: float) -> Terms:
    """Terms with these times, in hours before the start."""
    return Terms(**{name: START - HOUR * n for name, n in hours.items()})


BY_LEADER: Any = {"people": EVERYBODY, "who": LEADER, "now": BEFORE}


def setting(terms: Terms) -> SetTerms:
    return SetTerms(event_id="e1", terms=WantedTerms(**terms.model_dump()))


def register(terms: Terms | None, who: Caller, now: datetime) -> Any:
    cmd = RegisterForEvent(event_id="e1", member_id="m1", registration_id="r1")
    return model.register(event(terms=terms), NONE, cmd, people=EVERYBODY, who=who, now=now)


@pytest.mark.parametrize(
    ("hours_before", "code"), [(50, "registration_not_open"), (48, None), (25, None), (24, "registration_closed")]
)
def test_members_register_while_it_is_open_and_leaders_always(hours_before: float, code: str | None) -> None:
    terms, now = before(opens_at=48, closes_at=24), START - HOUR * hours_before
    for who in (MEMBER, SYSTEM):
        if code is None:
            assert register(terms, who, now).answer.status == "confirmed"
            continue
        with pytest.raises(Refused) as no:
            register(terms, who, now)
        assert no.value.code == code
    for who in (LEADER, Caller("it", frozenset({"steward"}))):
        assert register(terms, who, now).answer.status == "confirmed"


def test_who_has_a_place_keeps_it_when_registration_is_closed() -> None:
    it, seats = event(confirmed=1, terms=before(closes_at=24)), EntriesInMemory.of([seat("m1", "confirmed")])
    again = RegisterForEvent(event_id="e1", member_id="m1", registration_id="r-m1")
    decided = model.register(it, seats, again, people=EVERYBODY, who=MEMBER, now=START - HOUR)
    assert (decided.answer.status, decided.facts) == ("confirmed", ())


@pytest.mark.parametrize(("status", "hours_before", "late"), [
    ("confirmed", 25, False), ("confirmed", 24, False), ("confirmed", 23, True), ("waitlisted", 23, False),
])  # fmt: skip
def test_a_seat_given_back_after_the_deadline_is_late(status: str, hours_before: float, late: bool) -> None:
    position = {"position": 1} if status == "waitlisted" else {}
    it, seats = event(**{status: 1}, terms=before(withdraw_by=24)), EntriesInMemory.of([seat("m1", status, **position)])
    cmd = WithdrawFromEvent(event_id="e1", member_id="m1")
    decided = model.withdraw(it, seats, cmd, people=EVERYBODY, who=MEMBER, now=START - HOUR * hours_before)
    (fact,) = decided.facts
    assert isinstance(fact, RegistrationWithdrawn)
    (entry,) = decided.entries
    assert (fact.late, entry.late) == (late, late)
    assert ("late" in fact.model_dump()) == late, "what is not late says nothing of it"
    back = RegisterForEvent(event_id="e1", member_id="m1", registration_id="r2")
    again = model.register(
        decided.document, EntriesInMemory.of([entry]), back, people=EVERYBODY, who=MEMBER, now=START - HOUR
    )
    assert not again.entries[0].late


def test_terms_are_told_and_set_once() -> None:
    terms = before(opens_at=48, withdraw_by=24)
    it = event(confirmed=1, waitlisted=1, capacity=1)
    seats = EntriesInMemory.of([seat("m1", "confirmed"), seat("m2", "waitlisted", position=1)])
    decided = model.set_terms(it, seats, setting(terms), **BY_LEADER)
    (fact,) = decided.facts
    assert isinstance(fact, EventRevised)
    assert (fact.event.terms, fact.event.sequence) == (terms, 1)
    assert (fact.confirmed, fact.waitlisted) == (["m1"], ["m2"])
    assert model.set_terms(decided.document, seats, setting(terms), **BY_LEADER).facts == ()
    without = model.set_terms(decided.document, seats, setting(Terms()), **BY_LEADER)
    assert without.document.terms is None
    assert "terms" not in without.document.model_dump()
    draft = model.set_terms(event(status="draft"), NONE, setting(terms), **BY_LEADER)
    assert (draft.facts, draft.document.sequence, draft.answer.terms) == ((), 0, terms)


@pytest.mark.parametrize(
    ("terms", "fields"),
    [
        (before(opens_at=-1), ["terms.opens_at", "terms.opens_at"]),
        (before(opens_at=0), ["terms.opens_at"]),
        (before(closes_at=-1, withdraw_by=-2), ["terms.closes_at", "terms.withdraw_by"]),
        (before(opens_at=24, closes_at=24), ["terms.opens_at"]),
    ],
)
def test_times_that_cannot_be_are_refused_by_field(terms: Terms, fields: list[str]) -> None:
    with pytest.raises(Refused) as no:
        model.set_terms(event(), NONE, setting(terms), **BY_LEADER)
    assert no.value.status == 400
    assert [error.field for error in no.value.errors] == fields


@pytest.mark.parametrize("status", ["cancelled", "concluded"])
def test_an_event_that_is_over_takes_no_terms(status: str) -> None:
    with pytest.raises(Refused, match="have other terms"):
        model.set_terms(event(status=status), NONE, setting(before(opens_at=2)), **BY_LEADER)


HOURS = st.one_of(st.none(), st.integers(0, 500))


@given(HOURS, HOURS, HOURS, st.integers(-160, 400))
def test_terms_that_fit_still_fit_after_every_move(
    opens: int | None, closes: int | None, by: int | None, hours: int
) -> None:
    given_hours = {"opens_at": opens, "closes_at": closes, "withdraw_by": by}
    terms = before(**{name: n for name, n in given_hours.items() if n is not None})
    try:
        it = model.set_terms(event(), NONE, setting(terms), **BY_LEADER).document
    except Refused:
        return
    to = RescheduleEvent(event_id="e1", starts_at=START + HOUR * hours, ends_at=START + HOUR * (hours + 1))
    moved = model.reschedule(it, NONE, to, who=LEADER, now=BEFORE).document
    if moved.terms is None:
        assert it.terms is None
        return
    shift = moved.starts_at - START
    again = model.set_terms(moved, NONE, setting(moved.terms), **BY_LEADER)
    assert again.document == moved, "they fit"
    assert moved.terms.closes_at == (terms.closes_at + shift if terms.closes_at else None)
    if terms.withdraw_by is None:
        assert moved.terms.withdraw_by is None
    elif shift:
        in_a_day = min(BEFORE + 24 * HOUR, moved.starts_at)
        assert moved.terms.withdraw_by == max(terms.withdraw_by + shift, in_a_day), "who cannot come then has a day"
    if moved.terms.opens_at != terms.opens_at:
        assert terms.opens_at
        assert terms.opens_at >= (moved.terms.closes_at or moved.starts_at)


def test_an_event_like_another_has_its_terms_as_long_before_its_own_start() -> None:
    like = event(terms=before(opens_at=48, closes_at=24, withdraw_by=36))
    cmd = DuplicateEvent(event_id="e2", like="e1", starts_at=START + 10 * HOUR, ends_at=START + 12 * HOUR)
    made = model.duplicate(None, like, cmd, who=LEADER).document
    assert made.terms
    assert {name: START + 10 * HOUR - at for name, at in made.terms.model_dump().items()} == {
        "opens_at": 48 * HOUR, "closes_at": 24 * HOUR, "withdraw_by": 36 * HOUR,
    }  # fmt: skip
    assert model.duplicate(made, like, cmd, who=LEADER).document == made


def test_a_copy_keeps_all_its_terms_also_when_it_is_written_otherwise_afterwards() -> None:
    terms = Terms(
        invited_only=True,
        approval=True,
        online_capacity=5,
        group_size=2,
        quotas=Quotas(kept=[Quota(seats=1, first_timers=True)], released_at=START - HOUR),
    )
    cmd = DuplicateEvent(event_id="e2", like="e1", starts_at=START + 24 * HOUR, ends_at=START + 25 * HOUR)
    made = model.duplicate(None, event(terms=terms, format="hybrid"), cmd, who=LEADER).document
    assert made.terms
    later = Quotas(kept=[Quota(seats=1, first_timers=True)], released_at=START + 23 * HOUR)
    assert made.terms == terms.model_copy(update={"quotas": later})
    revise = ReviseEvent(event_id="e2", details=details(title="次の回", format="hybrid", place="本社", capacity=3))
    revised = model.revise(made, NONE, revise, **BY_LEADER).document
    assert (revised.title, revised.status, revised.terms) == ("次の回", "draft", made.terms)
    no_hybrid = ReviseEvent(event_id="e2", details=details(format="online"))
    with pytest.raises(Refused) as no:
        model.revise(made, NONE, no_hybrid, **BY_LEADER)
    assert (no.value.code, [error.field for error in no.value.errors]) == ("terms_conflict", ["terms.online_capacity"])
    lottery = Terms(lottery=Lottery(draws_at=START - HOUR))
    drawn = model.duplicate(None, event(terms=lottery), cmd, who=LEADER).document.terms
    assert drawn == Terms(lottery=Lottery(draws_at=START + 23 * HOUR))
