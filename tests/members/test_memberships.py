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

    [_, *announced] = [f for f in await facts(9) if isinstance(f, contract.MemberFact)]
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


async def test_a_leader_invites_a_stranger_and_learns_nothing_of_them_until_they_join(
    me: Any, client_as: Any, facts: Any
) -> None:
    leader, elsewhere = await client_as("m9", "leader:c1"), await client_as("m8", "leader:c2")
    invite = contract.InviteMember(member_id="m1", community_id="c1")
    with pytest.raises(Refused, match="not_allowed"):
        await elsewhere.send(invite)
    with pytest.raises(Refused, match=r"members\.invite"):
        await leader.send(contract.JoinCommunity(member_id="m1", community_id="c1"))
    for _ in range(2):
        answer = await leader.send(invite)
        assert answer.model_dump() == {"member_id": "m1", "community_id": "c1", "status": "invited"}
    for asked in (contract.GetMember(member_id="m1"), contract.GetJourney(member_id="m1")):
        with pytest.raises(Refused, match="not_allowed"):
            await leader.ask(asked)
    [invitation] = (await me.ask(contract.GetMember(member_id="m1"))).invitations
    assert (invitation.community_id, invitation.invited_by) == ("c1", "m9")
    joined = await me.send(contract.JoinCommunity(member_id="m1", community_id="c1"))
    assert ([place.community_id for place in joined.communities], joined.invitations) == (["c1"], [])
    assert (await leader.send(invite)).status == "member"
    assert (await leader.ask(contract.GetMember(member_id="m1"))).name == joined.name
    announced = await facts(4)
    assert kinds(announced) == ["CommunityFounded", "MemberRegistered", "MemberInvited", "MemberJoined"]
    assert announced[2].meta.actor == "m9"


async def test_a_leader_is_told_nothing_of_what_a_member_does_in_other_communities(
    me: Any, steward: Any, client_as: Any
) -> None:
    await steward.send(founding("c2"))
    for community in ("c1", "c2"):
        await me.send(contract.JoinCommunity(member_id="m1", community_id=community))
        shared = {"contribution_id": f"k-{community}", "kind": "shared", "title": "Macros"}
        await me.send(contract.RecordContribution(member_id="m1", community_id=community, **shared))
    await steward.send(founding("c3"))
    await steward.send(contract.InviteMember(member_id="m1", community_id="c3"))
    leader = await client_as("m9", "leader:c1")
    journey = await leader.ask(contract.GetJourney(member_id="m1"))
    assert [crossing.community_id for crossing in journey.crossings] == ["c1"]
    assert (await leader.ask(contract.GetMember(member_id="m1"))).invitations == []
    [found] = (await leader.ask(contract.FindMembers(community_id="c1"))).members
    assert found.invitations == []
    mine = await me.ask(contract.GetJourney(member_id="m1"))
    assert [crossing.community_id for crossing in mine.crossings] == ["c1", "c2"]


async def test_who_has_left_the_company_joins_accepts_leads_and_contributes_to_nothing(me: Any, steward: Any) -> None:
    await steward.send(founding("c2"))
    await me.send(contract.JoinCommunity(member_id="m1", community_id="c1"))
    await steward.send(contract.DeactivateMember(member_id="m1"))
    shared = {"contribution_id": "k1", "kind": "shared", "title": "Macros"}
    for asked in (
        contract.InviteMember(member_id="m1", community_id="c2"),
        contract.JoinCommunity(member_id="m1", community_id="c2"),
        contract.GrantRole(member_id="m1", community_id="c1"),
        contract.RecordContribution(member_id="m1", community_id="c1", **shared),
    ):
        with pytest.raises(Refused) as refused:
            await steward.send(asked)
        assert (refused.value.code, refused.value.status) == ("member_inactive", 409), type(asked).__name__
    with pytest.raises(Refused, match="member_inactive"):
        await me.send(contract.AcceptRules(member_id="m1", community_id="c1", rules_version=1))
    await steward.send(contract.ReactivateMember(member_id="m1"))
    granted = await steward.send(contract.GrantRole(member_id="m1", community_id="c1"))
    assert granted.communities[0].role == "leader"


async def test_leaving_what_one_is_not_in_changes_nothing(me: Any, facts: Any) -> None:
    told = await me.send(contract.LeaveCommunity(member_id="m1", community_id="c1"))
    assert told.revision == 1
    assert kinds(await facts(2)) == ["CommunityFounded", "MemberRegistered"]
