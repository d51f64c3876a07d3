"""Bodies of a command or a question for Hypothesis, from its JSON Schema: as it should be, and then not quite."""

import json
import string
from typing import Any

from hypothesis import strategies as st

from tests.abuse.badly import HUGE, INTO_A_HEADER, changed, places

Schema = dict[str, Any]
KNOWN = ["m1", "m2", "c1", "e1", "e2", "e3", "e4", "s1", "r1", "r2", "k1", "portal", "nobody"]
"""Ids, most of them known: of whatever, since they may be mixed up."""
TIMES = ["1900-01-01T00:00:00Z", "2199-12-31T23:59:59.999Z", "1899-12-31T23:59:59Z", "2200-01-01T00:00:00+14:00"]
TIMES += ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "2026-02-30T00:00:00Z", "2026-05-01", "1e9"]
WORDS = ["Asia/Tokyo", "UTC", "Asia", "../zone.tab", "a@b.example", "https://x.example/1", "000001", "営業部", "$where"]
NUMBERS = st.integers() | st.integers(0, 20) | st.sampled_from([2**31, 2**63, 2**64, -1, HUGE])

texts = st.text(max_size=30) | st.sampled_from([*WORDS, *INTO_A_HEADER.values(), "x" * 6000])
ids = st.sampled_from(KNOWN) | st.text(string.ascii_letters + string.digits + "_-", min_size=1, max_size=64)
anything = st.recursive(
    st.none() | st.booleans() | NUMBERS | st.floats() | texts | ids,
    lambda inside: st.lists(inside, max_size=4) | st.dictionaries(texts, inside, max_size=4),
    max_leaves=8,
)


def bodies(model: Any) -> st.SearchStrategy[bytes]:
    """What may be sent to an operation."""
    schema = model.model_json_schema()
    well = values(schema, schema.get("$defs", {}))
    wrong = st.tuples(well, st.integers(0), anything).map(lambda drawn: misplaced(*drawn))
    return (well | wrong | anything).map(text) | st.binary(max_size=40)


def text(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=True).encode()


def misplaced(value: Any, place: int, other: Any) -> Any:
    """The message with something else in one of its places."""
    there = [path for path, _ in places(value)]
    return changed(value, there[place % len(there)], other) if there else other


def values(schema: Schema, known: Schema) -> st.SearchStrategy[Any]:
    """What a JSON Schema takes, or nearly: formats and patterns are met by chance."""
    if "$ref" in schema:
        return values(known[schema["$ref"].rpartition("/")[2]], known)
    if "const" in schema:
        return st.just(schema["const"])
    if "enum" in schema:
        return st.sampled_from(schema["enum"])
    if "anyOf" in schema:
        return st.one_of(*(values(one, known) for one in schema["anyOf"]))
    match schema.get("type"):
        case "object":
            return objects(schema, known)
        case "array":
            return st.lists(values(schema.get("items", {}), known), max_size=5)
        case "integer":
            least, most = schema.get("minimum"), schema.get("maximum")
            return st.integers(least, most) | st.integers(least, least + 3 if least is not None else most)
        case "boolean":
            return st.booleans()
        case "null":
            return st.none()
        case "string":
            return strings(schema)
    return anything


def objects(schema: Schema, known: Schema) -> st.SearchStrategy[Any]:
    if "properties" not in schema:
        keys = schema.get("propertyNames", {})
        names = values(keys, known) if "$ref" in keys or "enum" in keys else st.sampled_from(["satisfaction", "themes"])
        return st.dictionaries(names | texts, values(schema.get("additionalProperties", {}), known), max_size=3)
    required = schema.get("required", [])
    fields = {name: values(field, known) for name, field in schema["properties"].items()}
    return st.fixed_dictionaries(
        {name: field for name, field in fields.items() if name in required},
        optional={name: field for name, field in fields.items() if name not in required},
    )


def strings(schema: Schema) -> st.SearchStrategy[str]:
    if schema.get("format") == "date-time":
        near = st.integers(-2, 60).map(lambda hours: f"2099-01-{1 + (hours + 2) // 24:02}T{(hours + 2) % 24:02}:00:00Z")
        return near | st.datetimes().map(lambda t: f"{t.isoformat()}Z") | st.sampled_from(TIMES)
    if schema.get("format") == "date":
        return st.dates().map(str) | st.sampled_from(TIMES)
    pattern = schema.get("pattern", "")
    if pattern.startswith("^[A-Za-z0-9"):
        return ids
    if pattern.startswith("^http"):
        return st.sampled_from(["https://x.example/1", "http://x/", "https://", "https://x.example/a b"])
    return texts
