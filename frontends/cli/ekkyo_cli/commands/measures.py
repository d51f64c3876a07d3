"""`ekkyo measures`: what a community is judged by, and the figures that other systems report."""

import asyncio
import math
import re
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated, Final, cast

import typer
from ekkyo.contracts.base import Refused, new_id
from ekkyo.contracts.members import GetCommunity, Locale, MeasureReports, ReportMeasure
from ekkyo.contracts.reports import MeasureFigures
from ekkyo.report.measures import shown
from ekkyo_common.report.tallies import of_services
from pydantic import ValidationError
from rich.markup import escape

from ekkyo_cli import output
from ekkyo_cli.commands.community import Community, only_community
from ekkyo_cli.connection import Where, connected
from ekkyo_cli.output import Json

app = typer.Typer(help="Measures: how each stands, and report a figure of one.", no_args_is_help=True)
THOUSANDS: Final = re.compile(r"[+-]?[0-9]{1,3}(,[0-9]{3})+(\.[0-9]+)?")
"""A number with commas. In another place a comma may be meant as a point: 12,5 is not 125."""


@app.callback()
def measures() -> None:
    """Measures: how each stands, and report a figure of one."""


@app.command("list")
def list_(
    lang: Annotated[str, typer.Option(help="The language of what is said: ja or en.")] = "en",
    community: Community = None,
    dir: Where = None,
    json: Json = False,
) -> None:
    """Each measure of the charter against its target, with the key under which systems report it.

    Example:

      ekkyo measures list
    """
    if lang not in ("ja", "en"):
        raise typer.BadParameter("give ja or en", param_hint="--lang")
    found = asyncio.run(_standing(dir, community))
    if output.speaks_json():
        return output.as_json(found)
    if not found:
        return output.say("The charter has no measures yet. Leaders choose them in the portal.")
    views = shown(found, cast("Locale", lang))
    rows = [(one.key, one.label, one.value, one.goal, one.outcome, "yes" if one.reported else "") for one in views]
    return output.table(["key!", "measure", "figure#", "target", "outcome", "reported"], rows)


@app.command()
def report(
    measure: Annotated[str, typer.Argument(metavar="KEY", help="The measure's key, from `ekkyo measures list`.")],
    value: Annotated[
        str | None, typer.Argument(help="The figure, such as 312 or 12.5; one below zero stands after --.")
    ] = None,
    on: Annotated[str, typer.Option("--on", help="The day it is of, such as 2026-10-31.")] = "",
    remove: Annotated[bool, typer.Option("--remove", help="There is no figure of that day after all.")] = False,
    id: Annotated[
        str | None, typer.Option("--id", help="The report's id: sent again with the same id, it changes nothing.")
    ] = None,
    community: Community = None,
    dir: Where = None,
    json: Json = False,
) -> None:
    """Report a figure of a measure that Ekkyo does not count. Another one for the same day replaces it.

    Examples:

      ekkyo measures report help-desk-questions 312 --on 2026-10-31

      ekkyo measures report help-desk-questions --on 2026-10-31 --remove
    """
    day, figure = _day(on), _figure(value, remove=remove)
    told = asyncio.run(_reported(dir, community, measure, day, figure, id or new_id()))
    if output.speaks_json():
        return output.as_json(told)
    if figure is None:
        return output.say(f"[bold]{escape(measure)}[/] has no figure of {day} now.")
    return output.say(f"[bold]{escape(measure)}[/] of {day}: {figure:g}")


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter("write the day that the figure is of, as 2026-10-31", param_hint="--on") from None


def _figure(text: str | None, *, remove: bool) -> float | None:
    if (text is None) != remove:
        raise typer.BadParameter("give either a figure or --remove", param_hint="VALUE")
    if text is None:
        return None
    try:
        figure = float(text.replace(",", "") if THOUSANDS.fullmatch(text) else text)
    except ValueError:
        figure = math.nan
    if not math.isfinite(figure) or abs(figure) > 1e12:
        raise typer.BadParameter(f"{text!r} is no number up to 1e12: write 312 or 12.5", param_hint="VALUE")
    return figure


async def _standing(dir: Path | None, community: str | None) -> list[MeasureFigures]:
    async with connected(dir, roles=("steward",)) as ekkyo:
        it = await ekkyo.ask(GetCommunity(community_id=community or await only_community(ekkyo)))
        return await of_services(ekkyo, it, datetime.now(UTC))


async def _reported(
    dir: Path | None, community: str | None, measure: str, on: date, value: float | None, report_id: str
) -> MeasureReports:
    async with connected(dir, roles=("steward",)) as ekkyo:
        chosen = community or await only_community(ekkyo)
        try:
            command = ReportMeasure(report_id=report_id, community_id=chosen, measure=measure, on=on, value=value)
        except ValidationError as why:
            named = {"measure": "KEY", "report_id": "--id", "on": "--on", "value": "VALUE"}
            field = str(why.errors()[0]["loc"][0])
            raise typer.BadParameter(why.errors()[0]["msg"], param_hint=named.get(field, "--community")) from None
        try:
            return await ekkyo.send(command)
        except Refused as why:
            if why.code not in ("measure_not_found", "measure_is_counted"):
                raise
            it = await ekkyo.ask(GetCommunity(community_id=chosen))
            keys = ", ".join(one.key for one in it.charter.measures if one.counted == "reported") or "none"
            raise Refused(why.code, f"{why.detail} Reported measures: {keys}.", why.status) from None
