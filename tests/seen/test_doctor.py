"""`doctor` on real servers where something is broken on purpose: it finds it, and says what to do."""

import asyncio
import json
import os
import subprocess
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from aiosmtpd.smtp import SMTP, AuthResult
from ekkyo.installation.embedded import free_port, script, start_mongo, start_nats
from ekkyo.installation.mirrors import Mirror
from ekkyo.process.doctor import Finding, is_wrong
from ekkyo.process.doctor.nats import clock
from ekkyo.service import Service
from ekkyo.service.doctor import examine
from ekkyo.store.driver import Database
from ekkyo.testing import Nats
from ekkyo.testing.keys import Keys
from ekkyo.wire.tokens import issue_token, make_keys
from ekkyo_events.app import service as events
from ekkyo_members.app import service as members
from ekkyo_notify.app import service as notify
from pymongo import AsyncMongoClient

from tests.notify.servers import CHATS_HERE, ChatServer, MailServer

FROM = "no-reply@ekkyo.example.com"


@dataclass
class Patient:
    """A service's installation, sound until a test breaks it."""

    nats: Nats
    environ: dict[str, str]
    service: Service = events
    settings: dict[str, str] = field(default_factory=dict)

    async def look(self, **changes: object) -> list[Finding]:
        """What the doctor finds, with these settings otherwise."""
        changed = {f"EKKYO_{name.upper()}": str(value) for name, value in changes.items()}
        return await examine(self.service, self.environ | changed)

    async def trouble(self, check: str, **changes: object) -> tuple[str, str]:
        """The one thing that is wrong: what, and what to do."""
        found = [each for each in await self.look(**changes) if each.state == "wrong"]
        assert [each.check for each in found] == [check]
        return found[0].found, found[0].remedy


@pytest_asyncio.fixture
async def sound(nats: Nats, environment: Any, provision: Callable[..., Awaitable[None]]) -> Patient:
    await provision(events)
    return Patient(nats, environment("events"))


@pytest_asyncio.fixture
async def mailing(
    nats: Nats, environment: Any, provision: Callable[..., Awaitable[None]], mail: MailServer, tmp_path: Path
) -> AsyncIterator[Patient]:
    key = tmp_path / "pass.jwk"
    key.write_text(json.dumps(make_keys()[0]))
    key.chmod(0o600)
    smtp = {"smtp_url": mail.url, "mail_from": FROM, "chat_hosts_inside": CHATS_HERE}
    smtp |= {"portal_url": "https://ekkyo.example.com", "pass_key_file": str(key)}
    await provision(notify, **smtp)
    yield Patient(nats, environment("notify", **smtp), notify)


async def test_nothing_is_wrong_with_a_sound_installation(sound: Patient, mailing: Patient) -> None:
    for patient in (sound, mailing):
        found = await patient.look()
        assert [each for each in found if each.state == "wrong"] == []
        assert [each.check for each in found if each.state == "unseen"] == ["nats sync_interval"]
        assert {"settings", "nats", "nats permissions", "nats clock", "database", "database indexes", "keys"} <= {
            each.check for each in found
        }
        assert not is_wrong(found)
    assert [each.found for each in found if each.check == "mail"] == ["the mail server answers, without TLS"]


async def test_a_stream_that_is_missing(sound: Patient) -> None:
    async with await sound.nats.connect() as nc:
        await nc.jetstream().delete_stream("DEAD")
    assert await sound.trouble("nats streams") == (
        "DEAD is missing",
        "Run `ekkyo-events provision` as the NATS user ops.",
    )


async def test_a_stream_and_a_consumer_that_somebody_altered(sound: Patient) -> None:
    async with await sound.nats.connect() as nc:
        js = nc.jetstream()
        await js.update_stream((await js.stream_info("FACTS")).config.evolve(duplicate_window=1))
        durable = events.durables()["FACTS"][0]
        await js.add_consumer("FACTS", (await js.consumer_info("FACTS", durable)).config.evolve(max_ack_pending=7))
    found = {each.check: each for each in await sound.look() if each.state == "wrong"}
    assert found["nats streams"].found == "FACTS has another duplicate_window"
    assert found["nats consumers"].found == f"FACTS/{durable} has another max_ack_pending"
    assert "ekkyo-events provision" in found["nats consumers"].remedy


