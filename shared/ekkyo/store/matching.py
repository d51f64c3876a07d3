"""Conditions on fields, in memory as the database understands them: for entries that are still pending."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from ekkyo.store.driver import Row, Where
from ekkyo.store.encoding import plain

_MISSING = object()


def _ordered(compare: Callable[[Any, Any], bool]) -> Callable[[Any, Any], bool]:
    def safely(value: Any, wanted: Any) -> bool:
        if value is None or value is _MISSING:
            return False  # comparisons find values of the same kind only
        try:
            return compare(value, wanted)
        except TypeError:
            return False

    return safely


def _equal(value: Any, wanted: Any) -> bool:
    value = None if value is _MISSING else value
    return bool(value == wanted) or (isinstance(value, list) and wanted in value)


_OPERATORS: dict[str, Callable[[Any, Any], bool]] = {
    "$eq": _equal,
    "$ne": lambda value, wanted: not _equal(value, wanted),
    "$in": lambda value, wanted: any(_equal(value, w) for w in wanted),
    "$gt": _ordered(lambda value, wanted: value > wanted),
    "$gte": _ordered(lambda value, wanted: value >= wanted),
    "$lt": _ordered(lambda value, wanted: value < wanted),
    "$lte": _ordered(lambda value, wanted: value <= wanted),
    "$exists": lambda value, wanted: (value is not _MISSING) == wanted,
    "$regex": lambda value, wanted: isinstance(value, str) and re.search(wanted, value) is not None,
}


def where_row(where: Where) -> Row:
    """Conditions as the database takes them: `id` is `_id`, values as they are kept."""
    found: Row = plain(where)
    if "id" in found:
        found["_id"] = found.pop("id")
    return found


def _value(row: Any, name: str) -> Any:
    """The value of a field; of one inside another, for `place.room`."""
    for part in name.split("."):
        row = row.get(part, _MISSING) if isinstance(row, Mapping) else _MISSING
    return row


def row_matches(row: Row, where: Where) -> bool:
    """Whether a row meets these conditions: equality, comparison, $in, $or, $exists, anchored $regex."""
    for name, wanted in where.items():
        if name == "$or":
            if not any(row_matches(row, one) for one in wanted):
                return False
            continue
        value = _value(row, name)
        if isinstance(wanted, Mapping) and any(k.startswith("$") for k in wanted):
            if not all(_OPERATORS[op](value, w) for op, w in wanted.items()):
                return False
        elif not _equal(value, wanted):
            return False
    return True
