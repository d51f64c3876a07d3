"""One caller sends ten thousand requests at once: everybody is answered, and another caller hardly notices."""

import asyncio
import json
import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from ekkyo.broker import Limits
from ekkyo.contracts import events
from ekkyo.installation.embedded import MongoServer
from ekkyo.testing.keys import Keys

from tests.abuse import flooder
from tests.abuse.asks import DETAILS, TIMES
from tests.abuse.world import SYSTEM, World, a_world

LOUD, QUIET = ("loud", "system"), ("quiet", "system")
REGISTER, GET = events.RegisterForEvent.subject, events.GetEvent.subject
ANSWERS = {"rubbish": {"400", "429"}, "with a forged token": {"401"}}
"""What the loud one is told. A database that has no time left for them is a 503."""
LONGEST = 2.0
"""Seconds that 99 of 100 answers to the other caller take at most: of the service's processor time, so that it is the
same on a machine that is busy with something else. By the clock it is measured in bench/flood.py."""
FLOODS: dict[str, list[tuple[str, str, int]]] = {
    "commands": [
        (REGISTER, f'{{"event_id": "e1", "member_id": "m{n}", "registration_id": "r{n}"}}', 0) for n in range(10_000)
    ],
    "what the other asks too": [(GET, '{"event_id": "e1"}', 0)] * 10_000,
    "rubbish": [(REGISTER, "{", 0)] * 10_000,
    "large ones": [(GET, '{"event_id": "e1"}', 990_000)] * 100,
    "with a forged token": [(GET, '{"event_id": "e1"}', 0)] * 10_000,
}
"""What is sent: the subject, the body, and how many bytes it is padded to."""


@pytest.fixture(scope="module")
def flooded(tmp_path_factory: pytest.TempPathFactory, mongo_server: MongoServer, keys: Keys) -> Iterator[World]:
    with a_world(tmp_path_factory.mktemp("flood"), mongo_server, keys, "events") as it:
        it.ask(events.DraftEvent(event_id="e1", community_id="c1", details=DETAILS, **TIMES), *SYSTEM)
        it.ask(events.PublishEvent(event_id="e1"), *SYSTEM)
        yield it


@pytest.mark.parametrize("what", FLOODS)
def test_another_caller_hardly_notices_and_nobody_gets_silence(flooded: World, what: str) -> None:
    answers, waited = flooded.run(during(flooded, FLOODS[what], forged="forged" in what))
    assert sum(answers.values()) == len(FLOODS[what])
    assert set(answers) <= ANSWERS.get(what, {"200", "429", "503"}), answers
    assert p99([of_the_service for _, of_the_service in waited]) < LONGEST
    assert flooded.ready("events")


def test_a_service_that_stands_still_for_a_moment_leaves_nobody_in_silence(flooded: World) -> None:
    """What nats-server keeps for it meanwhile is more than its own default, at which it would close the connection."""

    async def standing_still() -> bytes:
        service = flooded.processes["events"]
        service.send_signal(signal.SIGSTOP)
        try:
            said = await begun(flooded, FLOODS["large ones"])
            assert await said.readline() == b"sent\n"
        finally:
            service.send_signal(signal.SIGCONT)
        return await said.read()

    answers = json.loads(flooded.run(standing_still()))
    assert sum(answers.values()) == len(FLOODS["large ones"])
    assert set(answers) <= {"200", "429"}, answers


Waited = tuple[float, float]
"""Seconds by the clock, and of the service's processor time."""


async def during(world: World, wishes: list[Any], *, forged: bool = False) -> tuple[dict[str, int], list[Waited]]:
    """What the flood was answered with, and how long the other caller waited, asking every 50 ms, until it was over."""
    said = await begun(world, wishes, forged=forged)
    over = asyncio.ensure_future(said.read())
    asking: list[asyncio.Task[Waited]] = []
    while not over.done():
        asking.append(asyncio.create_task(answered(world)))
        await asyncio.sleep(0.05)
    return json.loads(over.result().splitlines()[-1]), list(await asyncio.gather(*asking))


async def begun(world: World, wishes: list[Any], *, forged: bool = False) -> asyncio.StreamReader:
    """What the flood that has just begun will say: that all is sent, and how it was answered."""
    loud = {
        "url": world.nats.url,
        "user": "outside",
        "password": world.nats.passwords["outside"],
        "headers": {"Authorization": f"Bearer {world.token(*LOUD)[: -6 if forged else None]}{'AAAAAA' * forged}"},
        "wishes": wishes,
    }
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(sys.executable, flooder.__file__, stdin=pipe, stdout=pipe)
    assert process.stdin
    assert process.stdout
    process.stdin.write(json.dumps(loud).encode())
    process.stdin.write_eof()
    assert await process.stdout.readline() == b"begins\n"
    return process.stdout


async def answered(world: World) -> Waited:
    """How long it takes until the other caller has their answer, which is no refusal."""
    began, spent = time.monotonic(), world.processor_time("events")
    reply = await world.request(GET, b'{"event_id": "e1"}', world.headers(*QUIET), within=60)
    assert "Nats-Service-Error-Code" not in (reply.headers or {}), reply.data
    return time.monotonic() - began, world.processor_time("events") - spent


def p99(values: list[float]) -> float:
    return sorted(values)[int(len(values) * 0.99)]


def test_the_limits_are_the_documented_ones() -> None:
    page = " ".join((Path(__file__).parents[2] / "docs/wire.md").read_text().split())
    limits = Limits()
    assert f"more than {limits.request_size:,} bytes is answered 400 `too_large`" in page
    assert f"{limits.per_caller:,} requests and {limits.size_per_caller:,} bytes from one token's subject" in page
    assert f"{limits.requests:,} requests and {limits.size:,} bytes altogether" in page
