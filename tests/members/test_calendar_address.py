"""The secret address under which a member's calendar programs read their events: only a digest of it is kept."""

from hashlib import sha256
from typing import Any

import pytest
from ekkyo.contracts import members as contract
from ekkyo.contracts.base import Refused
from ekkyo_members import model
from ekkyo_members.model.calendar import ENDED

from tests.members.people import NOW, member, registering
from tests.members.test_leaving import in_the_database

ONE, TWO = (sha256(text.encode()).hexdigest() for text in ("one", "two"))


async def test_a_member_makes_an_address_and_ends_it_and_none_that_ended_comes_back(steward, client_as, members, facts):
    await steward.send(registering("m1", 1))
    me, portal = await client_as("m1"), await client_as("portal", "portal")
    made = [await me.send(contract.MakeCalendarAddress(member_id="m1", digest=ONE)) for _ in range(2)]
    assert made[0] == made[1] == await me.ask(contract.GetCalendarAddress(member_id="m1"))
    assert made[0].since is not None
    assert (await portal.ask(contract.Identify(calendar=ONE))).member_id == "m1"

    await me.send(contract.MakeCalendarAddress(member_id="m1", digest=TWO))
    assert (await portal.ask(contract.Identify(calendar=TWO))).member_id == "m1"
    with pytest.raises(Refused, match="member_not_found"):
        await portal.ask(contract.Identify(calendar=ONE))
    with pytest.raises(Refused, match="calendar_address_ended"):
        await me.send(contract.MakeCalendarAddress(member_id="m1", digest=ONE))

    for _ in range(2):
        assert (await me.send(contract.EndCalendarAddress(member_id="m1"))).since is None
    with pytest.raises(Refused, match="member_not_found"):
        await portal.ask(contract.Identify(calendar=TWO))
    assert [type(fact).__name__ for fact in await facts(1)] == ["MemberRegistered"], "it concerns no other service"


async def test_an_erased_member_has_none_and_whoever_left_is_not_active(steward, client_as, members):
    await steward.send(registering("m1", 1))
    me, portal = await client_as("m1"), await client_as("portal", "portal")
    for digest in (ONE, TWO):
        await me.send(contract.MakeCalendarAddress(member_id="m1", digest=digest))
    await steward.send(contract.DeactivateMember(member_id="m1"))
    assert not (await portal.ask(contract.Identify(calendar=TWO))).active
    with pytest.raises(Refused, match="member_inactive"):
        await me.send(contract.MakeCalendarAddress(member_id="m1", digest=sha256(b"three").hexdigest()))
    assert ONE in await in_the_database(members)
    assert TWO in await in_the_database(members)
    await steward.send(contract.EraseMember(member_id="m1"))
    found = await in_the_database(members)
    assert ONE not in found
    assert TWO not in found
    with pytest.raises(Refused, match="member_not_found"):
        await portal.ask(contract.Identify(calendar=TWO))


@pytest.mark.parametrize(
    ("sub", "roles"), [("m2", ()), ("boss", ("leader:c1",)), ("boss", ("system",)), ("p", ("portal",))]
)
async def test_nobody_else_makes_an_address_or_learns_of_it(steward, client_as, sub: str, roles: Any):
    await steward.send(registering("m1", 1))
    other = await client_as(sub, *roles)
    for asked in (
        contract.MakeCalendarAddress(member_id="m1", digest=ONE),
        contract.EndCalendarAddress(member_id="m1"),
        contract.GetCalendarAddress(member_id="m1"),
    ):
        with pytest.raises(Refused, match="not_allowed"):
            await (other.ask if isinstance(asked, contract.GetCalendarAddress) else other.send)(asked)
    with pytest.raises(Refused, match="not_allowed"):
        await steward.send(contract.MakeCalendarAddress(member_id="m1", digest=ONE))
    assert (await steward.send(contract.EndCalendarAddress(member_id="m1"))).since is None


def test_so_many_addresses_that_ended_are_known_again() -> None:
    now = member()
    for n in range(ENDED + 5):
        now = model.make_calendar_address(now, f"{n:064x}", now=NOW).document
    assert len(now.calendar_ended) == ENDED
    assert now.calendar_ended[-1] == f"{ENDED + 3:064x}"
