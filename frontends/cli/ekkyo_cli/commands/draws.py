"""`ekkyo events verify-draw`: a draw repeated from the facts alone."""

import asyncio
import re
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from ekkyo.contracts.base import Refused
from ekkyo.contracts.events import (
    CheckInUndone,
    DrawClosed,
    DrawHeld,
    EventCancelled,
    EventFact,
    MemberAttended,
    RegistrationApplied,
    RegistrationConfirmed,
    RegistrationPromoted,
    RegistrationWaitlisted,
)
from ekkyo_common.draws import NothingDrawn, Verdict, verify
from ekkyo_common.earlier import first_timers, missed_before
from rich.markup import escape

from ekkyo_cli import output
from ekkyo_cli.connection import Where, connected
from ekkyo_cli.output import Json

EARLIER = (
    DrawClosed,
    DrawHeld,
    EventCancelled,
    RegistrationConfirmed,
    RegistrationPromoted,
    RegistrationWaitlisted,
)
"""What tells who missed out at earlier draws."""
CAME = (CheckInUndone, MemberAttended, RegistrationApplied)
"""What tells who had never come when they applied."""


def verify_draw(
    event: Annotated[str, typer.Argument(help="The event's id.")],
    dir: Where = None,
    json: Json = False,
) -> None:
    """Check that the places of an event with a lottery were drawn as promised, by the facts alone.

    It reads the facts, asks no service, and computes again: the hash of the seed, the hash of the list of entrants,
    their weights from earlier draws, for whom seats are kept, the order, who got places, and what everybody was told.
    Exit code 1 if anything differs, or if the draw was not held yet.

    Example:

      ekkyo events verify-draw 0192f0c1-7a00-7000-8000-0000000000e1
    """
    if not re.fullmatch(r"[A-Za-z0-9_-]{1,64}", event):
        raise typer.BadParameter(f"{event} is not an id", param_hint="EVENT")
    try:
        verdict = asyncio.run(_verify(dir, event))
    except NothingDrawn as nothing:
        raise Refused("nothing_drawn", f"{str(nothing)[0].upper()}{str(nothing)[1:]}") from None
    if output.speaks_json():
        checks = [asdict(check) for check in verdict.checks]
        counts = {"entrants": verdict.entrants, "places": verdict.places, "placed": verdict.placed}
        output.as_json({"event_id": event, "right": verdict.is_right, **counts, "checks": checks})
    else:
        _tell(verdict)
    if not verdict.is_right:
        raise typer.Exit(output.NO)


async def _verify(dir: Path | None, event: str) -> Verdict:
    async with connected(dir) as ekkyo:
        about = [
            f async for f in ekkyo.facts(EventFact, entity=event, since=1, follow=False) if isinstance(f, EventFact)
        ]
        closed = next((fact for fact in about if isinstance(fact, DrawClosed)), None)
        if closed is None:
            return verify(about)
        earlier = []
        keeps = closed.event.terms is not None and closed.event.terms.quotas is not None
        async for fact in ekkyo.facts(*EARLIER, *(CAME if keeps else ()), since=1, follow=False):
            if isinstance(fact, DrawClosed) and fact.event_id == event:
                break
            earlier += [fact] if isinstance(fact, EventFact) else []
    community = closed.event.community_id
    return verify(about, missed_before(earlier, community), first_timers(earlier, event, community) if keeps else None)


def _tell(verdict: Verdict) -> None:
    for check in verdict.checks:
        mark = "[green]✓[/]" if check.differs is None else "[bold red]✗[/]"
        said = "" if check.differs is None else f": [red]{escape(check.differs)}[/]"
        output.out.print(f"{mark} {check.what}{said}", soft_wrap=True)
    counts = f"{verdict.entrants} entrants, {verdict.places} places, {verdict.placed} drawn"
    if verdict.is_right:
        output.out.print(f"[bold green]The draw was held as promised.[/] {counts}.")
    else:
        output.out.print(f"[bold red]The draw was not held as promised.[/] {counts}.")