async def test_a_consumer_that_is_missing(sound: Patient) -> None:
    async with await sound.nats.connect() as nc:
        await nc.jetstream().delete_consumer("TIMERS", "events-due-end")
    found, remedy = await sound.trouble("nats consumers")
    assert found == "TIMERS/events-due-end is missing"
    assert "provision" in remedy


async def test_a_wrong_password_of_nats(sound: Patient) -> None:
    found, remedy = await sound.trouble("nats", nats_nkey_file="", nats_password="not-the-one")
    assert found == "NATS does not let events in"
    assert "EKKYO_NATS_PASSWORD" in remedy
    assert "not-the-one" not in str(await sound.look(nats_nkey_file="", nats_password="not-the-one"))


async def test_nats_that_is_down(sound: Patient) -> None:
    sound.nats.server.kill()
    found, remedy = await sound.trouble("nats")
    assert found == "NATS does not answer"
    assert "EKKYO_NATS_URL" in remedy


async def test_a_user_who_may_what_another_should(sound: Patient) -> None:
    found, remedy = await sound.trouble("nats permissions", nats_user="members", inbox_prefix="_INBOX.events")
    assert "it may not publish $JS" in found
    assert "make nats-conf" in remedy


async def test_a_mirror_that_erasures_wait_for(nats: Nats, environment: Any, provision: Any) -> None:
    await provision(members)
    async with await nats.connect() as nc:
        await Mirror("system-outside", ()).js(nc).delete_stream("FACTS")
    found, remedy = await Patient(nats, environment("members"), members).trouble("nats mirrors")
    assert found == "system-outside has none"
    assert "Erasures wait for it" in remedy


async def test_a_nats_server_without_our_configuration(sound: Patient, tmp_path: Path) -> None:
    server = start_nats(tmp_path / "plain", config="max_payload: 1MB")
    try:
        found = {each.check: each for each in await sound.look(nats_url=server.url) if each.state == "wrong"}
    finally:
        server.stop()
    assert found["nats max_payload"].found == "max_payload is 1048576 bytes"
    assert "max_payload: 8MB" in found["nats max_payload"].remedy
    assert found["nats streams"].found == "FACTS is missing; TIMERS is missing; DEAD is missing; AGAIN is missing"
    assert found["nats permissions"].found == "events may do anything"


@pytest.mark.parametrize(("interval", "state"), [("always", "well"), ('"2m"', "wrong")])
async def test_what_the_monitoring_tells_of_sync_interval(
    sound: Patient, tmp_path: Path, interval: str, state: str
) -> None:
    port = free_port()
    store = tmp_path / "store"
    config = f'http: "127.0.0.1:{port}"\njetstream {{ store_dir: "{store}", sync_interval: {interval} }}'
    server = start_nats(tmp_path / "seen", config=config)
    try:
        found = await examine(events, sound.environ, monitor=f"http://127.0.0.1:{port}")
    finally:
        server.stop()
    [told] = [each for each in found if each.check == "nats sync_interval"]
    assert told.state == state
    assert state == "well" or "sync_interval: always" in told.remedy


async def test_an_index_that_is_missing(sound: Patient) -> None:
    async with AsyncMongoClient[dict[str, Any]](sound.environ["EKKYO_MONGO_URL"]) as client:
        await client[sound.environ["EKKYO_MONGO_DATABASE"]]["events"].drop_indexes()
    found, remedy = await sound.trouble("database indexes")
    assert "events has none on " in found
    assert remedy == "Run `ekkyo-events provision`."


