"""A local stack that is backed up, loses everything, and is restored: it goes on as if nothing had happened."""

import asyncio
import json
import shutil
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import pytest
from ekkyo.contracts import events as e
from ekkyo.contracts.members import Charter, FoundCommunity
from ekkyo.installation.embedded import LOOPBACK
from ekkyo_cli.backup.manifest import Manifest

from tests.cli.running import Stack, ekkyo, wait_until
from tests.cli.small_season import COMMUNITY, play

WHO = "p8"
HELD_UP = "notify-tell_registration"
FULL, ENDING = "full", "ending"
ELSEWHERE = "elsewhere"
"""A community of its own, so that what ends meanwhile is not in the other's report."""


@dataclass(frozen=True)
class BackedUp:
    stack: Stack
    report: Any
    facts: list[Any]
    manifest: Manifest

    @property
    def last(self) -> int:
        return int(self.facts[-1]["meta"]["sequence"])


def facts(stack: Stack, since: str = "beginning") -> list[Any]:
    return stack.ekkyo("facts", "tail", "--since", since, "--no-follow", "--json").lines


def report(stack: Stack) -> Any:
    made = stack.ekkyo("report", "--community", COMMUNITY, "--check", "--json")
    assert made.code == 0, made.out
    return made.json


def mailed(stack: Stack) -> list[Any]:
    return [message_from_bytes(f.read_bytes(), policy=policy.default) for f in stack.folder.mail.glob("*.eml")]


def told(stack: Stack, who: str, event_id: str) -> int:
    """How many mails about an event were sent to somebody."""
    return sum(who in str(mail["To"]) and event_id in str(mail["Subject"]) for mail in mailed(stack))


def status(stack: Stack, event_id: str) -> Any:
    return stack.ekkyo("call", "events.get", "--json", json.dumps({"event_id": event_id})).json["status"]


def manifest(stack: Stack, name: str) -> Manifest:
    return Manifest.model_validate_json((stack.home / name / "manifest.json").read_bytes())


async def register(stack: Stack, who: str, event_id: str) -> Any:
    async with stack.as_("tests", "system") as ekkyo:
        return await ekkyo.send(
            e.RegisterForEvent(event_id=event_id, member_id=who, registration_id=f"{event_id}-{who}")
        )


async def pause(stack: Stack, durable: str, until: datetime | None) -> None:
    """Have a consumer be told nothing for a while; None: it is told again."""
    body = json.dumps({"pause_until": until.isoformat()} if until else {}).encode()
    async with stack.as_("tests", user="ops") as ops:
        assert "error" not in json.loads((await ops.nc.request(f"$JS.API.CONSUMER.PAUSE.FACTS.{durable}", body)).data)


async def left_undone(stack: Stack) -> None:
    """A full event with somebody who waits, whom nobody has told yet, and an event that ends by itself later."""
    now = datetime.now(UTC)
    async with stack.as_("tests", "system") as ekkyo:
        charter = Charter(objective="o", who="w", what="w", how="h")
        await ekkyo.send(FoundCommunity(community_id=ELSEWHERE, name="E", rules="r", charter=charter))
        for event_id, community, starts, ends in (
            (FULL, COMMUNITY, now + timedelta(days=9), now + timedelta(days=9, hours=1)),
            (ENDING, ELSEWHERE, now + timedelta(seconds=5), now + timedelta(seconds=30)),
        ):
            details = e.EventDetails(title=event_id, format="online", capacity=1, url="https://meet.example/2")
            draft = e.DraftEvent(
                event_id=event_id, community_id=community, details=details, starts_at=starts, ends_at=ends
            )
            await ekkyo.send(draft)
            await ekkyo.send(e.PublishEvent(event_id=event_id))
    await register(stack, "p0", ENDING)
    wait_until(lambda: (told(stack, "p0@", FULL), told(stack, "p1@", FULL)) == (1, 1))
    await pause(stack, HELD_UP, now + timedelta(days=1))
    for who in ("p0", "p1"):
        await register(stack, who, FULL)


@pytest.fixture(scope="module")
def backed_up(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BackedUp]:
    """A season, work left undone, everything stopped, backed up, lost, and restored."""
    stack = Stack(tmp_path_factory.mktemp("backup"))
    try:
        assert stack.ekkyo("up", "--detach", within=120).code == 0
        asyncio.run(play(stack.as_, f"http://{LOOPBACK}:{stack.port('chat')}/hooks/season"))
        asyncio.run(left_undone(stack))
        was = report(stack)
        assert stack.ekkyo("backup", "early", "--json").json["code"] == "services_run"
        stack.ekkyo("down", within=120)
        made = stack.ekkyo("backup", "monday", within=120)
        assert made.code == 0, made.err
        kept = manifest(stack, "monday")
        for lost in ("nats", "mongo"):
            shutil.rmtree(stack.folder.path / lost)
        back = stack.ekkyo("restore", "monday", within=120)
        assert back.code == 0, back.err
        as_env_says = {"EKKYO_NATS_URL": f"nats://{LOOPBACK}:{stack.port('nats')}"}
        again = stack.ekkyo("backup", "after", within=120, env=as_env_says)
        assert again.code == 0, again.err
        assert stack.ekkyo("up", "--detach", within=120).code == 0
        yield BackedUp(stack, was, facts(stack)[: kept.streams["FACTS"].messages], kept)
    finally:
        stack.ekkyo("down", within=120)


