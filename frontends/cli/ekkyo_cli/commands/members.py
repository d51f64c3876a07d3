"""`ekkyo members`: importing a personnel export."""

import asyncio
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, Literal

import typer
from ekkyo.contracts.base import Refused
from ekkyo.contracts.members import ImportMembers, Locale
from ekkyo_common.personnel import (
    FIELDS,
    Became,
    PersonnelExport,
    Taken,
    UnreadableExportError,
    read_personnel,
    take,
)
from ekkyo_common.personnel.became import Outcome
from pydantic import ValidationError
from rich.markup import escape

from ekkyo_cli import output
from ekkyo_cli.connection import Where, connected
from ekkyo_cli.output import Json

app = typer.Typer(help="The people of the company, as the personnel system knows them.", no_args_is_help=True)
SHOWN = 200
COUNTED: tuple[Outcome, ...] = ("registered", "changed", "unchanged", "asked", "skipped", "left", "deactivated")
ORDERS: dict[str, Literal["ymd", "mdy", "dmy"]] = {"ymd": "ymd", "mdy": "mdy", "dmy": "dmy"}


@app.callback()
def members() -> None:
    """The people of the company, as the personnel system knows them."""


@app.command("import")
def import_(
    file: Annotated[Path, typer.Argument(help="The export: CSV in any usual encoding and separator, or .xlsx.")],
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Preview the result for each row, and write nothing.")
    ] = False,
    map: Annotated[
        list[str] | None,
        typer.Option("--map", metavar="FIELD=HEADING", help=f"Which heading holds a field ({', '.join(FIELDS)})."),
    ] = None,
    deactivate_leavers: Annotated[
        bool, typer.Option("--deactivate-leavers", help="Deactivate members who have left, according to the file.")
    ] = False,
    status: Annotated[
        list[str] | None,
        typer.Option(
            "--status", metavar="VALUE=active|left", help="Whether a value in the status column means employed or left."
        ),
    ] = None,
    dates: Annotated[
        str | None,
        typer.Option(
            "--dates", metavar="ymd|mdy|dmy", help="The order of year, month and day, if the file does not show it."
        ),
    ] = None,
    locale: Annotated[
        Locale | None, typer.Option("--locale", help="The language of new people whose row has none: ja or en.")
    ] = None,
    timezone: Annotated[
        str | None,
        typer.Option("--timezone", help="The time zone of new people whose row has none, such as Asia/Tokyo."),
    ] = None,
    same: Annotated[
        list[str] | None,
        typer.Option(
            "--same",
            metavar="NUMBER=MEMBER",
            help="The row with this number is the member with that number, who has a new one.",
        ),
    ] = None,
    other: Annotated[
        list[str] | None,
        typer.Option("--other", metavar="NUMBER", help="The row with this number is somebody else than it looks like."),
    ] = None,
    strict: Annotated[bool, typer.Option("--strict", help="Exit with 1 if any row is wrong.")] = False,
    dir: Where = None,
    json: Json = False,
) -> None:
    """Import a personnel export: register people whose number is new, and update the others.

    Every bad row is named with its line, column, value and reason; the good ones are taken. With
    --dry-run it previews the result for every row, and shows how the whole file was read. People who have left are
    named; members among them are deactivated only with --deactivate-leavers. Importing the same file again changes
    nothing. A field without a column is emptied in every member of the file. Exit code 0 if any row was imported, 1 if
    none was or, with --strict, if a row was bad or unclear.

    A row that looks like a second record of a known person (lost zeros, or a new number with the same name and
    department) is not imported before you say who it is, with --same or --other. The mail address of somebody who left
    is handed on with --other.

    Examples:

      ekkyo members import employees.csv --dry-run

      ekkyo members import staff.txt --map number=ID --map department=Team

      ekkyo members import staff.csv --same 900123=000123 --other 900124
    """
    try:
        export = read_personnel(
            file.read_bytes(),
            columns=_columns(map or []),
            today=datetime.now(UTC).astimezone().date(),
            order=_order(dates),
            statuses=_statuses(status or []),
        )
    except UnreadableExportError as unreadable:
        raise Refused("unreadable_file", f"{file}: {unreadable}", 400) from None
    said = _said(locale, timezone)
    answers = Answers(_pairs(same or []), other or [])
    taken = asyncio.run(_import(dir, export, said, answers, dry_run=dry_run, deactivate_leavers=deactivate_leavers))
    if output.speaks_json():
        output.as_json(_as_json(taken, export))
    else:
        _tell(taken, export)
    if (taken.bad or taken.count("asked")) and (strict or not taken.taken):
        raise typer.Exit(output.NO)


def _said(locale: Locale | None, timezone: str | None) -> ImportMembers:
    """The command as far as the options tell it."""
    try:
        return ImportMembers(profiles=[], locale=locale, timezone=timezone)
    except ValidationError:
        raise typer.BadParameter("give an IANA time zone such as Asia/Tokyo", param_hint="--timezone") from None


