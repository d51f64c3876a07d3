"""What a decision must know beside its document: rows of a projection, read when the decision is made."""

import asyncio
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Generic, Protocol, TypeVar

M = TypeVar("M")
M_co = TypeVar("M_co", covariant=True)


class Known(Protocol[M_co]):
    """Where they are read from."""

    async def read(self, ids: Iterable[str]) -> Mapping[str, M_co]:
        """Those of these that something is known of."""


class Beside(Mapping[str, M | None], Generic[M]):
    """Rows by id; None: nothing is known of this one. Empty until a change reads them.

    A change that is tried again reads them again: what was written meanwhile counts. They are never kept for the next
    change, since another instance writes them too, and the document's revision does not tell of it.
    """

    def __init__(self, known: Known[M], ids: Iterable[str]) -> None:
        self.known, self.ids = known, tuple(ids)
        self._rows: dict[str, M | None] = {}

    def found(self, rows: Mapping[str, M]) -> None:
        """Take what was read for this try."""
        self._rows = {id: rows.get(id) for id in self.ids}

    def __getitem__(self, id: str) -> M | None:
        return self._rows[id]

    def __iter__(self) -> Iterator[str]:
        return iter(self._rows)

    def __len__(self) -> int:
        return len(self._rows)


async def read_beside(wanted: Iterable[Beside[M] | None]) -> None:
    """Read for all of them, in one read of each projection. Raises Unavailable."""
    by_source: dict[Known[M], list[Beside[M]]] = defaultdict(list)
    for beside in wanted:
        if beside is not None and beside.ids:
            by_source[beside.known].append(beside)
    await asyncio.gather(*(_read(known, all_of_them) for known, all_of_them in by_source.items()))


async def _read(known: Known[M], wanted: list[Beside[M]]) -> None:
    rows = await known.read({id: None for beside in wanted for id in beside.ids})
    for beside in wanted:
        beside.found(rows)
