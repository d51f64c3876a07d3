"""What a request says: its operation, its token, and its message from a JSON body or from the address."""

import asyncio
import json
import re
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any, Final

from ekkyo import wire
from ekkyo.contracts import COMMANDS, QUESTIONS
from ekkyo.contracts.base import Command, FieldError, Question, Refused, name_of
from ekkyo.wire.tokens import OF_A_DIRECTORY, subject_of
from starlette.requests import Request

LARGEST: Final = 1_000_000
"""Bytes of a body, as many as a service takes."""
SLOWEST: Final = 20.0
"""Seconds in which a body must have arrived."""
Asked = type[Command[Any]] | type[Question[Any]]


@cache
def operations() -> Mapping[tuple[str, str], Asked]:
    """Every operation by `commands` or `questions` and its name.

    What only front ends may use, which sign members in and limit who tries, is not offered to systems.
    """
    tables: Mapping[str, Iterable[Asked]] = {"commands": COMMANDS.values(), "questions": QUESTIONS.values()}
    return {(kind, name_of(m)): m for kind, found in tables.items() for m in found if m.may.roles != {"portal"}}


def token_of(request: Request) -> str:
    """The bearer token, which the service verifies. Raises Refused, also for a directory's: behind this door it could
    have anybody join or leave any community, where SCIM has the groups that the operator named."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise Refused("token_missing", "Send the header Authorization: Bearer <token>.", 401)
    if subject_of(token.strip()) == OF_A_DIRECTORY["ekkyo_sub"]:
        raise Refused("not_allowed", "This token is the company directory's: it is for SCIM alone.", 403)
    return token.strip()


async def from_body(message: Asked, request: Request) -> Any:
    """The message in a JSON body. Raises Refused."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != wire.JSON:
        raise Refused("wrong_content_type", "Send JSON with Content-Type: application/json.", 415)
    body = bytearray()
    try:
        async with asyncio.timeout(SLOWEST):
            async for chunk in request.stream():
                body += chunk
                if len(body) > LARGEST:
                    raise Refused("too_large", f"At most {LARGEST} bytes are accepted.", 413)
    except TimeoutError:
        raise Refused("too_slow", f"The body did not arrive within {SLOWEST:.0f} seconds.", 408) from None
    return wire.read(message, bytes(body))


def from_address(message: Asked, query: Iterable[tuple[str, str]]) -> Any:
    """The message in the parameters of an address; a list is its parameter, repeated. Raises Refused."""
    kinds, given = _kinds(message), dict[str, Any]()
    for name, text in query:
        here = kinds.get(name, frozenset())
        if "array" in here:
            given.setdefault(name, []).append(_value(text, here))
        elif name in given:
            errors = [FieldError(field=name, code="repeated", detail="may be given once")]
            raise wire.Malformed(f"The parameter {name} may be given once.", errors)
        else:
            given[name] = _value(text, here)
    return wire.read(message, json.dumps(given).encode())


def _value(text: str, kinds: frozenset[str]) -> Any:
    if "integer" in kinds and re.fullmatch(r"-?[0-9]{1,18}", text):
        return int(text)
    if "boolean" in kinds and text in ("true", "false"):
        return text == "true"
    return text


@cache
def _kinds(message: Asked) -> Mapping[str, frozenset[str]]:
    """The JSON types that each field takes; those of a list's items beside `array`."""
    schema = message.model_json_schema()
    defined = schema.get("$defs", {})

    def kinds(part: Any) -> set[str]:
        found = {part["type"]} if isinstance(part.get("type"), str) else set()
        if "$ref" in part:
            found |= kinds(defined[part["$ref"].rpartition("/")[2]])
        for one in (*part.get("anyOf", ()), *part.get("allOf", ()), *([part["items"]] if "items" in part else ())):
            found |= kinds(one)
        return found

    return {name: frozenset(kinds(part)) for name, part in schema.get("properties", {}).items()}
