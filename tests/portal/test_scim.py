"""SCIM for the company's directory: users and groups as Entra ID and Okta send them, by the services' decisions."""

import asyncio
from typing import Any

import httpx
import pytest
from ekkyo.contracts.base import Refused
from ekkyo_members import model
from ekkyo_portal.scim.users import Users, language, zone
from scim2_server.storage import SearchPage

from tests.members.people import member, profile
from tests.portal.making import settings
from tests.portal.provisioned import (
    ENTERPRISE,
    ERROR,
    GROUP,
    LIST,
    PATCH,
    URL,
    USER,
    MembersInMemory,
    directory,
    door,
)
from tests.portal.whole import whole


@pytest.fixture
def ekkyo() -> MembersInMemory:
    return MembersInMemory()


@pytest.fixture
def scim(ekkyo: MembersInMemory) -> httpx.AsyncClient:
    return directory(door(ekkyo))


def entra(n: int = 1, **other: Any) -> dict[str, Any]:
    """A user as Entra ID creates them, with its usual mappings."""
    user = {
        "schemas": [USER, ENTERPRISE],
        "externalId": f"0a21f0f2-8d2a-4f8e-bf98-7363c4aed4e{n}",
        "userName": f"Hanako{n}@corp.example.com",
        "active": True,
        "displayName": f"越境 花子{n}",
        "emails": [{"primary": True, "type": "work", "value": f"hanako{n}@example.co.jp"}],
        "meta": {"resourceType": "User"},
        "name": {"formatted": f"越境 花子{n}", "familyName": "越境", "givenName": f"花子{n}"},
        "preferredLanguage": "ja-JP",
        "roles": [],
        "title": "主任",
        ENTERPRISE: {"employeeNumber": f"00000{n}", "department": "営業部", "manager": "some-id"},
    }
    return user | other


def okta(n: int = 1, **other: Any) -> dict[str, Any]:
    """A user as Okta creates them."""
    user = {
        "schemas": [USER, ENTERPRISE],
        "userName": f"hanako{n}@example.co.jp",
        "name": {"givenName": "Hanako", "familyName": "Yamada"},
        "emails": [
            {"primary": True, "value": f"hanako{n}@example.co.jp", "type": "work"},
            {"primary": False, "value": f"home{n}@example.com", "type": "home"},
        ],
        "displayName": "Hanako Yamada",
        "locale": "en-US",
        "externalId": f"00ujl29u0le5T6Aj10h{n}",
        "groups": [],
        "password": "1mz050nq",
        "active": True,
        ENTERPRISE: {
            "employeeNumber": f"00000{n}",
            "department": "Sales",
            "manager": {"value": "x", "displayName": "y"},
        },
    }
    return user | other


def patch(*operations: dict[str, Any]) -> dict[str, Any]:
    return {"schemas": [PATCH], "Operations": list(operations)}


async def created(scim: httpx.AsyncClient, body: dict[str, Any]) -> dict[str, Any]:
    said = await scim.post("/Users", json=body)
    assert said.status_code == 201, said.text
    found: dict[str, Any] = said.json()
    return found


def kinds(ekkyo: MembersInMemory) -> list[str]:
    return [type(fact).__name__ for fact in ekkyo.facts]


async def test_entra_id_has_a_joiner_registered(scim, ekkyo):
    asked = await scim.get("/Users", params={"filter": 'userName eq "Hanako1@corp.example.com"'})
    assert (asked.status_code, asked.json()["totalResults"], asked.json()["schemas"]) == (200, 0, [LIST])
    user = await created(scim, entra())
    member_id = model.new_member_id("000001")
    assert user["id"] == member_id
    assert user["meta"] == {
        "resourceType": "User", "location": f"{URL}/scim/v2/Users/{member_id}", "version": 'W/"1"',
        "created": "2026-04-01T03:00:00Z",
    }  # fmt: skip
    assert user["emails"] == [{"value": "hanako1@example.co.jp", "type": "work", "primary": True}]
    assert user[ENTERPRISE] == {"employeeNumber": "000001", "department": "営業部"}
    assert (user["userName"], user["displayName"]) == ("Hanako1@corp.example.com", "越境 花子1")
    assert {"preferredLanguage", "title", "name"}.isdisjoint(user)
    known = ekkyo.members[member_id]
    assert (known.name, known.department, known.locale, known.active) == ("越境 花子1", "営業部", "ja", True)
    assert kinds(ekkyo) == ["MemberRegistered"]
    again = await scim.post("/Users", json=entra())
    assert (again.status_code, again.json()["scimType"]) == (409, "uniqueness")
    assert kinds(ekkyo) == ["MemberRegistered"]


