"""Rows page by page: sorted by a field and then by id, going on after the last one seen."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from pydantic import BaseModel

from ekkyo.contracts.base import Refused
from ekkyo.store.driver import Database, Row
from ekkyo.store.matching import searched, where_row


async def page(
    database: Database,
    name: str,
    model: type[BaseModel],
    where: Mapping[str, Any],
    *,
    sort: str | None,
    after: str | None,
    limit: int,
    skip: int,
    without: Sequence[str],
) -> list[Row]:
    """One page. `after`: the id of the last row of the page before. Every row has a value in the field sorted by."""
    field = (sort or "id").lstrip("-")
    field = "_id" if field == "id" else field
    down = bool(sort and sort.startswith("-"))
    wanted = where_row(where)
    if after is not None:
        value = None
        if field != "_id":
            last = await database.find(name, {"_id": after}, only=[field])
            value = last[0].get(field) if last else None
            if value is None:
                raise Refused("malformed", "No row has the id in `after`, so this page has no start.", 400)
        wanted = _behind(wanted, field, value, after, "$lt" if down else "$gt")
    order = -1 if down else 1
    by = [(field, order)] if field == "_id" else [(field, order), ("_id", order)]
    return await database.find(name, searched(wanted, model), sort=by, skip=skip, limit=limit, without=without)


def _behind(where: Row, field: str, value: Any, id: str, compare: str) -> Row:
    """These conditions for the rows that come after this value and id."""
    behind: list[Row] = [{"_id": {compare: id}}]
    if field != "_id":
        behind = [{field: {"$in": [value]}, "_id": {compare: id}}, {field: {compare: value}}]
    alternatives = where.get("$or", [{}])
    rest = {k: v for k, v in where.items() if k != "$or"}
    found = [_both(_both(rest, one), there) for one in alternatives for there in behind]
    return found[0] if len(found) == 1 else {"$or": found}


_NARROWER: dict[str, Callable[[Any, Any], Any]] = {
    "$in": lambda one, other: [value for value in one if value in other],
    "$gt": max,
    "$gte": max,
    "$lt": min,
    "$lte": min,
}


def _both(one: Row, other: Row) -> Row:
    """Conditions that meet both. Raises KeyError where both put another operator than these to the same field."""
    met = dict(one)
    for name, wanted in other.items():
        if name in one:
            mine, theirs = _operators(one[name]), _operators(wanted)
            met[name] = {**mine, **{k: _NARROWER[k](mine[k], v) if k in mine else v for k, v in theirs.items()}}
        else:
            met[name] = wanted
    return met


def _operators(wanted: Any) -> Row:
    is_operators = isinstance(wanted, Mapping) and any(k.startswith("$") for k in wanted)
    return dict(wanted) if is_operators else {"$in": [wanted]}
