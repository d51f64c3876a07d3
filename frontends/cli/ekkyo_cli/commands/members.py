"""`ekkyo members`: taking a personnel export over."""

import asyncio
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Annotated

import typer
from ekkyo.client import Ekkyo
from ekkyo.contracts.base import Refused
from ekkyo.contracts.members import Imported, ImportMembers
from ekkyo_common.personnel import (
    FIELDS,
    BadRow,
    PersonnelExport,
    Remark,
    Row,
    SkippedRow,
    UnreadableExportError,
    read_personnel,
)
from rich.markup import escape

from ekkyo_cli import output
from ekkyo_cli.connection import Where, connected
from ekkyo_cli.output import Json

app = typer.Typer(help="The people of the company, as the personnel system knows them.", no_args_is_help=True)
CHUNK, IN_FLIGHT = 200, 3
"""Small enough to be answered soon: a command that is said again tells rows as unchanged that it registered itself."""
SHOWN = 200
NOT_TAKEN = {"member_erased": "this person was erased; to have them back, register them anew with another id"}


@app.callback()
def members() -> None:
    """The people of the company, as the personnel system knows them."""


@dataclass(frozen=True)
class Bad:
    """A row that was not taken: where, what stands there, and why."""

    line: int
    column: str
    value: str
    code: str
    reason: str


@dataclass
class Summary:
    """What became of a file."""

    dry_run: bool
    registered: int = 0
    changed: int = 0
    unchanged: int = 0
    bad: list[Bad] = field(default_factory=list)
    skipped: int = 0
    """Rows that are nobody: empty lines, totals."""
    unused: list[str] = field(default_factory=list)
    """Headings that mean nothing here."""
    remarks: list[Bad] = field(default_factory=list)
    """Rows that were taken, with a cell that had to be understood rather than read."""

    @property
    def taken(self) -> int:
        return self.registered + self.changed + self.unchanged


@app.command("import")
def import_(
    file: Annotated[Path, typer.Argument(help="The export: CSV or tab-separated; UTF-8, UTF-16 or Windows-31J.")],
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Tell what would become of it, and write nothing.")
    ] = False,
    map: Annotated[
        list[str] | None,
        typer.Option("--map", metavar="FIELD=HEADING", help=f"Which heading holds a field ({', '.join(FIELDS)})."),
    ] = None,
    strict: Annotated[bool, typer.Option("--strict", help="Exit 1 if any row was bad.")] = False,
    dir: Where = None,
    json: Json = False,
) -> None:
    """Take over a personnel export: people not known by their number are registered, known ones changed.

    Every bad row is named with its line, column, value and reason; the good ones are taken. Importing the same file
    again changes nothing. What the file has no column for is emptied in whoever has it. Exit code 0 if anything could
    be taken, 1 if nothing could or, with --strict, if a row was bad.

    Examples:

      ekkyo members import employees.csv --dry-run

      ekkyo members import staff.txt --map number=ID --map department=Team
    """
    try:
        with read_personnel(file, columns=_columns(map or [])) as export:
            summary = asyncio.run(_import(dir, export, dry_run))
    except UnreadableExportError as unreadable:
        raise Refused("unreadable_file", f"{file}: {unreadable}", 400) from None
    summary.bad.sort(key=lambda bad: bad.line)
    if output.speaks_json():
        output.as_json(asdict(summary))
    else:
        _tell(summary)
    if summary.bad and (strict or not summary.taken):
        raise typer.Exit(output.NO)


def _columns(pairs: list[str]) -> dict[str, str]:
    columns = {}
    for pair in pairs:
        name, equals, heading = pair.partition("=")
        if not equals or name not in FIELDS:
            text = f"give FIELD=HEADING; the fields are {', '.join(FIELDS)}"
            raise typer.BadParameter(text, param_hint="--map")
        columns[name] = heading
    return columns


async def _import(dir: Path | None, export: PersonnelExport, dry_run: bool) -> Summary:
    """Send the rows in chunks, a few commands in flight, never the whole file in memory."""
    summary, columns = Summary(dry_run, unused=export.unknown), export.columns
    running: set[asyncio.Task[None]] = set()
    async with connected(dir) as ekkyo:
        with output.progress("Reading" if dry_run else "Importing") as steps:
            try:
                for chunk in _chunks(export, summary):
                    if len(running) >= IN_FLIGHT:
                        done, running = await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED)
                        await asyncio.gather(*done)
                    running.add(asyncio.create_task(_send(ekkyo, chunk, columns, summary)))
                    await asyncio.sleep(0)
                    steps.at(summary.taken)
                await asyncio.gather(*running)
            except Refused as no:
                await asyncio.gather(*running, return_exceptions=True)
                so_far = f"{summary.taken} rows were taken before; importing the file again takes the rest."
                raise Refused(no.code, f"{no.detail} {so_far}", no.status, no.errors, no.reference) from None
    return summary


def _chunks(export: PersonnelExport, summary: Summary) -> Iterator[list[Row]]:
    chunk: list[Row] = []
    for row in export:
        match row:
            case SkippedRow():
                summary.skipped += 1
            case BadRow():
                summary.bad += [_bad(row.line, remark) for remark in row.problems]
            case Row():
                summary.remarks += [_bad(row.line, remark) for remark in row.remarks]
                chunk.append(row)
        if len(chunk) == CHUNK:
            yield chunk
            chunk = []
    if chunk:
        yield chunk


async def _send(ekkyo: Ekkyo, rows: list[Row], columns: dict[str, str], summary: Summary) -> None:
    answer: Imported = await ekkyo.send(
        ImportMembers(profiles=[row.profile for row in rows], dry_run=summary.dry_run), within=120
    )
    for row, became in zip(rows, answer.rows, strict=True):
        match became.outcome:
            case "registered":
                summary.registered += 1
            case "changed":
                summary.changed += 1
            case "unchanged":
                summary.unchanged += 1
            case "refused":
                code = became.reason or "refused"
                at = "email" if code.startswith("email") else "number"
                value = str(getattr(row.profile, at))
                text = NOT_TAKEN.get(code) or code.replace("_", " ").replace("taken", "belongs to somebody else")
                summary.bad.append(Bad(row.line, columns.get(at, at), value, code, text))


def _bad(line: int, remark: Remark) -> Bad:
    reason = f"{remark.reason} (expected: {remark.expected})" if remark.expected else remark.reason
    return Bad(line, remark.column, remark.value, remark.code, reason)


def _tell(summary: Summary) -> None:
    columns = ["line#", "column", "value", "reason"]
    if summary.bad:
        rows = [(b.line, b.column, b.value, b.reason) for b in summary.bad[:SHOWN]]
        output.table(columns, rows, title="[red]Not taken[/]")
        if len(summary.bad) > SHOWN:
            output.say(f"… and {len(summary.bad) - SHOWN} more; --json lists them all")
    if summary.remarks:
        rows = [(b.line, b.column, b.value, b.reason) for b in summary.remarks[:20]]
        output.table(columns, rows, title="[yellow]Taken, but look[/]")
    if summary.unused:
        output.say(
            f"Headings not used: {escape(', '.join(summary.unused))}. Say what holds a field: --map FIELD=HEADING"
        )
    lines = len({bad.line for bad in summary.bad})
    would = "would be " if summary.dry_run else ""
    output.say(
        f"[bold]{summary.taken}[/] taken: {summary.registered} {would}registered, {summary.changed} {would}changed,"
        f" {summary.unchanged} unchanged. [bold]{lines}[/] bad, {summary.skipped} skipped."
        + (" [yellow]Nothing was written: --dry-run.[/]" if summary.dry_run else "")
    )