WORK, NEW = 'emails[type eq "work"].value', "new@example.co.jp"
ENTRA_CHANGES: list[tuple[dict[str, Any], dict[str, Any]]] = [
    ({"op": "Replace", "path": "displayName", "value": "山田 花子"}, {"name": "山田 花子"}),
    ({"op": "Replace", "path": WORK, "value": NEW}, {"address": NEW}),
    ({"op": "Add", "path": WORK, "value": NEW}, {"address": NEW}),
    ({"op": "add", "path": "emails", "value": [{"primary": True, "type": "work", "value": NEW}]}, {"address": NEW}),
    ({"op": "replace", "path": "emails", "value": [{"type": "other", "value": NEW}]}, {"address": NEW}),
    ({"op": "add", "path": "emails", "value": [{"type": "home", "value": NEW}]}, {}),
    ({"op": "replace", "path": "emails[primary eq true].value", "value": NEW}, {"address": NEW}),
    ({"op": "Add", "path": f"{ENTERPRISE}:department", "value": "人事部"}, {"department": "人事部"}),
    ({"op": "add", "value": {"displayName": "A", f"{ENTERPRISE}:department": "B"}}, {"name": "A", "department": "B"}),
    ({"op": "Replace", "path": "active", "value": "False"}, {"active": False}),
    ({"op": "replace", "path": "active", "value": False}, {"active": False}),
    ({"op": "Replace", "path": "userName", "value": "h@corp.example.com"}, {"user_name": "h@corp.example.com"}),
    ({"op": "Remove", "path": f"{ENTERPRISE}:department"}, {"department": "?"}),
    ({"op": "Add", "path": f"{ENTERPRISE}:manager", "value": "2819c223"}, {}),
    ({"op": "Add", "path": f"{ENTERPRISE}:manager", "value": [{"$ref": "http://x/Users/2", "value": "2"}]}, {}),
    ({"op": "Replace", "path": f"{ENTERPRISE}:employeeNumber", "value": "000001"}, {}),
    ({"op": "Replace", "path": "name.givenName", "value": "花"}, {}),
    ({"op": "Replace", "path": "preferredLanguage", "value": "en-US"}, {}),
    ({"op": "Add", "path": 'phoneNumbers[type eq "mobile"].value', "value": "1"}, {}),
    ({"op": "Add", "path": 'addresses[type eq "work"].formatted', "value": "1"}, {}),
    ({"op": "Add", "path": "externalId", "value": "x-1"}, {"external_id": "x-1"}),
]  # fmt: skip


@pytest.mark.parametrize(("operation", "after"), ENTRA_CHANGES, ids=lambda it: str(it.get("path", "value")))
async def test_entra_id_has_a_mover_changed(scim, ekkyo, operation, after):
    user = await created(scim, entra())
    before = ekkyo.members[user["id"]]
    facts = len(ekkyo.facts)
    for _ in range(2):  # told twice
        said = await scim.patch(f"/Users/{user['id']}", json=patch(operation))
        assert said.status_code == 204, said.text
    now = ekkyo.members[user["id"]]
    assert {name: getattr(now, name) for name in after} == after
    kept = {"name", "address", "department", "active", "user_name", "external_id", "number", "locale"} - after.keys()
    assert all(getattr(now, name) == getattr(before, name) for name in kept)
    assert len(ekkyo.facts) == facts + bool(after)
    assert said.headers["etag"] == f'W/"{now.revision}"'


