"""docs/refusals.md: what each command and question may be refused with, read from the services' source.

From a handler, every function of the service that it names is followed, and each `Refused("code", …)` on the way is
collected. What the store refuses on behalf of a handler (`event_not_found`, `number_taken`) is added where the handler
changes a document. Nothing of a service is run.
"""

import ast
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import ekkyo
from ekkyo.contracts import OWNERS
from ekkyo.docs.messages import json_schema, messages
from ekkyo.docs.source import NOT_THERE, Refusal, Source, raised

SHARED = Path(ekkyo.__file__).parent
COMMON_IN = ("broker/guard.py", "broker/admission.py", "wire/tokens.py", "wire/messages.py", "store/paging.py")
"""Where what is true of every command and question is refused, whatever the handler does."""
NOT_REPLIED = {"error", "unreadable_answer", "not_a_cloudevent", "unknown_fact", "wrong_subject"}
"""Raised in those files, but by readers of replies and facts."""
EVERYWHERE = [
    Refusal("malformed", 400, "The message does not match its schema: …."),
    Refusal("unavailable", 503, "The service is unavailable at the moment. Try again."),
]


def common() -> list[Refusal]:
    """What every command and question may be refused with."""
    found = {r for name in COMMON_IN for r in raised(ast.parse((SHARED / name).read_text("utf-8")))}
    return sorted({*(r for r in found if r.code not in NOT_REPLIED), *EVERYWHERE})


@cache  # the source is read once: two documents are made of it
def refusals(services: Path) -> dict[str, list[Refusal]]:
    """By the name of each command and question: what it may be refused with beside what is common to all."""
    everywhere = {r.code for r in common()}
    found: dict[str, list[Refusal]] = {}
    for owner in OWNERS:
        source = Source.of(services / owner / f"ekkyo_{owner}")
        for message in messages():
            if message.owner == owner and message.kind in ("command", "question"):
                own = source.reached(source.handlers[message.model.__name__], _fields(message.model))
                found[message.name] = sorted(r for r in own if r.code not in everywhere)
    return found


def _fields(message: type[Any]) -> set[str]:
    """The names of all fields of a message, those inside others too."""
    schema = json_schema(message)
    return {name for model in (schema, *schema.get("$defs", {}).values()) for name in model.get("properties", {})}


def codes(services: Path) -> dict[str, list[str]]:
    """By the name of each command and question: the codes of its own, without those common to all."""
    return {name: sorted({r.code for r in found}) for name, found in refusals(services).items()}


def page(services: Path) -> str:
    """docs/refusals.md."""
    found = refusals(services)
    lines = [
        "# Refusals",
        "",
        "`make docs` generates this page from the services' source: edit that, not this page. [wire.md](wire.md) "
        "describes",
        "what a refusal looks like, and when to send the message again. Base your program on the code: the text is for",
        "people and may change. `…` stands for a value that is filled in.",
        "",
        "## Every command and question",
        "",
        *_texts(common()),
    ]
    for owner in OWNERS:
        own = {name: rows for name, rows in found.items() if name.startswith(f"{owner}.")}
        lines += [
            f"## {owner}",
            "",
            "| command or question | its own codes, besides those above |",
            "| --- | --- |",
            *(f"| `{name}` | {_list(rows)} |" for name, rows in sorted(own.items())),
            "",
            *_texts(refusal for rows in own.values() for refusal in rows),
        ]
    return "\n".join(lines)


def _list(rows: Iterable[Refusal]) -> str:
    return ", ".join(f"`{code}`" for code in sorted({row.code for row in rows})) or "none"


def _texts(rows: Iterable[Refusal]) -> Iterator[str]:
    """Each code once, with all that it may say."""
    by_code: dict[tuple[str, int], list[str]] = {}
    for row in sorted(set(rows)):
        by_code.setdefault((row.code, row.status), []).append(row.detail)
    if by_code:
        yield from ("| code | status | text |", "| --- | --- | --- |")
        for (code, status), said in by_code.items():
            yield f"| `{code}` | {status} | {' / '.join(_better(said))} |"
        yield ""


def _better(said: list[str]) -> list[str]:
    """Without what says nothing, and without the store's words where the service has words of its own."""
    own = [text for text in said if text and text != NOT_THERE]
    return own or [text for text in said if text]
