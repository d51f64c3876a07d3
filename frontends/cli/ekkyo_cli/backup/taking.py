"""Taking a backup: the databases, then the streams, while no service runs."""

import gzip
from importlib.metadata import version
from typing import Final

from ekkyo.broker import STREAMS, SURVEY_KEYS
from ekkyo.broker.snapshot import Described, SnapshotFailed, describe, positions, take
from ekkyo.contracts.base import Refused
from ekkyo.decision.clock import utcnow
from ekkyo.installation.permissions import SERVICES
from ekkyo.store.copying import Copying
from nats.aio.client import Client

from ekkyo_cli.backup.manifest import Files, Manifest, RowsFile, StreamFile, checksum
from ekkyo_cli.backup.place import Servers, running

NAMES: Final = tuple(str(stream.name) for stream in STREAMS if stream is not SURVEY_KEYS)
"""Never the keys of surveys: whoever has a backup must not be able to read what was said in them."""
STILL: Final = tuple(str(stream.name) for stream in STREAMS if not stream.allow_msg_schedules)
"""Streams that stand still while no service runs. Timers come due all the same."""


async def back_up(servers: Servers, files: Files) -> Manifest:
    """Write everything, the manifest last. Refuses while a service runs, and when one ran meanwhile."""
    async with servers.connected() as nc:
        try:
            before = await _ends(nc)
            files.begin()
            databases = {}
            if servers.mongo_url is not None:
                for service in SERVICES:
                    known = bool(before["FACTS"])
                    name = servers.databases[service]
                    databases[service] = await _database(Copying(servers.mongo_url, name), service, files, known=known)
            streams = {name: await _stream(nc, name, files) for name in NAMES}
            after = await _ends(nc)
        except SnapshotFailed as failed:
            raise Refused("not_backed_up", str(failed), 503) from None
        if moved := [name for name in STILL if before[name] != after[name]]:
            text = f"{', '.join(moved)} changed, so a service was running: {files.folder} is not valid, remove it."
            raise Refused("services_run", text, 409)
        if started := await running(nc):
            text = f"{started} was started during the backup: {files.folder} is not a valid backup, remove it."
            raise Refused("services_run", text, 409)
        manifest = Manifest(
            made_at=utcnow(),
            ekkyo=version("ekkyo-cli"),
            nats=str(nc.connected_server_version),
            streams=streams,
            databases=databases,
        )
        files.write(manifest)
        return manifest


async def _ends(nc: Client) -> dict[str, int]:
    """Each stream's last number. Refuses where one is not there."""
    found = {}
    for name in NAMES:
        stream = await describe(nc, name)
        if stream is None:
            raise Refused("not_provisioned", f"There is no stream {name} here: is this an installation of Ekkyo?", 409)
        found[name] = int(stream.state["last_seq"])
    return found


async def _database(database: Copying, service: str, files: Files, *, known: bool) -> dict[str, RowsFile]:
    """known: there are facts, so the service was provisioned and its collections must be there."""
    try:
        found = {}
        collections = await database.collections()
        if known and not collections:
            text = f"There is no database {database.name}. If it has another name: --database {service}=NAME"
            raise Refused("database_missing", text, 409)
        for collection in collections:
            file, count = files.rows(service, collection), 0
            with files.create(file) as out, gzip.GzipFile("", "wb", 3, out, mtime=0) as packed:
                async for row in database.rows(collection):
                    packed.write(row)
                    count += 1
            if count != (there := await database.count(collection)):
                text = f"{database.name}.{collection}: {count} of {there} rows were read. Is a program writing to it?"
                raise Refused("not_backed_up", text, 409)
            found[collection] = RowsFile(rows=count, sha256=checksum(file))
        return found
    finally:
        await database.close()


async def _stream(nc: Client, name: str, files: Files) -> StreamFile:
    consumers = await positions(nc, name)
    snapshot = await take(nc, name)
    file = files.stream(name)
    with files.create(file) as out:
        async for part in snapshot.parts:
            out.write(part)
    stream: Described = snapshot.described
    return StreamFile(
        messages=stream.state["messages"],
        last_sequence=stream.state["last_seq"],
        consumers=consumers,
        sha256=checksum(file),
        config=stream.config,
        state=stream.state,
    )
