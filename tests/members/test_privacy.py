"""Personal data stays where it belongs."""

from typing import Any

import pytest
from ekkyo.contracts import members as contract
from ekkyo.contracts.base import Refused

from tests.members.people import founding, profile, registering

PERSONAL = ("越境 花子", "エッキョウ", "hanako1@example.co.jp", "1987-06-05", "000001")


async def test_personal_data_travels_only_in_facts_about_that_member(
    steward: Any, nats: Any, facts: Any, events: Any, capfd: Any
) -> None:
    await steward.send(founding())
    await steward.send(registering())
    await steward.send(contract.JoinCommunity(member_id="m1", community_id="c1"))
    await steward.send(contract.GrantRole(member_id="m1", community_id="c1"))
    await steward.send(
        contract.RecordContribution(
            contribution_id="k1", member_id="m1", community_id="c1", kind="shared", title="Macros"
        )
    )
    await events.attended("m1")
    for fact in await facts(8):
        text = fact.model_dump_json() + str(fact.meta)
        found = [word for word in PERSONAL if word in text]
        about_the_member = fact.subject.startswith("ekkyo.fact.members.") and fact.entity_id == "m1"
        assert not found or about_the_member, type(fact).__name__
        assert "1987-06-05" not in text, "a birth date leaves in no fact at all"
        assert "female" not in text
    logged = "".join(capfd.readouterr())
    assert not [word for word in PERSONAL if word in logged]


@pytest.mark.parametrize(
    "asked",
    [
        contract.RegisterMember(member_id="m2", profile=profile(1)),
        contract.RegisterMember(member_id="m1", profile=profile(1, name="別人")),
        contract.ChangeProfile(member_id="m1", profile=profile(3)),
    ],
)
async def test_a_refusal_repeats_nothing_personal(steward: Any, asked: Any) -> None:
    await steward.send(registering())
    with pytest.raises(Refused) as refused:
        await steward.send(asked)
    text = refused.value.problem.model_dump_json()
    assert not [word for word in (*PERSONAL, "別人") if word in text]


async def test_a_malformed_command_is_told_without_what_was_sent(steward: Any, token: Any) -> None:
    body = registering().model_dump_json().replace("hanako1@example.co.jp", "hanako1(at)example").encode()
    reply = await steward.nc.request(
        contract.RegisterMember.subject, body, headers={"Authorization": f"Bearer {token('s', 'steward')}"}
    )
    assert reply.headers["Nats-Service-Error-Code"] == "400"
    assert b"email" in reply.data
    assert b"hanako1" not in reply.data
