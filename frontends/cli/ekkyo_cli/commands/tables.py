"""`ekkyo tables`: who sits with whom at an event."""

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import typer
from ekkyo.client import Ekkyo
from ekkyo.contracts.base import new_id
from ekkyo.contracts.events import GetTables, MoveSeat, SeatTables, Tables
from ekkyo.contracts.members import GetCards
from pydantic import ValidationError
from rich.markup import escape

from ekkyo_cli import output
from ekkyo_cli.commands.merging import id_of
from ekkyo_cli.connection import Where, connected
from ekkyo_cli.output import Json

app = typer.Typer(help="Tables: seat those who have a seat at an event, show who sits where, move one.",
                  no_args_is_help=True)  # fmt: skip
Event = Annotated[str, typer.Argument(metavar="EVENT", help="The event's id.")]
Names = Mapping[str, str]
AT_ONCE = 200


@app.callback()
def tables() -> None:
    """Tables: seat those who have a seat at an event, show who sits where, move one."""


@app.command()
def seat(
    event: Event,
    size: Annotated[int, typer.Option(help="At most so many people at a table.", min=2, max=50)] = 4,
    seed: Annotated[int, typer.Option(help="Another number gives other tables.", min=0, max=1_000_000)] = 0,
    dir: Where = None,
    json: Json = False,
) -> None:
    """Part those who have a seat into tables that mix departments and sites. Tables made before are replaced.

    The same people, size and number give the same tables.

    Example:

      ekkyo tables seat 0192f0c1-7a00-7000-8000-0000000000e1 --size 5
    """
    return _told(*asyncio.run(_seated(dir, event, size, seed)))


@app.command()
def show(event: Event, dir: Where = None, json: Json = False) -> None:
    """Show who sits at which table of an event.

    Example:

      ekkyo tables show 0192f0c1-7a00-7000-8000-0000000000e1
    """
    return _told(*asyncio.run(_shown(dir, event)))


@app.command()
def move(
    event: Event,
    member: Annotated[str, typer.Argument(metavar="MEMBER", help="The member's id or personnel number.")],
    table: Annotated[int, typer.Argument(metavar="TABLE", help="The number of the table, from 1.", min=1, max=10_000)],
    swap_with: Annotated[
        str | None, typer.Option("--swap-with", help="Id or number of somebody there who takes their place.")
    ] = None,
    dir: Where = None,
    json: Json = False,
) -> None:
    """Seat somebody at another table, or have two change places. Who sits there already stays there.

    Example:

      ekkyo tables move 0192f0c1-7a00-7000-8000-0000000000e1 000123 2 --swap-with 000456
    """
    return _told(*asyncio.run(_moved(dir, event, member, table, swap_with)))


def _told(seated: Tables, names: Names) -> None:
    if output.speaks_json():
        return output.as_json(seated)
    for number, table in enumerate(seated.tables, start=1):
        output.say(f"[bold]{number}[/]  {', '.join(escape(names.get(one, one)) for one in table)}")
    if not seated.tables:
        output.say("This event has no tables. Make them: ekkyo tables seat EVENT --size 4")
    return None


async def _seated(dir: Path | None, event: str, size: int, seed: int) -> tuple[Tables, Names]:
    async with connected(dir, roles=("steward",)) as ekkyo:
        command = SeatTables(event_id=_id(event), seating_id=new_id(), size=size, seed=seed)
        return await _named(ekkyo, await ekkyo.send(command))


async def _shown(dir: Path | None, event: str) -> tuple[Tables, Names]:
    async with connected(dir, roles=("steward",)) as ekkyo:
        return await _named(ekkyo, await ekkyo.ask(GetTables(event_id=_id(event))))


async def _moved(dir: Path | None, event: str, member: str, table: int, swap_with: str | None) -> tuple[Tables, Names]:
    async with connected(dir, roles=("steward",)) as ekkyo:
        other = await id_of(ekkyo, swap_with) if swap_with else None
        command = MoveSeat(event_id=_id(event), member_id=await id_of(ekkyo, member), table=table, swap_with=other)
        return await _named(ekkyo, await ekkyo.send(command))


def _id(event: str) -> str:
    """The event's id, if it can be one."""
    try:
        return GetTables(event_id=event).event_id
    except ValidationError:
        raise typer.BadParameter("give the event's id, as its page's address has it", param_hint="EVENT") from None


async def _named(ekkyo: Ekkyo, seated: Tables) -> tuple[Tables, Names]:
    """With the names of who sits there; none are asked for where a program reads."""
    if output.speaks_json():
        return seated, {}
    ids = [one for table in seated.tables for one in table]
    names: dict[str, str] = {}
    for at in range(0, len(ids), AT_ONCE):
        cards = (await ekkyo.ask(GetCards(member_ids=ids[at : at + AT_ONCE]))).cards
        names |= {card.member_id: card.name for card in cards}
    return seated, names
