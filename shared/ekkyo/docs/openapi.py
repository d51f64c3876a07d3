"""The OpenAPI 3.1 document of the HTTP door: each command and question with who may use it and what it answers.

Format: https://spec.openapis.org/oas/v3.1.0. Problems: RFC 9457.
"""

from collections.abc import Mapping
from typing import Any, Final

from pydantic.json_schema import models_json_schema

import ekkyo
from ekkyo.contracts import FACTS, OWNERS
from ekkyo.contracts.base import Problem, name_of
from ekkyo.docs.examples import example
from ekkyo.docs.messages import ROLES, Message, Schema, messages

SCHEMAS: Final = "#/components/schemas/"
REFUSALS: Final = {
    "400": "Malformed: not JSON, a field that is wrong, missing or unknown",
    "401": "No valid token",
    "403": "The caller may not do this",
    "404": "There is no such thing",
    "405": "Another method than this operation has",
    "408": "The body arrived too slowly",
    "409": "Refused by a rule; `code` says which",
    "413": "The body is too large",
    "415": "The body is not declared as application/json",
    "429": "Too many at once; Retry-After says when to try again",
    "500": "Unexpected; `reference` is in the log",
    "503": "The service is away; Retry-After says when to send the same again",
}
HEADERS: Final[Mapping[str, tuple[str, str]]] = {
    "401": ("WWW-Authenticate", "string"),
    "405": ("Allow", "string"),
    "429": ("Retry-After", "integer"),
    "503": ("Retry-After", "integer"),
}


def openapi() -> dict[str, Any]:
    """The whole document. What only front ends may use is not in it, as the door does not offer it."""
    asked = [m for m in messages() if m.kind in ("command", "question") and m.model.may.roles != {"portal"}]
    models: list[Any] = [model for m in asked for model in (m.model, m.answer)]
    named, schemas = models_json_schema(
        [*((model, "validation") for model in dict.fromkeys(models)), (Problem, "validation")],
        ref_template=SCHEMAS + "{model}",
    )
    defined = schemas["$defs"]
    problem = defined["Problem"]
    problem["properties"] = {"type": {"type": "string", "pattern": "^urn:ekkyo:problem:"}, **problem["properties"]}
    refs = {model: ref for (model, _), ref in named.items()}
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Ekkyo over HTTP",
            "version": ekkyo.__version__,
            "description": "For systems without a NATS client. The ids in a command are its idempotency keys: "
            "the same command sent again has no second effect.",
        },
        "security": [{"token": []}],
        "tags": [*({"name": owner} for owner in OWNERS), {"name": "facts"}],
        "paths": {
            **{f"/api/{m.kind}s/{m.name}": _path(m, refs, defined) for m in asked},
            "/api/facts": {"get": _facts()},
        },
        "components": {
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}},
            "responses": {status: _refusal(status) for status in REFUSALS},
            "schemas": {**defined, "FactTold": _fact_told()},
        },
    }


def _path(asked: Message, refs: Mapping[Any, Schema], defined: Schema) -> Schema:
    about: Schema = {
        "tags": [asked.owner],
        "summary": asked.summary,
        "description": f"{asked.description}\n\nFor {', '.join(ROLES[role] for role in asked.roles)}.",
        "responses": {
            "200": {
                "description": "Done" if asked.kind == "command" else "The answer",
                "content": _json(refs[asked.answer]),
            },
            **{status: {"$ref": f"#/components/responses/{status}"} for status in REFUSALS},
        },
    }
    body = {"required": True, "content": {"application/json": {"schema": refs[asked.model], "example": example(asked)}}}
    found: Schema = {"post": {"operationId": asked.name, **about, "requestBody": body}}
    if asked.kind == "question":
        fields = defined[refs[asked.model]["$ref"].removeprefix(SCHEMAS)]
        found["get"] = {"operationId": f"{asked.name}.get", **about, "parameters": _parameters(fields)}
    return found


