"""What tests run on is their own: servers on free ports, databases and names that no other test has."""

import asyncio
import sys
from pathlib import Path

import nats as nats_py
import pytest
from ekkyo.installation.embedded import NotStarted, start_mongo, start_nats
from ekkyo.store.driver import Database
from ekkyo.testing import Nats, eventually, settled
from ekkyo.testing.plugin import Mongo


@pytest.mark.real
def test_servers_take_free_ports_and_start_again_on_the_same_one(tmp_path):
    servers = [start_nats(tmp_path / "a"), start_nats(tmp_path / "b"), start_mongo(tmp_path / "c")]
    try:
        ports = [server.port for server in servers]
        assert len(set(ports)) == 3
        for server in servers:
            server.kill()
            assert not server.answers()
            server.restart()
            assert server.answers()
        assert [server.port for server in servers] == ports
        with pytest.raises(NotStarted, match="nats-server"):
            start_nats(tmp_path / "d", port=ports[0])
    finally:
        for server in servers:
            server.stop()


@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
async def test_a_frozen_server_stands_still_at_once(nats: Nats):
    async def busy() -> None:
        async with await nats.connect("events", allow_reconnect=True) as nc:
            await asyncio.gather(*(nc.jetstream().publish(f"ekkyo.fact.events.published.e{n}") for n in range(200)))

    working = asyncio.create_task(busy())
    for _ in range(20):
        await asyncio.sleep(0.01)
        nats.server.freeze()
        states = threads(nats.server.pid)
        nats.server.freeze()  # twice is once
        nats.server.thaw()
        assert states == {"T"}
    await working


def threads(pid: int) -> set[str]:
    """The states that a process's threads are in: T is stopped."""
    return {(task / "stat").read_text().rpartition(")")[2].split()[0] for task in Path(f"/proc/{pid}/task").iterdir()}


@pytest.mark.parametrize("turn", [1, 2])
async def test_a_test_finds_its_database_and_its_streams_empty(turn, nats: Nats, mongo: Mongo):
    database = Database.open(mongo.url, mongo.database(), "pymongo")
    assert await database.insert("things", {"_id": "left behind"})
    await database.close()
    async with await nats.connect("events") as nc:
        assert (await nc.jetstream().publish("ekkyo.fact.events.published.e1", b"{}")).seq == 1


async def test_a_database_is_gone_at_its_tests_end(mongo: Mongo):
    database = Database.open(mongo.url, mongo.database(), "pymongo")
    await database.insert("things", {"_id": "1"})
    mongo.drop()
    assert await database.count("things", {}) == 0
    await database.close()


async def test_eventually_tells_what_it_saw_last():
    seen = iter([False, 0, "there"])
    assert await eventually(lambda: next(seen)) == "there"
    with pytest.raises(AssertionError, match=r"the mail did not happen within 0.05 s; at the end: 0"):
        await eventually(lambda: 0, 0.05, what="the mail")


async def test_settled_returns_when_the_server_has_all_that_was_said():
    """A server that writes down what it is told, and in which order; `flush` alone would return before the SUB."""
    told: list[bytes] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b'INFO {"server_id": "s", "version": "2.11.0", "max_payload": 1000}\r\n')
        while line := await reader.readline():
            told.append(line.split()[0])
            if told[-1] == b"PING":
                writer.write(b"PONG\r\n")
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server, await nats_py.connect(f"nats://127.0.0.1:{server.sockets[0].getsockname()[1]}") as nc:
        told.clear()
        await nc.subscribe("facts")
        await settled(nc)
        assert told == [b"PING", b"SUB", b"PING"]
