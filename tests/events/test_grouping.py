"""Groups: members who register together get places together, or wait together."""

from typing import Any

import pytest
from ekkyo.contracts.base import Caller, Refused
from ekkyo.contracts.events import (
    CheckIn,
    MemberAttended,
    RegisterGroup,
    RegistrationConfirmed,
    RegistrationWaitlisted,
    Terms,
)
from ekkyo.decision import Decision
from ekkyo_events import model
from ekkyo_events.model import Event, Seat, telling
from ekkyo_events.model.people import People, Person

from tests.events.people import EVERYBODY, Known
from tests.events.test_arranged import BEFORE, LEADER, START, Happening

ONSITE: dict[str, Any] = {"format": "onsite", "url": None, "capacity": 4, "terms": Terms(group_size=3)}


def together(it: Happening, *members: str, group: str = "", **how: Any) -> Decision[Event, Any]:
    named = {"member_id": members[0], "with_members": list(members[1:]), "group_id": group or f"g-{members[0]}"}
    cmd = RegisterGroup(event_id="e1", **named, attend=how.pop("attend", None))
    by = {"people": EVERYBODY, "who": Caller(members[0]), "now": BEFORE} | how
    return it.take(model.register_group(it.event, it.seats, cmd, **by))


def test_all_of_a_group_get_seats_or_all_wait_and_a_group_that_fits_goes_first() -> None:
    it = Happening(**ONSITE)
    confirmed = together(it, "a", "b", "c")
    assert [type(fact) for fact in confirmed.facts] == [RegistrationConfirmed] * 3
    assert all(fact.group == ["a", "b", "c"] and fact.group_id == "g-a" for fact in confirmed.facts)
    waits = together(it, "d", "e", "f")
    assert [(type(fact), fact.position) for fact in waits.facts] == [(RegistrationWaitlisted, 1)] * 3
    assert {r.waiting_because for r in waits.answer.registrations} == {
        "1 seat is free, and your group of 3 needs 3 together; nobody is before you; "
        "you get them as soon as 3 seats are free at once"
    }
    assert it.register("g").answer.status == "confirmed", "one seat is free, and nobody who waits fits"
    together(it, "h", "i")
    withdrawn, *promoted = it.withdraw("a").facts
    assert (withdrawn.group_id, promoted) == ("g-a", []), "one seat is not enough for either group"
    withdrawn, *promoted = it.withdraw("b").facts
    assert [(fact.member_id, fact.group) for fact in promoted] == [("h", ["h", "i"]), ("i", ["h", "i"])]
    it.withdraw("c")
    it.withdraw("h")
    _, *promoted = it.withdraw("i").facts
    assert [fact.member_id for fact in promoted] == ["d", "e", "f"], "the first in line, as soon as it fits"
    assert (it.event.confirmed, it.event.waitlisted) == (4, 0)


def test_who_withdraws_alone_lets_the_others_go_on() -> None:
    it = Happening(**ONSITE)
    for member in ("m1", "m2"):
        it.register(member)
    together(it, "a", "b", "c")
    assert it.event.confirmed == 2
    withdrawn, *promoted = it.withdraw("b").facts
    assert withdrawn.was == "waitlisted"
    assert [(fact.member_id, fact.because) for fact in promoted] == [("a", "withdrawal"), ("c", "withdrawal")]
    it.withdraw("a")
    assert it.seats.items["c"].status == "confirmed"


def test_who_of_a_waiting_group_is_let_in_at_the_door_lets_the_others_go_on() -> None:
    it = Happening(**ONSITE)
    for member in ("m1", "m2"):
        it.register(member)
    together(it, "a", "b", "c")
    cmd = CheckIn(event_id="e1", member_id="a")
    came, *promoted = it.take(model.check_in(it.event, it.seats, cmd, people=EVERYBODY, who=LEADER, now=START)).facts
    assert isinstance(came, MemberAttended)
    assert [fact.member_id for fact in promoted] == ["b", "c"]


