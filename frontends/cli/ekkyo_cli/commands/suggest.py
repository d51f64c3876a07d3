"""`ekkyo suggest`: what to hold next, and why."""

import asyncio
from calendar import day_name
from datetime import UTC, datetime
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from ekkyo.contracts.members import GetCards
from ekkyo.contracts.surveys import SUITING
from ekkyo_common.suggestions import Choice, Expected, Suggestion, Suggestions, gather
from rich.markup import escape

from ekkyo_cli import output
from ekkyo_cli.commands.community import Community, only_community
from ekkyo_cli.connection import Where, connected
from ekkyo_cli.output import Json

WEEKDAYS: Final = dict(zip(SUITING["weekday"], day_name, strict=True))


def suggest(
    community: Community = None,
    dir: Where = None,
    json: Json = False,
) -> None:
    """Suggest themes for the next event, the most wanted and least served first, each with its reasons.

    A leader makes a draft of one on the page “What to hold next” of the portal.

    Examples:

      ekkyo suggest

      ekkyo suggest --community it --json | jq '.suggestions[0]'
    """
    told, names = asyncio.run(_ask(dir, community))
    if output.speaks_json():
        return output.as_json(told)
    return _tell(told, names)


async def _ask(dir: Path | None, community: str | None) -> tuple[Suggestions, dict[str, str]]:
    async with connected(dir, roles=("steward",)) as ekkyo:
        told = await gather(ekkyo, community or await only_community(ekkyo), datetime.now(UTC))
        who = sorted({talk.member_id for one in told.suggestions for talk in one.talks})
        cards = (await ekkyo.ask(GetCards(member_ids=who[:200]))).cards if who else []
        return told, {card.member_id: card.name for card in cards}


def _tell(told: Suggestions, names: dict[str, str]) -> None:
    since = f"{told.since.astimezone(ZoneInfo(told.timezone)):%Y-%m-%d}"
    output.say(f"[bold]{escape(told.name)}[/]: what was asked for since {since}")
    if not told.suggestions:
        output.say("Nobody asked for a theme yet: let a survey close, or let members follow themes.")
    else:
        rows = [
            (
                one.theme, one.votes, one.followers, len(one.held), len(one.coming), f"{one.score:g}", _who(one, names),
            )
            for one in told.suggestions
        ]  # fmt: skip
        output.table(["theme", "asked#", "wait#", "held#", "coming#", "score#", "who can teach it"], rows)
    output.say(f"Format: {told.format.answer} ({_because(told.format)})")
    output.say(f"Weekday: {WEEKDAYS[told.weekday.answer]} ({_because(told.weekday)})")
    output.say(f"Time: {told.time.answer} ({_because(told.time)})")
    starts = told.starts_at.astimezone(ZoneInfo(told.timezone))
    output.say(f"A draft would start {starts:%Y-%m-%d %H:%M} ({told.timezone}), {told.minutes} minutes.")
    output.say(f"How many may come: {_expected(told.expected)}")


def _who(one: Suggestion, names: dict[str, str]) -> str:
    show = [f"{one.teachers} show it"] if one.teachers else []
    return ", ".join([*show, *(f"{names.get(talk.member_id, talk.member_id)} ({talk.kind})" for talk in one.talks)])


def _because(choice: Choice) -> str:
    if choice.because == "said":
        return f"{choice.people} of {choice.answered} chose it in surveys"
    if choice.because == "unknown":
        return "nothing is known yet"
    others = "" if choice.others_mean is None else f", {choice.others_mean:g} to others"
    return f"{choice.mean:g} came on average to {choice.events} past events{others}"


def _expected(it: Expected) -> str:
    if it.low is None or it.chance is None:
        events = "event" if it.events == 1 else "events"
        return f"not known; {it.events} past {it.format} {events}, and at least {it.needed} are needed"
    return f"{it.low} to {it.high} with a chance of {it.chance:.0%}, by {it.events} past {it.format} events"
