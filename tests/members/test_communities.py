"""Founding communities and revising their charters, through the door."""

from typing import Any

import pytest
from ekkyo.contracts import members as contract
from ekkyo.contracts.base import Refused

from tests.members.people import CHARTER, founding


async def test_a_community_is_founded_once_announced_and_known_to_everyone(
    steward: Any, client_as: Any, facts: Any
) -> None:
    founded = await steward.send(founding())
    assert await steward.send(founding()) == founded
    assert (founded.name, founded.charter, founded.rules_version, founded.revision) == ("IT Users", CHARTER, 1, 1)

    anyone = await client_as("m1")
    assert await anyone.ask(contract.GetCommunity(community_id="c1")) == founded

    (fact,) = await facts(1)
    assert isinstance(fact, contract.CommunityFounded)
    assert fact.community == founded
    assert (fact.meta.revision, fact.meta.actor) == (1, "steward-1")


async def test_a_charter_is_revised_by_a_leader_and_its_rules_get_a_new_version(
    steward: Any, client_as: Any, facts: Any
) -> None:
    await steward.send(founding())
    leader = await client_as("m1", "leader:c1")
    revise = contract.ReviseCharter(community_id="c1", rules="Ask nicely.")
    revised = await leader.send(revise)
    assert await leader.send(revise) == revised
    assert (revised.rules, revised.rules_version, revised.revision) == ("Ask nicely.", 2, 2)
    assert await steward.send(founding()) == revised, "founding told again founds nothing, and takes nothing back"

    _, fact = await facts(2)
    assert isinstance(fact, contract.CharterRevised)
    assert fact.community == revised


async def test_communities_that_are_not_there_or_are_others_are_refused(steward: Any) -> None:
    with pytest.raises(Refused) as refused:
        await steward.ask(contract.GetCommunity(community_id="none"))
    assert (refused.value.code, refused.value.status) == ("community_not_found", 404)
    with pytest.raises(Refused) as refused:
        await steward.send(contract.ReviseCharter(community_id="none", rules="x"))
    assert (refused.value.code, refused.value.status) == ("community_not_found", 404)
    await steward.send(founding())
    with pytest.raises(Refused) as refused:
        await steward.send(founding(name="Readers"))
    assert (refused.value.code, refused.value.status) == ("community_exists", 409)
