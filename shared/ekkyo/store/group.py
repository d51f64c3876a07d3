"""Changes gathered over all documents of a collection, and written together.

While one group is being written, the next one collects: an idle collection has no delay, and a rush
shares writes. A collection has a few writers, each for its share of the documents.
"""

import asyncio
import logging
import secrets
import time
from collections import deque
from collections.abc import Iterable, Sequence
from contextvars import Context
from typing import Any, Generic

from ekkyo.contracts.base import Refused
from ekkyo.decision import D, E
from ekkyo.store.beside import read_beside
from ekkyo.store.cache import DocumentCache
from ekkyo.store.declarations import taken
from ekkyo.store.driver import Database, Replacement, Row, Unavailable, Written
from ekkyo.store.encoding import STAMPS, Saved, read_saved, saved_row
from ekkyo.store.entries import AtHand
from ekkyo.store.fetch import Need, fetch
from ekkyo.store.settle import Settler, ended
from ekkyo.store.working import Ask, Working

log = logging.getLogger("ekkyo.store")

LARGEST = 512
"""How many asks a group takes at most."""
PATIENCE = 10.0
"""For how many seconds a change is tried before its caller learns that the database cannot be reached."""


class Groups(Generic[D, E]):
    """The one writer, in this process, of its share of a collection's documents."""

    def __init__(
        self,
        database: Database,
        name: str,
        model: type[D],
        entry_model: type[E] | None,
        entries_name: str,
        unique: dict[str, str],
        owner: str,
        not_found: str,
        cache: DocumentCache[D],
        settler: Settler[D],
    ) -> None:
        self._database = database
        self._name = name
        self._model = model
        self._entry_model = entry_model
        self._entries_name = entries_name
        self._unique = unique
        self._owner = owner
        self._not_found = not_found
        self._cache = cache
        self._settler = settler
        self._waiting: deque[Ask] = deque()
        self._writer: asyncio.Task[None] | None = None
        self._failures = 0

    def add(self, ask: Ask) -> None:
        self._waiting.append(ask)
        if self._writer is None or self._writer.done():
            name = f"groups of {self._name}"
            self._writer = asyncio.create_task(self._write_all(), name=name, context=Context())  # nobody's caller

    async def idle(self) -> None:
        """Wait until everything that was asked is answered."""
        if self._writer:
            await asyncio.shield(self._writer)

    async def stop(self) -> None:
        if self._writer:
            await ended(self._writer)
        for ask in self._waiting:
            ask.fail(Unavailable("The service is stopping."))
        self._waiting.clear()

    async def _write_all(self) -> None:
        while self._waiting:
            if not await self._settler.until_below_limit(until=self._waiting[0].deadline):
                self._give_up(
                    Unavailable("The facts of earlier changes cannot be published at the moment. Try again later.")
                )
                continue
            group = self._take()
            try:
                await self._write(group)
                self._failures = 0
            except Unavailable:
                self._again(group)
                self._failures += 1
                await asyncio.sleep(min(1.0, 0.02 * 2**self._failures))
                self._give_up(Unavailable())
            except Exception as error:
                log.exception(
                    "saving a group of changes failed unexpectedly: their callers receive an error",
                    extra={"collection": self._name},
                )
                for ask in group:
                    ask.fail(error)
            except asyncio.CancelledError:
                for ask in group:
                    ask.fail(Unavailable("The service is stopping."))
                raise

    def _take(self) -> list[Ask]:
        """The next group: those who wait, in order. Who must be tried alone makes a group of one."""
        group: list[Ask] = []
        while self._waiting and len(group) < LARGEST:
            if self._waiting[0].alone and group:
                break
            ask = self._waiting.popleft()
            if ask.answer.done():  # its caller went away
                continue
            group.append(ask)
            if ask.alone:
                break
        return group

    def _give_up(self, reason: Refused) -> None:
        """Tell those who waited too long."""
        now = time.monotonic()
        for ask in [a for a in self._waiting if a.deadline <= now]:
            self._waiting.remove(ask)
            ask.fail(reason)

    def _again(self, asks: Iterable[Ask], *, alone: bool = False) -> None:
        """Try these again, before those who came later."""
        for ask in reversed([a for a in asks if not a.answer.done()]):
            ask.alone = ask.alone or alone
            self._waiting.appendleft(ask)

    async def _write(self, group: Sequence[Ask]) -> None:
        works = await self._open(group)
        await self._decide(works)
        stamp = secrets.token_hex(8)
        changed = {w.id: w.saved(stamp) for w in works if w.is_changed}
        if changed:
            written, failure = await self._replace(works, changed)
        else:
            written, failure = Written(0), None
        changing = [w for w in works if w.id in changed]
        duplicates = {changing[n].id: index for n, index in written.duplicates.items()}
        partly = written.count + len(duplicates) < len(changing)
        doubted = {w.id for w in changing if partly and w.id not in duplicates}
        doubted |= {w.id for w in works if w.id not in changed and not w.is_certain}
        standing = await self._standing(doubted)
        again: list[Ask] = []
        for work in works:
            saved, index = changed.get(work.id), duplicates.get(work.id)
            if index is not None and index != "_id":
                again += self._taken(work, index)
            elif index is None and (work.id not in doubted or _stands(work, saved, standing.get(work.id), stamp)):
                if saved:
                    self._cache.put(saved, work.at_hand)
                    self._settler.add(saved)
                for ask, answer, error in work.outcomes:
                    if ask.kept is not None:
                        ask.kept.keep(work.id, saved.document.revision if saved else work.revision, work.at_hand)
                    if error:
                        ask.fail(error)
                    elif not ask.answer.done():
                        ask.answer.set_result(answer)
                again += work.asks
            elif failure and not isinstance(failure, Unavailable):
                again += self._unwritable(work, failure, len(group))
            else:
                self._cache.lost(work.id) if not failure else self._cache.drop(work.id)
                again += [ask for ask, _, _ in work.outcomes] + work.asks
        self._again(again)
        if isinstance(failure, Unavailable) and again:
            self._failures += 1
            await asyncio.sleep(min(1.0, 0.02 * 2**self._failures))
        self._give_up(Unavailable())

    async def _open(self, group: Sequence[Ask]) -> list[Working[D, E]]:
        """The documents that are asked about, and the entries that are named."""
        bases: dict[str, Saved[D] | None] = {ask.id: self._cache.get(ask.id) for ask in group}
        absent = [id for id, saved in bases.items() if saved is None]
        rows = await self._database.find(self._name, {"_id": {"$in": absent}}) if absent else []
        found = {row["_id"]: self._cache.unsettled(read_saved(self._model, row)) for row in rows}
        kept = {ask.id: ask.kept for ask in group if ask.kept is not None}
        works: dict[str, Working[D, E]] = {}
        for id, cached in bases.items():
            base = cached or found.get(id)
            known = kept[id].known(id, base.document.revision) if base and id in kept else None
            at_hand = known or (self._cache.entries(cached) if cached else AtHand())
            works[id] = Working(id, base, cached is None, self._owner, self._not_found, self._entry_model, at_hand)
        for ask in group:
            ask.misses = 0
            works[ask.id].asks.append(ask)
        # read after the documents: so neither is ever older than these
        beside = read_beside(ask.beside for ask in group)
        if self._entry_model:
            named: list[Need[D, E]] = [(w, [k for ask in w.asks for k in ask.keys], []) for w in works.values()]
            entries = fetch(self._database, self._entries_name, self._entry_model, [n for n in named if n[1]])
            await asyncio.gather(entries, beside)
        else:
            await beside
        return list(works.values())

    async def _decide(self, works: Sequence[Working[D, E]]) -> None:
        """Make all decisions, fetching missing entries for all documents together."""
        undecided = list(works)
        while undecided:
            missing = [(w, w.decide_all()) for w in undecided]
            needs = [(w, [k for n in need for k in n.keys], need) for w, need in missing if need]
            if needs:
                assert self._entry_model
                await fetch(self._database, self._entries_name, self._entry_model, needs)
            undecided = [w for w, _, _ in needs]

    async def _replace(
        self, works: Sequence[Working[D, E]], changed: dict[str, Saved[D]]
    ) -> tuple[Written, Exception | None]:
        """One bulk of compare-and-replace. An error leaves in doubt what was written."""
        try:
            replacements = [
                Replacement({"_id": w.id, "revision": w.revision}, saved_row(changed[w.id]), upsert=w.base is None)
                for w in works
                if w.id in changed
            ]
            return await self._database.replace(self._name, replacements), None
        except Exception as error:
            return Written(0), error

    async def _standing(self, ids: set[str]) -> dict[str, Row]:
        """What stands in the database now of the documents in doubt."""
        if not ids:
            return {}
        tries = 0
        until = time.monotonic() + PATIENCE
        while True:
            try:
                rows = await self._database.find(self._name, {"_id": {"$in": sorted(ids)}}, only=["revision", STAMPS])
                return {row["_id"]: row for row in rows}
            except Unavailable:
                tries += 1
                if time.monotonic() > until:
                    raise
                await asyncio.sleep(min(1.0, 0.02 * 2**tries))

    def _taken(self, work: Working[D, E], index: str) -> list[Ask]:
        """A unique value is another document's already. Of several callers, each is tried alone to see whose it is."""
        self._cache.drop(work.id)
        asks = [ask for ask, _, _ in work.outcomes] + work.asks
        if len(asks) == 1:
            name = self._unique.get(index, index)
            asks[0].fail(Refused(f"{name}_taken", taken(name), 409))
            return []
        for ask in asks:
            ask.alone = True
        return asks

    def _unwritable(self, work: Working[D, E], failure: Exception, size: int) -> list[Ask]:
        """The database or the driver rejects what was decided. Everyone is tried alone, to see whose it is."""
        self._cache.drop(work.id)
        asks = [ask for ask, _, _ in work.outcomes] + work.asks
        if size == 1:
            asks[0].fail(failure)
            return []
        for ask in asks:
            ask.alone = True
        return asks


def _stands(work: Working[Any, Any], saved: Saved[Any] | None, row: Row | None, stamp: str) -> bool:
    """Whether a change was written after all; or, without a change, whether it was decided on what still stands."""
    if saved:
        return row is not None and stamp in row.get(STAMPS, ())
    return (row["revision"] if row else 0) == work.revision