async def test_a_database_that_is_down(sound: Patient, tmp_path: Path) -> None:
    own = start_mongo(tmp_path / "own")
    own.stop()
    found, remedy = await sound.trouble("database", mongo_url=own.url + "?serverSelectionTimeoutMS=300")
    assert found == "it does not answer"
    assert "EKKYO_MONGO_URL" in remedy


async def test_the_database_is_looked_at_and_not_written_to(sound: Patient) -> None:
    database = Database.open(sound.environ["EKKYO_MONGO_URL"], sound.environ["EKKYO_MONGO_DATABASE"], "pymongo")
    await sound.look()
    assert await database.count("doctor", {}) == 0
    await database.close()


def jwks(folder: Path, *keys: dict[str, Any]) -> Path:
    file = folder / "jwks.json"
    file.write_text(json.dumps({"keys": list(keys)}))
    return file


async def test_keys_that_let_nobody_in_and_one_that_lets_everybody(sound: Patient, tmp_path: Path) -> None:
    found, remedy = await sound.trouble("keys", jwks_file=jwks(tmp_path))
    assert "every token is refused" in found
    assert "public keys" in remedy
    private, _ = make_keys()
    found, remedy = await sound.trouble("keys", jwks_file=jwks(tmp_path, {**private, "use": "sig"}))
    assert "private key" in found
    assert str(private["d"]) not in found + remedy


async def test_the_limits_of_keys_are_told_and_what_is_beyond_them_is_no_riddle(sound: Patient, tmp_path: Path) -> None:
    private, public = make_keys()
    file = jwks(tmp_path, {**public["keys"][0], "kid": "portal", "ekkyo_roles": ["leader:*"], "ekkyo_max_seconds": 900})
    [told] = [each.found for each in await sound.look(jwks_file=file) if each.check == "keys"]
    assert told == "1 public keys (portal: roles leader:*; 900 s)"
    token = issue_token(private | {"kid": "portal"}, "m1", ["system"], 60)
    found, remedy = await sound.trouble("token", jwks_file=file, token=token)
    assert found == "EKKYO_TOKEN is refused: The key that signed this token may not grant one of its roles."
    assert "EKKYO_TOKEN_MAX_SECONDS" in remedy


async def test_tokens_that_have_expired_or_are_signed_by_a_stranger(sound: Patient, keys: Keys) -> None:
    assert [f.found for f in await sound.look(token=keys.token("m1", "leader:c1")) if f.check == "token"] == [
        "trusted, with 1 roles"
    ]
    expired = keys.token("m1", ttl=-3600)
    found, remedy = await sound.trouble("token", token=expired)
    assert found == "EKKYO_TOKEN has expired"
    assert "new one" in remedy
    private, _ = make_keys()
    found, remedy = await sound.trouble("token", token=issue_token(private, "m1"))
    assert "not in EKKYO_JWKS_FILE" in found
    assert "Add that public key" in remedy
    found, _ = await sound.trouble("token", token="nonsense")
    assert found == "EKKYO_TOKEN is not valid"


async def test_a_setting_that_is_unknown_or_missing(sound: Patient) -> None:
    found, remedy = await sound.trouble("settings", http_prot=1)
    assert (found, remedy) == ("EKKYO_HTTP_PROT is unknown", "Did you mean EKKYO_HTTP_PORT?")
    del sound.environ["EKKYO_MONGO_URL"]
    found, remedy = await sound.trouble("settings")
    assert found == "EKKYO_MONGO_URL is missing"
    assert remedy.startswith("Set it to where MongoDB listens")


async def test_a_mail_server_that_is_down(mailing: Patient, mail: MailServer) -> None:
    await mail.stop()
    found, remedy = await mailing.trouble("mail")
    assert found == "the mail server does not answer"
    assert "EKKYO_SMTP_URL" in remedy


