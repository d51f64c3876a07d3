"""Installations that are backed up and restored: what is in them, and what is told there."""

import os
from typing import Any

from ekkyo.installation.permissions import OPS, SERVICES
from ekkyo.testing import Nats
from ekkyo.testing.plugin import Mongo
from ekkyo_cli.backup.place import Servers
from pymongo import MongoClient


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


async def tell(nats: Nats, service: str, subject: str, body: bytes = b"{}", **headers: str) -> None:
    async with await nats.connect(service) as nc:
        await nc.jetstream().publish(subject, body, headers={"Nats-Msg-Id": os.urandom(8).hex(), **headers})
