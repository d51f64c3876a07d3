"""`ekkyo members deactivate`, `reactivate`, `erase` and `erasures`: members who leave, and members who are erased."""

import asyncio
import time
from json import loads
from pathlib import Path
from typing import Annotated

import typer
from ekkyo.client import Ekkyo
from ekkyo.contracts.base import Refused
from ekkyo.contracts.members import (
    DeactivateMember,
    EraseMember,
    Erasure,
    GetErasure,
    GetMember,
    ListErasures,
    Member,
    ReactivateMember,
)
from rich.markup import escape

from ekkyo_cli import output
from ekkyo_cli.connection import Where, connected, local_stack
from ekkyo_cli.local.erasing import cleared, not_cleared
from ekkyo_cli.local.folder import Folder
from ekkyo_cli.output import Json

Id = Annotated[str, typer.Argument(metavar="ID", help="The member's id.")]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask for confirmation.")]
LOOK_EVERY = 0.2
CLEARED_WITHIN = 20.0
"""Seconds in which a local stack clears its files of whom an erasure is complete, however short one wanted to wait."""


def deactivate(member: Id, yes: Yes = False, dir: Where = None, json: Json = False) -> None:
    """Record that a person left the company. They get no more messages and lose their future seats; no data is deleted.

    Whoever waits longest gets the seat. An import of a personnel export does not bring the person back;
    ekkyo members reactivate does.

    Example:

      ekkyo members deactivate 0192f0c1-7a00-7000-8000-0000000000b1 --yes
    """
    _answered(asyncio.run(_ask_first(dir, DeactivateMember(member_id=member), "Deactivate", yes)), "has left")


def reactivate(member: Id, dir: Where = None, json: Json = False) -> None:
    """Record that a person who left is back, or never left. Their lost seats are not restored.

    Example:

      ekkyo members reactivate 0192f0c1-7a00-7000-8000-0000000000b1
    """
    _answered(asyncio.run(_ask_first(dir, ReactivateMember(member_id=member), "Reactivate", True)), "is back")


def erase(
    member: Annotated[str | None, typer.Argument(metavar="[ID]", help="The member's id.")] = None,
    again: Annotated[
        Path | None,
        typer.Option(
            "--from",
            help="Erase all members in a file: ids, one per line, or what erasures --json prints.",
            exists=True,
        ),
    ] = None,
    yes: Yes = False,
    within: Annotated[
        float, typer.Option(help="How many seconds to wait until all services have deleted their data.", min=0)
    ] = 60,
    dir: Where = None,
    json: Json = False,
) -> None:
    """Erase a person's data everywhere, permanently. This cannot be undone.

    Every service deletes the data and confirms it; then the facts about the person are purged from the stream. Their
    attendances stay in the counts, under an id that identifies nobody. A local stack then also deletes the mail caught
    for them and what the embedded database's files contain of them, whoever had them erased. Run the command
    again to see the progress. Exit code 1 if the erasure is not complete in time: it then continues by itself.

    After a restore, use --from to erase again the members who were erased since the backup. Members who do not exist,
    because they were registered later, are skipped.

    Examples:

      ekkyo members erase 0192f0c1-7a00-7000-8000-0000000000b1 --yes

      ekkyo members erase --from backups/monday/erased-since.txt --yes
    """
    if (member is None) == (again is None):
        raise typer.BadParameter("name one member, or a file with --from", param_hint="ID")
    if again is not None:
        return erase_again(dir, again, yes, within)
    assert member
    erasure, mails = asyncio.run(_erase(dir, member, yes, within))
    if output.speaks_json():
        output.as_json(erasure.model_dump(mode="json") | {"mails_thrown_away": mails})
    elif erasure.purged_at:
        thrown = f" {mails} caught mails were deleted." if mails else ""
        output.say(f"[bold]{escape(member)}[/] is erased: none of their personal data is left.{thrown}")
    else:
        waits = (
            f"waits for {', '.join(erasure.waits_for)}" if erasure.waits_for else "waits for the stream to be purged"
        )
        output.say(f"[yellow]Not complete yet:[/] it {waits}. See: ekkyo members erasures --open")
    if not erasure.purged_at:
        raise typer.Exit(output.NO)
    return None


def erase_again(dir: Path | None, file: Path, yes: bool, within: float) -> None:
    """Erase all members named in a file. Exit code 1 unless all of it is complete in time."""
    ids = _ids(file)
    if not yes:
        output.somebody_to_ask()
        typer.confirm(f"Erase for good: {len(ids)} members whom {file} names?", abort=True, err=True)
    found, mails = asyncio.run(_erase_all(dir, ids, within))
    open_ones = [one.member_id for one in found if not one.purged_at]
    gone = [id for id in ids if id not in {one.member_id for one in found}]
    if output.speaks_json():
        output.as_json({"erasures": found, "not_there": gone, "mails_thrown_away": mails})
    else:
        thrown = f" {mails} caught mails were deleted." if mails else ""
        output.say(f"Erased: [bold]{len(found) - len(open_ones)}[/]. Not found: {len(gone)}.{thrown}")
        if open_ones:
            output.say(f"[yellow]Not complete yet: {len(open_ones)}.[/] See: ekkyo members erasures --open")
    if open_ones:
        raise typer.Exit(output.NO)


