"""Invitations to events that only invited members see: decided, said twice, withdrawn, and told."""

import contextlib
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

import pytest
from ekkyo.contracts.base import Caller, Fact, Refused
from ekkyo.contracts.events import (
    AttachOutput,
    CancelEvent,
    CheckIn,
    DuplicateEvent,
    EventCancelled,
    EventDetails,
    EventInvitationWithdrawn,
    EventRescheduled,
    EventRevised,
    InviteMembers,
    MembersInvited,
    OutputDetails,
    PreviewInvitation,
    PublishEvent,
    RegisterForEvent,
    RegistrationWithdrawn,
    RescheduleEvent,
    ReviseEvent,
    Segment,
    SetTerms,
    Terms,
    UndoCheckIn,
    UninviteMember,
    WantedTerms,
    WithdrawFromEvent,
)
from ekkyo.contracts.events.invitation import InvitedToEvent
from ekkyo.decision import Decision, EntriesInMemory
from ekkyo_events import model
from ekkyo_events.model import Event, People, Person, Seat, inviting, telling
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.events.people import LOT, Known
from tests.events.test_model import BEFORE, LEADER, START, event, seat

MEMBERS = ("m0", "m1", "m2", "m3")
HERE = People(Known({member: Person(id=member, communities=["c1"]) for member in MEMBERS}), sat_at={})
PRIVATE = Terms(invited_only=True)


def private(**fields: Any) -> Event:
    return event(terms=PRIVATE, capacity=10, **fields)


def seats(*some: Seat) -> EntriesInMemory[Seat]:
    return EntriesInMemory.of(some)


def invite(
    it: Event, there: EntriesInMemory[Seat], *members: str, people: People = HERE, id: str = "i1", now: Any = BEFORE
) -> Decision[Event, InvitedToEvent]:
    cmd = InviteMembers(event_id="e1", invitation_id=id, members=list(members[:2_000]))
    return model.invite(it, there, cmd, members, people=people, who=LEADER, now=now)


def uninvite(it: Event, there: EntriesInMemory[Seat], member: str) -> Any:
    return model.uninvite(it, there, UninviteMember(event_id="e1", member_id=member), who=LEADER)


def register(it: Event, there: EntriesInMemory[Seat], member: str, who: Caller | None = None) -> Any:
    cmd = RegisterForEvent(event_id="e1", member_id=member, registration_id="r1")
    return model.register(it, there, cmd, people=HERE, who=who or Caller(member), now=BEFORE)


def code(decide: Callable[[], Any]) -> str:
    with pytest.raises(Refused) as refused:
        decide()
    return refused.value.code


def test_an_invitation_counts_who_is_new_and_the_same_one_again_invites_nobody() -> None:
    people = People(Known({"m0": Person(id="m0"), "m1": Person(id="m1"), "gone": Person(id="gone", active=False)}))
    there = seats(seat("m1", "confirmed"))
    made = invite(private(confirmed=1), there, "m0", "m1", "gone", "stranger", people=people)
    assert made.answer == InvitedToEvent(event_id="e1", invitation_id="i1", invited=1, already=1, passed_over=2)
    assert {entry.key for entry in made.entries} == {"m0", "m1"}, "who has a place may come back after a withdrawal"
    (fact,) = made.facts
    assert isinstance(fact, MembersInvited)
    assert (fact.members, fact.invitation_id, fact.event.revision) == (["m0"], "i1", 1)
    again = invite(made.document, there, "m2", id="i1")
    assert (again.document, again.answer, again.entries, again.facts) == (made.document, made.answer, (), ())


@pytest.mark.parametrize(
    ("it", "now", "why"),
    [
        (event(), BEFORE, "not_by_invitation"),
        (private(status="cancelled"), BEFORE, "event_cancelled"),
        (private(status="concluded"), BEFORE, "event_concluded"),
        (private(), START, "registration_closed"),
        (private(invited=20_000), BEFORE, "too_many_invitations"),
    ],
)
def test_when_nobody_can_be_invited_the_refusal_says_why(it: Event, now: Any, why: str) -> None:
    assert code(lambda: invite(it, seats(), "m0", now=now)) == why


def test_an_invitation_reaches_five_thousand_and_tells_them_in_parts() -> None:
    many = [f"m{n:05}" for n in range(5_001)]
    everyone = People(Known({member: Person(id=member) for member in many}))
    assert code(lambda: invite(private(), seats(), *many, people=everyone)) == "too_many_invitations"
    cmd = InviteMembers(event_id="e1", invitation_id="i1", segment=Segment(never_came=True))
    made = model.invite(private(), seats(), cmd, many[:5_000], people=everyone, who=LEADER, now=BEFORE)
    assert [len(fact.members) for fact in made.facts if isinstance(fact, MembersInvited)] == [2_000, 2_000, 1_000]
    assert made.answer.invited == made.document.invited == len(made.entries) == 5_000


