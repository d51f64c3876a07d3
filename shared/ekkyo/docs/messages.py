"""Every message of the contracts with what the documents say about it."""

import json
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

from pydantic import BaseModel

from ekkyo.contracts import COMMANDS, FACTS, QUESTIONS
from ekkyo.contracts.base import Problem, name_of, owner_of

Kind = Literal["command", "question", "fact", "answer"]
Schema = dict[str, Any]

ROLES = {
    "self": "the member it names",
    "member": "anyone with a valid token",
    "leader": "leaders of the community",
    "host": "hosts of the event",
    "steward": "stewards",
    "system": "systems",
    "portal": "front ends that sign members in",
}


_HEAD: Schema = {"$schema": "https://json-schema.org/draft/2020-12/schema"}


@dataclass(frozen=True)
class Message:
    """A command, a question, a fact, or the answer to one of the first two."""

    kind: Kind
    name: str
    """`events.register`; an answer's is that of what it answers and `.answer`."""
    model: type[Any]
    asked_as: str = ""
    """Of an answer: the class of what it answers."""

    @property
    def urn(self) -> str:
        return f"urn:ekkyo:schema:{self.name}"

    @property
    def title(self) -> str:
        """A name for a generated type, unique among all schemas: several messages have one answer's model."""
        return f"{self.asked_as}Answer" if self.kind == "answer" else self.model.__name__

    @property
    def owner(self) -> str:
        return self.name.split(".")[0]

    @property
    def answer(self) -> type[BaseModel]:
        found: type[BaseModel] = self.model.answer_type()
        return found

    @property
    def roles(self) -> list[str]:
        """Who may use it, widest first."""
        return [role for role in reversed(ROLES) if role in self.model.may.roles]

    @property
    def summary(self) -> str:
        return str(self.model.__doc__ or "").strip().split("\n")[0]

    @property
    def description(self) -> str:
        lines = str(self.model.__doc__ or "").strip().splitlines()
        return "\n".join(line.strip() for line in lines)

    def schema(self) -> Schema:
        """Its JSON Schema (2020-12) with a stable `$id`, its subject and who may use it."""
        extra: Schema = {"x-ekkyo-kind": self.kind}
        if self.kind != "answer":
            about = ".{" + self.model.about + "}" if self.kind == "fact" else ""
            extra["x-ekkyo-subject"] = self.model.subject + about
        if self.kind in ("command", "question"):
            extra["x-ekkyo-may"] = self.roles
        return {**_HEAD, "$id": self.urn, **extra, **_plain(json_schema(self.model)), "title": self.title}


def json_schema(model: type[BaseModel]) -> Schema:
    """The JSON Schema of a model, which the caller may change: pydantic makes it once."""
    made: Schema = json.loads(_json_schema(model))
    return made


@cache
def _json_schema(model: type[BaseModel]) -> str:
    return json.dumps(model.model_json_schema())


def problem_schema() -> Schema:
    """The JSON Schema of a refusal's body."""
    return {
        **_HEAD,
        "$id": "urn:ekkyo:schema:problem",
        "x-ekkyo-kind": "refusal",
        **_plain(Problem.model_json_schema()),
    }


def _plain(schema: Schema) -> Schema:
    """Without the example, and without titles of fields: generators of types would make a type of each."""
    schema.pop("example", None)
    for model in (schema, *schema.get("$defs", {}).values()):
        for field in model.get("properties", {}).values():
            field.pop("title", None)
    return schema


@cache
def messages() -> tuple[Message, ...]:
    """All messages, in the order of the contracts; each answer follows what it answers."""
    found: list[Message] = []
    for kind, table in (("command", COMMANDS), ("question", QUESTIONS)):
        for model in table.values():
            asked = Message(kind, name_of(model), model)  # type: ignore[arg-type]
            found += [asked, Message("answer", f"{asked.name}.answer", asked.answer, model.__name__)]
    found += [Message("fact", name_of(fact), fact) for fact in FACTS.values()]
    names = [m.name for m in found]
    assert len(set(names)) == len(names), "two messages of one name would overwrite each other's schema"
    assert all(m.kind == "answer" or owner_of(m.model) == m.owner for m in found)
    return tuple(found)


def text_of(document: Any) -> str:
    """JSON as it is committed: indented, readable Japanese, a line break at its end."""
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"
