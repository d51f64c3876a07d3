"""Documents, and documents with entries: changed by decisions, read as they stand."""

import asyncio
import re
import time
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, Generic, TypeVar, cast

from ekkyo.decision import A, D, Decision, Document, E, Entries, Entry
from ekkyo.store.beside import Beside
from ekkyo.store.cache import DocumentCache, Recent
from ekkyo.store.declarations import WAITING, Binding, Declaration, Index, names_of_unique
from ekkyo.store.driver import Row, Unavailable
from ekkyo.store.encoding import PENDING, UNSETTLED, entry_id, read_entry, read_model
from ekkyo.store.entries import Kept
from ekkyo.store.group import PATIENCE, Groups
from ekkyo.store.matching import row_matches, searched, where_row
from ekkyo.store.paging import page
from ekkyo.store.reads import Reads
from ekkyo.store.settle import Settler
from ekkyo.store.working import Ask
from ekkyo.wire import context, trace

D2 = TypeVar("D2", bound=Document)
E2 = TypeVar("E2", bound=Entry)

COUNTS = 1_000
"""So many conditions are remembered with their counts."""
WRITERS = 2
"""While one writer's group is with the database, the service decides another's."""


class _Documents(Generic[D]):
    """What both kinds of collections do."""

    def __init__(
        self, to: Binding, model: type[D], name: str, indexes: Sequence[Index], entry: type[Any] | None
    ) -> None:
        self.name = name
        self._database = to.database
        self._owner = to.owner
        self._model = model
        self._entries_name = f"{name}_entries"
        singular = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", model.__name__).lower()
        self._settled = Reads(to.database, name, without=[PENDING])
        prompt = entry is not None and entry.unlinkable
        self._cache: DocumentCache[D] = DocumentCache(entries=entry is not None and not prompt)
        self._settler: Settler[D] = Settler(
            to.database, name, model, self._entries_name, self._cache, to.outbox, prompt=prompt
        )
        self._writers: list[Groups[D, Any]] = [
            Groups(
                to.database, name, model, entry, self._entries_name, names_of_unique(name, indexes), to.owner,
                f"{singular}_not_found", self._cache, self._settler,
            )
            for _ in range(WRITERS)
        ]  # fmt: skip
        self._counted: Recent[tuple[int, float, int]] = Recent(COUNTS)
        self._closed = False

    async def get(self, id: str) -> D | None:
        """The document as it stands."""
        row = await self._settled.row(id)
        if row is None:
            self._cache.gone(id)
        return self._read(row) if row else None

    async def find(
        self,
        where: Mapping[str, Any] | None = None,
        sort: str | None = None,
        after: str | None = None,
        limit: int = 100,
        skip: int = 0,
    ) -> list[D]:
        """Documents that meet these conditions, by a field (`-field`: downwards) and then by id.

        where: equality, comparison ($gt, $lt, …), $in, $or, $exists and anchored $regex on fields. after: the id of the
        last document of the page before. limit 0: all of them.
        """
        rows = await page(
            self._database, self.name, self._model, where or {},
            sort=sort, after=after, limit=limit, skip=skip, without=[PENDING],
        )  # fmt: skip
        return [self._read(row) for row in rows]

    async def count(self, where: Mapping[str, Any] | None = None) -> int:
        """How many documents meet these conditions."""
        return await self._database.count(self.name, searched(where_row(where or {}), self._model))

    async def count_lately(self, where: Mapping[str, Any], within: float) -> int:
        """How many documents met these conditions within the last so many seconds: what was saved here counts at once.

        For numbers that everybody looks at: there is no index for what is in a list on compatible servers (nx-27017
        0.8.1), which look through all documents to count.
        """
        key, now, saves = repr(where), time.monotonic(), self._cache.saves
        counted = self._counted.get(key)
        if counted is None or counted[0] != saves or now - counted[1] > within:
            counted = saves, now, await self.count(where)
            self._counted.put(key, counted)
        return counted[2]

    def _read(self, row: Row) -> D:
        return self._cache.read(row, partial(read_model, self._model))

    async def _ask(
        self,
        id: str,
        decide: Callable[[Any, Any], Any],
        keys: Sequence[str],
        beside: Beside[Any] | None = None,
        kept: Kept[Any] | None = None,
        *,
        may_create: bool,
    ) -> Any:
        if self._closed:
            raise Unavailable("The service is stopping.")
        answer: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        actor, deadline = context.actor(self._owner), time.monotonic() + PATIENCE
        with trace.part(f"change {self.name}"):
            asked = Ask(id, decide, tuple(keys), may_create, actor, trace.current(), deadline, answer, beside, kept)
            self._writers[hash(id) % WRITERS].add(asked)
            return await answer

    # For the store

    def start(self) -> None:
        self._settler.start()

    async def close(self, within: float) -> bool:
        """Answer what was asked, settle what is pending, within so many seconds; whether nothing is left."""
        self._closed = True
        until = time.monotonic() + within
        try:
            async with asyncio.timeout(within):
                await asyncio.gather(*(writer.idle() for writer in self._writers))
        except TimeoutError:
            await asyncio.gather(*(writer.stop() for writer in self._writers))
        return await self._settler.stop(until - time.monotonic())

    async def abandon(self) -> None:
        """Stop at once, as a crash would."""
        self._closed = True
        await asyncio.gather(*(writer.stop() for writer in self._writers))
        await self._settler.abandon()

    @property
    def unsettled(self) -> tuple[int, float]:
        """How many messages wait to be published, and for how many seconds the oldest has."""
        return self._settler.outbox_size(), self._settler.oldest()