async def test_okta_creates_finds_replaces_and_deactivates(scim, ekkyo):
    user = await created(scim, okta())
    assert user["emails"][0]["value"] == "hanako1@example.co.jp"
    assert ekkyo.members[user["id"]].locale == "en"
    found = await scim.get("/Users?filter=userName%20eq%20%22HANAKO1%40example.co.jp%22&startIndex=1&count=100")
    assert [one["id"] for one in found.json()["Resources"]] == [user["id"]]
    moved = okta(displayName="Hanako Suzuki") | {"id": user["id"], "meta": {"resourceType": "User"}}
    for _ in range(2):  # told twice
        said = await scim.put(f"/Users/{user['id']}", json=moved)
        assert (said.status_code, said.json()["displayName"]) == (200, "Hanako Suzuki"), said.text
    for active in (False, True):
        said = await scim.patch(f"/Users/{user['id']}", json=patch({"op": "replace", "value": {"active": active}}))
        assert (said.status_code, ekkyo.members[user["id"]].active) == (204, active)
    assert kinds(ekkyo) == ["MemberRegistered", "ProfileChanged", "MemberDeactivated", "MemberReactivated"]


async def test_what_goes_without_saying_is_completed(scim, ekkyo):
    written = {"Hanako Yamada": ("Hanako", "Yamada"), "山田 花子": ("花子", "山田")}
    for n, (shown, (given, family)) in enumerate(written.items(), 1):
        name = {"givenName": given, "familyName": family}
        body = okta(n, name=name)
        for missing in ("displayName", "emails", "active"):
            del body[missing]
        user = await created(scim, body)
        assert (user["displayName"], user["active"]) == (shown, True)
        assert user["emails"][0]["value"] == f"hanako{n}@example.co.jp"


async def test_a_member_of_the_personnel_import_is_taken_over_by_number(scim, ekkyo):
    ekkyo.members["m1"] = member("m1", 1)
    assert (await scim.get("/Users")).json()["totalResults"] == 0
    assert (await scim.get("/Users/m1")).status_code == 404
    user = await created(scim, entra())
    known = ekkyo.members["m1"]
    assert user["id"] == "m1"
    assert (known.birth_date, known.site) == (profile(1).birth_date, profile(1).site)


async def test_who_is_deleted_has_left_and_is_found_no_more(scim, ekkyo):
    user = await created(scim, entra())
    assert (await scim.delete(f"/Users/{user['id']}")).status_code == 204
    assert not ekkyo.members[user["id"]].active
    for said in (await scim.delete(f"/Users/{user['id']}"), await scim.get(f"/Users/{user['id']}")):
        assert (said.status_code, said.json()["schemas"]) == (404, [ERROR])
    back = await created(scim, entra())
    assert (back["id"], ekkyo.members[user["id"]].active) == (user["id"], True)


FILTERS: list[tuple[str, int | None]] = [
    ('userName eq "hanako1@CORP.example.com"', 1),
    ('externalId eq "0a21f0f2-8d2a-4f8e-bf98-7363c4aed4e1"', 1),
    ('emails[type eq "work"].value eq "hanako1@example.co.jp"', 1),
    ('emails[type eq "work" and value eq "hanako1@example.co.jp"]', 1),
    ('emails.value eq "hanako1@example.co.jp" and active eq true', 1),
    (f'{ENTERPRISE}:employeeNumber eq "000001"', 1),
    (f'{ENTERPRISE}:department eq "営業部"', 2),
    ('displayName eq "越境 花子2"', 1),
    ("active eq false", 0),
    ('userName eq "a" and userName eq "b"', 0),
    ('id eq "no id at all"', 0),
    ('userName sw "h"', 2),
    ('userName sw "HANAKO2"', 1),
    ('userName eq "a" or userName eq "hanako2@corp.example.com"', 1),
    ('displayName co "花子" and not (emails.value ew "1@example.co.jp")', 1),
    (f"{ENTERPRISE}:department pr and active eq true", 2),
    ('title eq "主任"', None),
    ("nonsense", None),
]


async def test_filters(scim, ekkyo):
    for n in (1, 2):
        await created(scim, entra(n))
    for text, total in FILTERS:
        said = await scim.get("/Users", params={"filter": text})
        if total is None:
            assert (said.status_code, said.json()["scimType"]) == (400, "invalidFilter"), text
        else:
            assert (said.status_code, said.json().get("totalResults")) == (200, total), text


async def test_who_meets_a_filter_that_is_no_question_is_read_page_by_page(scim, ekkyo):
    for n in (1, 2, 3):
        await created(scim, entra(n))
    said = (await scim.get("/Users", params={"filter": 'userName co "corp"', "startIndex": 2, "count": 1})).json()
    assert (said["totalResults"], [one["userName"] for one in said["Resources"]]) == (3, ["Hanako2@corp.example.com"])


