"""The service shell on real servers: ready, not ready, found, asked, stopped."""

import asyncio
import io
import json
import logging
from collections.abc import AsyncIterator
from contextlib import ExitStack
from typing import Annotated, ClassVar

import httpx
import pytest
import structlog
from ekkyo.broker import Router, Who, asked, told
from ekkyo.contracts.base import Command, May, Model, may
from ekkyo.contracts.events import EventPublished
from ekkyo.decision import Decision, Document
from ekkyo.installation.embedded import start_mongo, start_nats
from ekkyo.process import logs
from ekkyo.service import Running, Service, started
from ekkyo.service.provision import provision
from ekkyo.store import Collection, Index
from ekkyo.testing import Nats, eventually
from ekkyo.testing.plugin import as_ops
from ekkyo.testing.waiting import run_out
from faststream import Context, ContextRepo


class Pong(Model):
    times: int


class Ping(Command[Pong]):
    """Count one more."""

    subject: ClassVar[str] = "ekkyo.cmd.events.ping"
    may: ClassVar[May] = may("member")
    id: str = "p"
    slow: float = 0


class Counter(Document):
    times: int = 0


counters = Collection.of(Counter, "counters", indexes=[Index("times")])
Counters = Annotated[Collection[Counter], Context("counters")]
Events = list[str]
router = Router()


@router.subscriber(**asked(Ping))
async def ping(cmd: Ping, counters: Counters, who: Who, seen: Annotated[Events, Context("seen")]) -> Pong:
    """Count one more, slowly if so wished."""
    seen.append(f"asked by {who.sub}")
    await asyncio.sleep(cmd.slow)

    def count(found: Counter | None) -> Decision[Counter, Pong]:
        counter = found or Counter(id=cmd.id)
        return Decision(counter.model_copy(update={"times": counter.times + 1}), Pong(times=counter.times + 1))

    return await counters.create(cmd.id, count)


@router.subscriber(**told(EventPublished, by="events", name="listen", start="new"))
async def listen(fact: EventPublished) -> None:
    """Hear what was published."""


def service(seen: Events | None = None) -> Service:
    seen = [] if seen is None else seen

    async def startup(context: ContextRepo) -> None:
        context.set_global("seen", seen)
        seen.append("startup")

    async def shutdown(context: ContextRepo) -> None:
        seen.append("shutdown")

    return Service("events", routers=[router], collections=[counters], startup=startup, shutdown=shutdown)


async def probe(it: Running, path: str) -> httpx.Response:
    async with httpx.AsyncClient() as http:
        return await http.get(f"{it.url}{path}", timeout=10)


async def ready(it: Running) -> bool:
    return (await probe(it, "/readyz")).status_code == 200


async def missing(it: Running) -> dict[str, str]:
    found: dict[str, str] = (await probe(it, "/readyz")).json()["missing"]
    return found


async def test_a_running_service_answers_probes_and_requests(running, client_as):
    seen: Events = []
    async with running(service(seen)) as it, client_as("m1") as ekkyo:
        assert (await probe(it, "/livez")).status_code == 200
        assert (await probe(it, "/readyz")).json() == {"ready": True, "missing": {}}
        assert (await ekkyo.send(Ping())).times == 1
        metrics = (await probe(it, "/metrics")).text
        assert 'ekkyo_request_seconds_count{operation="events.ping",outcome="done"} 1.0' in metrics
        assert "ekkyo_ready 1.0" in metrics
        assert 'ekkyo_service_info{service="events"' in metrics
        assert (await probe(it, "/else")).status_code == 404
        assert (await it.live(counters).get("p")).times == 1
    assert seen == ["startup", "asked by m1", "shutdown"]


