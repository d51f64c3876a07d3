"""The HTTP door: what systems without NATS may say, and how each mistake is answered."""

import asyncio
import json
import re
from collections.abc import AsyncIterator
from types import SimpleNamespace
from typing import Any

import httpx
import jsonschema_rs
import jwt
import pytest
from ekkyo.contracts.base import Problem, Refused
from ekkyo.contracts.events import EventPage, GetEvent, ListEvents, RegisterForEvent
from ekkyo.docs.openapi import openapi
from ekkyo.wire.tokens import DAY, OF_A_DIRECTORY, Verifier, issue_token, make_keys
from ekkyo_portal.api import Door, Facts
from ekkyo_portal.api.facts import OF_ALL, OF_ONE
from ekkyo_portal.api.reading import LARGEST, operations
from ekkyo_portal.site import Measured
from prometheus_client import CollectorRegistry
from starlette.requests import Request

from tests.portal.whole import Services, whole

TOKEN = jwt.encode({"sub": "seating-plan", "roles": ["system"]}, "k" * 32)
BEARER = {"authorization": f"Bearer {TOKEN}"}
SEAT = {"event_id": "e1", "member_id": "hanako", "registration_id": "r1"}


class NothingHappens:
    """A connection to NATS with an empty stream of facts."""

    nc = SimpleNamespace(is_connected=True)

    @property
    def js(self) -> "NothingHappens":
        return self

    async def stream_info(self, name: str) -> Any:
        return SimpleNamespace(state=SimpleNamespace(last_seq=0))

    async def facts(self, *_: Any, **__: Any) -> AsyncIterator[Any]:
        await asyncio.Event().wait()
        yield


async def left() -> dict[str, str]:
    """What the server tells of a reader who is gone."""
    return {"type": "http.disconnect"}


async def nobody_reads(message: Any) -> None:
    pass


def problem_of(response: httpx.Response, status: int, code: str) -> dict[str, Any]:
    """The problem in a response, which is one in every respect."""
    told: dict[str, Any] = response.json()
    assert (response.status_code, told["status"], told["code"]) == (status, status, code)
    assert told["type"] == f"urn:ekkyo:problem:{code}"
    assert response.headers["content-type"] == "application/problem+json"
    assert response.headers["cache-control"] == "no-store"
    Problem.model_validate(told)
    return told


async def test_a_command_and_a_question_go_on_with_the_callers_own_token(tmp_path):
    async with whole(tmp_path) as portal:
        portal.services.answering.replies[ListEvents] = EventPage(events=[], next="e9")
        listed = await portal.http.post("/api/questions/events.list", json={"limit": 3}, headers=BEARER)
        asked = "/api/questions/events.list?limit=3&community_ids=it&community_ids=7&newest_first=true"
        page = await portal.get(asked, headers=BEARER)
        assert listed.json() == page.json() == {"events": [], "next": "e9"}
        assert page.headers["link"] == f'<{asked}&after=e9>; rel="next"'
        assert page.headers["cache-control"] == "no-store"
        assert "access-control-allow-origin" not in page.headers
        assert [(sub, roles) for sub, roles, _ in portal.services.callers] == [("seating-plan", {"system"})] * 2
        assert portal.services.answering.said == [
            ListEvents(limit=3),
            ListEvents(limit=3, community_ids=["it", "7"], newest_first=True),
        ]


async def test_a_refusal_has_the_code_and_the_status_it_has_on_nats(tmp_path):
    async with whole(tmp_path) as portal:
        for status, code in [(409, "event_over"), (404, "event_not_found"), (403, "not_allowed")]:
            portal.services.answering.replies[RegisterForEvent] = Refused(code, "No.", status)
            said = await portal.http.post("/api/commands/events.register", json=SEAT, headers=BEARER)
            problem_of(said, status, code)


@pytest.mark.parametrize(("status", "code"), [(503, "unavailable"), (429, "too_many_requests")])
async def test_what_may_be_tried_again_says_when(tmp_path, status, code):
    async with whole(tmp_path) as portal:
        portal.services.answering.replies[GetEvent] = Refused(code, "Later.", status)
        said = await portal.get("/api/questions/events.get?event_id=e1", headers=BEARER)
        problem_of(said, status, code)
        assert int(said.headers["retry-after"]) > 0


