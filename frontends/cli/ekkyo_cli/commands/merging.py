"""`ekkyo members merge`, `undo-merge` and `number`: two records of one person, and a new personnel number."""

import asyncio
from pathlib import Path
from typing import Annotated, Literal

import typer
from ekkyo.client import Ekkyo
from ekkyo.contracts.base import Refused, new_id
from ekkyo.contracts.events import MyEvents
from ekkyo.contracts.members import (
    ChangeNumber,
    FindMembers,
    Member,
    Merge,
    MergeMembers,
    MergePreview,
    PreviewMerge,
    UndoMerge,
)
from pydantic import ValidationError
from rich.markup import escape

from ekkyo_cli import output
from ekkyo_cli.connection import Where, connected
from ekkyo_cli.output import Json

Named = Annotated[str, typer.Argument(metavar="MEMBER", help="The member's id or personnel number.")]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask for confirmation.")]
Current = Literal["kept", "absorbed"]


def merge(
    kept: Annotated[str, typer.Argument(metavar="KEPT", help="Id or personnel number of the record that stays.")],
    absorbed: Annotated[
        str, typer.Argument(metavar="ABSORBED", help="Id or personnel number of the record that becomes part of it.")
    ],
    current: Annotated[
        Current, typer.Option("--current", help="Which record has the number, name and address of now.")
    ] = "kept",
    preview: Annotated[bool, typer.Option("--preview", help="Show what would move, and change nothing.")] = False,
    yes: Yes = False,
    dir: Where = None,
    json: Json = False,
) -> None:
    """Make two records of one person one: places at events, journey, communities and participation in surveys.

    Number, name and address of the other record stay as former ones, and its id leads to the kept record. Where both
    have a place at one event, the better one stays. ekkyo members undo-merge takes it back for a day.

    Examples:

      ekkyo members merge 000123 900123 --preview

      ekkyo members merge 000123 900123 --current absorbed --yes
    """
    done = asyncio.run(_merge(dir, kept, absorbed, current, preview, yes))
    if output.speaks_json():
        output.as_json(done)
    elif isinstance(done, Merge):
        until = f"{done.undo_until.astimezone():%Y-%m-%d %H:%M}"
        output.say(f"The records are one now: [bold]{escape(done.kept_id)}[/]. It can be undone until {until}.")


def undo_merge(
    absorbed: Annotated[str, typer.Argument(metavar="ID", help="The id of the record that became part of another.")],
    dir: Where = None,
    json: Json = False,
) -> None:
    """Make two records of one again, within a day of the merge.

    Example:

      ekkyo members undo-merge 0192f0c1-7a00-7000-8000-0000000000b2
    """
    done = asyncio.run(_send(dir, UndoMerge(absorbed_id=absorbed)))
    if output.speaks_json():
        return output.as_json(done)
    return output.say(f"[bold]{escape(done.absorbed_id)}[/] is a record of its own again.")


def number(
    member: Named,
    new: Annotated[str, typer.Argument(metavar="NUMBER", help="The personnel number of now.")],
    dir: Where = None,
    json: Json = False,
) -> None:
    """Give a member another personnel number. The former one stays known, and matches in files from before.

    Example:

      ekkyo members number 000123 900123
    """
    done = asyncio.run(_number(dir, member, new))
    if output.speaks_json():
        return output.as_json(done)
    return output.say(f"[bold]{escape(done.name)}[/] has the number {escape(done.number)}.")


async def _merge(dir: Path | None, kept: str, absorbed: str, current: Current, preview: bool, yes: bool) -> object:
    async with connected(dir) as ekkyo:
        one, other = await id_of(ekkyo, kept), await id_of(ekkyo, absorbed)
        try:
            asked = PreviewMerge(kept_id=one, absorbed_id=other, current=current)
        except ValidationError:
            raise typer.BadParameter("name two different records", param_hint="ABSORBED") from None
        told = await ekkyo.ask(asked)
        if preview and output.speaks_json():
            return told
        if preview or not yes:
            await _show(ekkyo, told)
        if preview:
            return told
        if not yes:
            output.somebody_to_ask()
            typer.confirm("Are these records of the same person?", abort=True, err=True)
        return await ekkyo.send(MergeMembers(merge_id=new_id(), kept_id=one, absorbed_id=other, current=current))


async def _show(ekkyo: Ekkyo, told: MergePreview) -> None:
    """What the merge would do."""
    names = ("number", "name", "email", "department", "site")
    three = (told.kept, told.absorbed, told.after)
    rows = [(name, *(str(getattr(one, name) or "") for one in three)) for name in names]
    output.table(["", "kept", "absorbed", "afterwards"], rows)
    mine, theirs = [
        {one.event.event_id: one.event.title for one in (await ekkyo.ask(MyEvents(member_id=m, limit=100))).entries}
        for m in (told.kept.member_id, told.absorbed.member_id)
    ]
    both = sorted(title for id, title in theirs.items() if id in mine)
    output.say(f"Places at events to come that move: {len(theirs) - len(both)}.")
    if both:
        output.say(f"Both have a place, one is given back: {escape(', '.join(both))}.")
    output.say(
        f"Communities: {len(told.communities)}. Crossings: {len(told.crossings)}. Events attended: {told.attended}"
        f" ({len(told.both_attended)} by both). Participation in surveys moves too."
    )


async def _number(dir: Path | None, member: str, new: str) -> Member:
    async with connected(dir) as ekkyo:
        member_id = await id_of(ekkyo, member)
        try:
            command = ChangeNumber(member_id=member_id, number=new)
        except ValidationError:
            raise typer.BadParameter("give letters, digits, - and _, at most 32", param_hint="NUMBER") from None
        return await ekkyo.send(command)


async def _send(dir: Path | None, command: UndoMerge) -> Merge:
    async with connected(dir) as ekkyo:
        return await ekkyo.send(command)


async def id_of(ekkyo: Ekkyo, named: str) -> str:
    """The id of the member with this number; else what was named is an id."""
    try:
        found = (await ekkyo.ask(FindMembers(numbers=[named]))).members
    except (ValidationError, ValueError):
        raise Refused("member_not_found", f"{named!r} is neither an id nor a personnel number.", 404) from None
    return found[0].member_id if found else named
