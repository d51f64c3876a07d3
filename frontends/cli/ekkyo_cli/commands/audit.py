"""`ekkyo audit`: an attacker's view of an installation's own data."""

import asyncio
from dataclasses import asdict
from pathlib import Path

import typer
from ekkyo.contracts.surveys import (
    CompareCommunities,
    GetResults,
    ListSurveys,
    SurveyAnswered,
)
from ekkyo_common.audit import Audited, Finding, audit
from rich.markup import escape

from ekkyo_cli import output
from ekkyo_cli.connection import Where, connected
from ekkyo_cli.output import Json

app = typer.Typer(help="Look at an installation's data as an attacker would.", no_args_is_help=True)


@app.callback()
def group() -> None:
    """Look at an installation's data as an attacker would."""


@app.command("surveys")
def surveys(dir: Where = None, json: Json = False) -> None:
    """Try to find out what single people said in anonymous surveys.

    It reads the results of all closed anonymous surveys and the facts about who answered, and looks for groups of one
    to four people: in every table, in what tables and scores tell together, in texts, and in sums and differences of
    two and three surveys. What can only be guessed at, from surveys after different events, is printed as a note. Exit
    code 1 if anything could be linked.

    Example:

      ekkyo audit surveys
    """
    looked, found = asyncio.run(_audited(dir))
    linked = [finding for finding in found if finding.linked]
    if output.speaks_json():
        output.as_json({"surveys": looked, "linked": [asdict(f) for f in linked], "found": [asdict(f) for f in found]})
    else:
        for finding in found:
            mark = "[bold red]✗[/]" if finding.linked else "[yellow]•[/]"
            text = f"{finding.survey_id}: {finding.what}: {finding.people}"
            output.out.print(f"{mark} {escape(text)}", soft_wrap=True)
        if linked:
            output.out.print(f"[bold red]{len(linked)} groups of fewer than five people could be computed.[/]")
        else:
            output.out.print(f"[bold green]Nothing could be linked[/] in {looked} closed anonymous surveys.")
    if linked:
        raise typer.Exit(output.NO)


async def _audited(dir: Path | None) -> tuple[int, list[Finding]]:
    async with connected(dir, roles=("steward",)) as ekkyo:
        answered: dict[str, set[str]] = {}
        async for fact in ekkyo.facts(SurveyAnswered, since=1, follow=False):
            if isinstance(fact, SurveyAnswered):
                answered.setdefault(fact.survey_id, set()).add(fact.member_id)
        closed: list[Audited] = []
        for one in (await ekkyo.ask(CompareCommunities())).communities:
            listed = await ekkyo.ask(ListSurveys(community_id=one.community_id, status="closed"))
            for survey in listed.surveys:
                if survey.anonymous:
                    said = await ekkyo.ask(GetResults(survey_id=survey.survey_id))
                    closed.append(Audited(said, frozenset(answered.get(survey.survey_id, ()))))
    return len(closed), audit(closed)
