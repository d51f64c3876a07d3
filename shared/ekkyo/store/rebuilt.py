"""Builds a projection from the facts again, and corrects the stored one row by row until both are the same.

Nothing is switched: whoever reads and writes the projection goes on doing so. Each row is compared and replaced by
itself, under the condition that it still is what was compared. Why so: docs/decisions/rebuilding.md.
"""

from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import bson
from pydantic import BaseModel

from ekkyo.contracts.base import Refused
from ekkyo.store.driver import Database, Replacement, Row, Where, Written
from ekkyo.store.encoding import model_row
from ekkyo.store.projection import FORGOTTEN

LARGEST = 500
"""How many rows are compared together."""
MOST_LOOKS = 50
"""How often the same rows are looked at. Each look beyond the second means that somebody changed them meanwhile."""

Kind = Literal["missing", "wrong", "older", "needless"]


@dataclass
class Mended:
    """What was wrong with a projection, in rows. before, after: how many there were and are, forgotten ones included.

    missing: were added. wrong: said something else than the facts. older: were behind the facts, as a service that has
    facts to hear may be. needless: no fact told them; they were removed.
    """

    before: int = 0
    after: int = 0
    missing: int = 0
    wrong: int = 0
    older: int = 0
    needless: int = 0

    @property
    def differed(self) -> int:
        return self.missing + self.wrong + self.older + self.needless

    def note(self, kinds: Iterable["Kind"]) -> None:
        for kind in kinds:
            setattr(self, kind, getattr(self, kind) + 1)


class Rebuilt:
    """What a projection should hold: rows as the facts make them, in this process's memory.

    Handlers put into it as they put into a projection, in any order. In memory, so that a process that dies over it
    leaves nothing behind, least of all what it kept of somebody who is erased meanwhile.
    """

    def __init__(self, database: Database, name: str) -> None:
        self.name = name
        self.unread: set[str] = set()
        """Ids that a fact was about which could not be read: their rows are left as they are."""
        self._database = database
        self._rows: dict[str, tuple[int, bytes]] = {}

    async def put(self, id: str, revision: int, model: BaseModel) -> bool:
        """As a projection's."""
        return self._keep(model_row(id, revision, model))

    async def forget(self, id: str, revision: int) -> bool:
        """As a projection's."""
        return self._keep({"_id": id, "revision": revision, FORGOTTEN: True})

    def _keep(self, row: Row) -> bool:
        known = self._rows.get(row["_id"])
        if known and known[0] >= row["revision"]:
            return False
        self._rows[row["_id"]] = row["revision"], bson.encode(row)  # a third of what it takes as a dict
        return True

    async def there(self) -> int:
        """How many rows the projection has now that are not forgotten."""
        return await self._database.count(self.name, {FORGOTTEN: {"$exists": False}})

    async def mend(self, read_on: Callable[[], Awaitable[None]], tell: Callable[[int, int, Mended], None]) -> Mended:
        """Make the projection's rows the same as these, while others read and write them.

        read_on: puts in here all facts that are in the stream by now. tell: is called now and then with the number of
        rows compared, of how many, and what was wrong so far. Raises Unavailable, and Refused when others keep changing
        the same rows; run again, it continues.
        """
        found = Mended(before=await self._database.count(self.name, {}))
        ids = sorted(self._rows)
        ids += [id for id in await self._ids() if id not in self._rows]
        for n in range(0, len(ids), LARGEST):
            some = ids[n : n + LARGEST]
            found.note(await self._mend(some, read_on))
            tell(n + len(some), len(ids), found)
        found.after = await self._database.count(self.name, {})
        return found

    async def _ids(self) -> list[Any]:
        """All ids in the projection, page by page."""
        ids: list[Any] = []
        while True:
            where = {"_id": {"$gt": ids[-1]}} if ids else {}
            page = await self._database.find(self.name, where, sort=[("_id", 1)], limit=10_000, only=["revision"])
            if not page:
                return ids
            ids += [row["_id"] for row in page]

    async def _mend(self, ids: Sequence[str], read_on: Callable[[], Awaitable[None]]) -> list[Kind]:
        """What was wrong with each of these that differed."""
        kinds: dict[str, Kind] = {}
        for _ in range(MOST_LOOKS):
            rows = await self._database.find(self.name, {"_id": {"$in": list(ids)}})
            there = {row["_id"]: row for row in rows}
            await read_on()  # after the look: what the rows were made of was in the stream by then, and is in here now
            edits = list(self._edits(ids, there))
            for edit in edits:
                kinds.setdefault(edit.id, edit.kind)
            if not edits or await self._carry_out(edits):
                return list(kinds.values())
        raise Refused("contended", f"Rows of {self.name} differ again and again: does something else write them?")

    def _edits(self, ids: Sequence[str], there: dict[str, Row]) -> "Iterator[_Edit]":
        for id in ids:
            row, wanted = there.get(id), self._wanted(id)
            if row == wanted or id in self.unread:
                continue
            if row is None:
                assert wanted
                yield _Edit(id, "missing", {"$lt": wanted["revision"]}, wanted)
                continue
            seen = row.get("revision")
            if FORGOTTEN in row and not (wanted and FORGOTTEN in wanted and wanted["revision"] > seen):
                continue  # the facts about them may be gone from the stream, or not yet: nobody comes back
            same = seen if "revision" in row else {"$exists": False}
            if wanted is None:
                yield _Edit(id, "needless", same, None, again=True)
                continue
            older = isinstance(seen, int) and seen < wanted["revision"]
            newer = not isinstance(seen, int) or seen > wanted["revision"]
            # A row newer than all facts had the service ignore what it heard meanwhile: that is looked for again.
            yield _Edit(id, "older" if older else "wrong", same, wanted, again=newer)

    def _wanted(self, id: str) -> Row | None:
        known = self._rows.get(id)
        return bson.decode(known[1]) if known else None

    async def _carry_out(self, edits: "Sequence[_Edit]") -> bool:
        """Whether that was all; otherwise somebody was there first, or the same rows have to be looked at again."""
        kept = [Replacement(e.where, e.row, e.kind == "missing") for e in edits if e.row]
        removed = [e.where for e in edits if e.row is None]
        written = await self._database.replace(self.name, kept) if kept else Written(0)
        if removed:
            await self._database.remove(self.name, removed)
        return written.count == len(kept) and not any(e.again for e in edits)


@dataclass(frozen=True)
class _Edit:
    """The row that is to be in the place of the one with this revision; None: none is. again: look once more then."""

    id: str
    kind: Kind
    revision: Any
    row: Row | None
    again: bool = False

    @property
    def where(self) -> Where:
        return {"_id": self.id, "revision": self.revision}
