"""The schemas are what they say: services are as strict, JavaScript compiles them, generators of types can use them."""

import functools
import json
import re
import subprocess
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from ekkyo import wire
from ekkyo.contracts.base import Refused
from ekkyo.contracts.members import Profile, RegisterMember
from ekkyo.docs.examples import example
from ekkyo.docs.messages import Message, messages, problem_schema
from jsonschema_rs import Draft202012Validator

from tests.needing import needed

FOLDER = Path(__file__).parents[2] / "docs" / "schemas"
SCHEMAS = {path.stem: json.loads(path.read_text("utf-8")) for path in sorted(FOLDER.glob("*.json"))}
ASKED = [m for m in messages() if m.kind in ("command", "question")]
OTHERS: list[Any] = [
    None,
    True,
    0,
    3,
    3.0,
    3.5,
    10**30,
    "3",
    "true",
    "",
    " ",
    "1777598400",
    1777598400,
    [],
    {},
    ["x"],
    {"x": 1},
]
OTHERS += ["2026-05-01T01:23:45", "2026-05-01t01:23:45z", "2026-02-30T00:00:00Z", "2026-05-01"]
"""What a caller may send by mistake in the place of something else."""


def schema_of(name: str) -> Draft202012Validator:
    return Draft202012Validator(SCHEMAS[name], validate_formats=True)


def inside(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    yield path
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, found in pairs:
        yield from inside(found, (*path, key))


def replaced(value: Any, path: tuple[Any, ...], by: Any) -> Any:
    if not path:
        return by
    made = dict(value) if isinstance(value, dict) else list(value)
    made[path[0]] = replaced(value[path[0]], path[1:], by)
    return made


def taken(message: Message, body: Any) -> bool:
    try:
        wire.read(message.model, json.dumps(body).encode())
    except Refused:
        return False
    return True


def variants(whole: Any) -> Iterator[tuple[tuple[Any, ...], Any, Any]]:
    """A message with something else in each of its places, with each of its fields left out, and with one more."""
    for path in inside(whole):
        yield from ((path, other, replaced(whole, path, other)) for other in OTHERS)
        found = functools.reduce(lambda value, step: value[step], path, whole)
        if isinstance(found, dict):
            yield path, None, replaced(whole, path, {**found, "no_such_field": 1})
            yield from (
                (path, None, replaced(whole, path, {k: v for k, v in found.items() if k != left})) for left in found
            )


def beyond_a_schema(message: Message, path: tuple[Any, ...], other: Any) -> bool:
    """What a service refuses and a JSON Schema cannot, or, being published, must not: docs/wire.md tells of it."""
    return (
        other == " "  # spaces are removed before the length is looked at
        or (isinstance(other, float) and other.is_integer())  # an integer to JSON Schema
        or other == "2026-02-30T00:00:00Z"  # no day of the calendar
        or path[-1:] == ("timezone",)  # the list of time zones
        or path == ("template",)  # the key of a template, of which there was one when the schema was published
        or "period" in path  # a period ends on the day it starts, or later
        or message.name == "notify.connect_channel"  # either a community or a member; a url that is kept secret
        or message.name in ("notify.channel", "notify.try_channel", "notify.disconnect_channel")  # the same
        or message.name in ("members.identify", "members.choose_messages")  # what goes with what
    )


@pytest.mark.parametrize("message", ASKED, ids=lambda m: m.name)
def test_a_service_is_as_strict_as_the_schema(message: Message) -> None:
    schema = schema_of(message.name)
    for path, other, body in variants(example(message)):
        takes, valid = taken(message, body), schema.is_valid(body)
        assert takes == valid or (valid and beyond_a_schema(message, path, other)), (path, other)


@pytest.mark.parametrize("message", ASKED, ids=lambda m: m.name)
def test_its_example_is_taken_by_the_service_and_by_the_schema(message: Message) -> None:
    assert taken(message, example(message))
    assert schema_of(message.name).is_valid(example(message))


@pytest.mark.parametrize(
    ("name", "field", "value"),
    [
        ("events.list", "limit", "3"),
        ("events.list", "limit", True),
        ("events.list", "limit", 3.5),
        ("events.list", "starts_from", 1777598400),
        ("events.list", "starts_from", "1777598400"),
        ("events.list", "starts_from", "2026-05-01"),
        ("members.import", "dry_run", "true"),
        ("members.import", "dry_run", 1),
        ("events.register", "event_id", 7),
    ],
)
def test_a_value_of_another_type_is_refused_and_its_field_is_named(name: str, field: str, value: object) -> None:
    [message] = [m for m in ASKED if m.name == name]
    with pytest.raises(Refused) as refused:
        wire.read(message.model, json.dumps({**example(message), field: value}).encode())
    assert [error.field for error in refused.value.errors] == [field]


def test_a_date_is_a_date_and_not_a_number_of_seconds() -> None:
    [message] = [m for m in ASKED if m.model is RegisterMember]
    body = example(message)
    for wrong in ("1777593600", 1777593600, "2026-05-01T00:00:00Z"):
        assert not taken(message, {**body, "profile": {**body["profile"], "birth_date": wrong}})
    assert Profile.model_validate({**body["profile"], "birth_date": "1990-04-01"}).birth_date


def test_every_title_is_given_once_so_that_types_can_be_generated_into_one_module() -> None:
    assert SCHEMAS["problem"] == problem_schema()
    tops = Counter(schema["title"] for schema in SCHEMAS.values())
    assert [title for title, times in tops.items() if times > 1] == []
    nested: dict[str, Any] = {}
    for schema in SCHEMAS.values():
        for name, definition in schema.get("$defs", {}).items():
            assert definition.get("title", name) == name
            assert nested.setdefault(name, definition) == definition, f"{name} means two things"
            assert not [f for f in definition.get("properties", {}).values() if "title" in f]
        assert not [f for f in schema.get("properties", {}).values() if "title" in f]
    assert not tops.keys() & nested.keys()


def test_every_pattern_compiles_in_javascript_too() -> None:
    """With the flag `u`, as validators set it, only a character of the syntax may stand behind a backslash."""
    patterns = sorted({p for schema in SCHEMAS.values() for p in _patterns(schema)})
    assert patterns
    for pattern in patterns:
        assert set(re.findall(r"\\(.)", pattern)) <= set(r"^$\.*+?()[]{}|/sSdDwWbB"), pattern
    program = "for (const p of JSON.parse(process.argv[1])) new RegExp(p, 'u')"
    node = needed("node", missing="needs Node.js")
    done = subprocess.run([node, "-e", program, json.dumps(patterns)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def _patterns(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        if isinstance(value.get("pattern"), str):
            yield value["pattern"]
        for found in value.values():
            yield from _patterns(found)
    elif isinstance(value, list):
        for found in value:
            yield from _patterns(found)
