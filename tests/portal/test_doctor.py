"""The portal's doctor: the keys that it signs with, NATS as it needs it, and what it says of each mistake."""

import json
from pathlib import Path
from typing import Any

import pytest
from ekkyo.installation.systems import System, as_json
from ekkyo.process.doctor import Finding
from ekkyo.testing import Nats
from ekkyo.wire.tokens import OF_A_PORTAL, make_keys, public_half
from ekkyo_portal.doctor import examine


class Patient:
    """A portal's installation, sound until a test breaks it."""

    def __init__(self, folder: Path, nats: Nats) -> None:
        self.folder = folder
        self.key, self.public = make_keys(OF_A_PORTAL)
        self.write("portal.jwk", self.key)
        self.write("jwks.json", self.public)
        self.write("pass-jwks.json", make_keys()[1])
        (folder / "session.key").write_text("k" * 40 + "\n")
        (folder / "session.key").chmod(0o600)
        self.environ = {
            "EKKYO_NATS_URL": nats.url,
            "EKKYO_NATS_NKEY_FILE": str(nats.seed("portal")),
            "EKKYO_PORTAL_URL": "https://ekkyo.example.com",
            "EKKYO_JWKS_FILE": str(folder / "jwks.json"),
            "EKKYO_PORTAL_KEY_FILE": str(folder / "portal.jwk"),
            "EKKYO_SESSION_KEY_FILE": str(folder / "session.key"),
            "EKKYO_PASS_JWKS_FILE": str(folder / "pass-jwks.json"),
        }

    def write(self, name: str, value: Any) -> None:
        (self.folder / name).write_text(json.dumps(value))
        (self.folder / name).chmod(0o600)

    async def look(self, **changes: str) -> list[Finding]:
        return await examine(self.environ | {f"EKKYO_{name.upper()}": value for name, value in changes.items()})

    async def trouble(self, check: str, **changes: str) -> tuple[str, str]:
        """The one thing that is wrong: what, and what to do."""
        found = [each for each in await self.look(**changes) if each.state == "wrong"]
        assert [each.check for each in found] == [check]
        return found[0].found, found[0].remedy


@pytest.fixture
def sound(tmp_path: Path, nats: Nats) -> Patient:
    return Patient(tmp_path, nats)


async def test_nothing_is_wrong_with_a_sound_installation(sound: Patient) -> None:
    found = {each.check: each for each in await sound.look()}
    assert {check: each.state for check, each in found.items() if each.state != "well"} == {
        "nats sync_interval": "unseen"
    }
    assert {"settings", "nats", "nats clock", "nats permissions", "keys", "portal key", "session key", "passes"} <= set(
        found
    )
    assert found["nats permissions"].found == "portal has exactly the permissions it needs"
    assert "roles leader:*, member, portal, steward; 900 s" in found["portal key"].found


async def test_a_user_of_nats_who_may_more_than_a_portal_should(sound: Patient, nats: Nats) -> None:
    ops = {"nats_user": "portal", "nats_nkey_file": str(nats.seed("ops")), "inbox_prefix": "_INBOX.ops"}
    found, remedy = await sound.trouble("nats permissions", **ops)
    assert "it may publish $JS.ACK.>" in found
    assert "make nats-conf" in remedy


async def test_a_key_that_the_services_do_not_know(sound: Patient) -> None:
    sound.write("jwks.json", make_keys()[1])
    found, remedy = await sound.trouble("portal key")
    assert "services refuse" in found
    assert "EKKYO_JWKS_FILE" in remedy
    other = public_half(make_keys(OF_A_PORTAL)[0]) | {"kid": sound.key["kid"]}
    sound.write("jwks.json", {"keys": [other]})
    assert (await sound.trouble("portal key"))[0] == "the JWKS has another key of this kid"


