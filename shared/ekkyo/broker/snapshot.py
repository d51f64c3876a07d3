"""Whole streams as files: their messages with numbers, headers and times, and how far each consumer has got.

The server's own snapshots, which nats-py has no calls for: JSApiStreamSnapshot and JSApiStreamRestore of ADR-1,
https://github.com/nats-io/nats-architecture-and-design/blob/main/adr/ADR-1.md. Needs the rights of the NATS user `ops`.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass
from typing import Any, Final

from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.errors import NoRespondersError

from ekkyo.installation.systems import account

CHUNK: Final = 256 * 1024
"""Bytes in one message while a stream is handed out."""
PATIENCE: Final = 30.0
"""Seconds without a word after which the server is given up."""
HEARSAY: Final = 5.0
"""Seconds in which one server of a cluster must have heard of what another one listens to."""
AGAIN: Final = 0.05
"""Seconds after which a request without a listener is sent again."""


class SnapshotFailed(RuntimeError):
    """The server would not, or could not, hand a stream out or take it in; the text says which and why."""


@dataclass(frozen=True)
class Described:
    """A stream's `config` and `state` as the server words them."""

    config: dict[str, Any]
    state: dict[str, Any]


async def describe(nc: Client, stream: str, *, subjects: str = "") -> Described | None:
    """A stream; None when there is none. subjects: which of them to count in `state`."""
    asked = json.dumps({"subjects_filter": subjects} if subjects else {})
    answer = await _ask(nc, f"$JS.API.STREAM.INFO.{stream}", asked.encode())
    return None if _missing(answer) else _described(stream, answer)


async def positions(nc: Client, stream: str) -> dict[str, int]:
    """The stream's durable consumers, each with the number of the message up to which it is through with all.

    Those that feed other systems' mirrors are not among them: they go on by themselves, and mirrors are made again.
    """
    found: dict[str, int] = {}
    seen = 0
    while True:
        asked = json.dumps({"offset": seen}).encode()
        answer = _accepted(stream, await _ask(nc, f"$JS.API.CONSUMER.LIST.{stream}", asked))
        some = answer["consumers"] or []
        found |= {one["name"]: one["ack_floor"]["stream_seq"] for one in some if _kept(one["config"])}
        seen += len(some)
        if not some or seen >= answer["total"]:
            return dict(sorted(found.items()))


def _kept(consumer: dict[str, Any]) -> bool:
    return bool(consumer.get("durable_name")) and not str(consumer["durable_name"]).startswith(account(""))


class Snapshot:
    """A stream being handed out: what it is like at this moment, then its parts, to be taken to the end."""

    def __init__(self, described: Described, parts: AsyncIterator[bytes]) -> None:
        self.described, self.parts = described, parts


async def take(nc: Client, stream: str) -> Snapshot:
    """Hand out a stream as it is now, consumers included, each message looked over. Raises SnapshotFailed."""
    inbox = nc.new_inbox()
    delivered = await nc.subscribe(inbox)
    asked = {"deliver_subject": inbox, "chunk_size": CHUNK, "no_consumers": False, "jsck": True}
    try:
        answer = await _ask(nc, f"$JS.API.STREAM.SNAPSHOT.{stream}", json.dumps(asked).encode())
        described = _described(stream, answer)
    except SnapshotFailed:
        await delivered.unsubscribe()
        raise

    async def parts() -> AsyncIterator[bytes]:
        try:
            while (msg := await delivered.next_msg(timeout=PATIENCE)).data:
                yield msg.data
                if msg.reply:
                    await nc.publish(msg.reply, b"")  # the server waits when too much is on its way
        except TimeoutError:
            raise SnapshotFailed(f"{stream}: the server stopped in the middle of handing it out") from None
        finally:
            await delivered.unsubscribe()
        status = (msg.headers or {}).get("Status", "204")
        if status != "204":
            raise SnapshotFailed(f"{stream}: {(msg.headers or {}).get('Description') or status}")

    return Snapshot(described, parts())


async def put_back(nc: Client, described: Described, parts: Iterable[bytes]) -> dict[str, Any]:
    """Make a stream of its parts, as the same kind of stream; none of its name may be there. Its state afterwards.

    Raises SnapshotFailed; what the server had taken in till then may be there as an incomplete stream.
    """
    stream = str(described.config["name"])
    body = json.dumps({"config": described.config, "state": described.state}).encode()
    answer = _accepted(stream, await _ask(nc, f"$JS.API.STREAM.RESTORE.{stream}", body))
    to = str(answer["deliver_subject"])
    for part in parts:
        _accepted(stream, await _hand_in(nc, to, part))
    return _described(stream, await _hand_in(nc, to, b"")).state


async def remove(nc: Client, stream: str) -> None:
    """Remove a stream with all it holds; none is no error. Raises SnapshotFailed."""
    answer = await _ask(nc, f"$JS.API.STREAM.DELETE.{stream}", b"")
    if not _missing(answer):
        _accepted(stream, answer)


async def _request(nc: Client, subject: str, body: bytes) -> Msg:
    try:
        return await nc.request(subject, body, timeout=PATIENCE)
    except TimeoutError:
        raise SnapshotFailed(f"{subject}: the server did not answer within {PATIENCE:.0f} s") from None


async def _hand_in(nc: Client, subject: str, part: bytes) -> dict[str, Any]:
    """A request without a listener had no effect, so sending it again does no harm."""
    loop = asyncio.get_running_loop()
    deadline = loop.time() + HEARSAY
    while True:
        try:
            answer: dict[str, Any] = json.loads((await _request(nc, subject, part)).data or b"{}")
            return answer
        except NoRespondersError:
            if loop.time() > deadline:
                raise SnapshotFailed(f"{subject}: no server listened to it for {HEARSAY:.0f} s") from None
        await asyncio.sleep(AGAIN)


async def _ask(nc: Client, subject: str, body: bytes) -> dict[str, Any]:
    answer: dict[str, Any] = json.loads((await _request(nc, subject, body)).data)
    return answer


def _missing(answer: dict[str, Any]) -> bool:
    return bool(answer.get("error", {}).get("code") == 404)


def _accepted(stream: str, answer: dict[str, Any]) -> dict[str, Any]:
    if "error" in answer:
        raise SnapshotFailed(f"{stream}: {answer['error'].get('description', answer['error'])}")
    return answer


def _described(stream: str, answer: dict[str, Any]) -> Described:
    _accepted(stream, answer)
    return Described(answer["config"], answer["state"])
