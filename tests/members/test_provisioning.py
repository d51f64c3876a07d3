"""What the company's directory says of people: joiners, movers and leavers."""

from datetime import date, timedelta
from typing import Any

import pytest
from ekkyo.contracts import members as contract
from ekkyo.contracts.base import Refused
from ekkyo.decision import EntriesInMemory
from ekkyo_members import model

from tests.members.people import NOW, founding, member, profile, registering

NUMBER = profile(1).number


def said(n: int = 1, **other: Any) -> contract.ProvisionMember:
    """What the directory says of the n-th person."""
    known: dict[str, Any] = {
        "number": profile(n).number,
        "user_name": f"Hanako{n}@corp.example.com",
        "external_id": f"e-{n}",
        "name": profile(n).name,
        "email": profile(n).email,
        "department": profile(n).department,
    }
    return contract.ProvisionMember(**known | other)


def provision(member: Any, cmd: contract.ProvisionMember, *company: model.Company) -> Any:
    return model.provision(member, cmd, *company, now=NOW)


def kinds(decided: Any) -> list[str]:
    return [type(fact).__name__ for fact in decided.facts]


def after(decided: Any) -> model.Member:
    """The member as they are saved."""
    return decided.document.model_copy(update={"revision": decided.document.revision + bool(decided.facts)})


def test_a_joiner_is_registered_under_the_id_that_an_import_would_give_them():
    joined = provision(None, said(locale="en"), model.Company("ja", "Asia/Tokyo"))
    assert kinds(joined) == ["MemberRegistered"]
    assert joined.document.id == model.new_member_id(NUMBER)
    assert (joined.document.locale, joined.document.timezone) == ("en", "Asia/Tokyo")
    again = provision(after(joined), said(locale="en"))
    assert (list(again.facts), again.answer) == ([], joined.answer)


def test_who_is_known_keeps_what_the_directory_does_not_say():
    known = member("m1", 1, communities=("c1",))
    moved = provision(known, said(department="営業部"))
    assert kinds(moved) == ["ProfileChanged"]
    assert moved.document.department == "営業部"
    kept = ("name_kana", "birth_date", "gender", "hired_on", "manager_number", "site", "memberships", "channels")
    assert [getattr(moved.document, one) for one in kept] == [getattr(known, one) for one in kept]


def test_a_leaver_is_deactivated_and_comes_back_as_the_same_member():
    known = after(provision(member("m1", 1), said()))
    left = provision(known, said(active=False))
    assert kinds(left) == ["MemberDeactivated"]
    assert kinds(provision(after(left), said(department="人事部"))) == ["ProfileChanged", "MemberReactivated"]
    gone = model.deprovision(after(left), None)
    assert gone.document.directory is None
    assert model.deprovision(after(gone), None).facts == ()
    back = provision(after(gone), said())
    assert (back.document.id, back.document.active) == ("m1", True)


def test_a_change_of_another_revision_is_refused_unless_nothing_is_left_to_do():
    known = after(provision(member("m1", 1), said()))
    with pytest.raises(Refused, match="revision_differs"):
        provision(known, said(name="山田 花子", revision=known.revision - 1))
    assert provision(known, said(revision=known.revision - 1)).facts == ()
    assert provision(known, said(name="山田 花子", revision=known.revision)).facts


def test_no_token_of_a_directory_makes_a_leader_by_an_address():
    member_ = after(provision(member("m1", 1, communities=("c1",)), said()))
    place = member_.memberships[0].model_copy(update={"role": "leader"})
    leader = member_.model_copy(update={"memberships": [place]})
    with pytest.raises(Refused, match="leader_address"):
        provision(leader, said(email="mine@example.com"))
    assert provision(leader, said(department="人事部")).document.department == "人事部"
    left = provision(leader, said(email="mine@example.com", active=False)).document
    assert (left.active, left.address) == (False, profile(1).email)
    later = contract.Deputising(leader_id="m9", since=date(2030, 1, 7))
    named = member_.model_copy(update={"memberships": [place.model_copy(update={"role": None, "deputising": later})]})
    with pytest.raises(Refused, match="leader_address"):
        provision(named, said(email="mine@example.com"))
    assert provision(member_, said(email="married@example.com")).document.address == "married@example.com"


