"""Projections of other services' facts: the newest state of each entity, in whatever order facts arrive."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from contextvars import Context
from typing import Any, Generic, TypeVar

from pydantic import BaseModel

from ekkyo.contracts.base import Fact
from ekkyo.store.beside import Beside
from ekkyo.store.declarations import Binding, Index, Projected
from ekkyo.store.driver import Replacement, Row, Unavailable
from ekkyo.store.encoding import model_row, read_model
from ekkyo.store.matching import searched, where_row
from ekkyo.store.paging import page

M = TypeVar("M", bound=BaseModel)
M2 = TypeVar("M2", bound=BaseModel)

FORGOTTEN = "_forgotten"
LARGEST = 512
"""How many rows are written together at most."""


class Projection(Generic[M]):
    """A versioned upsert: a row that is not newer than the stored one is ignored.

    Rows put while others are being written are then written together: a bulk costs a fraction of as many writes.
    """

    def __init__(self, to: Binding, model: type[M], name: str) -> None:
        self.name = name
        self._database = to.database
        self._model = model
        self._waiting: list[tuple[Row, asyncio.Future[bool]]] = []
        self._writer: asyncio.Task[None] | None = None

    @staticmethod
    def of(
        model: type[M2], name: str, *, indexes: Sequence[Index] = (), forgotten_by: Sequence[type[Fact]] = ()
    ) -> "Projected[Projection[M2]]":
        """Declare a projection of this model. Its indexes are not unique: what others decided is taken as it is.

        forgotten_by: the facts on which a reaction forgets an entry, the one they are about. Rebuilding needs to know,
        since it calls those reactions alone that do nothing but put.
        """
        assert not any(i.unique for i in indexes)
        live = lambda to: Projection[M2](to, model, name)  # noqa: E731
        return Projected(name, live, {name: list(indexes)}, tuple(forgotten_by))

    async def put(self, id: str, revision: int, model: M) -> bool:
        """Keep this, said by a fact of this revision; False when that is no news."""
        return await self._put(model_row(id, revision, model))

    async def forget(self, id: str, revision: int) -> bool:
        """Keep nothing but that there was something up to this revision, so that no older fact brings it back."""
        return await self._put({"_id": id, "revision": revision, FORGOTTEN: True})

    async def get(self, id: str) -> M | None:
        """What is known of this one."""
        rows = await self._database.find(self.name, {"_id": id})
        return read_model(self._model, rows[0]) if rows and FORGOTTEN not in rows[0] else None

    async def read(self, ids: Iterable[str]) -> dict[str, M]:
        """Those of these that something is known of, in one read. Raises Unavailable."""
        rows = await self._database.find(self.name, {"_id": {"$in": list(ids)}})
        return {row["_id"]: read_model(self._model, row) for row in rows if FORGOTTEN not in row}

    def beside(self, ids: Iterable[str]) -> Beside[M]:
        """These, for a change that is decided by them: it reads them in each try, together with what others ask for."""
        return Beside(self, ids)

    async def forgotten(self, ids: Iterable[str]) -> set[str]:
        """Those of these that were erased, as opposed to unknown."""
        rows = await self._database.find(self.name, {"_id": {"$in": sorted(ids)}, FORGOTTEN: True}, only=["revision"])
        return {row["_id"] for row in rows}

    async def find(
        self,
        where: Mapping[str, Any] | None = None,
        sort: str | None = None,
        after: str | None = None,
        limit: int = 100,
        skip: int = 0,
    ) -> list[M]:
        """Those that meet these conditions, by a field (`-field`: downwards) and then by id.

        after: the id of the last one of the page before. limit 0: all of them.
        """
        known = _known(where)
        rows = await page(
            self._database, self.name, self._model, known, sort=sort, after=after, limit=limit, skip=skip, without=()
        )
        return [read_model(self._model, row) for row in rows]

    async def count(self, where: Mapping[str, Any] | None = None) -> int:
        """How many meet these conditions."""
        return await self._database.count(self.name, searched(where_row(_known(where)), self._model))

    async def _put(self, row: Row) -> bool:
        news: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self._waiting.append((row, news))
        if self._writer is None or self._writer.done():
            name = f"puts of {self.name}"
            self._writer = asyncio.create_task(self._write_all(), name=name, context=Context())
        return await news

    async def _write_all(self) -> None:
        while self._waiting:
            group, self._waiting = self._waiting[:LARGEST], self._waiting[LARGEST:]
            kept: Sequence[bool | BaseException]
            try:
                kept = await self._write([row for row, _ in group])
            except Unavailable as error:
                kept = [error] * len(group)
            except Exception:  # one that cannot be written must not keep the others from it
                alone = await asyncio.gather(*(self._write([row]) for row, _ in group), return_exceptions=True)
                kept = [one if isinstance(one, BaseException) else one[0] for one in alone]
            for (_, news), one in zip(group, kept, strict=True):
                if news.done():  # its caller went away
                    continue
                if isinstance(one, BaseException):
                    news.set_exception(one)
                else:
                    news.set_result(one)

    async def _write(self, rows: Sequence[Row]) -> list[bool]:
        """Write the newest of each in one bulk; which of the rows were news."""
        newest: dict[str, Row] = {}
        for row in rows:
            if row["_id"] not in newest or row["revision"] > newest[row["_id"]]["revision"]:
                newest[row["_id"]] = row
        bulk = list(newest.values())
        written = await self._database.replace(self.name, [_newer(row, upsert=True) for row in bulk])
        # What met one that is there: it is as new or newer, or something older was added at this very moment.
        met = [bulk[n] for n in written.duplicates]
        again = await asyncio.gather(*(self._database.replace(self.name, [_newer(row)]) for row in met))
        old = {row["_id"] for row, one in zip(met, again, strict=True) if not one.count}
        return [newest[row["_id"]] is row and row["_id"] not in old for row in rows]


def _newer(row: Row, *, upsert: bool = False) -> Replacement:
    return Replacement({"_id": row["_id"], "revision": {"$lt": row["revision"]}}, row, upsert)


def _known(where: Mapping[str, Any] | None) -> dict[str, Any]:
    return {**(where or {}), FORGOTTEN: {"$exists": False}}