async def test_everybody_is_compared_with_few_conditions_and_for_one_search_at_a_time(scim, ekkyo, monkeypatch):
    await created(scim, entra())
    for many, status in ((20, 200), (21, 400)):
        text = " or ".join(f'userName eq "a{n}"' for n in range(many - 1)) + " or not (displayName pr)"
        said = await scim.get("/Users", params={"filter": text})
        assert said.status_code == status, many
    assert (said.json()["scimType"], "20" in said.json()["detail"]) == ("tooMany", True)
    at_once, most = 0, 0

    async def matching(self: Users, *asked: Any) -> SearchPage:
        nonlocal at_once, most
        at_once += 1
        most = max(most, at_once)
        await asyncio.sleep(0.01)
        at_once -= 1
        return SearchPage(0, [])

    monkeypatch.setattr(Users, "_compared", matching)
    searches = [scim.get("/Users", params={"filter": 'userName co "corp"'}) for _ in range(3)]
    assert [said.status_code for said in await asyncio.gather(*searches)] == [200] * 3
    assert most == 1


async def test_it_is_told_since_when_the_directory_has_a_person(scim, ekkyo):
    user = await created(scim, entra())
    assert user["meta"]["created"].startswith("2026-04-01")
    await scim.patch(f"/Users/{user['id']}", json=patch({"op": "replace", "path": "active", "value": False}))
    said = (await scim.get(f"/Users/{user['id']}")).json()
    assert (said["active"], said["meta"]["created"]) == (False, user["meta"]["created"])


async def test_a_person_without_a_number_is_refused_with_what_to_map(scim, ekkyo):
    said = await scim.post("/Users", json=entra(**{ENTERPRISE: {"department": "営業部"}}))
    assert said.status_code == 400
    assert "employeeId" in said.json()["detail"]


async def test_a_search_may_stand_in_a_body(scim, ekkyo):
    await created(scim, entra())
    for text, status in [('emails[type eq "work"].value eq "hanako1@example.co.jp"', 200), ("(" * 2001, 400)]:
        body = {"schemas": ["urn:ietf:params:scim:api:messages:2.0:SearchRequest"], "filter": text}
        said = await scim.post("/Users/.search", json=body)
        assert (said.status_code, said.json().get("totalResults")) == (status, 1 if status == 200 else None)


async def test_pages(scim, ekkyo):
    for n in (1, 2, 3):
        await created(scim, entra(n))
    said = (await scim.get("/Users?startIndex=2&count=1&attributes=userName")).json()
    assert (said["totalResults"], said["startIndex"], said["itemsPerPage"]) == (3, 2, 1)
    assert [one["userName"] for one in said["Resources"]] == ["Hanako2@corp.example.com"]
    assert "emails" not in said["Resources"][0]
    none = (await scim.get("/Users?count=0")).json()
    assert (none["totalResults"], none.get("Resources", [])) == (3, [])


async def test_etags(scim, ekkyo):
    user = await created(scim, entra())
    path, change = f"/Users/{user['id']}", patch({"op": "replace", "path": "displayName", "value": "A"})
    assert (await scim.get(path, headers={"if-none-match": 'W/"1"'})).status_code == 304
    for stale in ('W/"7"', '"nonsense"'):
        named = {"if-match": stale}
        for said in (await scim.patch(path, json=change, headers=named), await scim.delete(path, headers=named)):
            assert (said.status_code, said.json()["schemas"]) == (412, [ERROR])
    assert (await scim.patch(path, json=change, headers={"if-match": user["meta"]["version"]})).status_code == 204


async def test_a_change_beside_another_one_is_made_unless_it_was_for_that_revision_alone(scim, ekkyo):
    user = await created(scim, entra())
    path, change = f"/Users/{user['id']}", patch({"op": "replace", "path": "displayName", "value": "A"})

    def joined(others: MembersInMemory) -> None:
        known = others.members[user["id"]]
        others.members[user["id"]] = known.model_copy(update={"attended": 1, "revision": known.revision + 1})

    ekkyo.meanwhile = [joined]
    assert (await scim.patch(path, json=change, headers={"if-match": 'W/"1"'})).status_code == 412
    ekkyo.meanwhile = [joined]
    assert (await scim.patch(path, json=change)).status_code == 204
    assert (ekkyo.members[user["id"]].name, ekkyo.members[user["id"]].attended) == ("A", 1)


