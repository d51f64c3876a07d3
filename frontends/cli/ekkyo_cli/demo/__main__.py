"""`make demo`: a community's first season on the local stack, from an empty folder to its impact report."""

import asyncio
import json
import shutil
import sys
import time
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Final

import typer
from ekkyo.client import Ekkyo
from ekkyo.contracts.base import Refused
from ekkyo.contracts.members import Member
from ekkyo.contracts.notify import ListDeliveries
from ekkyo.contracts.reports import Period, Report
from ekkyo.decision.clock import utcnow
from ekkyo.report import page
from ekkyo_common.report import figures_of, from_facts, from_services, needed
from ekkyo_common.report.months import day_of
from ekkyo_common.report.records import Records
from ekkyo_common.report.tallies import measured, of_services
from rich.cells import cell_len
from rich.console import Console

from ekkyo_cli.demo import account, calendars, check, coming, founding, planning, season, sponsors
from ekkyo_cli.demo.listen import Listener
from ekkyo_cli.demo.loop import pulse
from ekkyo_cli.demo.play import Season
from ekkyo_cli.local import control, opening
from ekkyo_cli.local.folder import Folder, State

console = Console(highlight=False, soft_wrap=True)
SAMPLES = Path("data")
OPEN_FOR: Final = timedelta(days=1)
"""How long the addresses at the end sign in."""


def demo(
    dir: Annotated[Path, typer.Option("--dir", help="Where the stack lives; emptied first.")] = Path(".ekkyo/demo"),
    data: Annotated[Path, typer.Option("--data", help="The folder with the sample exports.")] = SAMPLES,
    keep: Annotated[bool, typer.Option("--keep", help="Leave the stack running afterwards.")] = False,
) -> None:
    """Play a community's first season through public commands and pages, and check every figure against the facts."""
    folder = Folder.at(dir)
    control.bring_down(folder)
    _empty(folder)
    began = time.monotonic()
    console.print(
        f"[bold]Starting the local stack[/] in {dir}: NATS, database, mail and chat catchers, four services, portal"
    )
    state = control.wait_ready(folder, control.launch(folder, attached=False))
    console.print(f"  ready after {state.ready_after:.1f} s")
    try:
        wrong, people = asyncio.run(_season(folder, data))
    finally:
        if keep:
            console.print(
                f"\nThe stack is still running. Show it: ekkyo status --dir {dir}; stop it: ekkyo down --dir {dir}"
            )
        else:
            control.bring_down(folder)
    console.print(f"\nThe report: {dir}/report.html   the figures: {dir}/summary.json   the mailbox: {dir}/mail")
    if wrong:
        console.print("\n[bold red]The season's figures do not match:[/]")
        for line in wrong[:40]:
            console.print(f"  {line}", style="red", markup=False)
        raise typer.Exit(1)
    console.print(
        f"[bold green]The facts confirm every figure, and no message was sent twice.[/] "
        f"{time.monotonic() - began:.0f} s in all."
    )
    _portal(folder, state, people, dir, running=keep)


def _portal(folder: Folder, state: State, people: Mapping[str, Member], dir: Path, *, running: bool) -> None:
    """Addresses that open the portal as it is for different people."""
    first = "" if running else f", after [bold]ekkyo up --detach --dir {dir}[/]"
    console.print(f"\nThe portal, signed in as each of these for a day{first}:")
    for what, one in people.items():
        console.print(f"  {what}, {one.name} (later: ekkyo open --dir {dir} --as {one.number}):")
        console.print(f"  {opening.address(folder, state, one.member_id, '/', OPEN_FOR)}", soft_wrap=True, markup=False)


def _empty(folder: Folder) -> None:
    """Begin with nothing. A folder that no stack ever lived in is somebody else's, and is left alone."""
    if not folder.path.exists() or not any(folder.path.iterdir()):
        return
    if not folder.lock_file.exists():
        raise typer.BadParameter(f"{folder.path} is not empty and holds no stack; name another folder")
    shutil.rmtree(folder.path)


async def _season(folder: Folder, data: Path) -> tuple[list[str], dict[str, Member]]:
    """Play it and write the report; gives the figures that do not match, and some who were there."""
    state, passwords = control.running_state(folder), folder.passwords()
    async with Ekkyo.connect(
        f"nats://127.0.0.1:{state.parts['nats'].port}",
        user="outside",
        password=passwords["outside"],
        token=folder.token("demo", ["system"], 3600),
    ) as portal:
        tokens: dict[tuple[str, ...], str] = {}

        def as_(sub: str, *roles: str) -> Ekkyo:
            if (sub, *roles) not in tokens:
                tokens[sub, *roles] = folder.token(sub, list(roles), 3600)
            return portal.with_token(tokens[sub, *roles])

        def address(member_id: str, path: str) -> str:
            return opening.address(folder, state, member_id, path, OPEN_FOR)

        heard = Listener(portal)
        try:
            await _import(folder, data / "employees.cp932.csv")
            story = Season(as_, heard, console.print, data, address)
            await founding.found(story, f"http://127.0.0.1:{state.parts['chat'].port}/services/community")
            for number, plans in enumerate(season.ROUNDS, 1):
                await planning.hold(story, number, plans)
            story.say(await pulse.answer(as_, story.leader(), story.pulse, heard))
            await story.contribute()
            event = await coming.announce(story)
            await calendars.decline(story, event, folder, state.mail_in)
            await coming.plan_hours(story)
            return await _settle(folder, as_("steward", "steward"), story), story.some()
        finally:
            await heard.stop()


