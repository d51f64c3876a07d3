"""All generated documents by their path."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ekkyo import wire
from ekkyo.docs import catalogue
from ekkyo.docs.asyncapi import asyncapi
from ekkyo.docs.examples import example
from ekkyo.docs.flow import flow
from ekkyo.docs.messages import Message, messages, problem_schema, text_of
from ekkyo.docs.openapi import openapi
from ekkyo.docs.operate import operate


def documents(out: Path, services: Path) -> dict[Path, str]:
    """Every document that should be under `out`. Samples that are there already are kept as they are, for ever."""
    found = {out / "schemas" / f"{m.name}.json": text_of(m.schema()) for m in messages()}
    found[out / "schemas" / "problem.json"] = text_of(problem_schema())
    for fact in messages():
        if fact.kind == "fact":
            found |= samples(out / "samples" / fact.name, fact)
    found[out / "asyncapi.json"] = text_of(asyncapi(catalogue.codes(services)))
    found[out / "openapi.json"] = text_of(openapi())
    found[out / "refusals.md"] = catalogue.page(services)
    found[out / "flow.md"] = flow(services)
    if (page := out / "operate.md").exists():
        found[page] = operate(page.read_text("utf-8"))
    return found


def samples(folder: Path, fact: Message) -> dict[Path, str]:
    """The samples of a fact: those that were ever published, and one more if none of them has its fields of today."""
    kept = {path: path.read_text("utf-8") for path in sorted(folder.glob("*.json"))}
    new = sample(fact)
    if any(shape(json.loads(text)["data"]) == shape(new["data"]) for text in kept.values()):
        return kept
    return {**kept, folder / f"{len(kept) + 1}.json": text_of(new)}


def sample(fact: Message) -> dict[str, Any]:
    """A fact as it lies in the stream: subject, headers, data."""
    told = fact.model.model_validate(example(fact))
    message = wire.fact_message(
        told,
        owner=fact.owner,
        revision=3,
        n=0,
        time=datetime(2026, 5, 1, 1, 23, 45, 678000, tzinfo=UTC),
        actor="0192f0c1-7a00-7000-8000-0000000000a1",
        traceparent="00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
    )
    return {"subject": message.subject, "headers": message.headers, "data": json.loads(message.body)}


def shape(value: Any, at: str = "") -> set[str]:
    """The paths of all fields."""
    if isinstance(value, dict):
        return {at}.union(*(shape(v, f"{at}.{k}") for k, v in value.items()))
    if isinstance(value, list):
        return {at}.union(*(shape(v, f"{at}[]") for v in value))
    return {at}
