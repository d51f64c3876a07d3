"""`ekkyo steward`: who administers all communities. The first steward is made here."""

import asyncio
from datetime import date
from pathlib import Path
from typing import Annotated

import typer
from ekkyo.client import Ekkyo
from ekkyo.contracts.base import Refused
from ekkyo.contracts.members import FindMembers, GrantSteward, Member, RevokeSteward
from pydantic import ValidationError
from rich.markup import escape

from ekkyo_cli import output
from ekkyo_cli.connection import Where, connected
from ekkyo_cli.output import Json

app = typer.Typer(help="Stewards: make the first one, add, remove and list them.", no_args_is_help=True)
Someone = Annotated[str, typer.Argument(metavar="WHO", help="A member's personnel number, mail address or id.")]
Key = Annotated[
    Path | None,
    typer.Option(
        "--key",
        help="The installation's signing key (JWK), which makes a short-lived token in place of EKKYO_TOKEN.",
        exists=True,
        dir_okay=False,
    ),
]


Until = Annotated[
    str | None,
    typer.Option("--until", metavar="DAY", help="The last day, such as 2027-03-31. Without it: until it is revoked."),
]


@app.callback()
def steward() -> None:
    """Stewards: make the first one, add, remove and list them."""


@app.command()
def add(who: Someone, until: Until = None, key: Key = None, dir: Where = None, json: Json = False) -> None:
    """Make a member a steward, or name another end of it. If they are one already with this end, nothing changes.

    With --until the role ends after that day in the company's time zone; at least one steward has no end.

    The first steward of an installation is made with this; import people first. It needs the right of a system: with
    --key it signs a token for itself, else it uses EKKYO_TOKEN, or the key of a local stack.

    Examples:

      ekkyo steward add 000001

      ekkyo steward add hanako@example.co.jp --key deploy/keys/outside/signing.jwk

      ekkyo steward add 000002 --until 2027-03-31
    """
    asyncio.run(_turn(who, key, dir, until=day(until), wanted=True))


@app.command()
def remove(who: Someone, key: Key = None, dir: Where = None, json: Json = False) -> None:
    """Remove the role of steward from a member. If they are not one, nothing changes. The last steward keeps it.

    Example:

      ekkyo steward remove 000001
    """
    asyncio.run(_turn(who, key, dir, wanted=False))


@app.command("list")
def list_(key: Key = None, dir: Where = None, json: Json = False) -> None:
    """List the stewards.

    Example:

      ekkyo steward list
    """
    found = asyncio.run(_all(key, dir))
    if output.speaks_json():
        told = [
            one.model_dump(mode="json", include={"member_id", "number", "name", "email", "active", "steward_until"})
            for one in found
        ]
        return output.as_json(told)
    if not found:
        return output.say("There is no steward yet. Make one: ekkyo steward add NUMBER")
    rows = [
        (one.number, one.name, one.email, str(one.steward_until or ""), "" if one.active else "has left the company")
        for one in found
    ]
    output.table(["number!", "name", "mail", "until", ""], rows)
    if all(one.steward_until or not one.active for one in found):
        output.say("[bold red]No steward without an end is left.[/] Make one: ekkyo steward add NUMBER")
    return None


def day(text: str | None) -> date | None:
    """The day that was typed."""
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise typer.BadParameter("must be a day such as 2027-03-31", param_hint="--until") from None


async def _turn(who: str, key: Path | None, dir: Path | None, *, wanted: bool, until: date | None = None) -> None:
    async with connected(dir, key=key) as ekkyo:
        before = await member(ekkyo, who)
        sub = before.member_id
        command = GrantSteward(member_id=sub, until=until) if wanted else RevokeSteward(member_id=sub)
        after = await ekkyo.send(command)
    changed = (before.steward, before.steward_until) != (after.steward, after.steward_until)
    if output.speaks_json():
        told = {"member_id": after.member_id, "steward": after.steward, "changed": changed}
        return output.as_json(told | ({"until": str(after.steward_until)} if after.steward_until else {}))
    now = ("is now" if changed else "was already") if wanted else ("is no longer" if changed else "is not")
    end = _end(after.steward_until)
    return output.say(f"[bold]{escape(after.name)}[/] ({escape(after.number)}) {now} a steward{end}.")


def _end(until: date | None) -> str:
    return f" until {until}" if until else ""


async def _all(key: Path | None, dir: Path | None) -> list[Member]:
    found: list[Member] = []
    async with connected(dir, key=key) as ekkyo:
        after: str | None = None
        while True:
            page = await ekkyo.ask(FindMembers(steward=True, after=after, limit=500))
            found += page.members
            if (after := page.next) is None:
                return found


async def member(ekkyo: Ekkyo, who: str) -> Member:
    """The member with this number, mail address or id. Refuses (404)."""
    for by in ("emails",) if "@" in who else ("numbers", "member_ids"):
        try:
            question = FindMembers.model_validate({by: [who]})
        except ValidationError:  # it cannot be one
            continue
        if members := (await ekkyo.ask(question)).members:
            return members[0]
    text = f"Nobody has the personnel number, mail address or id {who}. Import people first: ekkyo members import"
    raise Refused("member_not_found", text)