def test_who_is_invited_to_a_draft_hears_of_it_at_the_publication() -> None:
    there = seats()
    made = invite(private(status="draft", url_follows=True), there, "m0", "m1")
    assert made.facts == []
    there.items |= {entry.key: entry for entry in made.entries if isinstance(entry, Seat)}
    published = model.publish(made.document, there, PublishEvent(event_id="e1"), lot=LOT, who=LEADER, now=BEFORE)
    told = published.facts[1]
    assert isinstance(told, MembersInvited)
    assert (told.members, told.invitation_id) == (["m0", "m1"], None)
    opened = made.document.model_copy(update={"terms": None})
    assert len(model.publish(opened, there, PublishEvent(event_id="e1"), lot=LOT, who=LEADER, now=BEFORE).facts) == 2
    nobody = private(status="draft", url_follows=True)
    assert len(model.publish(nobody, seats(), PublishEvent(event_id="e1"), lot=LOT, who=LEADER, now=BEFORE).facts) == 1


def test_an_invitation_is_withdrawn_from_who_has_no_place() -> None:
    there = seats(
        seat("m0", "withdrawn", invited=True, registration_id=None),
        seat("m1", "waitlisted", invited=True, position=1),
        seat("m2", "withdrawn", invited=True),
    )
    it = private(invited=3, waitlisted=1)
    made = uninvite(it, there, "m0")
    assert (made.document.invited, made.answer.invited, made.answer.status) == (2, False, None)
    assert [type(fact) for fact in made.facts] == [EventInvitationWithdrawn]
    assert code(lambda: uninvite(it, there, "m1")) == "has_a_place"
    assert uninvite(it, there, "m2").answer.status == "withdrawn"
    nothing = uninvite(it, there, "m9")
    assert (nothing.document, nothing.entries, nothing.facts, nothing.answer.invited) == (it, (), (), False)
    assert uninvite(private(status="draft", invited=1), seats(there.items["m0"]), "m0").facts == []
    assert code(lambda: uninvite(private(status="concluded"), there, "m0")) == "event_concluded"


def test_only_leaders_invite_preview_and_withdraw_invitations() -> None:
    cmd = InviteMembers(event_id="e1", invitation_id="i1", members=["m0"])
    out = UninviteMember(event_id="e1", member_id="m0")

    def tried(who: Caller) -> set[str]:
        return {
            code(lambda: model.invite(private(), seats(), cmd, ["m0"], people=HERE, who=who, now=BEFORE)),
            code(lambda: model.uninvite(private(), seats(), out, who=who)),
        }

    assert tried(Caller("boss", frozenset({"leader:c2"}))) == tried(Caller("m0")) == {"not_allowed"}


def test_who_is_not_invited_cannot_do_anything_at_an_event_that_they_do_not_see() -> None:
    it, nobody = private(), seats()
    stranger = Caller("m0")
    in_time = START - timedelta(minutes=10)
    check_in = CheckIn(event_id="e1", member_id="m0")
    withdraw = WithdrawFromEvent(event_id="e1", member_id="m0")
    undo = UndoCheckIn(event_id="e1", member_id="m0")
    output = OutputDetails(kind="slides", title="x", url="https://x.example/1", authors=["m0"])
    attach = AttachOutput(output_id="o1", community_id="c1", member_id="m0", event_id="e1", details=output)
    copy = DuplicateEvent(event_id="e2", like="e1", starts_at=START, ends_at=START + timedelta(hours=1))
    person = Person(id="m0", communities=["c1"])
    attempts: Sequence[Callable[[], Any]] = [
        lambda: register(it, nobody, "m0"),
        lambda: model.check_in(it, nobody, check_in, people=HERE, who=stranger, now=in_time),
        lambda: model.withdraw(it, nobody, withdraw, people=HERE, who=stranger, now=BEFORE),
        lambda: model.undo_check_in(it, nobody, undo, people=HERE, who=stranger, now=BEFORE),
        lambda: model.attach(None, attach, it, who=stranger, person=person, waiting=0, now=BEFORE),
        lambda: model.duplicate(None, it, copy, who=Caller("boss", frozenset({"leader:c2"}))),
    ]
    for attempt in attempts:
        assert code(attempt) == "event_not_found"
    of_another = seats(seat("m1", "confirmed", invited=True))
    assert code(lambda: register(it, of_another, "m1", who=stranger)) == "event_not_found", "not even that m1 is there"


