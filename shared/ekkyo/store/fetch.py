"""Entries that decisions miss, read for all documents of a group in few reads."""

import asyncio
from collections import defaultdict
from collections.abc import Sequence

from ekkyo.decision import D, E
from ekkyo.store.driver import Database
from ekkyo.store.encoding import entry_id, read_entry
from ekkyo.store.entries import NotAtHand, Query
from ekkyo.store.matching import searched, where_row
from ekkyo.store.working import Working

Need = tuple[Working[D, E], Sequence[str], Sequence[NotAtHand]]
"""A document, the keys of entries that are missed, and what else is."""

AT_LEAST = 32
"""How many entries are read where the first of an order are asked for: the next decision will want the next ones."""
TOGETHER = 5
"""From so many documents on, the same question is put for all of them in one read."""


async def fetch(database: Database, name: str, model: type[E], needs: Sequence["Need[D, E]"]) -> None:
    """Read the missing entries into memory."""
    keys: list[tuple[Working[D, E], list[str]]] = []
    queries: dict[Query, dict[str, tuple[Working[D, E], int]]] = defaultdict(dict)
    for work, named, missing in needs:
        unknown = [k for k in dict.fromkeys(named) if not work.at_hand.has(k)]
        if unknown:
            keys.append((work, unknown))
        for need in missing:
            if need.query is not None:
                limit = max(need.limit, AT_LEAST, len(work.asks)) if need.limit else 0
                _, before = queries[need.query].get(work.id, (work, limit))
                queries[need.query][work.id] = (work, max(limit, before) if limit and before else 0)
    reads = [_by_key(database, name, model, keys)] if keys else []
    for query, asked in queries.items():
        if len(asked) >= TOGETHER:
            reads.append(_together(database, name, model, query, asked))
        else:
            reads += [_one(database, name, model, query, work, limit) for work, limit in asked.values()]
    await asyncio.gather(*reads)


async def _by_key(
    database: Database, name: str, model: type[E], needs: Sequence[tuple[Working[D, E], Sequence[str]]]
) -> None:
    ids = [entry_id(work.id, key) for work, keys in needs for key in keys]
    rows = {row["_id"]: row for row in await database.find(name, {"_id": {"$in": ids}})}
    for work, keys in needs:
        for key in keys:
            if row := rows.get(entry_id(work.id, key)):
                work.at_hand.fetched_entry(read_entry(model, row), row["revision"])
        work.at_hand.fetched_keys(keys)


async def _one(database: Database, name: str, model: type[E], query: Query, work: Working[D, E], limit: int) -> None:
    """One document's entries, up to `limit` of them; 0: all."""
    sort = [(query.order, 1), ("key", 1)] if query.order else []  # who asks for all of them sorts them
    where = {"document_id": work.id, **where_row(query.where)}
    last = None
    rows = await database.find(name, searched(where, model), sort=sort, limit=limit)
    for row in rows:
        last = read_entry(model, row)
        work.at_hand.fetched_entry(last, row["revision"])
    work.at_hand.fetched_query(query, last if limit and len(rows) == limit else None)


async def _together(
    database: Database,
    name: str,
    model: type[E],
    query: Query,
    asked: dict[str, tuple[Working[D, E], int]],
) -> None:
    """Several documents' entries in one read, sorted by document: all but the last one that it reaches are complete.

    Those that it does not reach are missed again, and fewer of them.
    """
    limits = [limit for _, limit in asked.values()]
    limit = sum(limits) if all(limits) else 0
    order = [("document_id", 1), (query.order, 1), ("key", 1)] if query.order else []
    where = {"document_id": {"$in": sorted(asked)}, **where_row(query.where)}
    rows = await database.find(name, searched(where, model), sort=order, limit=limit)
    last: dict[str, E] = {}
    for row in rows:
        entry = last[row["document_id"]] = read_entry(model, row)
        asked[entry.document_id][0].at_hand.fetched_entry(entry, row["revision"])
    reached = rows[-1]["document_id"] if rows and limit and len(rows) == limit else None
    for id, (work, _) in asked.items():
        if reached is None or id < reached:
            work.at_hand.fetched_query(query, None)
        elif id == reached and query.order:
            work.at_hand.fetched_query(query, last[id])
