"""What members know of addresses that the mail server refuses for good."""

from datetime import timedelta
from typing import Any

import pytest
from ekkyo import wire
from ekkyo.contracts import members as contract
from ekkyo.contracts.base import Refused
from ekkyo.contracts.notify import AddressRefused, Delivery
from ekkyo.testing import eventually
from ekkyo_members import model

from tests.members.people import NOW, founding, member, profile, registering


def refused(revision: int, member_id: str = "m1") -> AddressRefused:
    delivery = Delivery(
        delivery_id="d1",
        topic="event_reminder",
        channel="mail",
        member_id=member_id,
        entity_id="e1",
        fact_id="events/e1/1/0",
        status="failed",
        planned_at=NOW,
    )
    return AddressRefused(delivery_id="d1", delivery=delivery, member_id=member_id, member_revision=revision)


def heard(revision: int, *, later: timedelta = timedelta()) -> AddressRefused:
    out = wire.fact_message(
        refused(revision), owner="notify", revision=1, n=0, time=NOW + later, actor="notify", traceparent=None
    )
    fact = wire.read_fact(out.subject, out.headers, out.body, 1)
    assert isinstance(fact, AddressRefused)
    return fact


def test_a_refused_address_is_marked_once_and_a_new_one_clears_it() -> None:
    somebody = member("m1", 1).model_copy(update={"revision": 3})
    marked = model.address_refused(somebody, heard(3)).document
    assert marked.mail_refused_since == NOW
    assert model.address_refused(marked, heard(3, later=timedelta(days=1))).document == marked
    same = model.change_profile(marked, marked.profile.model_copy(update={"department": "Sales"})).document
    assert same.mail_refused_since == NOW
    moved = model.change_profile(marked, marked.profile.model_copy(update={"email": "new@example.com"}))
    assert moved.document.mail_refused_since is None
    assert moved.answer.mail_refused_since is None


def test_a_refusal_of_an_older_address_says_nothing_of_the_new_one() -> None:
    somebody = member("m1", 1).model_copy(update={"revision": 3})
    moved = model.change_profile(somebody, somebody.profile.model_copy(update={"email": "new@example.com"})).document
    assert model.address_refused(moved, heard(3)).document.mail_refused_since is None
    assert model.address_refused(moved, heard(4)).document.mail_refused_since == NOW


async def test_leaders_and_the_personnel_department_see_whose_address_is_refused(
    steward: Any, client_as: Any, nats: Any
) -> None:
    await steward.send(founding())
    known = await steward.send(registering("m1", 1))
    out = wire.fact_message(
        refused(known.revision), owner="notify", revision=1, n=0, time=NOW, actor="notify", traceparent=None
    )
    async with await nats.connect("notify") as nc:
        await nc.jetstream().publish(out.subject, out.body, headers=out.headers)

    async def marked() -> contract.Member:
        told: contract.Member = await steward.ask(contract.GetMember(member_id="m1"))
        assert told.mail_refused_since == NOW
        return told

    before = await eventually(marked)
    for number, id in ((2, "lead"), (3, "other")):
        await steward.send(registering(id, number))
        await (await client_as(id, "member")).send(contract.JoinCommunity(member_id=id, community_id="c1"))
    await steward.send(contract.GrantRole(member_id="lead", community_id="c1"))
    await (await client_as("m1", "member")).send(contract.JoinCommunity(member_id="m1", community_id="c1"))
    for sub, roles in (("lead", ["member", "leader:c1"]), ("personnel", ["system"]), ("m1", ["member"])):
        told = await (await client_as(sub, *roles)).ask(contract.GetMember(member_id="m1"))
        assert told.mail_refused_since == NOW, sub
    with pytest.raises(Refused, match="not_allowed"):
        await (await client_as("other", "member")).ask(contract.GetMember(member_id="m1"))
    assert "mail_refused_since" not in contract.MemberState.model_fields  # no fact carries it
    await steward.send(contract.ChangeProfile(member_id="m1", profile=profile(1, email="new@example.com")))
    after = await steward.ask(contract.GetMember(member_id="m1"))
    assert (after.mail_refused_since, after.revision > before.revision) == (None, True)