class Collection(_Documents[D]):
    """Documents of one kind."""

    @staticmethod
    def of(model: type[D2], name: str, *, indexes: Sequence[Index] = ()) -> "Declaration[Collection[D2]]":
        """Declare a collection of these documents."""
        return Declaration(name, lambda to: Collection[D2](to, model, name, indexes, None), {name: [*indexes, WAITING]})

    async def change(self, id: str, decide: Callable[[D], Decision[D, A]]) -> A:
        """Decide about a document and save what was decided; the answer comes when it is safe.

        Raises what the decision raises; Refused `<document>_not_found`, `<index>_taken`, or `unavailable` (503).
        The decision may be made several times, so it is pure, and idempotent.
        """
        return cast(A, await self._ask(id, lambda document, _: decide(document), (), may_create=False))

    async def create(self, id: str, decide: Callable[[D | None], Decision[D, A]]) -> A:
        """Like `change`, where the document may be absent: the decision then gets None."""
        return cast(A, await self._ask(id, lambda document, _: decide(document), (), may_create=True))


class CollectionWithEntries(_Documents[D], Generic[D, E]):
    """Documents with many parts: entries, in a collection of their own beside them."""

    def __init__(self, to: Binding, model: type[D], entry: type[E], name: str, indexes: Sequence[Index]) -> None:
        super().__init__(to, model, name, indexes, entry)
        self._entry = entry
        self._whole, self._stored = Reads(to.database, name), Reads(to.database, self._entries_name)

    @staticmethod
    def of(
        model: type[D2],
        entry: type[E2],
        name: str,
        *,
        indexes: Sequence[Index] = (),
        entry_indexes: Sequence[Index] = (),
    ) -> "Declaration[CollectionWithEntries[D2, E2]]":
        """Declare a collection of these documents with these entries. Entries have no unique indexes."""
        assert not any(i.unique for i in entry_indexes), "what an entry must not be is decided, not indexed"
        assert "revision" not in entry.model_fields, "the store counts an entry's changes under this name"
        return Declaration(
            name,
            lambda to: CollectionWithEntries[D2, E2](to, model, entry, name, indexes),
            {name: [*indexes, WAITING], f"{name}_entries": [Index("document_id", "key"), *entry_indexes]},
        )

    async def change(
        self,
        id: str,
        decide: Callable[[D, Entries[E]], Decision[D, A]],
        entries: Sequence[str] = (),
        beside: Beside[Any] | None = None,
        kept: Kept[E] | None = None,
    ) -> A:
        """Decide about a document and its entries, and save what was decided; the answer comes when it is safe.

        entries: the keys that the decision surely reads; others are fetched when it does, and it is made again.
        beside: what it must know of other things, from a projection's `beside`; read again in each try.
        kept: what the change before this one knew of the entries, where several of one document follow each other.
        Raises what the decision raises; Refused `<document>_not_found`, `<index>_taken`, or `unavailable` (503).
        """
        return cast(A, await self._ask(id, decide, entries, beside, kept, may_create=False))

    async def create(
        self, id: str, decide: Callable[[D | None, Entries[E]], Decision[D, A]], entries: Sequence[str] = ()
    ) -> A:
        """Like `change`, where the document may be absent: the decision then gets None."""
        return cast(A, await self._ask(id, decide, entries, may_create=True))

    async def entry(self, id: str, key: str) -> tuple[D | None, E | None]:
        """A document and one of its entries, as they stand."""
        document = await self._whole.row(id)
        if not document:
            return None, None
        pending = _pending([document]).get(entry_id(id, key))
        stored = await self._stored.row(entry_id(id, key))  # after the document: so it is never older
        found = _newest([row for row in (stored, pending) if row])
        return self._read(document), read_entry(self._entry, found[0]) if found else None

    async def entries(
        self, id: str, where: Mapping[str, Any] | None = None, after: str | None = None, limit: int = 0
    ) -> list[E]:
        """A document's entries that meet these conditions, by key. after: a key. limit 0: all of them."""
        documents = await self._database.find(self.name, {"_id": id}, only=[PENDING])
        wanted = {**where_row(where or {}), "document_id": id}
        if after is not None:
            wanted["key"] = {"$gt": after}
        return await self._find_entries(_pending(documents), wanted, "key", limit)

    async def fields(
        self, id: str, names: Sequence[str], where: Mapping[str, Any] | None = None
    ) -> list[tuple[Any, ...]]:
        """These fields of a document's entries that meet these conditions, by key; None where an entry has none.

        For looks at many: whole entries take several times as long to read.
        """
        documents = await self._database.find(self.name, {"_id": id}, only=[PENDING])
        wanted = {**where_row(where or {}), "document_id": id}
        meant = searched(wanted, self._entry)
        rows = await self._database.find(self._entries_name, meant, only=[*{*names, *wanted, "revision"}])
        found = [row for row in _newest([*rows, *_pending(documents).values()]) if row_matches(row, wanted)]
        return [tuple(row.get(name) for name in names) for row in found]

    async def find_entries(self, where: Mapping[str, Any], after: E | None = None, limit: int = 100) -> list[E]:
        """Entries of all documents that meet these conditions, by document and key. limit 0: all of them."""
        documents = await self._database.find(self.name, {UNSETTLED: True}, only=[PENDING])
        wanted = where_row(where)
        if after is not None:
            wanted["_id"] = {"$gt": entry_id(after.document_id, after.key)}
        return await self._find_entries(_pending(documents), wanted, "_id", limit)

    async def _find_entries(self, pending: dict[str, Row], wanted: Row, order: str, limit: int) -> list[E]:
        """Entries in the database, read after the documents, with the documents' pending entries applied."""
        more = limit + len(pending) if limit else 0  # as many may not be meant any more
        meant = searched(wanted, self._entry)
        rows = await self._database.find(self._entries_name, meant, sort=[(order, 1)] if limit else (), limit=more)
        # A pending entry may not meet the conditions while its stored one still does: the newest counts.
        found = [row for row in _newest([*rows, *pending.values()]) if row_matches(row, wanted)]
        return [read_entry(self._entry, row) for row in (found[:limit] if limit else found)]


def _pending(documents: Sequence[Row]) -> dict[str, Row]:
    """The entries that are pending in these documents, by id, the newest of each."""
    return {
        entry["_id"]: entry for document in documents for step in document.get(PENDING, ()) for entry in step["entries"]
    }


def _newest(rows: Sequence[Row]) -> list[Row]:
    """Of rows with the same id the one changed most often, by id."""
    newest: dict[str, Row] = {}
    for row in rows:
        if row["_id"] not in newest or newest[row["_id"]]["revision"] < row["revision"]:
            newest[row["_id"]] = row
    return [newest[id] for id in sorted(newest)]
