"""Registering people, changing what is known of them, and finding them, through the door."""

from typing import Any

import pytest
from ekkyo.contracts import members as contract
from ekkyo.contracts.base import Refused
from ekkyo_members.app import service

from tests.members.conftest import all_of
from tests.members.people import founding, profile, registering


async def refusal(asked: Any) -> tuple[str, int]:
    with pytest.raises(Refused) as refused:
        await asked
    return refused.value.code, refused.value.status


async def test_somebody_is_registered_once_and_told_without_birth_date_and_gender(steward: Any, facts: Any) -> None:
    registered = await steward.send(registering())
    assert await steward.send(registering()) == registered
    assert await steward.ask(contract.GetMember(member_id="m1")) == registered
    assert (registered.number, registered.email, registered.channels) == ("000001", "hanako1@example.co.jp", ["mail"])

    (fact,) = await facts(1)
    assert isinstance(fact, contract.MemberRegistered)
    assert fact.member == contract.MemberState(**registered.model_dump(include=set(contract.MemberState.model_fields)))
    assert "1987" not in fact.model_dump_json()


async def test_a_personnel_number_and_an_address_belong_to_one_member(steward: Any) -> None:
    await steward.send(registering("m1", 1))
    twice = contract.RegisterMember(member_id="m2", profile=profile(1, email="other@example.co.jp"))
    assert await refusal(steward.send(twice)) == ("number_taken", 409)
    twice = contract.RegisterMember(member_id="m2", profile=profile(2, email="hanako1@example.co.jp"))
    assert await refusal(steward.send(twice)) == ("email_taken", 409)
    assert await refusal(steward.send(registering("m1", 2))) == ("member_exists", 409)

    await steward.send(registering("m2", 2))
    taken = contract.ChangeProfile(member_id="m2", profile=profile(2, email="hanako1@example.co.jp"))
    assert await refusal(steward.send(taken)) == ("email_taken", 409)


async def test_of_two_who_register_one_number_at_once_one_is_refused(steward: Any, facts: Any) -> None:
    done = await all_of(*(steward.send(registering(f"m{n}", 1)) for n in range(5)))
    assert sorted(isinstance(d, contract.Member) for d in done) == [False] * 4 + [True]
    assert {d.code for d in done if isinstance(d, Refused)} <= {"number_taken", "email_taken"}
    assert len(await facts(1)) == 1


async def test_a_profile_is_changed_once_and_keeps_its_number(steward: Any, facts: Any) -> None:
    await steward.send(registering())
    change = contract.ChangeProfile(member_id="m1", profile=profile(1, department="人事部"))
    changed = await steward.send(change)
    assert await steward.send(change) == changed
    assert (changed.department, changed.revision) == ("人事部", 2)
    assert await refusal(steward.send(contract.ChangeProfile(member_id="m1", profile=profile(2)))) == (
        "number_differs",
        409,
    )
    _, fact = await facts(2)
    assert isinstance(fact, contract.ProfileChanged)
    assert fact.member.department == "人事部"


async def test_members_set_their_own_preferences(steward: Any, client_as: Any, facts: Any) -> None:
    await steward.send(registering())
    me = await client_as("m1")
    wish = contract.SetPreferences(
        member_id="m1", preferences=contract.Preferences(channels=["chat"], locale="en", timezone="Europe/Berlin")
    )
    told = await me.send(wish)
    assert await me.send(wish) == told
    assert (told.channels, told.locale, told.timezone) == (["chat"], "en", "Europe/Berlin")
    _, fact = await facts(2)
    assert isinstance(fact, contract.PreferencesChanged)
    assert (fact.member.locale, fact.meta.actor) == ("en", "m1")


async def test_nobody_can_be_changed_or_asked_for_who_is_not_known(steward: Any) -> None:
    await steward.send(founding())
    for asked in (
        contract.ChangeProfile(member_id="nobody", profile=profile()),
        contract.SetPreferences(member_id="nobody", preferences=contract.Preferences()),
        contract.JoinCommunity(member_id="nobody", community_id="c1"),
        contract.LeaveCommunity(member_id="nobody", community_id="c1"),
        contract.GrantRole(member_id="nobody", community_id="c1"),
        contract.RevokeRole(member_id="nobody", community_id="c1"),
        contract.RecordContribution(
            contribution_id="x", member_id="nobody", community_id="c1", kind="shared", title="Macros"
        ),
    ):
        assert await refusal(steward.send(asked)) == ("member_not_found", 404), type(asked).__name__
    for question in (contract.GetMember(member_id="nobody"), contract.GetJourney(member_id="nobody")):
        assert await refusal(steward.ask(question)) == ("member_not_found", 404), type(question).__name__


