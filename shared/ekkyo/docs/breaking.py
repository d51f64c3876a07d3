"""What breaks somebody: today's contracts held against the schemas that were published.

The committed docs/schemas are what was published. They only ever grow, because the generator refuses to write over
them what would break a reader or a sender.
"""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from ekkyo.docs.messages import Schema, messages, problem_schema

LOWER = ("minimum", "exclusiveMinimum", "minLength", "minItems")
UPPER = ("maximum", "exclusiveMaximum", "maxLength", "maxItems")
ADVICE = """
These changes break those who use the contracts. What to do:
- a field is gone or renamed: keep it, and add the new one beside it;
- a field is newly required: give it a default;
- a type got narrower: leave it as wide as it was, and refuse by a rule what no longer makes sense;
- a message is gone, or cannot mean what it meant: keep it, and add a new one under a new name (`registered_v2`),
  announced beside the old one until nobody listens to the old one.
See docs/wire.md, "Versions".
"""


def in_contracts(published: Path) -> list[str]:
    """What breaks between the published schemas in this folder and the contracts of today."""
    old = {path.stem: json.loads(path.read_text("utf-8")) for path in sorted(published.glob("*.json"))}
    return between(old, {m.name: m.schema() for m in messages()} | {"problem": problem_schema()})


def between(old: Mapping[str, Schema], new: Mapping[str, Schema]) -> list[str]:
    """What breaks between two sets of schemas by message name; empty when everything was only added to."""
    found = []
    for name, before in old.items():
        if name not in new:
            found.append(f"{name}: the message is gone")
        else:
            found += [f"{name}: {change}" for change in _message(before, new[name])]
    return found


def advice(broken: list[str]) -> str:
    """The changes, and what to do instead."""
    return "\n".join(broken) + "\n" + ADVICE


def _message(old: Schema, new: Schema) -> Iterator[str]:
    if old.get("x-ekkyo-subject") != new.get("x-ekkyo-subject"):
        yield f"its subject changed from {old.get('x-ekkyo-subject')} to {new.get('x-ekkyo-subject')}"
    if lost := set(old.get("x-ekkyo-may", [])) - set(new.get("x-ekkyo-may", [])):
        yield f"{', '.join(sorted(lost))} may no longer use it"
    yield from _Pair(old, new).changes(old, new, "")


class _Pair:
    """Two schemas of one message, compared field by field."""

    def __init__(self, old: Schema, new: Schema) -> None:
        self.old, self.new = old.get("$defs", {}), new.get("$defs", {})
        self.kind = old.get("x-ekkyo-kind", "fact")
        self.under_way: set[tuple[int, int]] = set()

    def changes(self, old: Schema, new: Schema, at: str) -> Iterator[str]:
        olds, news = self._ways(old, self.old), self._ways(new, self.new)
        for way in olds:
            fits = [list(self._way(way, n, at)) for n in news if _same_type(way, n)]
            if not fits:
                yield f"{_field(at)} no longer takes {_type(way)}"
            elif [] not in fits:
                yield from min(fits, key=len)
        if self.kind in ("fact", "answer"):
            for way in news:
                if not any(_same_type(way, o) or _same_type(o, way) for o in olds):
                    yield f"{_field(at)} may now be {_type(way)}, which readers do not expect"

    def _ways(self, schema: Schema, definitions: Schema) -> list[Schema]:
        """The alternatives of a schema, references followed."""
        if "$ref" in schema:
            return self._ways(definitions[schema["$ref"].rpartition("/")[2]], definitions)
        several = schema.get("anyOf") or schema.get("oneOf")
        return [w for s in several for w in self._ways(s, definitions)] if several else [schema]

    def _way(self, old: Schema, new: Schema, at: str) -> Iterator[str]:
        pair = (id(old), id(new))
        if pair in self.under_way:  # a type that holds itself
            return
        self.under_way.add(pair)
        yield from self._rules(old, new, at)
        yield from self._properties(old, new, at)
        self.under_way.remove(pair)

    def _rules(self, old: Schema, new: Schema, at: str) -> Iterator[str]:
        yield from _values(old, new, at)
        for bound in LOWER:
            if new.get(bound, float("-inf")) > old.get(bound, float("-inf")):
                yield f"{_field(at)}: {bound} is now {new[bound]}"
        for bound in UPPER:
            if new.get(bound, float("inf")) < old.get(bound, float("inf")):
                yield f"{_field(at)}: {bound} is now {new[bound]}"
        for rule in ("pattern", "format"):
            if rule in new and _unescaped(new[rule]) != _unescaped(old.get(rule, "")):
                yield f"{_field(at)}: {rule} is now {new[rule]}"
        if "items" in new:
            yield from self.changes(old.get("items", {}), new["items"], f"{at}[]")

    def _properties(self, old: Schema, new: Schema, at: str) -> Iterator[str]:
        before, after = old.get("properties", {}), new.get("properties", {})
        for name, schema in before.items():
            if name not in after:
                yield f"{_field(f'{at}.{name}')} is gone"
            else:
                yield from self.changes(schema, after[name], f"{at}.{name}")
        if self.kind != "answer":
            for name in set(new.get("required", [])) - set(old.get("required", [])):
                yield f"{_field(f'{at}.{name}')} is newly required"
        for rest in ("additionalProperties", "propertyNames"):
            one, other = old.get(rest), new.get(rest)
            if isinstance(other, dict):
                yield from self.changes(one if isinstance(one, dict) else {}, other, f"{at}{{}}")
            elif other is False and one is not False:
                yield f"{_field(at)} no longer takes other fields"


def _values(old: Schema, new: Schema, at: str) -> Iterator[str]:
    allowed = _enum(new)
    if allowed is None:
        return
    before = _enum(old)
    if before is None:
        yield f"{_field(at)} takes only {allowed} now"
    elif lost := [v for v in before if v not in allowed]:
        yield f"{_field(at)} no longer takes {', '.join(map(str, lost))}"


def _enum(schema: Schema) -> list[Any] | None:
    return [schema["const"]] if "const" in schema else schema.get("enum")


def _same_type(old: Schema, new: Schema) -> bool:
    one, other = old.get("type"), new.get("type")
    return other is None or one == other or (one == "integer" and other == "number")


def _type(schema: Schema) -> str:
    return str(schema.get("type", "anything"))


def _unescaped(pattern: str) -> str:
    """A quotation mark means the same with and without a backslash; JavaScript's `u` mode takes only the latter."""
    return pattern.replace('\\"', '"')


def _field(at: str) -> str:
    return f"field `{at.lstrip('.')}`" if at else "the message"
