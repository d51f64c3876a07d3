"""The one place that knows the driver: Motor or PyMongo's async API, chosen by a setting.

Only these operations, which mean the same on every MongoDB and on compatible servers: find, bulks of ReplaceOne and
InsertOne and of DeleteOne, insert, count, create_indexes, ping; and for backups the names of collections, all rows of
one as they are, delete_many.
"""

import asyncio
import re
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC
from typing import Any, Literal, Protocol

from bson.codec_options import CodecOptions
from bson.raw_bson import RawBSONDocument
from pymongo import DeleteOne, IndexModel, InsertOne, MongoClient, ReplaceOne
from pymongo.errors import BulkWriteError, ConnectionFailure, DuplicateKeyError, OperationFailure, WTimeoutError

from ekkyo.contracts.base import Refused

Row = dict[str, Any]
Where = Mapping[str, Any]
Sort = Sequence[tuple[str, int]]
Driver = Literal["motor", "pymongo"]

DUPLICATE_KEY = 11000
NOT_LET_IN = (13, 18)
"""Unauthorized, AuthenticationFailed: mended by ops, so it is waited for, as for a database that is down."""
TIMEOUTS = {"serverSelectionTimeoutMS": 2_000, "connectTimeoutMS": 2_000, "socketTimeoutMS": 5_000}
"""How long one try may take, in milliseconds; the URL's own options win."""


class Unavailable(Refused):
    """The database cannot be reached now. What was asked for may be asked again; a reaction is retried."""

    def __init__(self, detail: str = "The database cannot be reached. Try again later.") -> None:
        super().__init__("unavailable", detail, 503)


@dataclass(frozen=True)
class Replacement:
    """Put `row` in the place of the one that `where` finds; with `upsert`, add it when there is none."""

    where: Where
    row: Row
    upsert: bool = False


@dataclass(frozen=True)
class Addition:
    """Add `row`, unless one with its `_id` is there."""

    row: Row


@dataclass(frozen=True)
class Written:
    """What a bulk did: how many rows were replaced or added, and which hit a unique index (`_id` or its name)."""

    count: int
    duplicates: dict[int, str] = field(default_factory=dict)


class Indexed(Protocol):
    """An index: its fields, whether no two documents may have the same, and which documents are in it."""

    @property
    def keys(self) -> list[tuple[str, int]]: ...
    @property
    def name(self) -> str: ...
    @property
    def unique(self) -> bool: ...
    @property
    def where(self) -> Where | None: ...


