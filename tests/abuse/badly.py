"""How a message can be wrong: bodies that no contract takes, made from one that it does."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ValidationError

MARK = "hush hush-7f3a@example.com"
"""Somebody's secret, in all that is sent: no refusal may repeat it."""
HUGE = 10**400
NOT_JSON = [
    b"{",
    b"[",
    b'{"a": 1,}',
    b"\x00",
    b"\xff\xfe{}",
    b"{} {}",
    b"NaN",
    b"-Infinity",
    b"'a'",
    f'{{"{MARK}": '.encode(),
    b'{"event_id": "\\ud800"}',
    b'{"event_id": "\\udc00\\ud800"}',
    b'{"event_id": "\xed\xa0\x80"}',
    b"[" * 100_000,
    b'{"a":' * 100_000 + b"1" + b"}" * 100_000,
]
NO_OBJECT = [b"null", b"[]", b"1", b"true", f'"{MARK}"'.encode(), b"[{}]", b"1e999", b"9" * 4000]
VALUES: list[Any] = [
    None,
    True,
    -1,
    0,
    1.5,
    HUGE,
    float("nan"),
    float("inf"),
    "",
    MARK,
    "x" * 6000,
    "9" * 5000,
    [],
    [[[MARK]]],
    [None],
    [MARK] * 6000,
    {},
    {MARK: MARK},
    {"$gt": ""},
    "0000-00-00T00:00:00Z",
    "0001-01-01T00:00:00+14:00",
    "9999-12-31T23:59:59.999-14:00",
    "../../../etc/passwd",
    "*.>",
]
"""Whatever the field wants, some of these are not it. Those that it takes are left out."""
INTO_A_HEADER = {
    "line break": "a\r\nBcc: hush@example.com",
    "bare line feed": "a\nX: 1",
    "null": "a\x00b",
    "escape": "a\x1b[2Jb",
    "next line": "a\x85b",
    "line separator": "a\u2028b",
    "control of the second kind": "a\x9bb",
    "override from right to left": "\u202egnp.exe",
    "embedding": "a\u202bb",
    "isolate": "a\u2066b",
}
"""What must not stand in a name, a title, an address or an id."""


@dataclass(frozen=True)
class Wrong:
    """A body, and the field that must be told to be wrong; "" when it is the whole."""

    what: str
    body: bytes
    field: str = ""


def text(value: Any) -> bytes:
    return json.dumps(value).encode()


def wholly() -> Iterator[Wrong]:
    """Bodies that are no message at all."""
    for body in NOT_JSON + NO_OBJECT:
        yield Wrong(f"body {body[:20]!r}", body)


def with_wrong_fields(model: type[BaseModel], good: dict[str, Any]) -> Iterator[Wrong]:
    """Each field missing, each with each value that it does not take, and fields that there are none of."""
    for path, _ in places(good):
        name = path[0] if isinstance(path[0], str) else ""
        if len(path) == 1 and model.model_fields[name].is_required():
            yield Wrong(f"no {name}", text(without(good, path)), name)
        for value in [*VALUES, deep()]:
            body = text(changed(good, path, value))
            if not taken(model, body):
                yield Wrong(f"{path} = {value!r:.40}", body, name)
    for unknown in ("nmae", MARK, "$where", "__class__", "member_id\r\nX: 1"):
        yield Wrong(f"unknown {unknown!r}", text({**good, unknown: MARK}), unknown if unknown.isidentifier() else "?")
    yield Wrong("many unknown", text({**good, **{f"{MARK}{n}": n for n in range(20_000)}}), "?")


def with_control_characters(good: dict[str, Any]) -> Iterator[tuple[str, Wrong]]:
    """Each text with what would break a header, or turn what is read around; and the text's last name."""
    for path, value in places(good):
        if isinstance(value, str):
            for what, bad in INTO_A_HEADER.items():
                named = [p for p in path if isinstance(p, str)]
                yield named[-1], Wrong(f"{what} in {path}", text(changed(good, path, value + bad)), named[0])


def taken(model: type[BaseModel], body: bytes) -> bool:
    """Whether the contract takes it."""
    try:
        model.model_validate_json(body)
    except ValidationError:
        return False
    return True


def deep() -> Any:
    """Lists in lists in lists."""
    value: Any = 1
    for _ in range(150):
        value = [value]
    return value


Path = tuple[str | int, ...]


def places(value: Any, at: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Every place in a message, and what stands there."""
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, found in inside:
        yield (*at, key), found
        yield from places(found, (*at, key))


def changed(value: Any, path: Path, new: Any) -> Any:
    """The message with another value in this place."""
    if not path:
        return new
    copy = dict(value) if isinstance(value, dict) else list(value)
    copy[path[0]] = changed(copy[path[0]], path[1:], new)  # type: ignore[index,call-overload]
    return copy


def without(value: dict[str, Any], path: Path) -> dict[str, Any]:
    return {key: found for key, found in value.items() if key != path[0]}
