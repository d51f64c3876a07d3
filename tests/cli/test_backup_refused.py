"""Backups of an installation, on real servers: when nothing is done at all, and why."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from ekkyo.contracts.base import Refused
from ekkyo.installation.systems import OUTSIDE
from ekkyo.testing import settled
from ekkyo_cli.backup.manifest import Files, Manifest
from ekkyo_cli.backup.restoring import restore
from ekkyo_cli.backup.taking import back_up
from pymongo import MongoClient

from tests.cli.backing_up import messages, rows, servers, tell
from tests.cli.running import ekkyo


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


def test_a_list_of_the_erased_with_something_else_in_it_is_refused(tmp_path):
    for text in ("a b\nsomebody@example.com\n", '[{"id": "x"}]', "[1]"):
        (tmp_path / "list").write_text(text)
        refused = ekkyo("members", "erase", "--from", "list", "--yes", "--json", cwd=tmp_path)
        assert (refused.code, refused.json["code"]) == (1, "malformed")
    assert ekkyo("members", "erase", "--yes", cwd=tmp_path).code == 2
