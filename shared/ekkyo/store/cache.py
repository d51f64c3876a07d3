"""The documents an instance keeps because it saved or read them, and what it knows to be settled of them."""

import time
from collections import OrderedDict
from collections.abc import Callable
from typing import Any, Generic, TypeVar

from ekkyo.decision import D, E
from ekkyo.store.driver import Row
from ekkyo.store.encoding import STAMPS, Saved
from ekkyo.store.entries import AtHand
from ekkyo.store.working import trimmed

V = TypeVar("V")
_Version = tuple[int, tuple[str, ...]]
"""A document's revision and stamps: of two databases, revisions alone would not tell."""

CONTENDED = 1.0
"""For so many seconds after a lost race a document is read instead of kept: another instance is at it."""

KNOWN = 500
"""So many documents are kept as they were read last: a large one takes longer to make from its row than to fetch."""
FEW = 50
"""A document with no more entries than this keeps them all, once all are known: then none is looked for."""
IN_ALL = 10_000
"""So many entries are kept of all documents together, about ten megabytes."""


class Recent(OrderedDict[str, V]):
    """A mapping that forgets what was not used for longest."""

    def __init__(self, size: int) -> None:
        super().__init__()
        self._size = size

    def put(self, key: str, value: V) -> None:
        self[key] = value
        self.move_to_end(key)
        if len(self) > self._size:
            self.popitem(last=False)


class DocumentCache(Generic[D]):
    """A kept document may be stale: what is decided on it then loses its race, and it is read again."""

    def __init__(self, size: int = 2_000, *, entries: bool = False) -> None:
        """entries: whether those of small documents are kept as well."""
        self._saved: Recent[Saved[D]] = Recent(size)
        self._entries: Few[Any] | None = Few() if entries else None
        self._settled: Recent[int] = Recent(5 * size)
        self._lost: Recent[float] = Recent(size)
        self._read: Recent[tuple[_Version, D]] = Recent(KNOWN)
        self.saves = 0
        """How many documents this instance has saved."""

    def read(self, row: Row, make: Callable[[Row], D]) -> D:
        """The document in a row. One that was read before is given again: nobody changes documents in place.

        make: reads a row. What this instance has replaced since is not kept: it may be of somebody who was erased.
        """
        id, version = row["_id"], (row["revision"], tuple(row.get(STAMPS, ())))
        known = self._read.get(id)
        if known is None or known[0] != version:
            known = version, make(row)
        saved = self._saved.get(id)
        if saved is None or saved.document.revision <= version[0]:
            self._read.put(id, known)
        return known[1]

    def gone(self, id: str) -> None:
        """There is no such document."""
        self._read.pop(id, None)

    def get(self, id: str) -> Saved[D] | None:
        if time.monotonic() - self._lost.get(id, float("-inf")) < CONTENDED:
            return None
        saved = self._saved.get(id)
        if saved is None:
            return None
        self._saved.move_to_end(id)
        return self.unsettled(saved)

    def entries(self, saved: Saved[D] | None) -> AtHand[Any]:
        """What is known of the entries of a document as it is kept."""
        found = self._entries.get(saved.document.id, saved.document.revision) if self._entries and saved else None
        return found or AtHand()

    def put(self, saved: Saved[D], entries: AtHand[Any] | None = None) -> None:
        """Keep a document as it was saved, and its entries as they were then."""
        self.saves += 1
        self._read.pop(saved.document.id, None)
        self._saved.put(saved.document.id, saved)
        if self._entries and entries:
            self._entries.put(saved.document.id, saved.document.revision, entries)

    def drop(self, id: str) -> None:
        self._saved.pop(id, None)

    def lost(self, id: str) -> None:
        """Another instance was faster with this document."""
        self.drop(id)
        self._lost.put(id, time.monotonic())

    def settled(self, id: str, revision: int) -> None:
        """What followed from this document up to this revision is settled."""
        if revision > self._settled.get(id, 0):
            self._settled.put(id, revision)
            if saved := self._saved.get(id):
                self._saved[id] = trimmed(saved, revision)  # a document at rest would keep all that it told last

    def unsettled(self, saved: Saved[D]) -> Saved[D]:
        """The document without what is known to be settled: nothing is carried along longer than needed."""
        return trimmed(saved, self._settled.get(saved.document.id, 0))


class Few(Generic[E]):
    """All entries of documents that have few. Each change of an entry is one of its document, so the revision tells."""

    def __init__(self, in_all: int = IN_ALL) -> None:
        self._kept: OrderedDict[str, tuple[int, AtHand[E]]] = OrderedDict()
        self._in_all, self._count = in_all, 0

    def get(self, id: str, revision: int) -> AtHand[E] | None:
        """The entries of this document as they were at this revision."""
        kept = self._kept.get(id)
        if kept is None or kept[0] != revision:
            return None
        self._kept.move_to_end(id)
        return kept[1].copy()

    def put(self, id: str, revision: int, entries: AtHand[E]) -> None:
        """Keep these, in the place of what is kept of this document, if they are few and all that there are."""
        if before := self._kept.pop(id, None):
            self._count -= _size(before[1])
        if not entries.everything or len(entries.known) > FEW:
            return
        self._kept[id] = (revision, entries)
        self._count += _size(entries)
        while self._count > self._in_all:
            _, (_, dropped) = self._kept.popitem(last=False)
            self._count -= _size(dropped)


def _size(entries: AtHand[Any]) -> int:
    return 1 + len(entries.known)
