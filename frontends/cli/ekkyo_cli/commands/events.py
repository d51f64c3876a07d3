"""`ekkyo events`: importing attendance from a meeting tool's report, and a calendar as drafts."""

import asyncio
from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import typer
from ekkyo.contracts.base import Refused
from ekkyo.contracts.events import AttendanceImported, GetEvent
from ekkyo.contracts.members import GetCommunity, Member
from ekkyo.decision.clock import utcnow
from ekkyo_common import calendar
from ekkyo_common.attendance import (
    Became,
    Correction,
    Matched,
    Report,
    UnreadableReport,
    corrected_by,
    everybody,
    match,
    preview,
    read_attendance,
    record,
)
from ekkyo_common.attendance import replace as replaced

from ekkyo_cli import output
from ekkyo_cli.connection import Where, connected
from ekkyo_cli.output import Json

app = typer.Typer(help="Events and who came to them.", no_args_is_help=True)
SHOWN = 200


@app.callback()
def events() -> None:
    """Events and who came to them."""


@app.command()
def attendance(
    file: Annotated[
        Path,
        typer.Argument(help="A participants report of Teams, Zoom, Meet, Webex or connpass, or a list: CSV or .xlsx."),
    ],
    event: Annotated[str, typer.Option("--event", help="The event's id.")],
    min_minutes: Annotated[int, typer.Option(help="People who stayed for less time did not attend.", min=0)] = 0,
    replace: Annotated[
        bool, typer.Option("--replace", help="A corrected report: whom only earlier reports name did not attend.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="With --replace: do not ask before others lose.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only match the participants; write nothing.")] = False,
    dir: Where = None,
    json: Json = False,
) -> None:
    """Record who came to an event, from a meeting tool's report. Recording the same report again changes nothing.

    Participants are matched to members by personnel number, mail address or name; the rest are listed, with the
    members who may be meant. With --dry-run it previews the result for each row, and shows how the file was read. Exit
    code 1 if nobody could be matched.

    A corrected report takes the place of the earlier ones with --replace: whoever stood in those alone did not attend
    after all, and whoever was checked in attended all the same. It lists who gains and who loses, and asks.

    Example:

      ekkyo events attendance zoom.csv --event 0192f0c1-7a00-7000-8000-0000000000e1 --min-minutes 15
    """
    try:
        report = read_attendance(file.read_bytes(), file.name)
    except UnreadableReport as unreadable:
        raise Refused("unreadable_file", f"{file}: {unreadable}", 400) from None
    matched, change, done = asyncio.run(_record(dir, event, report, min_minutes, replace, yes, dry_run))
    rows = preview(report, matched)
    if output.speaks_json():
        missed = [row for row in rows if row.outcome not in ("attended", "note")]
        told = {"matched": len(matched.attendees), "not_taken": [asdict(one) for one in missed], "dry_run": dry_run}
        told |= {"rows": [asdict(row) for row in rows], "evidence": [asdict(each) for each in report.evidence]}
        started = report.started_at and report.started_at.isoformat()
        told |= {"title": report.title, "started_at": started, "kind": report.kind}
        if change:
            told |= {"gains": list(change.gains), "loses": list(change.loses)}
        output.as_json(told | {"imported": done.model_dump() if done else None})
    else:
        _tell(report, matched, rows, done)
    if not matched.attendees:
        raise typer.Exit(output.NO)


@app.command("import")
def import_(
    file: Annotated[Path, typer.Argument(help="A calendar as Outlook, Google, Garoon or Apple exports it: .ics.")],
    community: Annotated[str, typer.Option("--community", help="The community's id.")],
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only show what would become of each appointment.")
    ] = False,
    series: Annotated[
        bool, typer.Option("--series", help="Plan appointments that recur as series: they are announced at once.")
    ] = False,
    capacity: Annotated[int, typer.Option(help="Seats of each event.", min=1, max=20_000)] = 30,
    context: Annotated[str, typer.Option(help="What the events are about.")] = "IT",
    dir: Where = None,
    json: Json = False,
) -> None:
    """Import a calendar's appointments as drafts of a community's events. Nothing is announced.

    Every appointment is named with what becomes of it and why; with --dry-run nothing is written. Appointments that
    recur are planned as series only with --series. Importing the same file again changes nothing. Attendees and alarms
    are not taken. Exit code 1 if an appointment is wrong.

    Example:

      ekkyo events import season.ics --community 0192f0c1-7a00-7000-8000-0000000000c1 --dry-run
    """
    data = file.read_bytes()
    evidence, rows, done = asyncio.run(_import(dir, file.name, data, community, dry_run, series, capacity, context))
    if output.speaks_json():
        told = [_as_told(row, done) for row in rows]
        output.as_json({"rows": told, "evidence": [_said(one) for one in evidence], "dry_run": dry_run})
    else:
        output.table(["How the file was read"], [(one.text,) for one in evidence])
        shown = [(r.line, r.title, _when(r), r.outcome, "; ".join(_because(one) for one in r.said)) for r in rows]
        output.table(["line#", "appointment", "when", "becomes", "because"], shown)
        if dry_run:
            output.say("[yellow]Nothing was written: --dry-run.[/]")
        else:
            made = [row for row in done if row.outcome != "bad"]
            planned = sum(row.outcome == "series" for row in made)
            output.say(f"[bold]{len(made) - planned}[/] drafts were made, {planned} series were planned.")
    if any(row.outcome == "bad" for row in rows):
        raise typer.Exit(output.NO)


async def _import(
    dir: Path | None,
    name: str,
    data: bytes,
    community_id: str,
    dry_run: bool,
    series: bool,
    capacity: int,
    context: str,
) -> tuple[list[calendar.Said], list[calendar.Became], list[calendar.Became]]:
    async with connected(dir) as ekkyo:
        zone = (await ekkyo.ask(GetCommunity(community_id=community_id))).timezone
        try:
            read = calendar.read_calendar(data, zone=zone, now=utcnow())
        except calendar.UnreadableCalendar as unreadable:
            raise Refused("unreadable_file", f"{name}: {unreadable}", 400) from None
        rows = await calendar.preview(ekkyo, read, community_id, capacity=capacity, context=context)
        return read.evidence, rows, [] if dry_run else await calendar.take(ekkyo, rows, None, series=series)


def _as_told(row: calendar.Became, done: list[calendar.Became]) -> dict[str, Any]:
    told = {"line": row.line, "title": row.title, "outcome": row.outcome, "id": row.id, "done": row in done}
    told |= {"starts_at": row.starts_at and row.starts_at.isoformat(), "dates": [at.isoformat() for at in row.dates]}
    return told | {"said": [_said(one) for one in row.said]}


def _said(one: calendar.Said) -> dict[str, str]:
    return {"code": one.code, "field": one.field, "value": one.value, "text": one.text}


def _because(one: calendar.Said) -> str:
    at = " ".join(part for part in (one.field, f"“{one.value}”" if one.value else "") if part)
    return f"{at}: {one.text}" if at else one.text


def _when(row: calendar.Became) -> str:
    def local(at: datetime) -> str:
        return f"{at.astimezone(ZoneInfo(row.timezone)):%Y-%m-%d %H:%M}"

    if row.starts_at is None:
        return ""
    more = f" and {len(row.dates) - 1} more" if len(row.dates) > 1 else ""
    return f"{local(row.starts_at)} {row.timezone}{more}"


async def _record(
    dir: Path | None, event_id: str, report: Report, min_minutes: int, replace: bool, yes: bool, dry_run: bool
) -> tuple[Matched, Correction | None, AttendanceImported | None]:
    async with connected(dir) as ekkyo:
        await ekkyo.ask(GetEvent(event_id=event_id))
        with output.progress("Reading members") as steps:
            members = await everybody(ekkyo, steps.at)
        matched = match(report, members, min_minutes=min_minutes)
        if not replace:
            return matched, None, None if dry_run else await record(ekkyo, event_id, matched.attendees)
        change = await corrected_by(ekkyo, event_id, matched.attendees)
        if not output.speaks_json():
            _tell_change(change, {member.member_id: member for member in members})
        if not dry_run and change.loses and not yes:
            output.somebody_to_ask()
            lose = f"{len(change.loses)} lose their attendance"
            typer.confirm(f"Replace the earlier reports: {lose}?", abort=True, err=True)
        done = None if dry_run else await replaced(ekkyo, event_id, matched.attendees, change)
        return matched, change, done


def _tell_change(change: Correction, members: Mapping[str, Member]) -> None:
    """Who gains and who loses by name, as far as they are known."""
    rows = [("gains", _named(members, one)) for one in change.gains]
    rows += [("loses", _named(members, one)) for one in change.loses]
    if rows:
        output.table(["attendance", "member"], rows, title="[yellow]Replaces the earlier reports[/]")
    else:
        output.say("Nobody gains or loses attendance.")


def _named(members: Mapping[str, Member], member_id: str) -> str:
    known = members.get(member_id)
    return f"{known.number} {known.name} ({known.department})" if known else member_id


def _tell(report: Report, matched: Matched, rows: list[Became], done: AttendanceImported | None) -> None:
    if done is None:
        output.evidence(report.evidence)
        shown = [(r.line, r.value, r.outcome, r.reason, _minutes(r)) for r in rows]
        output.table(["line#", "participant", "becomes", "because", "minutes#"], shown)
    elif missed := [row for row in rows if row.outcome != "attended"]:
        lines = [(one.line, one.value, one.reason) for one in missed[:SHOWN]]
        output.table(["line#", "participant", "reason"], lines, title="[yellow]Not recorded, or look[/]")
        if len(missed) > SHOWN:
            output.say(f"… and {len(missed) - SHOWN} more; --json lists them all")
    output.say(f"{report.kind}: {len(report.participants)} participants, {len(matched.attendees)} are members.")
    if done:
        output.say(
            f"[bold]{done.attended}[/] newly recorded, {done.walk_ins} of them without a seat; {done.already} already."
        )
        if done.passed_over:
            output.say(f"[yellow]Skipped, because they cannot have a seat:[/] {', '.join(done.passed_over)}")
    else:
        output.say("[yellow]Nothing was written: --dry-run.[/]")


def _minutes(row: Became) -> str:
    if row.outcome != "attended":
        return ""
    return "unknown" if row.minutes is None else str(row.minutes)