@pytest.mark.parametrize(
    ("limits", "told"),
    [
        ({}, "its tokens may have any role, `system` too; its tokens may live for a day"),
        ({**OF_A_PORTAL, "ekkyo_max_seconds": 60}, "its tokens may not live for 600 s, which the portal needs"),
        ({**OF_A_PORTAL, "ekkyo_roles": ["system", "portal", "steward", "leader:*"]}, "may have the role system"),
        ({**OF_A_PORTAL, "ekkyo_roles": ["steward", "leader:*"]}, "its tokens may not have the role portal"),
    ],
)
async def test_a_key_that_is_not_limited_as_it_should_be(sound: Patient, limits: dict[str, Any], told: str) -> None:
    bare = {name: value for name, value in public_half(sound.key).items() if not name.startswith("ekkyo_")}
    sound.write("jwks.json", {"keys": [bare | limits]})
    found, remedy = await sound.trouble("portal key")
    assert told in found
    assert '"ekkyo_max_seconds": 900' in remedy


async def test_a_key_that_could_sign_for_a_system_that_hears_of_members(sound: Patient) -> None:
    other = make_keys()[1]["keys"][0]
    sound.write("jwks.json", {"keys": [public_half(sound.key), other]})
    found, remedy = await sound.trouble("facts of members", hears_members="hr, payroll")
    assert found == f"the key {other['kid']} signs for any system"
    assert "ekkyo_sub" in remedy


async def test_a_list_of_systems_that_cannot_be_read_or_holds_passwords(sound: Patient) -> None:
    file = sound.folder / "systems.json"
    assert (await sound.trouble("systems file", systems_file=str(file)))[0].startswith("it cannot be read")
    with_login = System(name="hr").with_login()
    file.write_text(as_json([with_login]))
    found, remedy = await sound.trouble("systems file", systems_file=str(file))
    assert "passwords" in found
    assert "portal/systems.json" in remedy
    file.write_text(as_json([with_login], logins=False))
    assert not [each for each in await sound.look(systems_file=str(file)) if each.state == "wrong"]


async def test_keys_that_everybody_can_read_or_nobody_can_use(sound: Patient) -> None:
    (sound.folder / "portal.jwk").chmod(0o644)
    assert await sound.trouble("portal key file") == (
        "everybody on this machine can use it",
        "Run: chmod o= portal.jwk",
    )
    (sound.folder / "portal.jwk").chmod(0o640)
    (sound.folder / "session.key").write_text("short\n")
    assert (await sound.trouble("session key"))[0] == "too short, or not readable"
    (sound.folder / "session.key").write_text("k" * 40)
    (sound.folder / "portal.jwk").write_text("{}")
    assert (await sound.trouble("portal key"))[0] == "it cannot be read"
    assert str(sound.key["d"]) not in str(await sound.look())


async def test_passes_that_cannot_be_checked(sound: Patient) -> None:
    assert (await sound.trouble("passes", passes="true", pass_jwks_file=""))[1].startswith("Set EKKYO_PASS_JWKS_FILE")
    off = [each.found for each in await sound.look(passes="false") if each.check == "passes"]
    assert off == ["off: every page wants a sign-in"]
    (sound.folder / "pass-jwks.json").write_text("[]")
    assert (await sound.trouble("passes"))[0] == "EKKYO_PASS_JWKS_FILE is no JWKS"


async def test_a_company_sign_in_that_does_not_answer(sound: Patient) -> None:
    provider = {"oidc_issuer": "http://127.0.0.1:9", "oidc_client_id": "ekkyo"}
    found, remedy = await sound.trouble("company sign-in", **provider)
    assert "cannot be used" in found
    assert "EKKYO_OIDC_ISSUER" in remedy


async def test_a_setting_that_is_missing_or_unknown(sound: Patient) -> None:
    found, remedy = await sound.trouble("settings", portal_ulr="x")
    assert (found, remedy) == ("EKKYO_PORTAL_ULR is unknown", "Did you mean EKKYO_PORTAL_URL?")
    assert (await sound.trouble("settings", portal_url="http://ekkyo.example.com"))[0] == "EKKYO_PORTAL_URL is wrong"
