"""Backups of an installation, on real servers: what comes back, and when nothing is done at all."""

import json
import os
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from ekkyo.contracts.base import Refused
from ekkyo.installation.mirrors import mirrors
from ekkyo.installation.permissions import OPS, SERVICES
from ekkyo.installation.systems import OUTSIDE, System
from ekkyo.testing import Nats, eventually, settled
from ekkyo.testing.plugin import Mongo
from ekkyo_cli.backup.manifest import Files, Manifest
from ekkyo_cli.backup.place import Servers
from ekkyo_cli.backup.restoring import restore
from ekkyo_cli.backup.taking import back_up
from nats.js.api import AckPolicy, ConsumerConfig
from pymongo import MongoClient

from tests.cli.running import ekkyo

NUMBERED = 1200
"""Rows, more than are read or written at once."""
LARGE = 40
"""Facts of 300 kB that no compression makes smaller: more than the server sends before it waits to be told to go on."""


def servers(nats: Nats, mongo: Mongo, prefix: str = "", user: str = OPS) -> Servers:
    databases = {service: mongo.database(prefix + service) for service in SERVICES}
    return Servers(nats.url, nats.login(user), f"_INBOX.{user}", mongo.url, databases)


def rows(place: Servers) -> dict[str, dict[str, Any]]:
    """All rows by database and collection."""
    with MongoClient[dict[str, Any]](place.mongo_url, tz_aware=True) as client:
        return {
            service: {name: list(client[db][name].find().sort("_id")) for name in client[db].list_collection_names()}
            for service, db in place.databases.items()
        }


async def messages(nats: Nats, stream: str) -> list[Any]:
    """Number, subject, headers, time and content of every message of a stream."""
    async with await nats.connect(OPS) as nc:
        js = nc.jetstream()
        state = (await js.stream_info(stream)).state
        found = [await js.get_msg(stream, n) for n in range(state.first_seq, state.last_seq + 1)]
        return [(m.seq, m.subject, m.headers, m.time, m.data) for m in found]


@pytest.fixture
def here(nats: Nats, mongo: Mongo) -> Servers:
    """An installation with a row in every database."""
    place = servers(nats, mongo)
    with MongoClient[dict[str, Any]](place.mongo_url) as client:
        for service, name in place.databases.items():
            client[name][service].insert_one({"_id": "one", "of": service})
    return place


@pytest_asyncio.fixture
async def other(tmp_path: Path) -> AsyncIterator[Nats]:
    """A second nats-server, with empty streams."""
    started = await Nats.start(tmp_path / "other")
    yield started
    started.stop()


@pytest.fixture
def there(other: Nats, mongo: Mongo) -> Servers:
    """Another installation, as it is after `provision`."""
    return servers(other, mongo, "other-")


@pytest.fixture
def files(tmp_path: Path) -> Files:
    return Files(tmp_path / "backups" / "monday")


async def tell(nats: Nats, service: str, subject: str, body: bytes = b"{}", **headers: str) -> None:
    async with await nats.connect(service) as nc:
        await nc.jetstream().publish(subject, body, headers={"Nats-Msg-Id": os.urandom(8).hex(), **headers})


async def test_what_was_backed_up_comes_back_to_the_last_byte(nats, other, here, there, files):
    with MongoClient[dict[str, Any]](here.mongo_url) as client:
        many = client[here.databases["events"]]["numbered"]
        at = datetime(2026, 4, 1, 9, 30, 15, 250_000, tzinfo=UTC)
        many.insert_many(
            {"_id": f"е{n}", "at": at, "deep": [{"n": n, "b": b"\0\1"}], "no": None} for n in range(NUMBERED)
        )
    async with await nats.connect("events") as nc:
        for n in range(LARGE):
            id = {"Nats-Msg-Id": f"events/e{n}/1/1", "ce-id": f"events/e{n}/1/1"}
            await nc.jetstream().publish(f"ekkyo.fact.events.published.e{n}", os.urandom(300_000), headers=id)
    async with await nats.connect(OPS) as nc:
        js = nc.jetstream()
        await js.add_consumer("FACTS", ConsumerConfig(durable_name="events-x", ack_policy=AckPolicy.EXPLICIT))
        taken = await (await js.pull_subscribe_bind("events-x", "FACTS")).fetch(10)
        for fact in [*taken[:5], taken[7]]:
            await fact.ack_sync()

    manifest = await back_up(here, files)
    assert manifest.streams["FACTS"].consumers == {"events-x": 5}
    await restore(there, files, files.read(), replace=False)

    assert rows(there) == rows(here)
    assert await messages(other, "FACTS") == await messages(nats, "FACTS")
    async with await other.connect(OPS) as nc:
        left = await (await nc.jetstream().pull_subscribe_bind("events-x", "FACTS")).fetch(LARGE - 10, timeout=5)
        assert [fact.metadata.sequence.stream for fact in left] == list(range(11, LARGE + 1))
        assert (await nc.jetstream().consumer_info("FACTS", "events-x")).ack_floor.stream_seq == 5
    async with await other.connect("events") as nc:
        assert (await nc.jetstream().publish("ekkyo.fact.events.published.e1", b"{}")).seq == LARGE + 1


