"""The HTTP door before a real service on real servers: who may do what, told twice, services that are away."""

import asyncio
import contextlib
import json
import os
import re
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
import pytest_asyncio
from ekkyo.client import Ekkyo
from ekkyo.contracts.base import new_id
from ekkyo.decision.clock import utcnow
from ekkyo.testing import Nats
from ekkyo.testing.waiting import eventually
from ekkyo.wire.tokens import Verifier, issue_token, make_keys
from ekkyo_events.app import service
from ekkyo_members.app import service as members
from ekkyo_notify.app import service as notify
from ekkyo_portal.api import Door, Facts
from ekkyo_portal.serving import Web
from ekkyo_portal.web.measured import Measured
from ekkyo_surveys.app import service as surveys
from prometheus_client import CollectorRegistry
from starlette.applications import Starlette

from tests.needing import needed

PAGE = Path(__file__).parents[2] / "docs" / "http.md"


@dataclass
class System:
    """Speaks HTTP with the portal, each time with the token of whoever it says."""

    http: httpx.AsyncClient
    token: Any

    async def command(self, name: str, body: Any, *who: str) -> httpx.Response:
        return await self.http.post(f"/api/commands/{name}", json=body, headers=self._as(who))

    async def ask(self, name: str, query: Any, *who: str) -> httpx.Response:
        return await self.http.get(f"/api/questions/{name}", params=query, headers=self._as(who))

    def _as(self, who: tuple[str, ...]) -> dict[str, str]:
        return {"authorization": f"Bearer {self.token(*who)}"} if who else {}

    async def registered(self, event_id: str, member_id: str) -> None:
        wish = {"event_id": event_id, "member_id": member_id, "registration_id": f"{member_id}-seat"}
        said = await self.command("events.register", wish, member_id)
        assert said.status_code == 200, said.text

    async def published(self) -> str:
        """The id of an event of c1 that members may register for."""
        start = utcnow() + timedelta(days=7)
        details = {"title": "RPAもくもく会", "format": "online", "url": "https://meet.example.com/1", "capacity": 2}
        times = {"starts_at": start.isoformat(), "ends_at": (start + timedelta(hours=1)).isoformat()}
        event_id = new_id()
        draft = {"event_id": event_id, "community_id": "c1", "details": details, **times}
        for name, body in (("events.draft", draft), ("events.publish", {"event_id": event_id})):
            said = await self.command(name, body, "leader-1", "leader:c1")
            assert said.status_code == 200, said.text
        return event_id


@pytest_asyncio.fixture
async def system(nats: Nats, keys: Any) -> AsyncIterator[System]:
    """The door on a port, connected to NATS with the portal's rights."""
    web = Web("127.0.0.1", 0)
    async with Ekkyo.connect(nats.url, login=nats.login("portal"), environment={}) as ekkyo:
        facts = Facts(ekkyo, Verifier(keys.jwks_file), frozenset({"hr"}))
        door = Door(ekkyo, Measured(CollectorRegistry()), facts)
        await web.start(Starlette(routes=[door.route]))
        try:
            async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{web.port}", timeout=20) as http:
                yield System(http, keys.token)
        finally:
            await facts.end()
            await web.stop()


async def test_the_services_decide_who_may_do_what(system: System, running: Any) -> None:
    async with running(service):
        event_id = await system.published()
        mine = {"event_id": event_id, "member_id": "m1"}
        table = [
            ("events.register", {**mine, "registration_id": "r1"}, ("m2",), 403),
            ("events.register", {**mine, "registration_id": "r1"}, ("m1",), 200),
            ("events.publish", {"event_id": event_id}, ("m1",), 403),
            ("events.publish", {"event_id": event_id}, ("leader-2", "leader:c2"), 403),
            ("events.withdraw", mine, ("m2",), 403),
            ("events.withdraw", mine, (), 401),
        ]
        for name, body, who, status in table:
            said = await system.command(name, body, *who)
            assert (name, who, said.status_code) == (name, who, status), said.text
        for who, status in [(("m1",), 403), (("leader-2", "leader:c2"), 403), (("leader-1", "leader:c1"), 200)]:
            said = await system.ask("events.roster", {"event_id": event_id}, *who)
            assert (who, said.status_code) == (who, status), said.text


async def test_a_command_that_is_sent_again_has_one_effect(system: System, running: Any) -> None:
    async with running(service):
        event_id = await system.published()
        wish = {"event_id": event_id, "member_id": "m1", "registration_id": new_id()}
        said = await asyncio.gather(*(system.command("events.register", wish, "m1") for _ in range(5)))
        assert {one.status_code for one in said} == {200}
        assert {one.json()["registration_id"] for one in said} == {wish["registration_id"]}
        event = (await system.ask("events.get", {"event_id": event_id}, "m1")).json()
        assert event["confirmed"] == 1


async def test_a_token_that_somebody_else_signed_or_that_is_over_is_refused(system: System, running: Any) -> None:
    stranger, _ = make_keys()
    async with running(service):
        for token in (issue_token(stranger, "m1", ["steward"]), system.token("m1", "steward", ttl=-120), "a.b.c"):
            said = await system.http.get("/api/questions/events.list", headers={"authorization": f"Bearer {token}"})
            assert said.status_code == 401, said.text
            assert said.headers["www-authenticate"] == 'Bearer error="invalid_token"'


async def test_while_a_service_is_away_one_is_told_to_come_back(system: System, running: Any) -> None:
    said = await system.ask("events.list", {}, "m1")
    assert (said.status_code, said.json()["code"], said.headers["retry-after"]) == (503, "unavailable", "5")
    async with running(service):
        assert (await system.ask("events.list", {}, "m1")).status_code == 200


