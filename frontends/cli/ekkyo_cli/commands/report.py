"""`ekkyo report`: a community's figures, compared with its charter."""

import asyncio
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, TypeVar, cast

import typer
from ekkyo.client import Ekkyo
from ekkyo.contracts.base import Refused
from ekkyo.contracts.events import Figures
from ekkyo.contracts.members import Locale, LogoFile
from ekkyo.contracts.reports import DepartmentReport, Period, Report
from ekkyo.report import department_page, page
from ekkyo.report.measures import shown
from ekkyo.words.numbers import count
from ekkyo_common.report import figures_of, from_facts, from_services, needed
from ekkyo_common.report.departments import department_report, last_quarter
from ekkyo_common.report.records import Records
from ekkyo_common.report.tallies import measured
from pydantic import BaseModel
from rich.markup import escape

from ekkyo_cli import output
from ekkyo_cli.commands import sponsors
from ekkyo_cli.commands.community import Community, only_community
from ekkyo_cli.connection import Where, connected
from ekkyo_cli.output import Json

R = TypeVar("R", bound=BaseModel)


def report(
    community: Community = None,
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help="Where to write the page, such as report.html.")
    ] = None,
    facts: Annotated[bool, typer.Option("--facts", help="Compute the figures only from the stream of facts.")] = False,
    check: Annotated[
        bool, typer.Option("--check", help="Compute them both ways, and fail if a figure differs.")
    ] = False,
    period: Annotated[
        str | None,
        typer.Option(
            "--period", help="Only 2026-11, 2026-Q3, 2026 or 2026-09-01..2026-12-31, with the period before beside it."
        ),
    ] = None,
    department: Annotated[
        str | None,
        typer.Option("--department", help="The report of one department, for its head: of a quarter that is over."),
    ] = None,
    send: Annotated[
        bool, typer.Option("--send", help="Mail the report of a month that is over to the community's sponsors, once.")
    ] = False,
    lang: Annotated[str | None, typer.Option(help="ja or en; by default, the community's language.")] = None,
    dir: Where = None,
    json: Json = False,
) -> None:
    """Write the impact report of a community: one HTML page with charts, or the same figures as JSON.

    Examples:

      ekkyo report --out report.html

      ekkyo report --json | jq .totals

      ekkyo report --period 2026-Q3 --out q3.html

      ekkyo report --check

      ekkyo report --period 2026-10 --send

      ekkyo report --department "Design" --period 2026-Q3 --out design.html
    """
    if lang not in (None, "ja", "en"):
        raise typer.BadParameter("give ja or en", param_hint="--lang")
    if out is None and not check and not send and not output.speaks_json():
        raise typer.BadParameter("name the page to write, or ask for --json or --check", param_hint="--out")
    if send and (department or (read_period(period) or Period.read("2000")).kind != "month"):
        raise typer.BadParameter("name the month with --period, such as 2026-10", param_hint="--send")
    chosen, locale = read_period(period), cast("Locale | None", lang)
    if department is not None:
        apart = asyncio.run(_apart(dir, community, department, chosen, facts=facts, check=check, logo=out is not None))
        return _say_apart(*apart, locale=locale, out=out, check=check)
    made, logo = asyncio.run(_make(dir, community, chosen, facts=facts, check=check, logo=out is not None))
    if out:
        text = page(made, made_at=datetime.now(UTC), locale=locale, logo=logo)
        out.write_text(text, encoding="utf-8")
    if send:
        sponsors.send_report(dir, made)
    if output.speaks_json():
        return output.as_json(made)
    _say(made, f" in {chosen}" if chosen else "")
    if check:
        output.say("The services and the facts give the same figures.")
    if out:
        output.say(f"Written: {out}")
    return None


def _say(made: Report, when: str) -> None:
    totals = made.totals
    events = count("{n} event|{n} events", len(made.events))
    output.say(f"[bold]{escape(made.community.name)}[/]{when}: {events}, {_came(totals)}, {_met(made.meetings.pairs)}.")
    output.say(
        f"{count('Of {n} registration|Of {n} registrations', totals.registrations)}:"
        f" {count('{n} no-show|{n} no-shows', totals.no_shows)},"
        f" {count('{n} late cancellation|{n} late cancellations', totals.late_cancellations)},"
        f" {count('{n} other withdrawal|{n} other withdrawals', totals.withdrawn - totals.late_cancellations)}."
    )
    if made.loop:
        loop = ", ".join(f"{one.theme} {one.asked} → {one.held} → {one.came}" for one in made.loop[:5])
        output.say(f"Asked for → held → came: {escape(loop)}")
    for one in shown(made.measures, "en"):
        output.say(f"{escape(one.label)}: {one.value} ({one.goal}). {one.outcome}")
    if before := made.before:
        output.say(f"In the period before ({before.period}): {_came(before.totals)}, {_met(before.pairs)}.")


