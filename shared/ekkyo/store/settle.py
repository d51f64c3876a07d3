"""What must follow from changes, carried out behind: entries written, messages published, pending cleared."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from contextvars import Context
from dataclasses import dataclass
from typing import Generic

from ekkyo.decision import D
from ekkyo.store.cache import DocumentCache
from ekkyo.store.driver import Addition, Database, Replacement, Row, Unavailable
from ekkyo.store.encoding import UNSETTLED, Saved, read_saved, saved_row
from ekkyo.wire import OutMessage

log = logging.getLogger("ekkyo.store")

Outbox = Callable[[Sequence[OutMessage]], Awaitable[None]]
"""Publishes messages in order; returns when all are acknowledged, raises otherwise."""

MOST_UNSETTLED = 4_000_000
"""So many bytes may be unsettled in a collection before changes wait."""
IDLE = 1.0
"""After so many seconds without a change a settled document's pending is cleared."""
SWEEP = 5.0
"""How often what others left unsettled is looked for, in seconds."""
AT_ONCE = 96
"""How many documents are settled together at most: a long bulk of theirs keeps the next group waiting."""
SLOWEST = 5.0
"""The longest pause after a failure, in seconds."""


@dataclass(eq=False)
class _Unsettled(Generic[D]):
    saved: Saved[D]
    since: float
    weight: int
    left: bool = False
    """Found by the sweeper: whoever wrote it is gone."""


async def ended(task: asyncio.Task[None]) -> None:
    """Cancel a task and wait for its end; again and again, as a library may swallow a cancellation."""
    while not task.done():
        task.cancel()
        await asyncio.wait([task], timeout=0.2)


