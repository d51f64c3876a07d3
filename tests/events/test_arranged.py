"""Events whose terms arrange places: a capacity each for the room and online."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from ekkyo.contracts.base import Caller, Refused
from ekkyo.contracts.events import (
    ChangeAttend,
    EventDetails,
    EventReminderDue,
    EventRevised,
    GetCalendar,
    RegisterForEvent,
    RegistrationChanged,
    RegistrationConfirmed,
    RegistrationPromoted,
    RegistrationWaitlisted,
    RegistrationWithdrawn,
    ReviseEvent,
    SetTerms,
    Terms,
    WantedTerms,
    WithdrawFromEvent,
)
from ekkyo.decision import Decision, EntriesInMemory
from ekkyo_events import model
from ekkyo_events.model import Event, ReminderTimer, Seat, telling
from ekkyo_events.model.people import Person

from tests.events.people import EVERYBODY, Known

START = datetime(2030, 4, 1, 3, tzinfo=UTC)
BEFORE = START - timedelta(days=7)
LEADER = Caller("leader-1", frozenset({"leader:c1"}))


class Happening:
    """An event with its seats, which takes what is decided of it."""

    def __init__(self, **changes: Any) -> None:
        self.event = Event.model_validate({
            "id": "e1", "community_id": "c1", "title": "RPAもくもく会", "format": "hybrid", "context": "IT",
            "place": "本社", "url": "https://meet.example.co.jp/1", "capacity": 2, "starts_at": START,
            "ends_at": START + timedelta(hours=1), "timezone": "Asia/Tokyo", "status": "published", "revision": 1,
            "terms": Terms(online_capacity=1), **changes,
        })  # fmt: skip
        self.seats = EntriesInMemory[Seat]()

    def take(self, decided: Decision[Event, Any]) -> Decision[Event, Any]:
        self.event = decided.document
        self.seats.items.update({entry.key: entry for entry in decided.entries})  # type: ignore[misc]
        return decided

    def register(self, member: str, attend: Any = None) -> Decision[Event, Any]:
        cmd = RegisterForEvent(event_id="e1", member_id=member, registration_id=f"r-{member}", attend=attend)
        who = Caller(member)
        return self.take(model.register(self.event, self.seats, cmd, people=EVERYBODY, who=who, now=BEFORE))

    def change(self, member: str, attend: Any, **by: Any) -> Decision[Event, Any]:
        cmd = ChangeAttend(event_id="e1", member_id=member, attend=attend)
        how = {"people": EVERYBODY, "who": Caller(member), "now": BEFORE} | by
        return self.take(model.change_attend(self.event, self.seats, cmd, **how))

    def withdraw(self, member: str) -> Decision[Event, Any]:
        cmd = WithdrawFromEvent(event_id="e1", member_id=member)
        who = Caller(member)
        return self.take(model.withdraw(self.event, self.seats, cmd, people=EVERYBODY, who=who, now=BEFORE))

    def revise(self, details: EventDetails) -> Decision[Event, Any]:
        cmd = ReviseEvent(event_id="e1", details=details)
        return self.take(model.revise(self.event, self.seats, cmd, people=EVERYBODY, who=LEADER, now=BEFORE))

    def terms(self, **wanted: Any) -> Decision[Event, Any]:
        cmd = SetTerms(event_id="e1", terms=WantedTerms(**wanted))
        return self.take(model.set_terms(self.event, self.seats, cmd, people=EVERYBODY, who=LEADER, now=BEFORE))


def test_the_room_and_online_fill_up_and_are_waited_for_by_themselves() -> None:
    it = Happening()
    answers = [it.register(f"m{n}", attend).answer for n, attend in enumerate(["online", None, "online", "onsite"])]
    assert [(a.status, a.attend, a.position) for a in answers] == [
        ("confirmed", "online", None), ("confirmed", "onsite", None), ("waitlisted", "online", 1),
        ("confirmed", "onsite", None),
    ]  # fmt: skip
    (waits,) = it.register("m4", "onsite").facts
    assert isinstance(waits, RegistrationWaitlisted)
    assert (waits.position, waits.attend) == (1, "onsite"), "nobody is before them who waits for the room"
    assert (it.event.confirmed, it.event.online_taken, it.event.waitlisted) == (3, 1, 2)
    line = {r.member_id: (r.position, r.waiting_because) for r in roster(it) if r.status == "waitlisted"}
    assert line == {
        "m2": (
            1,
            "the only seat online is taken; nobody is before you; you get one as soon as a seat online becomes free",
        ),
        "m4": (
            1,
            "all 2 seats in the room are taken; nobody is before you; "
            "you get one as soon as a seat in the room becomes free",
        ),
    }
    given_back, promoted = it.withdraw("m0").facts
    assert isinstance(given_back, RegistrationWithdrawn)
    assert isinstance(promoted, RegistrationPromoted)
    assert (given_back.attend, promoted.member_id, promoted.attend) == ("online", "m2", "online")
    assert it.event.online_taken == 1
    assert it.seats.items["m0"].attend is None


def roster(it: Happening) -> Any:
    return telling.roster(it.event, it.seats.all(), it.seats.all(status="waitlisted"), 100).registrations


def test_who_changes_how_they_take_part_frees_their_seat_for_who_waits_for_it() -> None:
    it = Happening()
    for member in ("m1", "m2", "m3"):
        it.register(member)
    decided = it.change("m1", "online")
    changed, promoted = decided.facts
    assert isinstance(changed, RegistrationChanged)
    assert isinstance(promoted, RegistrationPromoted)
    assert (changed.member_id, changed.attend, promoted.member_id) == ("m1", "online", "m3")
    assert (decided.answer.status, decided.answer.attend) == ("confirmed", "online")
    again = it.change("m1", "online")
    assert (again.facts, again.entries, again.answer) == ((), (), decided.answer)
    with pytest.raises(Refused, match="no_seat_there"):
        it.change("m2", "online")


def test_who_waits_gets_a_seat_the_other_way() -> None:
    it = Happening(capacity=1)
    it.register("m1")
    it.register("m2")
    (fact,) = it.change("m2", "online").facts
    assert isinstance(fact, RegistrationPromoted)
    assert (fact.because, fact.attend) == ("attend_changed", "online")
    assert (it.event.confirmed, it.event.waitlisted, it.event.online_taken) == (2, 0, 1)


@pytest.mark.parametrize(
    ("by", "code"),
    [
        ({"who": Caller("m9")}, "not_allowed"),
        ({"now": START}, "registration_closed"),
        ({"people": model.People(Known({"m1": Person(id="m1", active=False)}))}, "member_inactive"),
    ],
)
def test_the_rules_of_a_seat_hold_for_who_changes(by: dict[str, Any], code: str) -> None:
    it = Happening()
    it.register("m1")
    with pytest.raises(Refused) as no:
        it.change("m1", "online", **by)
    assert no.value.code == code


def test_who_has_no_place_changes_nothing() -> None:
    with pytest.raises(Refused, match="registration_not_found"):
        Happening().change("m1", "online")


def test_where_they_are_not_counted_apart_nobody_chooses() -> None:
    it = Happening(terms=None)
    with pytest.raises(Refused) as no:
        it.register("m1", "onsite")
    assert (no.value.code, [error.field for error in no.value.errors]) == ("attend_not_offered", ["attend"])
    (fact,) = it.register("m1").facts
    assert "attend" not in fact.model_dump()
    assert "online_taken" not in it.event.model_dump()


def test_terms_take_nobodys_place_away() -> None:
    it = Happening()
    it.register("m1", "online")
    it.register("m2", "online")
    with pytest.raises(Refused, match="online_in_use"):
        it.terms()
    revised, promoted = it.terms(online_capacity=2).facts
    assert isinstance(revised, EventRevised)
    assert isinstance(promoted, RegistrationPromoted)
    assert (revised.confirmed, revised.promoted, revised.online) == (["m1", "m2"], ["m2"], ["m1", "m2"])
    with pytest.raises(Refused, match="capacity_below_confirmed"):
        it.terms(online_capacity=1)
    it.withdraw("m1")
    it.withdraw("m2")
    assert it.terms().document.terms is None


@pytest.mark.parametrize("status", ["draft", "published"])
def test_only_a_hybrid_event_has_a_capacity_online(status: str) -> None:
    it = Happening(status=status)
    details = EventDetails.model_validate({
        name: getattr(it.event, name) for name in EventDetails.model_fields
    } | {"format": "online"})  # fmt: skip
    with pytest.raises(Refused, match="terms_conflict"):
        it.revise(details)
    it = Happening(status=status, format="onsite", terms=None)
    with pytest.raises(Refused, match="terms_conflict"):
        it.terms(online_capacity=3)


def test_a_capacity_of_the_room_counts_the_room_alone() -> None:
    it = Happening()
    for member, attend in (("m1", "onsite"), ("m2", "online")):
        it.register(member, attend)
    details = EventDetails.model_validate({name: getattr(it.event, name) for name in EventDetails.model_fields})
    it.revise(details.model_copy(update={"capacity": 1}))
    assert it.event.capacity == 1


def test_a_reminder_says_who_takes_part_online() -> None:
    it = Happening()
    for member, attend in (("m1", "onsite"), ("m2", "online")):
        it.register(member, attend)
    (fact,) = model.remind(it.event, it.seats, ReminderTimer(id="e1", starts_at=START), now=BEFORE).facts
    assert isinstance(fact, EventReminderDue)
    assert (fact.confirmed, fact.online) == (["m1", "m2"], ["m2"])


def test_a_system_that_does_not_say_registers_for_the_room() -> None:
    (fact,) = Happening().register("m1").facts
    assert isinstance(fact, RegistrationConfirmed)
    assert fact.attend == "onsite"


def test_a_calendar_is_told_how_its_member_takes_part() -> None:
    it = Happening()
    it.register("m1", "online")
    ask = GetCalendar(member_id="m1", starts_from=BEFORE)
    page = telling.calendar(ask, [it.event, it.event.model_copy(update={"id": "e2"})], it.seats.all(), Caller("m1"))
    assert [(one.status, one.attend) for one in page.entries] == [("confirmed", "online"), (None, None)]
    assert "attend" not in page.entries[1].model_dump()
