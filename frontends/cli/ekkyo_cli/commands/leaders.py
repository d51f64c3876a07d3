"""`ekkyo leaders`: who leads a community, and whom to choose."""

import asyncio
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal

import typer
from ekkyo.contracts.base import Refused
from ekkyo.contracts.members import (
    FindMembers,
    GetCommunity,
    GrantRole,
    JoinCommunity,
    Member,
    Membership,
    RevokeRole,
    SuggestedLeaders,
    SuggestLeaders,
)
from ekkyo_common.tables import UnreadableTable
from ekkyo_common.tool_figures import read_figures
from pydantic import ValidationError
from rich.markup import escape

from ekkyo_cli import output
from ekkyo_cli.commands.steward import Someone, Until, day, member
from ekkyo_cli.connection import Where, connected
from ekkyo_cli.output import Json

app = typer.Typer(help="The leaders of a community: add, remove, list, and whom to choose.", no_args_is_help=True)
SWAPS = 3
Community = Annotated[str, typer.Argument(metavar="COMMUNITY", help="The community's id.")]


@app.callback()
def leaders() -> None:
    """The leaders of a community: add, remove, list, and whom to choose."""


@app.command()
def add(who: Someone, community: Community, until: Until = None, dir: Where = None, json: Json = False) -> None:
    """Make a member of a community its leader, or name another end of it.

    With --until the role ends after that day in the community's time zone. Granted again without it, it has no end.

    Example:

      ekkyo leaders add 000001 it --until 2027-03-31
    """
    asyncio.run(_turn(who, community, dir, until=day(until), wanted=True))


@app.command()
def remove(who: Someone, community: Community, dir: Where = None, json: Json = False) -> None:
    """Make a member no leader any more. If they are none, nothing changes.

    Example:

      ekkyo leaders remove 000001 it
    """
    asyncio.run(_turn(who, community, dir, wanted=False))


async def _turn(who: str, community: str, dir: Path | None, *, wanted: bool, until: date | None = None) -> None:
    async with connected(dir) as ekkyo:
        sub = (await member(ekkyo, who)).member_id
        grant = GrantRole(member_id=sub, community_id=community, until=until)
        after = await ekkyo.send(grant if wanted else RevokeRole(member_id=sub, community_id=community))
    place = next((one for one in after.communities if one.community_id == community), None)
    leads, end = place is not None and place.role == "leader", place.role_until if place else None
    if output.speaks_json():
        return output.as_json({"member_id": sub, "leader": leads, "until": str(end) if end else None})
    said = f"leads {community}{f' until {end}' if end else ''}" if leads else f"does not lead {community}"
    return output.say(escape(f"{after.name} ({after.number}) {said}."))


@app.command("list")
def list_(community: Community, dir: Where = None, json: Json = False) -> None:
    """List who leads a community, with deputies and until when.

    Example:

      ekkyo leaders list it
    """
    found = asyncio.run(_all(community, dir))
    names = {one.member_id: one.name for one, _ in found}
    if output.speaks_json():
        return output.as_json(
            [
                one.model_dump(mode="json", include={"member_id", "number", "name", "email", "active"})
                | {"until": str(place.role_until) if place.role_until else None}
                | {"deputy_of": place.deputising.leader_id if place.deputising else None}
                for one, place in found
            ]
        )
    if not found:
        return output.say(escape(f"Nobody leads {community} yet. Make a leader: ekkyo leaders add NUMBER {community}"))
    rows = [
        (one.number, one.name, one.email, str(place.role_until or ""), _note(one, place, names)) for one, place in found
    ]
    return output.table(["number!", "name", "mail", "until", ""], rows)


def _note(one: Member, place: Membership, names: dict[str, str]) -> str:
    if not one.active:
        return "has left the company"
    leader = place.deputising.leader_id if place.deputising else None
    return f"deputy of {names.get(leader, leader)}" if leader else ""


async def _all(community: str, dir: Path | None) -> list[tuple[Member, Membership]]:
    async with connected(dir) as ekkyo:
        await ekkyo.ask(GetCommunity(community_id=community))
        page = await ekkyo.ask(FindMembers(community_id=community, role="leader", limit=500))
    return [(one, place) for one in page.members for place in one.communities if place.community_id == community]