async def test_the_log_has_a_line_for_each_request_and_nothing_of_what_was_said(running, client_as):
    root, out = logging.getLogger(), io.StringIO()
    before = root.handlers[:], root.level
    try:
        async with running(service()), client_as("m1") as ekkyo:
            logs.configure(service="events", to=out)
            await ekkyo.send(Ping(id="said-by-somebody"))
            await eventually(lambda: "answered" in out.getvalue())
    finally:
        root.handlers, root.level = before
        structlog.reset_defaults()
    [line] = [found for found in map(json.loads, out.getvalue().splitlines()) if found["event"] == "answered"]
    assert (line["service"], line["operation"], line["outcome"]) == ("events", "events.ping", "done")
    assert line["seconds"] > 0
    assert len(line["trace"]) == 32
    assert "said-by-somebody" not in out.getvalue()


async def test_a_service_runs_again_and_beside_itself(running, client_as):
    one = service()
    async with running(one), running(one), client_as("m1") as ekkyo:
        assert (await ekkyo.send(Ping())).times == 1
    async with running(one), client_as("m1") as ekkyo:
        assert (await ekkyo.send(Ping())).times == 2


async def test_a_frozen_nats_makes_it_not_ready_but_alive(running, nats: Nats):
    async with running(service()) as it:
        nats.server.freeze()
        try:
            assert await missing(it) == {"nats": "no answer"}
            assert (await probe(it, "/livez")).status_code == 200
        finally:
            nats.server.thaw()
        await eventually(lambda: ready(it))


async def test_a_killed_database_makes_it_not_ready_until_it_is_back(running, tmp_path):
    mongo = start_mongo(tmp_path / "own-mongo")
    try:
        async with running(service(), mongo_url=mongo.url) as it:
            mongo.kill()
            assert list(await missing(it)) == ["database"]
            assert (await probe(it, "/livez")).status_code == 200
            mongo.start()
            await eventually(lambda: ready(it), timeout=20)
    finally:
        mongo.stop()


async def test_it_starts_with_nats_and_the_database_down_and_gets_ready(nats: Nats, environment, tmp_path, client_as):
    it_is = service()
    mongo = start_mongo(tmp_path / "own-mongo")
    settings = it_is.settings.load("events", environment("events", mongo_url=mongo.url))
    await nats.allow("events", it_is.durables())
    await provision(it_is, as_ops(settings, nats))
    nats.server.stop()
    mongo.stop()
    try:
        async with started(it_is, settings) as it:
            assert (await probe(it, "/livez")).status_code == 200
            assert set(await missing(it)) == {"service", "nats", "database"}
            mongo.start()
            await eventually(lambda: waits_for(it, "NATS"), timeout=20)
            nats.server.start()
            await it.until_ready(20)
            async with client_as("m1") as ekkyo:
                assert (await ekkyo.send(Ping())).times == 1
    finally:
        mongo.stop()


async def waits_for(it: Running, what: str) -> bool:
    return (await missing(it)).get("service") == f"waits for {what}"


async def test_it_waits_for_its_provisioning_and_names_what_is_missing(
    nats: Nats,
    environment,
):
    it_is = service()
    settings = it_is.settings.load("events", environment("events"))
    await nats.allow("events", it_is.durables())
    async with started(it_is, settings) as it:
        await eventually(lambda: waits_for(it, "its streams and consumers"))
        await provision(it_is, as_ops(settings, nats))
        await it.until_ready(10)


async def test_provisioning_again_finds_everything_as_wanted(nats: Nats, environment):
    it_is = service()
    settings = as_ops(it_is.settings.load("events", environment("events")), nats)
    first = {found.name: found.state for found in await provision(it_is, settings)}
    assert first["FACTS/events-listen"] == "made"
    again = {found.name: found.state for found in await provision(it_is, settings)}
    assert {state for name, state in again.items() if "counters" not in name} == {"as wanted"}
    assert set(again) == set(first)


