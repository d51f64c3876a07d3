"""Roles that end on a day, and deputies: decided without servers, and once through the door."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from ekkyo.contracts import members as contract
from ekkyo.contracts.base import Refused
from ekkyo.testing import eventually
from ekkyo_members import model
from ekkyo_members.doctor import steward_findings, told
from ekkyo_members.model.uniting import united
from ekkyo_members.reactions import roles

from tests.members.people import GRANTING, NOW, founding, member, registering

TODAY, LAST = date(2026, 4, 1), date(2026, 4, 30)
OVER = datetime(2026, 4, 30, 15, tzinfo=UTC)
"""The end of the thirtieth of April in Tokyo."""
LATER = replace(GRANTING, now=NOW + timedelta(days=3))
OTHERS = model.OtherStewards(any=True, until=NOW + timedelta(days=900))


def grant(until: date | None = LAST) -> contract.GrantRole:
    return contract.GrantRole(member_id="m1", community_id="c1", until=until)


def leader(member_id: str = "m1", **place: Any) -> model.Member:
    found = member(member_id, communities=("c1",))
    return found.model_copy(
        update={"memberships": [found.memberships[0].model_copy(update={"role": "leader"} | place)]}
    )


def kinds(decision: Any) -> list[str]:
    return [type(fact).__name__ for fact in decision.facts]


def test_a_role_ends_after_its_last_day_by_itself_once_and_says_who_planned_it() -> None:
    granted = model.grant_role(member(communities=("c1",)), grant(), GRANTING)
    [fact], [timer] = granted.facts, granted.timers
    assert (fact.until, timer.timer, timer.at) == (LAST, model.RoleTimer(id="m1"), OVER)  # type: ignore[attr-defined]
    assert granted.answer.communities[0].role_until == LAST
    early = model.role_due(granted.document, now=OVER - timedelta(seconds=1))
    assert (early.document, early.facts, [t.at for t in early.timers]) == (granted.document, (), [OVER])  # type: ignore[union-attr]
    late = model.role_due(granted.document, now=OVER + timedelta(days=9))  # the service was down
    [ended] = late.facts
    assert (kinds(late), ended.planned, late.actor) == (["RoleRevoked"], True, "s1")  # type: ignore[attr-defined]
    assert (late.document.leads, late.timers) == ([], [])
    assert model.role_due(late.document, now=OVER + timedelta(days=9)).facts == ()


def test_whoever_asks_before_the_timer_fires_finds_the_role_ended() -> None:
    granted = model.grant_role(member(communities=("c1",)), grant(), GRANTING).document
    both = model.grant_steward(
        granted, contract.GrantSteward(member_id="m1", until=LAST), OTHERS, replace(GRANTING, zone="UTC")
    ).document
    assert (model.identity(both, now=OVER - timedelta(seconds=1)).leads, model.identity(both, now=OVER).leads) == (
        ["c1"],
        [],
    )
    assert [model.identity(both, now=OVER + timedelta(hours=h)).steward for h in (8, 9)] == [True, False]


@pytest.mark.parametrize(
    ("until", "at"),
    [(date(2026, 5, 31), datetime(2026, 5, 31, 15, tzinfo=UTC)), (date(2026, 4, 2), None), (None, None)],
)
def test_granting_again_names_another_end_or_none(until: date | None, at: datetime | None) -> None:
    granted = model.grant_role(member(communities=("c1",)), grant(), GRANTING).document
    assert not model.grant_role(granted, grant(), LATER).facts, "told twice"
    again = model.grant_role(granted, grant(until), GRANTING)
    assert kinds(again) == ["RoleGranted"]
    assert [t.at for t in again.timers] == [at or datetime(2026, 4, 2, 15, tzinfo=UTC)][: bool(until)]  # type: ignore[union-attr]
    if until is None:
        assert model.role_due(again.document, now=OVER).facts == ()


@pytest.mark.parametrize(("until", "code"), [(date(2026, 3, 31), "in_the_past"), (date(2037, 1, 1), "out_of_range")])
def test_a_last_day_that_is_over_or_far_away_is_refused_with_what_to_do(until: date, code: str) -> None:
    with pytest.raises(Refused) as refused:
        model.grant_role(member(communities=("c1",)), grant(until), GRANTING)
    [wrong] = refused.value.errors
    assert (refused.value.status, wrong.field, wrong.code) == (400, "until", code)
    assert model.grant_role(member(communities=("c1",)), grant(TODAY), GRANTING).facts, "today counts"


def test_several_roles_end_one_after_another_each_for_its_own_granter() -> None:
    one = model.grant_role(member(communities=("c1",)), grant(), GRANTING).document
    two = model.grant_steward(
        one, contract.GrantSteward(member_id="m1", until=LAST), OTHERS, replace(GRANTING, by="s2")
    ).document
    first = model.role_due(two, now=OVER)
    second = model.role_due(first.document, now=OVER)
    assert (first.actor, second.actor, [t.at for t in first.timers]) == ("s1", "s2", [OVER])  # type: ignore[union-attr]
    assert (kinds(second), second.document.steward, second.timers) == (["StewardRevoked"], False, [])


@pytest.mark.parametrize(
    "over",
    [
        lambda m: model.leave(m, "c1"),
        lambda m: model.revoke_role(m, contract.RevokeRole(member_id="m1", community_id="c1")),
        lambda m: model.erase(m, now=NOW),
    ],
)
def test_nothing_ends_twice(over: Callable[[model.Member], Any]) -> None:
    granted = model.grant_role(member(communities=("c1",)), grant(), GRANTING).document
    after = over(granted).document
    assert after.planned == []
    assert model.role_due(after, now=OVER).facts == ()


def test_one_steward_has_no_end() -> None:
    one = member().model_copy(update={"steward": True})
    alone = replace(OTHERS, any=False)
    until = contract.GrantSteward(member_id="m1", until=LAST)
    for refused in (
        lambda: model.grant_steward(one, until, alone, GRANTING),
        lambda: model.grant_steward(member(), until, alone, GRANTING),
        lambda: model.revoke_steward(one, alone, now=NOW),
    ):
        with pytest.raises(Refused, match="last_steward"):
            refused()
    assert model.grant_steward(one, until, OTHERS, GRANTING).answer.steward_until == LAST
    for steward, wanted in ((one, True), (one.model_copy(update={"steward_until": LAST}), False)):
        assert model.lasting(steward, but="m2") is wanted
    assert not model.lasting(one, but="m1")


@pytest.mark.parametrize(
    ("stewards", "said"),
    [
        ([{}, {"active": False}], "lasting"),
        ([{"steward_until": LAST}, {"active": False}], "ending"),
        ([{"active": False}], "gone"),
        ([], "none"),
    ],
)
def test_a_company_is_told_to_be_without_a_lasting_steward(stewards: list[dict[str, Any]], said: str) -> None:
    there = [member().model_copy(update={"steward": True} | one) for one in stewards]
    assert model.stewardship(there) == said
    assert told(model.stewardship(there)).state == {"lasting": "well", "none": "unseen"}.get(said, "wrong")


async def test_the_last_steward_may_leave_which_is_logged_and_another_is_made_from_outside(
    members: Any, steward: Any, client_as: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[str] = []
    monkeypatch.setattr(roles, "log", SimpleNamespace(error=lambda text, stewards: said.append(stewards)))
    for n in (1, 2):
        await steward.send(registering(f"m{n}", n))
    await steward.send(contract.GrantSteward(member_id="m1"))
    await steward.send(contract.DeactivateMember(member_id="m2"))
    assert not (await steward.send(contract.DeactivateMember(member_id="m1"))).active

    async def logged() -> bool:
        return said == ["gone"]

    await eventually(logged)
    assert [one.state for one in await steward_findings(members.settings)] == ["wrong"]
    system = await client_as("operator", "system")
    await steward.send(contract.ReactivateMember(member_id="m2"))
    assert (await system.send(contract.GrantSteward(member_id="m2"))).steward
    assert [one.state for one in await steward_findings(members.settings)] == ["well"]


def test_a_steward_is_not_revoked_once_the_turn_has_run_out() -> None:
    one = member().model_copy(update={"steward": True})
    others = model.OtherStewards(any=True, until=NOW)
    assert not model.revoke_steward(one, others, now=NOW - timedelta(seconds=1)).document.steward
    with pytest.raises(Refused, match="unavailable"):
        model.revoke_steward(one, others, now=NOW)


# Deputies

NOBODY = model.OtherDeputies([], until=NOW + timedelta(days=900))


def naming(**other: Any) -> contract.NameDeputy:
    return contract.NameDeputy(**{"member_id": "m1", "community_id": "c1", "deputy_id": "m2"} | other)


def named(cmd: contract.NameDeputy | None = None, deputy: model.Member | None = None, **other: Any) -> Any:
    deputy = deputy or member("m2", 2, communities=("c1",))
    known = {"leader": leader(), "others": NOBODY, "granting": replace(GRANTING, by="m1")} | other
    return model.name_deputy(deputy, cmd or naming(), **known)


def test_a_deputy_leads_at_once_until_the_leader_ends_it() -> None:
    decision = named()
    assert (kinds(decision), decision.timers) == (["DeputyNamed", "RoleGranted"], [])
    assert (decision.document.leads, decision.document.stands_in_for) == (["c1"], ["m1"])
    assert not named(deputy=decision.document, granting=LATER).facts, "told twice"
    ending = contract.EndDeputy(member_id="m1", community_id="c1", deputy_id="m2")
    over = model.end_deputy(decision.document, ending)
    assert (kinds(over), over.document.leads, over.document.stands_in_for) == (["RoleRevoked"], [], [])
    assert not model.end_deputy(over.document, ending).facts


def test_a_deputy_from_a_day_to_a_day_begins_and_ends_by_itself() -> None:
    decision = named(naming(since=date(2026, 4, 10), until=LAST))
    assert (kinds(decision), decision.document.leads) == (["DeputyNamed"], [])
    begins = datetime(2026, 4, 9, 15, tzinfo=UTC)
    assert [t.at for t in decision.timers] == [begins]
    begun = model.role_due(decision.document, now=begins)
    assert (kinds(begun), begun.document.leads, begun.actor) == (["RoleGranted"], ["c1"], "m1")
    assert begun.document.memberships[0].role_until == LAST
    over = model.role_due(begun.document, now=OVER)
    assert (over.facts[0].planned, over.facts[0].deputy_of) == (True, "m1")  # type: ignore[attr-defined]
    assert (over.document.leads, over.document.stands_in_for, over.timers) == ([], [], [])
    off = model.end_deputy(decision.document, contract.EndDeputy(member_id="m1", community_id="c1", deputy_id="m2"))
    assert (kinds(off), off.document.planned) == (["DeputyRemoved"], [])


def test_a_deputy_of_own_right_stays_a_leader() -> None:
    own = model.grant_role(named().document, contract.GrantRole(member_id="m2", community_id="c1"), GRANTING)
    assert (kinds(own), own.document.stands_in_for) == (["RoleGranted"], [])
    assert model.without_leader(own.document, "m1", None, None).document.leads == ["c1"]


STANDS = contract.Deputising(leader_id="m1", since=TODAY)
OTHER = contract.Deputising(leader_id="m9", since=TODAY)
GONE = member("m2", 2, communities=("c1",)).model_copy(update={"active": False})


@pytest.mark.parametrize(
    ("cmd", "other", "code"),
    [
        (naming(), {"leader": None}, "member_not_found"),
        (naming(), {"leader": member(communities=("c1",))}, "not_a_leader"),
        (naming(), {"leader": leader(deputising=STANDS)}, "not_a_leader"),
        (naming(), {"leader": leader().model_copy(update={"active": False})}, "not_a_leader"),
        (naming(), {"deputy": member("m2", 2)}, "not_a_member"),
        (naming(), {"deputy": GONE}, "member_inactive"),
        (naming(), {"deputy": leader("m2")}, "leads_already"),
        (naming(deputy_id="m1"), {"deputy": leader()}, "leads_already"),
        (naming(), {"deputy": leader("m2", deputising=OTHER)}, "deputy_already"),
        (naming(), {"others": replace(NOBODY, members=[leader("m3", deputising=STANDS)])}, "deputy_exists"),
        (naming(), {"others": replace(NOBODY, until=NOW)}, "unavailable"),
        (naming(since=date(2026, 3, 31)), {}, "malformed"),
        (naming(since=date(2040, 3, 31)), {}, "malformed"),
        (naming(since=LAST, until=TODAY), {}, "malformed"),
    ],
)  # fmt: skip
def test_who_can_be_a_deputy_of_whom(cmd: contract.NameDeputy, other: dict[str, Any], code: str) -> None:
    with pytest.raises(Refused, match=code):
        named(cmd, **other)


def test_a_deputy_leads_no_more_once_the_leader_does_not() -> None:
    deputy = named().document
    assert model.without_leader(deputy, "m1", leader(), "s1").document is deputy
    for gone in (None, member(communities=("c1",)), leader().model_copy(update={"active": False})):
        over = model.without_leader(deputy, "m1", gone, "s1")
        assert (kinds(over), over.actor, over.document.leads) == (["RoleRevoked"], "s1", [])


def test_who_got_a_deputys_place_back_by_a_merge_loses_it_where_another_has_it_by_now() -> None:
    deputy, another = named().document, leader("m3", deputising=STANDS)
    over = model.without_leader(deputy, "m1", leader(), "s1", [deputy, another])
    assert (kinds(over), over.document.leads) == (["RoleRevoked"], [])
    elsewhere = leader("m3", deputising=OTHER)
    assert model.without_leader(deputy, "m1", leader(), "s1", [deputy, elsewhere]).document is deputy


def test_a_merge_begins_no_role_of_a_record_that_left_while_it_was_decided() -> None:
    left = leader().model_copy(update={"active": False, "steward": True})
    other = member("m2", 2, communities=("c1",))
    for kept, absorbed in ((left, other), (other, left)):
        both = united(kept, absorbed, "kept")
        assert (both.active, both.steward, both.leads) == (True, False, [])
    assert united(leader(), left, "kept").leads == ["c1"]


@pytest.mark.parametrize("kept_leads", [True, False])
def test_of_two_records_the_role_in_own_right_counts_with_its_end(kept_leads: bool) -> None:
    leads = model.grant_role(member(communities=("c1",)), grant(), GRANTING).document
    stands = named(naming(until=TODAY), leader=leader("m1")).document
    kept, other = (leads, stands) if kept_leads else (stands, leads)
    both = united(kept, other, "kept")
    [place] = both.memberships
    assert (place.role, place.role_until, place.deputising) == ("leader", LAST, None)
    assert [(one.community_id, one.at) for one in both.planned] == [("c1", OVER)]
    assert united(member("m3"), other, "kept").planned == other.planned


async def test_roles_and_deputies_through_the_door(steward: Any, client_as: Any, facts: Any) -> None:
    await steward.send(founding())
    for n in (1, 2, 3):
        await steward.send(registering(f"m{n}", n))
        await steward.send(contract.JoinCommunity(member_id=f"m{n}", community_id="c1"))
    portal, me, other = await client_as("portal", "portal"), await client_as("m1"), await client_as("m2", "leader:c1")
    far = (datetime.now(UTC) + timedelta(days=40)).date()
    await steward.send(contract.GrantSteward(member_id="m3"))
    for cmd in (grant(far), contract.GrantSteward(member_id="m2", until=far)):
        assert await steward.send(cmd) == await steward.send(cmd)
    with pytest.raises(Refused, match="last_steward"):
        await steward.send(contract.RevokeSteward(member_id="m3"))
    for asked in (naming(), contract.EndDeputy(member_id="m1", community_id="c1", deputy_id="m2")):
        with pytest.raises(Refused, match="not_allowed"):
            await other.send(asked)
    told = await me.send(naming())
    assert told == await me.send(naming())
    assert (await portal.ask(contract.Identify(member_id="m2"))).leads == ["c1"]
    with pytest.raises(Refused, match="not_a_leader"):
        await other.send(naming(member_id="m2", deputy_id="m3"))
    await steward.send(contract.DeactivateMember(member_id="m1"))

    async def over() -> bool:
        return (await portal.ask(contract.Identify(member_id="m2"))).leads == []

    await eventually(over)
    heard = [f for f in await facts(0) if isinstance(f, contract.RoleRevoked | contract.RoleGranted)]
    assert [(type(f).__name__, f.member_id, f.deputy_of, f.meta.actor) for f in heard] == [
        ("RoleGranted", "m1", None, "steward-1"),
        ("RoleGranted", "m2", "m1", "m1"),
        ("RoleRevoked", "m2", "m1", "steward-1"),
    ]


async def test_what_a_merge_gave_back_or_took_leaves_no_deputy_of_nobody(steward: Any, client_as: Any) -> None:
    await steward.send(founding())
    for n in (1, 2, 3, 4):
        await steward.send(registering(f"m{n}", n))
        await steward.send(contract.JoinCommunity(member_id=f"m{n}", community_id="c1"))
    portal = await client_as("portal", "portal")

    def leads(member_id: str, whether: bool) -> Any:
        async def known() -> bool:
            return (await portal.ask(contract.Identify(member_id=member_id))).leads == ["c1"] * whether

        return eventually(known, what=f"{member_id} leading or not")

    async def merged(absorbed: str) -> None:
        merge = contract.MergeMembers(merge_id=f"merge-{absorbed}", kept_id="m4", absorbed_id=absorbed)
        await steward.send(merge)

    await steward.send(grant(None))
    me = await client_as("m1")
    both = await asyncio.gather(me.send(naming()), me.send(naming(deputy_id="m3")), return_exceptions=True)
    assert [one.code for one in both if isinstance(one, Refused)] == ["deputy_exists"], "of two at once one is refused"
    await me.send(contract.EndDeputy(member_id="m1", community_id="c1", deputy_id="m3"))
    await me.send(naming())
    await merged("m2")
    await leads("m4", True)
    await steward.send(contract.RevokeRole(member_id="m1", community_id="c1"))
    await leads("m4", False)
    await steward.send(contract.UndoMerge(absorbed_id="m2"))  # it gets back that it stands in for a leader of then
    await leads("m2", False)

    await steward.send(grant(None))
    await merged("m1")
    await (await client_as("m4")).send(naming(member_id="m4", deputy_id="m3"))
    await leads("m3", True)
    await steward.send(contract.UndoMerge(absorbed_id="m1"))
    await leads("m3", False)  # for m4 leads no more
