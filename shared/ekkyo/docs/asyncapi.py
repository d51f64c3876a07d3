"""The AsyncAPI 3 document: every subject, message and reply, who may use it, and examples.

Format: https://www.asyncapi.com/docs/reference/specification/v3.0.0. Seen from Ekkyo, as that specification asks:
Ekkyo receives commands and questions, and sends facts.
"""

from collections.abc import Mapping
from typing import Any

from pydantic.json_schema import models_json_schema

import ekkyo
from ekkyo.contracts import OWNERS
from ekkyo.contracts.base import Problem
from ekkyo.docs.examples import example
from ekkyo.docs.messages import ROLES, Message, Schema, messages

SCHEMAS = "#/components/schemas/"
HEADERS: dict[str, Schema] = {
    "AskedHeaders": {
        "type": "object",
        "required": ["Authorization"],
        "properties": {
            "Authorization": {"type": "string", "pattern": "^Bearer .+", "description": "A JWT signed with EdDSA."},
            "traceparent": {"type": "string", "description": "W3C Trace Context, when the caller traces."},
        },
    },
    "AnswerHeaders": {
        "type": "object",
        "properties": {"traceparent": {"type": "string"}},
        "description": "An answer carries no header Nats-Service-Error-Code: that is how it differs from a refusal.",
    },
    "RefusalHeaders": {
        "type": "object",
        "required": ["Nats-Service-Error", "Nats-Service-Error-Code"],
        "properties": {
            "Nats-Service-Error": {"type": "string", "description": "Safe text for people."},
            "Nats-Service-Error-Code": {
                "type": "string",
                "enum": ["400", "401", "403", "404", "409", "429", "500", "503"],
                "description": "400 malformed, 401 no valid token, 403 not allowed, 404 not there, 409 refused by a "
                "rule, 429 too many, 500 unexpected, 503 not now.",
            },
            "Content-Type": {"type": "string", "const": "application/problem+json"},
        },
    },
    "FactHeaders": {
        "type": "object",
        "description": "CloudEvents 1.0, NATS protocol binding, binary content mode.",
        "required": ["ce-specversion", "ce-id", "ce-source", "ce-type", "ce-subject", "ce-time", "ce-revision"],
        "properties": {
            "ce-specversion": {"type": "string", "const": "1.0"},
            "ce-id": {
                "type": "string",
                "description": "The only identity of a fact: the same id is the same fact, delivered again.",
            },
            "ce-source": {"type": "string", "description": "The service that tells it: /ekkyo/events."},
            "ce-type": {"type": "string", "description": "ekkyo.<owner>.<name>"},
            "ce-subject": {"type": "string", "description": "The id of the entity it is about."},
            "ce-time": {"type": "string", "format": "date-time"},
            "ce-dataschema": {"type": "string", "description": "The $id of its schema under docs/schemas."},
            "ce-datacontenttype": {"type": "string", "const": "application/json"},
            "ce-revision": {
                "type": "string",
                "pattern": "^[0-9]+$",
                "description": "The revision of the entity after the change; facts of one change share it.",
            },
            "ce-actor": {"type": "string", "description": "Who caused it: the token's subject, or a service's name."},
            "Nats-Msg-Id": {"type": "string", "description": "The same as ce-id: JetStream drops duplicates by it."},
            "traceparent": {"type": "string"},
        },
    },
}
PROBLEM = {
    "code": "event_not_found",
    "title": "Event not found",
    "status": 404,
    "detail": "There is no such event.",
    "errors": [],
}


def asyncapi(refusals: Mapping[str, list[str]] | None = None) -> dict[str, Any]:
    """The whole document. refusals: by the name of a command or question, the codes of its own."""
    codes = refusals or {}
    asked = [m for m in messages() if m.kind in ("command", "question")]
    facts = [m for m in messages() if m.kind == "fact"]
    return {
        "asyncapi": "3.0.0",
        "id": "urn:ekkyo",
        "info": {
            "title": "Ekkyo",
            "version": ekkyo.__version__,
            "description": "Commands, questions and facts of a community inside a company. How to connect, and what "
            "is promised, is told in wire.md. Made from the contracts by `make docs`.",
            "tags": [{"name": owner, "description": _first_line(module)} for owner, module in OWNERS.items()],
        },
        "defaultContentType": "application/json",
        "servers": {
            "nats": {
                "host": "{host}",
                "protocol": "nats",
                "description": "NATS with JetStream; facts are kept in the stream FACTS.",
                "variables": {"host": {"default": "127.0.0.1:4222", "description": "host:port of EKKYO_NATS_URL"}},
                "security": [{"$ref": "#/components/securitySchemes/nats"}],
            }
        },
        "channels": {k: v for m in asked for k, v in _asked_channels(m).items()}
        | {m.name: _fact_channel(m) for m in facts},
        "operations": {m.name: _asked_operation(m, codes.get(m.name, [])) for m in asked}
        | {m.name: _fact_operation(m) for m in facts},
        "components": {
            "messages": {m.name: _message(m) for m in messages()} | {"refusal": _refusal()},
            "schemas": _schemas(),
            "securitySchemes": {
                "nats": {
                    "type": "userPassword",
                    "description": "EKKYO_NATS_USER and EKKYO_NATS_PASSWORD. Who asks is told by the bearer token "
                    "in the header Authorization of each request.",
                }
            },
        },
    }