def test_a_group_that_is_registered_again_changes_nothing() -> None:
    it = Happening(**ONSITE)
    first = together(it, "a", "b")
    again = together(it, "a", "b")
    assert (again.facts, again.entries, again.answer) == ((), (), first.answer)
    it.withdraw("b")
    assert [(r.member_id, r.status) for r in together(it, "a", "b").answer.registrations] == [
        ("a", "confirmed"), ("b", "withdrawn"),
    ]  # fmt: skip
    with pytest.raises(Refused, match="group_taken"):
        together(it, "a", "c", group="g-a")


@pytest.mark.parametrize(
    ("members", "how", "code", "fields"),
    [
        (["a", "b", "c", "d"], {}, "group_too_large", ["with_members"]),
        (["a", "a"], {}, "malformed", ["with_members"]),
        (["a", "gone", "m1"], {}, "group_cannot_register", ["with_members.0", "with_members.1"]),
        (["gone", "a"], {}, "member_inactive", []),
        (["m1", "a"], {}, "already_registered", []),
        (["a", "b"], {"now": START}, "registration_closed", []),
        (["a", "b"], {"who": Caller("b")}, "not_allowed", []),
        (["a", "b"], {"attend": "online"}, "attend_not_offered", ["attend"]),
    ],
)
def test_every_rule_is_asked_for_each_of_a_group(
    members: list[str], how: dict[str, Any], code: str, fields: list[str]
) -> None:
    it = Happening(**ONSITE)
    it.register("m1")
    known = People(Known({"gone": Person(id="gone", active=False)}))
    with pytest.raises(Refused) as no:
        together(it, *members, **{"people": known} | how)
    assert (no.value.code, [error.field for error in no.value.errors]) == (code, fields)
    assert it.event.confirmed == 1, "nobody is registered"


def test_members_only_is_asked_for_each_of_a_group() -> None:
    it = Happening(**ONSITE | {"members_only": True})
    known = People(Known({"a": Person(id="a", communities=["c1"]), "b": Person(id="b")}))
    with pytest.raises(Refused, match="group_cannot_register"):
        together(it, "a", "b", people=known)


def test_only_who_is_invited_can_be_of_a_group_where_invitations_count() -> None:
    it = Happening(**ONSITE | {"terms": Terms(group_size=3, invited_only=True)})
    for member in ("a", "b"):
        it.seats.items[member] = Seat(document_id="e1", key=member, status="withdrawn", invited=True)
    with pytest.raises(Refused, match="group_cannot_register"):
        together(it, "a", "b", "c")
    with pytest.raises(Refused, match="event_not_found"):
        together(it, "c", "a")
    assert len(together(it, "a", "b").facts) == 2


def test_a_leader_registers_a_group_and_others_may_not() -> None:
    it = Happening(**ONSITE)
    assert len(together(it, "a", "b", who=LEADER).facts) == 2
    with pytest.raises(Refused, match="groups_not_offered"):
        together(Happening(**ONSITE | {"terms": None}), "a", "b")


def test_groups_of_an_event_stay_whole_when_its_terms_offer_none_any_more() -> None:
    it = Happening(**ONSITE | {"capacity": 3})
    it.register("m1")
    it.register("m2")
    together(it, "a", "b")
    it.terms()
    assert len(it.withdraw("m1").facts) == 3
    assert {it.seats.items[member].status for member in ("a", "b")} == {"confirmed"}


def test_a_group_takes_part_the_same_way_and_waits_for_that() -> None:
    it = Happening(terms=Terms(online_capacity=3, group_size=2))
    assert [r.attend for r in together(it, "a", "b", attend="online").answer.registrations] == ["online", "online"]
    assert {r.status for r in together(it, "c", "d", attend="online").answer.registrations} == {"waitlisted"}
    mine = telling.my_registration(
        it.event, it.seats.items["c"], it.seats.all(status="waitlisted"), Caller("c"), (), it.seats.all(group_id="g-c")
    ).registration
    assert mine
    assert (mine.together, mine.waiting_because) == (
        2, "1 seat online is free, and your group of 2 needs 2 together; nobody is before you; "
        "you get them as soon as 2 seats online are free at once",
    )  # fmt: skip


def test_terms_with_groups_that_could_never_get_places_are_refused() -> None:
    with pytest.raises(Refused, match="terms_conflict"):
        Happening(**ONSITE | {"capacity": 2, "terms": None}).terms(group_size=3)
