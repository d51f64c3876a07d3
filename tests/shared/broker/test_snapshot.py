"""A stream is put back by a server of a cluster that is not the one we are connected to."""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import nats
import pytest
import pytest_asyncio
from ekkyo.broker import snapshot
from ekkyo.broker.snapshot import Described, SnapshotFailed, put_back
from ekkyo.installation.embedded import start_nats
from ekkyo.testing import settled
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.errors import NoRespondersError

pytestmark = pytest.mark.real
PARTS = "$JS.SNAPSHOT.RESTORE.S.x"
STREAM = Described({"name": "S"}, {})


@pytest_asyncio.fixture
async def connections(tmp_path: Path) -> AsyncIterator[tuple[Client, Client]]:
    """Of who puts a stream back, and of who plays the server that takes it in."""
    server = start_nats(tmp_path, config="# without jetstream, which is played")
    try:
        async with await nats.connect(server.url) as nc, await nats.connect(server.url) as playing:
            await playing.subscribe("$JS.API.STREAM.RESTORE.S", cb=answer(deliver_subject=PARTS))
            await settled(playing)
            yield nc, playing
    finally:
        server.stop()


def answer(**body: Any) -> Any:
    async def reply(msg: Msg) -> None:
        await msg.respond(json.dumps(body).encode())

    return reply


async def test_a_part_that_no_server_listens_to_yet_is_said_again(
    connections: tuple[Client, Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    nc, playing = connections
    nobody, request, taken = asyncio.Event(), nc.request, []

    async def noted(*args: Any, **kwargs: Any) -> Msg:
        try:
            return await request(*args, **kwargs)
        except NoRespondersError:
            nobody.set()
            raise

    async def take(msg: Msg) -> None:
        taken.append(msg.data)
        await msg.respond(b"" if msg.data else b'{"config": {"name": "S"}, "state": {"messages": 2}}')

    monkeypatch.setattr(nc, "request", noted)
    putting = asyncio.create_task(put_back(nc, STREAM, [b"one", b"two"]))
    await asyncio.wait_for(nobody.wait(), 5)
    await playing.subscribe(PARTS, cb=take)
    assert await asyncio.wait_for(putting, 5) == {"messages": 2}
    assert taken == [b"one", b"two", b""]


async def test_a_part_that_no_server_ever_listens_to_is_told_in_clear_words(
    connections: tuple[Client, Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(snapshot, "HEARSAY", 0.2)
    with pytest.raises(SnapshotFailed, match=r"RESTORE.S.x: no server listened to it"):
        await put_back(connections[0], STREAM, [b"one"])
