"""The documents an instance keeps because it saved them, and what it knows to be settled of them."""

import time
from collections import OrderedDict
from typing import Generic, TypeVar

from ekkyo.decision import D
from ekkyo.store.encoding import Saved
from ekkyo.store.working import trimmed

V = TypeVar("V")

CONTENDED = 1.0
"""For so many seconds after a lost race a document is read instead of kept: another instance is at it."""


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


class Shelf(Generic[D]):
    """A kept document may be stale: what is decided on it then loses its race, and it is read again."""

    def __init__(self, size: int = 2_000) -> None:
        self._saved: Recent[Saved[D]] = Recent(size)
        self._settled: Recent[int] = Recent(5 * size)
        self._lost: Recent[float] = Recent(size)

    def get(self, id: str) -> Saved[D] | None:
        if time.monotonic() - self._lost.get(id, float("-inf")) < CONTENDED:
            return None
        saved = self._saved.get(id)
        if saved is None:
            return None
        self._saved.move_to_end(id)
        return self.unsettled(saved)

    def put(self, saved: Saved[D]) -> None:
        self._saved.put(saved.document.id, saved)

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