async def _import(folder: Folder, export: Path) -> None:
    """Take the personnel export over, by the command that the personnel department would use."""
    console.print(f"[bold]ekkyo members import {export}[/]  (this sample has the mistakes that real exports have)")
    command = [sys.executable, "-m", "ekkyo_cli.main", "members", "import", str(export), "--dir", str(folder.path)]
    running = await asyncio.create_subprocess_exec(*command)
    if await running.wait():
        raise Refused("import_failed", "The personnel export could not be imported.")


async def _settle(folder: Folder, steward: Ekkyo, story: Season) -> list[str]:
    """Write the reports and compare all that they say with the facts; gives the figures that do not match."""
    heard, id, at = story.heard, story.community_id, utcnow()
    console.print("[bold]Waiting until all mails are delivered[/]")
    await _all_told(steward, heard)
    month = Period.month(day_of(at, founding.ZONE)).before()

    def reports(records: Records) -> list[Report]:
        """Of the whole season, and of the last month that is over."""
        return [measured(figures_of(records, period), records, at) for period in (None, month)]

    records = await from_services.gather(steward, id, periods=needed(month))
    told, monthly = reports(records)
    story.say(await sponsors.send(story.leader(), story.sponsor, monthly, heard, folder.mail))
    console.print("[bold]Counting the season twice:[/] from the services, and from the facts alone")
    facts = await from_facts.gather(steward, id, periods=needed(month))
    services = told.model_copy(update={"measures": await of_services(steward, records.community, at)})
    dropped = await _all_told(steward, heard)  # again: facts of different events may come late
    first, late = check.followers_first(heard.facts)
    wrong = [
        *(line for ours, theirs in zip((services, monthly), reports(facts), strict=True)
          for line in check.differences(ours, theirs)),
        *_mail(folder, heard, check.tellings(heard.facts) - dropped),
        *(f"others were told of {event_id} before those who follow its theme" for event_id in late),
    ]  # fmt: skip
    if told.totals.attendances <= 250:
        wrong.append(f"only {told.totals.attendances} attendances")
    (folder.path / "report.html").write_text(page(told, made_at=utcnow()), encoding="utf-8")
    summary = told.model_dump(mode="json")
    (folder.path / "summary.json").write_text(json.dumps(summary, ensure_ascii=False, indent=2), encoding="utf-8")
    story.say(f"Members who follow a theme were told first of each event on it: {first} mails")
    for heading, rows in account.parts(told, check.mails(folder.mail), len(heard.facts)):
        console.print(f"\n[bold]{heading}[/]")
        for name, value in rows:
            console.print(f"  [bold]{name}[/]{' ' * max(1, 20 - cell_len(name))} {value}")
    if dropped:
        console.print(
            f"  [yellow]{len(dropped)} announcements were dropped: their events had begun before their turn[/]"
        )
    return wrong


async def _all_told(steward: Ekkyo, heard: Listener) -> set[check.Telling]:
    """Wait until every mail is delivered or dropped as no longer useful, for a minute at most; those dropped."""
    deadline = time.monotonic() + 60
    while True:
        dropped = await _dropped(steward)
        if check.tellings(heard.facts) - dropped <= heard.mailed.keys() or time.monotonic() > deadline:
            return dropped
        await asyncio.sleep(0.5)


async def _dropped(steward: Ekkyo) -> set[check.Telling]:
    found: set[check.Telling] = set()
    question = ListDeliveries(status="dropped", limit=500)
    while True:
        page = await steward.ask(question)
        found |= {(d.fact_id, d.member_id) for d in page.deliveries if d.channel == "mail" and d.member_id}
        if page.next is None:
            return found
        question = question.model_copy(update={"after": page.next})


def _mail(folder: Folder, heard: Listener, expected: set[check.Telling]) -> list[str]:
    """Whether each mail that the facts call for came once, by the facts and by the mailbox."""
    delivered = heard.mailed
    wrong = [f"{who} was told of {fact} {n} times" for (fact, who), n in delivered.items() if n > 1]
    wrong += [f"{who} was not told of {fact}" for fact, who in sorted(expected - delivered.keys())]
    wrong += [f"{who} was told of {fact} for no reason" for fact, who in sorted(delivered.keys() - expected)]
    wrong += [f"the mailbox has delivery {delivery} twice" for delivery in check.mails_twice(folder.mail)]
    if (there := check.mails(folder.mail)) != delivered.total():
        wrong.append(f"{delivered.total()} mails were delivered, and the mailbox has {there}")
    return wrong


def main() -> None:
    try:
        typer.run(demo)
    except Refused as refused:
        console.print(f"[bold red]{refused.code}[/] {refused.detail}")
        sys.exit(1)


if __name__ == "__main__":
    main()