def test_who_is_invited_registers_and_a_leader_can_register_anybody() -> None:
    invited = seat("m0", "withdrawn", invited=True, registration_id=None)
    assert register(private(invited=1), seats(invited), "m0").answer.status == "confirmed"
    by_leader = register(private(), seats(), "m1", who=LEADER)
    assert by_leader.answer.status == "confirmed"
    (there,) = by_leader.entries
    assert telling.known_to(private(), Caller("m1"), there), "with a place one sees the event"
    given_back = there.model_copy(update={"status": "withdrawn"})
    assert code(lambda: telling.known_to(private(), Caller("m1"), given_back)) == "event_not_found"


def test_an_invitation_alone_is_no_registration() -> None:
    invited = seat("m0", "withdrawn", invited=True, registration_id=None)
    it, who = private(invited=1), Caller("m0")
    assert telling.my_registration(it, invited, [], who).registration is None
    undo, withdraw = UndoCheckIn(event_id="e1", member_id="m0"), WithdrawFromEvent(event_id="e1", member_id="m0")
    there = seats(invited)
    assert code(lambda: model.undo_check_in(it, there, undo, people=HERE, who=who, now=BEFORE)) == (
        "registration_not_found"
    )
    assert code(lambda: model.withdraw(it, there, withdraw, people=HERE, who=who, now=BEFORE)) == (
        "registration_not_found"
    )
    figures = model.figures("c1", [(it, [invited])])
    assert (figures.registrations, figures.withdrawn) == (0, 0)
    assert model.told_tables(it, [invited]).tables == []


def test_who_left_loses_the_invitation_and_the_place_in_one_decision() -> None:
    gone = People(Known({"m0": Person(id="m0", active=False)}))
    for there, it, facts in (
        (seat("m0", "confirmed", invited=True), private(confirmed=1, invited=1), [RegistrationWithdrawn]),
        (seat("m0", "withdrawn", invited=True), private(invited=1), [EventInvitationWithdrawn]),
        (seat("m0", "withdrawn", invited=True), private(invited=1, status="draft"), []),
        (seat("m0", "no_show", invited=True), private(invited=1, status="concluded"), []),
    ):
        made = model.leave(it, seats(there), "m0", people=gone, now=BEFORE)
        (after,) = made.entries
        assert isinstance(after, Seat)
        assert (made.document.invited, after.invited, [type(fact) for fact in made.facts]) == (0, False, facts)
        assert model.leave(it, seats(there), "m0", people=HERE, now=BEFORE).document is it, "who is here keeps it"


def test_a_preview_says_whom_an_invitation_would_reach() -> None:
    there = [seat("m0", "withdrawn", invited=True, registration_id=None), seat("m1", "confirmed")]
    ask = PreviewInvitation(event_id="e1", members=["m1", "m2", "stranger"], segment=Segment(in_community=True))
    found = model.preview_invitation(private(), there, ask, ["m0", "m1", "m2", "stranger"], people=HERE)
    assert (found.invited, found.already, found.passed_over, found.members) == (1, 2, ["stranger"], ["m2"])


def test_a_segment_is_a_condition_on_what_is_known_of_members() -> None:
    every = Segment(departments=["営業"], sites=["大阪"], in_community=True, accepted_rules=True, never_came=True)
    assert inviting.in_segment(event(), every) == {
        "active": True,
        "department": {"$in": ["営業"]},
        "site": {"$in": ["大阪"]},
        "communities": {"$in": ["c1"]},
        "accepted": {"$in": ["c1"]},
    }
    newest = inviting.in_segment(event(), Segment(accepted_rules=True), 3)
    assert newest == {"active": True, "versions": {"$in": ["c1/3"]}}
    assert inviting.in_segment(event(), Segment(never_came=True)) == {"active": True}
    assert inviting.in_segment(event(members_only=True), Segment(never_came=True)) == {
        "active": True,
        "communities": {"$in": ["c1"]},
    }


@pytest.mark.parametrize(
    ("chosen", "field"),
    [({}, "members"), ({"segment": {}}, "segment"), ({"members": ["m0"], "segment": {"sites": []}}, "segment")],
)
def test_an_invitation_that_chooses_nobody_is_refused_and_says_what_is_missing(chosen: Any, field: str) -> None:
    cmd = InviteMembers(event_id="e1", invitation_id="i1", **chosen)
    with pytest.raises(Refused) as refused:
        model.invite(private(), seats(), cmd, ["m0"], people=HERE, who=LEADER, now=BEFORE)
    assert (refused.value.status, [one.field for one in refused.value.errors]) == (400, [field])