WRONG: list[tuple[dict[str, Any], str]] = [
    (entra(**{ENTERPRISE: {"department": "営業部"}}), "employeeNumber"),
    (entra(**{ENTERPRISE: {"employeeNumber": "no spaces please"}}), "employeeNumber"),
    (entra(emails=[{"type": "work", "value": "nonsense"}]), "emails.value"),
    (entra(displayName="two\nlines"), "displayName"),
    ({k: v for k, v in entra().items() if k != "userName"}, "userName"),
]


async def test_what_cannot_be_taken_is_named_and_not_repeated(scim, ekkyo):
    for body, attribute in WRONG:
        said = await scim.post("/Users", json=body)
        assert (said.status_code, said.json()["schemas"]) == (400, [ERROR]), said.text
        assert attribute in said.json()["detail"]
        assert "nonsense" not in said.text
    assert ekkyo.members == {}
    for body in (b"{", b"[" * 100_000, b"[]", b""):
        assert (await scim.post("/Users", content=body)).status_code == 400
    user = await created(scim, entra())
    number = {"op": "replace", "path": f"{ENTERPRISE}:employeeNumber", "value": "000009"}
    said = await scim.patch(f"/Users/{user['id']}", json=patch(number))
    assert (said.status_code, said.json()["scimType"]) == (400, "mutability")
    taken = await scim.post("/Users", json=entra(2, emails=[{"value": "hanako1@example.co.jp"}]))
    assert (taken.status_code, taken.json()["scimType"]) == (409, "uniqueness")


async def test_a_group_is_the_community_that_the_operator_named_for_it(scim, ekkyo):
    people = [(await created(scim, entra(n)))["id"] for n in (1, 2, 3)]
    listed = (await scim.get("/Groups?excludedAttributes=members")).json()
    assert [(one["id"], one["displayName"]) for one in listed["Resources"]] == [("c1", "SG-IT"), ("c2", "SG-English")]
    found = (await scim.get("/Groups", params={"filter": 'displayName eq "SG-IT"'})).json()
    assert [one["id"] for one in found["Resources"]] == ["c1"]
    add = {"op": "Add", "path": "members", "value": [{"value": one} for one in people[:2]]}
    for _ in range(2):  # told twice
        assert (await scim.patch("/Groups/c1", json=patch(add))).status_code == 204
    assert kinds(ekkyo)[3:] == ["MemberJoined", "MemberJoined"]
    assert ekkyo.members[people[0]].membership("c1").rules_accepted == 0
    group = (await scim.get("/Groups/c1")).json()
    assert {one["value"] for one in group["members"]} == set(people[:2])
    for leaving, operation in [
        (0, {"op": "Remove", "path": "members", "value": [{"value": people[0]}]}),
        (1, {"op": "remove", "path": f'members[value eq "{people[1]}"]'}),
    ]:
        assert (await scim.patch("/Groups/c1", json=patch(operation))).status_code == 204
        assert ekkyo.members[people[leaving]].communities == []
    whole = {"schemas": [GROUP], "displayName": "SG-IT", "members": [{"value": people[2], "display": "x"}]}
    assert (await scim.put("/Groups/c1", json=whole)).status_code == 200
    assert [m for m, known in ekkyo.members.items() if "c1" in known.communities] == [people[2]]
    posted = await scim.post("/Groups", json=whole | {"members": [{"value": people[0]}]})
    assert (posted.status_code, posted.json()["id"]) == (201, "c1")
    assert "c1" in ekkyo.members[people[2]].communities  # nobody leaves by it


async def test_what_a_directory_may_not_do_with_groups(scim, ekkyo):
    other = {"schemas": [GROUP], "displayName": "SG-Other"}
    renamed = patch({"op": "replace", "path": "displayName", "value": "SG-Other"})
    unknown = patch({"op": "add", "path": "members", "value": [{"value": "nobody"}]})
    for said, status in [
        (await scim.post("/Groups", json=other), 403),
        (await scim.delete("/Groups/c1"), 403),
        (await scim.get("/Groups/c9"), 404),
        (await scim.patch("/Groups/c1", json=renamed), 400),
        (await scim.patch("/Groups/c1", json=unknown), 400),
    ]:
        assert (said.status_code, said.json()["schemas"]) == (status, [ERROR]), said.text
    user = await created(scim, entra(active=False))
    left = patch({"op": "add", "path": "members", "value": [{"value": user["id"]}]})
    assert (await scim.patch("/Groups/c1", json=left)).status_code == 204
    assert ekkyo.members[user["id"]].communities == []