@pytest.mark.parametrize(
    ("sent", "status", "code"),
    [
        ({"content": b"{", "headers": {"content-type": "application/json"}}, 400, "malformed"),
        ({"json": {**SEAT, "seat": 4}}, 400, "malformed"),
        ({"json": {**SEAT, "event_id": 4}}, 400, "malformed"),
        ({"data": SEAT}, 415, "wrong_content_type"),
        ({"content": json.dumps(SEAT)}, 415, "wrong_content_type"),
        ({"content": b" " * (LARGEST + 1), "headers": {"content-type": "application/json"}}, 413, "too_large"),
    ],
    ids=["no JSON", "unknown field", "wrong type", "a form", "no type", "too large"],
)
async def test_each_mistake_is_a_clear_problem_and_reaches_no_service(tmp_path, sent, status, code):
    async with whole(tmp_path) as portal:
        headers = {**BEARER, **sent.pop("headers", {})}
        said = await portal.http.post("/api/commands/events.register", headers=headers, **sent)
        problem_of(said, status, code)
        assert portal.services.answering.said == []


@pytest.mark.parametrize("query", ["colour=red", "limit=3&limit=4", "limit=three", "newest_first=1"])
async def test_an_address_is_read_as_strictly_as_a_body(tmp_path, query):
    async with whole(tmp_path) as portal:
        said = await portal.get(f"/api/questions/events.list?{query}", headers=BEARER)
        told = problem_of(said, 400, "malformed")
        assert [error["field"] for error in told["errors"]] == [query.partition("=")[0]]
        assert portal.services.answering.said == []


@pytest.mark.parametrize("header", [None, "", "Basic aGE6aGE=", "Bearer", "Bearer  "])
async def test_without_a_token_nothing_is_asked_even_with_a_session(tmp_path, header):
    async with whole(tmp_path) as portal:
        await portal.sign_in()
        assert portal.signed_in
        portal.services.answering.said.clear()
        headers = {} if header is None else {"authorization": header}
        said = await portal.get("/api/questions/events.list", headers=headers)
        problem_of(said, 401, "token_missing")
        assert said.headers["www-authenticate"] == "Bearer"
        assert portal.services.answering.said == []


async def test_the_token_of_a_directory_is_for_scim_alone(tmp_path):
    token = issue_token(make_keys(OF_A_DIRECTORY)[0], "scim", ["system"])
    join = {"member_id": "m1", "community_id": "not-connected"}
    async with whole(tmp_path) as portal:
        for name in ("commands/members.join", "commands/members.leave", "questions/members.provisioned"):
            by = {"authorization": f"Bearer {token}"}
            problem_of(await portal.http.post(f"/api/{name}", json=join, headers=by), 403, "not_allowed")
        assert portal.services.callers == []


async def test_addresses_and_methods_that_are_not_there_are_problems_too(tmp_path):
    async with whole(tmp_path) as portal:
        for path in ("/api/", "/api/commands/events.list", "/api/questions/nothing", "/api/commands"):
            problem_of(await portal.get(path, headers=BEARER), 404, "operation_not_found")
        for method, path, allowed in [
            ("GET", "/api/commands/events.register", "POST"),
            ("DELETE", "/api/questions/events.list", "GET, POST"),
        ]:
            said = await portal.http.request(method, path, headers=BEARER)
            problem_of(said, 405, "method_not_allowed")
            assert said.headers["allow"] == allowed


async def test_what_signs_members_in_is_not_offered(tmp_path):
    async with whole(tmp_path) as portal:
        for path in ("/api/questions/members.identify", "/api/commands/notify.begin_sign_in"):
            problem_of(await portal.http.post(path, json={}, headers=BEARER), 404, "operation_not_found")
        assert portal.services.answering.said == []


async def test_more_at_once_than_the_portal_takes_is_told_so():
    services = Services()
    services.answering.replies[ListEvents] = EventPage(events=[], next=None)
    for at_once, status in ((0, 429), (1, 200)):
        door = Door(services, Measured(CollectorRegistry()), None, at_once=at_once).route
        async with httpx.AsyncClient(transport=httpx.ASGITransport(door.app), base_url="http://portal") as http:
            for _ in range(2):  # a request that ended makes room for the next one
                said = await http.get("/questions/events.list", headers=BEARER)
                assert said.status_code == status
                assert ("retry-after" in said.headers) == (status == 429)