@app.command()
def suggest(
    community: Community,
    weight: Annotated[
        list[str],
        typer.Option(
            "--weight",
            metavar="ATTRIBUTE=1..100",
            help="What to mirror: job_family, site, department, tenure, and for stewards age_band and gender.",
        ),
    ],
    choose: Annotated[int, typer.Option("--choose", help="How many leaders.")] = 4,
    of: Annotated[
        Literal["company", "community"], typer.Option("--of", help="Whom to mirror, and where candidates are found.")
    ] = "company",
    candidate: Annotated[
        list[str] | None, typer.Option("--candidate", metavar="WHO", help="A personnel number, mail address or id.")
    ] = None,
    candidates: Annotated[
        Path | None,
        typer.Option("--candidates", exists=True, dir_okay=False, help="A text file with one candidate on each line."),
    ] = None,
    attended: Annotated[int, typer.Option("--attended", help="Candidates attended at least so many events.")] = 0,
    contributions: Annotated[int, typer.Option("--contributions", help="And contributed at least so often.")] = 0,
    crossing: Annotated[
        list[str] | None,
        typer.Option("--crossing", metavar="CROSSING", help="And: took_part, shared, taught, carried_outside."),
    ] = None,
    figures: Annotated[
        Path | None,
        typer.Option("--figures", exists=True, dir_okay=False, help="A tool's figures by person: CSV or .xlsx."),
    ] = None,
    column: Annotated[str, typer.Option("--column", help="The heading of the figures, if it is not clear.")] = "",
    figure: Annotated[float | None, typer.Option("--figure", help="And have a figure of at least this.")] = None,
    at_least: Annotated[
        list[str] | None, typer.Option("--at-least", metavar="ATTRIBUTE=VALUE:N", help="At least N have this value.")
    ] = None,
    at_most: Annotated[
        list[str] | None, typer.Option("--at-most", metavar="ATTRIBUTE=VALUE:N", help="At most N have this value.")
    ] = None,
    grant: Annotated[bool, typer.Option("--grant", help="Make them leaders; who is no member yet joins.")] = False,
    dir: Where = None,
    json: Json = False,
) -> None:
    """Suggest leaders who together mirror the company or the community, with the reasons.

    Nothing is granted without --grant. Nobody's age or gender is told, also where they are weighed; that needs at least
    20 candidates, of whom at most half are chosen.

    Examples:

      ekkyo leaders suggest it --weight job_family=2 --weight site=1 --attended 3

      ekkyo leaders suggest it --weight site=1 --figures runs.csv --figure 20 --at-least site=Osaka:1 --grant
    """
    told_by = figures.read_bytes() if figures else None
    try:
        given = read_figures(told_by, column).figures if told_by is not None else {}
    except UnreadableTable as unreadable:
        raise Refused("unreadable_file", f"{figures}: {unreadable}", 400) from None
    named = [*(candidate or []), *(candidates.read_text().split("\n") if candidates else [])]
    asked: dict[str, Any] = {
        "community_id": community,
        "of": of,
        "choose": choose,
        "candidates": [one.strip() for one in named if one.strip()] or None,
        "did": {
            "attended": attended,
            "contributions": contributions,
            "crossings": crossing or [],
            "figure": figure,
        },
        "figures": given,
        "weights": dict(_pair(one) for one in weight),
        "rules": [
            *({**_rule(one), "at_least": _count(one)} for one in at_least or []),
            *({**_rule(one), "at_most": _count(one)} for one in at_most or []),
        ],
    }
    try:
        question = SuggestLeaders.model_validate(asked)
    except ValidationError as wrong:
        said = "; ".join(f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in wrong.errors(include_url=False))
        raise typer.BadParameter(said) from None
    told, people = asyncio.run(_ask(question, dir, grant=grant))
    if output.speaks_json():
        return output.as_json({**told.model_dump(mode="json"), "granted": grant})
    return _tell(told, people, granted=grant)


def _pair(text: str) -> tuple[str, str]:
    name, _, value = text.partition("=")
    return name.strip(), value.strip()


def _rule(text: str) -> dict[str, Any]:
    name, rest = _pair(text)
    return {"attribute": name, "value": rest.rpartition(":")[0].strip() or None}


def _count(text: str) -> str:
    return text.rpartition(":")[2]


async def _ask(
    question: SuggestLeaders, dir: Path | None, *, grant: bool
) -> tuple[SuggestedLeaders, dict[str, Member]]:
    async with connected(dir) as ekkyo:
        told = await ekkyo.ask(question)
        ids = {i for one in told.chosen for i in (one.member_id, *(s.member_id for s in one.swaps[:SWAPS]))}
        within = question.community_id if question.of == "community" else None
        found = await ekkyo.ask(FindMembers(member_ids=sorted(ids), community_id=within, limit=500))
        people = {member.member_id: member for member in found.members}
        for one in told.chosen if grant else []:
            there = people[one.member_id].communities if one.member_id in people else []
            if all(membership.community_id != question.community_id for membership in there):
                await ekkyo.send(JoinCommunity(member_id=one.member_id, community_id=question.community_id))
            await ekkyo.send(GrantRole(member_id=one.member_id, community_id=question.community_id))
    return told, people


def _tell(told: SuggestedLeaders, people: dict[str, Member], *, granted: bool) -> None:
    def name(member_id: str) -> str:
        return f"{people[member_id].name} ({people[member_id].number})" if member_id in people else member_id

    rows = [
        (
            name(one.member_id),
            ", ".join(f"{attribute} {value or 'not known'}" for attribute, value in one.values.items()),
            "" if one.figure is None else f"{one.figure:g}",
            ", ".join(f"{name(swap.member_id)} {swap.cost * 100:+.1f}" for swap in one.swaps[:SWAPS]),
        )
        for one in told.chosen
    ]
    output.table(["leader!", "", "figure", "instead (points)"], rows)
    for one in told.attributes:
        shares = ", ".join(f"{s.value or 'not known'} {s.share:.0%} : {s.chosen / len(rows):.0%}" for s in one.shares)
        output.say(escape(f"{one.attribute} (everybody : chosen): {shares}"))
    for close in told.sensitive:
        said = "close to everybody" if close.within is not None else "considered, and not told"
        output.say(f"{close.attribute}: {said}")
    if told.unknown:
        output.say(escape(f"Not found: {', '.join(told.unknown)}"))
    proven = "no other choice is closer" if told.proven else f"another is closer by {told.better_by * 100:.1f} at most"
    points = f"{told.distance * 100:.1f} points from {told.mirrored} people"
    output.say(f"Chosen from {told.candidates} candidates; {points}; {proven}.")
    output.say("They are leaders now." if granted else "To make them leaders: the same with --grant.")
