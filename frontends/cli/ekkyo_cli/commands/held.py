"""`ekkyo members held`: what all services hold on one member."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from ekkyo_common.held import Part, as_json, away, gathered

from ekkyo_cli import output
from ekkyo_cli.commands.merging import Named, id_of
from ekkyo_cli.connection import Where, connected
from ekkyo_cli.output import Json


def held(
    member: Named,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help="Write it into this file, which must not exist.")
    ] = None,
    dir: Where = None,
    json: Json = False,
) -> None:
    """Everything that the services store about one member, as JSON. What only the member is told is named, not told.

    Examples:

      ekkyo members held 000123

      ekkyo members held 000123 --out held.json
    """
    member_id, parts = asyncio.run(_gathered(dir, member))
    content = as_json(parts, member_id, datetime.now(UTC))
    if out is None:
        typer.echo(content)
    else:
        try:
            with out.open("xb") as file:
                file.write(content + b"\n")
        except OSError as why:
            raise typer.BadParameter(f"{out} cannot be written: {why.strerror}", param_hint="--out") from None
        out.chmod(0o600)
    if missing := away(parts):
        output.err.print(f"Not complete: {', '.join(missing)} did not answer.")
        raise typer.Exit(output.NO)


async def _gathered(dir: Path | None, member: str) -> tuple[str, list[Part]]:
    async with connected(dir, roles=("steward",)) as ekkyo:
        member_id = await id_of(ekkyo, member)
        return member_id, await gathered(ekkyo.ask, member_id)
