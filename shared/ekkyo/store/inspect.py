"""A look at a database from outside: for those who look for what is wrong with an installation."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from bson.codec_options import CodecOptions
from pymongo import AsyncMongoClient
from pymongo.errors import ConfigurationError, ConnectionFailure, OperationFailure

from ekkyo.contracts.base import Refused
from ekkyo.store.driver import TIMEOUTS, Unavailable

NOT_AUTHENTICATED, NOT_AUTHORIZED = 18, 13
Fields = tuple[str, ...]


@dataclass(frozen=True)
class Seen:
    """What a database tells of itself. indexes: by collection, the fields of each and whether it is unique."""

    version: str
    primary: bool
    time: datetime | None
    indexes: dict[str, set[tuple[Fields, bool]]]


async def inspect(url: str, database: str, collections: Iterable[str]) -> Seen:
    """Look, and write nothing. Raises Unavailable; Refused 401 for a wrong password, 403 for too few rights."""
    options: dict[str, Any] = {name: value for name, value in TIMEOUTS.items() if name.lower() not in url.lower()}
    client: AsyncMongoClient[dict[str, Any]]
    try:
        client = AsyncMongoClient(url, **options)
    except ConfigurationError:
        raise Unavailable from None
    async with client:
        try:
            about, hello = await client.admin.command("buildInfo"), await client.admin.command("hello")
            there = client.get_database(database, codec_options=CodecOptions(tz_aware=True, tzinfo=UTC))
            await there["doctor"].replace_one(
                {"_id": "nobody"}, {"looked": True}
            )  # finds none, and yet must be allowed
            indexes = {name: await _indexes(there, name) for name in collections}
        except OperationFailure as error:
            if error.code == NOT_AUTHENTICATED:
                raise Refused("not_authenticated", "The password is wrong.", 401) from None
            if error.code == NOT_AUTHORIZED:
                raise Refused("not_allowed", "The user may not read and write here.", 403) from None
            raise Unavailable from None
        except ConnectionFailure:
            raise Unavailable from None
    time = hello.get("localTime")
    return Seen(str(about["version"]), bool(hello.get("isWritablePrimary")), time and time.replace(tzinfo=UTC), indexes)


async def _indexes(database: Any, name: str) -> set[tuple[Fields, bool]]:
    found = set()
    try:
        async for index in await database[name].list_indexes():
            found.add((tuple(index["key"]), bool(index.get("unique"))))
    except OperationFailure as error:
        if error.code in (NOT_AUTHENTICATED, NOT_AUTHORIZED):
            raise
    return found  # a collection that is not there has none
