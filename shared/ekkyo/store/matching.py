"""Conditions on fields, in memory as the database understands them: for entries that are still pending."""

import re
from collections.abc import Callable, Mapping
from datetime import date
from enum import Enum
from functools import cache
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints

from pydantic import BaseModel

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


def searched(where: Where, model: type[BaseModel]) -> Row:
    """The same conditions, so that every database finds its index for them.

    To MongoDB, `x`, `{"$in": [x]}` and `{"$eq": x}` are the same. Compatible servers (nx-27017 0.8.1) use an index for
    `$eq`, and for the others mostly look into each row, since the field may be a list that has the value. So what the
    model says is one value is asked for by `$eq`; in a list, such servers would find nothing by it.
    """
    return {name: _searched(name, wanted, model) for name, wanted in where.items()}


def _searched(name: str, wanted: Any, model: type[BaseModel]) -> Any:
    if name == "$or":
        return [searched(one, model) for one in wanted]
    if name not in _single(model):
        return wanted
    operators = dict(wanted) if isinstance(wanted, Mapping) else {"$in": [wanted]}
    if "$eq" not in operators and len(operators.get("$in", ())) == 1:
        operators["$eq"] = operators.pop("$in")[0]
    return operators


_SINGLE = (str, int, float, date, Enum)


@cache
def _single(model: type[BaseModel]) -> frozenset[str]:
    """The fields of a model that are one value, or none."""
    kinds = {name: field.annotation for name, field in model.model_fields.items()}
    for name, one in model.model_computed_fields.items():
        kinds[name] = get_type_hints(one.wrapped_property.fget)["return"]
    return frozenset(name for name, kind in kinds.items() if _is_single(kind))


def _is_single(kind: Any) -> bool:
    if get_origin(kind) is Annotated:
        return _is_single(get_args(kind)[0])
    if get_origin(kind) in (Union, UnionType):
        return all(_is_single(one) for one in get_args(kind) if one is not NoneType)
    return get_origin(kind) is Literal or (isinstance(kind, type) and issubclass(kind, _SINGLE))


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
