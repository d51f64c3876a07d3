"""docs/wire.md is enough: its example, run as it stands, registers a member, gets them a seat and hears the fact."""

import asyncio
import os
import re
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import ekkyo_events.app
import ekkyo_members.app
from ekkyo import wire
from ekkyo.contracts.base import new_id
from ekkyo.contracts.events import (
    CancelEvent,
    DraftEvent,
    EventCancelled,
    EventDetails,
    GetEvent,
    GetRoster,
    PublishEvent,
    RegisterForEvent,
    WithdrawFromEvent,
)
from ekkyo.docs.messages import messages
from ekkyo.testing.nats import Nats
from ekkyo.testing.plugin import ClientAs, Run, Token

MEMBER = "01920000-0000-4000-8000-0000000000a1"
DOCUMENT = (Path(__file__).parents[2] / "docs" / "wire.md").read_text("utf-8")


async def test_its_example_puts_somebody_on_an_event_and_hears_of_it(
    nats: Nats, running: Run, client_as: ClientAs, token: Token, tmp_path: Path
) -> None:
    [program] = re.findall(r"```python\n(.*?)```", DOCUMENT, re.DOTALL)
    assert "import ekkyo" not in program
    script = tmp_path / "example.py"
    script.write_text(program, "utf-8")
    async with (
        running(ekkyo_members.app.service),
        running(ekkyo_events.app.service),
        client_as("boss", "steward") as steward,
    ):
        event = new_id()
        starts = datetime.now(UTC) + timedelta(days=2)
        details = EventDetails(title="Spreadsheets", format="online", url_follows=True, capacity=5)
        await steward.send(
            DraftEvent(
                event_id=event,
                community_id="c1",
                details=details,
                starts_at=starts,
                ends_at=starts + timedelta(hours=1),
            )
        )
        await steward.send(PublishEvent(event_id=event))
        environment = {
            "PATH": os.environ.get("PATH", ""),
            "PYTHONIOENCODING": "utf-8",
            "EKKYO_NATS_URL": nats.url,
            "EKKYO_NATS_USER": "outside",
            "EKKYO_NATS_PASSWORD": nats.passwords["outside"],
            "EKKYO_TOKEN": token("hr-system", "system"),
        }
        run = await asyncio.create_subprocess_exec(
            sys.executable,
            str(script),
            env={**environment, "MEMBER_ID": MEMBER},
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        output, _ = await asyncio.wait_for(run.communicate(), 30)
        assert run.returncode == 0, output.decode()
        assert output.decode().splitlines() == [
            "member: 山田 花子",
            "seat: confirmed",
            f"fact: ekkyo.events.registration_confirmed Spreadsheets {MEMBER}",
        ]
        roster = await steward.ask(GetRoster(event_id=event))
        assert [r.member_id for r in roster.registrations] == [MEMBER]


async def test_a_reader_who_goes_by_the_id_misses_nothing_and_one_who_went_by_the_revision_would(
    running: Run, client_as: ClientAs, token: Token
) -> None:
    """As "Hearing facts" has it: each fact once by its `ce-id`, a copy of the event by its `ce-revision`."""
    async with running(ekkyo_events.app.service), client_as("boss", "steward") as steward:
        event, starts = new_id(), datetime.now(UTC) + timedelta(days=2)
        details = EventDetails(title="Spreadsheets", format="online", url_follows=True, capacity=1)
        times = {"starts_at": starts, "ends_at": starts + timedelta(hours=1)}
        await steward.send(DraftEvent(event_id=event, community_id="c1", details=details, **times))
        await steward.send(PublishEvent(event_id=event))
        for member in ("m1", "m2"):
            await steward.send(RegisterForEvent(event_id=event, member_id=member, registration_id=f"r-{member}"))
        await steward.send(WithdrawFromEvent(event_id=event, member_id="m1"))
        headers = {"Authorization": f"Bearer {token('boss', 'steward')}"}
        without_reply = CancelEvent(event_id=event)
        await steward.nc.publish(without_reply.subject, without_reply.model_dump_json().encode(), headers=headers)
        facts = []
        async for fact in steward.facts(entity=event, since=1):
            facts.append(fact)
            if isinstance(fact, EventCancelled):
                break
        stands = await steward.ask(GetEvent(event_id=event))
    known, read, copy = set(), [], facts[0]
    for fact in [*facts, *facts]:
        if fact.meta.id not in known:
            known.add(fact.meta.id)
            read.append(fact)
            copy = fact if fact.meta.revision >= copy.meta.revision else copy
    assert read == facts
    assert copy.event == stands
    assert [type(fact).__name__.removeprefix("Registration") for fact in facts] == [
        "EventPublished", "Confirmed", "Waitlisted", "Withdrawn", "Promoted", "EventCancelled",
    ]  # fmt: skip
    assert len({fact.meta.revision for fact in facts}) == len(facts) - 1, "the last two but one are of one change"


def test_every_subject_it_names_is_one() -> None:
    subjects = {m.model.subject for m in messages() if m.kind != "answer"}
    named = set(re.findall(r"ekkyo\.(?:cmd|ask|fact)\.[a-z_]+\.[a-z_]+", DOCUMENT))
    assert named
    assert named <= subjects


def test_the_headers_it_names_are_those_of_the_wire() -> None:
    for header in (wire.ERROR, wire.ERROR_CODE, wire.MSG_ID, wire.TRACE, wire.AUTHORIZATION):
        assert f"`{header}`" in DOCUMENT or f"`{header}:" in DOCUMENT
    for name in ("id", "source", "type", "subject", "time", "revision", "actor", "dataschema", "datacontenttype"):
        assert f"`ce-{name}`" in DOCUMENT


def test_what_it_links_to_is_there() -> None:
    folder = Path(__file__).parents[2] / "docs"
    for target in re.findall(r"\]\((?!https?:)([^)#]+)", DOCUMENT):
        assert (folder / target).exists(), target