async def test_a_mail_server_without_starttls(mailing: Patient, mail: MailServer) -> None:
    found, remedy = await mailing.trouble("mail", smtp_url=mail.url.replace("smtp:", "smtp+starttls:"))
    assert found == "the mail server offers no STARTTLS"
    assert "EKKYO_SMTP_URL" in remedy


async def test_a_login_that_the_mail_server_refuses(mailing: Patient) -> None:
    server = await asyncio.get_running_loop().create_server(
        lambda: SMTP(
            object(), authenticator=lambda *_: AuthResult(success=False, handled=False), auth_require_tls=False
        ),
        "127.0.0.1",
        0,
    )
    async with server:
        port = server.sockets[0].getsockname()[1]
        found, remedy = await mailing.trouble("mail login", smtp_url=f"smtp://me:secret-word@127.0.0.1:{port}")
    assert found == "the mail server refuses it"
    assert "EKKYO_SMTP_URL" in remedy
    assert "secret-word" not in found + remedy


async def test_a_chat_that_cannot_be_reached(mailing: Patient) -> None:
    chat = await ChatServer().start()
    async with AsyncMongoClient[dict[str, Any]](mailing.environ["EKKYO_MONGO_URL"]) as client:
        connections = client[mailing.environ["EKKYO_MONGO_DATABASE"]]["connections"]
        row = {"_id": "community:c1", "revision": 1, "kind": "chat", "community_id": "c1", "url": chat.url("/hush")}
        await connections.insert_one(row)
    assert [f.found for f in await mailing.look() if f.check == "chat"] == ["1 reached"]
    await chat.stop()
    found, remedy = await mailing.trouble("chat")
    assert found == "community:c1 cannot be reached"
    assert "notify.connect_channel" in remedy
    assert "hush" not in found + remedy


async def test_messages_that_lead_nowhere(mailing: Patient) -> None:
    assert [f.found for f in await mailing.look() if f.check == "portal"] == [
        "messages lead to https://ekkyo.example.com"
    ]
    [told] = [f for f in await mailing.look(portal_url="", pass_key_file="") if f.check == "portal"]
    assert (told.state, "EKKYO_PORTAL_URL" in told.remedy) == ("unseen", True)
    found, remedy = await mailing.trouble("pass key", pass_key_file="")
    assert "no message has a link that ends" in found
    assert "EKKYO_PASS_KEY_FILE" in remedy
    found, _ = await mailing.trouble("pass key", portal_url="", pass_key_file="", passes="true")
    assert "EKKYO_PASSES is true" in found
    os.chmod(mailing.environ["EKKYO_PASS_KEY_FILE"], 0o644)
    assert (await mailing.trouble("pass key file"))[0] == "everybody on this machine can use it"


def test_clocks_that_are_apart() -> None:
    now = datetime.now(UTC)
    assert clock("nats clock", now, now).state == "well"
    for far in (timedelta(seconds=5), timedelta(seconds=-5)):
        found = clock("nats clock", now + far, now)
        assert found.state == "wrong"
        assert "5.0 s apart" in found.found or "4.9 s apart" in found.found
        assert "NTP" in found.remedy


def doctor(environ: dict[str, str], *options: str) -> subprocess.CompletedProcess[str]:
    plain = {name: value for name, value in os.environ.items() if not name.startswith("EKKYO_")}
    return subprocess.run(
        [script("ekkyo-events"), "doctor", *options],
        env={**plain, **environ},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


async def test_the_command_tells_people_and_programs_and_its_exit_code(sound: Patient) -> None:
    fine = await asyncio.to_thread(doctor, sound.environ, "--json")
    assert fine.returncode == 0, fine.stdout
    assert {"check": "nats", "state": "well", "found": "reached as events", "remedy": ""} in json.loads(fine.stdout)[
        "events"
    ]
    ill = await asyncio.to_thread(doctor, sound.environ | {"EKKYO_JWKS_FILE": "/nowhere"})
    assert ill.returncode == 1
    assert "wrong   settings" in ill.stdout
    assert "→ Set it to a readable JWKS file" in ill.stdout