async def test_the_numbers_of_what_was_deleted_are_not_given_again(nats, other, here, there, files):
    """Facts about somebody who was erased, dead letters that were dropped: also when they were the last, or all."""
    for n in (1, 2, 3):
        await tell(nats, "events", f"ekkyo.fact.events.published.e{n}")
    await tell(nats, "events", "ekkyo.dead.events.x.1")
    async with await nats.connect(OPS) as nc:
        for stream, number in (("FACTS", 2), ("FACTS", 3), ("DEAD", 1)):
            await nc.jetstream().delete_msg(stream, number)
    await back_up(here, files)
    await restore(there, files, files.read(), replace=False)
    other.server.restart()
    async with await other.connect("events") as nc:
        assert (await nc.jetstream().publish("ekkyo.fact.events.published.e4", b"{}")).seq == 4
        assert (await nc.jetstream().publish("ekkyo.dead.events.x.2", b"{}")).seq == 2


async def test_a_timer_fires_where_it_was_restored(nats, other, here, there, files):
    due = (datetime.now(UTC) + timedelta(seconds=2)).isoformat().replace("+00:00", "Z")
    schedule = {"Nats-Schedule": f"@at {due}", "Nats-Schedule-Target": "ekkyo.due.events.reminder.e1"}
    await tell(nats, "events", "ekkyo.timer.events.reminder.e1", **schedule)
    await back_up(here, files)
    await restore(there, files, files.read(), replace=False)
    async with await other.connect(OPS) as nc:
        js = nc.jetstream()
        await js.add_consumer("TIMERS", ConsumerConfig(durable_name="x", filter_subject="ekkyo.due.>"))
        [fired] = await (await js.pull_subscribe_bind("x", "TIMERS")).fetch(1, timeout=20)
        assert fired.subject == "ekkyo.due.events.reminder.e1"


async def test_a_backup_is_its_owners_alone_and_holds_no_password(here, files):
    await back_up(here, files)
    made = list(files.folder.rglob("*"))
    assert {file.stat().st_mode & 0o777 for file in made if file.is_file()} == {0o600}
    assert {file.stat().st_mode & 0o777 for file in [files.folder, *made] if file.is_dir()} == {0o700}
    assert str(here.mongo_url) not in (files.folder / "manifest.json").read_text()
    assert str(here.mongo_url) not in repr(here)


async def test_a_service_that_is_started_meanwhile_is_noticed_in_the_end(nats, here, files):
    await back_up(here, files)
    async with await nats.connect("events") as service:
        asked = 0

        async def answer(msg):
            nonlocal asked
            asked += 1
            if asked % 2 == 0:  # not when it begins
                await service.publish(msg.reply, json.dumps({"name": "events"}).encode())

        await service.subscribe("$SRV.PING", cb=answer)
        await settled(service)
        second = Files(files.folder.with_name("tuesday"))
        for attempt in (back_up(here, second), restore(here, files, files.read(), replace=True)):
            with pytest.raises(Refused, match="events was started during the") as refused:
                await attempt
            assert refused.value.code == "services_run"
        assert not (second.folder / "manifest.json").exists(), "so it is no backup"
    await restore(here, files, files.read(), replace=True)


async def test_while_a_service_answers_nothing_is_backed_up_and_nothing_restored(nats, here, files):
    await back_up(here, files)
    async with await nats.connect("events") as service:

        async def answer(msg):
            await service.publish(msg.reply, json.dumps({"name": "events"}).encode())

        await service.subscribe("$SRV.PING", cb=answer)
        await settled(service)
        second = Files(files.folder.with_name("tuesday"))
        for attempt in (
            back_up(here, second),
            restore(here, files, files.read(), replace=True),
        ):
            with pytest.raises(Refused, match="events is still running") as refused:
                await attempt
            assert refused.value.code == "services_run"
        assert not second.folder.exists()
    assert rows(here)["events"] == {"events": [{"_id": "one", "of": "events"}]}