def erasures(
    open: Annotated[bool, typer.Option("--open", help="Only those that are not complete.")] = False,
    dir: Where = None,
    json: Json = False,
) -> None:
    """List the erased members, which services have deleted their data, and when the stream was purged.

    Examples:

      ekkyo members erasures --open

      ekkyo members erasures --json | jq '.[] | select(.waits_for != [])'
    """
    found = asyncio.run(_list(dir, open))
    if output.speaks_json():
        return output.as_json(found)
    if not found:
        return output.say("Every erasure is complete." if open else "Nobody has been erased.")
    rows = [
        (e.member_id, _when(e.erased_at), ", ".join(e.receipts), ", ".join(e.waits_for), _when(e.purged_at))
        for e in found
    ]
    return output.table(["member!", "erased", "forgotten by", "waits for", "complete"], rows)


async def _ask_first(dir: Path | None, command: DeactivateMember | ReactivateMember, what: str, yes: bool) -> Member:
    async with connected(dir) as ekkyo:
        await _sure(ekkyo, command.member_id, what, yes)
        answer: Member = await ekkyo.send(command)
        return answer


def _ids(file: Path) -> list[str]:
    """The ids in a file, each once. Refuses one that names none, or holds something else."""
    text = file.read_text(encoding="utf-8")
    try:
        named = [one["member_id"] for one in loads(text)] if text.lstrip().startswith("[") else text.split()
        return [EraseMember(member_id=id).member_id for id in dict.fromkeys(named)]
    except (ValueError, TypeError, KeyError):  # pydantic's errors are ValueErrors
        text = (
            f"{file} holds something that is not a member's id. Give one per line, or the output of `erasures --json`."
        )
        raise Refused("malformed", text, 400) from None


async def _erase_all(dir: Path | None, ids: list[str], within: float) -> tuple[list[Erasure], int]:
    until = time.monotonic() + within
    async with connected(dir) as ekkyo:
        found: dict[str, Erasure] = {}
        for id in ids:
            try:
                found[id] = await ekkyo.send(EraseMember(member_id=id))
            except Refused as no:
                if no.code != "member_not_found":
                    raise
        while (waited := [id for id, one in found.items() if not one.purged_at]) and time.monotonic() < until:
            await asyncio.sleep(LOOK_EVERY)
            for id in waited:
                found[id] = await ekkyo.ask(GetErasure(member_id=id))
        return list(found.values()), await _cleared(local_stack(dir), list(found.values()), until)


async def _erase(dir: Path | None, member_id: str, yes: bool, within: float) -> tuple[Erasure, int]:
    until = time.monotonic() + within
    async with connected(dir) as ekkyo:
        if not await _erased_before(ekkyo, member_id):
            await _sure(ekkyo, member_id, "Erase for good", yes)
        erasure = await ekkyo.send(EraseMember(member_id=member_id))
        told = _tell(erasure, set())
        while not erasure.purged_at and time.monotonic() < until:
            await asyncio.sleep(LOOK_EVERY)
            erasure = await ekkyo.ask(GetErasure(member_id=member_id))
            told = _tell(erasure, told)
        return erasure, await _cleared(local_stack(dir), [erasure], until)


async def _erased_before(ekkyo: Ekkyo, member_id: str) -> bool:
    try:
        await ekkyo.ask(GetErasure(member_id=member_id))
    except Refused as no:
        if no.code != "member_not_erased":
            raise
        return False
    return True


async def _sure(ekkyo: Ekkyo, member_id: str, what: str, yes: bool) -> None:
    """Make sure that it is meant, and of whom; there must be such a member."""
    member = await ekkyo.ask(GetMember(member_id=member_id))
    if yes:
        return
    output.somebody_to_ask()
    typer.confirm(f"{what}: {member.name}, {member.department} ({member.number})?", abort=True, err=True)


def _tell(erasure: Erasure, told: set[str]) -> set[str]:
    """Tell of the services that have answered since."""
    for service in sorted(set(erasure.receipts) - told):
        output.say(f"[green]forgotten[/] by {service}")
    return told | set(erasure.receipts)


async def _cleared(folder: Folder | None, erasures: list[Erasure], until: float) -> int:
    """Wait until a local stack has deleted the mail it caught for them and cleared its files; gives how many mails."""
    complete = [erasure for erasure in erasures if erasure.purged_at]
    if not folder or not complete:
        return 0
    until = max(until, time.monotonic() + CLEARED_WITHIN)
    while not_cleared(done := cleared(folder), complete):
        if time.monotonic() > until:
            text = "The mail caught for them and the embedded database's files may still contain what was erased."
            output.say(f"[yellow]{text}[/] The stack goes on trying: ekkyo logs supervisor")
            break
        await asyncio.sleep(LOOK_EVERY)
    return sum(done[one.member_id].mails for one in complete if one.member_id in done)


async def _list(dir: Path | None, open: bool) -> list[Erasure]:
    found: list[Erasure] = []
    question = ListErasures(complete=False if open else None, limit=500)
    async with connected(dir) as ekkyo:
        while True:
            page = await ekkyo.ask(question)
            found += page.erasures
            if page.next is None:
                return found
            question = question.model_copy(update={"after": page.next})


def _answered(member: Member, what: str) -> None:
    if output.speaks_json():
        return output.as_json(member)
    return output.say(f"[bold]{escape(member.name)}[/] {what}.")


def _when(time: object) -> str:
    return f"{time.astimezone():%Y-%m-%d %H:%M}" if hasattr(time, "astimezone") else ""
