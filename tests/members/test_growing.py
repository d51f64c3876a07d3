"""Journeys grow by what the events service announces and by what members contribute."""

import asyncio
from typing import Any

import pytest
from ekkyo.contracts import members as contract
from ekkyo.contracts.base import Refused
from ekkyo.contracts.events import OutputAttached, OutputRemoved, OutputRevised
from ekkyo.testing import eventually

from tests.members.people import founding, registering

SHARED = contract.RecordContribution(
    contribution_id="k1", member_id="m1", community_id="c1", kind="shared", title="Macros", url="https://portal/k1"
)


@pytest.fixture
async def me(steward: Any, client_as: Any) -> Any:
    """A member of a community."""
    await steward.send(founding())
    for n in (1, 2):
        await steward.send(registering(f"m{n}", n))
        await steward.send(contract.JoinCommunity(member_id=f"m{n}", community_id="c1"))
    return await client_as("m1")


async def journey_of(client: Any, member_id: str, *, attended: int, crossings: int) -> contract.Journey:
    async def told() -> contract.Journey:
        journey: contract.Journey = await client.ask(contract.GetJourney(member_id=member_id))
        assert (journey.attended, len(journey.crossings)) == (attended, crossings)
        return journey

    return await eventually(told)


async def test_coming_for_the_first_time_is_a_crossing_with_the_fact_as_its_proof(
    me: Any, events: Any, facts: Any
) -> None:
    proof = await events.attended("m1", "e1")
    journey = await journey_of(me, "m1", attended=1, crossings=1)
    assert [(c.crossing, c.community_id, c.proof) for c in journey.crossings] == [("took_part", "c1", proof)]
    await events.attended("m1", "e2")
    await journey_of(me, "m1", attended=2, crossings=1)
    crossed = [f for f in await facts(8) if isinstance(f, contract.MemberCrossed)]
    assert [(f.member_id, f.crossing, f.proof, f.member.number) for f in crossed] == [
        ("m1", "took_part", proof, "000001")
    ]
    assert crossed[0].meta.actor == "members"


async def test_an_attendance_told_twice_counts_once(me: Any, events: Any, facts: Any) -> None:
    for _ in range(3):
        await events.attended("m1", "e1", id=7)
    await events.attended("m1", "e1")  # told in other words: checked in, and on the report as well
    await events.attended("m1", "e2")
    await journey_of(me, "m1", attended=2, crossings=1)
    assert sum(isinstance(f, contract.MemberCrossed) for f in await facts(11)) == 1


async def test_an_attendance_that_was_undone_counts_no_more_however_often_it_is_told(
    me: Any, events: Any, facts: Any
) -> None:
    await events.attended("m1", "e1", id=1)
    await journey_of(me, "m1", attended=1, crossings=1)
    for _ in range(2):
        await events.undone("m1", "e1", id=2)
    await journey_of(me, "m1", attended=0, crossings=0)
    await events.attended("m1", "e1", id=1)  # told again, late
    await events.attended("m1", "e2", id=9)
    journey = await journey_of(me, "m1", attended=1, crossings=1)
    await events.attended("m1", "e1", id=3)  # they came after all
    await journey_of(me, "m1", attended=2, crossings=1)
    told = [f for f in await facts(9) if isinstance(f, contract.MemberCrossed | contract.CrossingUndone)]
    assert [type(f).__name__ for f in told] == ["MemberCrossed", "CrossingUndone", "MemberCrossed"]
    assert told[1].proof == told[0].proof
    assert told[2].proof == journey.crossings[0].proof


async def test_an_undoing_heard_before_what_it_undoes_counts_all_the_same(me: Any, events: Any) -> None:
    await events.undone("m1", "e1", id=5)
    await events.undone("m1", "e2", id=5)
    await asyncio.sleep(0.3)
    await events.attended("m1", "e1", id=4)
    await events.attended("m1", "e2", id=6)  # came again after the undoing
    await events.attended("m1", "e3", id=1)
    await journey_of(me, "m1", attended=2, crossings=1)


async def test_a_crossing_stays_with_the_next_proof_where_there_is_one(me: Any, events: Any) -> None:
    await events.attended("m1", "e1", id=1)
    await journey_of(me, "m1", attended=1, crossings=1)
    other = await events.attended("m1", "e2", id=1)
    await journey_of(me, "m1", attended=2, crossings=1)
    await events.undone("m1", "e1", id=2)
    journey = await journey_of(me, "m1", attended=1, crossings=1)
    assert [c.proof for c in journey.crossings] == [other]


