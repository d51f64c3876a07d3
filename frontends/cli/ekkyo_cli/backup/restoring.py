"""Restoring a backup: everything is verified before anything is changed."""

import asyncio
import os
import time
from collections.abc import Mapping
from dataclasses import dataclass

from ekkyo.broker.snapshot import Described, SnapshotFailed, describe, positions, put_back, remove
from ekkyo.contracts.base import Refused
from ekkyo.contracts.members import MemberErased
from ekkyo.installation.mirrors import FACTS, make_all_again, mirrors
from ekkyo.installation.permissions import SERVICES
from ekkyo.store.copying import Copying, Damaged, decoded
from nats.aio.client import Client

from ekkyo_cli.backup.manifest import Files, Manifest, RowsFile, StreamFile, parts, unpacked
from ekkyo_cli.backup.place import Servers, running
from ekkyo_cli.backup.taking import NAMES

BACK_WITHIN = 30.0
"""Seconds in which a restored stream has its consumers; in a cluster they come after it."""


@dataclass(frozen=True)
class Restored:
    """erased_since: members who were erased since the backup was made, and whom it brought back."""

    erased_since: list[str]


async def restore(servers: Servers, files: Files, manifest: Manifest, *, replace: bool) -> Restored:
    """Put everything back. Refuses while a service runs, and where something is, unless it is to be replaced.

    If it is interrupted, run it again with replace.
    """
    async with servers.connected() as nc:
        if not replace and (there := await _there(nc, servers)):
            text = f"{', '.join(there)}: not empty. Restore elsewhere, or use --replace to remove the current data."
            raise Refused("target_in_use", text, 409)
        erased = await _erased(nc)
        _note(files, erased)
        heard = await mirrors(nc.jetstream()) if await describe(nc, FACTS) else []
        try:
            for stream in NAMES:
                await remove(nc, stream)
            if servers.mongo_url is not None:
                for service in SERVICES:
                    database = Copying(servers.mongo_url, servers.databases[service])
                    await _database(database, service, manifest.databases.get(service, {}), files)
            for name, kept in manifest.streams.items():
                await _stream(nc, name, kept, files, servers.replicas)
            replicas = servers.replicas or int(manifest.streams[FACTS].config["num_replicas"])
            await make_all_again(nc, heard, replicas=replicas)
        except (SnapshotFailed, Damaged) as failed:
            hint = " One NATS server keeps one copy: EKKYO_NATS_REPLICAS=1." if "replicas" in str(failed) else ""
            text = f"{failed}.{hint} The data is incomplete now: start no service, and restore again with --replace."
            raise Refused("not_restored", text, 500) from None
        if started := await running(nc):  # by somebody, or by an autoscaler
            text = f"{started} was started during the restore. Stop it, and restore again with --replace."
            raise Refused("services_run", text, 409)
        return Restored(sorted(_noted(files) - await _erased(nc)))  # who was erased before it stays so


async def _there(nc: Client, servers: Servers) -> list[str]:
    """The streams and databases that hold anything, or ever did."""
    found = []
    for stream in NAMES:
        about = await describe(nc, stream)
        if about and about.state["last_seq"]:
            found.append(stream)
    for service in SERVICES if servers.mongo_url is not None else ():
        database = Copying(str(servers.mongo_url), servers.databases[service])
        try:
            if any([await database.count(collection) for collection in await database.collections()]):
                found.append(database.name)
        finally:
            await database.close()
    return found


async def _database(database: Copying, service: str, collections: dict[str, RowsFile], files: Files) -> None:
    try:
        await database.clear()
        for collection, kept in collections.items():
            with unpacked(files.rows(service, collection)) as rows:
                if (count := await database.put_back(collection, decoded(rows))) != kept.rows:
                    raise SnapshotFailed(f"{database.name}.{collection}: {count} of {kept.rows} rows were restored")
    finally:
        await database.close()


async def _stream(nc: Client, name: str, kept: StreamFile, files: Files, replicas: int | None) -> None:
    config = kept.config | ({"num_replicas": replicas} if replicas else {})
    state = await put_back(nc, Described(config, kept.state), parts(files.stream(name)))
    moves = config.get("max_age") or config.get("allow_msg_schedules")  # what is too old leaves, what is due comes due
    if state["last_seq"] < kept.last_sequence or (state["messages"] != kept.messages and not moves):
        raise SnapshotFailed(f"{name}: {state['messages']} of {kept.messages} messages were restored")
    until = time.monotonic() + BACK_WITHIN
    while not _same(await positions(nc, name), kept.consumers, exactly=not moves):
        if time.monotonic() > until:
            raise SnapshotFailed(f"{name}: its consumers do not have the positions of the backup")
        await asyncio.sleep(0.1)


def _same(found: Mapping[str, int], kept: Mapping[str, int], *, exactly: bool) -> bool:
    return found == kept if exactly else found.keys() == kept.keys()


async def _erased(nc: Client) -> set[str]:
    """The members who were erased, according to the facts. The subjects of these facts end in member ids."""
    facts = await describe(nc, FACTS, subjects=f"{MemberErased.subject}.*")
    return {subject.rpartition(".")[2] for subject in (facts.state.get("subjects") or {})} if facts else set()


def _note(files: Files, erased: set[str]) -> None:
    """Save the ids beside the backup before their stream is removed, because a restore may be interrupted."""
    if erased - (known := _noted(files)):
        text = "".join(f"{id}\n" for id in sorted(known | erased))
        with os.fdopen(os.open(files.erased_since, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as out:
            out.write(text)


def _noted(files: Files) -> set[str]:
    return set(files.erased_since.read_text().split()) if files.erased_since.exists() else set()