async def test_a_page_of_a_list_leads_to_the_next(system: System, running: Any) -> None:
    async with running(service):
        ids = {await system.published() for _ in range(3)}
        found, page = [], await system.ask("events.list", {"limit": 2}, "m1")
        found += page.json()["events"]
        following = page.links["next"]["url"]
        page = await system.http.get(following, headers={"authorization": f"Bearer {system.token('m1')}"})
        found += page.json()["events"]
        assert len(found) == 3
        assert {event["event_id"] for event in found} == ids
        assert "next" not in page.links


@pytest.mark.parametrize(
    ("language", "run"),
    [
        ("bash", ["bash", "-c"]),
        ("python", [sys.executable, "-c"]),
        ("javascript", ["node", "--input-type=module", "-e"]),
    ],
    ids=["curl", "python", "javascript"],
)
async def test_the_examples_for_another_team_run(
    system: System, running: Any, tmp_path: Path, language: str, run: list[str]
) -> None:
    for program in {"bash": ["bash", "curl"]}.get(language, run[:1]):
        needed(program, missing=f"{program} is not installed: the {language} example of docs/http.md was not run")
    example, of_facts = re.findall(rf"^```{language}\n(.*?)^```", PAGE.read_text("utf-8"), flags=re.M | re.S)
    async with running(service):
        ids = {await system.published() for _ in range(3)}
        event_id = min(ids)
        about = {"EKKYO_URL": str(system.http.base_url), "EKKYO_TOKEN": system.token("m1"), "MEMBER_ID": "m1"}
        environment = {"PATH": os.environ["PATH"], "NO_PROXY": "127.0.0.1", **about, "EVENT_ID": event_id}
        process = await asyncio.create_subprocess_exec(
            *run, example, env=environment, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
        )
        told, wrong = await asyncio.wait_for(process.communicate(), 20)
        assert (process.returncode, wrong.decode()) == (0, "")
        if language == "python":
            assert told.decode() == "confirmed\n"
        elif language == "bash":
            assert {event["event_id"] for event in json.loads(told)["events"]} == ids
        else:
            assert sorted(told.decode().split()) == sorted(ids)

        place = tmp_path / "place"
        environment |= {"EKKYO_TOKEN": system.token("seats", "system"), "PLACE_FILE": str(place)}
        if language == "bash":
            async with other_team([*run, of_facts], environment) as process:
                told, wrong = await asyncio.wait_for(process.communicate(), 20)
                assert (process.returncode, wrong.decode()) == (0, "")
            assert {json.loads(line)["subject"] for line in told.splitlines() if line} == ids
            return
        await system.registered(event_id, "m1")
        async with other_team([*run, of_facts], environment) as process:
            assert await next_line(process) == "m1"
            if language == "javascript":  # the Python one begins once more, from the place that it kept
                await system.registered(event_id, "m2")
                assert await next_line(process) == "m2"
                return
            await eventually(place.exists)
        await system.registered(event_id, "m2")
        async with other_team([*run, of_facts], environment) as process:
            assert await next_line(process) == "m2"


@contextlib.asynccontextmanager
async def other_team(command: list[str], environment: dict[str, str]) -> AsyncIterator[asyncio.subprocess.Process]:
    """A program of another team, which is ended if it does not end by itself."""
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(*command, env=environment, stdout=pipe, stderr=pipe)
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
            await process.communicate()


async def next_line(process: asyncio.subprocess.Process) -> str:
    """The next line that a program says."""
    assert process.stdout
    return (await asyncio.wait_for(process.stdout.readline(), 20)).decode().strip()


OFFERED = r"^/api/(commands|questions)/"
"""Every operation but /api/facts, whose response lasts for as long as its caller's token."""
LEFT_OUT = {
    "positive_data_acceptance": "JSON Schema cannot say time zones, years, rules of one line and either-or",
}
AT_LEISURE = "EKKYO_FUZZ" in os.environ
PHASES = ["examples", "fuzzing", *(["coverage"] if AT_LEISURE else [])]
"""Coverage, every schema at its bounds, takes two minutes: `make fuzz` has it. Stateful follows links between
operations, and the document has none.
"""


async def test_the_document_holds_for_whatever_schemathesis_sends(system: System, running: Any, tmp_path: Path) -> None:
    mail = {"smtp_url": "smtp://127.0.0.1:1", "mail_from": "ekkyo@example.com"}  # nothing here sends a message
    async with running(members), running(service), running(surveys), running(notify, **mail):
        process = await asyncio.create_subprocess_exec(
            *(
                Path(sys.executable).with_name("schemathesis"),
                "run",
                str(system.http.base_url.join("/api/openapi.json")),
            ),
            *("--url", str(system.http.base_url), "--include-path-regex", OFFERED),
            *("--exclude-checks", ",".join(LEFT_OUT), "--phases", ",".join(PHASES), "--max-examples", "1"),
            *("--header", f"Authorization: Bearer {system.token('m1', 'steward')}", "--seed", "1", "--no-color"),
            cwd=tmp_path,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        told, _ = await asyncio.wait_for(process.communicate(), 1800 if AT_LEISURE else 120)
        assert process.returncode == 0, told.decode()[-6000:]
        document = (await system.http.get("/api/openapi.json")).json()
        here = sum(len(methods) for path, methods in document["paths"].items() if re.search(OFFERED, path))
        assert re.search(rf"Tested: {here}\b", told.decode()), told.decode()[-6000:]