async def test_speakers_of_an_event_that_took_place_have_taught_once(
    me: Any, steward: Any, events: Any, facts: Any
) -> None:
    first = await events.concluded("m1", "m2", id=1)
    await events.concluded("m1", "m2", id=1)
    await events.concluded("m1", event_id="e2", id=2)
    for member_id in ("m1", "m2"):
        journey = await journey_of(steward, member_id, attended=0, crossings=1)
        assert [(c.crossing, c.proof) for c in journey.crossings] == [("taught", first)]
    assert sum(isinstance(f, contract.MemberCrossed) for f in await facts(10)) == 2


async def test_facts_in_any_order_make_the_same_journey(me: Any, events: Any) -> None:
    await events.concluded("m1", event_id="e2")
    await events.attended("m1", "e2")
    await events.attended("m1", "e1")
    journey = await journey_of(me, "m1", attended=2, crossings=2)
    assert {c.crossing for c in journey.crossings} == {"taught", "took_part"}


async def test_who_is_heard_of_before_they_are_registered_is_waited_for(me: Any, steward: Any, events: Any) -> None:
    await events.concluded("m3", "m1")
    await events.attended("m3")
    await journey_of(me, "m1", attended=0, crossings=1)
    await steward.send(registering("m3", 3))
    await journey_of(steward, "m3", attended=1, crossings=2)


async def test_what_happened_while_the_service_was_down_is_counted(running: Any, client_as: Any, events: Any) -> None:
    from ekkyo_members.app import service

    async with running(service):
        steward = await client_as("steward-1", "steward")
        await steward.send(founding())
        await steward.send(registering())
    await events.attended("m1")
    async with running(service):
        await journey_of(steward, "m1", attended=1, crossings=1)


async def test_a_contribution_is_recorded_once_and_its_first_of_a_kind_is_a_crossing(me: Any, facts: Any) -> None:
    journey = await me.send(SHARED)
    assert await me.send(SHARED) == journey
    await me.send(SHARED.model_copy(update={"contribution_id": "k2"}))
    outside = SHARED.model_copy(update={"contribution_id": "k3", "kind": "carried_outside", "url": None})
    journey = await me.send(outside)
    assert [(c.crossing, c.proof) for c in journey.crossings] == [("shared", "k1"), ("carried_outside", "k3")]
    assert await me.ask(contract.GetJourney(member_id="m1")) == journey

    grown = contract.ContributionRecorded | contract.MemberCrossed
    announced = [f for f in await facts(10) if isinstance(f, grown)]
    assert [type(f).__name__ for f in announced] == [
        "ContributionRecorded",
        "MemberCrossed",
        "ContributionRecorded",
        "ContributionRecorded",
        "MemberCrossed",
    ]
    assert (announced[0].kind, announced[0].title, announced[0].url) == ("shared", "Macros", "https://portal/k1")


async def test_contributions_are_for_members_of_the_community(me: Any) -> None:
    with pytest.raises(Refused) as refused:
        await me.send(SHARED.model_copy(update={"community_id": "c2"}))
    assert (refused.value.code, refused.value.status) == ("not_a_member", 409)


async def test_an_output_counts_for_its_authors_as_long_as_it_names_them_and_members_see_who_they_are(
    me: Any, client_as: Any, events: Any, facts: Any
) -> None:
    for _ in range(2):
        await events.output(OutputAttached, "m1", revision=1)
    journey = await journey_of(me, "m1", attended=0, crossings=1)
    assert [(c.crossing, c.community_id, c.proof) for c in journey.crossings] == [("shared", "c1", "o1")]
    stranger = await client_as("m2")
    cards = await stranger.ask(contract.GetCards(member_ids=["m1"]))
    assert [card.name for card in cards.cards] == [registering("m1", 1).profile.name]
    await events.output(OutputRevised, "m2", revision=2, no_longer=["m1"])
    await journey_of(me, "m1", attended=0, crossings=0)
    await journey_of(stranger, "m2", attended=0, crossings=1)
    await events.output(OutputRemoved, "m2", revision=3, was="attached")
    await journey_of(stranger, "m2", attended=0, crossings=0)
    told = (
        contract.ContributionRecorded | contract.ContributionUndone | contract.MemberCrossed | contract.CrossingUndone
    )
    assert sorted((type(f).__name__, f.member_id) for f in await facts(12) if isinstance(f, told)) == [
        (name, member)
        for name in ("ContributionRecorded", "ContributionUndone", "CrossingUndone", "MemberCrossed")
        for member in ("m1", "m2")
    ]
