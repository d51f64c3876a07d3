"""A change to the contracts that would break somebody fails here, and says what to do instead."""

import copy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from ekkyo.docs import breaking
from ekkyo.docs.messages import messages

SCHEMAS = Path(__file__).parents[2] / "docs" / "schemas"
Change = Callable[[dict[str, Any]], None]


def test_nothing_published_is_broken_by_the_contracts_of_today() -> None:
    broken = breaking.in_contracts(SCHEMAS)
    assert not broken, breaking.advice(broken)


def test_every_message_is_published() -> None:
    assert {p.stem for p in SCHEMAS.glob("*.json")} == {m.name for m in messages()} | {"problem"}


def schemas() -> dict[str, dict[str, Any]]:
    """Two messages, made up: a command and a fact."""
    return {
        "events.register": {
            "x-ekkyo-kind": "command",
            "x-ekkyo-subject": "ekkyo.cmd.events.register",
            "x-ekkyo-may": ["self", "leader"],
            "type": "object",
            "additionalProperties": False,
            "required": ["event_id"],
            "properties": {
                "event_id": {"type": "string", "maxLength": 64},
                "seats": {"anyOf": [{"type": "integer", "minimum": 1}, {"type": "null"}]},
                "role": {"enum": ["guest", "speaker"], "type": "string"},
                "tags": {"type": "array", "items": {"type": "string"}},
            },
        },
        "events.confirmed": {
            "x-ekkyo-kind": "fact",
            "x-ekkyo-subject": "ekkyo.fact.events.confirmed",
            "type": "object",
            "required": ["event"],
            "properties": {"event": {"$ref": "#/$defs/Event"}, "note": {"type": "string"}},
            "$defs": {
                "Event": {
                    "type": "object",
                    "required": ["title"],
                    "properties": {
                        "title": {"type": "string"},
                        "status": {"enum": ["open", "over"]},
                        "after": {"anyOf": [{"$ref": "#/$defs/Event"}, {"type": "null"}]},
                    },
                }
            },
        },
    }


def command(change: Change) -> Change:
    return lambda all_: change(all_["events.register"])


def event(change: Change) -> Change:
    return lambda all_: change(all_["events.confirmed"]["$defs"]["Event"])


def fact(change: Change) -> Change:
    return lambda all_: change(all_["events.confirmed"])


def rename(old: str, new: str) -> Change:
    return lambda s: s["properties"].update({new: s["properties"].pop(old)})


def put(field: str, **schema: Any) -> Change:
    return lambda s: s["properties"].update({field: schema})


BREAKING: dict[str, tuple[Change, str]] = {
    "a message is removed": (lambda all_: all_.pop("events.confirmed"), "events.confirmed: the message is gone"),
    "a subject changes": (fact(lambda s: s.update({"x-ekkyo-subject": "ekkyo.fact.events.sure"})), "its subject"),
    "fewer may use it": (command(lambda s: s.update({"x-ekkyo-may": ["leader"]})), "self may no longer use it"),
    "a field is removed": (fact(lambda s: s["properties"].pop("note")), "field `note` is gone"),
    "a field is renamed": (command(rename("seats", "places")), "field `seats` is gone"),
    "a nested field is renamed": (event(rename("title", "name")), "field `event.title` is gone"),
    "a command needs more": (command(lambda s: s["required"].append("seats")), "`seats` is newly required"),
    "a new field is required": (
        command(lambda s: (put("why", type="string")(s), s["required"].append("why"))[0]),
        "`why` is newly required",
    ),
    "old facts lack it": (event(lambda s: s["required"].append("status")), "`event.status` is newly required"),
    "a type changes": (command(put("event_id", type="integer")), "`event_id` no longer takes string"),
    "null is no longer taken": (command(put("seats", type="integer", minimum=1)), "`seats` no longer takes null"),
    "a value is no longer taken": (command(put("role", enum=["guest"], type="string")), "no longer takes speaker"),
    "any text becomes some": (event(put("title", type="string", enum=["a"])), "`event.title` takes only"),
    "a text gets shorter": (command(put("event_id", type="string", maxLength=8)), "maxLength is now 8"),
    "a number gets a floor": (
        command(put("seats", anyOf=[{"type": "integer", "minimum": 2}, {"type": "null"}])),
        "minimum is now 2",
    ),
    "a text gets a pattern": (event(put("title", type="string", pattern="^A")), "pattern is now ^A"),
    "items change": (command(put("tags", type="array", items={"type": "integer"})), "`tags[]` no longer takes string"),
    "a fact's field may be null": (
        event(put("title", anyOf=[{"type": "string"}, {"type": "null"}])),
        "`event.title` may now be null",
    ),
}


@pytest.mark.parametrize(("change", "told"), BREAKING.values(), ids=BREAKING.keys())
def test_a_breaking_change_is_found_and_named(change: Change, told: str) -> None:
    changed = copy.deepcopy(schemas())
    change(changed)
    broken = breaking.between(schemas(), changed)
    assert any(told in line for line in broken), broken
    assert "What to do" in breaking.advice(broken)


ADDITIVE: dict[str, Change] = {
    "nothing": lambda all_: None,
    "a message more": lambda all_: all_.update({"events.confirmed_v2": all_["events.confirmed"]}),
    "a field more in a command": command(put("why", type="string")),
    "a field more in a fact": event(put("place", type="string")),
    "a value more": event(put("status", enum=["open", "over", "moved"])),
    "a longer text": command(put("event_id", type="string", maxLength=128)),
    "a command takes null": command(
        put("role", anyOf=[{"enum": ["guest", "speaker"], "type": "string"}, {"type": "null"}])
    ),
    "a number where an integer was": command(put("seats", anyOf=[{"type": "number"}, {"type": "null"}])),
    "more may use it": command(lambda s: s["x-ekkyo-may"].append("steward")),
    "other words": event(lambda s: s.update({"description": "An event, in other words."})),
    "no longer required": command(lambda s: s["required"].clear()),
}


@pytest.mark.parametrize("change", ADDITIVE.values(), ids=ADDITIVE.keys())
def test_an_additive_change_passes(change: Change) -> None:
    changed = copy.deepcopy(schemas())
    change(changed)
    assert breaking.between(schemas(), changed) == []


@pytest.mark.parametrize("message", messages(), ids=lambda m: m.name)
def test_taking_any_field_of_any_message_away_would_be_found(message: Any) -> None:
    schema = message.schema()
    for field in schema.get("properties", {}):
        without = copy.deepcopy(schema)
        del without["properties"][field]
        assert breaking.between({message.name: schema}, {message.name: without})
