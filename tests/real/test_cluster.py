"""Three NATS servers, and the one that leads the facts is killed, then frozen, while commands come in."""

import asyncio
import asyncio.subprocess
import itertools
import os
import time
from datetime import timedelta
from pathlib import Path

import pytest
from ekkyo.client import Ekkyo
from ekkyo.contracts import events as e
from ekkyo.contracts.base import Refused
from ekkyo.decision.clock import utcnow
from ekkyo.installation.embedded import free_port, script, start_mongo
from ekkyo.service.provision import provision
from ekkyo.testing import Keys, eventually
from ekkyo_events.app import service

from tests.real.cluster import Cluster, clustered
from tests.real.installation import insist
from tests.real.killing import told_once_and_in_order

FROZEN = 10.0
CALLERS = 10


class Load:
    """Callers who register one member after another, and say it again until it is answered."""

    def __init__(self, client: Ekkyo) -> None:
        self.client, self.over = client, asyncio.Event()
        self.answered: set[str] = set()
        self.last, self.longest = time.monotonic(), 0.0

    async def go(self) -> None:
        numbers = itertools.count()
        async with asyncio.TaskGroup() as callers:
            for _ in range(CALLERS):
                callers.create_task(self.call(numbers))

    async def call(self, numbers: "itertools.count[int]") -> None:
        while not self.over.is_set():
            who = f"m{next(numbers)}"
            await insist(self.client, e.RegisterForEvent(event_id="e1", member_id=who, registration_id=who))
            self.answered.add(who)
            now = time.monotonic()
            self.longest, self.last = max(self.longest, now - self.last), now
            await asyncio.sleep(0.1)

    async def more(self, count: int) -> None:
        wanted = len(self.answered) + count
        await eventually(lambda: len(self.answered) >= wanted, 60, what=f"{count} more answers")


async def test_the_leader_killed_and_frozen_under_load_no_confirmed_fact_is_missing_and_none_is_there_twice(
    tmp_path: Path, keys: Keys, record_property: pytest.FixtureRequest
) -> None:
    mongo = await asyncio.to_thread(start_mongo, tmp_path / "mongo")
    try:
        async with clustered(tmp_path) as cluster:
            process = await started(cluster, mongo.url, keys, tmp_path)
            try:
                await under_load(cluster, keys, record_property)
            finally:
                process.kill()
                await process.wait()
    finally:
        mongo.stop()


async def under_load(cluster: Cluster, keys: Keys, record_property: pytest.FixtureRequest) -> None:
    token = keys.token("desk", "system")
    async with Ekkyo.connect(
        cluster.url, user="outside", password=cluster.passwords["outside"], token=token, environment={}
    ) as client:
        starts = utcnow() + timedelta(days=3)
        times = {"starts_at": starts, "ends_at": starts + timedelta(hours=1)}
        details = e.EventDetails(title="Popular", format="online", url_follows=True, capacity=30)
        await insist(client, e.DraftEvent(event_id="e1", community_id="c1", details=details, **times))
        await insist(client, e.PublishEvent(event_id="e1"))
        load = Load(client)
        loading = asyncio.create_task(load.go())
        await load.more(50)

        first = await cluster.leader("FACTS")
        cluster.servers[first].kill()
        second = await cluster.leader("FACTS", other_than=first)
        await load.more(50)
        await asyncio.to_thread(cluster.servers[first].start)
        await cluster.level()

        cluster.servers[second].freeze()
        await asyncio.sleep(FROZEN)  # what this is about
        cluster.servers[second].thaw()
        await load.more(50)
        load.over.set()
        await loading
        await cluster.level()

        roster = {row.member_id async for row in everybody(client)}
        assert roster == load.answered
        facts: list[e.EventFact] = []

        async def all_told() -> bool:
            facts[:] = [f async for f in client.facts(e.EventFact, since=1, follow=False)]  # type: ignore[misc]
            told = [f.member_id for f in facts if isinstance(f, e.RegistrationConfirmed | e.RegistrationWaitlisted)]
            assert sorted(told) == sorted(load.answered)
            return True

        await eventually(all_told, 60, every=0.5)
        told_once_and_in_order(facts, first=2)
        sequences = [fact.meta.sequence for fact in facts]
        assert sequences == list(range(1, len(sequences) + 1)), "a gap in the stream"
        record_property("seconds without an answer at most", round(load.longest, 1))  # type: ignore[operator]


async def everybody(client: Ekkyo):  # type: ignore[no-untyped-def]
    """The roster, page by page."""
    after = None
    while page := (await insist(client, e.GetRoster(event_id="e1", after=after, limit=500))).registrations:
        for row in page:
            yield row
        after = page[-1].member_id


async def started(cluster: Cluster, mongo_url: str, keys: Keys, folder: Path) -> asyncio.subprocess.Process:
    """The events service on the cluster, provisioned and ready."""
    values = {
        "nats_url": cluster.url,
        "nats_password": cluster.passwords["events"],
        "mongo_url": mongo_url,
        "jwks_file": keys.jwks_file,
        "http_port": free_port(),
        "log_level": "warning",
    }
    own = {f"EKKYO_{name.upper()}": str(value) for name, value in values.items()}
    ops = {"EKKYO_NATS_USER": "ops", "EKKYO_NATS_PASSWORD": cluster.passwords["ops"], "EKKYO_NATS_REPLICAS": "3"}
    plain = {key: value for key, value in os.environ.items() if not key.startswith("EKKYO_")}
    await provision(service, service.settings.load("events", own | ops))
    with (folder / "events.log").open("ab") as out:
        process = await asyncio.create_subprocess_exec(
            script("ekkyo-events"), "serve", env=plain | own, stdout=out, stderr=out
        )
    async with Ekkyo.connect(
        cluster.url,
        user="outside",
        password=cluster.passwords["outside"],
        token=keys.token("desk", "system"),
        environment={},
    ) as client:

        async def answers() -> bool:
            try:
                await client.ask(e.ListEvents(), within=1)
            except Refused as no:
                raise AssertionError(f"not yet: {no}\n{(folder / 'events.log').read_text()[-2000:]}") from None
            return True

        await eventually(answers, 60)
    return process
