"""`ekkyo sponsors`: who gets a community's report every month."""

import asyncio
from pathlib import Path
from typing import Annotated, cast

import typer
from ekkyo.client import Ekkyo
from ekkyo.contracts.base import Refused, new_id
from ekkyo.contracts.members import AddSponsor, ListSponsors, Locale, RemoveSponsor, Sponsor, SponsorList
from ekkyo.contracts.notify import ReportRelease, SendReport
from ekkyo.contracts.reports import Report
from ekkyo_common.report.sending import mailable
from pydantic import ValidationError
from rich.markup import escape

from ekkyo_cli import output
from ekkyo_cli.commands.community import Community, only_community
from ekkyo_cli.connection import Where, connected
from ekkyo_cli.output import Json

app = typer.Typer(help="Sponsors: list, add and remove those who get a community's report.", no_args_is_help=True)


@app.callback()
def sponsors() -> None:
    """Sponsors: list, add and remove those who get a community's report."""


@app.command("list")
def list_(community: Community = None, dir: Where = None, json: Json = False) -> None:
    """List who gets the report of a community.

    Example:

      ekkyo sponsors list
    """
    found = asyncio.run(_listed(dir, community))
    if output.speaks_json():
        return output.as_json(found)
    for one in found.sponsors:
        output.say(f"{one.sponsor_id}  [bold]{escape(one.name)}[/]  {escape(one.email)}  {one.locale}")
    if not found.sponsors:
        output.say("There are no sponsors yet.")
    return None


@app.command()
def add(
    name: Annotated[str, typer.Argument(help="The sponsor's name.")],
    email: Annotated[str, typer.Argument(help="The sponsor's mail address.")],
    lang: Annotated[str, typer.Option(help="The language of their mails: ja or en.")] = "ja",
    community: Community = None,
    dir: Where = None,
    json: Json = False,
) -> None:
    """Have somebody get the report of a community every month. They need not be a member.

    Example:

      ekkyo sponsors add "山本 一郎" yamamoto@example.co.jp
    """
    if lang not in ("ja", "en"):
        raise typer.BadParameter("give ja or en", param_hint="--lang")
    made = asyncio.run(_added(dir, community, name, email, cast("Locale", lang)))
    if output.speaks_json():
        return output.as_json(made)
    return output.say(f"[bold]{escape(made.name)}[/] gets the report from now on. Their id: {made.sponsor_id}")


@app.command()
def remove(
    sponsor_id: Annotated[str, typer.Argument(metavar="ID", help="The sponsor's id, from `ekkyo sponsors list`.")],
    community: Community = None,
    dir: Where = None,
    json: Json = False,
) -> None:
    """Send somebody no more reports, and delete their name and address for good.

    Example:

      ekkyo sponsors remove 0192f0c1-7a00-7000-8000-0000000000a5
    """
    asyncio.run(_removed(dir, community, sponsor_id))
    if not output.speaks_json():
        output.say("They get no more reports. Their name and address are deleted.")


async def release(ekkyo: Ekkyo, report: Report) -> ReportRelease:
    """Send the report of a month to all sponsors of its community. Raises Refused."""
    community_id = report.community.community_id
    found = await ekkyo.ask(ListSponsors(community_id=community_id))
    if not found.sponsors:
        raise Refused("no_sponsors", "This community has no sponsors. Add one: ekkyo sponsors add NAME EMAIL")
    return await ekkyo.send(
        SendReport(
            community_id=community_id,
            month=str(report.period),
            report=mailable(report),
            sponsors=[one.sponsor_id for one in found.sponsors],
        )
    )


def send_report(dir: Path | None, report: Report) -> None:
    """Send it, and say to how many."""

    async def sent() -> ReportRelease:
        async with connected(dir, roles=("steward",)) as ekkyo:
            return await release(ekkyo, report)

    told = asyncio.run(sent())
    output.say(
        f"The report of {told.month} was released at {told.released_at:%Y-%m-%d %H:%M} UTC, to"
        f" {len(told.sponsors)}. A month is released once."
    )


async def _listed(dir: Path | None, community: str | None) -> SponsorList:
    async with connected(dir, roles=("steward",)) as ekkyo:
        return await ekkyo.ask(ListSponsors(community_id=community or await only_community(ekkyo)))


async def _added(dir: Path | None, community: str | None, name: str, email: str, locale: Locale) -> Sponsor:
    async with connected(dir, roles=("steward",)) as ekkyo:
        chosen = community or await only_community(ekkyo)
        try:
            command = AddSponsor(sponsor_id=new_id(), community_id=chosen, name=name, email=email, locale=locale)
        except ValidationError:
            raise typer.BadParameter("this is no name and mail address", param_hint="NAME EMAIL") from None
        return await ekkyo.send(command)


async def _removed(dir: Path | None, community: str | None, sponsor_id: str) -> None:
    async with connected(dir, roles=("steward",)) as ekkyo:
        chosen = community or await only_community(ekkyo)
        await ekkyo.send(RemoveSponsor(sponsor_id=sponsor_id, community_id=chosen))