async def test_provisioning_mends_and_tells_what_somebody_changed(nats: Nats, environment):
    it_is = service()
    settings = as_ops(it_is.settings.load("events", environment("events")), nats)
    await provision(it_is, settings)
    async with await nats.connect() as nc:
        js = nc.jetstream()
        await js.update_stream((await js.stream_info("FACTS")).config.evolve(duplicate_window=1))
        listen = (await js.consumer_info("FACTS", "events-listen")).config
        await js.add_consumer("FACTS", listen.evolve(max_ack_pending=7))
    found = {found.name: found.state for found in await provision(it_is, settings)}
    assert found["FACTS"] == "changed duplicate_window"
    assert found["FACTS/events-listen"] == "changed max_ack_pending"


async def test_a_service_user_cannot_provision(nats: Nats, environment):
    it_is = service()
    with pytest.raises(PermissionError, match=r"(?i)permissions violation"):
        await provision(it_is, it_is.settings.load("events", environment("events")))


async def test_an_orderly_stop_answers_what_it_was_asked_before(nats: Nats, running, client_as):
    seen: Events = []
    async with client_as("m1") as ekkyo:
        async with running(service(seen)) as it:
            asking = asyncio.create_task(ekkyo.send(Ping(slow=0.5)))
            await eventually(lambda: "asked by m1" in seen)
            stopping = asyncio.create_task(it.stop())
            await eventually(lambda: not_ready(it))
        assert (await asking).times == 1
        await stopping


async def not_ready(it: Running) -> bool:
    return "service" in await missing(it)


async def test_a_stop_is_bounded_though_nats_is_frozen(nats: Nats, running):
    stack = ExitStack()
    try:
        async with running(service(), stop_seconds=2):
            nats.server.freeze()
            waits = stack.enter_context(run_out())
    finally:
        stack.close()
        nats.server.thaw()
    assert 1 < max(waits) <= 2


# NATS service discovery


@pytest.fixture
async def discover(nats: Nats) -> AsyncIterator[object]:
    async with await nats.connect() as nc:

        async def ask(subject: str) -> dict[str, object]:
            found: dict[str, object] = json.loads((await nc.request(subject, b"", timeout=5)).data)
            return found

        yield ask


async def test_nats_tooling_finds_the_service(running, client_as, discover):
    async with running(service()) as it, client_as("m1") as ekkyo:
        await ekkyo.send(Ping())
        found = await discover("$SRV.PING")
        assert found["type"] == "io.nats.micro.v1.ping_response"
        assert (found["name"], found["version"]) == ("events", it.service.version)
        assert await discover("$SRV.PING.events") == found
        assert await discover(f"$SRV.PING.events.{found['id']}") == found

        for subject in ("$SRV.INFO", "$SRV.INFO.events", f"$SRV.INFO.events.{found['id']}"):
            info = await discover(subject)
            assert info["endpoints"] == [
                {
                    "name": "cmd-ping",
                    "subject": "ekkyo.cmd.events.ping",
                    "queue_group": "events",
                    "metadata": {"description": "Count one more."},
                }
            ]
        for subject in ("$SRV.STATS", "$SRV.STATS.events", f"$SRV.STATS.events.{found['id']}"):
            stats = await discover(subject)
            [endpoint] = stats["endpoints"]
            assert (endpoint["num_requests"], endpoint["num_errors"]) == (1, 0)
            assert endpoint["average_processing_time"] > 0
            assert stats["started"].endswith("Z")


async def test_discovery_replies_to_inboxes_alone(running, nats: Nats):
    async with running(service()) as it, await nats.connect() as nc:
        forged = "ekkyo.fact.events.published.forged"
        await nc.publish("$SRV.PING.events", b"", reply=forged)
        await nc.request("$SRV.PING.events", b"", timeout=5)
        assert (await nc.jetstream().stream_info("FACTS")).state.messages == 0
        assert it.broker.connection.is_connected


@pytest.mark.real
async def test_another_nats_on_the_same_port_is_not_taken_for_ours(tmp_path):
    one = start_nats(tmp_path / "one")
    try:
        assert one.answers()
        one.server_name = "somebody-else"
        assert not one.answers()
    finally:
        one.stop()