def test_no_token_of_a_directory_makes_a_steward_by_an_address():
    steward = after(provision(member("m1", 1), said())).model_copy(update={"steward": True})
    mine = said(email="mine@example.com")
    with pytest.raises(Refused, match="steward_address"):
        provision(steward, mine)
    left = provision(steward, mine.model_copy(update={"active": False}))  # who leaves, leaves
    assert (left.document.active, left.document.address) == (False, profile(1).email)
    with pytest.raises(Refused, match="steward_address"):
        provision(after(model.deprovision(after(left), None)), mine)
    moved = provision(steward, said(department="人事部", name="山田 花子"))
    assert (moved.document.department, moved.document.name) == ("人事部", "山田 花子")
    told = steward.model_copy(update={"email": "mine@example.com"})  # a steward changed it
    assert provision(told, mine).document.address == "mine@example.com"


def test_nobody_who_was_erased_is_brought_back_and_no_number_changes():
    erased = model.erase(member("m1", 1), now=NOW).document
    with pytest.raises(Refused, match="member_erased"):
        provision(erased, said())
    with pytest.raises(Refused, match="number_differs"):
        provision(member("m1", 1), said(2))


def test_what_the_directory_knows_follows_the_number_that_two_records_of_one_person_keep():
    mine, other = after(provision(member("m1", 1), said(1))), after(provision(member("m2", 2), said(2)))
    merging = contract.MergeMembers(merge_id="mg1", kept_id="m1", absorbed_id="m2", current="absorbed")
    absorbed = model.absorb(other, mine, merging, until=NOW + timedelta(days=1), now=NOW).document
    assert absorbed.directory is None
    kept = model.take_in(mine, EntriesInMemory.of([]), absorbed, []).document
    assert (kept.number, kept.directory) == (profile(2).number, other.directory)
    with pytest.raises(Refused, match="member_merged"):
        provision(absorbed, said(2))


async def test_the_directory_provisions_and_finds_its_people_and_no_others(members, steward, client_as, facts):
    directory = await client_as("scim", "system")
    await steward.send(founding("c1"))
    await steward.send(registering("m1", 1))  # known in another way
    first = await directory.send(said(1))
    assert (first.member_id, first.revision) == ("m1", 2)
    second = await directory.send(said(2))
    assert second.member_id == model.new_member_id(profile(2).number)
    assert await directory.send(said(2)) == second  # told twice
    await steward.send(registering("m3", 3))  # nobody whom the directory told of
    with pytest.raises(Refused, match="user_name_taken"):
        await directory.send(said(4, user_name="HANAKO1@corp.example.com"))
    with pytest.raises(Refused, match="email_taken"):
        await directory.send(said(4, email=profile(3).email))
    await directory.send(contract.JoinCommunity(member_id="m1", community_id="c1"))

    async def found(**asked: Any) -> list[str]:
        return [m.number for m in (await directory.ask(contract.FindProvisioned(**asked))).members]

    n1, n2 = (profile(n).number for n in (1, 2))
    assert await found() == [n1, n2]
    assert await found(start=2) == [n2]
    for asked in (
        {"user_name": "hanako1@CORP.example.com"},
        {"external_id": "e-1"},
        {"email": profile(1).email},
        {"member_ids": ["m1", "m3"]},
        {"community_id": "c1"},
        {"number": n1, "active": True, "name": profile(1).name},
    ):
        assert await found(**asked) == [n1], asked
    assert await found(active=False) == []
    none = await directory.ask(contract.FindProvisioned(limit=0))
    assert (none.members, none.total) == ([], 2)

    gone = await directory.send(contract.DeprovisionMember(member_id="m1"))
    assert not gone.active
    assert await found() == [n2]
    assert (await steward.ask(contract.GetMember(member_id="m1"))).active is False
    told = [type(fact).__name__ for fact in await facts(8) if getattr(fact, "member_id", "") == "m1"]
    assert told == ["MemberRegistered", "ProfileChanged", "MemberJoined", "ProfileChanged", "MemberDeactivated"]
    await steward.send(contract.EraseMember(member_id=second.member_id))
    with pytest.raises(Refused, match="member_erased"):
        await directory.send(said(2))