def _came(totals: Figures) -> str:
    people = count("{n} person|{n} people", totals.people)
    return f"{count('{n} attendance|{n} attendances', totals.attendances)} of {people}"


def _met(pairs: int) -> str:
    return count("{n} pair of departments met|{n} pairs of departments met", pairs)


def read_period(text: str | None) -> Period | None:
    """The period that was named."""
    try:
        return Period.read(text) if text else None
    except ValueError as why:
        raise typer.BadParameter(
            "write 2026-11, 2026-Q3, 2026 or 2026-09-01..2026-12-31", param_hint="--period"
        ) from why


async def _make(
    dir: Path | None, community: str | None, period: Period | None, *, facts: bool, check: bool, logo: bool
) -> tuple[Report, LogoFile | None]:
    async with connected(dir, roles=("steward",)) as ekkyo:
        chosen = community or await only_community(ekkyo)
        file = await from_services.logo_of(ekkyo, chosen) if logo else None
        periods, now = needed(period), datetime.now(UTC)

        def figures(records: Records) -> Report:
            return measured(figures_of(records, period), records, now)

        made = await _figures(ekkyo, chosen, figures, periods, facts=facts, check=check)
        return made, file


async def _apart(
    dir: Path | None,
    community: str | None,
    department: str,
    period: Period | None,
    *,
    facts: bool,
    check: bool,
    logo: bool,
) -> tuple[DepartmentReport, LogoFile | None]:
    """The report of a department, by default of the last quarter that is over."""
    now = datetime.now(UTC)

    def figures(records: Records) -> DepartmentReport:
        quarter = period or last_quarter(now, records.community.timezone)
        return department_report(records, department, quarter, now=now)

    async with connected(dir, roles=("steward",)) as ekkyo:
        chosen = community or await only_community(ekkyo)
        file = await from_services.logo_of(ekkyo, chosen) if logo else None
        return await _figures(ekkyo, chosen, figures, facts=facts, check=check), file


def _say_apart(
    made: DepartmentReport, logo: LogoFile | None, *, locale: Locale | None, out: Path | None, check: bool
) -> None:
    if out:
        text = department_page(made, made_at=datetime.now(UTC), locale=locale, logo=logo)
        out.write_text(text, encoding="utf-8")
    if output.speaks_json():
        return output.as_json(made)
    quarter = made.quarters[-1]
    told = (
        "not shown, because a figure about fewer than five people would be told, or could be computed"
        if quarter.people is None
        else f"{quarter.attendances} attendances of {quarter.people} people, who met {quarter.met} other departments"
    )
    output.say(f"[bold]{escape(made.department)}[/] in {quarter.period}: {told}.")
    if check:
        output.say("The services and the facts give the same figures.")
    if out:
        output.say(f"Written: {out}")
    return None


async def _figures(
    ekkyo: Ekkyo,
    community_id: str,
    figures: Callable[[Records], R],
    periods: Sequence[Period] = (),
    *,
    facts: bool,
    check: bool,
) -> R:
    """The figures from the services, or from the facts; with check from both, which must be equal."""
    if facts:
        return figures(await from_facts.gather(ekkyo, community_id, periods=periods))
    with output.progress("Asking") as steps:
        gathered = await from_services.gather(
            ekkyo, community_id, periods=periods, step=lambda what, done, all: steps.at(done, all, f"Asking: {what}")
        )
    told = figures(gathered)
    if check:
        counted = figures(await from_facts.gather(ekkyo, community_id, periods=periods))
        if wrong := differences(told, counted):
            raise Refused("figures_differ", "The figures from the facts differ: " + "; ".join(wrong), 409)
    return told


def differences(one: BaseModel, other: BaseModel) -> list[str]:
    """The figures that differ between two reports, each by its name."""
    first, second = one.model_dump(), other.model_dump()
    return [f"{name}: {first[name]} and {second[name]}" for name in first if first[name] != second[name]]
