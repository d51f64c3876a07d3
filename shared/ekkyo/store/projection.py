"""What a service keeps of others' facts: the newest of each, whatever the order they are heard in."""

from collections.abc import Mapping, Sequence
from typing import Any, Generic, TypeVar

from pydantic import BaseModel

from ekkyo.store.declarations import Binding, Declaration, Index
from ekkyo.store.driver import Replacement, Row
from ekkyo.store.encoding import model_row, read_model
from ekkyo.store.matching import where_row
from ekkyo.store.paging import page

M = TypeVar("M", bound=BaseModel)
M2 = TypeVar("M2", bound=BaseModel)

FORGOTTEN = "_forgotten"


class Projection(Generic[M]):
    """A versioned upsert: what is not newer than what is there is ignored."""

    def __init__(self, to: Binding, model: type[M], name: str) -> None:
        self.name = name
        self._database = to.database
        self._model = model

    @staticmethod
    def of(model: type[M2], name: str, *, indexes: Sequence[Index] = ()) -> "Declaration[Projection[M2]]":
        """Declare a projection of this model. Its indexes are not unique: what others decided is taken as it is."""
        assert not any(i.unique for i in indexes)
        return Declaration(name, lambda to: Projection[M2](to, model, name), {name: list(indexes)})

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
        rows = await page(self._database, self.name, known, sort=sort, after=after, limit=limit, skip=skip, without=())
        return [read_model(self._model, row) for row in rows]

    async def count(self, where: Mapping[str, Any] | None = None) -> int:
        """How many meet these conditions."""
        return await self._database.count(self.name, where_row(_known(where)))

    async def _put(self, row: Row) -> bool:
        newer = {"_id": row["_id"], "revision": {"$lt": row["revision"]}}
        written = await self._database.replace(self.name, [Replacement(newer, row, upsert=True)])
        if written.count == 0:  # as new or newer is there, or something older was added at this very moment
            written = await self._database.replace(self.name, [Replacement(newer, row)])
        return written.count == 1


def _known(where: Mapping[str, Any] | None) -> dict[str, Any]:
    return {**(where or {}), FORGOTTEN: {"$exists": False}}