class Database:
    """A connection to one database. Errors of the connection are raised as Unavailable."""

    def __init__(self, client: Any, name: str) -> None:
        self._client = client
        self._database = client.get_database(name, codec_options=CodecOptions(tz_aware=True, tzinfo=UTC))

    @classmethod
    def open(cls, url: str, name: str, driver: Driver = "motor") -> "Database":
        """Connects with the first operation, and again whenever the connection was lost."""
        options: dict[str, Any] = {k: v for k, v in TIMEOUTS.items() if k.lower() not in url.lower()}
        if "w=" not in url.lower():
            options["w"] = "majority"
        if "readconcernlevel=" not in url.lower():
            options["readConcernLevel"] = "majority"  # what is read has outlived a change of primary
        if driver == "motor":
            from motor.motor_asyncio import AsyncIOMotorClient

            return cls(AsyncIOMotorClient(url, io_loop=asyncio.get_running_loop(), **options), name)
        from pymongo import AsyncMongoClient

        return cls(AsyncMongoClient(url, **options), name)

    @property
    def concerns(self) -> tuple[Any, str]:
        """Who must have a write before it is acknowledged, and a row before it is read."""
        return self._database.write_concern.document["w"], self._database.read_concern.level

    async def ping(self) -> None:
        await _reaching(self._client.admin.command("ping"))

    async def close(self) -> None:
        closing = self._client.close()
        if closing is not None:
            await closing

    async def find(
        self,
        collection: str,
        where: Where,
        *,
        sort: Sort = (),
        skip: int = 0,
        limit: int = 0,
        only: Sequence[str] = (),
        without: Sequence[str] = (),
    ) -> list[Row]:
        """Rows in this order. `limit` 0: all of them. `only` and `without` name top-level fields."""
        if _none_can_meet(where):
            return []
        fields = dict.fromkeys(only, 1) or dict.fromkeys(without, 0) or None
        cursor = self._database[collection].find(where, fields)
        if sort:
            cursor = cursor.sort(list(sort))
        if skip:
            cursor = cursor.skip(skip)
        if limit:
            cursor = cursor.limit(limit)
        rows: list[Row] = await _reaching(cursor.to_list(None))
        return rows

    async def count(self, collection: str, where: Where) -> int:
        """How many rows meet these conditions.

        By the command `count`: compatible servers (nx-27017 0.8.1) take twenty times as long for the aggregation that
        drivers make of a count. Without conditions MongoDB would tell what it has noted, which a crash makes wrong, so
        then the rows are counted.
        """
        if _none_can_meet(where):
            return 0
        if not where:
            counted: int = await _reaching(self._database[collection].count_documents({}))
            return counted
        concern = self._database.read_concern.document
        command = {"count": collection, "query": where, **({"readConcern": concern} if concern else {})}
        try:
            found = await _reaching(self._database.command(command))
        except Unavailable:  # drivers try reads a second time, but not commands
            found = await _reaching(self._database.command(command))
        return int(found["n"])

    async def insert(self, collection: str, row: Row) -> bool:
        """Add a row; False when one with its `_id` is there."""
        try:
            await _reaching(self._database[collection].insert_one(row))
        except DuplicateKeyError:
            return False
        return True

    async def collections(self) -> list[str]:
        """The names of all collections, in order, empty ones too."""
        return sorted(await _reaching(self._database.list_collection_names()))

    async def each(self, collection: str) -> AsyncIterator[bytes]:
        """Every row in the order of its id, as BSON: what the database holds, read and written by nobody in between."""
        raw = self._database.get_collection(collection, codec_options=CodecOptions(document_class=RawBSONDocument))
        cursor = raw.find({}).sort([("_id", 1)]).batch_size(500)
        try:
            async for row in cursor:
                yield bytes(row.raw)
        except ConnectionFailure as error:
            raise Unavailable from error

    async def insert_all(self, collection: str, rows: Sequence[bytes]) -> None:
        """Add rows that `each` gave, none of which is there."""
        documents = [RawBSONDocument(row) for row in rows]
        await _reaching(self._database[collection].insert_many(documents, ordered=False))

    async def clear(self, collection: str) -> None:
        """Delete every row; the indexes stay."""
        await _reaching(self._database[collection].delete_many({}))

    async def replace(self, collection: str, writes: Sequence[Replacement | Addition]) -> Written:
        """Write each row by itself, in any order: one that fails does not keep the others from being written."""
        requests = [
            InsertOne(w.row) if isinstance(w, Addition) else ReplaceOne(w.where, w.row, upsert=w.upsert) for w in writes
        ]
        try:
            result = await _reaching(self._database[collection].bulk_write(requests, ordered=False))
        except BulkWriteError as error:
            return _partly(error)
        return Written(result.matched_count + result.upserted_count + result.inserted_count)

    async def remove(self, collection: str, wheres: Sequence[Where]) -> int:
        """Take away at most one row for each of these, and tell how many."""
        result = await _reaching(self._database[collection].bulk_write([DeleteOne(w) for w in wheres], ordered=False))
        return int(result.deleted_count)

    async def index(self, collection: str, indexes: Sequence[Indexed]) -> None:
        """Create these indexes unless they are there."""
        models = [
            IndexModel(
                i.keys, name=i.name, unique=i.unique, **({"partialFilterExpression": i.where} if i.where else {})
            )
            for i in indexes
        ]
        if models:
            await _reaching(self._database[collection].create_indexes(models))

    async def drop(self) -> None:
        """Drop the whole database: for tests."""
        await _reaching(self._client.drop_database(self._database.name))


@contextmanager
def dropping(url: str) -> Iterator[Callable[[str], object]]:
    """Drops databases by name, on one connection: for tests."""
    with MongoClient[Row](url) as client:
        yield client.drop_database


def _none_can_meet(where: Where) -> bool:
    """Whether a field must be one of no values: compatible servers (nx-27017 0.8.1) read everything to find none."""
    return any(isinstance(wanted, Mapping) and wanted.get("$in") in ([], ()) for wanted in where.values())


async def _reaching(operation: Any) -> Any:
    try:
        return await operation
    except (ConnectionFailure, WTimeoutError) as error:
        raise Unavailable from error
    except OperationFailure as error:
        if error.code in NOT_LET_IN:
            raise Unavailable("The database refuses this user or its password.") from error
        raise


_INDEX = re.compile(r"index:? '?(?:\S+\.\$)?([^\s']+)|failed: (\S+)\._id$")


def _partly(error: BulkWriteError) -> Written:
    """What was written of a bulk in which some rows hit a unique index. Raises the error when that is not all."""
    details: Mapping[str, Any] = error.details
    if details["writeConcernErrors"]:
        raise Unavailable from error
    duplicates: dict[int, str] = {}
    for failed in details["writeErrors"]:
        if failed["code"] != DUPLICATE_KEY:
            raise error
        duplicates[failed["index"]] = violated(failed["errmsg"])
    return Written(details["nMatched"] + details["nUpserted"] + details["nInserted"], duplicates)


def violated(text: str) -> str:
    """The name of the index that a duplicate key error speaks of; `_id` for the primary key.

    MongoDB says `… index: number dup key: …`, nx-27017 `… index 'idx_members_number'`.
    """
    found = _INDEX.search(text)
    name = found.group(1) if found and found.group(1) else "_id"
    return "_id" if name == "_id_" else name