@pytest.mark.parametrize(("most", "lives", "code"), [(60, 90, "token_invalid"), (3 * DAY, 2 * DAY, "unavailable")])
async def test_facts_are_read_with_tokens_that_live_as_long_as_the_setting_allows(tmp_path, most, lives, code):
    async with whole(tmp_path, token_max_seconds=most) as portal:
        key = json.loads((tmp_path / "portal_key_file").read_text())
        token = issue_token(key, "seating-plan", {"system"}, lives)
        said = await portal.get("/api/facts", headers={"authorization": f"Bearer {token}"})
        problem_of(said, 401 if code == "token_invalid" else 503, code)


async def test_one_instance_streams_facts_to_a_hundred_at_once_and_to_the_next_when_one_has_left(tmp_path):
    key, jwks = make_keys()
    (tmp_path / "jwks.json").write_text(json.dumps(jwks))
    facts = Facts(NothingHappens(), Verifier(tmp_path / "jwks.json"), frozenset())

    def asked(sub: str) -> Request:
        token = f"Bearer {issue_token(key, sub, {'system'}, 60)}".encode()
        return Request({"type": "http", "query_string": b"", "headers": [(b"authorization", token)]})

    streams = [await facts.stream(asked(f"system-{n // OF_ONE}")) for n in range(OF_ALL)]
    with pytest.raises(Refused) as no:
        await facts.stream(asked("one-more"))
    assert (no.value.code, no.value.status, facts.open) == ("too_many_streams", 429, 100)
    await streams[0]({"type": "http", "asgi": {}}, left, nobody_reads)
    assert facts.open == 99
    await facts.stream(asked("one-more"))


async def test_an_open_stream_of_facts_ends_when_its_key_is_withdrawn_or_limited(tmp_path):
    """Without a fact to tell, and although its token is good for an hour: the file is looked at once a second."""
    key, jwks = make_keys()
    _, other = make_keys()
    file = tmp_path / "jwks.json"
    for then in (other, {"keys": [{**jwks["keys"][0], "ekkyo_roles": ["leader:*"]}]}, {"keys": []}):
        file.write_text(json.dumps(jwks))
        tokens = Verifier(file)
        facts = Facts(NothingHappens(), tokens, frozenset(), ping=0.001)
        token = f"Bearer {issue_token(key, 'seats', {'system'}, 3600)}".encode()
        request = Request({"type": "http", "query_string": b"", "headers": [(b"authorization", token)]})
        lines = aiter((await facts.stream(request)).body_iterator)
        assert [await anext(lines) for _ in range(3)][1:] == [": ping\n\n"] * 2
        file.write_text(json.dumps({**then, "later": True}))
        tokens._looked = 0.0  # a second ago
        with pytest.raises(StopAsyncIteration):
            await anext(lines)


async def test_a_failure_of_the_portal_says_what_to_look_for(tmp_path):
    async with whole(tmp_path) as portal:
        portal.services.answering.replies[ListEvents] = RuntimeError("secret words")
        said = await portal.get("/api/questions/events.list", headers=BEARER)
        assert problem_of(said, 500, "unexpected")["reference"]
        assert "secret" not in said.text


async def test_the_document_describes_every_operation_that_is_offered(tmp_path):
    async with whole(tmp_path) as portal:
        served = (await portal.get("/api/openapi.json")).json()
    assert served == openapi()
    facts = served["paths"].pop("/api/facts")
    assert set(facts) == {"get"}
    assert set(served["paths"]) == {f"/api/{kind}/{name}" for kind, name in operations()}
    for path, methods in served["paths"].items():
        assert set(methods) == ({"post", "get"} if "/questions/" in path else {"post"})
        body = methods["post"]["requestBody"]["content"]["application/json"]
        jsonschema_rs.Draft202012Validator({**body["schema"], "components": served["components"]}).validate(
            body["example"]
        )


async def test_the_page_that_shows_the_document_loads_its_own_files_alone(tmp_path):
    async with whole(tmp_path) as portal:
        page = await portal.get("/api/docs")
        assert "script-src 'self'" in page.headers["content-security-policy"]
        named = re.findall(r'(?:src|href)="([^"]+)"', page.text)
        assert len(named) == 5
        for path in named:
            found = await portal.get(path)
            assert (path, found.status_code) == (path, 200)
        assert not re.search(r"<script(?! src)|<style|\son\w+=", page.text)
        problem_of(await portal.get("/api/docs/door.py", headers=BEARER), 404, "operation_not_found")
