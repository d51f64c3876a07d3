"""`ekkyo events`: taking over who came, from a meeting tool's report."""

import asyncio
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated

import typer
from ekkyo.contracts.base import Refused
from ekkyo.contracts.events import AttendanceImported, GetEvent, ImportAttendance
from ekkyo.contracts.members import FindMembers, Member
from ekkyo_common.attendance import (
    Ambiguous,
    Matched,
    Report,
    Skipped,
    TooShort,
    Unmatched,
    UnreadableReport,
    match,
    read_attendance,
)

from ekkyo_cli import output
from ekkyo_cli.connection import Where, connected
from ekkyo_cli.output import Json

app = typer.Typer(help="Events and who came to them.", no_args_is_help=True)
CHUNK = 2000


@app.callback()
def events() -> None:
    """Events and who came to them."""


@dataclass(frozen=True)
class NotTaken:
    """A line of the report that was not recorded, and why."""

    line: int
    value: str
    reason: str


@app.command()
def attendance(
    file: Annotated[Path, typer.Argument(help="A participants report of Teams or Zoom, or a list with addresses.")],
    event: Annotated[str, typer.Option("--event", help="The event's id.")],
    min_minutes: Annotated[int, typer.Option(help="Who was there for less did not attend.", min=0)] = 0,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Match only, and write nothing.")] = False,
    dir: Where = None,
    json: Json = False,
) -> None:
    """Record all who came to an event, from a meeting tool's report. Recording the same report again changes nothing.

    Participants are matched to members by personnel number, mail address or name; whoever cannot be matched is named.
    Exit code 1 if nobody could be.

    Example:

      ekkyo events attendance zoom.csv --event 0192f0c1-7a00-7000-8000-0000000000e1 --min-minutes 15
    """
    try:
        report = read_attendance(file)
    except UnreadableReport as unreadable:
        raise Refused("unreadable_file", f"{file}: {unreadable}", 400) from None
    matched, done = asyncio.run(_record(dir, event, report, min_minutes, dry_run))
    others: list[Skipped | Unmatched | Ambiguous | TooShort] = [*report.skipped, *matched.unmatched]
    others += [*matched.ambiguous, *matched.too_short]
    missed = [NotTaken(one.line, one.value, one.reason) for one in others]
    missed.sort(key=lambda one: one.line)
    if output.speaks_json():
        told = {"matched": len(matched.attendees), "not_taken": [asdict(one) for one in missed], "dry_run": dry_run}
        output.as_json(told | {"imported": done.model_dump() if done else None})
    else:
        _tell(report, matched, missed, done)
    if not matched.attendees:
        raise typer.Exit(output.NO)


async def _record(
    dir: Path | None, event_id: str, report: Report, min_minutes: int, dry_run: bool
) -> tuple[Matched, AttendanceImported | None]:
    async with connected(dir) as ekkyo:
        await ekkyo.ask(GetEvent(event_id=event_id))
        members: list[Member] = []
        question = FindMembers(limit=500)
        with output.progress("Reading members") as steps:
            while True:
                page = await ekkyo.ask(question)
                members += page.members
                steps.at(len(members))
                if page.next is None:
                    break
                question = question.model_copy(update={"after": page.next})
        matched = match(report, members, min_minutes=min_minutes)
        if dry_run:
            return matched, None
        total = AttendanceImported(event_id=event_id, attended=0, already=0, walk_ins=0)
        for at in range(0, len(matched.attendees), CHUNK):
            some = matched.attendees[at : at + CHUNK]
            done = await ekkyo.send(ImportAttendance(event_id=event_id, attendees=some), within=120)
            total = AttendanceImported(
                event_id=event_id,
                attended=total.attended + done.attended,
                already=total.already + done.already,
                walk_ins=total.walk_ins + done.walk_ins,
            )
        return matched, total


def _tell(report: Report, matched: Matched, missed: list[NotTaken], done: AttendanceImported | None) -> None:
    if missed:
        output.table(
            ["line#", "participant", "reason"],
            [(one.line, one.value, one.reason) for one in missed],
            title="[yellow]Not recorded[/]",
        )
    output.say(f"{report.kind}: {len(report.participants)} participants, {len(matched.attendees)} are members.")
    if done:
        output.say(
            f"[bold]{done.attended}[/] newly recorded, {done.walk_ins} of them without a seat; {done.already} already."
        )
    else:
        output.say("[yellow]Nothing was written: --dry-run.[/]")