@dataclass(frozen=True)
class Answers:
    """Who the people of rows are that look like somebody: by number of the row a member's number; and other people."""

    same: dict[str, str]
    others: list[str]


async def _import(
    dir: Path | None,
    export: PersonnelExport,
    said: ImportMembers,
    answers: Answers,
    *,
    dry_run: bool,
    deactivate_leavers: bool,
) -> Taken:
    async with connected(dir) as ekkyo:
        with output.progress("Reading" if dry_run else "Importing") as steps:
            return await take(
                ekkyo,
                export,
                dry_run=dry_run,
                deactivate_leavers=deactivate_leavers,
                locale=said.locale,
                timezone=said.timezone,
                same=answers.same,
                others=answers.others,
                tell=steps.at,
            )


def _columns(pairs: list[str]) -> dict[str, str]:
    columns = {}
    for pair in pairs:
        name, equals, heading = pair.partition("=")
        if not equals or name not in FIELDS:
            text = f"give FIELD=HEADING; the fields are {', '.join(FIELDS)}"
            raise typer.BadParameter(text, param_hint="--map")
        columns[name] = heading
    return columns


def _pairs(said: list[str]) -> dict[str, str]:
    pairs = {}
    for pair in said:
        number, equals, member = pair.partition("=")
        if not equals or not number or not member:
            raise typer.BadParameter("give NUMBER=MEMBER, such as 900123=000123", param_hint="--same")
        pairs[number] = member
    return pairs


def _statuses(pairs: list[str]) -> dict[str, str]:
    statuses = {}
    for pair in pairs:
        value, _, meaning = pair.rpartition("=")
        if not value or meaning not in ("active", "left"):
            raise typer.BadParameter("give VALUE=active or VALUE=left", param_hint="--status")
        statuses[value] = meaning
    return statuses


def _order(said: str | None) -> Literal["ymd", "mdy", "dmy"] | None:
    if said is not None and said not in ORDERS:
        raise typer.BadParameter(f"give one of {', '.join(ORDERS)}", param_hint="--dates")
    return ORDERS[said] if said else None


def _as_json(taken: Taken, export: PersonnelExport) -> dict[str, Any]:
    counts: dict[str, int] = {name: taken.count(name) for name in COUNTED}
    return {
        "dry_run": taken.dry_run,
        **counts,
        "bad": [asdict(row) for row in taken.bad],
        "unused": export.unknown,
        "remarks": [asdict(row) for row in taken.remarks],
        "rows": [asdict(row) for row in taken.rows],
        "evidence": [asdict(each) for each in export.evidence],
    }


def _tell(taken: Taken, export: PersonnelExport) -> None:
    columns = ["line#", "column", "value", "reason"]
    if taken.dry_run:
        output.evidence(export.evidence)
        each = [(r.line, f"{r.number} {r.name}".strip(), str(r.outcome), r.reason) for r in taken.rows[:SHOWN]]
        output.table(["line#", "who", "becomes", "because"], each)
        _more(taken.rows)
    if unclear := [row for row in taken.rows if row.outcome == "asked"]:
        lines = [(b.line, b.column, b.value, b.reason) for b in unclear[:SHOWN]]
        output.table(columns, lines, title="[yellow]The same person? Say --same NUMBER=MEMBER or --other NUMBER[/]")
        _more(unclear)
    if taken.bad:
        lines = [(b.line, b.column, b.value, b.reason) for b in taken.bad[:SHOWN]]
        output.table(columns, lines, title="[red]Not imported[/]")
        _more(taken.bad)
    if not taken.dry_run and (named := [r for r in taken.rows if r.outcome in ("left", "deactivated")]):
        lines = [(r.line, f"{r.number} {r.name}", r.value, r.reason) for r in named[:SHOWN]]
        output.table(["line#", "who", "says", "what of it"], lines, title="[yellow]Have left[/]")
        _more(named)
    if taken.remarks:
        lines = [(b.line, b.column, b.value, b.reason) for b in taken.remarks[:20]]
        output.table(columns, lines, title="[yellow]Taken, but look[/]")
    if export.unknown:
        output.say(
            f"Headings not used: {escape(', '.join(export.unknown))}. Say what holds a field: --map FIELD=HEADING"
        )
    would = "would be " if taken.dry_run else ""
    output.say(
        f"[bold]{taken.taken}[/] taken: {taken.count('registered')} {would}registered,"
        f" {taken.count('changed')} {would}changed, {taken.count('unchanged')} unchanged."
        f" [bold]{taken.count('bad')}[/] bad, {taken.count('skipped')} skipped,"
        f" {taken.count('left') + taken.count('deactivated')} have left."
        + (" [yellow]Nothing was written: --dry-run.[/]" if taken.dry_run else "")
    )


def _more(rows: list[Became]) -> None:
    if len(rows) > SHOWN:
        output.say(f"… and {len(rows) - SHOWN} more; --json lists them all")