async def test_members_are_found_by_every_condition_and_all_of_them_together(steward: Any) -> None:
    await steward.send(founding())
    await steward.send(founding("c2", name="Readers"))
    people = [
        profile(1, name="阿部 葵", name_kana="アベ アオイ", department="人事部"),
        profile(2, name="阿部 翔", name_kana="アベ ショウ"),
        profile(3, name="伊藤 葵 (IT.*)", name_kana=None),
    ]
    for n, each in enumerate(people, 1):
        await steward.send(contract.RegisterMember(member_id=f"m{n}", profile=each))
    for member_id, community_id in (("m1", "c1"), ("m2", "c1"), ("m3", "c1"), ("m1", "c2")):
        await steward.send(contract.JoinCommunity(member_id=member_id, community_id=community_id))
    await steward.send(contract.GrantRole(member_id="m1", community_id="c2"))
    await steward.send(contract.GrantRole(member_id="m2", community_id="c1"))

    async def found(**conditions: Any) -> list[str]:
        page = await steward.ask(contract.FindMembers(**conditions))
        assert page.next is None
        return [m.member_id for m in page.members]

    assert await found() == ["m1", "m2", "m3"]
    assert await found(community_id="c2") == ["m1"]
    assert await found(community_id="none") == []
    assert await found(role="leader") == ["m1", "m2"]
    assert await found(role="leader", community_id="c1") == ["m2"]
    assert await found(department="人事部") == ["m1"]
    assert await found(numbers=["000003", "000002", "000009"]) == ["m2", "m3"]
    assert await found(numbers=[]) == []
    assert await found(emails=["HANAKO2@example.co.jp"]) == ["m2"]
    assert await found(member_ids=["m3", "m1"]) == ["m1", "m3"]
    assert await found(name="阿部") == ["m1", "m2"]
    assert await found(name="アベ\u3000シ") == ["m2"]
    assert await found(name="伊藤 葵 (IT.*)") == ["m3"]
    assert await found(name=".*") == []
    assert await found(name="阿部", community_id="c1", department="人事部", member_ids=["m1", "m2"]) == ["m1"]


async def test_members_are_told_page_by_page_in_the_order_of_their_numbers(steward: Any) -> None:
    order = [5, 3, 7, 1, 6, 2, 4]
    await all_of(*(steward.send(registering(f"m{n}", n)) for n in order))
    seen, after = [], None
    while True:
        page = await steward.ask(contract.FindMembers(after=after, limit=3, name="越境"))
        seen.append([m.number for m in page.members])
        after = page.next
        if after is None:
            break
    assert seen == [["000001", "000002", "000003"], ["000004", "000005", "000006"], ["000007"]]
    page = await steward.ask(contract.FindMembers(limit=7))
    assert (len(page.members), page.next) == (7, None)


async def test_a_leader_sees_members_of_their_own_community_only(steward: Any, client_as: Any) -> None:
    await steward.send(founding())
    await steward.send(registering("m1", 1))
    await steward.send(registering("m2", 2))
    await steward.send(contract.JoinCommunity(member_id="m1", community_id="c1"))
    leader = await client_as("m3", "leader:c1")
    assert (await leader.ask(contract.GetMember(member_id="m1"))).member_id == "m1"
    assert (await leader.ask(contract.GetJourney(member_id="m1"))).attended == 0
    assert len((await leader.ask(contract.FindMembers(community_id="c1"))).members) == 1
    for question in (
        contract.GetMember(member_id="m2"),
        contract.GetJourney(member_id="m2"),
        contract.FindMembers(),
        contract.FindMembers(community_id="c2"),
    ):
        assert await refusal(leader.ask(question)) == ("not_allowed", 403)


async def test_language_and_zone_are_those_given_else_the_companys_else_the_first_communitys(
    running: Any, client_as: Any
) -> None:
    def told(member: contract.Member) -> tuple[str, str]:
        return member.locale, member.timezone

    async with running(service):
        steward = await client_as("s", "steward")
        await steward.send(founding("c1", locale="ja", timezone="Europe/Berlin"))
        await steward.send(founding("c2", locale="en", timezone="Asia/Tokyo"))
        said = contract.Preferences(locale="ja")
        given = profile(1, locale="en", timezone="Europe/Paris")
        chosen = await steward.send(contract.RegisterMember(member_id="m1", profile=given, preferences=said))
        assert told(chosen) == ("ja", "Europe/Paris")
        await steward.send(registering("m2", 2))
        rows = [profile(3), profile(4, locale="ja", timezone="Asia/Seoul")]
        imported = contract.ImportMembers(profiles=rows, locale="en", timezone="America/Lima")
        ids = ["m1", "m2", *((row.member_id or "") for row in (await steward.send(imported)).rows)]
        for _ in range(2):
            for community in ("c1", "c2"):
                joined = [await steward.send(contract.JoinCommunity(member_id=i, community_id=community)) for i in ids]
            assert [told(member) for member in joined] == [
                ("ja", "Europe/Paris"), ("ja", "Europe/Berlin"), ("en", "America/Lima"), ("ja", "Asia/Seoul"),
            ]  # fmt: skip
            assert {row.outcome for row in (await steward.send(imported)).rows} == {"unchanged"}
        only_chat = contract.SetPreferences(member_id="m1", preferences=contract.Preferences(channels=["chat"]))
        assert told(await steward.send(only_chat)) == ("ja", "Europe/Paris")
    async with running(service, locale="en", timezone="Europe/Rome"):
        newer = await steward.send(registering("m5", 5))
        assert told(newer) == ("en", "Europe/Rome")
        assert told(await steward.send(contract.JoinCommunity(member_id="m5", community_id="c1"))) == told(newer)
