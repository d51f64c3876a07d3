"""What front ends ask of who is signed in; stewards; whom members may see; which messages one wants."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from ekkyo.contracts import members as contract
from ekkyo.contracts.base import Caller, Refused
from ekkyo.contracts.events import EventState, HostNamed
from ekkyo.testing import eventually
from ekkyo_members import model
from ekkyo_members.app import service
from pydantic import ValidationError

from tests.members.conftest import event
from tests.members.people import NOW, founding, member, profile, registering


@pytest.fixture
async def people(steward: Any) -> None:
    """Two communities; m1 leads c1, m2 is in c1, m3 in none."""
    for community in ("c1", "c2"):
        await steward.send(founding(community))
    for n in (1, 2, 3):
        await steward.send(registering(f"m{n}", n))
    for n in (1, 2):
        await steward.send(contract.JoinCommunity(member_id=f"m{n}", community_id="c1"))
    await steward.send(contract.GrantRole(member_id="m1", community_id="c1"))


async def test_a_front_end_learns_who_somebody_is_and_what_they_may_do(people, steward, client_as):
    portal = await client_as("portal", "portal")
    by_id, by_number, by_mail = [
        await portal.ask(asked)
        for asked in (
            contract.Identify(member_id="m1"),
            contract.Identify(number=profile(1).number),
            contract.Identify(email=profile(1).email),
        )
    ]
    assert by_id == by_number == by_mail
    assert (by_id.leads, by_id.communities, by_id.steward, by_id.active) == (["c1"], ["c1"], False, True)
    for _ in range(2):
        await steward.send(contract.GrantSteward(member_id="m1"))
    assert (await portal.ask(contract.Identify(member_id="m1"))).steward
    assert [m.member_id for m in (await steward.ask(contract.FindMembers(steward=True))).members] == ["m1"]
    await steward.send(contract.DeactivateMember(member_id="m1"))
    gone = await portal.ask(contract.Identify(member_id="m1"))
    assert (gone.active, gone.leads, gone.steward) == (False, [], False)
    await steward.send(contract.EraseMember(member_id="m1"))
    for asked in (contract.Identify(member_id="m1"), contract.Identify(email=profile(1).email)):
        with pytest.raises(Refused, match="member_not_found"):
            await portal.ask(asked)


@pytest.mark.parametrize("given", [{}, {"member_id": "m1", "number": "1"}, {"number": "1", "email": "a@example.com"}])
def test_one_is_identified_by_exactly_one_thing(given):
    with pytest.raises(ValidationError, match="exactly one"):
        contract.Identify(**given)


async def test_stewards_come_and_go_each_once(people, steward, facts):
    await steward.send(contract.GrantSteward(member_id="m1"))
    for command in (contract.GrantSteward(member_id="m2"), contract.RevokeSteward(member_id="m2")):
        assert await steward.send(command) == await steward.send(command)
    told = [(type(fact).__name__, fact.member_id) for fact in await facts(10) if "Steward" in type(fact).__name__]
    assert told == [("StewardGranted", "m1"), ("StewardGranted", "m2"), ("StewardRevoked", "m2")]
    await steward.send(contract.DeactivateMember(member_id="m3"))
    with pytest.raises(Refused, match="member_inactive"):
        await steward.send(contract.GrantSteward(member_id="m3"))


async def test_the_last_steward_who_is_active_stays_one(people, steward):
    for who in ("m1", "m2"):
        await steward.send(contract.GrantSteward(member_id=who))
    await steward.send(contract.DeactivateMember(member_id="m2"))
    for _ in range(2):
        with pytest.raises(Refused, match="last_steward"):
            await steward.send(contract.RevokeSteward(member_id="m1"))
    assert not (await steward.send(contract.RevokeSteward(member_id="m2"))).steward, "who has left holds nobody back"
    await steward.send(contract.GrantSteward(member_id="m3"))
    assert not (await steward.send(contract.RevokeSteward(member_id="m1"))).steward


async def test_of_two_stewards_who_revoke_each_other_at_once_one_is_left(people, steward, client_as, running):
    """Two instances of the service; several times, since the race would not be lost each time."""
    first, second = await client_as("m1", "steward"), await client_as("m2", "steward")
    async with running(service):
        for _ in range(5):
            for who in ("m1", "m2"):
                await steward.send(contract.GrantSteward(member_id=who))
            said = await asyncio.gather(
                first.send(contract.RevokeSteward(member_id="m2")),
                second.send(contract.RevokeSteward(member_id="m1")),
                return_exceptions=True,
            )
            assert [one.code for one in said if isinstance(one, Refused)] == ["last_steward"], said
            assert len((await steward.ask(contract.FindMembers(steward=True))).members) == 1


async def test_sessions_that_began_earlier_end_and_none_of_the_future(people, client_as, facts):
    me = await client_as("m2")
    at = datetime.now(UTC) - timedelta(seconds=1)
    first = await me.send(contract.SignOutEverywhere(member_id="m2", before=at))
    assert await me.send(contract.SignOutEverywhere(member_id="m2", before=at)) == first
    earlier = await me.send(contract.SignOutEverywhere(member_id="m2", before=at - timedelta(days=1)))
    assert earlier.signed_out_before == first.signed_out_before
    later = await me.send(contract.SignOutEverywhere(member_id="m2", before=at + timedelta(days=365)))
    assert later.signed_out_before is not None
    assert later.signed_out_before <= datetime.now(UTC) + timedelta(seconds=5)
    assert sum(isinstance(fact, contract.MemberSignedOut) for fact in await facts(10)) == 2


async def test_members_see_leaders_and_speakers_and_nobody_else(people, client_as, events, steward):
    async def seen(client: Any) -> list[str]:
        ids = ["m3", "m2", "m1", "nobody", "m3"]
        return [card.member_id for card in (await client.ask(contract.GetCards(member_ids=ids))).cards]

    stranger, member, leader = [await client_as("m9"), await client_as("m2"), await client_as("m1", "leader:c1")]
    assert await seen(stranger) == ["m1"]
    assert await seen(member) == ["m2", "m1"]
    assert await seen(leader) == ["m2", "m1"]
    assert await seen(await client_as("m9", "leader:c2")) == ["m1"]
    assert await seen(steward) == ["m3", "m2", "m1"]
    for _ in range(2):
        await events.published("m3")

    async def speaker_is_seen() -> bool:
        return await seen(stranger) == ["m3", "m1"]

    await eventually(speaker_is_seen)
    card = (await stranger.ask(contract.GetCards(member_ids=["m3"]))).cards[0]
    assert card.model_dump() == {"member_id": "m3", "name": profile(3).name, "department": profile(3).department}
    await steward.send(contract.DeactivateMember(member_id="m3"))
    assert await seen(stranger) == ["m1"]


async def test_leaders_see_who_has_or_had_a_place_at_their_events_and_plain_members_do_not(
    people, client_as, events, steward
):
    async def seen(client: Any) -> list[str]:
        return [card.member_id for card in (await client.ask(contract.GetCards(member_ids=["m2", "m3"]))).cards]

    theirs, others = await client_as("m9", "leader:c2"), await client_as("m9", "leader:c3")
    for id in (7, 7, None):
        await events.registered("m3", "c2", id=id)
    await events.registered("m2", "c2", waits=True)
    await events.registered("m4", "c2")  # whose registration as a member is told later
    await eventually(lambda: _is(seen(theirs), ["m2", "m3"]))
    card = (await theirs.ask(contract.GetCards(member_ids=["m3"]))).cards[0]
    assert card.model_dump() == {"member_id": "m3", "name": profile(3).name, "department": profile(3).department}
    for client in (others, await client_as("m2"), await client_as("m1", "leader:c1")):
        assert "m3" not in await seen(client)
    for asked in (contract.GetMember(member_id="m3"), contract.FindMembers(member_ids=["m3"])):
        with pytest.raises(Refused, match="not_allowed"):
            await theirs.ask(asked)
    now = datetime.now(UTC)
    hosts = event("e1", "c2").model_copy(update={"hosts": ["m2"], "starts_at": now, "ends_at": now, "revision": 9})
    await events.tell(HostNamed(event_id="e1", event=hosts, member_id="m2"))
    host = await client_as("m2")
    await eventually(lambda: _is(seen(host), ["m2", "m3"]))
    await steward.send(contract.EraseMember(member_id="m3"))
    await events.attended("m3")  # told late
    await steward.send(registering("m4", 4))
    await eventually(lambda: _is(seen(theirs), ["m2"]))


def test_a_place_is_kept_once_and_of_nobody_who_was_erased():
    once = model.had_a_place(member(), "c2").document
    assert model.had_a_place(once, "c2").document is once
    assert once.guest_of == ["c2"]
    gone = model.erase(once, now=NOW).document
    assert gone.guest_of == []
    assert model.had_a_place(gone, "c2").document is gone


def test_hosts_see_who_comes_to_events_of_that_community_until_a_week_after_the_end() -> None:
    guest, stranger = model.had_a_place(member("m2", 2), "c1").document, member("m3", 3)
    end = hosted("e1", "c1").ends_at
    host = model.host_of(member(), hosted("e1", "c1", hosts=["m1"], revision=3), now=NOW).document

    def sees(asker: model.Member, after: timedelta = timedelta()) -> list[bool]:
        return [model.card(one, Caller("m1"), asker, now=end + after) is not None for one in (guest, stranger)]

    assert sees(host) == sees(host, timedelta(days=7)) == [True, False]
    assert sees(member()) == sees(host, timedelta(days=8)) == [False, False]
    assert sees(host.model_copy(update={"active": False})) == [False, False]
    over = model.host_of(host, hosted("e1", "c1", revision=4), now=NOW).document
    assert sees(over) == [False, False]
    assert model.host_of(over, hosted("e1", "c1", hosts=["m1"], revision=3), now=NOW).document is over, "told late"


def hosted(event_id: str, community_id: str, **fields: Any) -> EventState:
    return event(event_id, community_id).model_copy(update=fields)


async def _is(found: Any, wanted: list[str]) -> bool:
    return await found == wanted


async def test_communities_are_listed_with_how_many_are_in_them_and_who_leads(people, client_as):
    anyone = await client_as("m3")
    page = await anyone.ask(contract.ListCommunities())
    told = [(one.community.community_id, one.members, one.leaders) for one in page.communities]
    assert told == [("c1", 2, ["m1"]), ("c2", 0, [])]
    first = await anyone.ask(contract.ListCommunities(limit=1))
    rest = await anyone.ask(contract.ListCommunities(limit=1, after=first.next))
    assert [one.community.community_id for one in rest.communities] == ["c2"]
    assert rest.next is None
    assert [one.cards for one in page.communities] == [[], []]
    [named, _] = (await anyone.ask(contract.ListCommunities(cards=True))).communities
    assert named.cards == (await anyone.ask(contract.GetCards(member_ids=["m1"]))).cards
    assert named.cards[0].name
    await (await client_as("s1", "steward")).send(contract.DeactivateMember(member_id="m1"))
    [left, _] = (await anyone.ask(contract.ListCommunities(cards=True))).communities
    assert (left.members, left.leaders, left.cards) == (1, [], [])
    only = await anyone.ask(contract.ListCommunities(community_ids=["c2", "none"]))
    assert [one.community.community_id for one in only.communities] == ["c2"]


async def test_one_chooses_which_messages_one_wants_each_once(people, client_as, facts):
    me = await client_as("m2")
    off = contract.ChooseMessages(member_id="m2", kind="new_events", community_id="c1", wanted=False)
    quiet = contract.ChooseMessages(member_id="m2", kind="surveys", wanted=False)
    for command in (off, quiet):
        assert await me.send(command) == await me.send(command)
    told = await me.ask(contract.GetMember(member_id="m2"))
    assert (told.muted, told.surveys) == (["c1"], False)
    kept = await me.send(contract.SetPreferences(member_id="m2", preferences=contract.Preferences(channels=["chat"])))
    assert (kept.muted, kept.surveys) == (["c1"], False)
    await me.send(off.model_copy(update={"wanted": True}))
    assert (await me.ask(contract.GetMember(member_id="m2"))).muted == []
    changes = [fact for fact in await facts(11) if isinstance(fact, contract.PreferencesChanged)]
    assert [(f.member.muted, f.member.surveys) for f in changes] == [
        (["c1"], True),
        (["c1"], False),
        (["c1"], False),
        ([], False),
    ]
    with pytest.raises(ValidationError, match="name community_id"):
        contract.ChooseMessages(member_id="m2", kind="new_events", wanted=False)


async def test_an_invitation_is_declined_once_and_may_come_again(people, client_as, facts):
    leader, me = await client_as("m1", "leader:c1"), await client_as("m3")
    invite = contract.InviteMember(member_id="m3", community_id="c1")
    await leader.send(invite)
    decline = contract.DeclineInvitation(member_id="m3", community_id="c1")
    assert await me.send(decline) == await me.send(decline)
    assert (await me.ask(contract.GetMember(member_id="m3"))).invitations == []
    assert (await leader.send(invite)).status == "invited"
    assert sum(isinstance(fact, contract.InvitationDeclined) for fact in await facts(9)) == 1
