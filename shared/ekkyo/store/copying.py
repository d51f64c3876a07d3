"""Whole databases as files and back: rows as BSON, one after another, which is what mongodump writes too."""

from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import contextmanager
from itertools import islice
from typing import IO, Any, Final

from bson import decode_file_iter
from bson.codec_options import CodecOptions
from bson.errors import InvalidBSON
from bson.raw_bson import RawBSONDocument
from pymongo.errors import ConfigurationError, OperationFailure

from ekkyo.contracts.base import Refused
from ekkyo.store.driver import Database
from ekkyo.store.inspect import NOT_AUTHENTICATED, NOT_AUTHORIZED

AT_ONCE: Final = 500
"""Rows that are put back by one operation."""


class Damaged(ValueError):
    """These bytes are no rows."""


class Copying:
    """One database, all of it, while nobody else writes to it. Raises Unavailable; Refused 400, 401, 403."""

    def __init__(self, url: str, name: str) -> None:
        """url: may hold a password, which no error repeats."""
        self.name = name
        with self._said():
            self._database = Database.open(url, name, "pymongo")

    async def collections(self) -> list[str]:
        """The names of its collections, empty ones too; of a database that was never provisioned there are none."""
        with self._said():
            return [name for name in await self._database.collections() if not name.startswith("system.")]

    async def rows(self, collection: str) -> AsyncIterator[bytes]:
        """Every row in the order of its id, as the database has it."""
        with self._said():
            async for row in self._database.each(collection):
                yield row

    async def count(self, collection: str) -> int:
        with self._said():
            return await self._database.count(collection, {})

    async def put_back(self, collection: str, rows: Iterable[bytes]) -> int:
        """Add these rows, and give how many there are now."""
        left = iter(rows)
        with self._said():
            while some := list(islice(left, AT_ONCE)):
                await self._database.insert_all(collection, some)
            return await self._database.count(collection, {})

    async def clear(self) -> None:
        """Delete every row of every collection. Indexes are provision's and stay."""
        for collection in await self.collections():
            with self._said():
                await self._database.clear(collection)

    async def close(self) -> None:
        await self._database.close()

    @contextmanager
    def _said(self) -> Iterator[None]:
        """What the driver would tell, in our words and without the URL."""
        try:
            yield
        except ConfigurationError:  # InvalidURI is one
            raise Refused("mongo_url_malformed", "EKKYO_MONGO_URL is not a MongoDB URL.", 400) from None
        except OperationFailure as error:
            if error.code == NOT_AUTHENTICATED:
                raise Refused(
                    "not_authenticated", "The user or the password in EKKYO_MONGO_URL is wrong.", 401
                ) from None
            if error.code == NOT_AUTHORIZED:
                text = f"The user in EKKYO_MONGO_URL may not do this in {self.name}: readWrite is needed, or read."
                raise Refused("not_allowed", text, 403) from None
            raise


def decoded(file: IO[bytes]) -> Iterator[bytes]:
    """The rows in a file. Raises Damaged."""
    try:
        for row in decode_file_iter(file, CodecOptions(document_class=RawBSONDocument)):
            yield bytes(row.raw)
    except InvalidBSON as error:
        raise Damaged(str(error)) from None


def counted(file: IO[bytes], **fields: Any) -> int:
    """How many rows in a file have these values in these fields. Raises Damaged."""
    try:
        rows = decode_file_iter(file, CodecOptions(document_class=RawBSONDocument))
        return sum(all(row.get(name) == value for name, value in fields.items()) for row in rows)
    except InvalidBSON as error:
        raise Damaged(str(error)) from None
