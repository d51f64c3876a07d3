"""SCIM before the real members service: the checks of scim2-tester, who may, and a service that is away."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from typing import Any
from uuid import uuid4

import httpx
import pytest
import pytest_asyncio
from ekkyo.client import Ekkyo
from ekkyo.testing import Nats
from ekkyo.testing.plugin import ClientAs
from ekkyo.wire.tokens import Verifier
from ekkyo_members.app import service

from tests.members.people import founding
from tests.portal.provisioned import ENTERPRISE, ERROR, PATCH, URL, USER, directory, door


@pytest_asyncio.fixture
async def scim(nats: Nats, keys: Any) -> AsyncIterator[Any]:
    """A function that gives what speaks SCIM as somebody."""
    async with Ekkyo.connect(nats.url, login=nats.login("portal"), environment={}) as ekkyo:
        application = door(ekkyo, Verifier(keys.jwks_file))

        def speaking(*who: str) -> httpx.AsyncClient:
            client = directory(application)
            client.headers["authorization"] = f"Bearer {keys.token(*who)}"
            return client

        yield speaking


@pytest.fixture
def _numbers(monkeypatch: pytest.MonkeyPatch) -> None:
    """The tester knows no personnel numbers and no group that is named, says at random whether the only address is the
    primary one and whether somebody who is put into a group has left, calls members of groups as they are not called
    (`display` is not the standard's there), and knows that an attribute is immutable in the core schema alone."""
    import scim2_tester.checkers.resource_put
    import scim2_tester.filling

    random_value, fill = scim2_tester.filling.generate_random_value, scim2_tester.filling.fill_with_random_values

    def value(context: Any, path: Any, *more: Any, **named: Any) -> Any:
        made = random_value(context, path, *more, **named)
        for address in made if made and str(path).endswith("emails") else ():
            address.primary = True
        for member in made if made and str(path).endswith("members") else ():
            member.display = None
        bound = path.resolve()
        if made and str(path).endswith("displayName") and bound.target_model.__name__ == "Group":
            return "SG-IT"
        if made is not None and str(path).endswith("active"):
            return True
        return f"E{uuid4().hex[:12]}" if made and str(path).endswith("employeeNumber") else made

    def filled(context: Any, user: Any, *more: Any, **named: Any) -> Any:
        if type(user).__name__ == "Group":
            return fill(context, user, *more, **named)
        number = user[ENTERPRISE].employee_number
        user = fill(context, user, *more, **named)
        user[ENTERPRISE].employee_number = number
        return user

    for module in ("filling", "checkers.patch_add", "checkers.patch_replace"):
        monkeypatch.setattr(f"scim2_tester.{module}.generate_random_value", value)
    monkeypatch.setattr(scim2_tester.checkers.resource_put, "fill_with_random_values", filled)


DECIDED = [
    # it gives somebody another personnel number, among others
    f"Failed to replace attribute '{ENTERPRISE}': 'employeeNumber' is immutable",
    # what a directory calls a group is kept nowhere: the operator's setting names it
    "GET /Resource/{id}: requested attribute 'externalId' missing from Group response",
    "GET /Resource: requested attribute 'externalId' missing from Group response",
    "A community is not deleted by a directory. The operator disconnects it in EKKYO_SCIM_GROUPS.",
    "Attribute 'externalId' was not added or has unexpected value",
    "Attribute 'externalId' was not replaced or has unexpected value",
]
"""What the tester finds, in its words, and why that stays (docs/decisions/scim.md)."""


@pytest.mark.usefixtures("_numbers")
async def test_scim2_tester_finds_nothing_wrong_but_what_is_decided(
    scim: Any, running: Any, client_as: ClientAs
) -> None:
    from scim2_client.engines.wsgi import WSGISCIMClient  # two seconds, which no other worker spends on it
    from scim2_tester import Status, check_server

    loop, http = asyncio.get_running_loop(), scim("scim", "system")

    def application(environ: Any, start: Any) -> Iterator[bytes]:
        """Carries the tester's requests, which waits in a thread for each of them, to the loop of the services."""
        headers = {name[5:].replace("_", "-"): value for name, value in environ.items() if name.startswith("HTTP_")}
        headers["content-type"] = environ.get("CONTENT_TYPE") or "application/scim+json"
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        url = f"{environ['PATH_INFO']}?{environ.get('QUERY_STRING', '')}"
        sent = http.request(environ["REQUEST_METHOD"], f"{URL}{url}", content=body, headers=headers)
        said = asyncio.run_coroutine_threadsafe(sent, loop).result(20)
        start(f"{said.status_code} {said.reason_phrase}", list(said.headers.items()))
        yield said.content

    async with running(service), client_as("s1", "steward") as steward:
        await steward.send(founding("c1"))
        client = WSGISCIMClient(application, base_url=f"{URL}/scim/v2")
        results = await asyncio.to_thread(check_server, client, resource_types=["User", "Group"])
    wrong = [
        str(r.reason).partition("\n")[0]
        for r in results
        if r.status in (Status.ERROR, Status.CRITICAL, Status.DEVIATION)
    ]
    assert wrong == DECIDED, "\n".join(wrong)
    assert sum(r.status == Status.SUCCESS for r in results) > 50


async def test_a_joiner_moves_and_leaves_and_nobody_else_may_say_so(scim: Any, running: Any) -> None:
    entra = scim("scim", "system")
    user = {
        "schemas": [USER, ENTERPRISE],
        "userName": "hanako@corp.example.com",
        "externalId": "0a21f0f2",
        "displayName": "山田 花子",
        "emails": [{"type": "work", "value": "hanako@example.co.jp"}],
        ENTERPRISE: {"employeeNumber": "0012345", "department": "営業部"},
    }
    async with running(service):
        for who in (("m1",), ("l1", "leader:c1"), ("s1", "steward"), ("portal", "portal")):
            for said in (await scim(*who).get("/Users"), await scim(*who).post("/Users", json=user)):
                assert (said.status_code, said.json()["schemas"]) == (403, [ERROR])
        made = (await entra.post("/Users", json=user)).json()
        move = {"op": "Replace", "path": f"{ENTERPRISE}:department", "value": "人事部"}
        moved = await entra.patch(f"/Users/{made['id']}", json={"schemas": [PATCH], "Operations": [move]})
        assert (moved.status_code, moved.headers["etag"]) == (204, 'W/"2"')
        found = (await entra.get("/Users", params={"filter": 'externalId eq "0a21f0f2"'})).json()["Resources"]
        assert [(one["id"], one[ENTERPRISE]["department"]) for one in found] == [(made["id"], "人事部")]
        assert (await entra.delete(f"/Users/{made['id']}")).status_code == 204
        assert (await entra.get(f"/Users/{made['id']}")).status_code == 404
    away = await entra.get("/Users")
    assert (away.status_code, away.json()["schemas"]) == (503, [ERROR])
    assert away.headers["retry-after"] == "5"
