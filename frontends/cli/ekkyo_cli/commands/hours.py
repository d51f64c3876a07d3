"""`ekkyo hours`: learning hours, for the training department."""

import asyncio
from pathlib import Path
from typing import Annotated, Final

import typer
from ekkyo.contracts.members import Locale
from ekkyo.contracts.reports import Period
from ekkyo_common.hours import HEADS, department_rows, headings, member_rows
from ekkyo_common.learning import LearningHours, gather
from ekkyo_common.tables.writing import Cell, as_csv, as_xlsx

from ekkyo_cli import output
from ekkyo_cli.commands.community import Community, only_community
from ekkyo_cli.commands.report import read_period
from ekkyo_cli.connection import Where, connected
from ekkyo_cli.output import Json

KINDS: Final = (".csv", ".xlsx")
TABLES: Final = ("departments", "members")


def hours(
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help="The file to write, such as hours.csv or hours.xlsx.")
    ] = None,
    of: Annotated[
        str,
        typer.Option("--of", help="departments, or members: with personnel numbers and names, into a file alone."),
    ] = "departments",
    period: Annotated[
        str | None,
        typer.Option("--period", help="Only 2026-11, 2026-Q3, 2026 or 2026-09-01..2026-12-31; by default, all."),
    ] = None,
    community: Community = None,
    lang: Annotated[str, typer.Option(help="The language of the headings: ja or en.")] = "ja",
    dir: Where = None,
    json: Json = False,
) -> None:
    """Learning hours: how long people were at events, by department or by member.

    Departments of which fewer than five people came are told together.

    Examples:

      ekkyo hours --period 2026-Q3

      ekkyo hours --period 2026-Q3 --out hours.xlsx

      ekkyo hours --of members --period 2026 --out members.csv
    """
    if lang not in HEADS:
        raise typer.BadParameter("give ja or en", param_hint="--lang")
    if of not in TABLES:
        raise typer.BadParameter("give departments or members", param_hint="--of")
    if out is not None and out.suffix.lower() not in KINDS:
        raise typer.BadParameter("name a file that ends in .csv or .xlsx", param_hint="--out")
    if out is None and of == "members":
        raise typer.BadParameter("hours of members are written into a file alone: name it", param_hint="--out")
    found = asyncio.run(_gathered(dir, community, read_period(period)))
    rows = _table(found, of, lang)
    if out is not None:
        _write(out, rows, f"{found.community} {period or ''}", private=of == "members")
    if output.speaks_json():
        told = found.members if of == "members" else found.departments
        return output.as_json([one.plain() for one in told])
    if out is None:
        return output.table([f"{head}#" if n else str(head) for n, head in enumerate(rows[0])], rows[1:])
    return output.say(f"Written: {out}")


async def _gathered(dir: Path | None, community: str | None, period: Period | None) -> LearningHours:
    async with connected(dir, roles=("steward",)) as ekkyo:
        return await gather(ekkyo, community or await only_community(ekkyo), period)


def _table(found: LearningHours, of: str, locale: Locale) -> list[list[Cell]]:
    if of == "members":
        return member_rows(found.members, found.people, headings("members", locale))
    return department_rows(found.departments, headings("departments", locale), HEADS[locale]["others"])


def _write(out: Path, rows: list[list[Cell]], title: str, *, private: bool) -> None:
    """Into the file, which nobody else may read where it names people."""
    content = as_csv(rows) if out.suffix.lower() == ".csv" else as_xlsx(rows, title.strip())
    if private:
        out.touch(0o600)
        out.chmod(0o600)
    out.write_bytes(content)
