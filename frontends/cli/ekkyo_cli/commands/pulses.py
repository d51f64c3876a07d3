"""`ekkyo pulses`: surveys that open by themselves for a sample of a community's members."""

import asyncio
from datetime import date, timedelta
from pathlib import Path
from typing import Annotated, Any

import typer
from ekkyo.contracts.base import Zone
from ekkyo.contracts.surveys import EndPulse, ListPulses, PlanPulse, PulseList, PulseState
from ekkyo.decision.clock import utcnow
from pydantic import TypeAdapter, ValidationError
from rich.markup import escape

from ekkyo_cli import output
from ekkyo_cli.commands.community import Community, only_community
from ekkyo_cli.connection import Where, connected
from ekkyo_cli.output import Json

app = typer.Typer(help="Pulses: plan, list and end surveys that open by themselves.", no_args_is_help=True)
Key = Annotated[str, typer.Argument(metavar="KEY", help="Your own key for the pulse, such as how_are_we.")]
FIELDS = {"title": "--ja or --en", "pulse": "KEY", "clock": "--clock", "starts_on": "--starts-on"}


@app.callback()
def pulses() -> None:
    """Pulses: plan, list and end surveys that open by themselves."""


@app.command("list")
def list_(community: Community = None, dir: Where = None, json: Json = False) -> None:
    """List the pulses of a community, when each opens next, and what became of its last day.

    Example:

      ekkyo pulses list
    """
    found = asyncio.run(_listed(dir, community))
    if output.speaks_json():
        return output.as_json(found)
    for one in found.pulses:
        output.say(_line(one))
    if not found.pulses:
        output.say("There are no pulses yet. Plan one: ekkyo pulses plan --help")
    return output.say(f"{found.members} active members, of whom {found.rested} were asked in the last 30 days.")


@app.command()
def plan(
    key: Key,
    template: Annotated[str, typer.Option(help="Which questions it asks: the key of a template.")] = "post_event",
    ja: Annotated[str | None, typer.Option("--ja", help="The title in Japanese.")] = None,
    en: Annotated[str | None, typer.Option("--en", help="The title in English.")] = None,
    weeks: Annotated[int | None, typer.Option(help="Every so many weeks, 1 to 12. Without it: monthly.")] = None,
    weekday: Annotated[str, typer.Option(help="MO, TU, WE, TH, FR, SA or SU.")] = "TU",
    clock: Annotated[str, typer.Option(help="When it opens, such as 10:00.")] = "10:00",
    timezone: Annotated[str, typer.Option(help="On whose clock.")] = "Asia/Tokyo",
    starts_on: Annotated[
        str | None, typer.Option("--starts-on", help="The first day on which it may open; without it: tomorrow.")
    ] = None,
    days: Annotated[int, typer.Option(help="For how many days each survey is open, 1 to 28.")] = 7,
    share: Annotated[int | None, typer.Option(help="How many percent of the members are asked each time.")] = None,
    sample: Annotated[int | None, typer.Option(help="In place of --share: how many members, at least 5.")] = None,
    named: Annotated[bool, typer.Option("--named", help="The answers are not anonymous.")] = False,
    community: Community = None,
    dir: Where = None,
    json: Json = False,
) -> None:
    """Plan a pulse, or change the one of this key: other values hold from its next day on.

    Examples:

      ekkyo pulses plan how_are_we --en "How are we?" --ja "いまの調子" --weeks 2 --share 20

      ekkyo pulses plan monthly --en "This month" --weekday MO --sample 30 --template our_questions
    """
    if (share is None) == (sample is None):
        raise typer.BadParameter("give one of them", param_hint="--share or --sample")
    if not (ja or en):
        raise typer.BadParameter("give a title in a language at least", param_hint="--ja or --en")
    values: dict[str, Any] = {"pulse": key, "template": template, "anonymous": not named, "weeks": weeks}
    values |= {"weekday": weekday.upper(), "clock": clock, "timezone": timezone, "days": days}
    values |= {"title": {lang: text for lang, text in (("ja", ja), ("en", en)) if text}}
    values |= {"starts_on": starts_on or _tomorrow(timezone).isoformat(), "share": share, "sample": sample}
    made = asyncio.run(_planned(dir, community, values))
    return output.as_json(made) if output.speaks_json() else output.say(_line(made))


@app.command()
def end(key: Key, community: Community = None, dir: Where = None, json: Json = False) -> None:
    """Open no more surveys of a pulse. One that is open stays open; planned again, the pulse goes on.

    Example:

      ekkyo pulses end how_are_we
    """
    ended = asyncio.run(_ended(dir, community, key))
    return output.as_json(ended) if output.speaks_json() else output.say(_line(ended))


def _line(one: PulseState) -> str:
    """A pulse in a line: its key, its title, its next day, and its last one."""
    title = escape(one.title.get("en") or next(iter(one.title.values()), ""))
    when = f"opens next on {one.next_on} at {one.clock} ({one.timezone})" if one.next_on else "ended"
    line = f"[bold]{one.pulse}[/]  {title}  {one.template}  {when}"
    if not one.rounds:
        return line
    last = one.rounds[0]
    because = {"too_few": "too few could be asked", "template_retired": "its questions are not used any more"}
    became = f"asked {last.invited}" if last.because is None else f"opened nothing: {because[last.because]}"
    return f"{line}  last: {last.day}, {became}"


def _tomorrow(timezone: str) -> date:
    from zoneinfo import ZoneInfo

    try:
        TypeAdapter(Zone).validate_python(timezone)
    except ValidationError:
        raise typer.BadParameter("give a zone such as Asia/Tokyo", param_hint="--timezone") from None
    return (utcnow().astimezone(ZoneInfo(timezone)) + timedelta(days=1)).date()


async def _listed(dir: Path | None, community: str | None) -> PulseList:
    async with connected(dir, roles=("steward",)) as ekkyo:
        return await ekkyo.ask(ListPulses(community_id=community or await only_community(ekkyo)))


async def _planned(dir: Path | None, community: str | None, values: dict[str, Any]) -> PulseState:
    async with connected(dir, roles=("steward",)) as ekkyo:
        chosen = community or await only_community(ekkyo)
        try:
            command = PlanPulse.model_validate({"community_id": chosen, **values})
        except ValidationError as wrong:
            first = wrong.errors(include_url=False, include_input=False)[0]
            field = str(first["loc"][0]) if first["loc"] else "PULSE"
            hint = FIELDS.get(field, f"--{field.replace('_', '-')}")
            raise typer.BadParameter(first["msg"], param_hint=hint) from None
        return await ekkyo.send(command)


async def _ended(dir: Path | None, community: str | None, key: str) -> PulseState:
    async with connected(dir, roles=("steward",)) as ekkyo:
        chosen = community or await only_community(ekkyo)
        try:
            command = EndPulse(community_id=chosen, pulse=key)
        except ValidationError:
            raise typer.BadParameter("give a key from `ekkyo pulses list`", param_hint="KEY") from None
        return await ekkyo.send(command)
