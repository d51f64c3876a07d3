"""Two records of one person that become one, and two again."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from ekkyo.contracts import members as contract
from ekkyo.contracts.base import Refused
from ekkyo.decision import Decision, EntriesInMemory
from ekkyo.testing import eventually
from ekkyo_members import model
from ekkyo_members import store as declared
from ekkyo_members.model.journey import Step
from ekkyo_members.model.leaving import PERSONAL

from tests.members.conftest import Events
from tests.members.people import NOW, founding, profile, registering

LATER = NOW + timedelta(days=1)
UNTIL = NOW + timedelta(seconds=10)
MERGE = contract.MergeMembers(merge_id="merge-1", kept_id="m1", absorbed_id="m2")


def person(n: int, *, communities: tuple[str, ...] = (), **other: Any) -> model.Member:
    """The n-th person, in these communities."""
    places = [contract.Membership(community_id=one, joined_at=NOW) for one in communities]
    made: model.Member = model.register(None, contract.RegisterMember(member_id=f"m{n}", profile=profile(n))).document
    return made.model_copy(update={"memberships": places, "revision": 3} | other)


def came(member: str, event: str, **other: Any) -> Step:
    known = {"community_id": "c1", "at": NOW, "proof": f"fact-{event}"}
    return Step(document_id=member, key=model.attended_key(event), **known | other)


def reached(crossing: contract.Crossing, at: datetime = NOW, community: str = "c1") -> contract.CrossingReached:
    return contract.CrossingReached(crossing=crossing, community_id=community, reached_at=at, proof="fact")


def merged(
    kept: model.Member,
    absorbed: model.Member,
    steps: tuple[Step, ...] = (),
    theirs: tuple[Step, ...] = (),
    cmd: contract.MergeMembers = MERGE,
) -> tuple[model.Member, model.Member, list[Step]]:
    """Both records after a merge, and what the kept one has done by it."""
    part = model.absorb(absorbed, kept, cmd, until=UNTIL, now=NOW).document
    taken = model.take_in(kept, EntriesInMemory.of(steps), part, theirs)
    return taken.document, part, [*steps, *taken.entries]  # type: ignore[list-item]


def undone(
    kept: model.Member, part: model.Member, steps: list[Step], theirs: tuple[Step, ...] = ()
) -> tuple[model.Member, model.Member]:
    said = model.may_undo(part, now=NOW)
    released = model.release(kept, EntriesInMemory.of(steps), said, now=NOW)
    back = model.restore(part, EntriesInMemory.of(theirs), said.told.merge_id, released.answer)
    return released.document, back.document


def before(member: model.Member, ago: timedelta) -> model.Member:
    """The member, who absorbed others that much earlier."""
    told = [one.told.model_copy(update={"merged_at": one.told.merged_at - ago}) for one in member.absorbed]
    return member.model_copy(
        update={"absorbed": [one.model_copy(update={"told": t}) for one, t in zip(member.absorbed, told, strict=True)]}
    )


def same(one: model.Member, other: model.Member) -> bool:
    without = {"revision", "absorbed", "merged", "signed_out_before"}
    return one.model_dump(exclude=without) == other.model_dump(exclude=without)


ALONE = person(1, communities=("c1",), attended=1, crossings=[reached("took_part")])
OTHER = person(2, communities=("c1", "c2"), attended=2, crossings=[reached("taught", community="c2")], guest_of=["c3"])


def test_the_kept_record_has_what_both_had_and_the_other_one_leads_to_it():
    both = (came("m1", "e1"),), (came("m2", "e1"), came("m2", "e2"))
    kept, part, steps = merged(ALONE, OTHER, *both)
    assert (kept.number, kept.name, kept.email) == (ALONE.number, ALONE.name, ALONE.email)
    assert kept.communities == ["c1", "c2"]
    assert kept.attended == 2  # both came to e1: one person came once
    assert [c.crossing for c in kept.crossings] == ["took_part", "taught"]
    assert kept.guest_of == ["c3"]
    assert kept.former == contract.Former(numbers=["000002"], names=["越境 花子2"], emails=["hanako2@example.co.jp"])
    assert kept.signs_in_as == ["000002", "hanako2@example.co.jp"]
    assert [(s.key, s.of) for s in steps] == [("attended-e1", None), ("attended-e2", "m2")]
    assert (part.merged_into, part.active, part.name) == ("m1", False, "")
    with pytest.raises(Refused, match="member_merged"):
        model.present(part)


def test_the_other_record_may_have_what_is_true_now():
    newer = MERGE.model_copy(update={"current": "absorbed"})
    kept, _, _ = merged(ALONE, OTHER, cmd=newer)
    assert (kept.id, kept.number, kept.email) == ("m1", "000002", "hanako2@example.co.jp")
    assert kept.former
    assert kept.former.numbers == ["000001"]
    assert kept.signs_in_as == ["000001", "hanako1@example.co.jp"]


@pytest.mark.parametrize("current", ["kept", "absorbed"])
def test_undone_both_are_what_they_were(current):
    cmd = MERGE.model_copy(update={"current": current})
    theirs = (came("m2", "e1"), came("m2", "e2"))
    kept, part, steps = merged(ALONE, OTHER, (came("m1", "e1"),), theirs, cmd)
    one, other = undone(kept, part, [*steps, came("m1", "e3", of="m2")], theirs)
    assert same(one, ALONE.model_copy(update={"attended": 0}))  # the kept record was not told of e3 in this test
    assert same(other, OTHER.model_copy(update={"attended": 3}))  # e3 was heard of while they were one


def test_what_the_person_did_since_stays_where_it_was_done():
    kept, part, steps = merged(ALONE, OTHER)
    since = kept.model_copy(update={"name": "越境 花", "crossings": [*kept.crossings, reached("shared")]})
    one, _ = undone(since, part, steps)
    assert (one.name, [c.crossing for c in one.crossings]) == ("越境 花", ["took_part", "shared"])


def test_told_twice_is_done_once():
    kept, part, steps = merged(ALONE, OTHER)
    again = model.absorb(part, kept, MERGE, until=UNTIL, now=LATER)
    assert (again.document, again.facts) == (part, ())
    assert model.take_in(kept, EntriesInMemory.of(steps), part, []).document == kept
    one, other = undone(kept, part, steps)
    assert not model.release(one, EntriesInMemory.of([]), other.merged, now=NOW).facts
    repeated = model.restore(other, EntriesInMemory.of([]), "merge-1")
    assert (repeated.document, repeated.answer.undone) == (other, True)
    late = model.absorb(other, one, MERGE, until=UNTIL, now=NOW)  # the command arrives again after it was undone
    assert (late.document, late.answer.undone) == (other, True)


def test_a_merge_is_refused_where_it_would_lose_something():
    with pytest.raises(Refused, match="absorbed_steward"):
        merged(ALONE, person(2, steward=True))
    left = {"active": False}
    for one, two in ((person(1, steward=True, **left), OTHER), (ALONE, leading(2).model_copy(update=left))):
        with pytest.raises(Refused, match="role_would_begin"):
            merged(one, two)
    kept, part, _ = merged(ALONE, OTHER)
    other = MERGE.model_copy(update={"merge_id": "merge-2", "kept_id": "m3"})
    with pytest.raises(Refused, match="member_merged"):
        model.absorb(part, person(3), other, until=UNTIL, now=NOW)
    with pytest.raises(Refused, match="member_merged"):
        model.absorb(person(3), part, other, until=UNTIL, now=NOW)
    with pytest.raises(Refused, match="unavailable"):
        model.absorb(person(3), kept, other, until=NOW, now=NOW)
    with pytest.raises(ValueError, match="two records"):
        contract.MergeMembers(merge_id="x", kept_id="m1", absorbed_id="m1")


def test_after_a_day_nothing_is_kept_for_undoing_it():
    kept, part, _ = merged(ALONE, OTHER)
    assert [one.absorbed_id for one in model.undoable(kept, now=NOW).merges] == ["m2"]
    assert model.undoable(kept, now=LATER).merges == []
    with pytest.raises(Refused, match="merge_final"):
        model.may_undo(part, now=LATER)
    assert model.settle_absorbed(part, now=NOW).answer is None  # too early
    settled = model.settle_absorbed(part, now=LATER).document
    assert "花子2" not in settled.model_dump_json()
    assert settled.merged_into == "m1"
    left = model.settle_kept(kept, "merge-1").document
    assert [(one.was, one.since) for one in left.absorbed] == [(None, None)]


def test_a_part_of_another_record_is_erased_with_what_was_kept_for_undoing():
    _, part, _ = merged(ALONE, OTHER)
    erased = model.erase(part, now=NOW).document
    assert "花子2" not in erased.model_dump_json()
    assert erased.came_from == model.new_member_id("000002")
    assert {contract.MemberMerged, contract.MergeUndone, contract.RecordAbsorbed, contract.RecordReleased} <= {
        *PERSONAL
    }


def test_a_preview_tells_what_would_move():
    steps, theirs = [came("m1", "e1")], [came("m2", "e1"), came("m2", "e2")]
    told = model.preview(ALONE, OTHER, "kept", steps, theirs)
    assert (told.attended, told.both_attended) == (2, ["e1"])
    assert [(c.community_id, c.both) for c in told.communities] == [("c1", True), ("c2", False)]
    assert [c.crossing for c in told.crossings] == ["taught"]
    assert told.after.former
    assert told.after.former.emails == ["hanako2@example.co.jp"]


def test_a_new_number_is_the_same_persons():
    after = model.change_number(ALONE, "900001").document
    assert (after.number, after.former) == ("900001", contract.Former(numbers=["000001"]))
    back = model.change_number(after, "000001").document
    assert back.former == contract.Former(numbers=["900001"])
    assert not model.change_number(ALONE, "000001").facts


def test_a_former_name_and_address_stay_known():
    married = profile(1, name="国境 花子", email="kokkyo@example.co.jp")
    after = model.change_profile(ALONE, married).document
    assert after.told().former == contract.Former(names=["越境 花子1"], emails=["hanako1@example.co.jp"])


def leading(n: int, community: str = "c1", **other: Any) -> model.Member:
    """The n-th person, who leads a community."""
    place = contract.Membership(community_id=community, joined_at=NOW, role="leader")
    return person(n, memberships=[place.model_copy(update=other)])


def test_a_role_that_came_by_a_merge_goes_with_it_whatever_else_happened_in_that_community():
    until = NOW.date() + timedelta(days=9)
    ends = model.Granting("s1", NOW, "UTC").plan(OTHER, "c1", until)
    theirs = leading(2, role_until=until).model_copy(update={"planned": ends})
    kept, part, steps = merged(ALONE, theirs)
    [place] = kept.memberships
    assert (place.role, place.role_until, kept.planned) == ("leader", until, ends)
    accepted = kept.model_copy(update={"memberships": [place.model_copy(update={"rules_accepted": 2})]})
    one, other = undone(accepted, part, steps)
    assert [(p.role, p.role_until, p.rules_accepted) for p in one.memberships] == [(None, None, 2)]
    assert (one.planned, other.planned, other.leads) == ([], ends, ["c1"])


@pytest.mark.parametrize("theirs", [None, NOW.date() + timedelta(days=5)])
def test_a_role_that_was_granted_since_a_merge_stays_and_ends_on_its_day(theirs):
    until = NOW.date() + timedelta(days=9)
    granting = model.Granting("s1", NOW, "UTC")
    had = granting.plan(OTHER, "c1", theirs)
    kept, part, steps = merged(ALONE, leading(2, role_until=theirs).model_copy(update={"planned": had}))
    command = contract.GrantRole(member_id="m1", community_id="c1", until=until)
    granted = model.grant_role(kept, command, granting).document
    one, _ = undone(granted, part, steps)
    assert [(p.role, p.role_until) for p in one.memberships] == [("leader", until)]
    assert one.planned == granting.plan(ALONE, "c1", until)


def test_undoing_ends_the_sessions_of_which_nobody_knows_whose_they_are():
    kept, part, steps = merged(ALONE, OTHER)
    made = model.make_calendar_address(kept, "a" * 64, now=NOW + timedelta(hours=1)).document
    released = model.release(made, EntriesInMemory.of(steps), model.may_undo(part, now=NOW), now=LATER)
    assert released.document.signed_out_before == LATER
    assert model.identity(released.document, now=LATER).signed_out_before == LATER
    assert (released.document.calendar, released.document.calendar_ended) == (None, ["a" * 64])


# Through the door


async def test_two_records_become_one_and_two_again(members: Any, steward: Any, client_as: Any, events: Events):
    for n in (1, 2):
        await steward.send(registering(f"m{n}", n))
    await steward.send(founding())
    await (await client_as("m2")).send(contract.JoinCommunity(member_id="m2", community_id="c1"))
    with pytest.raises(Refused, match="not_allowed"):
        await (await client_as("m1")).send(MERGE)
    for nobody in ({"kept_id": "m9"}, {"absorbed_id": "m9"}):
        with pytest.raises(Refused, match="member_not_found"):
            await steward.send(MERGE.model_copy(update=nobody))
        with pytest.raises(Refused, match="member_not_found"):
            await steward.ask(contract.PreviewMerge(kept_id="m1", absorbed_id="m2").model_copy(update=nobody))
    seen = await steward.ask(contract.PreviewMerge(kept_id="m1", absorbed_id="m2"))
    assert [one.community_id for one in seen.communities] == ["c1"]
    done = await steward.send(MERGE)
    assert await steward.send(MERGE) == done
    door = await client_as("portal-1", "portal")
    for by in ({"email": "hanako2@example.co.jp"}, {"number": "000002"}, {"member_id": "m2"}, {"number": "000001"}):
        assert (await door.ask(contract.Identify(**by))).member_id == "m1"
    got = await steward.ask(contract.GetMember(member_id="m2"))
    assert (got.member_id, [c.community_id for c in got.communities]) == ("m1", ["c1"])
    cards = await steward.ask(contract.GetCards(member_ids=["m2", "m1"]))
    assert [(c.member_id, c.name) for c in cards.cards] == [("m2", "越境 花子1"), ("m1", "越境 花子1")]
    assert [m.member_id for m in (await steward.ask(contract.FindMembers())).members] == ["m1"]
    assert (await steward.ask(contract.ListErasures())).erasures == []
    of_the_directory = contract.ProvisionMember(
        number="000002", user_name="h2", name="越境 花子", email="hanako2@example.co.jp", department="営業部"
    )
    with pytest.raises(Refused, match="member_merged"):  # no second record of the same person
        await (await client_as("scim", "system")).send(of_the_directory)
    await events.attended("m2")

    async def came_once() -> bool:
        journey = await steward.ask(contract.GetJourney(member_id="m1"))
        return bool(journey.attended == 1 and journey.crossings)

    await eventually(came_once, what="an attendance of the absorbed record")
    with pytest.raises(Refused, match="member_merged"):
        await steward.send(contract.DeactivateMember(member_id="m2"))
    assert (await steward.ask(contract.ListMerges(member_id="m1"))).merges == [done]

    back = await steward.send(contract.UndoMerge(absorbed_id="m2"))
    assert back.undone
    assert await steward.send(contract.UndoMerge(absorbed_id="m2")) == back
    journeys = [(await steward.ask(contract.GetJourney(member_id=m))).attended for m in ("m1", "m2")]
    assert journeys == [0, 1]
    assert [m.number for m in (await steward.ask(contract.FindMembers())).members] == ["000001", "000002"]

    await steward.send(MERGE.model_copy(update={"merge_id": "merge-2", "current": "absorbed"}))
    assert (await steward.ask(contract.GetMember(member_id="m1"))).number == "000002"
    for n in (1, 2):
        managed = profile(n + 2, manager_number=f"00000{n}")
        await steward.send(contract.RegisterMember(member_id=f"m{n + 2}", profile=managed))
    asked = model.Introduction(
        id="i1", community_id="c1", topic="Excel", asked_by="m2", teacher_id="m4", message="秘密", asked_at=NOW,
        ends_at=LATER,
    )  # fmt: skip
    introductions = members.store.live(declared.introductions)
    await introductions.create("i1", lambda _: Decision(asked, None))
    mine = await (await client_as("m1")).ask(contract.ListIntroductions(member_id="m1"))
    assert [one.introduction_id for one in mine.asked] == ["i1"], "what the absorbed record asked for is theirs"
    store, month = members.store.live(declared.members), timedelta(days=31)
    await store.change("m1", lambda m, _: Decision(before(m, month), None))
    with pytest.raises(Refused, match="member_not_found"):  # somebody else may have that mailbox by now
        await door.ask(contract.Identify(email="hanako1@example.co.jp"))
    assert (await door.ask(contract.Identify(number="000001"))).member_id == "m1"
    await steward.send(contract.EraseMember(member_id="m2"))  # whichever record is named: it is one person
    assert {e.member_id for e in (await steward.ask(contract.ListErasures())).erasures} == {"m1", "m2"}
    assert (await introductions.get("i1")).message == ""
    assert [m.manager_number for m in (await steward.ask(contract.FindMembers())).members] == [None, None]
    again = await steward.send(contract.ImportMembers(profiles=[profile(1), profile(2)], ask=False))
    assert [row.reason for row in again.rows] == ["member_erased", "member_erased"]
    directory = contract.ProvisionMember(
        number="000001", user_name="h1", name="越境 花子", email="hanako1@example.co.jp", department="営業部"
    )
    with pytest.raises(Refused, match="member_erased"):
        await (await client_as("scim", "system")).send(directory)


async def test_a_merge_that_was_stopped_halfway_is_ended_by_its_fact(members: Any, steward: Any):
    for n in (1, 2):
        await steward.send(registering(f"m{n}", n))
    store = members.store.live(declared.members)
    kept = await store.get("m1")
    await store.change("m2", lambda m, _: model.absorb(m, kept, MERGE, until=UNTIL, now=NOW + timedelta(0)))

    async def whole() -> bool:
        return bool((await steward.ask(contract.GetMember(member_id="m1"))).former)

    await eventually(whole, what="the kept record to take in the other one")