async def test_what_was_written_to_meanwhile_is_no_backup(nats, here, files, monkeypatch):
    """A service that is told to stop answers nobody any more, and may still be finishing what it began."""
    from ekkyo_cli.backup import taking

    took = taking.positions

    async def meanwhile(nc, stream):
        await tell(nats, "events", "ekkyo.fact.events.published.late")
        return await took(nc, stream)

    monkeypatch.setattr(taking, "positions", meanwhile)
    with pytest.raises(Refused, match="FACTS changed, so a service was running"):
        await back_up(here, files)
    with pytest.raises(Refused, match=r"holds no manifest\.json"):
        files.read()


async def test_of_an_altered_or_incomplete_backup_the_file_is_named(nats, here, there, files):
    await tell(nats, "events", "ekkyo.fact.events.published.e1")
    await back_up(here, files)
    every = [file for file in files.folder.rglob("*") if file.is_file()]
    assert len(every) == 4 + 4 + 1
    for file in every:
        whole = file.read_bytes()
        file.write_bytes(whole[:-9] + bytes([whole[-9] ^ 1]) + whole[-8:])
        with pytest.raises(Refused, match=file.name):
            files.read()
        file.write_bytes(whole[: len(whole) // 2])
        with pytest.raises(Refused, match=file.name):
            files.read()
        file.unlink()
        with pytest.raises(Refused, match=file.name):
            files.read()
        file.write_bytes(whole)
    files.read()


def test_a_manifest_of_another_version_or_with_another_count_is_refused(tmp_path):
    files = Files(tmp_path)
    manifest = Manifest(made_at=datetime.now(UTC), ekkyo="1", nats="2", streams={}, databases={})
    files.write(manifest)
    file = tmp_path / "manifest.json"
    assert files.read().intact
    file.write_text(file.read_text().replace("ekkyo-backup/1", "ekkyo-backup/2"))
    with pytest.raises(Refused, match="by another version: format"):
        files.read()
    file.write_text(manifest.sealed().model_copy(update={"ekkyo": "3"}).model_dump_json())
    with pytest.raises(Refused, match="was changed since it was written"):
        files.read()
    outward = {"../../etc": {"messages": 0}}
    file.write_text(manifest.model_dump_json().replace('"streams":{}', f'"streams":{json.dumps(outward)}'))
    with pytest.raises(Refused, match="streams"):
        files.read()


async def test_what_is_not_empty_is_replaced_only_when_that_is_said(nats, here, files):
    await tell(nats, "events", "ekkyo.fact.events.published.e1")
    await back_up(here, files)
    before, told = rows(here), await messages(nats, "FACTS")
    await tell(nats, "events", "ekkyo.fact.events.published.e2")
    with MongoClient[dict[str, Any]](here.mongo_url) as client:
        client[here.databases["events"]]["events"].insert_one({"_id": "two"})
        client[here.databases["events"]]["later"].insert_one({"_id": "three"})
    now = rows(here)
    with pytest.raises(Refused, match="--replace") as refused:
        await restore(here, files, files.read(), replace=False)
    assert "FACTS" in str(refused.value.problem.detail)
    assert here.databases["events"] in str(refused.value.problem.detail)
    assert rows(here) == now
    assert len(await messages(nats, "FACTS")) == 2
    await restore(here, files, files.read(), replace=True)
    assert rows(here) == before | {"events": before["events"] | {"later": []}}
    assert await messages(nats, "FACTS") == told


async def test_who_was_erased_since_is_told_even_when_it_is_restored_twice(nats, here, files):
    await tell(nats, "members", "ekkyo.fact.members.erased.before")
    await back_up(here, files)
    await tell(nats, "members", "ekkyo.fact.members.erased.since")
    for _ in range(2):
        restored = await restore(here, files, files.read(), replace=True)
        assert restored.erased_since == ["since"]
        assert "since" in files.erased_since.read_text().split()
        assert files.erased_since.stat().st_mode & 0o777 == 0o600


async def test_other_systems_mirrors_hold_what_was_restored_and_nothing_that_was_not(nats, here, files):
    """Also the mirror of a system that was added after the backup, which the restored stream knows nothing of."""
    await tell(nats, "events", "ekkyo.fact.events.published.e1")
    await back_up(here, files)
    hr = System(name="hr").with_login()
    await nats.add(hr)
    await tell(nats, "events", "ekkyo.fact.events.published.e2")
    async with await nats.connect(OPS) as nc:
        both = await mirrors(nc.jetstream())

        async def holds(*events):
            for mirror in both:
                state = (await mirror.js(nc).stream_info("FACTS", subjects_filter=">")).state
                if (state.subjects or {}).keys() != {f"ekkyo.fact.events.published.{event}" for event in events}:
                    return False
            return len(both) == 2

        await eventually(lambda: holds("e1", "e2"))
        await restore(here, files, files.read(), replace=True)
        await eventually(lambda: holds("e1"))
        await tell(nats, "events", "ekkyo.fact.events.published.e3")
        await eventually(lambda: holds("e1", "e3"))
        assert await mirrors(nc.jetstream()) == both


async def test_who_is_not_ops_is_told_so(nats, mongo, here, files):
    with pytest.raises(Refused, match="outside may not do this: use the NATS user ops"):
        await back_up(servers(nats, mongo, user=OUTSIDE), files)


async def test_a_database_that_is_called_otherwise_is_missed(nats, mongo, here, files):
    await tell(nats, "events", "ekkyo.fact.events.published.e1")
    misnamed = replace(here, databases={**here.databases, "surveys": mongo.database("nobodys")})
    with pytest.raises(Refused, match="--database surveys=NAME"):
        await back_up(misnamed, files)


async def test_no_word_of_a_url_that_is_none_is_repeated(here, files):
    with pytest.raises(Refused) as refused:
        await back_up(replace(here, mongo_url="mongodb://root:se:cret@x:y:z/"), files)
    assert refused.value.code == "mongo_url_malformed"
    assert "cret" not in str(refused.value.problem)


def test_an_installation_is_found_by_its_environment(nats, mongo, here, there, other, tmp_path):
    def environ(nats: Nats) -> dict[str, str]:
        key = {"EKKYO_NATS_URL": nats.url, "EKKYO_NATS_USER": OPS, "EKKYO_NATS_NKEY_FILE": str(nats.seed(OPS))}
        return key | {"EKKYO_MONGO_URL_FILE": str(tmp_path / "mongo-url")}

    def named(place: Servers) -> list[str]:
        return [word for service, name in place.databases.items() for word in ("--database", f"{service}={name}")]

    (tmp_path / "mongo-url").write_text(f"{mongo.url}\n")
    surveys = [
        {"_id": f"{n}", "anonymous": anonymous, "sealed": anonymous, "status": status}
        for n, (anonymous, status) in enumerate([(True, "open"), (True, "open"), (True, "closed"), (False, "open")])
    ]
    with MongoClient[dict[str, Any]](mongo.url) as client:
        client[here.databases["surveys"]]["surveys"].insert_many(surveys)
    made = ekkyo("backup", "b", *named(here), "--json", cwd=tmp_path, env=environ(nats))
    assert (made.code, made.json["rows"]["events"]) == (0, {"events": 1}), made.out
    back = ekkyo("restore", "b", *named(there), "--json", cwd=tmp_path, env=environ(other))
    assert (back.code, back.json["erased_since"]) == (0, []), back.out
    assert back.json["open_anonymous_surveys"] == 2
    said = ekkyo("restore", "b", *named(there), "--replace", cwd=tmp_path, env=environ(other))
    assert said.code == 0, said.err
    for sentence in (
        "Anonymous surveys that were open: 2.",
        "Their keys are in no backup.",
        "they have closed since, nobody can read their answers: open others in their place.",
    ):
        assert sentence in " ".join(said.out.split())
    assert rows(there) == rows(here)
    streams = ekkyo("backup", "s", "--streams-only", cwd=tmp_path, env=environ(nats) | {"EKKYO_MONGO_URL_FILE": ""})
    assert streams.code == 0, streams.err
    refused = ekkyo("restore", "s", "--replace", "--json", cwd=tmp_path, env=environ(nats))
    assert (refused.code, refused.json["code"]) == (1, "streams_only")


def test_a_list_of_the_erased_with_something_else_in_it_is_refused(tmp_path):
    for text in ("a b\nsomebody@example.com\n", '[{"id": "x"}]', "[1]"):
        (tmp_path / "list").write_text(text)
        refused = ekkyo("members", "erase", "--from", "list", "--yes", "--json", cwd=tmp_path)
        assert (refused.code, refused.json["code"]) == (1, "malformed")
    assert ekkyo("members", "erase", "--yes", cwd=tmp_path).code == 2
