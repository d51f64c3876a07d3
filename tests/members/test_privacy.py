"""Personal data stays where it belongs."""

import logging
from datetime import date
from typing import Any

import pytest
from ekkyo.contracts import members as contract
from ekkyo.contracts.base import Refused
from ekkyo.wire import trace
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

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


AGES_AND_GENDERS = ("female", "male", "under_30", "30_to_39", "40_to_49", "50_and_over", "1966-", "1996-")


async def test_leaders_that_mirror_ages_and_genders_leave_none_of_them_behind(
    steward: Any, facts: Any, caplog: pytest.LogCaptureFixture, capfd: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    exported = InMemorySpanExporter()
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exported))
    await steward.send(founding())
    people = [
        profile(
            n,
            gender="female" if n % 2 else "male",
            birth_date=date(1966 + n, 4, 2),
            site=f"支社{n % 3}",
            email=f"h{n}@example.com",
        )
        for n in range(1, 31)
    ]
    await steward.send(contract.ImportMembers(profiles=people))
    before = await facts(31)
    monkeypatch.setattr(trace, "_tracer", lambda: provider.get_tracer("test"))
    caplog.set_level(logging.DEBUG, "ekkyo")
    weights: Any = {"gender": 5, "age_band": 5, "site": 1}
    numbers = [one.number for one in people]
    found = await steward.ask(contract.FindMembers(numbers=numbers, limit=50))
    ids = [one.member_id for one in found.members]
    caplog.clear()
    capfd.readouterr()
    told = await steward.ask(contract.SuggestLeaders(community_id="c1", choose=8, candidates=ids, weights=weights))
    with pytest.raises(Refused) as few:
        await steward.ask(contract.SuggestLeaders(community_id="c1", choose=4, candidates=ids[:8], weights=weights))
    assert len(told.chosen) == 8
    spans = exported.get_finished_spans()
    left = {
        "answers": told.model_dump_json() + few.value.problem.model_dump_json(),
        "facts": "".join(fact.model_dump_json() for fact in (await facts(31))[len(before) :]),
        "log": "".join(capfd.readouterr()) + "".join(str(vars(record)) for record in caplog.records),
        "trace": "".join(span.to_json() for span in spans),
    }
    assert all("suggest_leaders" in left[where] for where in ("log", "trace")), "what is done is told"
    assert [(where, word) for where, text in left.items() for word in AGES_AND_GENDERS if word in text] == []
    assert {key for one in told.chosen for key in one.values} == {"site"}
