"""`ekkyo facts`: the stream of facts, from now on or from the beginning."""

import asyncio
import re
from datetime import UTC, datetime, timedelta
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Annotated

import typer
from ekkyo.contracts import FACTS
from ekkyo.contracts.base import Fact, name_of
from rich.markup import escape

from ekkyo_cli import output
from ekkyo_cli.connection import Where, connected
from ekkyo_cli.output import Json

app = typer.Typer(help="What happened: the stream of facts.", no_args_is_help=True)


@app.callback()
def facts() -> None:
    """What happened: the stream of facts."""


@app.command()
def tail(
    since: Annotated[
        str | None, typer.Option(help="From when: a time (2024-09-25T12:00+09:00), 15m ago, a position, or beginning.")
    ] = None,
    type: Annotated[
        list[str] | None,
        typer.Option("--type", help="Such as events.published, or events.*; may be given several times."),
    ] = None,
    entity: Annotated[str | None, typer.Option(help="Only facts about the entity with this id.")] = None,
    limit: Annotated[int | None, typer.Option("--limit", "-n", help="Stop after this many facts.", min=1)] = None,
    no_follow: Annotated[
        bool, typer.Option("--no-follow", help="Stop at the newest instead of waiting for more.")
    ] = False,
    dir: Where = None,
    json: Json = False,
) -> None:
    """Print facts: new ones as they are published, or from an earlier point on. With --json, one per line.

    Examples:

      ekkyo facts tail --since beginning --no-follow

      ekkyo facts tail --type 'events.registration_*' --json
    """
    if entity is not None and not re.fullmatch(r"[A-Za-z0-9_-]{1,64}", entity):
        raise typer.BadParameter(
            f"{entity} is not an id: use letters, digits, hyphen, underscore, at most 64", param_hint="--entity"
        )
    start = _since(since)
    if start is None and no_follow:
        start = 1
    asyncio.run(_tail(dir, _types(type or []), entity, start, limit, follow=not no_follow))


def _types(patterns: list[str]) -> list[type[Fact]]:
    found = [f for f in FACTS.values() if any(fnmatchcase(name_of(f), p.removeprefix("ekkyo.")) for p in patterns)]
    for pattern in patterns:
        if not any(fnmatchcase(name_of(f), pattern.removeprefix("ekkyo.")) for f in FACTS.values()):
            known = ", ".join(sorted(name_of(f) for f in FACTS.values()))
            raise typer.BadParameter(f"no fact is called {pattern}. There are: {known}", param_hint="--type")
    return found


def _since(text: str | None) -> datetime | int | None:
    if text is None:
        return None
    if text == "beginning":
        return 1
    if text.isdigit():
        return max(int(text), 1)
    if ago := re.fullmatch(r"(\d+)([smhd])(?: ?ago)?", text):
        unit = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}[ago[2]]
        return datetime.now(UTC) - timedelta(**{unit: int(ago[1])})
    try:
        time = datetime.fromisoformat(text)
    except ValueError:
        hint = "a time (2024-09-25T12:00+09:00), 15m, a position in the stream, or beginning"
        raise typer.BadParameter(f"{text} is none of: {hint}", param_hint="--since") from None
    return time.astimezone() if time.tzinfo is None else time


async def _tail(
    dir: Path | None,
    types: list[type[Fact]],
    entity: str | None,
    since: datetime | int | None,
    limit: int | None,
    *,
    follow: bool,
) -> None:
    count = 0
    async with connected(dir) as ekkyo:
        if follow and output.err.is_terminal and not output.speaks_json():
            output.warn("[dim]Waiting for facts; press Ctrl-C to stop.[/]")
        async for fact in ekkyo.facts(*types, entity=entity, since=since, follow=follow):
            _print(fact)
            count += 1
            if count == limit:
                return


def _print(fact: Fact) -> None:
    meta = fact.meta
    if output.speaks_json():
        return output.as_json({"meta": meta, "data": fact}, lines=True)
    data = fact.model_dump(
        mode="json", exclude_none=True, exclude={"event", "member", "survey", "community", "delivery"}
    )
    said = " ".join(f"{key}={_short(value)}" for key, value in data.items() if key != type(fact).about)
    output.out.print(
        f"[dim]{meta.sequence:>6} {meta.time.astimezone():%m-%d %H:%M:%S}[/] [bold]{name_of(type(fact))}[/]"
        f" {escape(fact.entity_id)} [dim]{escape(said)}[/]",
        soft_wrap=True,
    )
    return None


def _short(value: object) -> str:
    if isinstance(value, list | dict):
        return f"[{len(value)}]"
    text = str(value)
    return text if len(text) <= 40 else text[:39] + "…"
