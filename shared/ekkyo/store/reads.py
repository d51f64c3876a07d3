"""Rows read by id for many at once.

While some are being read the next gather, as changes do: whoever asks in a rush for what everybody asks for shares one
read, and reads never wait for each other one by one.
"""

import asyncio
from collections.abc import Sequence
from contextvars import Context

from ekkyo.store.driver import Database, Row

LARGEST = 256
"""How many rows are read together at most."""


class Reads:
    """Reads one collection by id. A read begins after it was asked for, so it is as new as one of one's own."""

    def __init__(self, database: Database, name: str, without: Sequence[str] = ()) -> None:
        self._database, self._name, self._without = database, name, without
        self._waiting: dict[str, list[asyncio.Future[Row | None]]] = {}
        self._reader: asyncio.Task[None] | None = None

    async def row(self, id: str) -> Row | None:
        """The row with this id, which others may be given too. Raises Unavailable."""
        found: asyncio.Future[Row | None] = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(id, []).append(found)
        if self._reader is None or self._reader.done():
            name = f"reads of {self._name}"
            self._reader = asyncio.create_task(self._read_all(), name=name, context=Context())  # nobody's caller
        return await found

    async def _read_all(self) -> None:
        while self._waiting:
            group = {id: self._waiting.pop(id) for id in list(self._waiting)[:LARGEST]}
            rows: dict[str, Row] = {}
            error: Exception | None = None
            try:
                where = {"_id": {"$in": list(group)}} if len(group) > 1 else {"_id": next(iter(group))}
                found = await self._database.find(self._name, where, without=self._without)
                rows = {row["_id"]: row for row in found}
            except Exception as failed:
                error = failed
            for id, asked in group.items():
                for waiting in asked:
                    if waiting.done():  # who asked went away
                        continue
                    if error:
                        waiting.set_exception(error)
                    else:
                        waiting.set_result(rows.get(id))