async def test_who_may_not_and_what_is_away_are_told_as_scim_errors(scim, ekkyo):
    nobody = await scim.get("/Users", headers={"authorization": ""})
    assert (nobody.status_code, nobody.json()["status"]) == (401, "401")
    assert nobody.headers["www-authenticate"].startswith("Bearer")
    member = await scim.post("/Users", content=b"{", headers={"authorization": "Bearer steward"})
    assert (member.status_code, member.json()["schemas"]) == (403, [ERROR])
    assert ekkyo.tokens == []
    for why, status, again in [
        (Refused("token_expired", "The token has expired.", 401), 401, None),
        (Refused("not_allowed", "Allowed callers: system.", 403), 403, None),
        (Refused("unavailable", "Try again later.", 503), 503, "5"),
        (Refused("too_many_requests", "Too many.", 429), 429, "1"),
    ]:
        ekkyo.away = why
        for said in (await scim.get("/Users/m1"), await scim.post("/Users", json=entra())):
            assert (said.status_code, said.headers.get("retry-after")) == (status, again)
            assert (said.json()["schemas"], said.json()["status"]) == ([ERROR], str(status))
    assert set(ekkyo.tokens) == {"system"}


async def test_what_it_says_of_itself_and_what_it_does_not_do(scim, ekkyo, caplog):
    config = (await scim.get("/ServiceProviderConfig", headers={"authorization": ""})).json()
    told = {name: config[name]["supported"] for name in ("patch", "bulk", "filter", "sort", "etag", "changePassword")}
    assert told == {"patch": True, "bulk": False, "filter": True, "sort": False, "etag": True, "changePassword": False}
    for said, status in [
        (await scim.post("/Bulk", json={"schemas": [], "Operations": []}), 501),
        (await scim.get("/Me"), 501),
        (await scim.get("/"), 501),
        (await scim.get("/Users?sortBy=userName"), 501),
        (await scim.get("/Devices"), 404),
        (await scim.delete("/Users"), 405),
        (await scim.post("/Users", content=b"x" * 1_000_001), 413),
        (await scim.patch("/Users/m1", json=patch(*[{"op": "add", "path": "active", "value": True}] * 1001)), 413),
        (await scim.get("/Users", params={"filter": "(" * 2001}), 400),
        (await scim.post("/Users", content=b"a=b", headers={"content-type": "text/plain"}), 415),
    ]:
        assert (said.status_code, said.json()["schemas"]) == (status, [ERROR]), said.text
    await created(scim, entra())
    assert "hanako" not in caplog.text.lower()


def test_languages_and_time_zones_as_directories_write_them():
    for text, tongue in [("ja", "ja"), ("ja-JP", "ja"), ("en_US", "en"), ("JA", "ja"), ("fr", None), (None, None)]:
        assert language(text) == tongue
    for text, name in [("Asia/Tokyo", "Asia/Tokyo"), ("Tokyo Standard Time", None), ("../etc/passwd", None)]:
        assert zone(text) == name


async def test_the_portal_serves_it_beside_its_pages_for_the_groups_that_were_named(tmp_path):
    async with whole(tmp_path, scim_groups="c1=SG-IT, c2=SG English") as portal:
        config = await portal.http.get("/scim/v2/ServiceProviderConfig")
        assert config.json()["meta"]["location"].endswith("/scim/v2/ServiceProviderConfig")
        elsewhere = {"origin": "https://portal.azure.com", "sec-fetch-site": "cross-site"}
        said = await portal.http.post("/scim/v2/Users", json={}, headers=elsewhere)
        assert (said.status_code, said.json()["schemas"]) == (401, [ERROR])
    for wrong in ("c1", "=SG-IT", "c1=", "c1=A,c1=B", "c1=A,c2=A", "c 1=A"):
        with pytest.raises(ValueError, match="scim_groups"):
            settings(scim_groups=wrong)
