"""A document's entries as a decision reads them: those in memory, and those that must be fetched first."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from heapq import nsmallest
from typing import Any, Generic

from ekkyo.decision import E, Entry, matches

BUT_NOT_MORE = 4
"""A decision that missed entries this often is given all of its document's."""


@dataclass(frozen=True)
class Query:
    """Which entries were asked for: by what order (None: all, by key), with which values."""

    order: str | None
    equal: tuple[tuple[str, Any], ...]

    @classmethod
    def of(cls, order: str | None, equal: Mapping[str, Any]) -> "Query":
        return cls(order, tuple(sorted((k, tuple(v) if isinstance(v, list) else v) for k, v in equal.items())))

    @property
    def where(self) -> dict[str, Any]:
        return {k: {"$in": list(v)} if isinstance(v, tuple) else v for k, v in self.equal}


EVERYTHING = Query(None, ())
"""All entries of a document."""


class NotAtHand(BaseException):
    """A decision needs entries that are not in memory: they are fetched, and it is made again.

    No Exception, so that no `except Exception` in a decision swallows it.
    """

    def __init__(self, keys: Sequence[str] = (), query: Query | None = None, limit: int = 0) -> None:
        super().__init__("not in memory")
        self.keys = keys
        self.query = query
        self.limit = limit
        """At least so many are needed; 0: all of them."""


Position = tuple[bool, Any, str]


def position(entry: Entry, order: str) -> Position:
    """Where an entry stands in this order, as the database sorts: None first, then the value, then the key."""
    value = getattr(entry, order)
    return (value is not None, value if value is not None else 0, entry.key)


class AtHand(Generic[E]):
    """The entries of one document that are known for sure, and the questions that they can answer.

    What is known is the newest: what is pending in the document and what earlier decisions of the same group changed
    stand here before anything is fetched, and fetching never replaces what is known.
    """

    def __init__(self, *, everything: bool = False) -> None:
        self.known: dict[str, E | None] = {}
        self.changes: dict[str, int] = {}
        """How often each known entry was changed."""
        self.everything = everything
        """Whether all entries of the document are known."""
        self.fetched = False
        """Whether anything was read from the database, and may thus be newer than the document."""
        self._frontiers: dict[Query, Position | None] = {}
        """Up to which position the entries that a query finds are known. None: all of them."""

    def copy(self) -> "AtHand[E]":
        """What is known of the entries, for others to know more."""
        copied: AtHand[E] = AtHand(everything=self.everything)
        copied.known, copied.changes, copied._frontiers = dict(self.known), dict(self.changes), dict(self._frontiers)
        return copied

    def has(self, key: str) -> bool:
        return self.everything or key in self.known

    def put(self, entry: E, changes: int | None = None) -> None:
        """Know this entry; without `changes`, as changed once more."""
        self.known[entry.key] = entry
        self.changes[entry.key] = self.changes.get(entry.key, 0) + 1 if changes is None else changes

    def fetched_entry(self, entry: E, changes: int) -> None:
        self.fetched = True
        if entry.key not in self.known:
            self.put(entry, changes)

    def fetched_keys(self, keys: Sequence[str]) -> None:
        """These were looked for: those not known by now do not exist."""
        self.fetched = True
        for key in keys:
            self.known.setdefault(key, None)

    def fetched_query(self, query: Query, last: E | None) -> None:
        """What this query finds is known up to `last`; None: completely."""
        self.fetched = True
        self._frontiers[query] = position(last, query.order) if last is not None and query.order else None
        self.everything = self.everything or query == EVERYTHING

    # What a decision calls

    def get(self, key: str) -> E | None:
        if not self.has(key):
            raise NotAtHand(keys=[key])
        return self.known.get(key)

    def all(self, **equal: object) -> Sequence[E]:
        query = Query.of(None, equal)
        if not self.everything and query not in self._frontiers:
            raise NotAtHand(query=query)
        return sorted((e for e in self.known.values() if e is not None and matches(e, equal)), key=lambda e: e.key)

    def first(self, count: int, *, order: str, **equal: object) -> Sequence[E]:
        query = Query.of(order, equal)
        if not self.everything and query not in self._frontiers:
            raise NotAtHand(query=query, limit=count)
        frontier = None if self.everything else self._frontiers[query]
        found = [(position(e, order), e) for e in self.known.values() if e is not None and matches(e, equal)]
        # Beyond the frontier there may be entries that are not known and come before those that are.
        sure = [one for one in found if frontier is None or one[0] <= frontier]
        if len(sure) < count and frontier is not None:
            raise NotAtHand(query=query, limit=len(self.known) + 4 * count)
        return [e for _, e in nsmallest(count, sure, key=lambda one: one[0])]


class Kept(Generic[E]):
    """What a change knew of its document's entries, for the change that follows it.

    Each change of an entry is one of its document: while that is at the same revision, nothing needs to be read again.
    """

    def __init__(self) -> None:
        self._of: tuple[str, int] | None = None
        self._entries: AtHand[E] | None = None

    def keep(self, id: str, revision: int, entries: AtHand[E]) -> None:
        """These are known of this document as it is at this revision."""
        self._of, self._entries = (id, revision), entries

    def known(self, id: str, revision: int) -> AtHand[E] | None:
        """What is known of this document at this revision, if it is the one that was kept."""
        return self._entries.copy() if self._entries is not None and self._of == (id, revision) else None
