"""`ekkyo call`: any command or question, as JSON."""

import asyncio
import difflib
import inspect
import json as jsonlib
import shlex
import sys
from typing import Annotated, Any, Literal

import typer
from ekkyo.contracts import COMMANDS, QUESTIONS
from ekkyo.contracts.base import Command, Question, name_of
from ekkyo.docs.examples import example
from ekkyo.docs.messages import Message as Described
from ekkyo.wire import read

from ekkyo_cli import output
from ekkyo_cli.connection import Where, connected

Message = type[Command[Any]] | type[Question[Any]]
MESSAGES: dict[str, Message] = {name_of(m): m for m in COMMANDS.values()}
MESSAGES.update({name_of(m): m for m in QUESTIONS.values()})


def call(
    name: Annotated[
        str | None,
        typer.Argument(help="A command or question, such as events.register; see --list.", show_default=False),
    ] = None,
    body: Annotated[
        str,
        typer.Option("--json", "-j", metavar="JSON", help="The message's fields; - reads them from standard input."),
    ] = "{}",
    list_all: Annotated[
        bool, typer.Option("--list", help="List all commands and questions, and who may send them.")
    ] = False,
    fields: Annotated[bool, typer.Option("--fields", help="Show a message's fields and an example.")] = False,
    as_json: Annotated[bool, typer.Option("--as-json", help="Print --list and --fields as JSON.")] = False,
    dir: Where = None,
) -> None:
    """Send one command or question, and print the answer as JSON. A refusal prints its problem and exits 1.

    The token is EKKYO_TOKEN, or in a local stack a short-lived one with the role system. With --dir, EKKYO_TOKEN counts
    if that stack made it.

    Examples:

      ekkyo call --list

      ekkyo call events.register --fields

      ekkyo call events.list --json '{"status": ["published"]}'

      cat event.json | ekkyo call events.draft --json -
    """
    if list_all:
        return _list(as_json)
    if name is None:
        raise typer.BadParameter("name a command or question, or use --list", param_hint="NAME")
    message = find(name)
    if fields:
        return _fields(message, as_json)
    output.always_json()
    text = sys.stdin.read() if body == "-" else body
    asked = read(message, text.encode())
    return output.as_json(asyncio.run(_send(dir, asked)))


async def _send(dir: Any, asked: Command[Any] | Question[Any]) -> Any:
    async with connected(dir) as ekkyo:
        return await (ekkyo.send(asked) if isinstance(asked, Command) else ekkyo.ask(asked))


def find(name: str) -> Message:
    """The command or question of this name. A usage error, with similar names, if there is none."""
    if name in MESSAGES:
        return MESSAGES[name]
    near = difflib.get_close_matches(name, MESSAGES, n=3, cutoff=0.4)
    near += [known for known in MESSAGES if known.split(".")[1] == name.split(".")[-1] and known not in near]
    hint = f" Did you mean {' or '.join(near)}?" if near else ""
    raise typer.BadParameter(f"there is no command or question {name}.{hint} See: ekkyo call --list", param_hint="NAME")


def _list(as_json: bool) -> None:
    rows = [
        {"name": name, "kind": _kind(m), "who": sorted(m.may.roles), "about": _first_line(m)}
        for name, m in sorted(MESSAGES.items())
    ]
    if as_json:
        return output.as_json(rows)
    return output.table(
        ["name", "kind", "who may", "what it does"],
        [(r["name"], r["kind"], ", ".join(r["who"]), r["about"]) for r in rows],
    )


def _fields(message: Message, as_json: bool) -> None:
    schema = message.model_json_schema()
    if as_json:
        return output.as_json(schema)
    output.say(f"[bold]{name_of(message)}[/]: {_first_line(message)}")
    output.say(f"Who may use it: {', '.join(sorted(message.may.roles))}. Answer: {message.answer_type().__name__}.\n")
    shown = [(n, schema["properties"][n], n in schema.get("required", [])) for n in message.model_fields]
    rows = [
        (name, _type(field, schema), "required" if needed else _default(field), field.get("description", ""))
        for name, field, needed in shown
    ]
    for kind, inner in schema.get("$defs", {}).items():
        for name, field in inner.get("properties", {}).items():
            needed = "required" if name in inner.get("required", []) else _default(field)
            rows.append((f"  {kind}.{name}", _type(field, schema), needed, field.get("description", "")))
    output.table(["field!", "type", "", ""], rows)
    said = example(Described(_kind(message), name_of(message), message))
    output.paste(f"ekkyo call {name_of(message)} --json {shlex.quote(jsonlib.dumps(said, ensure_ascii=False))}")
    return None


def _kind(message: Message) -> Literal["command", "question"]:
    return "command" if issubclass(message, Command) else "question"


def _first_line(message: Message) -> str:
    return (inspect.getdoc(message) or "").split("\n\n")[0].replace("\n", " ")


def _default(field: dict[str, Any]) -> str:
    value = field.get("default")
    return "" if value is None else jsonlib.dumps(value, ensure_ascii=False)


def _type(field: dict[str, Any], schema: dict[str, Any]) -> str:
    """A field's type in a few words."""
    if "$ref" in field:
        return str(field["$ref"].rpartition("/")[2])
    if "anyOf" in field:
        return " or ".join(dict.fromkeys(_type(one, schema) for one in field["anyOf"] if one.get("type") != "null"))
    if "enum" in field or "const" in field:
        return " | ".join(str(one) for one in field.get("enum", [field.get("const")]))
    if field.get("type") == "array":
        return f"list of {_type(field.get('items', {}), schema)}"
    kind = str(field.get("format") or field.get("type") or "any")
    limits = [f"{sign} {field[key]}" for key, sign in (("minimum", "≥"), ("maximum", "≤")) if key in field]
    return " ".join([kind, *limits])
