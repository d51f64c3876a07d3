"""Founding communities, revising their charters and their looks, through the door."""

from base64 import b64decode, b64encode
from io import BytesIO
from typing import Any

import pytest
from ekkyo.contracts import members as contract
from ekkyo.contracts.base import Refused
from PIL import Image
from pydantic import ValidationError

from tests.members.people import CHARTER, LOGO, founding


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


async def test_a_leader_gives_a_community_its_name_colour_and_logo_each_once(
    steward: Any, client_as: Any, facts: Any
) -> None:
    await steward.send(founding())
    leader, anyone = await client_as("m1", "leader:c1"), await client_as("m2")
    with pytest.raises(Refused, match="logo_not_found"):
        await anyone.ask(contract.GetLogo(community_id="c1"))
    changes = contract.ReviseCommunity(community_id="c1", name="IT の会", colour="#B8401F", logo_file=LOGO)
    revised = await leader.send(changes)
    assert await leader.send(changes) == revised
    assert (revised.name, revised.colour, revised.revision) == ("IT の会", "#b8401f", 2)
    file = await anyone.ask(contract.GetLogo(community_id="c1"))
    assert (file.logo, file.kind) == (revised.logo, "image/svg+xml")
    assert b"<circle" in b64decode(file.data)
    assert await steward.send(founding()) == revised, "founding told again is known by the name it was founded with"
    with pytest.raises(Refused, match="community_exists"):
        await steward.send(founding(name="IT の会"))

    picture = BytesIO()
    Image.new("RGB", (200, 100), "#31487f").save(picture, "PNG")
    drawn = contract.ReviseCommunity(community_id="c1", logo_file=b64encode(picture.getvalue()).decode())
    assert not {"small_logo", "small"} & (await leader.send(drawn)).model_dump().keys()
    await leader.send(contract.ReviseCharter(community_id="c1", rules="Ask."))

    plain = contract.ReviseCommunity(community_id="c1", colour="", logo_file="")
    assert await leader.send(plain) == await leader.send(plain)
    assert (await anyone.ask(contract.GetCommunity(community_id="c1"))).logo is None
    with pytest.raises(Refused, match="logo_not_found"):
        await anyone.ask(contract.GetLogo(community_id="c1"))

    _, named, pictured, revised_rules, emptied = await facts(5)
    assert isinstance(named, contract.CommunityRevised)
    assert named.community == revised, "the fact tells which logo, and not the file"
    assert (named.small_logo, emptied.small_logo) == ("", ""), "mails bear no drawing"
    assert pictured.small_logo == revised_rules.small_logo
    with Image.open(BytesIO(b64decode(pictured.small_logo))) as small:
        assert (small.format, small.size) == ("PNG", (96, 48))
    assert (emptied.community.name, emptied.community.colour, emptied.community.logo) == ("IT の会", None, None)


async def test_a_logo_that_is_none_is_refused_and_changes_nothing(steward: Any, facts: Any) -> None:
    founded = await steward.send(founding())
    wrong = b64encode(b"GIF89a").decode()
    with pytest.raises(Refused, match="logo_wrong_kind"):
        await steward.send(contract.ReviseCommunity(community_id="c1", name="Another", logo_file=wrong))
    assert await steward.ask(contract.GetCommunity(community_id="c1")) == founded
    for asked in (contract.ReviseCommunity(community_id="none", name="x"), contract.GetLogo(community_id="none")):
        with pytest.raises(Refused, match="community_not_found"):
            await (steward.send if isinstance(asked, contract.ReviseCommunity) else steward.ask)(asked)
    assert len(await facts(1)) == 1


@pytest.mark.parametrize(
    ("colour", "because"),
    [
        ("#ffd54f", "contrast of 1.4 to 1 and needs 4.5 to 1: choose a darker colour"),
        ("#777777", "contrast of 4.5 to 1 and needs"),
        ("red", "pattern"),
        ("#12345", "pattern"),
        ("#123456;x", "pattern"),
    ],
)
def test_a_colour_that_white_text_cannot_be_read_on_is_refused_with_what_to_do(colour: str, because: str) -> None:
    with pytest.raises(ValidationError, match=because):
        contract.ReviseCommunity(community_id="c1", colour=colour)
    assert contract.contrast("#ffffff", "#000000") == pytest.approx(21)
    assert contract.contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.005), "the grey that WCAG names"


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
