"""`ekkyo dead`: messages that a reaction could not handle."""

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer
from ekkyo.contracts.base import Refused
from nats.js.errors import NotFoundError

from ekkyo_cli import output
from ekkyo_cli.connection import Where, jetstream
from ekkyo_cli.local.folder import SERVICES
from ekkyo_cli.output import Json

if TYPE_CHECKING:
    from ekkyo.broker.dead import DeadLetter

app = typer.Typer(
    help="Dead letters: messages that a reaction could not handle, after all its tries.", no_args_is_help=True
)
Number = Annotated[int, typer.Argument(help="The letter's number, as listed.", min=1)]
Service = Annotated[str, typer.Option("--service", help="Only of this service.")]


@app.command("list")
def list_(service: Service = "*", dir: Where = None, json: Json = False) -> None:
    """List dead letters, the oldest first."""
    if service not in ("*", *SERVICES):
        raise typer.BadParameter(
            f"there is no service {service}. There are: {', '.join(SERVICES)}", param_hint="--service"
        )
    found = asyncio.run(_list(dir, service))
    if output.speaks_json():
        return output.as_json([_plain(letter) for letter in found])
    if not found:
        return output.say("No dead letters.")
    rows = [
        (f.id, f"{f.time.astimezone():%m-%d %H:%M}", f.service, f.reaction, f.subject, f.tries, f.error) for f in found
    ]
    return output.table(["number#", "time", "service", "reaction", "told on", "tries#", "error"], rows)


@app.command()
def show(number: Number, dir: Where = None, json: Json = False) -> None:
    """Show one dead letter with its headers and its message."""
    letter, body = asyncio.run(_one(dir, number, "show"))
    text = None if body is None else body.decode(errors="replace")
    if output.speaks_json():
        return output.as_json(_plain(letter) | {"body": text})
    output.table(["", ""], [(key, value) for key, value in _plain(letter).items() if key != "headers"])
    output.table(["header", ""], sorted(letter.headers.items()))
    output.out.print(text if text is not None else "The message was erased.", markup=False)
    return None


@app.command()
def replay(number: Number, dir: Where = None, json: Json = False) -> None:
    """Deliver the message to that one reaction again, with as many tries as at first."""
    _done("Delivered again", asyncio.run(_one(dir, number, "replay")))


@app.command()
def drop(number: Number, dir: Where = None, json: Json = False) -> None:
    """Delete a dead letter: the reaction will never handle it."""
    _done("Dropped", asyncio.run(_one(dir, number, "drop")))


async def _list(dir: Path | None, service: str) -> "list[DeadLetter]":
    from ekkyo.broker import dead as letters  # takes half a second, which the other commands need not wait for

    async with jetstream(dir) as js:
        return [letter async for letter in letters.letters(js, service)]


async def _one(dir: Path | None, number: int, act: Literal["show", "replay", "drop"]) -> Any:
    from ekkyo.broker import dead as letters

    async with jetstream(dir) as js:
        try:
            return await getattr(letters, act)(js, number)
        except NotFoundError:
            raise Refused("letter_not_found", f"There is no dead letter {number}. See: ekkyo dead list") from None


def _done(what: str, letter: "DeadLetter") -> None:
    if output.speaks_json():
        return output.as_json(_plain(letter))
    return output.say(f"{what}: {letter.id} ({letter.service} {letter.reaction}).")


def _plain(letter: "DeadLetter") -> dict[str, Any]:
    return vars(letter) | {"time": letter.time.isoformat()}