def _asked_channels(m: Message) -> dict[str, Any]:
    return {
        m.name: {
            "address": m.model.subject,
            "messages": {"request": _ref("messages", m.name)},
            "bindings": {"nats": {}},
        },
        f"{m.name}.reply": {
            "address": None,
            "description": "The reply subject of the request, which lies under the caller's own inbox.",
            "messages": {"answer": _ref("messages", f"{m.name}.answer"), "refusal": _ref("messages", "refusal")},
        },
    }


def _asked_operation(m: Message, codes: list[str]) -> dict[str, Any]:
    channel, reply = f"#/channels/{_pointer(m.name)}", f"#/channels/{_pointer(f'{m.name}.reply')}"
    who = ", ".join(ROLES[role] for role in m.roles)
    return {
        "action": "receive",
        "channel": {"$ref": channel},
        "title": m.model.__name__,
        "summary": m.summary,
        "description": f"{m.description}\n\nWho may use it: {who}.",
        "tags": [{"name": m.owner}, {"name": m.kind}],
        "bindings": {"nats": {"queue": m.owner}},
        "messages": [{"$ref": f"{channel}/messages/request"}],
        "reply": {
            "channel": {"$ref": reply},
            "messages": [{"$ref": f"{reply}/messages/answer"}, {"$ref": f"{reply}/messages/refusal"}],
        },
        "x-ekkyo-may": m.roles,
        "x-ekkyo-refusals": codes,
    }


def _fact_channel(m: Message) -> dict[str, Any]:
    return {
        "address": f"{m.model.subject}.{{{m.model.about}}}",
        "messages": {"fact": _ref("messages", m.name)},
        "parameters": {m.model.about: {"description": "The id of the entity it is about."}},
    }


def _fact_operation(m: Message) -> dict[str, Any]:
    channel = f"#/channels/{_pointer(m.name)}"
    return {
        "action": "send",
        "channel": {"$ref": channel},
        "title": m.model.__name__,
        "summary": m.summary,
        "description": f"{m.description}\n\nKept in the stream FACTS; hear it with a durable consumer.",
        "tags": [{"name": m.owner}, {"name": m.kind}],
        "messages": [{"$ref": f"{channel}/messages/fact"}],
    }


def _message(m: Message) -> dict[str, Any]:
    headers = {"fact": "FactHeaders", "answer": "AnswerHeaders"}.get(m.kind, "AskedHeaders")
    return {
        "name": m.name,
        "title": m.model.__name__,
        "summary": m.summary,
        "contentType": "application/json",
        "headers": {"$ref": SCHEMAS + headers},
        "payload": {"$ref": SCHEMAS + _schema_name(m)},
        "examples": [{"name": m.name, "payload": example(m)}],
    }


def _refusal() -> dict[str, Any]:
    return {
        "name": "refusal",
        "title": "Refusal",
        "summary": "No, and why. `code` is stable; `errors` names the fields that are wrong.",
        "contentType": "application/problem+json",
        "headers": {"$ref": f"{SCHEMAS}RefusalHeaders"},
        "payload": {"$ref": f"{SCHEMAS}Problem"},
        "examples": [
            {
                "name": "event_not_found",
                "headers": {
                    "Nats-Service-Error": "event_not_found: There is no such event.",
                    "Nats-Service-Error-Code": "404",
                    "Content-Type": "application/problem+json",
                },
                "payload": PROBLEM,
            }
        ],
    }


def _schemas() -> dict[str, Schema]:
    models = [(m.model, "validation") for m in messages()] + [(Problem, "validation")]
    _, made = models_json_schema(models, ref_template=SCHEMAS + "{model}")  # type: ignore[arg-type]
    definitions: dict[str, Schema] = made["$defs"]
    for definition in definitions.values():
        definition.pop("example", None)
    return {**definitions, **HEADERS}


def _schema_name(m: Message) -> str:
    return m.model.__name__


def _ref(part: str, name: str) -> dict[str, str]:
    return {"$ref": f"#/components/{part}/{_pointer(name)}"}


def _pointer(name: str) -> str:
    """A name as a step of a JSON Pointer (RFC 6901)."""
    return name.replace("~", "~0").replace("/", "~1")


def _first_line(module: Any) -> str:
    return str(module.__doc__).split("\n")[0]