def _facts() -> Schema:
    """The stream of facts, which is no message of the contracts."""
    position = "`position` of the last fact that arrived: the stream goes on after it, whatever `since` says"
    return {
        "tags": ["facts"],
        "operationId": "facts",
        "summary": "Facts as they happened, and as they happen.",
        "description": "Server-sent events whose `id` is the position in the stream and whose data is one FactTold, "
        "or one FactTold in each line. A comment (`: ping`), or an empty line, shows that a silent stream is there.\n\n"
        "For systems. Facts about members, except `members.erased`, only for those that the operator named for them.",
        "parameters": [
            _parameter(
                "type",
                {"type": "array", "items": {"enum": sorted(map(name_of, FACTS.values()))}},
                "all that one may hear",
            ),
            _parameter("entity", {"type": "string", "pattern": "^[A-Za-z0-9_-]{1,64}$"}, "facts about this id alone"),
            _parameter("since", {"type": "string"}, "a position, which is told too, or a time; absent: what is new"),
            _parameter("format", {"enum": ["sse", "ndjson"]}, "absent: as `Accept` says, else sse"),
            _parameter("follow", {"type": "boolean", "default": True}, "false: end after what is there"),
            {**_parameter("Last-Event-ID", {"type": "string", "pattern": "^[0-9]{1,18}$"}, position), "in": "header"},
        ],
        "responses": {
            "200": {
                "description": "The facts, for as long as the token is valid",
                "content": {
                    "text/event-stream": {"schema": {"type": "string"}},
                    "application/x-ndjson": {"schema": {"$ref": f"{SCHEMAS}FactTold"}},
                },
            },
            **{s: {"$ref": f"#/components/responses/{s}"} for s in REFUSALS if s not in ("404", "408", "413", "415")},
        },
    }


def _parameter(name: str, schema: Schema, description: str) -> Schema:
    return {"name": name, "in": "query", "required": False, "schema": schema, "description": description}


def _fact_told() -> Schema:
    text = {name: {"type": "string"} for name in ("id", "source", "type", "subject", "actor", "datacontenttype")}
    return {
        "type": "object",
        "description": "A fact with its envelope, a CloudEvent 1.0 in JSON. docs/schemas has the data of each type.",
        "properties": {
            "position": {"type": "integer", "description": "Its place in the stream, from 1"},
            "specversion": {"const": "1.0"},
            **text,
            "time": {"type": "string", "format": "date-time"},
            "revision": {"type": "integer"},
            "data": {"type": "object"},
        },
        "required": ["position", "specversion", "id", "source", "type", "subject", "time", "revision", "data"],
    }


def _parameters(fields: Schema) -> list[Schema]:
    return [
        {
            "name": name,
            "in": "query",
            "required": name in fields.get("required", ()),
            "schema": _given(schema),
            **({"description": schema["description"]} if "description" in schema else {}),
        }
        for name, schema in fields.get("properties", {}).items()
    ]


def _given(schema: Schema) -> Schema:
    """A field as an address can say it: there is no null there, the parameter is left out."""
    options = [one for one in schema.get("anyOf", ()) if one.get("type") != "null"]
    plain = {key: value for key, value in schema.items() if key not in ("anyOf", "title", "description")}
    if plain.get("default", 0) is None:
        del plain["default"]
    if not options:
        return plain
    return {**plain, **options[0]} if len(options) == 1 else {**plain, "anyOf": options}


def _refusal(status: str) -> Schema:
    content = {"application/problem+json": {"schema": {"$ref": f"{SCHEMAS}Problem"}}}
    found: Schema = {"description": REFUSALS[status], "content": content}
    if status in HEADERS:
        name, kind = HEADERS[status]
        found["headers"] = {name: {"required": True, "schema": {"type": kind}}}
    return found


def _json(schema: Schema) -> Schema:
    return {"application/json": {"schema": schema}}
