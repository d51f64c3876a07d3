"""`ekkyo audit`: an attacker's view of an installation's own data."""

import asyncio
from collections import defaultdict
from dataclasses import asdict
from pathlib import Path

import typer
from ekkyo.client import Ekkyo
from ekkyo.contracts.base import Refused
from ekkyo.contracts.surveys import (
    CompareCommunities,
    GetResults,
    ListSurveys,
    ResultsAnswer,
    SurveyAnswered,
    SurveyClosed,
    SurveyFact,
    SurveyState,
    ThemesRanked,
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

    It reads the results of all anonymous surveys and the facts about who answered, and looks for groups of one to four
    people: in every table, in what tables and scores tell together, in texts, in figures published between two answers,
    and in sums and differences of two and three surveys. What can only be guessed at, from surveys after different
    events, is printed as a note. Exit code 1 if anything could be linked.

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
        known: dict[str, SurveyState] = {}
        answered, after = defaultdict[str, set[str]](set), defaultdict[str, set[str]](set)
        published = set[str]()
        async for fact in ekkyo.facts(SurveyAnswered, SurveyClosed, ThemesRanked, since=1, follow=False):
            if isinstance(fact, SurveyAnswered):
                answered[fact.survey_id].add(fact.member_id)
                if fact.survey_id in published:
                    after[fact.survey_id].add(fact.member_id)
            elif isinstance(fact, SurveyClosed | ThemesRanked):
                published.add(fact.survey_id)
            if isinstance(fact, SurveyFact):
                known[fact.survey_id] = fact.survey
        for one in (await ekkyo.ask(CompareCommunities())).communities:
            listed = await ekkyo.ask(ListSurveys(community_id=one.community_id))
            known.update({survey.survey_id: survey for survey in listed.surveys})
        told = [
            Audited(said, frozenset(answered[id]), frozenset(after[id]))
            for id, survey in known.items()
            if survey.anonymous and (said := await _said(ekkyo, id))
        ]
    return sum(1 for one in told if one.said.survey.status == "closed"), audit(told)


async def _said(ekkyo: Ekkyo, survey_id: str) -> ResultsAnswer | None:
    """What a survey tells: one that is open tells nothing, one that was removed is only in facts."""
    try:
        return await ekkyo.ask(GetResults(survey_id=survey_id))
    except Refused as no:
        if no.code in ("survey_still_open", "survey_not_found"):
            return None
        raise
