"""`ekkyo members held`: what all services hold on one member, for programs and for people."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from ekkyo.client import Ekkyo
from ekkyo.contracts.members import GetMember, ListCommunities, Locale
from ekkyo_common.held import Part, as_json, as_page, away, gathered

from ekkyo_cli import output
from ekkyo_cli.commands.merging import Named, id_of
from ekkyo_cli.connection import Where, connected
from ekkyo_cli.output import Json


def held(
    member: Named,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help="Write it into this file, which must not exist.")
    ] = None,
    html: Annotated[
        Path | None,
        typer.Option(
            "--html", metavar="FILE", help="Write it as a page for people into this file, which must not exist."
        ),
    ] = None,
    locale: Annotated[
        Locale | None, typer.Option("--locale", help="The language of the page. By default, the member's.")
    ] = None,
    dir: Where = None,
    json: Json = False,
) -> None:
    """Everything that the services store about one member, as JSON or, with --html, as a page.

    What only the member is told is named, not told.

    Examples:

      ekkyo members held 000123

      ekkyo members held 000123 --out held.json

      ekkyo members held 000123 --html held.html --locale en
    """
    content, page, missing = asyncio.run(_told(dir, member, locale, wants_page=html is not None))
    for option, file, text in (("--out", out, content + b"\n"), ("--html", html, page)):
        if file is not None:
            _write(option, file, text)
    if out is None and html is None:
        typer.echo(content)
    if missing:
        output.err.print(f"Not complete: {', '.join(missing)} did not answer.")
        raise typer.Exit(output.NO)


def _write(option: str, file: Path, text: bytes) -> None:
    try:
        with file.open("xb") as opened:
            opened.write(text)
    except OSError as why:
        raise typer.BadParameter(f"{file} cannot be written: {why.strerror}", param_hint=option) from None
    file.chmod(0o600)


async def _told(
    dir: Path | None, member: str, locale: Locale | None, *, wants_page: bool
) -> tuple[bytes, bytes, list[str]]:
    """The file for programs, the page (empty where nobody wants it), and the services that did not answer."""
    now = datetime.now(UTC)
    async with connected(dir, roles=("steward",)) as ekkyo:
        member_id = await id_of(ekkyo, member)
        parts = await gathered(ekkyo.ask, member_id)
        page = await _page(ekkyo, member_id, parts, locale, now) if wants_page else ""
    return as_json(parts, member_id, now), page.encode(), away(parts)


async def _page(ekkyo: Ekkyo, member_id: str, parts: list[Part], locale: Locale | None, now: datetime) -> str:
    person = await ekkyo.ask(GetMember(member_id=member_id))
    listed = await ekkyo.ask(ListCommunities(limit=200))
    names = {one.community.community_id: one.community.name for one in listed.communities}
    return as_page(parts, person, names, locale=locale or person.locale, zone=person.timezone, at=now)