def test_an_event_without_invitations_has_none_of_their_fields() -> None:
    assert {"terms", "invited", "invitations"}.isdisjoint(event().model_dump())
    assert "invited" not in seat("m0", "confirmed").model_dump()
    assert "accepted" not in Person(id="m0").model_dump()


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["invite", "uninvite", "register", "withdraw", "leave", "back", "open", "close", "publish"]),
        st.sampled_from(MEMBERS),
    ),
    max_size=25,
)


@settings(max_examples=150, deadline=None)
@given(STEPS)
def test_whatever_happens_the_invited_are_those_whom_the_facts_name(steps: list[tuple[str, str]]) -> None:
    """Each decision is made twice. Who registers was invited, and the count and the facts agree with the seats."""
    it = event(status="draft", url_follows=True, terms=PRIVATE, capacity=2)
    there = seats()
    known = Known({member: Person(id=member) for member in MEMBERS})
    people = People(known, sat_at={})
    heard: set[str] = set()

    def hear(facts: Sequence[Fact]) -> None:
        for fact in facts:
            if isinstance(fact, MembersInvited):
                heard.update(fact.members)
            if isinstance(fact, EventInvitationWithdrawn):
                heard.discard(fact.member_id)

    def decided(step: str, member: str, number: int, before: Event) -> Decision[Event, Any]:
        who, named = Caller(member), {"event_id": "e1", "member_id": member}
        wanted = WantedTerms(invited_only=step == "close")
        match step:
            case "invite":
                return invite(before, there, member, people=people, id=f"i{number}")
            case "uninvite":
                return uninvite(before, there, member)  # type: ignore[no-any-return]
            case "register":
                ask = RegisterForEvent(**named, registration_id=f"r{number}")
                return model.register(before, there, ask, people=people, who=who, now=BEFORE)
            case "withdraw":
                return model.withdraw(before, there, WithdrawFromEvent(**named), people=people, who=who, now=BEFORE)
            case "leave":
                return model.leave(before, there, member, people=people, now=BEFORE)
            case "publish":
                return model.publish(before, there, PublishEvent(event_id="e1"), lot=LOT, who=LEADER, now=BEFORE)
        return model.set_terms(
            before, there, SetTerms(event_id="e1", terms=wanted), people=people, who=LEADER, now=BEFORE
        )

    for number, (step, member) in enumerate(steps):
        if step in ("leave", "back"):
            known[member] = Person(id=member, active=step == "back")
        before, had = it, there.get(member)
        made: Decision[Event, Any] | None = None
        with contextlib.suppress(Refused):
            made = decided(step, member, number, it) if step != "back" else None
        if made is None:
            continue
        if made.document is not it or made.entries or made.facts:
            it = made.document.model_copy(update={"revision": it.revision + 1})
        there.items |= {entry.key: entry for entry in made.entries if isinstance(entry, Seat)}
        hear(made.facts)
        again = decided(step, member, number, it)
        assert (again.document, again.answer, [*again.entries], [*again.facts]) == (it, made.answer, [], [])
        if step == "register" and made.entries and before.terms:
            assert had, "who registers was invited"
            assert had.invited
        assert it.invited == sum(one.invited for one in there.items.values())
        if it.status == "published":
            assert heard >= {one.key for one in there.items.values() if one.only_invited}


def test_who_has_not_registered_hears_when_the_event_moves_or_is_off_and_not_when_a_word_changes() -> None:
    answered, new = seat("m1", "withdrawn", invited=True), seat("m0", "withdrawn", invited=True, registration_id=None)
    there = seats(new, answered, seat("m2", "confirmed", invited=True))
    it = private(invited=3, confirmed=1, format="onsite", place="A")
    at = START + timedelta(days=1)
    later = RescheduleEvent(event_id="e1", starts_at=at, ends_at=at + timedelta(hours=1))
    [moved] = model.reschedule(it, there, later, who=LEADER, now=BEFORE).facts
    [off] = model.cancel(it, there, CancelEvent(event_id="e1"), who=LEADER).facts
    assert isinstance(moved, EventRescheduled)
    assert isinstance(off, EventCancelled)
    assert (moved.invited, off.invited, off.confirmed) == (["m0"], ["m0"], ["m2"])
    details = EventDetails.model_validate({name: getattr(it, name) for name in EventDetails.model_fields})
    for change, told in (({"description": "b"}, []), ({"place": "B"}, ["m0"])):
        cmd = ReviseEvent(event_id="e1", details=details.model_copy(update=change))
        [revised] = model.revise(it, there, cmd, people=HERE, who=LEADER, now=BEFORE).facts
        assert isinstance(revised, EventRevised)
        assert revised.invited == told