def test_what_is_restored_is_what_was_backed_up(backed_up: BackedUp) -> None:
    kept, again = backed_up.manifest, manifest(backed_up.stack, "after")
    assert again.databases == kept.databases, "the checksums of all rows"
    assert sum(rows.rows for of in kept.databases.values() for rows in of.values()) > 40
    assert again.streams["FACTS"].state == kept.streams["FACTS"].state
    for name in ("FACTS", "DEAD", "AGAIN"):
        assert again.streams[name].consumers == kept.streams[name].consumers
    assert kept.streams["FACTS"].consumers[HELD_UP] < kept.streams["FACTS"].last_sequence
    assert again.streams["TIMERS"].last_sequence >= kept.streams["TIMERS"].last_sequence > 0
    assert report(backed_up.stack) == backed_up.report


def test_what_was_left_undone_is_done_once_and_nobody_is_told_twice(backed_up: BackedUp) -> None:
    stack = backed_up.stack
    assert (told(stack, "p0@", FULL), told(stack, "p1@", FULL)) == (1, 1), "that it was announced"
    asyncio.run(pause(stack, HELD_UP, None))
    wait_until(lambda: (told(stack, "p0@", FULL), told(stack, "p1@", FULL)) == (2, 2))
    assert not [fact for fact in backed_up.facts if fact["meta"]["subject"].endswith(f".concluded.{ENDING}")]
    wait_until(lambda: status(stack, ENDING) == "concluded")
    sent = Counter(str(mail["X-Ekkyo-Delivery"]) for mail in mailed(stack))
    assert {delivery for delivery, times in sent.items() if times > 1} == set()


def test_work_goes_on_and_no_id_is_given_again(backed_up: BackedUp) -> None:
    stack = backed_up.stack
    seat = asyncio.run(register(stack, "p2", FULL))
    assert seat.status == "waitlisted"
    now = facts(stack)
    assert now[: len(backed_up.facts)] == backed_up.facts
    assert [fact["meta"]["sequence"] for fact in now] == list(range(1, len(now) + 1))
    [waits] = [fact for fact in now[len(backed_up.facts) :] if fact["data"].get("member_id") == "p2"]
    before = [fact["meta"] for fact in backed_up.facts if fact["meta"]["id"].startswith(f"events/{FULL}/")]
    assert waits["meta"]["revision"] == before[-1]["revision"] + 1
    assert len({fact["meta"]["id"] for fact in now}) == len(now)


def test_an_installation_whose_services_run_is_refused_by_name(backed_up: BackedUp, tmp_path: Path) -> None:
    stack = backed_up.stack
    ops = {
        "EKKYO_NATS_URL": f"nats://{LOOPBACK}:{stack.port('nats')}",
        "EKKYO_NATS_USER": "ops",
        "EKKYO_NATS_NKEY_FILE": str(stack.folder.seed("ops")),
        "EKKYO_MONGO_URL": f"mongodb://{LOOPBACK}:{stack.port('mongo')}/",
    }
    for asked in (("backup", str(tmp_path / "b")), ("restore", str(stack.home / "monday"), "--replace")):
        refused = ekkyo(*asked, "--json", cwd=tmp_path, env=ops)
        assert (refused.code, refused.json["code"]) == (1, "services_run")
        assert "members, events, surveys, notify" in refused.json["detail"]


def test_who_was_erased_since_the_backup_is_erased_again(backed_up: BackedUp) -> None:
    stack = backed_up.stack
    erased = stack.ekkyo("members", "erase", WHO, "--yes", "--json")
    assert erased.code == 0, erased.out
    stack.ekkyo("down", within=120)
    assert stack.ekkyo("restore", "monday", "--json").json["code"] == "target_in_use"
    restored = stack.ekkyo("restore", "monday", "--replace", within=120)
    assert restored.code == 0, restored.err
    assert "ekkyo members erase --from monday/erased-since.txt --yes" in restored.out
    assert stack.ekkyo("up", "--detach", within=120).code == 0
    there = stack.ekkyo("call", "members.get", "--json", json.dumps({"member_id": WHO}))
    assert there.json["name"] == "季節 8"
    again = stack.ekkyo("members", "erase", "--from", "monday/erased-since.txt", "--yes", "--json", within=120)
    assert again.code == 0, again.out
    assert [(one["member_id"], one["waits_for"]) for one in again.json["erasures"]] == [(WHO, [])]
    (stack.home / "list.json").write_text(stack.ekkyo("members", "erasures", "--json").out)
    listed = stack.ekkyo("members", "erase", "--from", "list.json", "--yes", "--json")
    assert (listed.code, len(listed.json["erasures"])) == (0, 1)
    assert report(stack)["totals"]["attendances"] == backed_up.report["totals"]["attendances"]