class Settler(Generic[D]):
    """Settles a collection's documents; one at a time each, so that what follows stays in order."""

    def __init__(
        self, database: Database, name: str, model: type[D], entries_name: str, cache: DocumentCache[D],
        outbox: Outbox, *, prompt: bool,
    ) -> None:  # fmt: skip
        self._database = database
        self._name = name
        self._model = model
        self._entries_name = entries_name
        self._cache = cache
        self._outbox = outbox
        self._prompt = prompt
        self._unsettled: dict[str, _Unsettled[D]] = {}
        self._untidy: dict[str, tuple[float, Saved[D]]] = {}
        self._seen: dict[str, int] = {}
        self._next_sweep = 0.0
        self._limit = AT_ONCE
        self._failures = 0
        self._wake = asyncio.Event()
        self._settled = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self.weight = 0

    def start(self) -> None:
        self._task = asyncio.create_task(self._run(), name=f"settling of {self._name}", context=Context())

    async def stop(self, within: float) -> bool:
        """Settle and tidy up what there is, for at most so many seconds; whether nothing is left."""
        until = time.monotonic() + within
        while (self._unsettled or self._untidy) and (left := until - time.monotonic()) > 0:
            self._untidy = {id: (0.0, saved) for id, (_, saved) in self._untidy.items()}
            self._settled.clear()
            self._wake.set()
            with suppress(TimeoutError):
                async with asyncio.timeout(min(left, 0.5)):
                    await self._settled.wait()
        await self.abandon()
        return not self._unsettled

    async def abandon(self) -> None:
        """Stop at once. What is unsettled stays in its documents, and the next sweeper finds it."""
        if self._task:
            await ended(self._task)

    def add(self, saved: Saved[D]) -> None:
        """A document was saved."""
        id = saved.document.id
        self._untidy.pop(id, None)
        if saved.steps:
            self._put(saved)
            self._wake.set()

    def _put(self, saved: Saved[D], *, left: bool = False) -> None:
        before = self._unsettled.pop(saved.document.id, None)  # put last again: who changes often waits its turn
        weight = sum(s.weight for s in saved.steps)
        self.weight += weight - (before.weight if before else 0)
        since = before.since if before else time.monotonic()
        self._unsettled[saved.document.id] = _Unsettled(saved, since, weight, left)

    async def until_below_limit(self, until: float) -> bool:
        """Wait until not too much is unsettled; False when that takes until this time."""
        while self.weight > MOST_UNSETTLED:
            left = until - time.monotonic()
            if left <= 0:
                return False
            self._settled.clear()
            with suppress(TimeoutError):
                async with asyncio.timeout(left):
                    await self._settled.wait()
        return True

    def outbox_size(self) -> int:
        """How many messages of this instance are not published yet."""
        return sum(len(s.out) for u in self._unsettled.values() for s in u.saved.steps)

    def oldest(self) -> float:
        """For how many seconds the oldest unsettled document has waited."""
        return max((time.monotonic() - u.since for u in self._unsettled.values()), default=0.0)

    async def _run(self) -> None:
        while True:
            try:
                if self._unsettled:
                    await self._settle()
                await self._tidy_up()
                await self._sweep()
                self._failures = 0
            except Exception as error:
                self._failures += 1
                self._limit = 1
                log.warning(
                    "settling saved changes (entries, facts, timers) failed: trying again",
                    extra={"collection": self._name, "error": type(error).__name__, "failures": self._failures},
                    exc_info=not isinstance(error, Unavailable) and self._failures == 3,
                )
                await asyncio.sleep(min(SLOWEST, 0.05 * 2 ** min(self._failures, 10)))
            self._settled.set()
            if not self._unsettled:
                await self._rest()

    async def _rest(self) -> None:
        """Wait for work, for something to tidy up, or for the next sweep."""
        self._wake.clear()
        due = min([self._next_sweep, *(when for when, _ in self._untidy.values())])
        with suppress(TimeoutError):
            async with asyncio.timeout(max(0.0, due - time.monotonic())):
                await self._wake.wait()

    async def _settle(self) -> None:
        """Settle the documents that have waited longest."""
        batch = list(self._unsettled.values())[: self._limit]
        entries: dict[str, Row] = {}
        out: list[OutMessage] = []
        for unsettled in batch:
            for step in self._cache.unsettled(unsettled.saved).steps:
                entries |= {row["_id"]: row for row in step.entries}
                out += step.out
        writing = [self._write_entries(list(entries.values()))] if entries else []
        publishing = [self._outbox(out)] if out else []
        results = await asyncio.gather(*writing, *publishing, return_exceptions=True)
        for failed in results:
            if isinstance(failed, BaseException):
                for unsettled in batch:  # behind the others: one that cannot be settled must not hold them up
                    if self._unsettled.get(unsettled.saved.document.id) is unsettled:
                        self._unsettled[unsettled.saved.document.id] = self._unsettled.pop(unsettled.saved.document.id)
                raise failed
        self._limit = min(AT_ONCE, self._limit * 4)
        for unsettled in batch:
            self._is_settled(unsettled)

    async def _write_entries(self, rows: Sequence[Row]) -> None:
        """Write entries unless newer ones are there: those then hit the primary key, which is as it should be."""
        written = await self._database.replace(self._entries_name, [_unless_newer(row) for row in rows])
        if wrong := set(written.duplicates.values()) - {"_id"}:
            raise ValueError(f"entries of {self._name} cannot be unique by {', '.join(sorted(wrong))}")

    def _is_settled(self, settled: _Unsettled[D]) -> None:
        document = settled.saved.document
        self._cache.settled(document.id, document.revision)
        now = self._unsettled.get(document.id)
        if now is settled:
            del self._unsettled[document.id]
            self.weight -= settled.weight
            when = 0.0 if self._prompt or settled.left else time.monotonic() + IDLE
            self._untidy[document.id] = (when, settled.saved)
        elif now is not None:  # changed meanwhile: what it carried along is settled
            now.saved = self._cache.unsettled(now.saved)
            weight = sum(s.weight for s in now.saved.steps)
            self.weight += weight - now.weight
            now.weight, now.since = weight, time.monotonic()

    async def _tidy_up(self) -> None:
        """Clear the pending of documents that are settled and rest; one that was changed meanwhile is left alone."""
        now = time.monotonic()
        due = [saved for when, saved in self._untidy.values() if when <= now][:AT_ONCE]
        if not due:
            return
        tidy = [Saved(saved.document, (), saved.stamps) for saved in due]
        await self._database.replace(
            self._name,
            [Replacement({"_id": s.document.id, "revision": s.document.revision}, saved_row(s)) for s in tidy],
        )
        for saved in due:
            if (untidy := self._untidy.get(saved.document.id)) and untidy[1] is saved:
                del self._untidy[saved.document.id]

    async def _sweep(self) -> None:
        """Find what a crash or another instance left, and settle it.

        Another instance is given one sweep's time to settle its own; at the start everything is taken up at once.
        """
        if time.monotonic() < self._next_sweep:
            return
        first = not self._next_sweep
        mine = self._unsettled.keys() | self._untidy.keys()
        flags = await self._database.find(self._name, {UNSETTLED: True}, only=["revision"])
        others = {row["_id"]: row["revision"] for row in flags if row["_id"] not in mine}
        left = [id for id, revision in others.items() if first or self._seen.get(id) == revision][:AT_ONCE]
        self._seen = others
        rows = await self._database.find(self._name, {"_id": {"$in": left}}) if left else []
        for row in rows:
            saved = read_saved(self._model, row)
            if saved.steps and saved.document.id not in self._unsettled:
                self._put(saved, left=True)
        if rows:
            log.info(
                "settling changes that another process saved and did not settle",
                extra={"collection": self._name, "documents": len(rows)},
            )
        more = len(left) == AT_ONCE
        self._next_sweep = time.monotonic() + (0.01 if more else SWEEP)


def _unless_newer(entry: Row) -> Addition | Replacement:
    """An entry's first revision replaces nothing, and adding is cheaper than looking for what it might replace."""
    if entry["revision"] == 1:
        return Addition(entry)
    return Replacement({"_id": entry["_id"], "revision": {"$lt": entry["revision"]}}, entry, upsert=True)
