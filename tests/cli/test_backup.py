"""Backups of an installation, on real servers: what comes back."""

import os
from datetime import UTC, datetime, timedelta
from typing import Any

from ekkyo.installation.mirrors import mirrors
from ekkyo.installation.permissions import OPS
from ekkyo.installation.systems import System
from ekkyo.testing import Nats, eventually
from ekkyo_cli.backup.place import Servers
from ekkyo_cli.backup.restoring import restore
from ekkyo_cli.backup.taking import back_up
from nats.js.api import AckPolicy, ConsumerConfig
from pymongo import MongoClient

from tests.cli.backing_up import messages, rows, tell
from tests.cli.running import ekkyo

NUMBERED = 1200
"""Rows, more than are read or written at once."""
LARGE = 40
"""Facts of 300 kB that no compression makes smaller: more than the server sends before it waits to be told to go on."""


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
