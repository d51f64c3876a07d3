"""Joining, leaving, rules and roles, through the door."""

from typing import Any

import pytest
from ekkyo.contracts import members as contract
from ekkyo.contracts.base import Refused

from tests.members.people import founding, registering


@pytest.fixture
async def me(steward: Any, client_as: Any) -> Any:
    """A member, with a community to join."""
    await steward.send(founding())
    await steward.send(registering())
    return await client_as("m1")


def kinds(facts: list[Any]) -> list[str]:
    return [type(fact).__name__ for fact in facts]


async def test_a_member_joins_accepts_the_rules_leads_and_leaves_each_once(me: Any, steward: Any, facts: Any) -> None:
    steps: list[tuple[Any, Any]] = [
        (me, contract.JoinCommunity(member_id="m1", community_id="c1")),
        (me, contract.AcceptRules(member_id="m1", community_id="c1", rules_version=1)),
        (steward, contract.GrantRole(member_id="m1", community_id="c1")),
        (steward, contract.RevokeRole(member_id="m1", community_id="c1")),
        (steward, contract.GrantRole(member_id="m1", community_id="c1")),
        (me, contract.LeaveCommunity(member_id="m1", community_id="c1")),
    ]
    places = []
    for who, command in steps:
        told = await who.send(command)
        assert await who.send(command) == told, type(command).__name__
        assert await me.ask(contract.GetMember(member_id="m1")) == told
        places.append([(c.role, c.rules_accepted) for c in told.communities])
    assert places == [[(None, 0)], [(None, 1)], [("leader", 1)], [(None, 1)], [("leader", 1)], []]

    announced = (await facts(9))[2:]
    assert kinds(announced) == [
        "MemberJoined",
        "RulesAccepted",
        "RoleGranted",
        "RoleRevoked",
        "RoleGranted",
        "RoleRevoked",
        "MemberLeft",
    ]
    assert [f.member.communities == [] for f in announced] == [False] * 5 + [True] * 2
    assert [f.meta.revision for f in announced] == [2, 3, 4, 5, 6, 7, 7]
    assert {f.community_id for f in announced} == {"c1"}


@pytest.mark.parametrize(
    ("command", "code", "status"),
    [
        (contract.JoinCommunity(member_id="m1", community_id="none"), "community_not_found", 404),
        (contract.GrantRole(member_id="m1", community_id="c1"), "not_a_member", 409),
    ],
)
async def test_what_a_steward_cannot_do_for_a_member(
    me: Any, steward: Any, command: Any, code: str, status: int
) -> None:
    with pytest.raises(Refused) as refused:
        await steward.send(command)
    assert (refused.value.code, refused.value.status) == (code, status)


async def test_only_the_rules_as_they_are_now_can_be_accepted_and_only_by_members(me: Any, steward: Any) -> None:
    async def accept(version: int, community_id: str = "c1") -> str:
        command = contract.AcceptRules(member_id="m1", community_id=community_id, rules_version=version)
        with pytest.raises(Refused) as refused:
            await me.send(command)
        return refused.value.code

    assert await accept(1, "none") == "community_not_found"
    assert await accept(1) == "not_a_member"
    await me.send(contract.JoinCommunity(member_id="m1", community_id="c1"))
    assert await accept(2) == "rules_version_not_current"
    await steward.send(contract.ReviseCharter(community_id="c1", rules="Ask nicely."))
    assert await accept(1) == "rules_version_not_current"
    told = await me.send(contract.AcceptRules(member_id="m1", community_id="c1", rules_version=2))
    assert told.communities[0].rules_accepted == 2


async def test_leaving_what_one_is_not_in_changes_nothing(me: Any, facts: Any) -> None:
    told = await me.send(contract.LeaveCommunity(member_id="m1", community_id="c1"))
    assert told.revision == 1
    assert kinds(await facts(2)) == ["CommunityFounded", "MemberRegistered"]
